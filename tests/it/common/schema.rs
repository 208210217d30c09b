//! JSON Schemas as tests hold things against them.

use std::sync::OnceLock;

use jsonschema::Validator;
use provlint::policy::{POLICY_SCHEMA, PROFILES};
use provlint::rules::RULES;
use serde_json::{Map, Value, json};

/// What a schema has against a value.
pub fn objections(schema: &Validator, value: &Value) -> Vec<String> {
    schema.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Holds a report of `check` against its schema: nothing may be wrong, and nothing in it that the schema doesn't know.
/// Any other JSON is let through.
pub fn expect_report(value: &Value) {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    if value["findings"].is_null() || value["targets"].is_null() {
        return;
    }
    let schema = SCHEMA.get_or_init(|| {
        let mut schema: Value = serde_json::from_str(provlint::report::REPORT_SCHEMA).expect("JSON");
        close(&mut schema);
        jsonschema::validator_for(&schema).expect("a schema")
    });
    assert_eq!(objections(schema, value), [""; 0], "{value:#}");
}

/// Forbids members that the schema doesn't know, which it leaves open for later versions.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("type") == Some(&json!("object")) && members.contains_key("properties") {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// The schema of policies with the rules and profiles that the program has: the committed one may lack the newest.
pub fn current_policy_schema() -> Value {
    let mut schema: Value = serde_json::from_str(POLICY_SCHEMA).expect("JSON");
    let about = |rule: &provlint::finding::Metadata| format!("{} ({} by default).", rule.summary, rule.severity);
    let levels: Map<String, Value> = RULES
        .iter()
        .map(|rule| &rule.metadata)
        .map(|rule| {
            (rule.id.to_owned(), json!({"description": about(rule), "enum": ["error", "warning", "info", "off"]}))
        })
        .collect();
    let ids: Vec<Value> =
        RULES.iter().map(|rule| json!({"const": rule.metadata.id, "description": rule.metadata.summary})).collect();
    let profiles: Vec<Value> = PROFILES
        .iter()
        .map(|profile| {
            let about = profile.about().expect("a profile says what it is for");
            json!({"const": profile.name, "description": format!("{}: {}.", about.title, about.summary)})
        })
        .collect();
    schema["properties"]["rules"]["properties"] = levels.into();
    schema["definitions"]["rule"]["oneOf"] = ids.into();
    schema["properties"]["profile"]["oneOf"] = profiles.into();
    schema
}
