//! Checks the examples on every rule page: bad examples have the finding, good examples do not.

use crate::common::graph::SCHEMA;
use crate::common::page::{blocks, file, policy as policy_of, written_out};
use provlint::finding::Finding;
use provlint::inspection::Inspection;
use provlint::policy::{self, Policy};
use provlint::rules::{self, RULES, Selection, Target};
use serde_json::Value;

/// The findings of the selected rules.
pub fn found(select: &[&str], file: &Value, policy: &Policy) -> Vec<Finding> {
    let text = file.to_string();
    let today = "2026-11-23".parse().unwrap();
    let inspection = Inspection::of(&text);
    let selection =
        Selection { select: select.iter().map(|rule| (*rule).to_owned()).collect(), ..Selection::default() };
    let judged = |target: &Target<'_>| rules::judge(target, &selection).findings;
    match inspection.read() {
        Ok(resources) => {
            resources.iter().flat_map(|resource| judged(&Target::new(&inspection, resource, policy, today))).collect()
        }
        Err(error) => judged(&Target::unreadable(&inspection, policy, today, error.to_string())),
    }
}

/// The findings of the selected rules, in words.
fn findings(select: &[&str], file: &Value, policy: &Policy) -> Vec<String> {
    let found = found(select, file, policy);
    found.iter().map(|finding| format!("{}: {}", finding.subject, finding.message)).collect()
}

#[test]
fn examples_on_rule_pages_give_the_stated_findings() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let id = rule.metadata.id;
        let blocks = blocks(rule.metadata.page);
        let policy = match policy::read(policy_of(&blocks), None, rules::ids()) {
            Ok(mut policies) => policies.remove(0),
            Err(error) => {
                wrong.push(format!("{id}: the policy: {error}"));
                continue;
            }
        };
        let mut counts = (0, 0);
        for block in &blocks {
            let Some(words) = block.info.strip_prefix("json ") else { continue };
            let (verdict, place_of) = words.split_once(' ').unwrap_or((words, "file"));
            let value: Value = match serde_json::from_str(&written_out(&block.text)) {
                Ok(value) => value,
                Err(error) => {
                    wrong.push(format!("{id}: the {verdict} example is invalid JSON: {error}"));
                    continue;
                }
            };
            let found = findings(&[id], &file(place_of, &value), &policy);
            match verdict {
                "bad" => {
                    counts.0 += 1;
                    if found.is_empty() {
                        wrong.push(format!("{id}: the bad example at {place_of} has no finding"));
                    }
                }
                "good" => {
                    counts.1 += 1;
                    wrong.extend(found.iter().map(|found| format!("{id}: the good example at {place_of}: {found}")));
                }
                other => wrong.push(format!("{id}: `json {other}` is neither bad nor good")),
            }
        }
        if counts.0 == 0 || counts.1 == 0 {
            wrong.push(format!("{id}: {} bad and {} good examples", counts.0, counts.1));
        }
        for heading in ["## What goes wrong", "## Example", "## In the portal", "## In Graph", "## Source"] {
            if !rule.metadata.page.contains(heading) {
                wrong.push(format!("{id}: the page lacks {heading:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_is_introduced_by_words_and_shows_no_null() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let page = rule.metadata.markdown();
        let mut before = "";
        let mut inside = false;
        for line in page.lines().filter(|line| !line.is_empty()) {
            let id = rule.metadata.id;
            if line == "```json" && !before.ends_with([':', '.']) {
                wrong.push(format!("{id}: an example comes after {before:?}"));
            }
            if inside && (line.ends_with("null") || line.ends_with("null,")) {
                wrong.push(format!("{id}: {line}"));
            }
            inside ^= line.starts_with("```");
            before = line;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_correct_export_has_no_findings() {
    let policy = policy::default_policy(None).unwrap();
    let all: Vec<&str> = RULES.iter().map(|rule| rule.metadata.id).collect();
    assert_eq!(findings(&all, &SCHEMA, &policy), [""; 0]);
}
