//! Users are created and read back.

use serde_json::{Map, Value};

use super::NO_USER;
use crate::scim::rehearsal::exchange::Exchange;
use crate::scim::rehearsal::harm::{self, Harm};
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::read::Active;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{Creation, Difference, Request, State, create, create_as, delete, read as read_request};

/// How many attributes are left out in turn, to find the one that is refused.
const MOST_TRIES: usize = 40;

pub(super) async fn create_user(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let persona = stage.persona(0);
    let request = create(&persona.first);
    let (exchange, id) = stage.create(&request, Kind::Users, persona).await?;
    match id {
        Ok(id) => {
            stage.users[0] = Some(id);
            Ok(of_creation(&exchange, "user"))
        }
        Err(said) => {
            let culprits = refused_attributes(stage, 0).await?;
            let said = match culprits.as_slice() {
                [] => said,
                culprits => format!("{said}; without {} the user is created", culprits.join(" and ")),
            };
            Ok(Outcome::about(&harm::CREATION, said, culprits))
        }
    }
}

/// What the answer is to the creation of something that was created.
pub(super) fn of_creation(exchange: &Exchange, what: &str) -> Outcome {
    match exchange.status() {
        Some(201) => Outcome::Passed("201 Created".to_owned()),
        Some(200) => Outcome::warned(&harm::OLD_FORM, "200 instead of 201, which the SCIM Validator refuses"),
        _ => Outcome::failed(&harm::CREATION, format!("{}; the {what} was created all the same", exchange.said())),
    }
}

/// Finds the attribute without which a user can be created, and creates the user without it.
async fn refused_attributes(stage: &mut Stage<'_>, number: usize) -> Result<Vec<String>, Halt> {
    let persona = stage.persona(number);
    let shown = std::mem::take(&mut stage.shown);
    let kept = |target: &str| persona.matching.iter().any(|found| found.target == target) || target == "userName";
    let all: Vec<String> = persona.first.values().map(|(target, _)| target.to_owned()).filter(|t| !kept(t)).collect();
    // One by one, and at last all together.
    let mut tries: Vec<Vec<String>> = all.iter().take(MOST_TRIES).map(|target| vec![target.clone()]).collect();
    tries.push(all);
    let mut found = Vec::new();
    for left_out in tries {
        let mut state = persona.first.clone();
        left_out.iter().for_each(|target| state.remove(target));
        let (_, id) = stage.create(&create(&state), Kind::Users, persona).await?;
        if let Ok(id) = id {
            stage.users[number] = Some(id);
            stage.states[number] = state;
            found = left_out;
            break;
        }
    }
    stage.lost.extend(found.iter().cloned());
    stage.shown = shown;
    Ok(found)
}

/// What is wrong with each attribute that was read back, in words.
pub(super) fn differing(state: &State, resource: &Map<String, Value>, lost: &[String]) -> Vec<(String, String)> {
    let said = |difference: Difference| match difference {
        Difference::Missing => "is missing".to_owned(),
        Difference::Several(count) => format!("is there {count} times"),
        Difference::Changed(found) => format!("is {found}"),
    };
    let differences = state.differences(resource).into_iter();
    let known = differences.filter(|(target, _)| !lost.iter().any(|lost| lost == target));
    known.map(|(target, difference)| (target.to_owned(), said(difference))).collect()
}

pub(super) fn attributes_in_words(count: usize) -> String {
    format!("{count} attribute{}", if count == 1 { "" } else { "s" })
}

/// Whether a resource has all values except those that are lost. The error names each that it has not: `title is missing, department is "X"`
pub(super) fn has_all(state: &State, resource: &Map<String, Value>, lost: &[String]) -> Result<(), String> {
    let differences = differing(state, resource, lost);
    let words: Vec<String> = differences.iter().map(|(target, said)| format!("{target} {said}")).collect();
    if words.is_empty() { Ok(()) } else { Err(words.join(", ")) }
}

pub(super) async fn keep_external_id(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let state = &stage.states[0];
    if state.value("externalId").is_none() {
        return Ok(Outcome::beside("the schema maps no externalId"));
    }
    let wanted = state.only(|target| target == "externalId");
    kept(stage, &id, wanted, &harm::EXTERNAL_ID).await
}

pub(super) async fn keep_values(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let mut wanted = stage.states[0].clone();
    wanted.remove("externalId");
    kept(stage, &id, wanted, &harm::VALUES).await
}

async fn kept(stage: &mut Stage<'_>, id: &str, wanted: State, harm: &'static Harm) -> Result<Outcome, Halt> {
    stage.shown.clear();
    stage.origin = Some(read_request(Kind::Users.object(), id).origin);
    let lost = stage.lost.clone();
    let holds = |found: &Map<String, Value>| has_all(&wanted, found, &lost);
    let count = wanted.values().count();
    let Err(said) = stage.reads_back(Kind::Users, id, &holds).await? else {
        return Ok(Outcome::Passed(attributes_in_words(count)));
    };
    let Ok(found) = stage.read(Kind::Users, id).await? else { return Ok(Outcome::failed(harm, said)) };
    let attributes: Vec<String> = differing(&wanted, &found, &lost).into_iter().map(|(target, _)| target).collect();
    stage.lost.extend(attributes.iter().cloned());
    // `active` that reads back as a text cannot be trusted by anyone.
    let is_text = wanted.value("active").is_some() && matches!(Active::of(&found), Active::Text(_));
    let harm = if is_text { &harm::TEXT_BOOLEAN } else { harm };
    Ok(Outcome::about(harm, said, attributes))
}

pub(super) async fn create_short(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let persona = stage.persona(1);
    let mut short = persona.first.clone();
    let lost = stage.lost.clone();
    let is_element = |target: &str| target.contains('[');
    let left_out: Vec<String> = persona.first.values().map(|(target, _)| target.to_owned()).collect();
    let kept = |target: &str| persona.matching.iter().any(|found| found.target == target);
    for target in left_out.iter().filter(|target| (is_element(target) || lost.contains(target)) && !kept(target)) {
        short.remove(target);
    }
    stage.states[1] = short.clone();
    // Without attributes of the enterprise extension, users were also seen with the core schema alone.
    let is_core = short.values().all(|(target, _)| !target.starts_with("urn:"));
    let creation = if is_core { Creation::CoreSchemaOnly } else { Creation::Usual };
    created(stage, 1, &create_as(&short, creation)).await
}

pub(super) async fn create_text_active(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let persona = stage.persona(2);
    let state = stage.first_kept(2);
    stage.states[2] = state.clone();
    if state.value("active").is_none() {
        let outcome = created(stage, 2, &create(&state)).await?;
        return Ok(match outcome {
            Outcome::Passed(_) => Outcome::beside("the schema does not map active"),
            outcome => outcome,
        });
    }
    let request = create_as(&state, Creation::TextBoolean);
    let (exchange, id) = stage.create(&request, Kind::Users, persona).await?;
    let said = match &id {
        Ok(id) => {
            stage.users[2] = Some(id.clone());
            let (id, shown) = (id.clone(), stage.shown.clone());
            let found = stage.read(Kind::Users, &id).await?;
            match found.as_ref().map_or(Active::Missing, Active::of) {
                Active::Missing => {
                    stage.shown = shown;
                    return Ok(Outcome::Passed("active is not returned".to_owned()));
                }
                other => match other.expect(true) {
                    Ok(()) => return Ok(Outcome::passed()),
                    Err(said) => format!("{}, but {said}", exchange.said()),
                },
            }
        }
        Err(said) => {
            let shown = stage.shown.clone();
            let _ = created(stage, 2, &create(&state)).await?;
            stage.shown = shown;
            stage.origin = Some(request.origin);
            said.clone()
        }
    };
    Ok(Outcome::warned(&harm::TEXT_BOOLEAN, said))
}

/// Deletes the first user, and creates the same once more with this request; returns the answer, and the new id.
pub(super) async fn created_anew(
    stage: &mut Stage<'_>,
    request: &Request,
) -> Result<(Exchange, Result<String, String>), Halt> {
    if let Some(id) = stage.users[0].take() {
        let _ = stage.send(delete(Kind::Users.object(), &id)).await?;
    }
    let (exchange, id) = stage.create(request, Kind::Users, stage.persona(0)).await?;
    stage.users[0] = id.as_ref().ok().cloned();
    Ok((exchange, id))
}

async fn created(stage: &mut Stage<'_>, number: usize, request: &Request) -> Result<Outcome, Halt> {
    let persona = stage.persona(number);
    let (exchange, id) = stage.create(request, Kind::Users, persona).await?;
    Ok(match id {
        Ok(id) => {
            stage.users[number] = Some(id);
            match exchange.status() {
                Some(200..300) => Outcome::passed(),
                _ => {
                    Outcome::failed(&harm::CREATION, format!("{}; the user was created all the same", exchange.said()))
                }
            }
        }
        Err(said) => Outcome::failed(&harm::CREATION, said),
    })
}

pub(super) async fn duplicate_user(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    if stage.users[0].is_none() {
        return Ok(Outcome::not_run(NO_USER));
    }
    let persona = stage.persona(0);
    let request = create(&stage.states[0]);
    duplicate(stage, &request, Kind::Users, persona).await
}

/// Creates something that exists.
pub(super) async fn duplicate(
    stage: &mut Stage<'_>,
    request: &Request,
    kind: Kind,
    persona: &crate::scim::rehearsal::cast::Persona,
) -> Result<Outcome, Halt> {
    let (exchange, id) = stage.create(request, kind, persona).await?;
    if let (Ok(id), Some(200..300)) = (&id, exchange.status()) {
        // The steps that follow need one that is there once.
        let shown = stage.shown.clone();
        let _ = stage.send(delete(kind.object(), id)).await?;
        stage.shown = shown;
    }
    Ok(match (exchange.status(), id) {
        (Some(409), _) => match exchange.answer.as_ref().ok().and_then(|answer| answer.scim_type()) {
            Some(kind) if kind == "uniqueness" => Outcome::Passed("409 uniqueness".to_owned()),
            _ => Outcome::warned(&harm::CONFLICT, "409, but without the scimType uniqueness"),
        },
        (Some(200..300), _) => Outcome::failed(&harm::CONFLICT, format!("{}: it is there twice", exchange.said())),
        _ => Outcome::warned(&harm::CONFLICT, format!("{} instead of 409", exchange.said())),
    })
}
