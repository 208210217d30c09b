//! What mutations begin with: the fixtures and the examples on the pages of rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::common::graph::SCHEMA;
use crate::common::page::{blocks, file, policy as policy_of, written_out};
use provlint::document;
use provlint::model;
use provlint::rules::RULES;
use serde_json::Value;

/// Longer texts take most of the time and find nothing that shorter ones don't.
const LONGEST: usize = 200_000;

static ALL: LazyLock<Vec<Value>> = LazyLock::new(all);

/// Schemas, and lists of them.
pub static SCHEMAS: LazyLock<Vec<Value>> =
    LazyLock::new(|| ALL.iter().filter(|value| value["provlint"].is_null()).cloned().collect());

/// Snapshots.
pub static SNAPSHOTS: LazyLock<Vec<Value>> =
    LazyLock::new(|| ALL.iter().filter(|value| !value["provlint"].is_null()).cloned().collect());

/// Policies: the profiles, the file that `init` writes, and those on the pages.
pub static POLICIES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = files("src/policy/profiles");
    texts.push(root.join("src/cli/init.yaml"));
    let mut texts: Vec<String> = texts.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    // The body of a profile is a policy.
    texts.extend(texts.clone().iter().filter_map(|text| Some(unindented(text.split_once("\npolicy:\n")?.1))));
    let docs = fs::read_to_string(root.join("docs/policy.md")).unwrap();
    texts.extend(blocks(&docs).into_iter().filter(|block| block.info.starts_with("yaml")).map(|block| block.text));
    texts.extend(RULES.iter().map(|rule| policy_of(&blocks(rule.metadata.page)).to_owned()));
    texts.retain(|text| !text.is_empty());
    texts.sort();
    texts.dedup();
    texts
});

/// Policies that a schema can be fixed by.
pub static READABLE_POLICIES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let readable = |text: &&String| provlint::policy::read(text, None, provlint::rules::ids()).is_ok();
    let of_profile = |profile: &provlint::policy::Profile| format!("version: 1\nprofile: {}\n", profile.name);
    POLICIES.iter().filter(readable).cloned().chain(provlint::policy::PROFILES.iter().map(of_profile)).collect()
});

/// Expressions: those of the documentation, and of every schema.
pub static EXPRESSIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let documented: Value = serde_json::from_str(include_str!("../../data/expressions.json")).unwrap();
    let mut found = Vec::new();
    SCHEMAS.iter().chain([&documented]).for_each(|value| expressions(value, &mut found));
    found.sort();
    found.dedup();
    found
});

/// Files of users.
pub static USERS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let paths = files("fixtures/users").into_iter().chain(files("fixtures/users/broken"));
    paths.map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()).collect()
});

fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        Value::Object(members) => {
            found.extend(members.get("expression").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| expressions(member, found));
        }
        _ => {}
    }
}

fn unindented(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or(line))).collect()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

/// Every schema and snapshot, with attribute lists of what its rows use.
fn all() -> Vec<Value> {
    let fixtures = files("fixtures").into_iter().filter_map(|path| {
        let (_, text) = document::decode(fs::read(path).unwrap()).ok()?;
        (text.len() < LONGEST).then(|| serde_json::from_str(&text).ok()).flatten()
    });
    let examples = RULES.iter().flat_map(|rule| blocks(rule.metadata.page)).filter_map(|block| {
        let (_, place) = block.info.strip_prefix("json bad")?.split_once(' ').unwrap_or(("", "file"));
        Some(file(place, &serde_json::from_str(&written_out(&block.text)).ok()?))
    });
    let shortened = fixtures.chain(examples).map(|mut value| {
        shorten(&mut value);
        (value.to_string(), value)
    });
    // Equal ones only once, always in the same order.
    let seeds: BTreeMap<String, Value> =
        shortened.filter(|(text, _)| text.len() < LONGEST && model::read(text).is_ok()).collect();
    seeds.into_values().collect()
}

/// Target attributes whose rows stay: those that rules know.
const KNOWN: [&str; 9] =
    ["externalId", "userName", "active", "title", "displayName", "members", "manager", "mailNickname", "roles"];

/// Shortens the lists of every schema in a value: only rows that rules know or that are not those of the usual export
/// remain, and the attributes that these use.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(members) if members.contains_key("directories") => {
            let lists = |value: &mut Value, list: &str, inner: &str, keep: &dyn Fn(&Value) -> bool| {
                let outer = value.as_array_mut().into_iter().flatten();
                for item in outer.filter_map(|item| item[list].as_array_mut()).flatten() {
                    if let Some(items) = item[inner].as_array_mut() {
                        items.retain(keep);
                    }
                }
            };
            let is_own = |row: &Value| {
                let target = row["targetAttributeName"].as_str().unwrap_or_default();
                KNOWN.contains(&target) || row["matchingPriority"] != 0 || !USUAL.contains(&row.to_string())
            };
            if let Some(rules) = members.get_mut("synchronizationRules") {
                lists(rules, "objectMappings", "attributeMappings", &is_own);
            }
            let rules = members.get("synchronizationRules").map(Value::to_string).unwrap_or_default();
            let is_used = |attribute: &Value| {
                let used = attribute["name"].as_str().is_some_and(|name| rules.contains(name));
                used || attribute["anchor"] == true || attribute["required"] == true
            };
            lists(&mut members["directories"], "objects", "attributes", &is_used);
        }
        Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}

/// The rows of the usual export.
static USUAL: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mappings = SCHEMA["synchronizationRules"][0]["objectMappings"].as_array().unwrap();
    mappings.iter().flat_map(|mapping| mapping["attributeMappings"].as_array().unwrap()).map(Value::to_string).collect()
});
