//! Every built-in profile on a configuration that follows its guide, and on one that does not.
//!
//! `fixtures/profiles/NAME.yaml` describes how the two differ from `fixtures/default-export.json` inside
//! `fixtures/snapshot.json`:
//!
//! | key | what it does |
//! |---|---|
//! | `right` | the changes of the guide, which leave no findings |
//! | `wrong` | further changes, which cause exactly the findings in `findings`, each `RULE SUBJECT` |
//!
//! | change | what it means |
//! |---|---|
//! | `url: TEXT` | the tenant URL |
//! | `everybody: on` | the scope is all users and groups |
//! | `directory: NAME` | the app's directory, `customappsso` by default |
//! | `User: off` | the object mapping is disabled, as in the portal |
//! | `User: [a, b]` | only these rows |
//! | `User/a: none` | the row is removed |
//! | `User/a: { source: …, match: …, apply: … }` | the row is changed, or added, also to the attribute list |

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::run;
use provlint::expression::{Stored, parse};
use provlint::finding::{Finding, Severity};
use provlint::inspection::Inspection;
use provlint::model::ObjectKind;
use provlint::policy::{self, PROFILES, Policy};
use provlint::rules::{self, Selection, Target};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    right: Changes,
    wrong: Changes,
    findings: Vec<String>,
}

/// In the order of the file.
type Changes = serde_yaml::Mapping;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn fixture(profile: &str) -> Fixture {
    let path = folder().join("profiles").join(format!("{profile}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json_file(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

/// An app with the default export as its schema.
fn default_app() -> Value {
    let mut app = json_file("snapshot.json");
    let schema = json_file("default-export.json");
    app["jobs"][0]["id"] = schema["id"].clone();
    app["jobs"][0]["schema"] = schema;
    app
}

fn changed(mut app: Value, changes: &Changes) -> Value {
    for (place, change) in changes {
        let place = place.as_str().expect("a place");
        let change = serde_json::to_value(change).unwrap();
        match place.split_once('/') {
            _ if place == "url" => secret(&mut app, "BaseAddress", change),
            _ if place == "everybody" => secret(&mut app, "SyncAll", json!((change == "on").to_string())),
            _ if place == "directory" => rename_directory(&mut app, &change),
            None => mapping(&mut app, place, &change),
            Some((object, target)) => row(&mut app, object, target, &change),
        }
    }
    app
}

fn secret(app: &mut Value, key: &str, value: Value) {
    let secrets = app["secrets"].as_array_mut().unwrap();
    secrets.iter_mut().find(|secret| secret["key"] == key).unwrap()["value"] = value;
}

fn rename_directory(app: &mut Value, name: &Value) {
    let schema = &mut app["jobs"][0]["schema"];
    schema["synchronizationRules"][0]["targetDirectoryName"] = name.clone();
    schema["directories"][1]["name"] = name.clone();
}

fn kind(object: &str) -> ObjectKind {
    ObjectKind::ALL.into_iter().find(|kind| kind.as_str() == object).unwrap_or_else(|| panic!("{object}?"))
}

fn object_mapping<'v>(app: &'v mut Value, object: &str) -> &'v mut Value {
    let urn = kind(object).urn();
    let mappings = app["jobs"][0]["schema"]["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    mappings.iter_mut().find(|mapping| mapping["targetObjectName"] == urn).unwrap()
}

fn mapping(app: &mut Value, object: &str, change: &Value) {
    let mapping = object_mapping(app, object);
    match change {
        Value::String(word) if word == "off" => {
            mapping["enabled"] = json!(false);
            mapping["sourceObjectName"] = json!("");
        }
        Value::String(word) if word == "on" => {
            mapping["enabled"] = json!(true);
            mapping["sourceObjectName"] = json!(object);
        }
        Value::Array(kept) => {
            let rows = mapping["attributeMappings"].as_array_mut().unwrap();
            rows.retain(|row| kept.contains(&row["targetAttributeName"]));
            assert_eq!(rows.len(), kept.len());
        }
        other => panic!("{object}: {other}?"),
    }
}

fn row(app: &mut Value, object: &str, target: &str, change: &Value) {
    if change != "none" {
        list(app, object, target);
    }
    let rows = object_mapping(app, object)["attributeMappings"].as_array_mut().unwrap();
    if change == "none" {
        let before = rows.len();
        rows.retain(|row| row["targetAttributeName"] != target);
        assert_eq!(rows.len() + 1, before, "{target}");
        return;
    }
    let at = rows.iter().position(|row| row["targetAttributeName"] == target).unwrap_or_else(|| {
        let mut row = rows.iter().find(|row| row["targetAttributeName"] == "displayName").unwrap_or(&rows[0]).clone();
        row["targetAttributeName"] = json!(target);
        row["matchingPriority"] = json!(0);
        rows.push(row);
        rows.len() - 1
    });
    for (key, value) in change.as_object().expect("a row's changes") {
        match key.as_str() {
            "source" => rows[at]["source"] = source(value.as_str().unwrap()),
            "match" => rows[at]["matchingPriority"] = value.clone(),
            "apply" => rows[at]["flowType"] = value.clone(),
            other => panic!("{other}?"),
        }
    }
}

/// Adds an attribute to the target's list unless it is there.
fn list(app: &mut Value, object: &str, name: &str) {
    let objects = app["jobs"][0]["schema"]["directories"][1]["objects"].as_array_mut().unwrap();
    let definition = objects.iter_mut().find(|definition| definition["name"] == kind(object).urn()).unwrap();
    let attributes = definition["attributes"].as_array_mut().unwrap();
    if attributes.iter().all(|attribute| attribute["name"] != name) {
        let mut attribute = attributes.iter().find(|attribute| attribute["name"] == "externalId").unwrap().clone();
        attribute["name"] = json!(name);
        // Only a list attribute receives several app roles.
        attribute["multivalued"] = json!(name == "roles");
        attributes.push(attribute);
    }
}

/// An attribute or an expression, as the service stores it.
fn source(text: &str) -> Value {
    let expression = if text.contains(['(', '"', '[']) { text.to_owned() } else { format!("[{text}]") };
    let tree = parse(&expression).into_result().unwrap();
    match Stored::of(&tree) {
        Some(stored) => stored.to_json(),
        None => {
            let name = expression.split('(').next().unwrap();
            json!({"expression": expression, "name": name, "type": "Function", "parameters": []})
        }
    }
}

fn findings(policy: &Policy, value: &Value) -> Vec<Finding> {
    let text = format!("{value:#}");
    let inspection = Inspection::of(&text);
    let today = "2026-10-05".parse().unwrap();
    let resources = inspection.read().unwrap();
    let judged = resources.iter().map(|resource| {
        let target = Target::new(&inspection, resource, policy, today);
        rules::judge(&target, &Selection::default()).findings
    });
    judged.flatten().collect()
}

/// The findings for a configuration under a profile, each `RULE SUBJECT`, sorted.
fn found(profile: &str, value: &Value) -> Vec<String> {
    let findings = findings(&policy::default_policy(Some(profile)).unwrap(), value);
    let mut found: Vec<String> =
        findings.iter().map(|finding| format!("{} {}", finding.rule.id, finding.subject)).collect();
    found.sort();
    found
}

fn right(profile: &str) -> Value {
    changed(default_app(), &fixture(profile).right)
}

#[test]
fn a_configuration_that_follows_the_guide_has_no_findings() {
    for profile in PROFILES {
        let app = right(profile.name);
        assert_eq!(found(profile.name, &app), [""; 0], "{}", profile.name);
        assert_eq!(found(profile.name, &app["jobs"][0]["schema"]), [""; 0], "{}, the schema alone", profile.name);
    }
}

#[test]
fn a_wrong_configuration_has_exactly_the_expected_findings() {
    for profile in PROFILES {
        let fixture = fixture(profile.name);
        let wrong = changed(changed(default_app(), &fixture.right), &fixture.wrong);
        let mut expected = fixture.findings;
        expected.sort();
        assert_eq!(found(profile.name, &wrong), expected, "{}", profile.name);
    }
}

#[test]
fn every_profile_has_a_fixture_and_every_fixture_a_profile() {
    for entry in fs::read_dir(folder().join("profiles")).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        assert!(PROFILES.iter().any(|profile| name == format!("{}.yaml", profile.name)), "{name}");
    }
    for profile in PROFILES {
        assert!(!fixture(profile.name).findings.is_empty(), "{}", profile.name);
    }
}

#[test]
fn every_profile_can_check_the_apps_of_the_others() {
    let apps: BTreeMap<&str, Value> = PROFILES.iter().map(|profile| (profile.name, right(profile.name))).collect();
    // A few apps for each profile: the next one by name, then every seventh.
    for (number, profile) in PROFILES.iter().enumerate() {
        for (name, app) in apps.iter().cycle().skip(number + 1).step_by(7).take(apps.len().div_ceil(7)) {
            let findings = found(profile.name, app);
            assert!(findings.len() < 40, "{} on {name}: {findings:?}", profile.name);
        }
    }
}

#[test]
fn the_generic_profile_accepts_the_default_mappings() {
    assert_eq!(found("generic", &json_file("default-export.json")), [""; 0]);
    assert_eq!(found("bitwarden", &json_file("default-export.json")), [""; 0]);
    for profile in PROFILES {
        let expected: &[&str] = match profile.name {
            "chainguard" => &["tenant-url-flag connection/tenant-url"],
            "signpath" => &["role-never-removed User/roles", "weak-matching-attribute User/userName"],
            _ => &[],
        };
        assert_eq!(found("generic", &right(profile.name)), expected, "{}", profile.name);
    }
}

#[test]
fn profiles_lists_sources_and_verification() {
    let table = run(&["profiles"]).stdout;
    let list = run(&["profiles", "--format", "json"]).json();
    assert_eq!(list.as_array().unwrap().len(), PROFILES.len());
    for (profile, listed) in PROFILES.iter().zip(list.as_array().unwrap()) {
        assert_eq!(listed["name"], profile.name);
        assert!(table.lines().any(|line| line.starts_with(&format!("{}  ", profile.name))), "{}", profile.name);
        let pages = listed["pages"].as_array().unwrap().iter().chain([&listed["source"]]);
        assert!(pages.into_iter().all(|page| page.as_str().unwrap().starts_with("https://")), "{}", profile.name);
        assert!(!listed["checkedOn"].as_str().unwrap().is_empty(), "{}", profile.name);
        assert_eq!(run(&["profiles", profile.name]).stdout, profile.yaml);
    }
}

#[test]
fn a_policy_extends_or_relaxes_its_profile() {
    let rules = |yaml: &str, app: &Value| -> Vec<(&str, Severity)> {
        let policy = policy::read(yaml, None, rules::ids()).unwrap().remove(0);
        findings(&policy, app).iter().map(|finding| (finding.rule.id, finding.severity)).collect()
    };
    let app = |profile: &str, changes: &str| changed(right(profile), &serde_yaml::from_str(changes).unwrap());

    let extra = app("buildkite", "User/title: { source: jobTitle }");
    assert_eq!(rules("profile: buildkite", &extra), [("forbidden-mapping", Severity::Warning)]);
    for more in ["title: jobTitle", "allow: [title]", "allow: ['*']"] {
        assert_eq!(rules(&format!("profile: buildkite\nmappings: {{ user: {{ {more} }} }}"), &extra), [], "{more}");
    }

    let mut misspelt = right("buildkite");
    let rows = object_mapping(&mut misspelt, "User")["attributeMappings"].as_array_mut().unwrap();
    rows.iter_mut().find(|row| row["targetAttributeName"] == "active").unwrap()["targetAttributeName"] =
        json!("Active");
    assert_eq!(rules("profile: buildkite", &misspelt)[0], ("misspelt-target", Severity::Warning));
    assert!(rules("profile: buildkite", &misspelt).iter().all(|(rule, _)| *rule != "forbidden-mapping"));

    let without = app("chainguard", "url: https://scim.enforce.dev/scim/v2/example-org/example-idp");
    assert_eq!(rules("profile: chainguard", &without), [("tenant-url-flag", Severity::Error)]);
    let softer = "profile: chainguard\nrules: { tenant-url-flag: info }";
    assert_eq!(rules(softer, &without), [("tenant-url-flag", Severity::Info)]);
    let forbidden = "profile: chainguard\napp: { scim-flag: forbidden }";
    assert_eq!(rules(forbidden, &without), []);
    assert_eq!(rules(forbidden, &right("chainguard")), [("tenant-url-flag", Severity::Warning)]);

    let group = app("idmelon", "Group/description: { source: displayName }");
    assert_eq!(rules("profile: idmelon", &group), [("required-mapping-source", Severity::Warning)]);
    let stricter = "profile: idmelon\nmappings: { group: { description: { severity: error } } }";
    assert_eq!(rules(stricter, &group), [("required-mapping-source", Severity::Error)]);

    let own_instance = app("gitlab", "url: https://gitlab.example.com/api/scim/v2/application\nGroup: on");
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/profiles.md")).unwrap();
    let policy = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(rules(policy, &own_instance), []);

    let elsewhere = app("github-emu", "url: https://api.acme.ghe.com/scim/v2/enterprises/acme");
    assert_eq!(rules("profile: github-emu", &elsewhere), []);
    let own = "profile: github-emu\napp: { tenant-url: 'https://api.github.com/*' }";
    assert_eq!(rules(own, &elsewhere), [("tenant-url-mismatch", Severity::Error)]);
}

#[test]
fn policies_in_the_docs_are_valid() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policy.md")).unwrap();
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let policies: Vec<&str> =
        blocks.filter(|block| block.contains("version:") || block.starts_with("mappings:")).collect();
    assert_eq!(policies.len(), 3);
    for yaml in policies {
        policy::read(yaml, None, rules::ids()).unwrap_or_else(|error| panic!("{error}: {yaml}"));
    }
}

#[test]
fn profile_requirements_with_one_solution_are_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.json");
    let check = |profile: &str| run(&["check", file.to_str().unwrap(), "--profile", profile, "--format", "json"]);
    let fixes_of = |profile: &str, changes: &str| {
        let changes: Changes = serde_yaml::from_str(changes).unwrap();
        let app = changed(right(profile), &changes);
        fs::write(&file, format!("{:#}\n", app["jobs"][0]["schema"])).unwrap();
        assert_eq!(check(profile).json()["summary"]["error"], 1, "{profile}");
        run(&["fix", file.to_str().unwrap(), "--profile", profile, "--unsafe"]);
        check(profile).json()["findings"].as_array().unwrap().len()
    };
    assert_eq!(fixes_of("gitlab", "User/name.formatted: { source: department }"), 0);
    assert_eq!(fixes_of("signpath", "User/roles: none"), 0);
    assert_eq!(
        fixes_of("signpath", "User/externalId: { source: objectId }"),
        1,
        "the identifier of the SSO is unknown"
    );
}
