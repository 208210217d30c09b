//! Evaluates the operators.

use std::cmp::Ordering;

use super::Operator;
use super::value::{Unknown, Value};

/// The result of an operation: `True` or `False`, or the joined text.
///
/// # Errors
/// If the result for these two values is not documented.
pub(super) fn operation(left: &Value, operator: Operator, right: &Value) -> Result<Value, Unknown> {
    if operator == Operator::Concatenate {
        return match (text(left), text(right)) {
            (Some(left), Some(right)) => Ok(Value::Text(left + &right)),
            _ => Err(Unknown::new("the result of & for several values is not documented")),
        };
    }
    if left.is_empty() || right.is_empty() {
        return Err(Unknown::new("a condition fails if a value is empty, and the result is not documented"));
    }
    let ordering = order(left, right)?;
    Ok(Value::boolean(match operator {
        Operator::Equal => ordering == Some(Ordering::Equal),
        Operator::NotEqual => ordering != Some(Ordering::Equal),
        _ => {
            let Some(ordering) = ordering else {
                return Err(Unknown::new("the order of texts is not documented"));
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

/// The order of two values; `None` if they differ and have no order.
fn order(left: &Value, right: &Value) -> Result<Option<Ordering>, Unknown> {
    let as_number = |value: &Value| match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Null | Value::List(_) => None,
    };
    let (Some(left_text), Some(right_text)) = (text(left), text(right)) else {
        return Err(Unknown::new("the result of a condition for several values is not documented"));
    };
    if left_text == right_text {
        return Ok(Some(Ordering::Equal));
    }
    if let (Some(left_number), Some(right_number)) = (as_number(left), as_number(right)) {
        let by_number = left_number.cmp(&right_number);
        let typed = matches!(left, Value::Number(_)) || matches!(right, Value::Number(_));
        // Entra may compare two texts of digits as numbers or letter by letter.
        if typed || by_number == left_text.cmp(&right_text) {
            return Ok(Some(by_number));
        }
        return Err(Unknown::new("whether texts of digits are compared as numbers is not documented"));
    }
    if left_text.to_lowercase() == right_text.to_lowercase() {
        return Err(Unknown::new("whether a condition is case-sensitive is not documented"));
    }
    Ok(None)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_comparisons_have_a_result_and_others_are_unknown() {
        for (left, operator, right, answer) in [
            (Value::from("a"), Operator::Equal, Value::from("a"), Some("True")),
            (Value::from("a"), Operator::Equal, Value::from("b"), Some("False")),
            (Value::from("a"), Operator::NotEqual, Value::from("b"), Some("True")),
            (Value::from("a"), Operator::Equal, Value::from("A"), None),
            (Value::from("a"), Operator::Equal, Value::Null, None),
            (Value::from("a"), Operator::Less, Value::from("b"), None),
            (Value::from("a"), Operator::LessOrEqual, Value::from("a"), Some("True")),
            (Value::Number(7), Operator::Greater, Value::Number(5), Some("True")),
            (Value::from("10"), Operator::Greater, Value::Number(9), Some("True")),
            (Value::from("10"), Operator::Greater, Value::from("9"), None),
            (Value::from("19"), Operator::Greater, Value::from("18"), Some("True")),
            (Value::from("01"), Operator::Equal, Value::from("1"), None),
            (Value::from("x"), Operator::Equal, Value::Number(1), Some("False")),
            (Value::List(vec!["a".into(), "b".into()]), Operator::Equal, Value::from("a"), None),
            (Value::from("a"), Operator::Concatenate, Value::Null, Some("a")),
        ] {
            let given = operation(&left, operator, &right).ok();
            assert_eq!(given, answer.map(Value::from), "{left} {} {right}", operator.as_str());
        }
    }
}
