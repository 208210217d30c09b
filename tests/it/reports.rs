//! The report of every fixture.

use std::fs;

use crate::common::run;

fn fixtures(folder: &str) -> Vec<String> {
    let directory = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(|entry| format!("{folder}/{}", entry.file_name().into_string().unwrap()))
        .collect();
    names.sort();
    names
}

#[test]
fn every_fixture_report_matches_its_snapshot() {
    for name in fixtures("fixtures") {
        let mut arguments = vec!["check", name.as_str()];
        if name.ends_with("snapshot.json") {
            arguments.extend(["--group", "TOTAL-Admin", "--group", "3f0c1c52-0000-4000-8000-000000000002"]);
        }
        let snapshot = name.trim_start_matches("fixtures/").trim_end_matches(".json").to_owned();
        assert_agreed!(snapshot, run(&arguments).page());
    }
}

#[test]
fn every_broken_file_gives_one_error_with_a_location() {
    for name in fixtures("fixtures/broken") {
        let ran = run(&["check", &name]);
        assert_eq!(ran.code, Some(2), "{name}");
        assert!(ran.stdout.is_empty(), "{name}: {}", ran.stdout);
        assert_agreed!(
            format!("broken-{}", name.trim_start_matches("fixtures/broken/").trim_end_matches(".json")),
            ran.page()
        );
    }
}

#[test]
fn other_formats_match_their_snapshots() {
    for format in ["compact", "json", "jsonl"] {
        assert_agreed!(
            format!("default-export-{format}"),
            run(&["check", "fixtures/default-export.json", "--format", format]).stdout
        );
    }
}
