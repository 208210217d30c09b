use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::AttributeDefinition;
use crate::rules::source_change::RowSource;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "type-mismatch",
        section: Section::Hygiene,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "The types of a row's source and target do not match",
        page: page!("type-mismatch"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unlisted = false;
    for mapping in target.active_mappings()? {
        unlisted |= mapping.source.is_none() || mapping.target.is_none();
        for row in &mapping.rows {
            let Some(to) = row.definition else { continue };
            let mismatch = match &row.source {
                RowSource::Attribute(_) => row.source_definition.and_then(|from| attribute_mismatch(from, to)),
                RowSource::Constant(text) => constant_mismatch(text, to),
                // The rules of the section "expression" check what an expression returns.
                RowSource::Expression(..) | RowSource::Nothing => None,
            };
            let Some((mismatch, remedy)) = mismatch else { continue };
            let row_source = &row.source;
            findings
                .add(
                    mapping.subject(row.target),
                    row.pointer().key("source"),
                    format!("`{}` is mapped from {row_source}, but {mismatch}", row.target),
                )
                .label("does not match the target")
                .manual(remedy, portal::edit_row(mapping, row.target, remedy));
        }
    }
    super::judged_by_lists(unlisted)
}

fn is(definition: &AttributeDefinition<'_>, kind: &str) -> Option<bool> {
    definition.kind.as_deref().map(|is| is.eq_ignore_ascii_case(kind))
}

/// The mismatch and its remedy. A type that is missing from the file matches everything.
fn attribute_mismatch(
    from: &AttributeDefinition<'_>,
    to: &AttributeDefinition<'_>,
) -> Option<(&'static str, &'static str)> {
    let reference = (is(from, "Reference"), is(to, "Reference"));
    if reference == (Some(true), Some(false)) {
        return Some((
            "a reference to another object cannot be written as a plain value",
            "Choose an attribute that holds a plain value",
        ));
    }
    if reference == (Some(false), Some(true)) {
        return Some((
            "the target expects a reference to another object",
            "Choose an attribute that refers to another object",
        ));
    }
    if from.multivalued == Some(true) && to.multivalued == Some(false) {
        return Some((
            "the source has several values and the target accepts one",
            "Use an expression that picks one value, Item([attribute], 1), or joins them, Join",
        ));
    }
    if is(from, "Boolean") == Some(false) && is(to, "Boolean") == Some(true) {
        return Some(("the target expects True or False", "Use an expression that returns True or False"));
    }
    None
}

fn constant_mismatch(text: &str, to: &AttributeDefinition<'_>) -> Option<(&'static str, &'static str)> {
    let boolean = text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
    (is(to, "Boolean") == Some(true) && !boolean)
        .then_some(("the target expects True or False", "Set the constant to True or False"))
}
