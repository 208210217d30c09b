use super::{assigned, assignment, steps};
use crate::finding::{Evidence, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const INVALID: Rule = assignment(&[Evidence::Assignments, Evidence::ServicePrincipal]).rule(
    "app-role-invalid",
    Severity::Warning,
    "Somebody has a role that the app no longer has",
    page!("app-role-invalid"),
    invalid,
);

pub(in crate::rules) const DEFAULT: Rule = assignment(&[Evidence::Assignments, Evidence::Schema]).rule(
    "default-access-role",
    Severity::Info,
    "Somebody is assigned without a role, and the mapping sends roles",
    page!("default-access-role"),
    default,
);

/// The role of an assignment without one.
pub(super) const NONE: &str = "00000000-0000-0000-0000-000000000000";

fn invalid(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let principal = target.snapshot.and_then(|snapshot| snapshot.service_principal.as_ref());
    // A file that doesn't list the roles says nothing about them.
    let Some(roles) = principal.and_then(|principal| principal.app_roles.as_deref()) else { return Ok(()) };
    for who in assigned(target) {
        let Some(id) = who.assignment.app_role_id.as_deref().filter(|id| *id != NONE) else { continue };
        let role = roles.iter().find(|role| role.id.as_deref() == Some(id));
        let why = match role {
            Some(role) if role.is_enabled == Some(false) => "is disabled",
            Some(_) => continue,
            None => "doesn't exist any more",
        };
        let name = who.name();
        findings
            .add(
                who.subject(),
                who.pointer.key("appRoleId"),
                format!("{name} is assigned with a role that {why}: Entra skips them as not effectively entitled"),
            )
            .label(why)
            .manual(
                "Assign them anew, with a role that exists",
                steps(&format!("Select {name}, click Remove, then Add user/group")),
            );
    }
    Ok(())
}

fn default(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut mappings = target.active_mappings()?;
    let sends_roles =
        mappings.any(|mapping| mapping.rows.iter().any(|row| row.feed.attributes().contains(&"appRoleAssignments")));
    if !sends_roles {
        return Ok(());
    }
    for who in assigned(target).into_iter().filter(|who| who.assignment.app_role_id.as_deref() == Some(NONE)) {
        let name = who.name();
        findings
            .add(
                who.subject(),
                who.pointer.key("appRoleId"),
                format!("{name} is assigned without a role, and the mapping sends roles: theirs is empty"),
            )
            .label("no role")
            .manual("Give them a role", steps(&format!("Select {name}, click Edit assignment and choose a role")));
    }
    Ok(())
}
