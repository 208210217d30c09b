//! One attribute of a user is changed, or few.

use serde_json::{Map, Value, json};

use super::NO_USER;
use super::creation::{differing, has_all};
use super::update::{Change, other_value, other_values, updated, within};
use crate::scim::rehearsal::cast::Persona;
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::{Stage, Wrong};
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{
    Form, Operation, Request, Single, State, Update, found, remove_value, update, update_in_turn, update_nothing,
};

/// Where an update of externalId was seen.
const EXTERNAL_ID_SOURCES: &[&str] = &[
    "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility",
    "https://github.com/rancher/rancher/issues/55776",
];
const NOTHING_ELSE: &str = "no attribute has another value to change to";

/// The user, what it has, and one attribute with another value.
struct One {
    id: String,
    before: State,
    target: String,
    value: Value,
}

fn one(stage: &Stage<'_>) -> Result<One, Outcome> {
    let Some(id) = stage.users[0].clone() else { return Err(Outcome::not_run(NO_USER)) };
    let before = within(stage, &stage.states[0]);
    match other_value(&before, stage.persona(0)) {
        Some((target, value)) => Ok(One { id, before, target, value }),
        None => Err(Outcome::not_run(NOTHING_ELSE)),
    }
}

async fn change_by(stage: &mut Stage<'_>, only: Operation) -> Result<Outcome, Halt> {
    let One { id, before, target, value } = match one(stage) {
        Ok(one) => one,
        Err(outcome) => return Ok(outcome),
    };
    let mut after = before.clone();
    after.set(&target, value);
    let change = Change { kind: Kind::Users, id, before, after, only };
    let outcome = updated(stage, &change).await?;
    if matches!(outcome, Outcome::Passed(_)) {
        stage.states[0] = change.after;
        return Ok(Outcome::Passed(target));
    }
    Ok(outcome)
}

pub(super) async fn change(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    change_by(stage, Operation::Replace).await
}

pub(super) async fn add(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    change_by(stage, Operation::Add).await
}

/// Changes one attribute, so that the user is as `after`, in a form that Entra itself does not send.
async fn change_in_old_form(
    stage: &mut Stage<'_>,
    request: &Request,
    (id, target): (&str, String),
    after: State,
) -> Result<Outcome, Halt> {
    let wanted = after.only(|known| known == target);
    let holds = |resource: &Map<String, Value>| has_all(&wanted, resource, &[]);
    Ok(match stage.change(request, Kind::Users, id, &holds).await? {
        Ok(()) => {
            stage.states[0] = after;
            Outcome::Passed(target)
        }
        Err(wrong) => Outcome::warned(&harm::OLD_FORM, wrong.said()),
    })
}

pub(super) async fn change_without_path(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    if stage.form == Form::Default {
        return Ok(Outcome::beside("without the flag, every operation has a path"));
    }
    let One { id, before, target, value } = match one(stage) {
        Ok(one) => one,
        Err(outcome) => return Ok(outcome),
    };
    let mut after = before.clone();
    after.set(&target, value);
    let how = Update { only: Some(Operation::Replace), single: Single::Pathless, ..Update::new(stage.form) };
    let Some(request) = update(&id, &before, &after, how) else { return Ok(Outcome::not_run(NOTHING_ELSE)) };
    change_in_old_form(stage, &request, (&id, target), after).await
}

/// What a target attribute is a part of: `name`, or the schema of an extension.
fn whole(target: &str) -> Option<&str> {
    let end = if target.contains('[') { None } else { target.rfind(['.', ':']) };
    end.map(|end| &target[..end])
}

pub(super) async fn keep_parts(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let before = within(stage, &stage.states[0]);
    let other = other_values(&before, stage.persona(0));
    let differs = |target: &str| !target.contains('[') && before.value(target) != other.value(target);
    let targets: Vec<&str> = before.values().map(|(target, _)| target).collect();
    // An endpoint may make `name.formatted` from the other parts.
    let is_part = |target: &str| whole(target).is_some() && !target.ends_with(".formatted");
    let siblings = |of: &str| {
        let is_sibling = |target: &&str| *target != of && is_part(target) && whole(target) == whole(of);
        targets.iter().copied().filter(is_sibling).map(str::to_owned).collect::<Vec<_>>()
    };
    let part = targets.iter().copied().find(|part| is_part(part) && differs(part) && !siblings(part).is_empty());
    let Some(part) = part else {
        return Ok(Outcome::beside("the schema does not map two parts of one attribute"));
    };
    // Whatever they are by now: an update before may not have worked.
    let there = stage.read(Kind::Users, &id).await?.unwrap_or_default();
    let mut wanted = before.only(|_| false);
    for sibling in siblings(part) {
        if let Some(value) = found(&there, &sibling).first().filter(|value| !value.is_null()) {
            wanted.set(&sibling, (*value).clone());
        }
    }
    // With the flag, only several attributes are sent without a path.
    let also = targets.iter().copied().find(|target| whole(target) != whole(part) && differs(target));
    let mut after = before.clone();
    for target in [part].into_iter().chain(also) {
        if let Some(value) = other.value(target) {
            after.set(target, value.clone());
        }
    }
    let part = part.to_owned();
    let change = Change { kind: Kind::Users, id: id.clone(), before, after, only: Operation::Replace };
    let outcome = updated(stage, &change).await?;
    if !matches!(outcome, Outcome::Passed(_)) {
        return Ok(outcome);
    }
    stage.states[0] = change.after;
    let holds = |resource: &Map<String, Value>| has_all(&wanted, resource, &[]);
    let Err(said) = stage.reads_back(Kind::Users, &id, &holds).await? else { return Ok(Outcome::Passed(part)) };
    let resource = stage.read(Kind::Users, &id).await?.unwrap_or_default();
    let gone: Vec<String> = differing(&wanted, &resource, &[]).into_iter().map(|(target, _)| target).collect();
    // What follows does not expect them any more.
    gone.iter().for_each(|target| stage.states[0].remove(target));
    let harm = if stage.form == Form::Flagged { &harm::PATHLESS } else { &harm::UPDATE };
    Ok(Outcome::about(harm, format!("changing {part}: {said}"), gone))
}

pub(super) async fn add_external_id(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    if stage.lost.iter().any(|target| target == "externalId") {
        return Ok(Outcome::not_run("the endpoint does not keep externalId"));
    }
    external_id_added(stage, Kind::Users, &id, stage.persona(0)).await
}

/// Entra adds externalId to what was in the app before and is found by another attribute, and where the app does not
/// return it.
pub(super) async fn external_id_added(
    stage: &mut Stage<'_>,
    kind: Kind,
    id: &str,
    persona: &Persona,
) -> Result<Outcome, Halt> {
    let wanted = persona.first.only(|target| target == "externalId");
    let mut before = persona.first.clone();
    before.remove("externalId");
    let how = Update { only: Some(Operation::Add), ..Update::new(stage.form) };
    let Some(mut request) = update(id, &before, &persona.first, how) else {
        return Ok(Outcome::beside("the schema maps no externalId"));
    };
    request.origin.sources = EXTERNAL_ID_SOURCES;
    let holds = |resource: &Map<String, Value>| has_all(&wanted, resource, &[]);
    Ok(match stage.change(&request, kind, id, &holds).await? {
        Ok(()) => Outcome::passed(),
        Err(wrong) => {
            let harm = stage.blame(&request, kind, id, &holds, &harm::EXTERNAL_ID).await?;
            Outcome::about(harm, wrong.said(), vec!["externalId".to_owned()])
        }
    })
}

pub(super) async fn change_in_turn(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let One { id, before, target, value } = match one(stage) {
        Ok(one) => one,
        Err(outcome) => return Ok(outcome),
    };
    let now = before.value(&target).cloned().unwrap_or_default();
    let request = update_in_turn(Kind::Users.object(), &id, &target, &[now, value.clone()], stage.form);
    let mut after = before.clone();
    after.set(&target, value);
    change_in_old_form(stage, &request, (&id, target), after).await
}

pub(super) async fn change_nothing(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let exchange = stage.play(&update_nothing(Kind::Users.object(), &id)).await?;
    Ok(match exchange.success() {
        Some(_) => Outcome::Passed(exchange.said()),
        None => Outcome::warned(&harm::OLD_FORM, exchange.said()),
    })
}

/// Whether an attribute has no value, or an empty one.
fn is_empty(resource: &Map<String, Value>, target: &str) -> Result<(), String> {
    match found(resource, target).first() {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(text)) if text.is_empty() => Ok(()),
        Some(other) => Err(format!("{target} is still {other}")),
    }
}

pub(super) async fn remove(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let before = within(stage, &stage.states[0]);
    let is_matched_on = |target: &str| stage.persona(0).matching.iter().any(|found| found.target == target);
    let values = before.values().filter(|(target, _)| target.ends_with("].value") && !is_matched_on(target));
    // The first is the e-mail address, which an endpoint may require.
    let Some((target, value)) = values.last().map(|(target, value)| (target.to_owned(), value.clone())) else {
        return Ok(Outcome::beside("the schema maps no attribute of several elements"));
    };
    let request = remove_value(Kind::Users.object(), &id, &target, &value, stage.form);
    let holds = |resource: &Map<String, Value>| is_empty(resource, &target);
    let changed = stage.change(&request, Kind::Users, &id, &holds).await?;
    Ok(match changed {
        Ok(()) => {
            stage.states[0].remove(&target);
            Outcome::Passed(target)
        }
        Err(wrong) => Outcome::warned(&harm::OLD_FORM, wrong.said()),
    })
}

pub(super) async fn clear(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let before = within(stage, &stage.states[0]);
    let Some(target) = ["title", "nickName", "preferredLanguage"].into_iter().find(|name| before.value(name).is_some())
    else {
        return Ok(Outcome::beside("the schema maps no attribute that a user can be without"));
    };
    let how = Update { only: Some(Operation::Replace), ..Update::new(stage.form) };
    let holds = |resource: &Map<String, Value>| is_empty(resource, target);
    let mut wrong: Option<(&str, Wrong)> = None;
    for (empty, name) in [(json!(""), "an empty text"), (Value::Null, "null")] {
        let mut after = before.clone();
        after.set(target, empty);
        let Some(request) = update(&id, &before, &after, how) else { return Ok(Outcome::not_run("it is empty")) };
        if let Err(why) = stage.change(&request, Kind::Users, &id, &holds).await? {
            wrong = Some((name, why));
            break;
        }
        put_back(stage, &id, &after, &before, how).await?;
    }
    let Some((name, wrong)) = wrong else { return Ok(Outcome::Passed(target.to_owned())) };
    let mut empty = before.clone();
    empty.remove(target);
    put_back(stage, &id, &empty, &before, how).await?;
    Ok(Outcome::warned(&harm::OLD_FORM, format!("{target} replaced by {name}: {}", wrong.said())))
}

async fn put_back(stage: &mut Stage<'_>, id: &str, now: &State, before: &State, how: Update) -> Result<(), Halt> {
    let Some(back) = update(id, now, before, how) else { return Ok(()) };
    let origin = stage.origin;
    let _ = stage.attempt(&back, Kind::Users, id, &|_| Ok(())).await?;
    stage.origin = origin;
    Ok(())
}
