use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "read-only-target",
        section: Section::Hygiene,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A row writes an attribute that the target lists as read-only",
        page: page!("read-only-target"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unlisted = false;
    for mapping in target.active_mappings()? {
        unlisted |= mapping.target.is_none();
        for row in &mapping.rows {
            let mutability = row.definition.and_then(|definition| definition.mutability.as_deref());
            if !mutability.is_some_and(|mutability| mutability.eq_ignore_ascii_case("ReadOnly")) {
                continue;
            }
            let name = row.target;
            findings
                .add(
                    mapping.subject(name),
                    row.pointer().key("targetAttributeName"),
                    format!("`{name}` is read-only in the app. The app rejects or ignores what this row sends"),
                )
                .label("read-only")
                .manual(format!("Delete the mapping to {name}"), portal::delete_row(mapping, name));
        }
    }
    super::judged_by_lists(unlisted)
}
