//! Users are disabled and restored.

use serde_json::{Map, Value, json};

use super::NO_USER;
use super::search::finds;
use crate::scim::answer::member;
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::{Stage, Wrong};
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{Form, Operation, Request, State, Update, set_active};

const UNMAPPED: &str = "the schema does not map active";

fn is_active(found: &Map<String, Value>, wanted: bool) -> Result<(), String> {
    match member(found, "active") {
        Some(Value::Bool(active)) if *active == wanted => Ok(()),
        Some(Value::Bool(active)) => Err(format!("active reads back as {active}")),
        Some(other) => Err(format!("active reads back as {other}, not as {wanted}")),
        // RFC 7643 gives it no default, so only a user who should be disabled must have it.
        None if wanted => Ok(()),
        None => Err("active is not returned, so nothing shows that the user is disabled".to_owned()),
    }
}

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
    let holds = move |found: &Map<String, Value>| is_active(found, active);
    let wrong = match stage.change(&request, Kind::Users, &id, &holds).await? {
        Ok(()) => return Ok(Outcome::passed()),
        Err(wrong) => wrong,
    };
    let origin = stage.origin;
    // A text that is stored as it is, or refused where a boolean is accepted, is one fault; a word for the operation
    // another.
    let sends_text = stage.form == Form::Default;
    let boolean = typed(&request, active);
    let is_stored_text = matches!(&wrong, Wrong::NoEffect(said) if said.contains('"'));
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
    set(stage, &left, false, Operation::Replace).await
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
    if is_active(&found, false).is_err() {
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
    if let Some(id) = stage.users[0].clone() {
        let back = set_active(&id, &stage.persona(0).first, Update::new(stage.form));
        if let Some(back) = back {
            let holds = |found: &Map<String, Value>| is_active(found, true);
            if !stage.put_back(&back, Kind::Users, &id, &holds).await? {
                let _ = stage.attempt(&typed(&back, true), Kind::Users, &id, &holds).await?;
            }
        }
    }
    Ok(outcome)
}
