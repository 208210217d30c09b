//! What stands between two values.

use std::cmp::Ordering;

use super::Operator;
use super::value::{Unknown, Value};

/// The value of an operation: `True` or `False`, or the joined text.
///
/// # Errors
/// When what the service makes of these two values isn't documented.
pub(super) fn operation(left: &Value, operator: Operator, right: &Value) -> Result<Value, Unknown> {
    if operator == Operator::Concatenate {
        return match (text(left), text(right)) {
            (Some(left), Some(right)) => Ok(Value::Text(left + &right)),
            _ => Err(Unknown::new("what & makes of several values isn't documented")),
        };
    }
    if left.is_empty() || right.is_empty() {
        return Err(Unknown::new("a condition fails where a value is empty; what comes of that isn't documented"));
    }
    let ordering = order(left, right)?;
    Ok(Value::boolean(match operator {
        Operator::Equal => ordering == Some(Ordering::Equal),
        Operator::NotEqual => ordering != Some(Ordering::Equal),
        _ => {
            let Some(ordering) = ordering else {
                return Err(Unknown::new("in which order texts stand isn't documented"));
            };
            match operator {
                Operator::Less => ordering == Ordering::Less,
                Operator::LessOrEqual => ordering != Ordering::Greater,
                Operator::Greater => ordering == Ordering::Greater,
                Operator::GreaterOrEqual => ordering != Ordering::Less,
                Operator::Equal | Operator::NotEqual | Operator::Concatenate => false,
            }
        }
    }))
}

/// The order of two values; `None` where they differ and have none.
fn order(left: &Value, right: &Value) -> Result<Option<Ordering>, Unknown> {
    let as_number = |value: &Value| match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Null | Value::List(_) => None,
    };
    if let (Some(left), Some(right)) = (as_number(left), as_number(right)) {
        return Ok(Some(left.cmp(&right)));
    }
    match (text(left), text(right)) {
        (Some(left), Some(right)) if left == right => Ok(Some(Ordering::Equal)),
        (Some(left), Some(right)) if left.to_lowercase() == right.to_lowercase() => {
            Err(Unknown::new("whether a condition tells capitals from small letters isn't documented"))
        }
        (Some(_), Some(_)) => Ok(None),
        _ => Err(Unknown::new("what a condition makes of several values isn't documented")),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::List(items) => match items.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    }
}
