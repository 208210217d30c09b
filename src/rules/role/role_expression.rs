use std::collections::{BTreeMap, BTreeSet};

use super::{ASSERTIVE, COMPLEX, SINGLE};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{ObjectKind, Snapshot};
use crate::rules::source_change::RowSource;
use crate::rules::{Findings, Judged, MappingView, RowView, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "role-expression",
        section: Section::Role,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "App roles are sent in a way that loses them",
        page: page!("role-expression"),
    },
    check,
};

/// The functions that do not work with the scope of all users, according to Microsoft's page on attribute mappings.
const ASSIGNED_ONLY: [&str; 3] = [SINGLE, COMPLEX, ASSERTIVE];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()?.filter(|mapping| mapping.kind == Some(ObjectKind::User)) {
        for row in &mapping.rows {
            if let Some((message, label, remedy)) = fault(target.snapshot, row) {
                report(findings, mapping, row, message, label, remedy);
            }
        }
    }
    Ok(())
}

fn fault(snapshot: Option<&Snapshot<'_>>, row: &RowView<'_>) -> Option<(String, &'static str, &'static str)> {
    let name = row.target;
    if matches!(&row.source, RowSource::Attribute(attribute) if attribute == "appRoleAssignments") {
        return Some((
            format!(
                "`{name}` is mapped from `appRoleAssignments` directly, which is a list of objects, not of role names"
            ),
            "a list of objects",
            "Use the expression AssertiveAppRoleAssignmentsComplex([appRoleAssignments])",
        ));
    }
    let functions = row.source.functions();
    let snapshot = snapshot?;
    if functions.iter().any(|function| ASSIGNED_ONLY.contains(function))
        && snapshot.secret("SyncAll").is_some_and(|all| all.eq_ignore_ascii_case("true"))
    {
        return Some((
            format!(
                "`{name}` sends app roles, but the scope is all users and groups: users who are not assigned have no role"
            ),
            "needs the scope of assigned users",
            "Provision only assigned users and groups",
        ));
    }
    if functions.contains(&SINGLE)
        && let Some(who) = user_with_several_roles(snapshot)
    {
        return Some((
            format!(
                "`{name}` sends one app role, but {who} has several. Entra refuses to send the user, or sends one of them"
            ),
            "a user has several roles",
            "Assign one role to each user, or use AssertiveAppRoleAssignmentsComplex([appRoleAssignments])",
        ));
    }
    None
}

fn user_with_several_roles(snapshot: &Snapshot<'_>) -> Option<String> {
    let assignments = snapshot.assignments().unwrap_or_default();
    let mut roles: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in &assignments {
        if let (Some(principal), Some(role)) = (&one.row.principal_id, &one.row.app_role_id) {
            roles.entry(principal.to_ascii_lowercase()).or_default().insert(role.to_ascii_lowercase());
        }
    }
    let (id, _) = roles.into_iter().find(|(_, roles)| roles.len() > 1)?;
    assignments.iter().find(|one| one.has_id(&id)).map(|one| one.name().to_owned())
}

fn report(
    findings: &mut Findings<'_>,
    mapping: &MappingView<'_>,
    row: &RowView<'_>,
    message: String,
    label: &str,
    remedy: &str,
) {
    findings
        .add(mapping.subject(row.target), row.pointer().key("source"), message)
        .label(label)
        .manual(remedy, portal::edit_row(mapping, row.target, remedy));
}
