//! What an endpoint says of itself: its list of users, page by page, and its schemas.

use serde_json::{Map, Value};

use super::NO_USER;
use crate::scim::answer::member;
use crate::scim::rehearsal::exchange::Exchange;
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::read;
use crate::scim::rehearsal::session::Halt;
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{Schemas, State, page, place, schemas as read_schemas};

/// Attributes of every resource, which no schema describes (RFC 7643, section 3.1).
const COMMON: [&str; 4] = ["id", "externalId", "meta", "schemas"];

/// Whether an answer is the page with this one number. The error is a clause.
fn only_one(exchange: &Exchange, number: u64) -> Result<Map<String, Value>, String> {
    let mut list = read::list(exchange)?;
    let answer = exchange.success().and_then(|answer| answer.object()).unwrap_or_default();
    let start = member(&answer, "startIndex").and_then(Value::as_u64);
    match (list.pop(), list.len()) {
        (None, _) => Err(format!("page {number} of one user is empty")),
        (Some(_), more) if more > 0 => {
            Err(format!("{} users are returned instead of one: count is ignored", more.saturating_add(1)))
        }
        (Some(_), _) if start != Some(number) => {
            let said = start.map_or_else(|| "missing".to_owned(), |start| start.to_string());
            Err(format!("startIndex is {said} instead of {number}"))
        }
        (Some(one), _) => Ok(one),
    }
}

pub(super) async fn pages(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    if stage.users.iter().flatten().count() < 2 {
        return Ok(Outcome::not_run(NO_USER));
    }
    let mut found = Vec::new();
    for number in [1, 2] {
        let request = page(Kind::Users.object(), number, 1);
        stage.origin = Some(request.origin);
        let exchange = stage.send(request).await?;
        match only_one(&exchange, u64::try_from(number).unwrap_or_default()) {
            Ok(one) => found.push(one),
            Err(said) => return Ok(Outcome::warned(&harm::OLD_FORM, said)),
        }
    }
    match found.as_slice() {
        [first, second] if member(first, "id") == member(second, "id") => {
            Ok(Outcome::warned(&harm::OLD_FORM, "two pages have the same user: startIndex is ignored"))
        }
        _ => Ok(Outcome::passed()),
    }
}

/// A description with this name: those of attributes have a `name`, schemas an `id`.
fn described<'v>(list: Option<&'v Value>, key: &str, name: &str) -> Option<&'v Map<String, Value>> {
    let items = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let is_it = |item: &&Map<String, Value>| {
        member(item, key).and_then(Value::as_str).is_some_and(|known| known.eq_ignore_ascii_case(name))
    };
    items.into_iter().find(is_it)
}

/// Whether descriptions of schemas have a target attribute of an object with the schemas `of`.
fn is_described(schemas: &Value, of: Schemas, target: &str) -> bool {
    let Some(place) = place(target) else { return true };
    if place.extension.is_none() && COMMON.iter().any(|common| place.attribute.eq_ignore_ascii_case(common)) {
        return true;
    }
    let schema = described(Some(schemas), "id", place.extension.as_deref().unwrap_or(of.core()));
    let attribute = schema.and_then(|schema| described(member(schema, "attributes"), "name", &place.attribute));
    match (attribute, &place.sub_attribute) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(attribute), Some(sub)) => described(member(attribute, "subAttributes"), "name", sub).is_some(),
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

/// The targets of the schema, users' first.
fn targets(stage: &Stage<'_>) -> Vec<(Schemas, String)> {
    let of = |schemas: Schemas, state: &State| {
        state.values().map(|(target, _)| (schemas, target.to_owned())).collect::<Vec<_>>()
    };
    let mut targets = of(Schemas::CoreUser, &stage.persona(0).first);
    targets.extend(stage.cast.manager.iter().map(|manager| (Schemas::CoreUser, manager.clone())));
    targets.extend(stage.cast.roles.iter().map(|(roles, _)| (Schemas::CoreUser, roles.clone())));
    if let Some(group) = &stage.cast.group {
        targets.extend(of(Schemas::Group, &group.first));
    }
    targets
}

pub(super) async fn schemas(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let exchange = stage.play(&read_schemas()).await?;
    let Some(answer) = exchange.success() else {
        return Ok(Outcome::not_run(format!("/Schemas: {}", exchange.said())));
    };
    let list = match read::list(&exchange) {
        Ok(list) => list,
        Err(said) => return Ok(Outcome::warned(&harm::DISCOVERY, said)),
    };
    let total = answer.object().and_then(|object| member(&object, "totalResults").and_then(Value::as_u64));
    if total.is_some_and(|total| total > u64::try_from(list.len()).unwrap_or(u64::MAX)) {
        return Ok(Outcome::not_run(format!("/Schemas returns {} of its schemas only", list.len())));
    }
    let list = Value::from(list.into_iter().map(Value::Object).collect::<Vec<_>>());
    let targets = targets(stage);
    let missing: Vec<&str> = targets
        .iter()
        .filter(|(of, target)| !is_described(&list, *of, target))
        .map(|(_, target)| target.as_str())
        .collect();
    Ok(match missing.as_slice() {
        [] if has_null(&list) => Outcome::warned(&harm::DISCOVERY, "a schema has null values"),
        [] => Outcome::Passed(super::creation::attributes_in_words(targets.len())),
        missing => Outcome::warned(&harm::DISCOVERY, format!("not described: {}", missing.join(", "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_target_is_described_by_its_schema_attribute_and_part() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let schemas = json!([
            {"id": Schemas::CoreUser.core().to_uppercase(), "attributes": [
                {"name": "userName"},
                {"name": "emails", "subAttributes": [{"name": "value"}, {"name": "type"}]},
            ]},
            {"id": enterprise, "attributes": [{"name": "Department"}]},
        ]);
        let is = |target: &str| is_described(&schemas, Schemas::CoreUser, target);
        for target in ["userName", "externalId", r#"emails[type eq "work"].value"#, &format!("{enterprise}:department")]
        {
            assert!(is(target), "{target}");
        }
        for target in ["title", "name.givenName", r#"emails[type eq "work"].display"#, &format!("{enterprise}:manager")]
        {
            assert!(!is(target), "{target}");
        }
        assert!(!is_described(&schemas, Schemas::Group, "displayName"));
        for broken in [json!(1), json!([1, {"id": 7}, {"id": Schemas::CoreUser.core(), "attributes": {}}])] {
            assert!(!is_described(&broken, Schemas::CoreUser, "title"), "{broken}");
        }
    }
}
