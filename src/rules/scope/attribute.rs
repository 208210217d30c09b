use super::{clauses, filtered, subject};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, MappingView, Rule, Target, page, portal};
use crate::text::nearest;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "scope-filter-attribute",
        section: Section::Scope,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A scope filter asks for an attribute that can't be filtered by",
        page: page!("scope-filter-attribute"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (mapping, filter) in filtered(target)? {
        for (place, clause) in clauses(mapping, filter) {
            let Some(name) = clause.source_operand_name.as_deref() else { continue };
            let Some((why, label)) = fault(mapping, name) else { continue };
            findings
                .add(
                    subject(mapping),
                    place.key("sourceOperandName"),
                    format!("The scope filter of the {} mapping asks for `{name}`, {why}", mapping.name),
                )
                .label(label)
                .manual(
                    "Filter by another attribute, or by assignment",
                    portal::on_mapping(mapping, format!("Open Source Object Scope and replace the clause on {name}")),
                );
        }
    }
    Ok(())
}

/// Why an attribute can't be filtered by, as known-issues and the page on scoping filters have it.
fn fault(mapping: &MappingView<'_>, name: &str) -> Option<(String, String)> {
    let never = |why: &str| Some((why.to_owned(), "can't be filtered by".to_owned()));
    match name {
        "appRoleAssignments" | "userType" | "manager" => return never("by which Entra can't filter"),
        "members" => return never("by which groups can't be filtered"),
        name if name.eq_ignore_ascii_case("IsMemberOf") => {
            return never("which isn't supported: assign the group instead");
        }
        _ => {}
    }
    let object = mapping.source.as_ref()?;
    let Some(definition) = object.attribute(name) else {
        let near = object.other_case(name).or_else(|| nearest(name, object.names()));
        let label = near.map_or_else(|| "not in the list".to_owned(), |near| format!("{near} was meant?"));
        return Some(("which is not in Entra ID's attribute list for this object".to_owned(), label));
    };
    let kind = definition.kind.as_deref().unwrap_or_default();
    if definition.multivalued == Some(true) {
        never("which has several values; filters take single values only")
    } else if kind.eq_ignore_ascii_case("DateTime") {
        never("which is a date; filters can't compare dates")
    } else if kind.eq_ignore_ascii_case("Reference") {
        never("which refers to another object; filters take plain values only")
    } else {
        None
    }
}
