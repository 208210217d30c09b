use super::{Required, any_of, is_mapped_from, portal_step, required, with_reason, written};
use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::SourceKind;
use crate::policy::{RowRequirement, Source};
use crate::rules::source_change::{RowSource, map_directly, replace};
use crate::rules::{Findings, Judged, MappingView, RowView, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "required-mapping-source",
        section: Section::Mapping,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A target attribute is mapped from a different source than the vendor requires",
        page: page!("required-mapping-source"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for required in required(target)? {
        let Required { mapping, requirement, row } = required;
        let (Some(row), [proposed, ..]) = (row, requirement.sources.as_slice()) else { continue };
        let wanted = any_of(&requirement.sources);
        let vendor = &target.policy.vendor;
        let row_source = &row.source;
        let name = row.target;
        let source = row.pointer().key("source");
        let (message, label, severity) = match row_source {
            RowSource::Attribute(from) if requirement.sources.iter().any(|source| *source == **from) => {
                let Some((field, stored)) = contradiction(row, from) else { continue };
                let message = format!("The expression of `{name}` reads `{from}`, but its {field} is `{stored}`");
                (message, format!("the {field} is {stored}"), Severity::Error)
            }
            row_source if requirement.sources.iter().any(|source| is_mapped_from(row_source, source)) => continue,
            // unknown-source reports it with the correct spelling.
            RowSource::Attribute(from) if differs_in_case_only(mapping, from, &requirement.sources) => continue,
            RowSource::Attribute(from) => (
                format!("`{name}` is mapped from `{from}`; {vendor} requires {wanted}"),
                format!("this is {from}"),
                Severity::Error,
            ),
            RowSource::Expression(_, Ok(tree))
                if attributes(requirement).any(|attribute| tree.always_yields(attribute)) =>
            {
                (
                    format!(
                        "`{name}` is mapped from {row_source}, which always returns {wanted}; {vendor} requires a direct mapping"
                    ),
                    format!("{proposed} is enough"),
                    Severity::Warning,
                )
            }
            RowSource::Expression(..) => (
                format!("`{name}` is mapped from {row_source}; {vendor} requires {wanted}"),
                "this is an expression".into(),
                Severity::Error,
            ),
            RowSource::Constant(_) => (
                format!("`{name}` is mapped from {row_source}, the same for everyone; {vendor} requires {wanted}"),
                "this is a constant".into(),
                Severity::Error,
            ),
            RowSource::Nothing => (
                format!("`{name}` has no source, only a default value for everyone; {vendor} requires {wanted}"),
                "no source".into(),
                Severity::Error,
            ),
        };
        findings
            .add(mapping.subject(&requirement.target), source, with_reason(message, requirement))
            .label(label)
            .at_most(severity.min(required.severity()))
            .fix(
                format!("Map {name} from {proposed}"),
                portal::edit_row(mapping, name, portal_step(proposed, None)),
                changes(mapping, row, proposed),
            );
    }
    Ok(())
}

fn attributes(requirement: &RowRequirement) -> impl Iterator<Item = &str> {
    requirement.sources.iter().filter_map(Source::as_attribute)
}

/// The changes that map a row from a source; none if it has to be done in the portal.
fn changes(mapping: &MappingView<'_>, row: &RowView<'_>, source: &Source) -> Vec<Change> {
    match source {
        Source::Attribute(attribute) => map_directly(mapping, row, attribute),
        Source::Expression(template) => written(mapping, template).map_or_else(Vec::new, |source| replace(row, source)),
    }
}

/// The stored field that contradicts the expression. Which of the two Entra uses is not documented.
fn contradiction<'r>(row: &'r RowView<'_>, attribute: &str) -> Option<(&'static str, &'r str)> {
    let source = row.row.filled_source()?;
    let name = source.name.as_deref().filter(|name| *name != attribute).map(|name| ("name", name));
    let other_kind = source.source_kind().is_some_and(|kind| kind != SourceKind::Attribute);
    name.or_else(|| source.kind.as_deref().filter(|_| other_kind).map(|kind| ("type", kind)))
}

fn differs_in_case_only(mapping: &MappingView<'_>, from: &str, sources: &[Source]) -> bool {
    let listed = mapping.is_active() && mapping.source.as_ref().is_some_and(|object| object.attribute(from).is_none());
    listed && sources.iter().filter_map(Source::as_attribute).any(|attribute| attribute.eq_ignore_ascii_case(from))
}
