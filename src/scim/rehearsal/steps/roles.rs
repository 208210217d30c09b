//! App roles of a user are written.

use serde_json::{Map, Value};

use super::creation::created_anew;
use super::{NO_DELETED_USER, NO_USER};
use crate::scim::answer::member;
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{
    Creation, Form, Role, RoleFunction, Update, add_roles_as_text, create_as, found, update,
};

const UNMAPPED: &str = "the schema maps no app roles";
const UNKNOWN: &str = "the input does not include the app's roles: use a snapshot or --app";
const UNFIT: &str = "the target of the roles does not fit their function";

/// Whether a user has a role: as a value, as a text, or as JSON in a text, which is how Entra sends it without the flag.
fn has(user: &Map<String, Value>, role: &Role) -> bool {
    let names = |text: &str| {
        let inside = || serde_json::from_str::<Value>(text).is_ok_and(|inside| inside["value"] == *role.value);
        text == role.value || inside()
    };
    let is_role = |item: &Value| match item {
        Value::String(text) => names(text),
        Value::Object(item) => member(item, "value").and_then(Value::as_str).is_some_and(names),
        _ => false,
    };
    found(user, "roles").into_iter().any(|roles| match roles {
        Value::Array(items) => items.iter().any(is_role),
        one => is_role(one),
    })
}

fn expect(user: &Map<String, Value>, role: &Role) -> Result<(), String> {
    if has(user, role) { Ok(()) } else { Err(format!("the role {} does not read back", role.value)) }
}

pub(super) async fn write(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let Some((target, function)) = stage.cast.roles.clone() else { return Ok(Outcome::beside(UNMAPPED)) };
    if stage.cast.known_roles.is_empty() {
        return Ok(Outcome::not_run(UNKNOWN));
    }
    // One that the user has says nothing.
    let there = stage.read(Kind::Users, &id).await?.unwrap_or_default();
    let Some(role) = stage.cast.known_roles.iter().find(|role| !has(&there, role)) else {
        return Ok(Outcome::not_run("the user has every role of the app already"));
    };
    let before = stage.states[0].clone();
    let mut after = before.clone();
    if !after.set_roles(&target, function, std::slice::from_ref(role)) {
        return Ok(Outcome::not_run(UNFIT));
    }
    let Some(request) = update(&id, &before, &after, Update::new(stage.form)) else {
        return Ok(Outcome::not_run("the user has every role of the app already"));
    };
    let holds = |user: &Map<String, Value>| expect(user, role);
    if let Err(wrong) = stage.change(&request, Kind::Users, &id, &holds).await? {
        let harm = stage.blame(&request, Kind::Users, &id, &holds, &harm::ROLES).await?;
        return Ok(Outcome::about(harm, wrong.said(), vec![target]));
    }
    // Microsoft's page shows another form for the same function, too.
    let other = stage.cast.known_roles.iter().find(|other| other.value != role.value);
    if let (RoleFunction::Single, Form::Default, Some(other)) = (function, stage.form, other) {
        let request = add_roles_as_text(&id, std::slice::from_ref(other));
        if let Err(wrong) = stage.change(&request, Kind::Users, &id, &|user| expect(user, other)).await? {
            return Ok(Outcome::warned(&harm::ROLES, format!("as JSON in a text: {}", wrong.said())));
        }
    }
    Ok(Outcome::Passed(role.value.clone()))
}

pub(super) async fn create(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some((target, function)) = stage.cast.roles.clone() else { return Ok(Outcome::beside(UNMAPPED)) };
    let Some(role) = stage.cast.known_roles.first() else { return Ok(Outcome::not_run(UNKNOWN)) };
    if stage.deleted.is_none() {
        return Ok(Outcome::not_run(NO_DELETED_USER));
    }
    let mut state = stage.first_kept(0);
    if !state.set_roles(&target, function, std::slice::from_ref(role)) {
        return Ok(Outcome::not_run(UNFIT));
    }
    let (exchange, id) = created_anew(stage, &create_as(&state, Creation::Usual)).await?;
    let Ok(id) = id else { return Ok(Outcome::about(&harm::ROLES, exchange.said(), vec![target])) };
    Ok(match stage.reads_back(Kind::Users, &id, &|user| expect(user, role)).await? {
        Ok(()) => Outcome::Passed(role.value.clone()),
        Err(said) => Outcome::about(&harm::ROLES, said, vec![target]),
    })
}
