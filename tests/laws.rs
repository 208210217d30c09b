//! What holds for every input.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

use proptest::collection::vec;
use proptest::prelude::*;
use provlint::document::{self, Change, Pointer, edits, locate};
use provlint::inspection::Inspection;
use provlint::model;
use provlint::policy;
use provlint::rules::{self, Selection, Target};
use serde_json::{Map, Value, json};

const DEFAULT: &str = include_str!("../fixtures/default-export.json");

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

fn pointers(value: &Value, here: Pointer, all: &mut Vec<Pointer>) {
    match value {
        Value::Array(items) => (0..).zip(items).for_each(|(index, item)| pointers(item, here.index(index), all)),
        Value::Object(members) => members.iter().for_each(|(key, member)| pointers(member, here.key(key), all)),
        _ => {}
    }
    all.push(here);
}

/// A schema with mistakes: parts of the default export replaced by anything.
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
    fn every_value_is_found_where_its_pointer_leads(value in any_json(), pretty in any::<bool>()) {
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
    fn setting_a_value_sets_that_value_and_no_other(value in any_json(), new in any_json(), pretty in any::<bool>(), pick in any::<prop::sample::Index>()) {
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
    fn an_appended_element_is_the_last_and_a_removed_one_gone(items in vec(any_json(), 0..5), new in any_json(), pretty in any::<bool>(), pick in any::<prop::sample::Index>()) {
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
    fn what_is_strict_json_is_json_without_repeated_keys(value in any_json()) {
        let text = value.to_string();
        prop_assert!(document::from_str::<serde::de::IgnoredAny>(&text).is_ok());
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in any::<String>(), bytes in vec(any::<u8>(), 0..200)) {
        let _ = document::decode(bytes);
        let _ = model::read(&text);
        let _ = provlint::expression::parse(&text);
        let _ = policy::read(&text, None, rules::ids());
        let _ = Inspection::of(&text);
        let _ = locate(&text, &[Pointer::root().key("a").index(0)]);
    }

    #[test]
    fn an_expression_of_likely_pieces_never_makes_the_parser_panic(pieces in vec(prop_oneof![
        Just("Join("), Just("IIF("), Just(")"), Just(","), Just("[a]"), Just("\"x\""), Just("\\"), Just("\""), Just("="), Just(" "), Just("é"), Just("1"),
    ], 0..40)) {
        let text = pieces.concat();
        if let Err(error) = provlint::expression::parse(&text) {
            prop_assert!(error.offset <= text.len() && text.is_char_boundary(error.offset));
        }
    }

    #[test]
    fn no_schema_makes_a_rule_panic_and_every_finding_has_a_place(schema in mistaken_schema()) {
        let text = format!("{schema:#}");
        let policy = policy::default_policy(None).unwrap();
        let inspection = Inspection::of(&text);
        let today = "2026-11-23".parse().unwrap();
        let Ok(resources) = model::read(&text) else { return Ok(()) };
        for resource in &resources {
            let target = Target::new(&text, resource, &policy, &inspection, today);
            for finding in rules::judge(&target, &Selection::default()).findings {
                let parent = finding.pointer.split_last().unwrap_or_default().0;
                let places = locate(&text, [&finding.pointer, &parent]);
                prop_assert!(places.iter().flatten().count() > 0, "{} at {}", finding.rule.id, finding.pointer);
                prop_assert!(!finding.message.is_empty() && !finding.subject.is_empty() && !finding.help.is_empty());
            }
        }
    }
}
