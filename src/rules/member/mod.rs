//! The members of assigned groups, and the users who are assigned directly.

use super::people::mapping;
use super::{Family, Findings, Judged, NotJudged, Rule, Target, page, portal};
use crate::finding::{Evidence, Section, Severity};
use crate::simulate::Lack;

/// Rules about members.
const MEMBER: Family = Family { section: Section::Member, evidence: &[Evidence::Members, Evidence::Schema] };

pub(super) const MISSING_ATTRIBUTE: Rule = MEMBER.rule(
    "member-missing-attribute",
    Severity::Warning,
    "Members have no value for an attribute that the app requires",
    page!("member-missing-attribute"),
    missing_attribute,
);

pub(super) const DISABLED: Rule = MEMBER.rule(
    "member-disabled",
    Severity::Info,
    "Members are disabled in Entra ID",
    page!("member-disabled"),
    disabled,
);

pub(super) const MATCHING_COLLISION: Rule = MEMBER.rule(
    "member-matching-collision",
    Severity::Error,
    "Several members have the same matching value",
    page!("member-matching-collision"),
    matching_collision,
);

pub(super) const OUT_OF_SCOPE: Rule = MEMBER.rule(
    "member-out-of-scope",
    Severity::Warning,
    "The scoping filter excludes members",
    page!("member-out-of-scope"),
    out_of_scope,
);

pub(super) const MANAGER_NOT_ASSIGNED: Rule = MEMBER.rule(
    "manager-not-assigned",
    Severity::Info,
    "Members have a manager who is not assigned",
    page!("manager-not-assigned"),
    manager_not_assigned,
);

/// `1 of 340 members is`, `12 of 340 members are`
fn of_members(some: usize, all: usize, verb: [&str; 2]) -> String {
    let (word, verb) = (if all == 1 { "member" } else { "members" }, verb[usize::from(some != 1)]);
    format!("{some} of {all} {word} {verb}")
}

fn missing_attribute(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (people, mapping) = (target.people()?, mapping(target)?);
    let mut unknown = None;
    for lack in &people.crowd.lacks {
        // Rules about mappings report a missing row.
        let Some(row) = mapping.rows.iter().find(|row| row.target == lack.target) else { continue };
        if lack.empty.is_empty() {
            unknown = unknown.or(Some(&lack.target));
            continue;
        }
        let attributes = row.source.attributes();
        let (from, fill) = match attributes.as_slice() {
            [] => ("value".to_owned(), format!("{} gets a value", lack.target)),
            names => (names.join(" or "), format!("Fill in {}", names.join(" or "))),
        };
        let who = of_members(lack.empty.len(), people.count(), ["has", "have"]);
        findings
            .add(
                format!("member/{}", lack.target),
                row.pointer(),
                format!("{who} no {from}, so Entra sends no {} for them", lack.target),
            )
            .label(format!("empty for {}", lack.empty.len()))
            .people(people.names(&lack.empty))
            .manual(
                format!("Fill in the attribute, so that {} is not empty", lack.target),
                [portal::users(portal::edit_user()), vec![fill.into()]].concat(),
            );
    }
    match unknown {
        Some(attribute) => Err(NotJudged::undecided(format!("the value of {attribute} is unknown for some members"))),
        None => Ok(()),
    }
}

fn disabled(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let people = target.people()?;
    if !people.disabled.is_empty() {
        let who = of_members(people.disabled.len(), people.count(), ["is", "are"]);
        findings
            .add(
                "members",
                target.pointer.key("groups"),
                format!("{who} disabled in Entra ID: Entra does not create them, and disables existing accounts"),
            )
            .label("includes disabled members")
            .people(people.names(&people.disabled))
            .manual(
                "No fix is needed if that is intended; otherwise enable them",
                portal::users(portal::enable_user()),
            );
    }
    Ok(())
}

fn matching_collision(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (people, mapping) = (target.people()?, mapping(target)?);
    let mut unknown = None;
    for row in mapping.rows.iter().filter(|row| row.row.is_matching()) {
        let of_row = |lack: &&Lack| lack.target == row.target && !lack.unknown.is_empty();
        unknown = unknown.or(people.crowd.lacks.iter().find(of_row));
        let collisions = || people.crowd.collisions.iter().filter(|collision| collision.target == row.target);
        let who: Vec<usize> = collisions().flat_map(|collision| collision.users.iter().copied()).collect();
        if who.is_empty() {
            continue;
        }
        let values = match collisions().count() {
            1 => "one value".to_owned(),
            several => format!("{several} values"),
        };
        let names = collisions().map(|same| format!("{} ({})", people.names(&same.users).join(" and "), same.value));
        findings
            .add(
                format!("member/{}", row.target),
                row.pointer(),
                format!(
                    "{} members share {values} of {}, which is used for matching: Entra treats them as one user",
                    who.len(),
                    row.target
                ),
            )
            .label("not unique")
            .people(names.collect())
            .manual(
                format!("Give every user a unique value, or match on another attribute than {}", row.target),
                portal::users("Compare the users, and correct the attribute that the mapping reads"),
            );
    }
    match unknown {
        Some(lack) => Err(NotJudged::undecided(format!("the value of {} is unknown for some members", lack.target))),
        None => Ok(()),
    }
}

fn out_of_scope(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (people, mapping) = (target.people()?, mapping(target)?);
    if !people.filtered.is_empty() {
        let who = of_members(people.filtered.len(), people.count(), ["does not", "do not"]);
        // Those who are disabled are not filtered.
        let is_everyone = people.filtered.len() + people.disabled.len() == people.count();
        let message = if is_everyone {
            "No member passes the scoping filter: Entra provisions no one, and disables those who are provisioned"
                .to_owned()
        } else {
            format!("{who} pass the scoping filter: Entra does not provision them, even if they are assigned")
        };
        let severity = if is_everyone { Severity::Error } else { Severity::Warning };
        findings
            .add("members", mapping.pointer.key("scope"), message)
            .label(format!("excludes {}", people.filtered.len()))
            .by_default(severity)
            .people(people.names(&people.filtered))
            .manual(
                "Change the filter, or remove the users who should not have access from the groups",
                vec![portal::open(mapping), portal::all_records("compare the filter with the users")],
            );
    }
    match &people.unfiltered {
        Some(reason) => Err(NotJudged::undecided(reason.clone())),
        None => Ok(()),
    }
}

fn manager_not_assigned(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mapping = mapping(target)?;
    let Some(row) = mapping.rows.iter().find(|row| row.source.attributes().contains(&"manager")) else { return Ok(()) };
    // Everyone is in scope, and so is every manager.
    let sync_all = target.snapshot.and_then(|snapshot| snapshot.secret("SyncAll"));
    if sync_all.is_some_and(|all| all.eq_ignore_ascii_case("true")) {
        return Ok(());
    }
    let people = target.people()?;
    if !people.without_manager.is_empty() {
        let who = of_members(people.without_manager.len(), people.count(), ["has", "have"]);
        findings
            .add(
                format!("member/{}", row.target),
                row.pointer(),
                format!(
                    "{who} a manager who is not assigned: `{}` stays empty for them. If the manager is assigned later, it is filled only after a restart of provisioning",
                    row.target
                ),
            )
            .label("the manager is not assigned")
            .people(people.names(&people.without_manager))
            .manual(
                "Assign the managers too, then restart provisioning; no fix is needed if the app does without",
                portal::on(portal::Page::Assignments, format!("{} and choose the managers or their group", portal::assign())),
            );
    }
    if people.unknown_manager {
        let why = target.snapshot.and_then(|snapshot| snapshot.why_unread("managers"));
        let why = why.unwrap_or("the managers of some members are not in this file");
        return Err(NotJudged::undecided(why.to_owned()));
    }
    Ok(())
}
