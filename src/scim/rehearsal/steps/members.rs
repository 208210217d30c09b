//! Members are added to a group and removed from it.

use serde_json::{Map, Value};

use super::{NO_GROUP, NO_USER};
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::read::{self, Active};
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{
    Update, add_and_remove_member, add_members, has_member, remove_member, replace_members, set_active,
};

const HIDDEN: &str = "the endpoint returns no members, so nothing shows whether they change";

/// Whether a group has these members, each once.
fn has_once(group: &Map<String, Value>, wanted: &[String]) -> Result<(), String> {
    has(group, wanted, &[])?;
    let found = read::members(group).unwrap_or_default();
    let count = |id: &String| found.iter().filter(|found| *found == id).count();
    match wanted.iter().find(|id| count(id) > 1) {
        Some(twice) => Err(format!("the member {twice} is there {} times", count(twice))),
        None => Ok(()),
    }
}

/// Whether a group has these members, and not those.
fn has(group: &Map<String, Value>, wanted: &[String], unwanted: &[String]) -> Result<(), String> {
    let Some(found) = read::members(group) else {
        return if wanted.is_empty() { Ok(()) } else { Err("the group has no members".to_owned()) };
    };
    let missing: Vec<&String> = wanted.iter().filter(|id| !found.contains(id)).collect();
    if !missing.is_empty() {
        return Err(match found.len() {
            0 => "the group has no members".to_owned(),
            there => format!("{} of {} members are missing; {there} are there", missing.len(), wanted.len()),
        });
    }
    match unwanted.iter().find(|id| found.contains(id)) {
        Some(there) => Err(format!("{there} is still a member")),
        None => Ok(()),
    }
}

fn once_each(members: Vec<String>) -> Vec<String> {
    let mut once = Vec::new();
    for member in members {
        if !once.contains(&member) {
            once.push(member);
        }
    }
    once
}

/// The ids of users who are not members yet.
fn strangers(stage: &Stage<'_>) -> Vec<String> {
    stage.users.iter().flatten().filter(|id| !stage.members.contains(id)).cloned().collect()
}

pub(super) async fn add(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(group) = stage.group.clone() else { return Ok(Outcome::not_run(NO_GROUP)) };
    let new: Vec<String> = strangers(stage).into_iter().take(2).collect();
    // With members that could not be removed before, one more is enough.
    if new.len() < 2 && (new.is_empty() || stage.members.is_empty()) {
        return Ok(Outcome::not_run("there are not two users who could be added"));
    }
    let names: Vec<&str> = new.iter().map(String::as_str).collect();
    let request = add_members(&group, &names, stage.form);
    let wanted: Vec<String> = stage.members.iter().chain(&new).cloned().collect();
    let holds = |found: &Map<String, Value>| has(found, &wanted, &[]).and_then(|()| has_once(found, &new));
    let wrong = match stage.change(&request, Kind::Groups, &group, &holds).await? {
        Ok(()) => {
            stage.members = wanted;
            return Ok(Outcome::passed());
        }
        Err(wrong) => wrong,
    };
    if !wrong.is_refused() && stage.members.is_empty() {
        let whole = stage.read_whole_group(&group).await?;
        if whole.is_ok_and(|whole| read::members(&whole).is_none_or(|members| members.is_empty())) {
            // Some endpoints never return members, but answer the question for one.
            let asked = stage.send(has_member(&group, &new[0])).await?;
            if read::list(&asked).is_ok_and(|found| found.len() == 1) {
                stage.members_hidden = true;
                return Ok(Outcome::Passed("as a query for the member shows".to_owned()));
            }
        }
    }
    let harm = stage.blame(&request, Kind::Groups, &group, &holds, &harm::MEMBER_ADDITION).await?;
    let whole = stage.read_whole_group(&group).await?.unwrap_or_default();
    stage.members = once_each(read::members(&whole).unwrap_or_default());
    Ok(Outcome::failed(harm, wrong.said()))
}

pub(super) async fn add_again(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(group) = stage.group.clone() else { return Ok(Outcome::not_run(NO_GROUP)) };
    let Some(member) = stage.members.first().cloned() else { return Ok(no_members(stage)) };
    let wanted = stage.members.clone();
    let request = add_members(&group, &[&member], stage.form);
    let holds = |found: &Map<String, Value>| has(found, &wanted, &[]);
    let once = |found: &Map<String, Value>| has_once(found, std::slice::from_ref(&member));
    Ok(match stage.change(&request, Kind::Groups, &group, &|found| holds(found).and_then(|()| once(found))).await? {
        Ok(()) => Outcome::passed(),
        Err(wrong) => {
            let harm = match wrong.is_refused() {
                true => stage.blame(&request, Kind::Groups, &group, &holds, &harm::MEMBER_ADDITION).await?,
                false => &harm::MEMBER_ADDITION,
            };
            Outcome::failed(harm, wrong.said())
        }
    })
}

fn no_members(stage: &Stage<'_>) -> Outcome {
    Outcome::not_run(if stage.members_hidden { HIDDEN } else { "no member could be added" })
}

pub(super) async fn remove(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(group) = stage.group.clone() else { return Ok(Outcome::not_run(NO_GROUP)) };
    // One who was added twice says nothing about removal, so the last one, who was added once, leaves.
    let Some((leaver, stay)) = stage.members.clone().split_last().map(|(last, rest)| (last.clone(), rest.to_vec()))
    else {
        return Ok(no_members(stage));
    };
    if stay.is_empty() {
        return Ok(Outcome::not_run("the group has one member only"));
    }
    let request = remove_member(&group, &leaver, stage.form);
    let holds = |found: &Map<String, Value>| has(found, &stay, std::slice::from_ref(&leaver));
    let outcome = match stage.change(&request, Kind::Groups, &group, &holds).await? {
        Ok(()) => Outcome::passed(),
        Err(wrong) => {
            let harm = match wrong.is_refused() {
                true => stage.blame(&request, Kind::Groups, &group, &holds, &harm::MEMBER_REMOVAL).await?,
                false => &harm::MEMBER_REMOVAL,
            };
            Outcome::failed(harm, wrong.said())
        }
    };
    let (shown, whole) = (stage.shown.clone(), stage.read_whole_group(&group).await?.unwrap_or_default());
    stage.shown = shown;
    stage.members = once_each(read::members(&whole).unwrap_or_default());
    Ok(outcome)
}

pub(super) async fn keep_while_disabled(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (Some(group), Some(user)) = (stage.group.clone(), stage.users[0].clone()) else {
        return Ok(Outcome::not_run(if stage.group.is_none() { NO_GROUP } else { NO_USER }));
    };
    if !stage.members.contains(&user) {
        return Ok(no_members(stage));
    }
    let persona = stage.persona(0);
    let how = Update::new(stage.form);
    let requests = (set_active(&user, &persona.left, how), set_active(&user, &persona.first, how));
    let (Some(disable), Some(restore)) = requests else {
        return Ok(Outcome::beside("the schema does not map active"));
    };
    let is = |wanted: bool| {
        move |found: &Map<String, Value>| match Active::of(found) {
            // What is not returned shows nothing, here also for a user who is restored.
            Active::Is(active) if active == wanted => Ok(()),
            _ => Err("active is otherwise".to_owned()),
        }
    };
    let disabled = stage.attempt(&disable, Kind::Users, &user, &is(false)).await?;
    if !disabled || !stage.attempt(&restore, Kind::Users, &user, &is(true)).await? {
        return Ok(Outcome::not_run("the user cannot be disabled and restored"));
    }
    stage.origin = Some(restore.origin);
    stage.shown.clear();
    let holds = |found: &Map<String, Value>| has(found, std::slice::from_ref(&user), &[]);
    Ok(match stage.reads_back(Kind::Groups, &group, &holds).await? {
        Ok(()) => Outcome::passed(),
        Err(said) => Outcome::failed(&harm::MEMBERSHIP, said),
    })
}

pub(super) async fn replace(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(group) = stage.group.clone() else { return Ok(Outcome::not_run(NO_GROUP)) };
    let Some(user) = stage.users.iter().flatten().next().cloned() else { return Ok(Outcome::not_run(NO_USER)) };
    if stage.members_hidden {
        return Ok(no_members(stage));
    }
    let only = std::slice::from_ref(&user);
    let request = replace_members(&group, &[&user]);
    if let Err(wrong) = stage.change(&request, Kind::Groups, &group, &|found| has(found, only, &[])).await? {
        return Ok(Outcome::warned(&harm::OLD_FORM, format!("replacing all members: {}", wrong.said())));
    }
    let request = add_and_remove_member(&group, &user);
    Ok(match stage.change(&request, Kind::Groups, &group, &|found| has(found, &[], only)).await? {
        Ok(()) => Outcome::passed(),
        Err(wrong) => {
            Outcome::warned(&harm::OLD_FORM, format!("adding and removing a member at once: {}", wrong.said()))
        }
    })
}

pub(super) async fn query(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(group) = stage.group.clone() else { return Ok(Outcome::not_run(NO_GROUP)) };
    let Some(user) = stage.users.iter().flatten().next().cloned() else { return Ok(Outcome::not_run(NO_USER)) };
    let added = add_members(&group, &[&user], stage.form);
    let only = std::slice::from_ref(&user);
    if !stage.attempt(&added, Kind::Groups, &group, &|found| has(found, only, &[])).await? {
        return Ok(Outcome::not_run("no member could be added"));
    }
    let exchange = stage.play(&has_member(&group, &user)).await?;
    Ok(match read::list(&exchange) {
        Ok(found) if found.len() == 1 => Outcome::passed(),
        Ok(found) => Outcome::warned(&harm::OLD_FORM, format!("{} groups are found instead of one", found.len())),
        Err(said) => Outcome::warned(&harm::OLD_FORM, said),
    })
}
