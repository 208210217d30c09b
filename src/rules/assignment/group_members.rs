use std::collections::HashSet;

use super::{assigned_groups, assignment};
use crate::document::Pointer;
use crate::finding::{Evidence, Severity};
use crate::model::{Member, MemberIdentity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const NESTED: Rule = assignment(&[Evidence::Assignments, Evidence::Members]).rule(
    "nested-group",
    Severity::Error,
    "An assigned group contains another group",
    page!("nested-group"),
    nested,
);

pub(in crate::rules) const EMPTY: Rule = assignment(&[Evidence::Assignments, Evidence::Members]).rule(
    "empty-group",
    Severity::Warning,
    "An assigned group has no members that Entra would create",
    page!("empty-group"),
    empty,
);

pub(in crate::rules) const LARGE: Rule = assignment(&[Evidence::Assignments, Evidence::Members]).rule(
    "large-group",
    Severity::Info,
    "An assigned group is so large that the first cycle takes long",
    page!("large-group"),
    large,
);

/// From this size on, the first cycle takes at least 20 minutes.
const MANY: usize = 1000;
/// Fewest and most minutes for each user, group and membership of the first cycle, in hundredths:
/// <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-when-will-provisioning-finish-specific-user>.
const HUNDREDTHS_OF_A_MINUTE: [usize; 2] = [1, 8];

/// The assigned groups whose members are known: the place, the name and the members of each.
fn groups<'t>(target: &'t Target<'_>) -> Vec<(Pointer, &'t str, &'t [Member<'t>])> {
    let listed = target.snapshot.and_then(|snapshot| snapshot.groups.as_deref()).unwrap_or_default();
    let assigned: HashSet<String> =
        assigned_groups(target).iter().map(|group| group.id().to_ascii_lowercase()).collect();
    let is_assigned = |id: &str| assigned.contains(&id.to_ascii_lowercase());
    let groups = listed.iter().enumerate().filter(|(_, group)| group.id.as_deref().is_some_and(is_assigned));
    groups
        .filter_map(|(index, group)| {
            let name = group.display_name.as_deref().or(group.id.as_deref()).unwrap_or_default();
            Some((target.pointer.key("groups").index(index), name, group.members.as_deref()?))
        })
        .collect()
}

fn nested(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (pointer, name, members) in groups(target) {
        let identities = members.iter().map(Member::identity).enumerate();
        for (index, inner) in identities.filter(|(_, member)| member.is_a("group")) {
            let inner = inner.display_name.as_deref().or(inner.id.as_deref()).unwrap_or_default();
            findings
                .add(
                    format!("Group/{name}/{inner}"),
                    pointer.key("members").index(index),
                    format!(
                        "The group {inner} is a member of {name}: Entra does not provision the members of nested groups"
                    ),
                )
                .label("nested group")
                .manual(
                    format!("Assign {inner} itself, or add its members to {name}"),
                    portal::on(portal::Page::Assignments, format!("{} and choose {inner}", portal::assign())),
                );
        }
    }
    Ok(())
}

fn empty(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (pointer, name, members) in groups(target) {
        let users = || members.iter().map(Member::identity).filter(|member| member.is_a("user"));
        let is_disabled = |user: MemberIdentity<'_>| user.account_enabled == Some(false);
        let why = if members.is_empty() {
            "has no members"
        } else if users().next().is_none() {
            "has no users among its members"
        } else if users().all(is_disabled) {
            "has only members who are disabled in Entra ID"
        } else {
            continue;
        };
        findings
            .add(format!("Group/{name}"), pointer, format!("The group {name} {why}: it gives no one access"))
            .label("no one to provision")
            .manual(
                "Add the users who need access, or remove the assignment",
                vec![portal::groups(&format!("{name} > Members > Add members"))],
            );
    }
    Ok(())
}

fn large(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (pointer, name, members) in groups(target).into_iter().filter(|(.., members)| members.len() >= MANY) {
        // Every member counts as a user and as a membership.
        let [best, worst] = HUNDREDTHS_OF_A_MINUTE.map(|rate| time(members.len() * 2 * rate / 100));
        findings
            .add(
                format!("Group/{name}"),
                pointer,
                format!(
                    "The group {name} has {} members: by Microsoft's estimate, the first cycle takes between {best} and {worst}",
                    members.len()
                ),
            )
            .label(format!("{} members", members.len()))
            .manual(
                "No fix is needed if that is intended; provision a small group first to check that everything works",
                portal::on(portal::Page::Assignments, "Assign a small group first, and this group after the first cycle"),
            );
    }
    Ok(())
}

fn time(minutes: usize) -> String {
    match minutes {
        ..120 => format!("{minutes} minutes"),
        _ => format!("{} hours", minutes / 60),
    }
}
