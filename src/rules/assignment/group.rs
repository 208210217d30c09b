use std::collections::HashMap;

use super::{assigned_groups, assignment};
use crate::finding::{Evidence, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const NAME_COLLISION: Rule = assignment(&[Evidence::Assignments]).rule(
    "group-name-collision",
    Severity::Error,
    "Two assigned groups have the same name, by which groups are matched",
    page!("group-name-collision"),
    name_collision,
);

pub(in crate::rules) const NOT_SECURITY: Rule = assignment(&[Evidence::Assignments, Evidence::Groups]).rule(
    "group-not-security",
    Severity::Error,
    "An assigned group is not a security group",
    page!("group-not-security"),
    not_security,
);

pub(in crate::rules) const PAUSED: Rule = assignment(&[Evidence::Assignments, Evidence::Groups]).rule(
    "dynamic-group-paused",
    Severity::Warning,
    "The rule of a dynamic group is paused",
    page!("dynamic-group-paused"),
    paused,
);

pub(in crate::rules) const DELETED: Rule = assignment(&[Evidence::Assignments, Evidence::Groups]).rule(
    "group-deleted",
    Severity::Error,
    "A deleted group is still assigned",
    page!("group-deleted"),
    deleted,
);

fn name_collision(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let groups = assigned_groups(target);
    // Of each name the first group, and the first with another id.
    let mut called: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, group) in groups.iter().enumerate().filter(|(_, group)| !group.name().is_empty()) {
        let same = called.entry(group.name().to_ascii_lowercase()).or_default();
        let twin = same.iter().map(|index| &groups[*index]).find(|other| !other.has_id(group.id()));
        if same.is_empty() || (same.len() == 1 && twin.is_some()) {
            same.push(index);
        }
        let Some(twin) = twin else { continue };
        findings
            .add(
                group.subject(),
                group.pointer.clone(),
                format!(
                    "Two assigned groups are called {} ({} and {}): groups are matched by name, so the app gets one group for both",
                    group.name(),
                    twin.id(),
                    group.id()
                ),
            )
            .label("a second group of that name")
            .manual("Rename one of the groups, or remove one assignment", portal::on(portal::Page::Assignments, "Compare the groups' object ids"));
    }
    Ok(())
}

fn not_security(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for assigned in assigned_groups(target) {
        if assigned.group.and_then(|group| group.security_enabled) != Some(false) {
            continue;
        }
        let name = assigned.name();
        findings
            .add(
                assigned.subject(),
                assigned.pointer.clone(),
                format!("{name} is not a security group: neither it nor its members are provisioned"),
            )
            .label("not a security group")
            .manual("Assign a security group instead", portal::reassign(name));
    }
    Ok(())
}

fn paused(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for assigned in assigned_groups(target) {
        let state = assigned.group.and_then(|group| group.membership_rule_processing_state.as_deref());
        if !state.is_some_and(|state| state.eq_ignore_ascii_case("Paused")) {
            continue;
        }
        let name = assigned.name();
        findings
            .add(
                assigned.subject(),
                assigned.pointer.clone(),
                format!(
                    "The membership rule of the dynamic group {name} is paused: members are neither added nor removed"
                ),
            )
            .label("paused")
            .manual(
                "Resume the membership rule",
                vec![portal::groups(&format!("{name} > Dynamic membership rules > Pause processing: No"))],
            );
    }
    Ok(())
}

fn deleted(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for assigned in assigned_groups(target).into_iter().filter(|assigned| assigned.group.is_none()) {
        let name = assigned.name();
        findings
            .add(
                assigned.subject(),
                assigned.pointer.clone(),
                format!("The group {name} is assigned but no longer exists: its members lose access"),
            )
            .label("deleted")
            .manual("Restore the group, or assign another group", portal::unassign(name));
    }
    Ok(())
}
