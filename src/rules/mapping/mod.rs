//! What the vendor requires of the mapping.

pub(super) mod forbidden_mapping;
pub(super) mod misspelt_target;
pub(super) mod required_mapping_apply;
pub(super) mod required_mapping_default;
pub(super) mod required_mapping_missing;
pub(super) mod required_mapping_precedence;
pub(super) mod required_mapping_source;

use super::feed_change::{Feed, can_read};
use super::{MappingView, NotJudged, RowView, Target};
use crate::expression::Stored;
use crate::finding::Severity;
use crate::model::ObjectKind;
use crate::policy::{RowRequirement, Source, Template};

/// A row that the policy requires, in the object mapping that must have it.
struct Required<'t, 'a> {
    mapping: &'t MappingView<'a>,
    requirement: &'t RowRequirement,
    /// The row; one whose target differs in case alone will do, since SCIM names don't tell cases apart.
    row: Option<&'t RowView<'a>>,
}

/// Every required row of every object mapping that must have it.
fn required<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<Required<'t, 'a>>, NotJudged> {
    let mut required = Vec::new();
    for kind in ObjectKind::ALL.into_iter().filter(|kind| target.wants(*kind)) {
        for mapping in target.mappings_of(kind)? {
            let rows = mapping.listed_rows()?;
            for requirement in &target.policy.requirements(kind).rows {
                let exact = rows.iter().find(|row| row.target == requirement.target);
                let row =
                    exact.or_else(|| rows.iter().find(|row| row.target.eq_ignore_ascii_case(&requirement.target)));
                required.push(Required { mapping, requirement, row });
            }
        }
    }
    Ok(required)
}

impl Required<'_, '_> {
    /// How bad it is at most that something is wrong with the row.
    fn severity(&self) -> Severity {
        self.requirement.severity.unwrap_or(Severity::Error)
    }
}

/// `` `a` or `b` ``
fn any_of(sources: &[Source]) -> String {
    let named: Vec<String> = sources.iter().map(|source| format!("`{source}`")).collect();
    let free = |source: &Source| matches!(source, Source::Expression(template) if template.exact().is_none());
    format!("{}{}", named.join(" or "), if sources.iter().any(free) { " (`*` is any text)" } else { "" })
}

/// An expression as the service writes it; `None` where a part of it is free, where it isn't known how, or where it
/// reads what the source doesn't list.
fn written(mapping: &MappingView<'_>, template: &Template) -> Option<serde_json::Value> {
    let tree = template.exact()?;
    let readable = tree.attributes().into_iter().all(|attribute| can_read(mapping, attribute));
    if readable { Stored::of(tree).map(|stored| stored.to_json()) } else { None }
}

/// The step of the portal that sets a source, and the target where there is no row yet.
fn portal_step(source: &Source, target: Option<&str>) -> String {
    let (kind, field, value) = match source {
        Source::Attribute(name) => ("Direct", "Source attribute", name.clone()),
        Source::Expression(template) => match template.as_text() {
            Some(text) => ("Constant", "Constant value", text.to_owned()),
            None => ("Expression", "the expression", template.to_string()),
        },
    };
    let own = match source {
        Source::Expression(template) if template.exact().is_none() => ", with your own text for *",
        _ => "",
    };
    match target {
        None => format!("Set Mapping type to {kind} and {field} to {value}{own}"),
        Some(target) => {
            format!("Set Mapping type to {kind}, Target attribute to {target} and {field} to {value}{own}")
        }
    }
}

/// Whether a row is fed from a source.
fn is_fed_from(feed: &Feed<'_>, source: &Source) -> bool {
    match (feed, source) {
        (Feed::Attribute(name), Source::Attribute(wanted)) => name == wanted,
        (Feed::Constant(text), Source::Expression(template)) => template.fits_text(text),
        (Feed::Expression(_, Ok(tree)), Source::Expression(template)) => template.fits(tree),
        _ => false,
    }
}

/// The message, and behind it what comes of it where the policy says so.
fn with_reason(message: String, requirement: &RowRequirement) -> String {
    match &requirement.because {
        Some(because) => format!("{message}. {}", because.trim_end_matches('.')),
        None => message,
    }
}
