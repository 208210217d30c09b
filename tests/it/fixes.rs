//! Applies every fix of every fixture.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::layout::{LAYOUTS, Layout, camel, pascal};
use proptest::prelude::*;
use proptest::sample::subsequence;
use provlint::document;
use provlint::finding::{Applicability, Evidence, Finding};
use provlint::fix::diff::{Sign, hunks};
use provlint::fix::{FixedText, Made, apply_fixes};
use provlint::inspection::Inspection;
use provlint::policy::{self, Policy};
use provlint::rules::{self, Selection, Target};
use serde_json::{Value, json};

fn judge(text: &str) -> Option<Vec<Finding>> {
    judge_by(&policy::default_policy(None).unwrap(), text)
}

fn judge_by(policy: &Policy, text: &str) -> Option<Vec<Finding>> {
    let inspection = Inspection::of(text);
    let resources = inspection.read().ok()?;
    let today = "2026-11-23".parse().unwrap();
    let targets = resources.iter().map(|resource| Target::new(&inspection, resource, policy, today));
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
fn fixing_every_fixture_is_complete_and_idempotent() {
    let mut made = BTreeSet::new();
    for (name, text) in fixtures() {
        for worst in [Applicability::Safe, Applicability::Unsafe] {
            let fixed = apply_fixes(&text, worst, judge).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(fixable(&fixed.left, worst), [""; 0], "{name}");
            let again = apply_fixes(&fixed.text, worst, judge).unwrap();
            assert_eq!((again.made.len(), &again.text), (0, &fixed.text), "{name}");
            assert_eq!(fixed.made.is_empty(), fixed.text == text, "{name}");
            made.extend(fixed.made.iter().map(|made| made.finding.rule.id));
        }
    }
    assert!(made.len() > 8, "only these rules were fixed: {made:?}");
}

#[test]
fn fixing_the_default_export_gives_the_correct_export() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/default-export.json")).unwrap();
    let right = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/total-export.json")).unwrap();
    let fixed = apply_fixes(&text, Applicability::Unsafe, judge).unwrap();
    assert_eq!(fixed.text, right);
    assert_eq!(fixed.left.len(), 0);
    let changed = text.lines().zip(right.lines()).filter(|(left, right)| left != right).count();
    assert!(changed <= 3 && text.lines().count() == right.lines().count(), "{changed} lines");
}

const RIGHT: &str = include_str!("../../fixtures/total-export.json");
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

/// Common mistakes; any of them may occur together.
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
    |schema| row(schema, USER, "externalId").into_iter().for_each(|row| row["source"] = json!({})),
    |schema| row(schema, USER, "active").into_iter().for_each(|row| row["source"] = json!({})),
    |schema| row(schema, USER, "title").into_iter().for_each(|row| row["source"] = Value::Null),
    |schema| {
        row(schema, USER, "displayName").into_iter().for_each(|row| {
            row["source"] = json!({"expression": "Join(“ ”, [givenName], [surname])", "name": "Join", "type": "Function", "parameters": []});
        });
    },
];

/// Compares a fixed schema with the original. In a row that exists before and after, only the parts that its fixes name
/// may differ; rows are added or removed only by a fix; everything outside the mappings stays.
fn expect_nothing_else_changed(before: &str, fixed: &FixedText) {
    let [mut before, mut after]: [Value; 2] = [before, &fixed.text].map(camel);
    // By mapping: added or removed rows, by target; changed parts of rows, by target or of all; other changes.
    let mut rows_moved: BTreeSet<(String, String)> = BTreeSet::new();
    let mut of_rows: BTreeMap<(String, Option<String>), BTreeSet<String>> = BTreeMap::new();
    let mut of_mappings: BTreeSet<(String, String)> = BTreeSet::new();
    for Made { finding, values, .. } in &fixed.made {
        let target = finding.subject.split_once('/').map(|(_, target)| target.to_owned());
        for value in values {
            let lower = |key: String| key[..1].to_ascii_lowercase() + &key[1..];
            let way: Vec<String> = value.pointer.segments().map(lower).collect();
            let [_, _, _, mapping, list, rest @ ..] = way.as_slice() else { panic!("{} of no mapping", value.pointer) };
            match rest {
                [] => drop(of_mappings.insert((mapping.clone(), list.clone()))),
                [_] => {
                    let row = camel(&value.old.as_ref().or(value.new.as_ref()).unwrap().to_string());
                    rows_moved.insert((mapping.clone(), row["targetAttributeName"].as_str().unwrap().to_lowercase()));
                }
                [_, part, ..] => {
                    // A renamed row has the old name before and the new name after.
                    let names = [&value.old, &value.new].into_iter().flatten().filter_map(Value::as_str);
                    let names = names.filter(|_| part == "targetAttributeName").map(|name| Some(name.to_owned()));
                    for whose in names.chain([target.clone()]) {
                        of_rows.entry((mapping.clone(), whose)).or_default().insert(part.clone());
                    }
                }
            }
        }
    }
    for schema in [&mut before, &mut after] {
        let mappings = schema["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
        for (mapping, number) in mappings.iter_mut().zip(0..).map(|(mapping, number)| (mapping, format!("{number}"))) {
            for (of, part) in &of_mappings {
                if *of == number {
                    mapping.as_object_mut().unwrap().remove(part);
                }
            }
            let rows = mapping["attributeMappings"].as_array_mut().unwrap();
            let target = |row: &Value| row["targetAttributeName"].as_str().unwrap().to_lowercase();
            rows.retain(|row| !rows_moved.contains(&(number.clone(), target(row))));
            for row in rows {
                let named = target(row);
                for ((of, whose), parts) in &of_rows {
                    if *of == number && whose.as_ref().is_none_or(|whose| whose.to_lowercase() == named) {
                        parts.iter().for_each(|part| drop(row.as_object_mut().unwrap().remove(part)));
                    }
                }
            }
        }
    }
    expect_same_lines(&format!("{before:#}"), &format!("{after:#}"), "");
}

/// Compares long texts and shows only the first differing lines.
fn expect_same_lines(left: &str, right: &str, what: &str) {
    let differing = left.lines().zip(right.lines()).find(|(left, right)| left != right);
    assert!(left == right, "{what}: {differing:#?}, {} and {} lines", left.lines().count(), right.lines().count());
}

#[test]
fn the_comparison_detects_changes_that_no_fix_lists() {
    let text = LAYOUTS[0].print(&serde_json::from_str(RIGHT).unwrap());
    let mut fixed = apply_fixes(&text, Applicability::Unsafe, judge).unwrap();
    expect_nothing_else_changed(&text, &fixed);
    for (from, to) in [("[jobTitle]", "[city]"), ("\"Add,Update,Delete\"", "\"Add\""), ("\"String\"", "\"Boolean\"")] {
        fixed.text = text.replacen(from, to, 1);
        assert_ne!(fixed.text, text);
        assert!(std::panic::catch_unwind(|| expect_nothing_else_changed(&text, &fixed)).is_err(), "{from}");
    }
}

/// Texts with a mistake for every fixable rule, each with its policy.
fn mistaken() -> Vec<(Policy, String)> {
    let usual = policy::default_policy(None).unwrap();
    let mut texts: Vec<(Policy, String)> = fixtures().into_iter().map(|(_, text)| (usual.clone(), text)).collect();
    for mistake in MISTAKES {
        let mut schema: Value = serde_json::from_str(RIGHT).unwrap();
        mistake(&mut schema);
        texts.push((usual.clone(), format!("{schema:#}\n")));
    }
    let yaml = "version: 1\nprofile: truu-total\nmappings:\n  user:\n    forbid: [displayName]\n    userName: { any-of: [userPrincipalName], precedence: 2 }\n    externalId: { any-of: [objectId], precedence: 1 }\n  group:\n    enabled: false\n";
    texts.push((policy::read(yaml, None, rules::ids()).unwrap().remove(0), RIGHT.to_owned()));
    texts
}

/// The mistakes above and the fixtures cover every fixable rule of the schema.
#[test]
fn every_fix_removes_the_finding_of_its_rule() {
    let mut made = BTreeSet::new();
    for (policy, text) in mistaken() {
        let fixed = apply_fixes(&text, Applicability::Unsafe, |text| judge_by(&policy, text)).unwrap();
        for Made { finding, .. } in &fixed.made {
            made.insert(finding.rule.id);
            let still =
                fixed.left.iter().any(|left| (left.rule.id, &left.subject) == (finding.rule.id, &finding.subject));
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
    assert_eq!(fixable.difference(&made).collect::<Vec<_>>(), [&""; 0], "rules whose fix is not tested");
}

/// The smallest number of removed and added lines of any diff.
fn fewest(before: &str, after: &str) -> usize {
    let [mut before, mut after]: [Vec<&str>; 2] = [before, after].map(|text| text.split_inclusive('\n').collect());
    let same = before.iter().zip(&after).take_while(|(left, right)| left == right).count();
    before.drain(..same);
    after.drain(..same);
    while before.last().is_some_and(|last| Some(last) == after.last()) {
        before.pop();
        after.pop();
    }
    let mut common = vec![0; after.len() + 1];
    for old in &before {
        let mut diagonal = 0;
        for (at, new) in after.iter().enumerate() {
            let above = common[at + 1];
            common[at + 1] = if old == new { diagonal + 1 } else { above.max(common[at]) };
            diagonal = above;
        }
    }
    before.len() + after.len() - 2 * common[after.len()]
}

#[test]
fn fixes_and_diffs_are_minimal() {
    for (policy, text) in mistaken() {
        let rules: BTreeSet<&str> = judge_by(&policy, &text).unwrap().iter().map(|finding| finding.rule.id).collect();
        for rule in rules {
            let by_rule = |text: &str| {
                let mut found = judge_by(&policy, text)?;
                found.retain(|finding| finding.rule.id == rule);
                Some(found)
            };
            let fixed = apply_fixes(&text, Applicability::Unsafe, by_rule).unwrap();
            let changed = hunks(&text, &fixed.text, &[]).into_iter().flat_map(|hunk| hunk.lines);
            let changed = changed.filter(|(sign, _)| *sign != Sign::Same).count();
            assert_eq!(changed, fewest(&text, &fixed.text), "{rule}");
            if serde_json::from_str::<Value>(&text).unwrap()["synchronizationRules"].is_array() {
                expect_nothing_else_changed(&text, &fixed);
            }
        }
    }
}

/// Removes an attribute from every list of Entra's or the app's directory.
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
fn fixes_that_entra_would_refuse_are_not_offered() {
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

/// A schema of which a failing test prints only the user rows.
struct Schema(Value);

impl std::fmt::Debug for Schema {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", Value::from(rows(&mut self.0.clone(), USER).clone()))
    }
}

/// A random correct schema: rows in any order, some omitted, and unknown members.
fn any_schema() -> impl Strategy<Value = Schema> {
    let right: Value = serde_json::from_str(RIGHT).unwrap();
    let users = rows(&mut right.clone(), USER).clone();
    let spare = |row: &&Value| {
        let target = row["targetAttributeName"].as_str().unwrap();
        row["matchingPriority"] == 0
            && !["externalId", "title", "active", "displayName"].contains(&target)
            && !target.starts_with("emails")
    };
    let spare: Vec<Value> = users.iter().filter(spare).cloned().collect();
    let strange = prop_oneof![
        Just(json!(null)),
        Just(json!({"a": [], "b": {}, "é\"": [1, [2, {"c": "}, {"}]]})),
        any::<i32>().prop_map(Value::from),
    ];
    let all = Just(users).prop_shuffle();
    let left_out = subsequence(spare.clone(), 0..spare.len());
    (all, left_out, proptest::option::of((0..3_usize, strange))).prop_map(move |(mut users, left_out, strange)| {
        users.retain(|row| !left_out.contains(row));
        if let Some((at, strange)) = strange {
            users[at]["strange"] = strange;
        }
        let mut schema = right.clone();
        *rows(&mut schema, USER) = users;
        Schema(schema)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_combination_of_mistakes_is_fixed_and_nothing_else_changes(
        Schema(mut schema) in any_schema(),
        mistakes in subsequence((0..MISTAKES.len()).collect::<Vec<_>>(), 0..8),
        layout in 0..LAYOUTS.len(),
        of_powershell in any::<bool>(),
    ) {
        let layout: &Layout = &LAYOUTS[layout];
        let spell = |schema: &Value| if of_powershell { pascal(schema) } else { schema.clone() };
        mistakes.iter().for_each(|mistake| MISTAKES[*mistake](&mut schema));
        let text = layout.print(&spell(&schema));
        for worst in [Applicability::Safe, Applicability::Unsafe] {
            let fixed = apply_fixes(&text, worst, judge).unwrap_or_else(|error| panic!("{mistakes:?}: {error}"));
            prop_assert_eq!(fixable(&fixed.left, worst), [""; 0], "{:?}", mistakes);
            let again = apply_fixes(&fixed.text, worst, judge).unwrap();
            prop_assert_eq!((again.made.len(), &again.text), (0, &fixed.text));
            expect_nothing_else_changed(&text, &fixed);
            // Added text has the layout of the tool that wrote the file.
            let parsed: Value = serde_json::from_str(&fixed.text).unwrap();
            expect_same_lines(&fixed.text, &layout.print(&parsed), &format!("{}, {mistakes:?}", layout.name));
        }
    }
}

/// Makes a target attribute of users the app's own key, so that the rules that require it contradict `anchor-mapped`.
fn make_anchor(schema: &mut Value, name: &str) {
    for directory in schema["directories"].as_array_mut().unwrap() {
        for object in directory["objects"].as_array_mut().unwrap() {
            if object["name"].as_str().unwrap().ends_with(":User") {
                let attributes = object["attributes"].as_array_mut().unwrap().iter_mut();
                attributes
                    .filter(|attribute| attribute["name"] == name)
                    .for_each(|anchor| anchor["anchor"] = json!(true));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_that_contradict_each_other_prevent_no_other_fix(
        mistakes in subsequence((0..MISTAKES.len()).collect::<Vec<_>>(), 0..6),
        anchors in subsequence(vec!["externalId", "title", "active"], 1..=3),
    ) {
        let mut schema: Value = serde_json::from_str(RIGHT).unwrap();
        mistakes.iter().for_each(|mistake| MISTAKES[*mistake](&mut schema));
        let made = |schema: &Value| {
            let fixed = apply_fixes(&schema.to_string(), Applicability::Unsafe, judge).unwrap();
            let made: BTreeSet<(&str, String)> =
                fixed.made.iter().map(|made| (made.finding.rule.id, made.finding.subject.clone())).collect();
            (made, fixed)
        };
        let (without, _) = made(&schema);
        anchors.iter().for_each(|name| make_anchor(&mut schema, name));
        let (with, fixed) = made(&schema);
        prop_assert_eq!(fixable(&fixed.left, Applicability::Unsafe), [""; 0]);
        let concerned = |subject: &str| anchors.iter().any(|name| subject.eq_ignore_ascii_case(&format!("User/{name}")));
        let lost: Vec<_> = without.difference(&with).filter(|(_, subject)| !concerned(subject)).collect();
        prop_assert!(lost.is_empty(), "{:?}, {:?}", lost, mistakes);
        for name in &anchors {
            let subject = format!("User/{name}");
            let named = fixed.left.iter().filter(|left| left.subject == subject).any(|left| {
                let others = ["anchor-mapped", "required-mapping-missing", "active-missing"];
                left.help.starts_with("Not fixed: ")
                    && others.iter().any(|other| *other != left.rule.id && left.help.contains(other))
            });
            prop_assert!(named, "{}: {:?}", name, fixed.left);
        }
    }
}

#[test]
fn a_precedence_that_the_policy_requires_is_not_numbered_away() {
    for (externally, named, expected) in
        [(1, 0, [("externalId", 1), ("userName", 2)]), (0, 2, [("externalId", 0), ("userName", 2)])]
    {
        let wanted = |target: &str, precedence: i64| match precedence {
            0 => String::new(),
            precedence => format!("    {target}: {{ precedence: {precedence} }}\n"),
        };
        let yaml = format!("mappings:\n  user:\n{}{}", wanted("externalId", externally), wanted("userName", named));
        let policy = policy::read(&yaml, None, rules::ids()).unwrap().remove(0);
        let fixed = apply_fixes(RIGHT, Applicability::Unsafe, |text| judge_by(&policy, text)).unwrap();
        let mut after: Value = serde_json::from_str(&fixed.text).unwrap();
        let left: Vec<(&str, &str)> = fixed.left.iter().map(|left| (left.rule.id, left.help.as_str())).collect();
        assert_eq!(left, [("", ""); 0], "{yaml}");
        for (target, precedence) in expected {
            assert_eq!(row(&mut after, USER, target).unwrap()["matchingPriority"], precedence, "{target}: {yaml}");
        }
    }
}

type Mistake = fn(&mut Value);

/// Mistakes whose fixes could cause another finding.
const DELICATE: &[(&str, Mistake)] = &[
    ("a misspelt externalId of a group", |schema| rename(schema, GROUP, "externalId", " externalId")),
    ("misspelt members of a group", |schema| rename(schema, GROUP, "members", "members ")),
    ("a misspelt active", |schema| rename(schema, USER, "active", "active ")),
    ("a misspelt title beside the right one", |schema| twice(schema, "title", "title ")),
    ("two spellings of title", |schema| {
        twice(schema, "title", "title ");
        rename(schema, USER, "title", "tit le");
    }),
    ("two weak matching attributes alone", |schema| {
        rows(schema, USER).retain(|row| row["targetAttributeName"] != "userName");
        for (rank, target, source) in [(1, "displayName", "displayName"), (2, "name.givenName", "givenName")] {
            rows(schema, USER).retain(|row| row["targetAttributeName"] != target);
            rows(schema, USER)
                .push(json!({"targetAttributeName": target, "source": feed(source), "matchingPriority": rank,
                "flowType": "Always"}));
        }
    }),
    ("a constant name that nothing matches by", |schema| {
        for row in rows(schema, GROUP) {
            row["matchingPriority"] = json!(0);
            if row["targetAttributeName"] == "displayName" {
                row["source"] =
                    json!({"expression": "\"Staff\"", "name": "Staff", "type": "Constant", "parameters": []});
            }
        }
    }),
    ("three rows of one precedence", |schema| {
        for target in ["externalId", "userName", "title"] {
            row(schema, USER, target).into_iter().for_each(|row| row["matchingPriority"] = json!(5));
        }
    }),
    ("rows of the last precedence there is", |schema| {
        for target in ["externalId", "userName", "title"] {
            row(schema, USER, target).into_iter().for_each(|row| row["matchingPriority"] = json!(i64::MAX));
        }
    }),
];

fn rename(schema: &mut Value, kind: usize, target: &str, name: &str) {
    row(schema, kind, target).unwrap()["targetAttributeName"] = json!(name);
}

fn twice(schema: &mut Value, target: &str, name: &str) {
    let mut again = row(schema, USER, target).unwrap().clone();
    again["targetAttributeName"] = json!(name);
    rows(schema, USER).push(again);
}

#[test]
fn fixes_introduce_no_new_findings() {
    for (name, mistake) in DELICATE {
        let mut schema: Value = serde_json::from_str(RIGHT).unwrap();
        mistake(&mut schema);
        let text = serde_json::to_string_pretty(&schema).unwrap();
        let errors = |findings: &[Finding]| -> BTreeSet<String> {
            findings.iter().map(|found| found.rule.id.to_owned()).collect()
        };
        let before = errors(&judge(&text).unwrap());
        assert!(!before.is_empty(), "{name}");
        for worst in [Applicability::Safe, Applicability::Unsafe] {
            let fixed = apply_fixes(&text, worst, judge).unwrap();
            let after = errors(&fixed.left);
            assert!(after.is_subset(&before), "{name}, {worst:?}: {before:?} became {after:?}");
        }
    }
}

#[test]
fn enabling_one_action_enables_no_other() {
    let mut schema: Value = serde_json::from_str(RIGHT).unwrap();
    mapping(&mut schema, USER)["flowTypes"] = json!("Update");
    let without_delete = |text: &str| {
        let found = judge(text)?.into_iter();
        Some(found.filter(|found| found.subject != "User/Delete").collect())
    };
    let fixed = apply_fixes(&schema.to_string(), Applicability::Unsafe, without_delete).unwrap();
    let mut after: Value = serde_json::from_str(&fixed.text).unwrap();
    assert_eq!(mapping(&mut after, USER)["flowTypes"], "Add,Update", "Delete was not requested");
}
