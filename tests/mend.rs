//! Every fix of every fixture, made to the end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::subsequence;
use provlint::document;
use provlint::finding::{Applicability, Evidence, Finding};
use provlint::fix::{Made, mend};
use provlint::inspection::Inspection;
use provlint::model;
use provlint::policy::{self, Policy};
use provlint::rules::{self, Selection, Target};
use serde_json::{Value, json};

fn judge(text: &str) -> Option<Vec<Finding>> {
    judge_by(&policy::default_policy(None).unwrap(), text)
}

fn judge_by(policy: &Policy, text: &str) -> Option<Vec<Finding>> {
    let resources = model::read(text).ok()?;
    let inspection = Inspection::of(text);
    let today = "2026-11-23".parse().unwrap();
    let targets = resources.iter().map(|resource| Target::new(text, resource, policy, &inspection, today));
    Some(targets.flat_map(|target| rules::judge(&target, &Selection::default()).findings).collect())
}

fn fixtures() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut texts: Vec<(String, String)> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let (_, text) = document::decode(std::fs::read(&path).unwrap()).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), text)
        })
        .filter(|(_, text)| judge(text).is_some())
        .collect();
    texts.sort();
    texts
}

fn fixable(findings: &[Finding], worst: Applicability) -> Vec<String> {
    let may = |finding: &&Finding| {
        finding.fix.as_ref().is_some_and(|fix| {
            !fix.changes.is_empty() && (fix.applicability == Applicability::Safe || worst == Applicability::Unsafe)
        })
    };
    findings.iter().filter(may).map(|finding| format!("{} {}", finding.rule.id, finding.subject)).collect()
}

#[test]
fn no_fixture_has_a_fix_left_and_a_second_time_nothing_is_done() {
    let mut made = BTreeSet::new();
    for (name, text) in fixtures() {
        for worst in [Applicability::Safe, Applicability::Unsafe] {
            let mended = mend(&text, worst, judge).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(fixable(&mended.left, worst), [""; 0], "{name}");
            let again = mend(&mended.text, worst, judge).unwrap();
            assert_eq!((again.made.len(), &again.text), (0, &mended.text), "{name}");
            assert_eq!(mended.made.is_empty(), mended.text == text, "{name}");
            made.extend(mended.made.iter().map(|made| made.finding.rule.id));
        }
    }
    assert!(made.len() > 8, "fixes of few rules were made: {made:?}");
}

#[test]
fn the_default_export_is_mended_by_the_one_source_that_total_needs() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/default-export.json")).unwrap();
    let right = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/total-export.json")).unwrap();
    let mended = mend(&text, Applicability::Unsafe, judge).unwrap();
    assert_eq!(mended.text, right);
    assert_eq!(mended.left.len(), 0);
    let changed = text.lines().zip(right.lines()).filter(|(left, right)| left != right).count();
    assert!(changed <= 3 && text.lines().count() == right.lines().count(), "{changed} lines");
}

const RIGHT: &str = include_str!("../fixtures/total-export.json");
const USER: usize = 0;
const GROUP: usize = 1;

fn mapping(schema: &mut Value, kind: usize) -> &mut Value {
    let mappings = schema["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    let urn = if kind == USER { ":User" } else { ":Group" };
    mappings.iter_mut().find(|mapping| mapping["targetObjectName"].as_str().unwrap().ends_with(urn)).unwrap()
}

fn rows(schema: &mut Value, kind: usize) -> &mut Vec<Value> {
    mapping(schema, kind)["attributeMappings"].as_array_mut().unwrap()
}

fn row<'s>(schema: &'s mut Value, kind: usize, target: &str) -> Option<&'s mut Value> {
    rows(schema, kind).iter_mut().find(|row| row["targetAttributeName"] == target)
}

fn feed(name: &str) -> Value {
    json!({"expression": format!("[{name}]"), "name": name, "type": "Attribute", "parameters": []})
}

/// Mistakes that people make, each of which may meet the others.
const MISTAKES: &[fn(&mut Value)] = &[
    |schema| row(schema, USER, "externalId").into_iter().for_each(|row| row["source"] = feed("mailNickname")),
    |schema| row(schema, USER, "externalId").into_iter().for_each(|row| row["flowType"] = json!("ObjectAddOnly")),
    |schema| row(schema, USER, "title").into_iter().for_each(|row| row["source"] = feed("displayName")),
    |schema| row(schema, USER, "title").into_iter().for_each(|row| row["defaultValue"] = json!("none")),
    |schema| row(schema, USER, "title").into_iter().for_each(|row| row["targetAttributeName"] = json!("Title")),
    |schema| rows(schema, USER).retain(|row| row["targetAttributeName"] != "title"),
    |schema| rows(schema, USER).retain(|row| row["targetAttributeName"] != "externalId"),
    |schema| rows(schema, USER).retain(|row| row["targetAttributeName"] != "active"),
    |schema| {
        rows(schema, USER).push(json!({"targetAttributeName": "title", "source": feed("city"), "matchingPriority": 0, "flowType": "Always"}))
    },
    |schema| {
        rows(schema, USER).push(json!({"targetAttributeName": "nickName", "source": feed("mailNickName"), "matchingPriority": 0, "flowType": "Always"}))
    },
    |schema| rows(schema, USER).iter_mut().for_each(|row| row["matchingPriority"] = json!(0)),
    |schema| rows(schema, USER).iter_mut().take(4).for_each(|row| row["matchingPriority"] = json!(2)),
    |schema| mapping(schema, USER)["flowTypes"] = json!("Add"),
    |schema| mapping(schema, USER)["enabled"] = json!(false),
    |schema| mapping(schema, GROUP)["enabled"] = json!(false),
    |schema| mapping(schema, GROUP)["flowTypes"] = json!("Update"),
    |schema| rows(schema, GROUP).retain(|row| row["targetAttributeName"] != "members"),
    |schema| row(schema, GROUP, "externalId").into_iter().for_each(|row| row["source"] = feed("displayName")),
    |schema| {
        mapping(schema, USER)["scope"] =
            json!({"groups": [], "inputFilterGroups": [{"name": "x", "clauses": []}], "categoryFilterGroups": []});
    },
    |schema| {
        row(schema, USER, "externalId").into_iter().for_each(|row| row["source"]["expression"] = json!("[mail]"));
    },
    |schema| row(schema, USER, "userName").into_iter().for_each(|row| row["source"] = feed("city")),
    |schema| {
        rows(schema, USER).push(json!({"targetAttributeName": "id", "source": feed("objectId"), "matchingPriority": 0, "flowType": "Always"}))
    },
];

/// What tools write: as Graph gives it, on one line, by tabs, with the line ends of Windows.
const LAYOUTS: &[fn(&Value) -> String] = &[
    |schema| format!("{schema:#}\n"),
    |schema| schema.to_string(),
    |schema| format!("{schema:#}").replace("  ", "\t"),
    |schema| format!("{schema:#}\n").replace('\n', "\r\n"),
];

/// A schema without what mistakes and their fixes are about.
fn rest(text: &str) -> Value {
    let mut schema: Value = serde_json::from_str(text).unwrap();
    for kind in [USER, GROUP] {
        let mapping = mapping(&mut schema, kind).as_object_mut().unwrap();
        for key in ["attributeMappings", "flowTypes", "enabled", "scope"] {
            mapping.remove(key);
        }
    }
    schema
}

/// Rules of the schema whose fixes are made, by the mistakes above and the fixtures.
#[test]
fn every_rule_with_a_fix_has_it_made_and_is_silent_then() {
    let mut texts = fixtures();
    for mistake in MISTAKES {
        let mut schema: Value = serde_json::from_str(RIGHT).unwrap();
        mistake(&mut schema);
        texts.push((String::new(), format!("{schema:#}\n")));
    }
    let usual = policy::default_policy(None).unwrap();
    let yaml = "version: 1\nprofile: truu-total\nmappings:\n  user:\n    forbid: [displayName]\n    userName: { any-of: [userPrincipalName], precedence: 2 }\n    externalId: { any-of: [objectId], precedence: 1 }\n  group:\n    enabled: false\n";
    let strict = policy::read(yaml, None, rules::ids()).unwrap().remove(0);
    let texts = texts.iter().map(|(_, text)| (&usual, text.as_str())).chain([(&strict, RIGHT)]);
    let mut made = BTreeSet::new();
    for (policy, text) in texts {
        let mended = mend(text, Applicability::Unsafe, |text| judge_by(policy, text)).unwrap();
        for Made { finding, .. } in &mended.made {
            made.insert(finding.rule.id);
            let still =
                mended.left.iter().any(|left| (left.rule.id, &left.subject) == (finding.rule.id, &finding.subject));
            assert!(!still, "{} is still found at {}", finding.rule.id, finding.subject);
        }
    }
    let of_schema = |evidence: &[Evidence]| evidence == [Evidence::Schema];
    let fixable: BTreeSet<&str> = rules::RULES
        .iter()
        .map(|rule| &rule.metadata)
        .filter(|rule| rule.fix != Applicability::Manual && of_schema(rule.evidence))
        .map(|rule| rule.id)
        .collect();
    assert_eq!(fixable.difference(&made).collect::<Vec<_>>(), [&""; 0], "rules whose fix no test makes");
}

/// Takes an attribute from every list of the directory that `entra` means.
fn unlist(schema: &mut Value, entra: bool, name: &str) {
    for directory in schema["directories"].as_array_mut().unwrap() {
        if (directory["name"] != "customappsso") == entra {
            for object in directory["objects"].as_array_mut().unwrap() {
                object["attributes"].as_array_mut().unwrap().retain(|attribute| attribute["name"] != name);
            }
        }
    }
}

#[test]
fn a_fix_that_entra_would_refuse_is_not_offered() {
    for (mistake, unlisted, rule) in [
        (0, (true, "objectId"), "required-mapping-source"),
        (5, (false, "title"), "required-mapping-missing"),
        (5, (true, "jobTitle"), "required-mapping-missing"),
    ] {
        let mut schema: Value = serde_json::from_str(RIGHT).unwrap();
        MISTAKES[mistake](&mut schema);
        let fixes = |schema: &Value| {
            let found = judge(&schema.to_string()).unwrap().into_iter().find(|finding| finding.rule.id == rule);
            found.unwrap().fix.unwrap()
        };
        assert!(!fixes(&schema).changes.is_empty(), "{rule}");
        unlist(&mut schema, unlisted.0, unlisted.1);
        let fix = fixes(&schema);
        assert!(fix.changes.is_empty() && fix.applicability == Applicability::Manual, "{rule}: {fix:?}");
        assert!(!fix.portal.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mistakes_together_are_mended_to_the_end_and_nothing_else_is_touched(
        mistakes in subsequence((0..MISTAKES.len()).collect::<Vec<_>>(), 0..8),
        layout in 0..LAYOUTS.len(),
    ) {
        let mut schema: Value = serde_json::from_str(RIGHT).unwrap();
        mistakes.iter().for_each(|mistake| MISTAKES[*mistake](&mut schema));
        let text = LAYOUTS[layout](&schema);
        for worst in [Applicability::Safe, Applicability::Unsafe] {
            let mended = mend(&text, worst, judge).unwrap_or_else(|error| panic!("{mistakes:?}: {error}"));
            prop_assert_eq!(fixable(&mended.left, worst), [""; 0], "{:?}", mistakes);
            let again = mend(&mended.text, worst, judge).unwrap();
            prop_assert_eq!((again.made.len(), &again.text), (0, &mended.text));
            prop_assert_eq!(rest(&text), rest(&mended.text));
            let windows = |text: &str| (text.matches('\n').count(), text.matches("\r\n").count());
            let (lines, ends) = windows(&mended.text);
            prop_assert!(ends == 0 || ends == lines, "line ends are mixed");
        }
    }
}
