use super::app_role::NONE;
use super::assigned_groups;
use super::expected::{Expected, Known, candidates};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::TenantChange;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "group-not-assigned",
        section: Section::Assignment,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Assignments],
        summary: "A group of the policy is not assigned to the app",
        page: page!("group-not-assigned"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if target.policy.groups.is_empty() {
        return Err(NotJudged::skipped("groups in the policy (or --group)"));
    }
    let unread = target.snapshot.and_then(|snapshot| snapshot.why_unread("namedGroups"));
    if let Some(reason) = unread.filter(|_| target.policy.groups.iter().any(|group| group.id.is_none())) {
        return Err(NotJudged::unread(reason));
    }
    let assigned = Known::assigned(&assigned_groups(target));
    for (group, expected) in Expected::all(target) {
        let label = group.label();
        let there = assigned.has(&expected);
        let mut change = None;
        let (message, mark, title, portal) = match expected {
            Expected::Ambiguous(several) => (
                format!("{} groups are called {label}: {}", several.len(), candidates(several)),
                format!("which {label}?"),
                format!("Use the object id of {label} in the policy"),
                vec![by_id()],
            ),
            _ if there => continue,
            Expected::Missing(alike) => {
                let alike = if alike.is_empty() { String::new() } else { format!("; there are {}", candidates(alike)) };
                (
                    format!("The tenant has no group {label}{alike}"),
                    format!("{label} is missing"),
                    format!("Correct the name {label} in the policy, or create the group and assign it"),
                    vec![by_id()],
                )
            }
            Expected::Id(_) | Expected::Name(_) => {
                if let Expected::Id(id) = expected {
                    let name = group.name.clone();
                    change = role(target).map(|role| TenantChange::Assign {
                        group: id.to_owned(),
                        name,
                        role: role.to_owned(),
                    });
                }
                let twin = group.name.as_deref().is_some_and(|name| assigned.is_called(name));
                let twin =
                    if twin { "; a group of the same name is assigned, but it has another object id" } else { "" };
                (
                    format!(
                        "The group {label} is not assigned to the app, so neither it nor its members are \
                         provisioned{twin}"
                    ),
                    format!("{label} is missing"),
                    format!("Assign the group {label} to the app"),
                    portal::assign_group(label),
                )
            }
        };
        let place = target.pointer.key("appRoleAssignedTo");
        let found = findings.add(format!("Group/{label}"), place, message).label(mark);
        match change {
            Some(change) => found.in_tenant(title, portal, change),
            None => found.manual(title, portal),
        }
    }
    Ok(())
}

/// The role to assign a group with: the app's only role for users, else the role that all its assigned groups have; for
/// an app without roles, the default. `None` where that is ambiguous: then a person has to choose.
///
/// <https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto>
fn role<'t>(target: &'t Target<'_>) -> Option<&'t str> {
    let all = target.principal()?.app_roles.as_ref()?;
    let for_people = all.iter().filter(|role| role.is_for_users());
    let roles: Vec<&str> = for_people.filter_map(|role| role.id.as_deref()).collect();
    match roles.as_slice() {
        [] if all.is_empty() => return Some(NONE),
        // The app has roles, but none for groups.
        [] => return None,
        [only] => return Some(*only),
        _ => {}
    }
    let assigned = assigned_groups(target);
    let mut given = assigned.iter().filter_map(|one| one.row.app_role_id.as_deref());
    let first = given.next()?;
    let same = given.all(|role| role == first);
    roles.into_iter().find(|role| same && *role == first)
}

/// Where the object id of a group is shown.
fn by_id() -> portal::Step {
    portal::groups("All groups: the list shows the object id of each group")
}
