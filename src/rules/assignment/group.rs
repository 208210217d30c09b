use super::{Assigned, assigned, assignment, steps};
use crate::finding::{Evidence, Severity};
use crate::model::Group;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const NAME_COLLISION: Rule = assignment(&[Evidence::Assignments]).rule(
    "group-name-collision",
    Severity::Error,
    "Two assigned groups have one name, by which groups are matched",
    page!("group-name-collision"),
    name_collision,
);

pub(in crate::rules) const NOT_SECURITY: Rule = assignment(&[Evidence::Assignments, Evidence::Groups]).rule(
    "group-not-security",
    Severity::Error,
    "An assigned group is no security group",
    page!("group-not-security"),
    not_security,
);

pub(in crate::rules) const PAUSED: Rule = assignment(&[Evidence::Assignments, Evidence::Groups]).rule(
    "dynamic-group-paused",
    Severity::Warning,
    "The rule of a dynamic group is not followed",
    page!("dynamic-group-paused"),
    paused,
);

pub(in crate::rules) const DELETED: Rule = assignment(&[Evidence::Assignments, Evidence::Groups]).rule(
    "group-deleted",
    Severity::Error,
    "A group that was deleted is assigned still",
    page!("group-deleted"),
    deleted,
);

fn name_collision(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let groups: Vec<Assigned<'_, '_>> = assigned(target).into_iter().filter(|group| group.is_a("Group")).collect();
    for (index, group) in groups.iter().enumerate() {
        let twin = groups[..index].iter().find(|other| {
            other.id() != group.id() && other.name().eq_ignore_ascii_case(group.name()) && !group.name().is_empty()
        });
        let Some(twin) = twin else { continue };
        findings
            .add(
                group.subject(),
                group.pointer.clone(),
                format!(
                    "Two assigned groups are called {} ({} and {}): groups are matched by name, and both become one",
                    group.name(),
                    twin.id(),
                    group.id()
                ),
            )
            .label("a second group of that name")
            .manual("Rename one of the groups, or take one assignment away", steps("Compare the groups' object ids"));
    }
    Ok(())
}

/// Every assigned group with what is known of it; `None` for one that isn't there.
fn with_groups<'t, 'a>(target: &'t Target<'a>) -> Vec<(Assigned<'t, 'a>, Option<&'t Group<'a>>)> {
    let groups = target.snapshot.and_then(|snapshot| snapshot.groups.as_deref()).unwrap_or_default();
    let known =
        |id: &str| groups.iter().find(|group| group.id.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(id)));
    let all = assigned(target).into_iter().filter(|group| group.is_a("Group"));
    all.map(|group| {
        let found = known(group.id());
        (group, found)
    })
    .collect()
}

fn not_security(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (assigned, group) in with_groups(target) {
        if group.and_then(|group| group.security_enabled) != Some(false) {
            continue;
        }
        let name = assigned.name();
        findings
            .add(
                assigned.subject(),
                assigned.pointer.clone(),
                format!("{name} is no security group: neither it nor its members are provisioned"),
            )
            .label("no security group")
            .manual(
                "Assign a security group instead",
                steps(&format!("Select {name}, click Remove, then Add user/group")),
            );
    }
    Ok(())
}

fn paused(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (assigned, group) in with_groups(target) {
        let state = group.and_then(|group| group.membership_rule_processing_state.as_deref());
        if !state.is_some_and(|state| state.eq_ignore_ascii_case("Paused")) {
            continue;
        }
        let name = assigned.name();
        findings
            .add(
                assigned.subject(),
                assigned.pointer.clone(),
                format!("The rule of the dynamic group {name} is paused: who comes isn't added, who leaves stays"),
            )
            .label("paused")
            .manual(
                "Have the rule followed again",
                vec![format!("Entra admin center: Groups > {name} > Dynamic membership rules > Pause processing: No")],
            );
    }
    Ok(())
}

fn deleted(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (assigned, _) in with_groups(target).into_iter().filter(|(_, group)| group.is_none()) {
        let name = assigned.name();
        findings
            .add(
                assigned.subject(),
                assigned.pointer.clone(),
                format!("The group {name} is assigned, and there is no such group any more: its members lose access"),
            )
            .label("deleted")
            .manual("Restore the group, or assign another one", steps(&format!("Select {name}, click Remove")));
    }
    Ok(())
}
