//! Baselines: recording the findings of many exports, then reporting only new ones.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::run_in;
use serde_json::Value;
use tempfile::TempDir;

fn fixture(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
}

/// A folder of `count` exports, most of them with a mistake.
fn exports(count: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("exports")).unwrap();
    let kinds = ["default-export.json", "title-twice.json", "total-export.json", "group-mapping-disabled.json"];
    for number in 0..count {
        fs::write(export(&folder, number), fixture(kinds[number % kinds.len()])).unwrap();
    }
    folder
}

fn export(folder: &TempDir, number: usize) -> PathBuf {
    folder.path().join(format!("exports/{number:02}.json"))
}

fn change(file: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(old), "{old}");
    fs::write(file, text.replacen(old, new, 1)).unwrap();
}

#[test]
fn only_new_findings_fail_after_a_baseline() {
    let folder = exports(50);
    let ran = run_in(folder.path(), &["check", "exports"]);
    assert_eq!(ran.code, Some(1));

    let ran = run_in(folder.path(), &["check", "exports", "--write-baseline", "baseline.json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.page());
    assert!(ran.stdout.starts_with("No new findings in 50 targets"), "{}", ran.stdout);
    let written = fs::read_to_string(folder.path().join("baseline.json")).unwrap();

    let again = ["check", "exports", "--baseline", "baseline.json", "--fail-on", "info"];
    let ran = run_in(folder.path(), &again);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.page());
    assert!(ran.stdout.contains("38 in the baseline"), "{}", ran.stdout);

    // A new layout and one more mapping at the start: every line number changes.
    let first = export(&folder, 0);
    let value: Value = serde_json::from_str(&fs::read_to_string(&first).unwrap()).unwrap();
    fs::write(&first, format!("\n\n{value}")).unwrap();
    assert_eq!(run_in(folder.path(), &again).code, Some(0));

    change(&export(&folder, 6), "\"[objectId]\"", "\"[mail]\"");
    change(&export(&folder, 6), "\"name\": \"objectId\"", "\"name\": \"mail\"");
    let ran = run_in(folder.path(), &[&again[..], &["--format", "compact"]].concat());
    assert_eq!(ran.code, Some(1));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(lines[0].starts_with("exports/06.json:") && lines[0].contains("group-external-id"), "{}", lines[0]);

    let ran = run_in(folder.path(), &["check", "exports", "--write-baseline", "again.json"]);
    assert_eq!(ran.code, Some(0));
    let again = fs::read_to_string(folder.path().join("again.json")).unwrap();
    assert_eq!(again.lines().filter(|line| !written.contains(line.trim_end_matches(','))).count(), 1, "{again}");
}

#[test]
fn reports_mark_and_count_baseline_findings() {
    let folder = exports(2);
    run_in(folder.path(), &["check", "exports/00.json", "--write-baseline", "baseline.json"]);
    let json = run_in(folder.path(), &["check", "exports", "--baseline", "baseline.json", "--format", "json"]).json();
    let marked: Vec<(&str, bool)> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (found["target"].as_str().unwrap(), found["baselined"].as_bool().unwrap()))
        .collect();
    assert_eq!(marked, [("exports/00.json", true), ("exports/01.json", false)]);
    assert_eq!((&json["summary"]["error"], &json["summary"]["baselined"]), (&1.into(), &1.into()));
    assert_eq!(json["summary"]["fixable"], 1);
}

#[test]
fn findings_missing_from_the_baseline_are_new() {
    let folder = exports(1);
    fs::write(folder.path().join("exports/broken.json"), r#"{"synchronizationRules": 1}"#).unwrap();
    let ran = run_in(folder.path(), &["check", "exports", "--write-baseline", "baseline.json"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("baseline.json was not written"), "{ran:?}");
    assert!(!ran.stdout.contains("in the baseline"), "{}", ran.stdout);
}

#[test]
fn entries_of_unknown_rules_are_outdated() {
    let folder = exports(1);
    let file = folder.path().join("baseline.json");
    run_in(folder.path(), &["check", "exports", "--write-baseline", "baseline.json"]);
    change(&file, "\"required-mapping-source\"", "\"required-mapping-sauce\"");
    let said = run_in(folder.path(), &["check", "exports", "--baseline", "baseline.json"]).stderr;
    assert!(said.contains("required-mapping-sauce at User/externalId"), "{said}");
}

#[test]
fn only_evaluated_entries_are_reported_as_outdated() {
    let folder = exports(4);
    let file = "baseline.json";
    run_in(folder.path(), &["check", "exports", "--write-baseline", file]);
    let check = |arguments: &[&str]| {
        let ran = run_in(folder.path(), &[&["check", "--baseline", file], arguments].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.page());
        ran.stderr
    };
    assert_eq!(check(&["exports/02.json"]), "");
    assert_eq!(check(&["exports", "--ignore", "duplicate-target"]), "");

    fs::write(export(&folder, 0), fixture("total-export.json")).unwrap();
    fs::remove_file(export(&folder, 1)).unwrap();
    let said = check(&["exports/00.json"]);
    assert!(said.contains("2 entries of the baseline no longer occur"), "{said}");
    assert!(said.contains("exports/00.json: required-mapping-source at User/externalId"), "{said}");
    assert!(said.contains("exports/01.json: duplicate-target at User/title"), "{said}");
}

#[test]
fn baseline_counts_equal_findings() {
    let folder = exports(2);
    let twice = export(&folder, 1);
    run_in(folder.path(), &["check", "exports", "--write-baseline", "baseline.json"]);
    let mut value: Value = serde_json::from_str(&fs::read_to_string(&twice).unwrap()).unwrap();
    let mappings = value["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    for rows in mappings.iter_mut().map(|mapping| mapping["attributeMappings"].as_array_mut().unwrap()) {
        if let Some(title) = rows.iter().find(|row| row["targetAttributeName"] == "title").cloned() {
            rows.push(title);
        }
    }
    fs::write(&twice, value.to_string()).unwrap();
    let ran = run_in(folder.path(), &["check", "exports", "--baseline", "baseline.json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.page());
    assert!(ran.stdout.contains("1 error in 2 targets") && ran.stdout.contains("2 in the baseline"), "{}", ran.stdout);
}

#[test]
fn baseline_paths_are_relative_to_the_repository() {
    let folder = exports(1);
    fs::create_dir(folder.path().join(".git")).unwrap();
    run_in(folder.path(), &["check", "exports", "--write-baseline", "baseline.json"]);
    let inside = folder.path().join("exports");
    let absolute = inside.join("00.json");
    for path in [".", "00.json", "../exports/00.json", absolute.to_str().unwrap()] {
        let ran = run_in(&inside, &["check", path, "--baseline", "../baseline.json"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{path}: {}", ran.page());
    }
}

#[test]
fn baseline_is_not_written_when_a_file_cannot_be_checked() {
    let folder = exports(1);
    let write = ["check", "exports", "--write-baseline", "baseline.json"];
    run_in(folder.path(), &write);
    let before = fs::read_to_string(folder.path().join("baseline.json")).unwrap();
    for text in ["{\"synchronizationRules\":".to_owned(), fixture("truncated-export.json")] {
        fs::write(folder.path().join("exports/broken.json"), text).unwrap();
        let ran = run_in(folder.path(), &write);
        assert_eq!(ran.code, Some(2), "{}", ran.page());
        assert!(ran.stderr.contains("baseline.json was not written"), "{}", ran.stderr);
        assert_eq!(fs::read_to_string(folder.path().join("baseline.json")).unwrap(), before);
    }
}

#[test]
fn baseline_overwrites_only_a_baseline() {
    let folder = exports(1);
    let export = fs::read_to_string(export(&folder, 0)).unwrap();
    for arguments in [
        &["--write-baseline", "exports/00.json"][..],
        &["--format", "json", "--output", "./exports/00.json"],
        &["--format", "json", "--output", "r", "--format", "markdown", "--output", "./r"],
        &["--format", "json", "--output", "r", "--write-baseline", "r"],
    ] {
        let ran = run_in(folder.path(), &[&["check", "exports"], arguments].concat());
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.page());
        assert_eq!(fs::read_to_string(folder.path().join("exports/00.json")).unwrap(), export);
        assert!(!folder.path().join("r").exists());
    }
    // A report in the checked directory is replaced on each run.
    for _ in 0..2 {
        let ran = run_in(folder.path(), &["check", ".", "--format", "json", "--output", "report.json"]);
        assert_eq!(ran.code, Some(1), "{}", ran.page());
    }
}

#[test]
fn a_more_severe_finding_is_new() {
    let folder = exports(1);
    let file = export(&folder, 0);
    let arguments = |flag| ["check", "exports", "--select", "required-mapping-source", flag, "baseline.json"];
    let source = |expression: &str| {
        let mut value: Value = serde_json::from_str(&fixture("total-export.json")).unwrap();
        for mapping in value["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap() {
            for row in mapping["attributeMappings"].as_array_mut().unwrap() {
                if row["targetAttributeName"] == "externalId" {
                    row["source"] = serde_json::from_str(expression).unwrap();
                }
            }
        }
        fs::write(&file, value.to_string()).unwrap();
    };
    source(
        r#"{"type": "Function", "name": "ToLower", "expression": "ToLower([objectId])",
            "parameters": [{"key": "source", "value": {"type": "Attribute", "name": "objectId", "expression": "[objectId]", "parameters": []}}]}"#,
    );
    let ran = run_in(folder.path(), &arguments("--write-baseline"));
    let written = fs::read_to_string(folder.path().join("baseline.json")).unwrap();
    assert!(ran.code == Some(0) && written.contains("\"warning\""), "{}{written}", ran.page());
    assert_eq!(run_in(folder.path(), &arguments("--baseline")).code, Some(0));
    source(r#"{"type": "Attribute", "name": "mail", "expression": "[mail]", "parameters": []}"#);
    let ran = run_in(folder.path(), &arguments("--baseline"));
    assert_eq!(ran.code, Some(1), "{}", ran.page());
}

#[test]
fn a_file_named_twice_is_checked_once() {
    let folder = exports(1);
    for paths in [&["exports", "exports/00.json"][..], &["exports/00.json", "./exports/00.json"]] {
        let ran = run_in(folder.path(), &[&["check", "--write-baseline", "baseline.json"], paths].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.page());
        let written = fs::read_to_string(folder.path().join("baseline.json")).unwrap();
        assert!(!written.contains("count"), "{written}");
    }
    // A file named as an argument must be a schema, even if a directory would have skipped it.
    fs::write(folder.path().join("exports/other.json"), "{}").unwrap();
    assert_eq!(run_in(folder.path(), &["check", "exports", "--fail-on", "never"]).code, Some(0));
    assert_eq!(run_in(folder.path(), &["check", "exports", "exports/other.json"]).code, Some(2));
}

#[test]
fn schema_order_in_a_list_does_not_change_the_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let schema = |name: &str, id: &str| {
        let mut value: Value = serde_json::from_str(&fixture(name)).unwrap();
        value["id"] = id.into();
        value
    };
    let (wrong, right) = (schema("default-export.json", "a"), schema("total-export.json", "b"));
    let write = |list: &[&Value]| {
        fs::write(folder.path().join("list.json"), serde_json::json!({ "value": list }).to_string()).unwrap();
    };
    write(&[&wrong, &right]);
    run_in(folder.path(), &["check", "list.json", "--write-baseline", "baseline.json"]);
    write(&[&right, &wrong]);
    let ran = run_in(folder.path(), &["check", "list.json", "--baseline", "baseline.json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.page());
}

#[test]
fn apps_with_the_same_name_have_separate_entries() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = |id: &str| {
        let mut value: Value = serde_json::from_str(&fixture("snapshot.json")).unwrap();
        value["servicePrincipal"]["id"] = id.into();
        let text = value.to_string().replace("objectId", "mail");
        fs::write(folder.path().join("app.json"), text).unwrap();
        fs::read(folder.path().join("app.json")).unwrap()
    };
    let check = |id: &str, flag: &str| {
        let baseline = folder.path().join("baseline.json");
        crate::common::run_with_input(&["check", "-", flag, baseline.to_str().unwrap()], &snapshot(id)).code
    };
    assert_eq!(check("3f1c0d0e-0000-4000-8000-000000000001", "--write-baseline"), Some(0));
    assert_eq!(check("3f1c0d0e-0000-4000-8000-000000000001", "--baseline"), Some(0));
    assert_eq!(check("3f1c0d0e-0000-4000-8000-000000000002", "--baseline"), Some(1));
}

#[test]
fn baseline_contains_no_credentials() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), fixture("secret-in-file.json")).unwrap();
    let ran = run_in(folder.path(), &["check", "a.json", "--write-baseline", "baseline.json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.page());
    let written = fs::read_to_string(folder.path().join("baseline.json")).unwrap();
    assert!(written.contains("secret-in-file") && !written.contains("eyJ"), "{written}");
}

#[test]
fn other_files_are_rejected_as_baseline() {
    let folder = exports(1);
    for text in ["{}", "[]", "x", r#"{"version": 9, "findings": []}"#] {
        fs::write(folder.path().join("baseline.json"), text).unwrap();
        let ran = run_in(folder.path(), &["check", "exports", "--baseline", "baseline.json"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{text}");
        assert!(ran.stderr.contains("baseline.json is not a baseline"), "{}", ran.stderr);
    }
    assert_eq!(run_in(folder.path(), &["check", "exports", "--baseline", "no-such-file.json"]).code, Some(2));
}
