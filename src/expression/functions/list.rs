//! Functions of multi-valued attributes.

use crate::expression::evaluate::Arguments;
use crate::expression::value::{Unknown, Value};

/// The values of an argument; none for null.
fn items(arguments: &Arguments<'_, '_>, index: usize) -> Result<Vec<String>, Unknown> {
    Ok(match arguments.value(index)? {
        Value::Null => Vec::new(),
        Value::Text(text) => vec![text],
        Value::Number(number) => vec![number.to_string()],
        Value::List(items) => items,
    })
}

fn number(count: usize) -> Value {
    Value::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

pub(super) fn count(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(number(items(arguments, 0)?.len()))
}

pub(super) fn contains(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let find = arguments.text(1)?.unwrap_or_default();
    Ok(number(items(arguments, 0)?.iter().position(|item| item.contains(&find)).map_or(0, |at| at + 1)))
}

pub(super) fn item(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let items = items(arguments, 0)?;
    if items.is_empty() {
        return Ok(Value::Null);
    }
    let place = arguments.number(1)?;
    let item = usize::try_from(place).ok().and_then(|place| items.get(place.checked_sub(1)?));
    item.map(|item| Value::from(item.as_str())).ok_or_else(|| {
        Unknown::new(format!("the result of Item for position {place} of {} is not documented", items.len()))
    })
}

pub(super) fn join(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let separator = arguments.text(0)?.unwrap_or_default();
    let mut parts = Vec::new();
    for index in 1..arguments.count() {
        parts.extend(items(arguments, index)?.into_iter().filter(|part| !part.is_empty()));
    }
    arguments.spend(separator.len().saturating_mul(parts.len()))?;
    Ok(Value::Text(parts.join(&separator)))
}

pub(super) fn remove_duplicates(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    if arguments.value(0)? == Value::Null {
        return Ok(Value::Null);
    }
    let mut seen = foldhash::HashSet::default();
    let mut items = items(arguments, 0)?;
    items.retain(|item| seen.insert(item.clone()));
    Ok(Value::List(items))
}

pub(super) fn split(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
    let delimiter = arguments.text(1)?.unwrap_or_default();
    if delimiter.is_empty() {
        return Err(Unknown::new("the result of Split without a delimiter is not documented"));
    }
    let parts: Vec<&str> = source.split(delimiter.as_str()).collect();
    if parts != source.split(|character| delimiter.contains(character)).collect::<Vec<_>>() {
        return Err(Unknown::new("the result of Split for a delimiter of several characters is not documented"));
    }
    if parts.iter().any(|part| part.trim() != *part || part.is_empty()) {
        return Err(Unknown::new("whether Split keeps spaces around a part, and empty parts, is not documented"));
    }
    Ok(Value::List(parts.into_iter().map(str::to_owned).collect()))
}

pub(super) fn roles(_: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Err(Unknown::new("a user's data does not include the app roles"))
}

pub(super) fn select_unique_value(_: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Err(Unknown::new("the values used in the target are not in the input"))
}
