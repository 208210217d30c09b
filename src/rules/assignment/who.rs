use std::collections::HashMap;

use super::expected::{Expected, Known};
use super::{assigned, assigned_groups, assignment};
use crate::finding::{Evidence, Severity};
use crate::model::TenantChange;
use crate::policy::DirectAssignment;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const UNEXPECTED: Rule = assignment(&[Evidence::Assignments])
    .rule(
        "unexpected-assignment",
        Severity::Warning,
        "A group is assigned that is not in the policy",
        page!("unexpected-assignment"),
        unexpected,
    )
    .fixed_unsafely();

pub(in crate::rules) const DIRECTLY: Rule = assignment(&[Evidence::Assignments]).rule(
    "user-assigned-directly",
    Severity::Error,
    "A user is assigned directly, but the policy allows only groups",
    page!("user-assigned-directly"),
    directly,
);

pub(in crate::rules) const NOTHING_ASSIGNED: Rule = assignment(&[Evidence::Assignments]).rule(
    "nothing-assigned",
    Severity::Error,
    "No one is assigned to the app",
    page!("nothing-assigned"),
    nothing_assigned,
);

pub(in crate::rules) const DUPLICATE: Rule = assignment(&[Evidence::Assignments]).rule(
    "duplicate-assignment",
    Severity::Warning,
    "A user or group is assigned with several roles",
    page!("duplicate-assignment"),
    duplicate,
);

fn unexpected(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if target.policy.groups.is_empty() {
        return Err(NotJudged::skipped("groups in the policy (or --group)"));
    }
    let expected = Expected::all(target);
    let groups = assigned_groups(target);
    let assigned = Known::assigned(&groups);
    // An expected group that is not assigned may be one of the unexpected groups under another name.
    let known = expected.iter().all(|(_, wanted)| matches!(wanted, Expected::Id(_)) && assigned.has(wanted));
    let expected = Known::expected(expected.iter().map(|(_, wanted)| wanted));
    for group in groups {
        if expected.has_assigned(&group) {
            continue;
        }
        let name = group.name();
        let found = findings
            .add(
                group.subject(),
                group.pointer.clone(),
                format!("The group {name} is assigned but is not in the policy: its members have access"),
            )
            .label("not in the policy");
        let title = "Remove the assignment, or add the group to the policy";
        let portal = portal::unassign(name);
        match group.row.id.as_deref().filter(|_| known) {
            Some(id) => {
                let change = TenantChange::Unassign { assignment: id.to_owned(), name: name.to_owned() };
                found.in_tenant(title, portal, change);
            }
            None => found.manual(title, portal),
        }
    }
    Ok(())
}

fn directly(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let severity = match target.policy.direct_assignment {
        None => return Err(NotJudged::skipped("users.direct-assignment in the policy")),
        Some(DirectAssignment::Allow) => return Ok(()),
        Some(DirectAssignment::Warn) => Severity::Warning,
        Some(DirectAssignment::Forbid) => Severity::Error,
    };
    for user in assigned(target).into_iter().filter(|user| user.is_user()) {
        let name = user.name();
        findings
            .add(
                user.subject(),
                user.pointer.clone(),
                format!(
                    "{name} is assigned directly, not through a group: removing them from groups does not remove access"
                ),
            )
            .label("assigned directly")
            .at_most(severity)
            .manual("Add the user to an assigned group, then remove the assignment", portal::unassign(name));
    }
    Ok(())
}

fn nothing_assigned(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let sync_all = target.snapshot.and_then(|snapshot| snapshot.secret("SyncAll"));
    if assigned(target).is_empty() && !sync_all.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        findings
            .add(
                "assignments",
                target.pointer.key("appRoleAssignedTo"),
                "No one is assigned to the app, so no one is provisioned",
            )
            .label("no one")
            .manual("Assign the groups that need access", portal::on(portal::Page::Assignments, portal::assign()));
    }
    Ok(())
}

fn duplicate(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut times: HashMap<String, usize> = HashMap::new();
    for again in assigned(target).iter().filter(|one| !one.id().is_empty()) {
        let times = times.entry(again.id().to_ascii_lowercase()).or_default();
        *times += 1;
        if *times != 2 {
            continue;
        }
        let name = again.name();
        findings
            .add(
                again.subject(),
                again.pointer.clone(),
                format!("{name} is assigned several times with different roles: which role Entra sends is not defined"),
            )
            .label("again")
            .manual("Keep one assignment", portal::unassign(&format!("the other rows of {name}")));
    }
    Ok(())
}
