//! What was created is deleted, and can be created again.

use super::creation::created_anew;
use super::{NO_DELETED_USER, NO_GROUP, NO_USER};
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::read;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::Match;
use crate::simulate::request::{Creation, create, create_as, delete, read as read_request, search};

const NO_DELETED_GROUP: &str = "no group could be deleted";

async fn deleted(stage: &mut Stage<'_>, kind: Kind, id: &str, matching: &[Match]) -> Result<Outcome, Halt> {
    let exchange = stage.play(&delete(kind.object(), id)).await?;
    if exchange.success().is_none() {
        return Ok(Outcome::failed(&harm::DELETION, exchange.said()));
    }
    let mut found = stage.send(read_request(kind.object(), id)).await?;
    if found.status() != Some(404) && stage.session.settle().await? {
        found = stage.send(read_request(kind.object(), id)).await?;
        stage.session.settled(found.status() == Some(404));
    }
    if found.status() != Some(404) {
        return Ok(Outcome::failed(&harm::DELETION, format!("afterwards, it is read with {}", found.said())));
    }
    for known in matching {
        let Some(value) = &known.value else { continue };
        let found = stage.send(search(kind.object(), &known.target, value)).await?;
        let is_own = |list: Vec<_>| list.iter().any(|one| read::is(one, &known.target, value));
        if read::list(&found).is_ok_and(is_own) {
            return Ok(Outcome::failed(&harm::DELETION, format!("afterwards, {} still finds it", known.target)));
        }
    }
    Ok(Outcome::Passed(exchange.said()))
}

pub(super) async fn delete_group(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (Some(id), Some(group)) = (stage.group.clone(), &stage.cast.group) else {
        return Ok(Outcome::not_run(NO_GROUP));
    };
    let outcome = deleted(stage, Kind::Groups, &id, &group.matching).await?;
    stage.group = None;
    if matches!(outcome, Outcome::Passed(_)) {
        stage.deleted_group = Some(id);
    }
    Ok(outcome)
}

pub(super) async fn delete_user(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let outcome = deleted(stage, Kind::Users, &id, &stage.persona(0).matching).await?;
    if matches!(outcome, Outcome::Passed(_)) {
        stage.users[0] = None;
        stage.deleted = Some(id);
    }
    Ok(outcome)
}

async fn again(stage: &mut Stage<'_>, kind: Kind, id: &str) -> Result<Outcome, Halt> {
    let exchange = stage.play(&delete(kind.object(), id)).await?;
    Ok(match exchange.status() {
        Some(404) => Outcome::Passed("404 Not Found".to_owned()),
        Some(200..300) => Outcome::warned(&harm::OLD_FORM, format!("{} instead of 404", exchange.said())),
        _ => Outcome::failed(&harm::DELETION, format!("{} instead of 404", exchange.said())),
    })
}

pub(super) async fn delete_again(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    match stage.deleted.clone() {
        Some(id) => again(stage, Kind::Users, &id).await,
        None => Ok(Outcome::not_run(NO_DELETED_USER)),
    }
}

pub(super) async fn delete_group_again(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    match stage.deleted_group.clone() {
        Some(id) => again(stage, Kind::Groups, &id).await,
        None => Ok(Outcome::not_run(NO_DELETED_GROUP)),
    }
}

/// A group was also seen with an empty list of members.
pub(super) async fn create_group_again(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(group) = stage.cast.group.as_ref().filter(|_| stage.deleted_group.is_some()) else {
        return Ok(Outcome::not_run(NO_DELETED_GROUP));
    };
    let request = create_as(&group.first, Creation::EmptyList);
    let (exchange, id) = stage.create(&request, Kind::Groups, group).await?;
    Ok(match id {
        Ok(_) if exchange.success().is_some() => Outcome::Passed(exchange.said()),
        Ok(_) | Err(_) => Outcome::failed(&harm::CREATION, exchange.said()),
    })
}

pub(super) async fn create_again(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    if stage.deleted.is_none() {
        return Ok(Outcome::not_run(NO_DELETED_USER));
    }
    let persona = stage.persona(0);
    let (exchange, id) = stage.create(&create(&stage.first_kept(0)), Kind::Users, persona).await?;
    Ok(match id {
        Ok(id) if exchange.success().is_some() => {
            stage.users[0] = Some(id);
            Outcome::Passed(exchange.said())
        }
        Ok(_) | Err(_) => Outcome::failed(&harm::DELETION, exchange.said()),
    })
}

pub(super) async fn create_with_manager(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(target) = &stage.cast.manager else { return Ok(Outcome::beside("the schema does not map the manager")) };
    if stage.deleted.is_none() {
        return Ok(Outcome::not_run(NO_DELETED_USER));
    }
    let Some(manager) = stage.users.iter().skip(1).flatten().next().cloned() else {
        return Ok(Outcome::not_run(NO_USER));
    };
    let request = create_as(&stage.first_kept(0), Creation::WithManager(target, &manager));
    let (exchange, id) = created_anew(stage, &request).await?;
    Ok(match id {
        Ok(_) => Outcome::Passed(exchange.said()),
        Err(said) => Outcome::warned(&harm::OLD_FORM, said),
    })
}

pub(super) async fn create_with_empty_roles(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    if stage.cast.roles.is_some() {
        return Ok(Outcome::beside("the schema maps app roles"));
    }
    if stage.deleted.is_none() {
        return Ok(Outcome::not_run(NO_DELETED_USER));
    }
    let request = create_as(&stage.first_kept(0), Creation::EmptyList);
    let (exchange, id) = created_anew(stage, &request).await?;
    Ok(match id {
        Ok(_) => Outcome::Passed(exchange.said()),
        Err(said) => Outcome::failed(&harm::CREATION, said),
    })
}
