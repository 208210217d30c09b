//! `provlint diff`: what counts as a difference, and how it is reported.

use crate::common::graph::{StandIn, online, tenant};
use crate::common::{run, run_in, run_with_input};
use serde_json::{Value, json};

const DEFAULT: &str = "fixtures/default-export.json";
const TOTAL: &str = "fixtures/total-export.json";

#[test]
fn differences_are_described_as_mapping_changes() {
    assert_agreed!("one_source", run(&["diff", DEFAULT, TOTAL]).page());
    assert_agreed!("row_twice", run(&["diff", TOTAL, "fixtures/title-twice.json"]).page());
    assert_agreed!("row_missing", run(&["diff", TOTAL, "fixtures/members-missing.json"]).page());
    assert_agreed!("scope", run(&["diff", TOTAL, "fixtures/scope-filter-sales.json"]).page());
    assert_agreed!("markdown", run(&["diff", DEFAULT, "fixtures/title-twice.json", "--format", "markdown"]).page());
    assert_agreed!("json", run(&["diff", DEFAULT, "fixtures/title-twice.json", "--format", "json"]).page());
}

#[test]
fn layout_and_spelling_are_not_differences() {
    for other in ["fixtures/minified.json", "fixtures/pascal-case.json", "fixtures/utf-16.json"] {
        let ran = run(&["diff", DEFAULT, other]);
        assert_eq!((ran.code, ran.stdout), (Some(0), format!("No differences between {DEFAULT} and {other}\n")));
    }
    assert_eq!(run(&["diff", TOTAL, "fixtures/snapshot.json"]).code, Some(0), "a snapshot contains a schema");
}

#[test]
fn row_and_attribute_order_are_not_differences() {
    let mut schema: Value = serde_json::from_str(include_str!("../../fixtures/total-export.json")).unwrap();
    fn reverse(value: &mut Value) {
        match value {
            Value::Array(items) => {
                items.iter_mut().for_each(reverse);
                items.reverse();
            }
            Value::Object(members) => {
                members.iter_mut().filter(|(key, _)| *key != "parameters").for_each(|(_, member)| reverse(member));
            }
            _ => {}
        }
    }
    reverse(&mut schema);
    let ran = run_with_input(&["diff", TOTAL, "-"], schema.to_string().as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
}

#[test]
fn an_app_in_the_tenant_is_compared_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved.json");
    let saved = &crate::common::shown(&file);
    let graph = StandIn::start(|request, _| tenant(request));
    assert_eq!(online(&graph, &["export", "--app", "TOTAL", "-o", saved]).code, Some(0));
    let same = online(&graph, &["diff", saved, "--app", "TOTAL"]);
    assert_eq!((same.code, same.stdout), (Some(0), format!("No differences between {saved} and graph:TOTAL\n")));
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("[objectId]", "[mail]")).unwrap();
    let drift = online(&graph, &["diff", saved, "--app", "TOTAL"]);
    assert_eq!(drift.code, Some(1));
    assert!(drift.stdout.contains("~ User/externalId source: [mail] -> [objectId]\n"), "{}", drift.stdout);
}

/// Drift is reported for every job of a snapshot.
#[test]
fn every_job_of_a_snapshot_is_compared() {
    let snapshot: Value = serde_json::from_str(include_str!("../../fixtures/snapshot.json")).unwrap();
    let with = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut snapshot = snapshot.clone();
        let jobs = snapshot["jobs"].as_array_mut().unwrap();
        let mut second = jobs[0].clone();
        second["id"] = json!("second");
        jobs.push(second);
        change(jobs);
        snapshot.to_string()
    };
    let folder = tempfile::tempdir().unwrap();
    let diff = |other: &str| {
        std::fs::write(folder.path().join("a.json"), with(&|_| {})).unwrap();
        std::fs::write(folder.path().join("b.json"), other).unwrap();
        run_in(folder.path(), &["diff", "a.json", "b.json"])
    };
    let same = diff(&with(&|jobs| jobs.reverse()));
    assert_eq!(same.code, Some(0), "the order of jobs is not a difference: {same:?}");
    let drifted = diff(&with(&|jobs| {
        jobs[1]["schema"]["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"][0]["defaultValue"] =
            json!("x");
    }));
    assert_eq!(drifted.code, Some(1), "{drifted:?}");
    assert!(drifted.stdout.contains("second: User/"), "{drifted:?}");
    let gone = diff(&with(&|jobs| drop(jobs.pop())));
    assert!(gone.code == Some(1) && gone.stdout.contains("job second"), "{gone:?}");
    let unread = diff(&with(&|jobs| drop(jobs[1].as_object_mut().unwrap().remove("schema"))));
    assert!(unread.code == Some(2) && unread.stderr.contains("contains no schema of the job second"), "{unread:?}");
    // A single schema is compared with the job it belongs to.
    let alone = diff(&snapshot["jobs"][0]["schema"].to_string());
    assert_eq!(alone.code, Some(0), "{alone:?}");
}

#[test]
fn diff_masks_credentials_and_explains_mistakes() {
    let ran = run(&["diff", TOTAL, "fixtures/secret-in-file.json", "--format", "json"]);
    assert_eq!(ran.code, Some(1));
    assert!(!ran.stdout.contains("not-a-real-token") && ran.stdout.contains("****"), "{}", ran.stdout);
    for (arguments, said) in [
        (&["diff", TOTAL][..], "required arguments were not provided"),
        (&["diff", "-", "-"], "standard input can be read only once"),
        (&["diff", TOTAL, "fixtures/list-of-schemas.json"], "contains 2 schemas"),
        (&["diff", TOTAL, "Cargo.toml"], "not JSON"),
        (&["diff", TOTAL, "fixtures/none.json"], "there is no file"),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn summary_counts_the_listed_differences() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run_in(
        folder.path(),
        &[
            "diff",
            concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/total-export.json"),
            concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/department-misspelt.json"),
            "--format",
            "json",
        ],
    );
    let json = ran.json();
    assert_eq!(json["summary"], json!({"added": 1, "removed": 1, "changed": 0}));
    assert_eq!(json["differences"].as_array().unwrap().len(), 2);
}
