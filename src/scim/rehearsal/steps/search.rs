//! What exists is found, once, by each matching attribute.

use super::{NO_GROUP, NO_USER};
use crate::scim::rehearsal::exchange::Exchange;
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::read;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::Match;
use crate::simulate::request::search;

/// Searches for an object that exists. The error is a clause.
pub(super) async fn finds(
    stage: &mut Stage<'_>,
    kind: Kind,
    (attribute, value): (&str, &str),
    id: &str,
) -> Result<Result<(), String>, Halt> {
    let request = search(kind.object(), attribute, value);
    let judged = |exchange: &Exchange| {
        let found = read::list(exchange)?;
        match found.as_slice() {
            [] => Err("it is not found".to_owned()),
            [one] if read::id_of(one) == Ok(id) => Ok(()),
            [_] => Err("another one is found".to_owned()),
            several => Err(format!("{} are found", several.len())),
        }
    };
    let exchange = stage.play(&request).await?;
    let Err(wrong) = judged(&exchange) else { return Ok(Ok(())) };
    if exchange.success().is_none() || !stage.session.settle().await? {
        return Ok(Err(wrong));
    }
    let again = judged(&stage.play(&request).await?);
    stage.session.settled(again.is_ok());
    Ok(again)
}

/// Whether an attribute is compared with regard to case (RFC 7643, section 3.1), or not known to be compared without.
fn is_case_exact(attribute: &str) -> bool {
    !["userName", "displayName"].iter().any(|name| attribute.eq_ignore_ascii_case(name))
}

async fn by_each(
    stage: &mut Stage<'_>,
    kind: Kind,
    id: &str,
    matching: &[Match],
    change: impl Fn(&str) -> String,
) -> Result<Outcome, Halt> {
    let mut passed = Vec::new();
    for found in matching {
        let Some(value) = &found.value else { continue };
        let value = change(value);
        if let Err(said) = finds(stage, kind, (&found.target, &value), id).await? {
            let said = format!("{} eq \"{value}\": {said}", found.target);
            return Ok(Outcome::about(&harm::FILTER, said, vec![found.target.clone()]));
        }
        passed.push(found.target.as_str());
    }
    Ok(match passed.as_slice() {
        [] => Outcome::not_run("no matching attribute has a value"),
        passed => Outcome::Passed(passed.join(", ")),
    })
}

fn without_case(matching: &[Match]) -> Vec<Match> {
    matching.iter().filter(|found| !is_case_exact(&found.target)).cloned().collect()
}

pub(super) async fn find_user(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let matching = &stage.persona(0).matching;
    for found in matching.iter().filter(|found| !stage.lost.contains(&found.target)).cloned().collect::<Vec<_>>() {
        let outcome = by_each(stage, Kind::Users, &id, std::slice::from_ref(&found), str::to_owned).await?;
        if matches!(outcome, Outcome::Trouble(_)) {
            return Ok(outcome);
        }
        stage.findable.push(found.target.clone());
    }
    Ok(Outcome::Passed(stage.findable.join(", ")))
}

pub(super) async fn find_user_other_case(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[0].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let matching = without_case(&stage.persona(0).matching);
    if matching.is_empty() {
        return Ok(Outcome::not_run("users are not matched on a name"));
    }
    by_each(stage, Kind::Users, &id, &matching, str::to_uppercase).await
}

pub(super) async fn find_apostrophe(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(id) = stage.users[1].clone() else { return Ok(Outcome::not_run(NO_USER)) };
    let matching = &stage.persona(1).matching;
    let with: Vec<Match> =
        matching.iter().filter(|m| m.value.as_deref().is_some_and(|v| v.contains('\''))).cloned().collect();
    if with.is_empty() {
        return Ok(Outcome::not_run("no matching attribute has an apostrophe"));
    }
    by_each(stage, Kind::Users, &id, &with, str::to_owned).await
}

pub(super) async fn find_group(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (Some(id), Some(group)) = (stage.group.clone(), &stage.cast.group) else {
        return Ok(Outcome::not_run(NO_GROUP));
    };
    by_each(stage, Kind::Groups, &id, &group.matching, str::to_owned).await
}

pub(super) async fn find_group_other_case(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (Some(id), Some(group)) = (stage.group.clone(), &stage.cast.group) else {
        return Ok(Outcome::not_run(NO_GROUP));
    };
    let matching = without_case(&group.matching);
    if matching.is_empty() {
        return Ok(Outcome::not_run("groups are not matched on a name"));
    }
    by_each(stage, Kind::Groups, &id, &matching, str::to_uppercase).await
}
