//! Parses any bytes as an expression, then checks, prints, stores and evaluates it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use provlint::expression::{Evaluator, Stored, Value, mistakes, parse};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let parsed = parse(&text);
    for error in &parsed.errors {
        assert!(text.get(error.span.clone()).is_some(), "{error:?}");
    }
    let _ = mistakes(&parsed.expression);
    if parsed.errors.is_empty() {
        let printed = parsed.expression.to_string();
        assert_eq!(parse(&printed).into_result().as_ref(), Ok(&parsed.expression), "{printed}");
    }
    if let Some(stored) = Stored::of(&parsed.expression) {
        assert!(stored.to_expression().is_some());
        let _ = stored.to_json();
    }
    let attributes = |name: &str| {
        Ok(match name {
            "a" => Value::from("Zoë-Øst 12"),
            "l" => Value::List(vec!["x".into(), "y".into()]),
            "d" => Value::from("2020-12-31T23:59:59-08:00"),
            _ => Value::Null,
        })
    };
    let _ = Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0).evaluate(&parsed.expression, &attributes);
    let _ = parsed.expression.always_yields("a");
});
