//! Properties that hold for every input.

use proptest::collection::vec;
use proptest::prelude::*;
use provlint::document::{self, Change, Pointer, edits, locate};
use provlint::expression::{self, Call, Evaluator, Expression, Kind, Operation, Operator};
use provlint::inspection::Inspection;
use provlint::model;
use provlint::policy;
use provlint::rules::{self, Selection, Target};
use serde_json::{Map, Value, json};

const DEFAULT: &str = include_str!("../../fixtures/default-export.json");

/// Any JSON value, with keys that need escapes and keys that PowerShell would write.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec(("[a-z~/\"\\\\ é]{0,5}", inner), 0..6)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// Any expression that can be written as text.
fn any_expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        "[A-Za-zé_.]{1,12}".prop_map(|name| Kind::Attribute(name).into()),
        "[a-z \"\\\\,()\\[\\]é]{0,8}".prop_map(|text| Kind::Text(text).into()),
        "-?[0-9]{1,5}".prop_map(|number| Kind::Number(number).into()),
        "vb[A-Z][a-z]{1,5}".prop_map(|word| Kind::Word(word).into()),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        let name = prop_oneof![
            "[A-Z][A-Za-z]{1,8}",
            (0..expression::FUNCTIONS.len()).prop_map(|index| expression::FUNCTIONS[index].name.to_owned())
        ];
        let call = (name, vec(proptest::option::of(inner.clone()), 0..7)).prop_map(|(name, arguments)| {
            // A single omitted argument is the same as no arguments.
            let arguments = if arguments.as_slice() == [None] { Vec::new() } else { arguments };
            Kind::Call(Call { name, name_span: 0..0, arguments }).into()
        });
        // Operators are left-associative.
        let operand =
            inner.prop_filter("an operand", |operand: &Expression| !matches!(operand.kind, Kind::Operation(_)));
        let operation = (call.clone(), 0..Operator::ALL.len(), operand).prop_map(|(left, operator, right)| {
            Kind::Operation(Box::new(Operation { left, operator: Operator::ALL[operator], right })).into()
        });
        prop_oneof![3 => call, 1 => operation]
    })
}

fn expression_piece() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0..expression::FUNCTIONS.len()).prop_map(|index| format!("{}(", expression::FUNCTIONS[index].name)),
        3 => Just(")".to_owned()),
        3 => Just(", ".to_owned()),
        3 => argument(),
        1 => "[\"\\\\\\[\\](),=<>&' é“”;-]{1,3}",
        1 => "(?s).{0,3}",
    ]
}

fn argument() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("[a]".to_owned()),
        Just("[b]".to_owned()),
        Just("[list]".to_owned()),
        Just("[nothing]".to_owned()),
        Just("[date]".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        (-3..12_i64).prop_map(|number| number.to_string()),
        Just("\"d\"".to_owned()),
        Just("\"yyyy-MM-dd'T'HH:mm:ss.FFFzzz\"".to_owned()),
        Just("\"(?<a>[a-z]+)|(b*)$\"".to_owned()),
        Just("\"$1${a}$$\"".to_owned()),
        Just("vbTextCompare".to_owned()),
        "[a-z0-9 é:/.-]{0,6}".prop_map(|text| format!("\"{text}\"")),
    ]
}

/// Runs every operation on an expression.
fn exercise_expression(text: &str) -> Result<(), TestCaseError> {
    let parsed = expression::parse(text);
    for error in &parsed.errors {
        prop_assert!(text.get(error.span.clone()).is_some(), "{error:?} in {text:?}");
    }
    parsed.expression.visit(&mut |part| assert!(text.get(part.span.clone()).is_some(), "{part:?} in {text:?}"));
    let _ = expression::mistakes(&parsed.expression);
    let _ = expression::Stored::of(&parsed.expression);
    let attributes = |name: &str| {
        Ok(match name {
            "a" => expression::Value::from("Zoë-Øst 12"),
            "b" => expression::Value::from(""),
            "list" => expression::Value::List(vec!["x".into(), "y".into(), "x".into()]),
            "date" => expression::Value::from("2020-12-31T23:59:59-08:00"),
            _ => expression::Value::Null,
        })
    };
    let evaluator = Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0);
    let once = evaluator.evaluate(&parsed.expression, &attributes);
    if once.as_ref().is_ok_and(|outcome| !outcome.changing) {
        prop_assert_eq!(once, evaluator.evaluate(&parsed.expression, &attributes));
    }
    parsed.expression.always_yields("a");
    Ok(())
}

fn pointers(value: &Value, here: Pointer, all: &mut Vec<Pointer>) {
    match value {
        Value::Array(items) => (0..).zip(items).for_each(|(index, item)| pointers(item, here.index(index), all)),
        Value::Object(members) => members.iter().for_each(|(key, member)| pointers(member, here.key(key), all)),
        _ => {}
    }
    all.push(here);
}

/// A schema with mistakes: parts of the default export replaced by arbitrary values.
fn mistaken_schema() -> impl Strategy<Value = Value> {
    let schema: Value = serde_json::from_str(DEFAULT).unwrap();
    let mut all = Vec::new();
    pointers(&schema, Pointer::root(), &mut all);
    let replacement = prop_oneof![
        4 => any_json(),
        1 => Just(json!("System.Object[]")),
        2 => Just(json!("Switch([a], , \"x\")")),
        2 => Just(json!("externalId")),
        1 => Just(json!(true)),
        1 => Just(json!(-1)),
        1 => Just(json!([])),
    ];
    vec((0..all.len(), replacement), 0..6).prop_map(move |replacements| {
        let mut schema = schema.clone();
        for (index, value) in replacements {
            if let Some(place) = schema.pointer_mut(all[index].as_str()) {
                *place = value;
            }
        }
        schema
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_pointer_leads_to_its_value(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        let mut all = Vec::new();
        pointers(&value, Pointer::root(), &mut all);
        for (pointer, place) in all.iter().zip(locate(&text, &all)) {
            let place = place.expect("the pointer was taken from the value");
            let found: Value = serde_json::from_str(&text[place.span]).unwrap();
            prop_assert_eq!(Some(&found), value.pointer(pointer.as_str()));
        }
    }

    #[test]
    fn setting_a_value_changes_no_other(value in any_json(), new in any_json(), pretty in any::<bool>(), pick in any::<prop::sample::Index>()) {
        let mut text = if pretty { format!("{value:#}") } else { value.to_string() };
        let mut all = Vec::new();
        pointers(&value, Pointer::root(), &mut all);
        let pointer = pick.get(&all).clone();
        let change = [Change::Set { pointer: pointer.clone(), value: new.clone() }];
        for edit in edits(&text, &[&change]).concat() {
            text.replace_range(edit.span, &edit.text);
        }
        let mut expected = value;
        *expected.pointer_mut(pointer.as_str()).unwrap() = new;
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
    }

    #[test]
    fn appending_and_removing_elements_changes_no_other(items in vec(any_json(), 0..5), new in any_json(), pretty in any::<bool>(), pick in any::<prop::sample::Index>()) {
        let value = json!({"list": items.clone()});
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        let list = Pointer::root().key("list");
        let apply = |change: Change| {
            let mut text = text.clone();
            for edit in edits(&text, &[&[change]]).concat() {
                text.replace_range(edit.span, &edit.text);
            }
            serde_json::from_str::<Value>(&text).unwrap()["list"].as_array().unwrap().clone()
        };
        let mut longer = items.clone();
        longer.push(new.clone());
        prop_assert_eq!(apply(Change::Append { pointer: list.clone(), value: new }), longer);
        if !items.is_empty() {
            let at = pick.index(items.len());
            let mut shorter = items.clone();
            shorter.remove(at);
            prop_assert_eq!(apply(Change::Remove { pointer: list.index(at) }), shorter);
        }
    }

    #[test]
    fn strict_json_is_json_without_repeated_keys(value in any_json()) {
        let text = value.to_string();
        prop_assert!(document::from_str::<serde::de::IgnoredAny>(&text).is_ok());
    }

    #[test]
    fn parsers_do_not_panic(text in any::<String>(), bytes in vec(any::<u8>(), 0..200)) {
        let _ = document::decode(bytes);
        let _ = model::read(&text);
        let _ = provlint::expression::parse(&text);
        let _ = policy::read(&text, None, rules::ids());
        let _ = Inspection::of(&text);
        let _ = locate(&text, &[Pointer::root().key("a").index(0)]);
    }

    #[test]
    fn masking_keeps_places_and_what_is_json(pieces in vec(secret_piece(), 0..40)) {
        let text = pieces.concat();
        let masked = Inspection::of(&text).text;
        prop_assert_eq!(masked.len(), text.len());
        if serde_json::from_str::<Value>(&text).is_ok() {
            prop_assert_eq!(&*Inspection::of(&masked).text, &*masked, "masked once, nothing is left");
            prop_assert!(serde_json::from_str::<Value>(&masked).is_ok(), "{}", &*masked);
        }
    }

    #[test]
    fn the_value_of_a_secret_is_masked_whatever_it_is(value in any::<String>(), beside in any_json()) {
        let text = serde_json::json!({"a": beside, "b": [{"value": value, "key": "SecretToken"}]}).to_string();
        let masked: Value = serde_json::from_str(&Inspection::of(&text).text).unwrap();
        let shown = masked["b"][0]["value"].as_str().unwrap();
        prop_assert!(shown.bytes().all(|byte| byte == b'*') && shown.len() >= value.len(), "{}", shown);
    }

    #[test]
    fn a_printed_expression_parses_to_itself(tree in any_expression()) {
        let text = tree.to_string();
        let read = expression::parse(&text);
        prop_assert_eq!(&read.errors, &[]);
        prop_assert_eq!(&read.expression, &tree, "{}", text);
        prop_assert_eq!(read.expression.to_string(), text);
    }

    #[test]
    fn a_stored_expression_parses_to_itself(tree in any_expression()) {
        if let Some(stored) = expression::Stored::of(&tree) {
            let back = stored.to_expression();
            prop_assert!(back.as_ref().is_some_and(|back| expression::says_the_same(back, &tree)), "{tree}: {back:?}");
        }
    }

    #[test]
    fn expressions_do_not_panic_on_any_text(text in any::<String>()) {
        exercise_expression(&text)?;
    }

    #[test]
    fn expressions_do_not_panic_on_likely_text(pieces in vec(expression_piece(), 0..60)) {
        exercise_expression(&pieces.concat())?;
    }

    #[test]
    fn functions_do_not_panic_on_any_arguments(
        index in 0..expression::FUNCTIONS.len(),
        arguments in vec(argument(), 0..8),
    ) {
        let text = format!("{}({})", expression::FUNCTIONS[index].name, arguments.join(", "));
        exercise_expression(&text)?;
    }

}

/// What credentials are made of and stand in.
fn secret_piece() -> impl Strategy<Value = String> {
    let pieces = [
        "\"",
        "\\",
        "\n",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        " ",
        "é",
        "\\u00e9",
        "\\ud83d\\ude00",
        "@{",
        "1",
        "\"SecretToken\":",
        "\"key\":",
        "\"value\":",
        "\"BaseAddress\"",
        "\"ClientSecret\"",
        "https://u:é@x?token=é&a",
        "Bearer abcdefghijklmnop",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2ln",
        "s3cr3t-value",
        "\"s3cr3t-value\"",
    ];
    prop::sample::select(pieces.map(str::to_owned).to_vec())
}

proptest! {
    // Checking a whole schema is slow, so there are few cases.
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rules_do_not_panic_and_every_finding_has_a_location(schema in mistaken_schema()) {
        let text = format!("{schema:#}");
        let policy = policy::default_policy(None).unwrap();
        let inspection = Inspection::of(&text);
        let today = "2026-11-23".parse().unwrap();
        let Ok(resources) = inspection.read() else { return Ok(()) };
        for resource in &resources {
            let target = Target::new(&inspection, resource, &policy, today);
            for finding in rules::judge(&target, &Selection::default()).findings {
                let parent = finding.pointer.split_last().unwrap_or_default().0;
                let places = locate(&text, [&finding.pointer, &parent]);
                prop_assert!(places.iter().flatten().count() > 0, "{} at {}", finding.rule.id, finding.pointer);
                prop_assert!(!finding.message.is_empty() && !finding.subject.is_empty() && !finding.help.is_empty());
            }
        }
    }
}
