//! Functions that choose between values, and functions that test them.

use crate::expression::Kind;
use crate::expression::evaluate::Arguments;
use crate::expression::value::{Unknown, Value};

/// Whether a condition is true.
fn condition(arguments: &Arguments<'_, '_>) -> Result<bool, Unknown> {
    match arguments.value(0)? {
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Value::Number(number) => Ok(number != 0),
        Value::Text(text) if !text.is_empty() => match text.trim().parse::<i64>() {
            Ok(number) => Ok(number != 0),
            Err(_) => Err(Unknown::new(format!("whether \"{text}\" counts as true is not documented"))),
        },
        _ => Err(Unknown::new("a condition fails if a value is empty, and the result is not documented")),
    }
}

pub(super) fn cbool(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    condition(arguments).map(Value::boolean)
}

/// The value of the argument that a function chooses; null for none.
fn chosen(arguments: &Arguments<'_, '_>, choice: Option<usize>) -> Result<Value, Unknown> {
    choice.map_or(Ok(Value::Null), |index| arguments.value(index))
}

pub(super) fn iif(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    chosen(arguments, iif_choice(arguments)?)
}

pub(super) fn iif_choice(arguments: &Arguments<'_, '_>) -> Result<Option<usize>, Unknown> {
    if let Some(expression) = arguments.expression(0) {
        let mut parts = Vec::new();
        let mut controls_flow = false;
        expression.visit(&mut |part| match &part.kind {
            Kind::Attribute(_) => parts.push(part),
            Kind::Call(call) => controls_flow |= call.name == "IgnoreFlowIfNullOrEmpty",
            _ => {}
        });
        if controls_flow {
            return Err(Unknown::new("IgnoreFlowIfNullOrEmpty is not supported in a condition"));
        }
        // "If the source attribute used within the IIF function is empty or null, the condition check fails." Microsoft's guides
        // rely on it that this is not so below a function that returns another value for a missing one.
        let have_values = parts.iter().all(|part| arguments.of(part).is_ok_and(|value| !value.is_empty()));
        if !have_values && let Some(attribute) = arguments.missing(expression)? {
            return Err(Unknown::new(format!(
                "the condition reads {attribute}, which is empty. Then it fails, and the result is not documented"
            )));
        }
    }
    Ok(Some(if condition(arguments)? { 1 } else { 2 }))
}

pub(super) fn coalesce(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    for index in 0..arguments.count() {
        let value = arguments.value(index)?;
        if value != Value::Null {
            return Ok(value);
        }
    }
    Ok(Value::Null)
}

pub(super) fn coalesce_choice(arguments: &Arguments<'_, '_>) -> Result<Option<usize>, Unknown> {
    let mut last = None;
    for index in 0..arguments.count() {
        if arguments.value(index)? != Value::Null {
            return Ok(Some(index));
        }
        last = Some(index);
    }
    Ok(last)
}

pub(super) fn switch(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    chosen(arguments, switch_choice(arguments)?)
}

/// An empty source equals the key `""`. Case matters, but vendors' guides have the keys `true` and `false`, and whether they
/// work was reported both ways: <https://github.com/scimmyjs/scimmy/issues/86>, <https://github.com/Unleash/unleash/pull/9336>.
pub(super) fn switch_choice(arguments: &Arguments<'_, '_>) -> Result<Option<usize>, Unknown> {
    let source = arguments.text(0)?.unwrap_or_default();
    if arguments.count() % 2 == 1 {
        return Err(Unknown::new("Switch has a key without a value"));
    }
    for key in (2..arguments.count()).step_by(2) {
        let key_text = arguments.text(key)?.unwrap_or_default();
        if key_text == source {
            return Ok(Some(key + 1));
        }
        if matches!(&*source, "True" | "False") && key_text.eq_ignore_ascii_case(&source) {
            return Err(Unknown::new(format!(
                "whether the key \"{key_text}\" of Switch is {source} is not documented"
            )));
        }
    }
    Ok(Some(1))
}

pub(super) fn not(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    match arguments.text(0)?.as_deref() {
        Some("True") => Ok(Value::boolean(false)),
        Some(other) if other.eq_ignore_ascii_case("true") => {
            Err(Unknown::new(format!("whether Not treats \"{other}\" as True is not documented")))
        }
        _ => Ok(Value::boolean(true)),
    }
}

pub(super) fn is_null(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(Value::boolean(arguments.value(0)? == Value::Null))
}

pub(super) fn is_null_or_empty(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(Value::boolean(arguments.value(0)?.is_empty()))
}

pub(super) fn is_present(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(Value::boolean(!arguments.value(0)?.is_empty()))
}

pub(super) fn is_string(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    match arguments.value(0)? {
        Value::Text(_) => Ok(Value::boolean(true)),
        Value::Number(_) => Ok(Value::boolean(false)),
        Value::Null | Value::List(_) => Err(Unknown::new("the result of IsString for this value is not documented")),
    }
}

pub(super) fn ignore_flow_if_null_or_empty(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let value = arguments.value(0)?;
    if value.is_empty() {
        arguments.ignore_flow();
        return Ok(Value::Null);
    }
    Ok(value)
}

pub(super) fn redact(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    arguments.redact();
    arguments.value(0).map_err(Unknown::redacted)
}
