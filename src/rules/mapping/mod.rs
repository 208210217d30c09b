//! Mappings that the vendor or the policy requires or forbids.

pub(super) mod forbidden_mapping;
pub(in crate::rules) mod misspelt_target;
pub(super) mod required_mapping_apply;
pub(super) mod required_mapping_default;
pub(super) mod required_mapping_missing;
pub(super) mod required_mapping_precedence;
pub(super) mod required_mapping_source;

use super::source_change::{RowSource, can_read};
use super::{MappingView, NotJudged, RowView, Target};
use crate::expression::Stored;
use crate::finding::Severity;
use crate::model::ObjectKind;
use crate::policy::{RowRequirement, Source, Template};

/// A row that the policy requires, with the object mapping it belongs to.
struct Required<'t, 'a> {
    mapping: &'t MappingView<'a>,
    requirement: &'t RowRequirement,
    /// The row; rather the one that is spelt the same.
    row: Option<&'t RowView<'a>>,
}

/// Every required row of every object mapping that the app needs.
fn required<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<Required<'t, 'a>>, NotJudged> {
    let mut required = Vec::new();
    for kind in ObjectKind::ALL.into_iter().filter(|kind| target.wants(*kind)) {
        for mapping in target.mappings_of(kind)? {
            mapping.listed_rows()?;
            for requirement in &target.policy.requirements(kind).rows {
                let rows = || mapping.rows_to(&requirement.target);
                let row = rows().find(|row| row.target == requirement.target).or_else(|| rows().next());
                required.push(Required { mapping, requirement, row });
            }
        }
    }
    Ok(required)
}

impl Required<'_, '_> {
    /// The highest severity of a finding about this row.
    fn severity(&self) -> Severity {
        self.requirement.severity.unwrap_or(Severity::Error)
    }
}

/// `` `a` or `b` ``
fn any_of(sources: &[Source]) -> String {
    let named: Vec<String> = sources.iter().map(|source| format!("`{source}`")).collect();
    let has_wildcard = |source: &Source| matches!(source, Source::Expression(template) if template.exact().is_none());
    format!("{}{}", named.join(" or "), if sources.iter().any(has_wildcard) { " (`*` is any text)" } else { "" })
}

/// An expression as Entra stores it; `None` if it contains a wildcard, if its stored form is unknown, or if it reads an
/// attribute that the source does not list.
fn written(mapping: &MappingView<'_>, template: &Template) -> Option<serde_json::Value> {
    let tree = template.exact()?;
    let readable = tree.attributes().into_iter().all(|attribute| can_read(mapping, attribute));
    if readable { Stored::of(tree).map(|stored| stored.to_json()) } else { None }
}

/// The portal step that sets a source, and the target attribute of a new row.
fn portal_step(source: &Source, target: Option<&str>) -> String {
    let (kind, field, value) = match source {
        Source::Attribute(name) => ("Direct", "Source attribute", name.clone()),
        Source::Expression(template) => match template.as_text() {
            Some(text) => ("Constant", "Constant value", text.to_owned()),
            None => ("Expression", "the expression", template.to_string()),
        },
    };
    let own = match source {
        Source::Expression(template) if template.exact().is_none() => ", replacing * with your own text",
        _ => "",
    };
    match target {
        None => format!("Set Mapping type to {kind} and {field} to {value}{own}"),
        Some(target) => {
            format!("Set Mapping type to {kind}, Target attribute to {target} and {field} to {value}{own}")
        }
    }
}

/// Whether a row's source is the given one.
fn is_mapped_from(row_source: &RowSource<'_>, source: &Source) -> bool {
    match (row_source, source) {
        (RowSource::Attribute(name), Source::Attribute(wanted)) => name == wanted,
        (RowSource::Constant(text), Source::Expression(template)) => template.fits_text(text),
        (RowSource::Expression(_, Ok(tree)), Source::Expression(template)) => template.fits(tree),
        _ => false,
    }
}

/// The message, followed by the policy's `because` if it has one.
fn with_reason(message: String, requirement: &RowRequirement) -> String {
    match &requirement.because {
        Some(because) => format!("{message}. {}", because.trim_end_matches('.')),
        None => message,
    }
}
