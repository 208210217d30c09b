//! Validation with JSON Schemas.

use std::sync::OnceLock;

use boon::{Compiler, SchemaIndex, Schemas, ValidationError};
use provlint::policy::{POLICY_SCHEMA, PROFILES};
use provlint::rules::RULES;
use serde_json::{Map, Value, json};

/// A valid JSON Schema.
pub struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    pub fn new(schema: &Value) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("schema.json", schema.clone()).expect("a name for it");
        let index = compiler.compile("schema.json", &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
        Schema { schemas, index }
    }

    /// The validation errors of a value, each with its location.
    pub fn objections(&self, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        if let Err(error) = self.schemas.validate(value, self.index) {
            list(&error, &mut found);
        }
        found
    }
}

fn list(error: &ValidationError<'_, '_>, found: &mut Vec<String>) {
    if error.causes.is_empty() {
        found.push(format!("{}: {}", error.instance_location, error.kind));
    }
    error.causes.iter().for_each(|cause| list(cause, found));
}

/// Validates a report of `check` with its schema, which must know every member of it.
/// Other JSON is ignored.
pub fn expect_report(value: &Value) {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    if value["findings"].is_null() || value["targets"].is_null() {
        return;
    }
    let schema = SCHEMA.get_or_init(|| {
        let mut schema: Value = serde_json::from_str(provlint::report::REPORT_SCHEMA).expect("JSON");
        close(&mut schema);
        Schema::new(&schema)
    });
    assert_eq!(schema.objections(value), [""; 0], "{value:#}");
}

/// Validates a document with a schema of `docs/schemas/`, which must know every member of it.
pub fn expect_document(name: &str, value: &Value) {
    let path = format!("{}/docs/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a schema")).expect("JSON");
    close(&mut schema);
    assert_eq!(Schema::new(&schema).objections(value), [""; 0], "{value:#}");
}

/// Forbids unknown members, which the published schema allows for later versions.
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

/// The policy schema with the rules and profiles of this build; the committed one may lack the newest.
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
