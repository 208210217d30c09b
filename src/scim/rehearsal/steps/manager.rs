//! The manager of a user is set, changed and removed.

use serde_json::{Map, Value};

use super::NO_USER;
use crate::scim::answer::member;
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::read;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{
    Form, Operation, Reference, Removal, found, has_manager, remove_reference, set_reference,
};

const UNMAPPED: &str = "the schema does not map the manager";
const NOT_SET: &str = "no manager could be set";

fn is_manager(resource: &Map<String, Value>, target: &str, wanted: Option<&str>) -> Result<(), String> {
    let found = found(resource, target);
    let found = found.first().filter(|found| !found.is_null());
    match (found, wanted) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err("the manager does not read back".to_owned()),
        (Some(Value::Object(manager)), wanted) => {
            let id = member(manager, "value").and_then(Value::as_str).filter(|id| !id.is_empty());
            match (id, wanted) {
                (id, wanted) if id == wanted => Ok(()),
                (Some(id), _) => Err(format!("the manager reads back as {id:?}")),
                (None, _) => Err("the manager reads back without a value".to_owned()),
            }
        }
        (Some(other), Some(_)) => {
            Err(format!("the manager reads back as {other}, which Entra cannot read: it must be an object with value"))
        }
        (Some(Value::String(text)), None) if text.is_empty() => Ok(()),
        (Some(other), None) => Err(format!("the manager reads back as {other}")),
    }
}

/// The users that take part: who gets a manager, and the two managers.
fn parts(stage: &Stage<'_>) -> Result<(String, [String; 2], String), Outcome> {
    let target = stage.cast.manager.clone().ok_or_else(|| Outcome::beside(UNMAPPED))?;
    match &stage.users {
        [Some(user), Some(one), Some(other)] => Ok((user.clone(), [one.clone(), other.clone()], target)),
        [Some(user), Some(one), None] | [Some(user), None, Some(one)] => {
            Ok((user.clone(), [one.clone(), user.clone()], target))
        }
        _ => Err(Outcome::not_run(NO_USER)),
    }
}

async fn set_to(stage: &mut Stage<'_>, number: usize, only: Operation) -> Result<Outcome, Halt> {
    let (user, managers, target) = match parts(stage) {
        Ok(parts) => parts,
        Err(outcome) => return Ok(outcome),
    };
    let to = managers[number % 2].as_str();
    let request = set_reference(&user, &target, to, Reference::Text, stage.form, only);
    let holds = |found: &Map<String, Value>| is_manager(found, &target, Some(to));
    Ok(match stage.change(&request, Kind::Users, &user, &holds).await? {
        Ok(()) => Outcome::passed(),
        Err(wrong) => {
            let harm = stage.blame(&request, Kind::Users, &user, &holds, &harm::MANAGER).await?;
            Outcome::about(harm, wrong.said(), vec![target.clone()])
        }
    })
}

pub(super) async fn set(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    if let Ok((user, _, target)) = parts(stage) {
        // A first manager is added where there is none.
        let none = |found: &Map<String, Value>| is_manager(found, &target, None);
        for removal in Removal::ALL {
            let there = stage.read(Kind::Users, &user).await?;
            if there.is_ok_and(|there| none(&there).is_ok()) {
                break;
            }
            let request = remove_reference(&user, &target, removal, stage.form);
            let _ = stage.attempt(&request, Kind::Users, &user, &none).await?;
        }
    }
    set_to(stage, 0, Operation::Add).await
}

pub(super) async fn change(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    set_to(stage, 1, Operation::Replace).await
}

/// Sets the manager in whatever way the endpoint accepts.
async fn has_now(stage: &mut Stage<'_>, user: &str, manager: &str, target: &str) -> Result<bool, Halt> {
    let has = |found: &Map<String, Value>| is_manager(found, target, Some(manager));
    for reference in [Reference::Text, Reference::Object] {
        let request = set_reference(user, target, manager, reference, stage.form, Operation::Replace);
        if stage.attempt(&request, Kind::Users, user, &has).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) async fn query(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (user, managers, target) = match parts(stage) {
        Ok(parts) => parts,
        Err(outcome) => return Ok(outcome),
    };
    if !has_now(stage, &user, &managers[0], &target).await? {
        return Ok(Outcome::not_run(NOT_SET));
    }
    let exchange = stage.play(&has_manager(&user, &managers[0])).await?;
    Ok(match read::list(&exchange) {
        Ok(found) if found.len() == 1 => Outcome::passed(),
        Ok(found) => Outcome::warned(&harm::OLD_FORM, format!("{} users are found instead of one", found.len())),
        Err(said) => Outcome::warned(&harm::OLD_FORM, said),
    })
}

pub(super) async fn remove(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (user, managers, target) = match parts(stage) {
        Ok(parts) => parts,
        Err(outcome) => return Ok(outcome),
    };
    let holds = |found: &Map<String, Value>| is_manager(found, &target, None);
    let (mut works, mut fails) = (Vec::new(), Vec::new());
    for removal in Removal::ALL {
        // Whether something is removed shows only where something is.
        if !has_now(stage, &user, &managers[0], &target).await? {
            return Ok(Outcome::not_run(NOT_SET));
        }
        let name = match removal {
            Removal::EmptyText => "replace with \"\"",
            Removal::EmptyObject => "replace with {\"value\": \"\"}",
            Removal::Null => "replace with null",
            Removal::Path => "remove by path",
        };
        let request = remove_reference(&user, &target, removal, stage.form);
        let waits = stage.session.settle_never();
        let removed = stage.change(&request, Kind::Users, &user, &holds).await;
        stage.session.settle_again(waits);
        match removed? {
            Ok(()) => works.push(name),
            Err(wrong) => fails.push(format!("{name}: {}", wrong.said())),
        }
    }
    Ok(match (works.as_slice(), fails.is_empty()) {
        (_, true) => Outcome::passed(),
        ([], false) => Outcome::about(
            &harm::MANAGER,
            format!("no form removes the manager: {}", fails.join("; ")),
            vec![target.clone()],
        ),
        (works, false) => Outcome::warned(
            &harm::MANAGER,
            format!(
                "works: {}; does not work: {}. Which form Entra sends is not published",
                works.join(", "),
                fails.join("; ")
            ),
        ),
    })
}

pub(super) async fn set_object(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (user, managers, target) = match parts(stage) {
        Ok(parts) => parts,
        Err(outcome) => return Ok(outcome),
    };
    let forms: &[Reference] =
        if stage.form == Form::Default { &[Reference::Object, Reference::List] } else { &[Reference::Object] };
    for (number, reference) in forms.iter().enumerate() {
        let to = managers[number % 2].as_str();
        let request = set_reference(&user, &target, to, *reference, stage.form, Operation::Replace);
        let holds = |found: &Map<String, Value>| is_manager(found, &target, Some(to));
        if let Err(wrong) = stage.change(&request, Kind::Users, &user, &holds).await? {
            return Ok(Outcome::warned(&harm::OLD_FORM, wrong.said()));
        }
    }
    Ok(Outcome::passed())
}
