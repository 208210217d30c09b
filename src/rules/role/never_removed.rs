use super::{ASSERTIVE, COMPLEX, is_call_of, outermost, rows};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "role-never-removed",
        section: Section::Role,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "Roles that are removed in Entra ID stay in the app",
        page: page!("role-never-removed"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (mapping, row) in rows(target)?.into_iter().filter(|(mapping, _)| mapping.is_non_gallery()) {
        if !outermost(row).is_some_and(|call| is_call_of(call, &[COMPLEX])) {
            continue;
        }
        findings
            .add(
                mapping.subject(row.target),
                row.pointer().key("source"),
                format!(
                    "`{}` is mapped from {COMPLEX}, with which Entra only adds roles. A role that is removed in Entra ID stays in the app",
                    row.target
                ),
            )
            .label("only adds roles")
            .manual(
                format!("Use {ASSERTIVE}([appRoleAssignments]) if the app supports replacing all roles of a user"),
                portal::edit_row(
                    mapping,
                    row.target,
                    format!("Set the expression to {ASSERTIVE}([appRoleAssignments])"),
                ),
            );
    }
    Ok(())
}
