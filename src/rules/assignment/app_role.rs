use std::collections::HashMap;

use super::{assigned, assignment};
use crate::finding::{Evidence, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const INVALID: Rule = assignment(&[Evidence::Assignments, Evidence::ServicePrincipal]).rule(
    "app-role-invalid",
    Severity::Warning,
    "An assignment uses an app role that no longer exists",
    page!("app-role-invalid"),
    invalid,
);

pub(in crate::rules) const DEFAULT: Rule = assignment(&[Evidence::Assignments, Evidence::Schema]).rule(
    "default-access-role",
    Severity::Info,
    "An assignment has no app role, but the mapping sends roles",
    page!("default-access-role"),
    default,
);

/// The role id of an assignment without a role.
pub(super) const NONE: &str = "00000000-0000-0000-0000-000000000000";

fn invalid(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    // A file that does not list the app's roles says nothing about them.
    let Some(roles) = target.principal().and_then(|app| app.app_roles.as_deref()) else { return Ok(()) };
    let by_id: HashMap<&str, _> = roles.iter().rev().filter_map(|role| Some((role.id.as_deref()?, role))).collect();
    for who in assigned(target) {
        let Some(id) = who.row.app_role_id.as_deref().filter(|id| *id != NONE) else { continue };
        let why = match by_id.get(id) {
            Some(role) if role.is_enabled == Some(false) => "is disabled",
            Some(_) => continue,
            None => "no longer exists",
        };
        let name = who.name();
        findings
            .add(
                who.subject(),
                who.pointer.key("appRoleId"),
                format!(
                    "{name} is assigned with a role that {why}: Entra skips the assignment as not effectively entitled"
                ),
            )
            .label(why)
            .manual("Assign again with a role that exists", portal::reassign(name));
    }
    Ok(())
}

fn default(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut mappings = target.active_mappings()?;
    let sends_roles =
        mappings.any(|mapping| mapping.rows.iter().any(|row| row.source.attributes().contains(&"appRoleAssignments")));
    if !sends_roles {
        return Ok(());
    }
    for who in assigned(target).into_iter().filter(|who| who.row.app_role_id.as_deref() == Some(NONE)) {
        let name = who.name();
        findings
            .add(
                who.subject(),
                who.pointer.key("appRoleId"),
                format!("{name} is assigned without a role, but the mapping sends roles: the app receives no role"),
            )
            .label("no role")
            .manual("Assign a role", portal::edit_assignment(name));
    }
    Ok(())
}
