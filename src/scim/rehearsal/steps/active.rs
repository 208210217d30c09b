//! Users are disabled and restored.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::NO_USER;
use super::search::finds;
use super::update::{Change, other_value, updated, within};
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::read::Active;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{Form, Operation, Request, State, Update, set_active, set_active_boolean};

const UNMAPPED: &str = "the schema does not map active";

/// The values that Entra disables with, and whether they disable.
fn leaving(stage: &Stage<'_>) -> Option<State> {
    let left = &stage.persona(0).left;
    (left.value("active") == Some(&json!(false))).then(|| left.clone())
}

/// Sets `active`, and finds out why it does not work.
async fn set(stage: &mut Stage<'_>, state: &State, active: bool, only: Operation) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let how = Update { only: Some(only), ..Update::new(stage.form) };
    let Some(request) = set_active(&id, state, how) else { return Ok(Outcome::beside(UNMAPPED)) };
    let reads_as_text = Cell::new(false);
    let holds = |found: &Map<String, Value>| {
        let found = Active::of(found);
        reads_as_text.set(matches!(found, Active::Text(_)));
        found.expect(active)
    };
    let wrong = match stage.change(&request, Kind::Users, &id, &holds).await? {
        Ok(()) => return Ok(Outcome::passed()),
        Err(wrong) => wrong,
    };
    let origin = stage.origin;
    // A text that is stored as it is, or refused where a boolean is accepted, is one fault; a word for the operation
    // another.
    let sends_text = stage.form == Form::Default;
    let boolean = typed(&request, active);
    let is_stored_text = !wrong.is_refused() && reads_as_text.get();
    let harm = if sends_text && (stage.attempt(&boolean, Kind::Users, &id, &holds).await? || is_stored_text) {
        &harm::TEXT_BOOLEAN
    } else {
        let as_sent = stage.blame(&request, Kind::Users, &id, &holds, &harm::DISABLE).await?;
        let as_boolean = match as_sent == &harm::DISABLE {
            true => stage.blame(&boolean, Kind::Users, &id, &holds, &harm::DISABLE).await?,
            false => as_sent,
        };
        // With neither the text nor the operation, the text is the more harmful.
        if as_boolean != as_sent && sends_text { &harm::TEXT_BOOLEAN } else { as_boolean }
    };
    stage.origin = origin;
    Ok(Outcome::about(harm, wrong.said(), vec!["active".to_owned()]))
}

/// The same request with a boolean.
fn typed(request: &Request, active: bool) -> Request {
    let mut request = request.clone();
    let operations = request.body.as_mut().and_then(|body| body["Operations"].as_array_mut());
    for operation in operations.into_iter().flatten() {
        operation["value"] = json!(active);
    }
    request
}

pub(super) async fn disable(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(left) = leaving(stage) else {
        return Ok(match stage.persona(0).first.value("active") {
            Some(_) => Outcome::not_run("the schema's expression for active does not disable a user who left"),
            None => Outcome::beside(UNMAPPED),
        });
    };
    let outcome = set(stage, &left, false, Operation::Replace).await?;
    stage.can_disable = matches!(outcome, Outcome::Passed(_));
    Ok(outcome)
}

pub(super) async fn find_disabled(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    if leaving(stage).is_none() {
        return Ok(Outcome::beside(UNMAPPED));
    }
    // Only a user who is disabled says something.
    let Ok(found) = stage.read(Kind::Users, &id).await? else {
        return Ok(Outcome::failed(&harm::HIDDEN, "the disabled user cannot be read by its id"));
    };
    if Active::of(&found) != Active::Is(false) {
        return Ok(Outcome::not_run("the user could not be disabled"));
    }
    for found in &stage.persona(0).matching {
        let Some(value) = &found.value else { continue };
        if !stage.findable.contains(&found.target) {
            continue;
        }
        if let Err(said) = finds(stage, Kind::Users, (&found.target, value), &id).await? {
            let said = format!("{} eq \"{value}\": {said}", found.target);
            return Ok(Outcome::failed(&harm::HIDDEN, said));
        }
    }
    Ok(Outcome::passed())
}

pub(super) async fn restore(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    if leaving(stage).is_none() {
        return Ok(Outcome::beside(UNMAPPED));
    }
    let state = stage.persona(0).first.clone();
    set(stage, &state, true, Operation::Replace).await
}

pub(super) async fn disable_by_adding(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(left) = leaving(stage) else { return Ok(Outcome::beside(UNMAPPED)) };
    let outcome = set(stage, &left, false, Operation::Add).await?;
    restored(stage).await?;
    Ok(outcome)
}

/// Restores the user in whatever way the endpoint accepts.
async fn restored(stage: &mut Stage<'_>) -> Result<(), Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(()) };
    let Some(back) = set_active(&id, &stage.persona(0).first, Update::new(stage.form)) else { return Ok(()) };
    let holds = |found: &Map<String, Value>| Active::of(found).expect(true);
    if !stage.put_back(&back, Kind::Users, &id, &holds).await? {
        let _ = stage.attempt(&typed(&back, true), Kind::Users, &id, &holds).await?;
    }
    Ok(())
}

pub(super) async fn disable_with_change(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let Some(left) = leaving(stage) else { return Ok(Outcome::beside(UNMAPPED)) };
    if !stage.can_disable {
        return Ok(Outcome::not_run("the user cannot be disabled alone either"));
    }
    let before = within(stage, &stage.states[0]);
    let Some((target, value)) = other_value(&before, stage.persona(0)) else {
        return Ok(Outcome::not_run("no other attribute has another value to change to"));
    };
    let mut kept = before.clone();
    kept.set(&target, value);
    let mut after = kept.clone();
    if !after.set_as_in("active", &left) {
        return Ok(Outcome::beside(UNMAPPED));
    }
    let change = Change { kind: Kind::Users, id, before, after, only: Operation::Replace };
    let outcome = updated(stage, &change).await?;
    let (shown, origin) = (stage.shown.clone(), stage.origin);
    restored(stage).await?;
    (stage.shown, stage.origin) = (shown, origin);
    if matches!(outcome, Outcome::Passed(_)) {
        stage.states[0] = kept;
        return Ok(Outcome::Passed(format!("active and {target}")));
    }
    Ok(outcome)
}

pub(super) async fn disable_by_boolean(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let Some(left) = leaving(stage) else { return Ok(Outcome::beside(UNMAPPED)) };
    let Some(request) = set_active_boolean(&id, &left) else { return Ok(Outcome::beside(UNMAPPED)) };
    let holds = |found: &Map<String, Value>| Active::of(found).expect(false);
    let outcome = match stage.change(&request, Kind::Users, &id, &holds).await? {
        Ok(()) => Outcome::passed(),
        Err(wrong) => Outcome::warned(&harm::OLD_FORM, wrong.said()),
    };
    let (shown, origin) = (stage.shown.clone(), stage.origin);
    restored(stage).await?;
    (stage.shown, stage.origin) = (shown, origin);
    Ok(outcome)
}
