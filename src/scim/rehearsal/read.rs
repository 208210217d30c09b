//! What an endpoint returns, read as leniently as Entra reads it.

use serde_json::{Map, Value};

use super::exchange::Exchange;
use crate::scim::answer::{is_error, member};
use crate::simulate::request::{found, is_usable_id};

/// The resource in an answer. The error is a clause.
pub(super) fn resource(exchange: &Exchange) -> Result<Map<String, Value>, String> {
    let answer = exchange.success().ok_or_else(|| format!("reading it back: {}", exchange.said()))?;
    let object = answer.object().ok_or_else(|| {
        let media = answer.media();
        let what = if media.is_empty() { "something without a type".to_owned() } else { media };
        format!("reading it back gives {what} instead of a JSON object")
    })?;
    match is_error(&object) {
        true => Err("reading it back gives a SCIM error with a status of success".to_owned()),
        false => Ok(object),
    }
}

/// The id of a resource. The error is a clause.
pub(super) fn id_of(object: &Map<String, Value>) -> Result<&str, String> {
    match member(object, "id") {
        Some(Value::String(id)) if is_usable_id(id) => Ok(id),
        Some(Value::String(_)) => Err("its id cannot be part of a URL".to_owned()),
        Some(_) => Err("its id is not a text".to_owned()),
        None => Err("it has no id".to_owned()),
    }
}

/// The resources in a list. The error is a clause.
pub(super) fn list(exchange: &Exchange) -> Result<Vec<Map<String, Value>>, String> {
    let answer = exchange.success().ok_or_else(|| exchange.said())?;
    let object = answer.object().ok_or_else(|| "the answer is not a JSON object".to_owned())?;
    if is_error(&object) {
        return Err("the answer is a SCIM error with a status of success".to_owned());
    }
    match (member(&object, "Resources"), member(&object, "totalResults")) {
        (Some(Value::Array(items)), _) => {
            items.iter().map(|item| item.as_object().cloned().ok_or_else(no_list)).collect()
        }
        // RFC 7644, section 3.4.2: without results, `Resources` may be absent.
        (None | Some(Value::Null), Some(Value::Number(total))) if total.as_u64() == Some(0) => Ok(Vec::new()),
        _ => Err(no_list()),
    }
}

fn no_list() -> String {
    "the answer is not a ListResponse with Resources".to_owned()
}

/// Whether an attribute of a resource has a value, without regard to case.
pub(super) fn is(object: &Map<String, Value>, attribute: &str, value: &str) -> bool {
    found(object, attribute).iter().any(|found| found.as_str().is_some_and(|text| text.eq_ignore_ascii_case(value)))
}

/// What `active` of a user is.
#[derive(Debug, PartialEq)]
pub(super) enum Active {
    /// A boolean, as it must be.
    Is(bool),
    /// A text, which no one can trust.
    Text(String),
    /// Something else.
    Other(Value),
    /// It is not returned.
    Missing,
}

impl Active {
    /// That of a resource.
    pub(super) fn of(user: &Map<String, Value>) -> Self {
        match member(user, "active") {
            Some(Value::Bool(active)) => Active::Is(*active),
            Some(Value::String(text)) => Active::Text(text.clone()),
            Some(other) => Active::Other(other.clone()),
            None => Active::Missing,
        }
    }

    /// Whether it is as it should be. The error is a clause.
    pub(super) fn expect(&self, wanted: bool) -> Result<(), String> {
        match self {
            Active::Is(active) if *active == wanted => Ok(()),
            Active::Is(active) => Err(format!("active reads back as {active}")),
            Active::Text(text) => Err(format!("active reads back as {text:?}, not as {wanted}")),
            Active::Other(other) => Err(format!("active reads back as {other}, not as {wanted}")),
            // RFC 7643 gives it no default, so only a user who should be disabled must have it.
            Active::Missing if wanted => Ok(()),
            Active::Missing => Err("active is not returned, so nothing shows that the user is disabled".to_owned()),
        }
    }
}

/// The ids of the members of a group; `None` if the endpoint does not return any members.
pub(super) fn members(group: &Map<String, Value>) -> Option<Vec<String>> {
    let members = member(group, "members")?.as_array()?;
    let id = |item: &Value| match item {
        Value::String(id) => Some(id.clone()),
        Value::Object(item) => member(item, "value")?.as_str().map(str::to_owned),
        _ => None,
    };
    Some(members.iter().filter_map(id).collect())
}
