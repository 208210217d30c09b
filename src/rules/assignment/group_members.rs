use std::collections::HashSet;

use super::{assigned_groups, assignment};
use crate::document::Pointer;
use crate::finding::{Evidence, Severity};
use crate::model::{Group, Member, MemberIdentity};
use crate::operation::initial_cycle_minutes;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const NESTED: Rule = assignment(&[Evidence::Assignments, Evidence::MemberCounts]).rule(
    "nested-group",
    Severity::Error,
    "An assigned group contains another group",
    page!("nested-group"),
    nested,
);

pub(in crate::rules) const EMPTY: Rule = assignment(&[Evidence::Assignments, Evidence::MemberCounts]).rule(
    "empty-group",
    Severity::Warning,
    "An assigned group has no members that Entra would create",
    page!("empty-group"),
    empty,
);

pub(in crate::rules) const LARGE: Rule = assignment(&[Evidence::Assignments, Evidence::MemberCounts]).rule(
    "large-group",
    Severity::Info,
    "An assigned group is so large that the first cycle takes long",
    page!("large-group"),
    large,
);

/// From this size on, the first cycle takes at least 20 minutes.
const MANY: usize = 1000;

/// An assigned group, and what is known of its members.
struct Known<'t> {
    pointer: Pointer,
    name: &'t str,
    group: &'t Group<'t>,
}

impl Known<'_> {
    /// How many direct members it has.
    fn count(&self) -> Option<usize> {
        let read = self.group.members.as_ref().map(Vec::len);
        read.or_else(|| usize::try_from(self.group.member_count?).ok())
    }

    /// The groups among its members: the place, and the name or id of each.
    fn inner(&self) -> Vec<(Pointer, String)> {
        let named = |name: Option<&str>, id: Option<&str>| name.or(id).unwrap_or_default().to_owned();
        if let Some(members) = &self.group.members {
            let identities = members.iter().map(Member::identity).enumerate();
            let inner = identities.filter(|(_, member)| member.is_a("group"));
            let place = |index| self.pointer.key("members").index(index);
            return inner
                .map(|(index, member)| (place(index), named(member.display_name.as_deref(), member.id.as_deref())))
                .collect();
        }
        let place = |index| self.pointer.key("memberGroups").index(index);
        let inner = self.group.member_groups.iter().flatten().enumerate();
        inner.map(|(index, group)| (place(index), named(group.display_name.as_deref(), group.id.as_deref()))).collect()
    }

    /// Why no user gets access through it, as far as that is known.
    fn why_empty(&self) -> Option<&'static str> {
        const NO_MEMBERS: &str = "has no members";
        const NO_USERS: &str = "has no users among its members";
        let Some(members) = &self.group.members else {
            let inner = self.group.member_groups.as_ref().map(Vec::len);
            return match (self.count()?, inner?) {
                (0, _) => Some(NO_MEMBERS),
                (count, inner) if count == inner => Some(NO_USERS),
                _ => None,
            };
        };
        let users = || members.iter().map(Member::identity).filter(|member| member.is_a("user"));
        let is_disabled = |user: MemberIdentity<'_>| user.account_enabled == Some(false);
        if members.is_empty() {
            Some(NO_MEMBERS)
        } else if users().next().is_none() {
            Some(NO_USERS)
        } else {
            users().all(is_disabled).then_some("has only members who are disabled in Entra ID")
        }
    }
}

/// The assigned groups.
fn groups<'t>(target: &'t Target<'_>) -> Vec<Known<'t>> {
    let listed = target.snapshot.and_then(|snapshot| snapshot.groups.as_deref()).unwrap_or_default();
    let assigned: HashSet<String> =
        assigned_groups(target).iter().map(|group| group.id().to_ascii_lowercase()).collect();
    let is_assigned = |id: &str| assigned.contains(&id.to_ascii_lowercase());
    let groups = listed.iter().enumerate().filter(|(_, group)| group.id.as_deref().is_some_and(is_assigned));
    groups
        .map(|(index, group)| {
            let name = group.display_name.as_deref().or(group.id.as_deref()).unwrap_or_default();
            Known { pointer: target.pointer.key("groups").index(index), name, group }
        })
        .collect()
}

fn nested(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for group in groups(target) {
        let name = group.name;
        for (place, inner) in group.inner() {
            findings
                .add(
                    format!("Group/{name}/{inner}"),
                    place,
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
    let mut hidden = None;
    for group in groups(target) {
        let Some(why) = group.why_empty() else { continue };
        let name = group.name;
        // Without a further permission, Graph shows such a group as empty.
        if group.group.visibility.as_deref() == Some("HiddenMembership") {
            hidden = hidden.or(Some(name));
            continue;
        }
        findings
            .add(format!("Group/{name}"), group.pointer, format!("The group {name} {why}: it gives no one access"))
            .label("no one to provision")
            .manual(
                "Add the users who need access, or remove the assignment",
                vec![portal::groups(&format!("{name} > Members > Add members"))],
            );
    }
    match hidden {
        Some(name) => Err(NotJudged::undecided(format!(
            "the members of the group {name} are hidden; reading them takes the permission Member.Read.Hidden"
        ))),
        None => Ok(()),
    }
}

fn large(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for group in groups(target) {
        let Some(count) = group.count().filter(|count| *count >= MANY) else { continue };
        let name = group.name;
        // Every member counts as a user and as a membership.
        let (best, worst) = initial_cycle_minutes(u64::try_from(count).unwrap_or(u64::MAX).saturating_mul(2));
        let (best, worst) = (time(best), time(worst));
        findings
            .add(
                format!("Group/{name}"),
                group.pointer,
                format!(
                    "The group {name} has {count} members: by Microsoft's estimate, the first cycle takes between {best} and {worst}"
                ),
            )
            .label(format!("{count} members"))
            .manual(
                "No fix is needed if that is intended; provision a small group first to check that everything works",
                portal::on(portal::Page::Assignments, "Assign a small group first, and this group after the first cycle"),
            );
    }
    Ok(())
}

fn time(minutes: u64) -> String {
    match minutes {
        ..120 => format!("{minutes} minutes"),
        _ => format!("{} hours", minutes / 60),
    }
}
