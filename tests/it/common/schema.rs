//! JSON Schemas as tests hold things against them.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Value, json};

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

/// Holds a document against a schema of `docs/schemas/`, which must know every member of it.
pub fn expect_document(name: &str, value: &Value) {
    let path = format!("{}/docs/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a schema")).expect("JSON");
    close(&mut schema);
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    assert_eq!(objections(&schema, value), [""; 0], "{value:#}");
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
