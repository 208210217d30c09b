//! Holds the evaluator and the rules against expressions that people use.
//!
//! `tests/data/expressions_in_use.json` has expressions from Microsoft's guides, vendors' guides, issues and blogs, each with
//! its public source: attributes, the value that the source implies, and what `check` may report. A finding on an expression
//! that works would be a false alarm, and one that is broken must be found.

use provlint::expression::{Evaluator, Outcome, Unknown, Value, parse};
use serde_json::{Value as Json, json};

use crate::common::run;

fn expressions() -> Vec<Json> {
    serde_json::from_str(include_str!("../data/expressions_in_use.json")).unwrap()
}

fn evaluate(expression: &Json) -> Result<Outcome, Unknown> {
    let text = expression["expression"].as_str().unwrap();
    let tree = parse(text).into_result().unwrap_or_else(|error| panic!("{text}: {error}"));
    let now = expression["now"].as_str().unwrap_or("2025-07-30T00:00:00Z").parse().unwrap();
    let attributes = |name: &str| Ok(expression["attributes"][name].as_str().map_or(Value::Null, Value::from));
    Evaluator::new(now, 1).evaluate(&tree, &attributes)
}

#[test]
fn an_expression_gives_the_value_that_its_source_implies() {
    let mut implied = 0;
    let mut wrong = Vec::new();
    for expression in expressions() {
        if expression["value"].is_null() && expression["dropped"].is_null() {
            continue;
        }
        implied += 1;
        let outcome = evaluate(&expression);
        let agrees = outcome.as_ref().is_ok_and(|outcome| match &expression["value"] {
            Json::Null => outcome.ignored,
            value => outcome.value.to_json() == *value && !outcome.ignored,
        });
        if !agrees {
            wrong.push(format!("{}: {outcome:?} instead of {}", expression["expression"], expression["value"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(implied > 75, "{implied} expressions imply something");
}

/// A schema with a row for each expression, and the attributes that they read.
fn schema(expressions: &[Json]) -> Json {
    let mut schema: Json = serde_json::from_str(include_str!("../../fixtures/total-export.json")).unwrap();
    let directories = schema["directories"].as_array_mut().unwrap();
    let objects = directories.iter_mut().flat_map(|directory| directory["objects"].as_array_mut().unwrap());
    let user = objects.into_iter().find(|object| object["name"] == "User").unwrap();
    let listed = user["attributes"].as_array_mut().unwrap();
    for expression in expressions {
        let text = expression["expression"].as_str().unwrap();
        let unlisted = expression["unlisted"].as_array().cloned().unwrap_or_default();
        for name in parse(text).expression.attributes() {
            if !unlisted.contains(&json!(name)) && !listed.iter().any(|known| known["name"] == name) {
                let mut attribute = listed.iter().find(|known| known["name"] == "displayName").unwrap().clone();
                attribute["name"] = json!(name);
                listed.push(attribute);
            }
        }
    }
    let mappings = schema["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    let mapping = mappings.iter_mut().find(|mapping| mapping["sourceObjectName"] == "User").unwrap();
    let rows = mapping["attributeMappings"].as_array_mut().unwrap();
    let pattern = rows.iter().find(|row| row["targetAttributeName"] == "displayName").unwrap().clone();
    rows.clear();
    for (index, expression) in expressions.iter().enumerate() {
        let mut row = pattern.clone();
        row["targetAttributeName"] = json!(format!("row{index}"));
        row["source"] =
            json!({"expression": expression["expression"], "name": "", "type": "Function", "parameters": []});
        rows.push(row);
    }
    schema
}

#[test]
fn check_reports_broken_expressions_and_no_others() {
    const RULES: [&str; 11] = [
        "expression-syntax",
        "unknown-function",
        "function-arity",
        "function-case",
        "function-unsupported",
        "expression-argument",
        "expression-too-long",
        "switch-null-source",
        "iif-null-test",
        "switch-on-reference",
        "unknown-source",
    ];
    let expressions = expressions();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.json");
    std::fs::write(&path, schema(&expressions).to_string()).unwrap();
    let mut arguments = vec!["check", path.to_str().unwrap(), "--profile", "generic", "--format", "json"];
    arguments.extend(RULES.iter().flat_map(|rule| ["--select", rule]));
    let report = run(&arguments).json();
    let findings = report["findings"].as_array().unwrap();
    let mut wrong = Vec::new();
    for (index, expression) in expressions.iter().enumerate() {
        let subject = format!("User/row{index}");
        let found: Vec<&Json> = findings.iter().filter(|finding| finding["subject"] == subject.as_str()).collect();
        let fits = match expression["check"].as_str().unwrap() {
            "nothing" => found.is_empty(),
            "warning at most" => found.iter().all(|finding| finding["severity"] == "warning"),
            "something" => !found.is_empty(),
            rule => found.len() == 1 && found[0]["rule"] == rule,
        };
        if !fits {
            let messages: Vec<&Json> = found.iter().map(|finding| &finding["message"]).collect();
            wrong.push(format!("{}\n  {}: {messages:?}", expression["expression"], expression["check"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
