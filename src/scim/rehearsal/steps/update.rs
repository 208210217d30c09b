//! Attributes of users are changed.

use serde_json::{Map, Value, json};

use super::NO_USER;
use super::creation::{attributes_in_words, differing, has_all};
use crate::scim::rehearsal::cast::Persona;
use crate::scim::rehearsal::harm::{self, Harm};
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::read;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{Form, Operation, Origin, State, Update, Weight, create, delete, update};

/// An update of an object, and where it is.
pub(super) struct Change {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) before: State,
    pub(super) after: State,
    pub(super) only: Operation,
}

/// Updates several attributes at once, and finds out which do not change and why.
pub(super) async fn updated(stage: &mut Stage<'_>, change: &Change) -> Result<Outcome, Halt> {
    let how = Update { only: Some(change.only), ..Update::new(stage.form) };
    let Some(request) = update(&change.id, &change.before, &change.after, how) else {
        return Ok(Outcome::not_run("no attribute has another value to change to"));
    };
    let changed = changed(change);
    let wanted = change.after.only(|target| changed.contains(&target));
    let holds = |found: &Map<String, Value>| has_all(&wanted, found, &[]);
    let wrong = match stage.change(&request, change.kind, &change.id, &holds).await? {
        Ok(()) => return Ok(Outcome::Passed(attributes_in_words(changed.len()))),
        Err(wrong) => wrong,
    };
    let origin = stage.origin;
    let (harm, attributes) = if wrong.is_refused() {
        match stage.blame(&request, change.kind, &change.id, &holds, &harm::UPDATE).await? {
            harm if harm == &harm::OPERATION => (harm, Vec::new()),
            usual => one_by_one(stage, change, &changed, usual).await?,
        }
    } else {
        let found = stage.read(change.kind, &change.id).await?.unwrap_or_default();
        let attributes: Vec<String> = differing(&wanted, &found, &[]).into_iter().map(|(target, _)| target).collect();
        let harm = cause(stage, change, &attributes, &harm::VALUES).await?;
        (harm, attributes)
    };
    stage.origin = origin;
    let about = match attributes.as_slice() {
        [] => String::new(),
        several if wrong.is_refused() && several.len() < changed.len() => {
            format!("; because of {}", several.join(", "))
        }
        _ => String::new(),
    };
    Ok(Outcome::about(harm, format!("{}{about}", wrong.said()), attributes))
}

/// The targets that have another value.
fn changed(change: &Change) -> Vec<&str> {
    let differs = |(target, value): &(&str, &Value)| change.before.value(target) != Some(value);
    change.after.values().filter(differs).map(|(target, _)| target).collect()
}

/// Sends every attribute by itself; returns those that do not change.
async fn one_by_one(
    stage: &mut Stage<'_>,
    change: &Change,
    changed: &[&str],
    usual: &'static Harm,
) -> Result<(&'static Harm, Vec<String>), Halt> {
    let mut failed = Vec::new();
    for target in changed {
        if !alone(stage, change, target).await? {
            failed.push((*target).to_owned());
        }
    }
    let harm = match failed.as_slice() {
        // Each by itself is accepted, so it is the form of several that is not.
        [] if stage.form == Form::Flagged => &harm::PATHLESS,
        failed => cause(stage, change, failed, usual).await?,
    };
    Ok((harm, failed))
}

/// Whether an attribute can be changed in a request of its own, with its path.
async fn alone(stage: &mut Stage<'_>, change: &Change, target: &str) -> Result<bool, Halt> {
    let Some(value) = change.after.value(target) else { return Ok(true) };
    let mut after = change.before.clone();
    after.set(target, value.clone());
    let how = Update { only: Some(change.only), ..Update::new(stage.form) };
    let Some(request) = update(&change.id, &change.before, &after, how) else { return Ok(true) };
    let wanted = after.only(|known| known == target);
    let holds = |found: &Map<String, Value>| has_all(&wanted, found, &[]);
    stage.attempt(&request, change.kind, &change.id, &holds).await
}

/// What attributes that do not change have in common.
async fn cause(
    stage: &mut Stage<'_>,
    change: &Change,
    failed: &[String],
    usual: &'static Harm,
) -> Result<&'static Harm, Halt> {
    if !failed.is_empty() && failed.iter().all(|target| target.contains('[')) {
        return Ok(&harm::ABSENT_ELEMENT);
    }
    if let Some(plain) = failed.iter().find(|target| !target.contains('['))
        && stage.form == Form::Flagged
        && alone(stage, change, plain).await?
    {
        return Ok(&harm::PATHLESS);
    }
    Ok(usual)
}

/// The values without those that the endpoint does not keep, and without those that the user does not have.
pub(super) fn within(stage: &Stage<'_>, values: &State) -> State {
    let mut values = values.clone();
    let targets: Vec<String> = values.values().map(|(target, _)| target.to_owned()).collect();
    let is_there = |target: &String| stage.states[0].value(target).is_some() && !stage.lost.contains(target);
    targets.iter().filter(|target| !is_there(target)).for_each(|target| values.remove(target));
    values
}

/// The same attributes, each with the other one of the two values that it can have.
pub(super) fn other_values(before: &State, persona: &Persona) -> State {
    let mut after = before.clone();
    for (target, now) in before.values() {
        let values = [persona.first.value(target), persona.second.value(target)];
        if let Some(other) = values.into_iter().flatten().find(|value| *value != now) {
            after.set(target, other.clone());
        }
    }
    after
}

/// A plain attribute, and the other one of its two values.
pub(super) fn other_value(before: &State, persona: &Persona) -> Option<(String, Value)> {
    let other = other_values(before, persona);
    let differs = |(target, value): &(&str, &Value)| !target.contains('[') && before.value(target) != Some(value);
    other.values().find(differs).map(|(target, value)| (target.to_owned(), value.clone()))
}

async fn all_values(stage: &mut Stage<'_>, only: Operation) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let before = within(stage, &stage.states[0]);
    let after = other_values(&before, stage.persona(0));
    let change = Change { kind: Kind::Users, id, before, after, only };
    let outcome = updated(stage, &change).await?;
    if matches!(outcome, Outcome::Passed(_)) {
        stage.states[0] = change.after;
    }
    Ok(outcome)
}

pub(super) async fn replace_values(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    all_values(stage, Operation::Replace).await
}

pub(super) async fn add_values(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    all_values(stage, Operation::Add).await
}

/// A user without what has several elements, and the values that the user should get.
struct Short {
    id: String,
    now: State,
    after: State,
}

/// The user without phone numbers and addresses, created once more if they were added before.
async fn short(stage: &mut Stage<'_>) -> Result<Result<Short, Outcome>, Halt> {
    let persona = stage.persona(1);
    let after = stage.first_kept(1);
    let mut now = stage.states[1].clone();
    let has_all = |now: &State| after.values().all(|(target, _)| now.value(target).is_some());
    let elements: Vec<String> = after.values().map(|(t, _)| t.to_owned()).filter(|t| t.contains('[')).collect();
    if elements.is_empty() {
        return Ok(Err(Outcome::beside("the schema maps no attribute of several elements")));
    }
    let Some(id) = stage.users[1].clone() else { return Ok(Err(Outcome::not_run(NO_USER))) };
    if !has_all(&now) {
        return Ok(Ok(Short { id, now, after }));
    }
    elements.iter().for_each(|target| now.remove(target));
    if has_all(&now) {
        return Ok(Err(Outcome::not_run("the user has every attribute from the beginning")));
    }
    let _ = stage.send(delete(Kind::Users.object(), &id)).await?;
    let (_, created) = stage.create(&create(&now), Kind::Users, persona).await?;
    stage.users[1] = None;
    let Ok(id) = created else { return Ok(Err(Outcome::not_run(NO_USER))) };
    stage.users[1] = Some(id.clone());
    stage.states[1] = now.clone();
    Ok(Ok(Short { id, now, after }))
}

pub(super) async fn add_missing(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Short { id, now, after } = match short(stage).await? {
        Ok(short) => short,
        Err(outcome) => return Ok(outcome),
    };
    let change = Change { kind: Kind::Users, id, before: now, after, only: Operation::Add };
    let outcome = updated(stage, &change).await?;
    // Whatever became of it, the user no longer is as it was.
    stage.states[1] = change.after;
    Ok(outcome)
}

/// Microsoft's page has both words for such paths. Whether Entra sends Replace where there is no element is not known.
pub(super) async fn replace_missing(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Short { id, now, after } = match short(stage).await? {
        Ok(short) => short,
        Err(outcome) => return Ok(outcome),
    };
    let after = after.only(|target| target.contains('[') || now.value(target).is_some());
    let how = Update { only: Some(Operation::Replace), ..Update::new(stage.form) };
    let Some(mut request) = update(&id, &now, &after, how) else {
        return Ok(Outcome::not_run("the user has every attribute from the beginning"));
    };
    request.origin = Origin {
        weight: Weight::Warn,
        unknown: "inferred: Entra sends Add where the app lacks an attribute, and RFC 7644 lets an endpoint refuse this",
        ..request.origin
    };
    let elements = after.only(|target| target.contains('['));
    let holds = |found: &Map<String, Value>| has_all(&elements, found, &[]);
    let changed = stage.change(&request, Kind::Users, &id, &holds).await?;
    stage.states[1] = after;
    Ok(match changed {
        Ok(()) => Outcome::Passed(attributes_in_words(elements.values().count())),
        Err(wrong) => Outcome::warned(&harm::ABSENT_ELEMENT, wrong.said()),
    })
}

pub(super) async fn rename_user(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let before = stage.states[0].clone();
    if before.value("userName").is_none() {
        return Ok(Outcome::beside("the schema does not map userName"));
    }
    renamed(stage, Kind::Users, id, before).await
}

/// Gives an object another name, and the old one back.
pub(super) async fn renamed(stage: &mut Stage<'_>, kind: Kind, id: String, before: State) -> Result<Outcome, Halt> {
    let persona = match (kind, &stage.cast.group) {
        (Kind::Groups, Some(group)) => group,
        _ => stage.persona(0),
    };
    let (target, name) = persona.renamed.clone();
    let mut after = before.clone();
    after.set(&target, json!(name));
    let how = Update { only: Some(Operation::Replace), ..Update::new(stage.form) };
    let Some(request) = update(&id, &before, &after, how) else { return Ok(Outcome::not_run("the name is the same")) };
    let holds = |found: &Map<String, Value>| match read::is(found, &target, &name) {
        true => Ok(()),
        false => Err(format!("{target} keeps the old value")),
    };
    let outcome = match stage.change(&request, kind, &id, &holds).await? {
        Ok(()) => Outcome::passed(),
        Err(wrong) => {
            let harm = stage.blame(&request, kind, &id, &holds, &harm::RENAME).await?;
            Outcome::about(harm, wrong.said(), vec![target.clone()])
        }
    };
    if let Some(back) = update(&id, &after, &before, how) {
        let origin = stage.origin;
        let is_back = |found: &Map<String, Value>| match read::is(found, &target, &name) {
            true => Err(String::new()),
            false => Ok(()),
        };
        let _ = stage.put_back(&back, kind, &id, &is_back).await?;
        stage.origin = origin;
    }
    Ok(outcome)
}
