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
        summary: "A scope filter uses an attribute that cannot be filtered by",
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
                    format!("The scope filter of the {} mapping uses `{name}`, {why}", mapping.name),
                )
                .label(label)
                .manual(
                    "Filter by another attribute, or by assignment",
                    portal::scope_filters(mapping, &format!("replace the clause for {name}")),
                );
        }
    }
    Ok(())
}

/// Why an attribute cannot be used in a filter, according to Microsoft's pages on known issues and scoping filters.
fn fault(mapping: &MappingView<'_>, name: &str) -> Option<(String, String)> {
    let unsupported = |why: &str| Some((why.to_owned(), "cannot be filtered by".to_owned()));
    match name {
        "appRoleAssignments" | "userType" | "manager" => return unsupported("which Entra cannot filter by"),
        "members" => return unsupported("which groups cannot be filtered by"),
        name if name.eq_ignore_ascii_case("IsMemberOf") => {
            return unsupported("which is not supported. Assign the group instead");
        }
        _ => {}
    }
    let object = mapping.source.as_ref()?;
    let Some(definition) = object.attribute(name) else {
        let near = object.other_case(name).or_else(|| nearest(name, object.names()));
        let label = near.map_or_else(|| "not in the list".to_owned(), |near| format!("did you mean {near}?"));
        return Some(("which is not in Entra ID's attribute list for this object".to_owned(), label));
    };
    let kind = definition.kind.as_deref().unwrap_or_default();
    if definition.multivalued == Some(true) {
        unsupported("which has several values. Filters support only single values")
    } else if kind.eq_ignore_ascii_case("DateTime") {
        unsupported("which is a date. Filters cannot compare dates")
    } else if kind.eq_ignore_ascii_case("Reference") {
        unsupported("which refers to another object. Filters support only plain values")
    } else {
        None
    }
}
