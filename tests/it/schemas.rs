//! The JSON Schemas in `docs/schemas/`: `json-schema` prints them, they are current, and they accept what the
//! program prints.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::schema::{Schema, current_policy_schema};
use crate::common::{run, write_whole};
use provlint::policy::{self, POLICY_SCHEMA, PROFILES};
use provlint::report::REPORT_SCHEMA;
use provlint::rules;
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

const SCHEMAS: [&str; 16] = [
    "policy",
    "report",
    "snapshot",
    "fix",
    "diff",
    "preview",
    "guide",
    "status",
    "logs",
    "provision",
    "probe",
    "rehearsal",
    "auth",
    "profiles",
    "rules",
    "eval",
];

#[test]
fn printed_schemas_are_valid_and_committed() {
    for format in SCHEMAS {
        let printed = run(&["json-schema", format]).stdout;
        // The list of rules is compared with the committed list at build time, because another test may be
        // writing a newer list.
        let committed = match format {
            "policy" => POLICY_SCHEMA.to_owned(),
            other => fs::read_to_string(root().join(format!("docs/schemas/{other}.schema.json"))).unwrap(),
        };
        assert_eq!(printed, committed);
        let schema: Value = serde_json::from_str(&printed).unwrap();
        Schema::new(&schema);
        assert!(schema["$id"].as_str().unwrap().ends_with(&format!("/docs/schemas/{format}.schema.json")));
    }
}

/// `PROVLINT_UPDATE=1 cargo test --test it schemas` writes them.
#[test]
fn the_policy_schema_lists_every_rule_and_profile() {
    let path = root().join("docs/schemas/policy.schema.json");
    let current = format!("{:#}\n", current_policy_schema());
    if env::var_os("PROVLINT_UPDATE").is_some() {
        write_whole(&path, &current);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), current, "run PROVLINT_UPDATE=1 cargo test --test it schemas");
}

fn policy_schema() -> Schema {
    Schema::new(&current_policy_schema())
}

fn as_json(yaml: &str) -> Value {
    serde_yaml::from_str(yaml).unwrap()
}

/// The YAML blocks of a Markdown page that are policies.
fn policies_in(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    let yaml = blocks.filter_map(|block| block.split_once('\n').filter(|(info, _)| info.starts_with("yaml")));
    let is_policy = |text: &str| text.starts_with("version: 1") || text.starts_with("# provlint.yaml");
    yaml.filter(|(info, text)| *info == "yaml policy" || is_policy(text)).map(|(_, text)| text.to_owned()).collect()
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { pages(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect()
}

#[test]
fn every_documented_policy_is_valid() {
    let schema = policy_schema();
    let mut shown = vec![run(&["init", "--output", "-"]).stdout];
    // The examples in the template, uncommented.
    let open = |line: &str| match line.strip_prefix('#') {
        Some(example) if !example.starts_with('#') => example.to_owned(),
        _ => line.to_owned(),
    };
    shown.push(shown[0].lines().map(open).collect::<Vec<_>>().join("\n"));
    let before = shown.len();
    for page in pages(&root().join("docs")).into_iter().chain([root().join("README.md")]) {
        shown.extend(policies_in(&fs::read_to_string(page).unwrap()));
    }
    assert!(shown.len() > before + 3, "policies in pages: {}", shown.len() - before);
    for yaml in &shown {
        policy::read(yaml, None, rules::ids()).unwrap_or_else(|error| panic!("{error}: {yaml}"));
        assert_eq!(schema.objections(&as_json(yaml)), [""; 0], "{yaml}");
    }
    for profile in PROFILES {
        let file = as_json(profile.yaml);
        assert_eq!(schema.objections(&file["policy"]), [""; 0], "{}", profile.name);
    }
}

#[test]
fn the_schema_rejects_what_the_program_rejects() {
    let schema = policy_schema();
    for wrong in [
        "version: 2",
        "mapings: {}",
        "profile: truu-totl",
        "profile: 3",
        "app: { name: x }",
        "app: { names: TOTAL }",
        "app: { scope: all }",
        "groups: TOTAL",
        "groups: [{ id: x, nam: y }]",
        "groups: [{}]",
        "users: { direct-assignment: never }",
        "mappings: { users: {} }",
        "mappings: { user: { enabled: maybe } }",
        "mappings: { user: { title: { sorce: x } } }",
        "mappings: { user: { title: { source: x, any-of: [y] } } }",
        "mappings: { user: { title: { apply: often } } }",
        "mappings: { user: { title: { precedence: first } } }",
        "mappings: { user: { forbid: all } }",
        "mappings: { user: { allow: all } }",
        "mappings: { user: { title: { severity: off } } }",
        "app: { scim-flag: maybe }",
        "app: { token-prefix: basic }",
        "app: { tenant-url: 3 }",
        "rules: { username-sorce: off }",
        "rules: { username-source: eror }",
        "ignore: [{ rule: username-source }]",
        "ignore: [{ rule: username-source, reason: ' ' }]",
        "ignore: [{ rule: username-sorce, reason: x }]",
        "ignore: [{ rule: username-source, reason: x, until: tomorrow }]",
        "connection: { tenant-url: http://total.example.com/scim }",
        "connection: { tenant-url: 'https://total.example.com /scim' }",
        "connection: { tenant-ur: https://total.example.com/scim }",
        "connection: { test-url: http://test.example.com/scim }",
        "connection: { notify: it }",
        "connection: { notify: 'it@contoso.com, hr@contoso.com' }",
        "connection: { delete-threshold: 0 }",
        "connection: { delete-threshold: many }",
        "connection: { auth-method: basic }",
        "connection: { token-expires: soon }",
        "export: { max-age-days: -1 }",
        "policies: [{ policies: [] }]",
        "policies: [{ mapings: {} }]",
        "policies: {}",
    ] {
        assert!(policy::read(wrong, None, rules::ids()).is_err(), "the program accepts {wrong}");
        assert!(!schema.objections(&as_json(wrong)).is_empty(), "the schema accepts {wrong}");
    }
}

/// `common` also validates every report that another test reads.
#[test]
fn every_kind_of_report_matches_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("broken.json"), "{").unwrap();
    let known = path("baseline.json");
    assert_eq!(run(&["check", "fixtures/default-export.json", "--write-baseline", &known]).code, Some(0));
    let (broken, none) = (path("broken.json"), path("none.json"));
    for arguments in [
        &["fixtures"][..],
        &["fixtures", "-v"],
        &["fixtures/default-export.json", "--baseline", &known],
        &["fixtures", "--min-severity", "error"],
        &[&broken, "fixtures/total-export.json"],
        &[&none],
    ] {
        let report = run(&[&["check", "--format", "json"], arguments].concat()).json();
        assert_eq!(report["version"], 1, "{arguments:?}");
    }
    let lines = run(&["check", "fixtures/default-export.json", "--format", "jsonl"]).stdout;
    let mut of_a_line: Value = serde_json::from_str(REPORT_SCHEMA).unwrap();
    let report = of_a_line.as_object_mut().unwrap();
    report.retain(|name, _| name == "$schema" || name == "$defs");
    report.insert("$ref".into(), json!("#/$defs/finding"));
    let finding = Schema::new(&of_a_line);
    for line in lines.lines() {
        assert_eq!(finding.objections(&serde_json::from_str(line).unwrap()), [""; 0], "{line}");
    }
}
