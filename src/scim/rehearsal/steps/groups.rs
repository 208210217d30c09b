//! A group is created, read and changed.

use serde_json::{Map, Value};

use super::NO_GROUP;
use super::creation::{differing, duplicate as duplicate_of, has_all, of_creation};
use super::single::external_id_added;
use super::update::{Change, other_values, renamed, updated};
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::read;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{
    Creation, Operation, create as create_request, create_as, read as read_request, search,
};

const UNMAPPED: &str = "the schema maps no groups";

pub(super) async fn create(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(persona) = &stage.cast.group else { return Ok(Outcome::beside(UNMAPPED)) };
    if let Some(why) = &stage.no_groups {
        return Ok(Outcome::not_run(why.clone()));
    }
    let request = create_request(&persona.first);
    let (exchange, id) = stage.create(&request, Kind::Groups, persona).await?;
    let said = match id {
        Ok(id) => {
            stage.group = Some(id);
            return Ok(of_creation(&exchange, "group"));
        }
        Err(said) => said,
    };
    let (origin, shown) = (stage.origin, stage.shown.clone());
    let (_, id) = stage.create(&create_as(&persona.first, Creation::EmptyList), Kind::Groups, persona).await?;
    (stage.origin, stage.shown) = (origin, shown);
    Ok(match id {
        Ok(id) => {
            stage.group = Some(id);
            stage.group_creation = Creation::EmptyList;
            let said = format!("{said}; without the second of its schemas the group is created");
            Outcome::failed(&harm::GROUP_SCHEMA, said)
        }
        Err(_) => Outcome::failed(&harm::CREATION, said),
    })
}

pub(super) async fn keep_values(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (Some(id), Some(persona)) = (stage.group.clone(), &stage.cast.group) else {
        return Ok(Outcome::not_run(NO_GROUP));
    };
    stage.shown.clear();
    let wanted = persona.first.clone();
    let holds = |found: &Map<String, Value>| has_all(&wanted, found, &[]);
    let Err(said) = stage.reads_back(Kind::Groups, &id, &holds).await? else { return Ok(Outcome::passed()) };
    let found = stage.read(Kind::Groups, &id).await?.unwrap_or_default();
    let attributes: Vec<String> = differing(&wanted, &found, &[]).into_iter().map(|(target, _)| target).collect();
    let only_id = attributes.iter().all(|target| target == "externalId");
    Ok(Outcome::about(if only_id { &harm::EXTERNAL_ID } else { &harm::VALUES }, said, attributes))
}

pub(super) async fn duplicate(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (Some(_), Some(persona)) = (&stage.group, &stage.cast.group) else {
        return Ok(Outcome::not_run(NO_GROUP));
    };
    duplicate_of(stage, &create_as(&persona.first, stage.group_creation), Kind::Groups, persona).await
}

pub(super) async fn read_without_members(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.group.clone() else { return Ok(Outcome::not_run(NO_GROUP)) };
    if stage.members.is_empty() {
        return Ok(Outcome::not_run("the group has no members"));
    }
    let returned = |group: &Map<String, Value>| read::members(group).filter(|members| !members.is_empty());
    let exchange = stage.play(&read_request(Kind::Groups.object(), &id)).await?;
    match read::resource(&exchange) {
        Ok(group) => {
            if let Some(members) = returned(&group) {
                return Ok(Outcome::failed(&harm::EXCLUSION, format!("{} members are returned", members.len())));
            }
        }
        Err(said) => return Ok(Outcome::failed(&harm::EXCLUSION, said)),
    }
    // A search leaves them out, too.
    let matching = stage.cast.group.as_ref().and_then(|group| group.matching.first());
    if let Some((target, value)) = matching.and_then(|found| Some((&found.target, found.value.as_ref()?))) {
        let exchange = stage.play(&search(Kind::Groups.object(), target, value)).await?;
        // That a group is not found is the fault of another step.
        let found = read::list(&exchange).unwrap_or_default();
        if let Some(members) = found.iter().find_map(returned) {
            let said = format!("a search returns {} members", members.len());
            return Ok(Outcome::failed(&harm::EXCLUSION, said));
        }
    }
    Ok(Outcome::passed())
}

pub(super) async fn add_external_id(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (Some(id), Some(persona)) = (stage.group.clone(), &stage.cast.group) else {
        return Ok(Outcome::not_run(NO_GROUP));
    };
    external_id_added(stage, Kind::Groups, &id, persona).await
}

pub(super) async fn change_values(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (Some(id), Some(persona)) = (stage.group.clone(), &stage.cast.group) else {
        return Ok(Outcome::not_run(NO_GROUP));
    };
    let before = stage.group_state.clone().unwrap_or_else(|| persona.first.clone());
    let after = other_values(&before, persona);
    let change = Change { kind: Kind::Groups, id, before, after, only: Operation::Replace };
    let outcome = updated(stage, &change).await?;
    if matches!(outcome, Outcome::Passed(_)) {
        stage.group_state = Some(change.after);
    }
    Ok(outcome)
}

pub(super) async fn rename(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (Some(id), Some(persona)) = (stage.group.clone(), &stage.cast.group) else {
        return Ok(Outcome::not_run(NO_GROUP));
    };
    let before = stage.group_state.clone().unwrap_or_else(|| persona.first.clone());
    renamed(stage, Kind::Groups, id, before).await
}
