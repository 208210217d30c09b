//! A policy's own mistakes, as the command line reports them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Ran, run_in};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Runs a command on a schema, in a directory with a policy.
fn run_with(policy: &str, command: &[&str], schema: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("provlint.yaml"), policy).unwrap();
    fs::copy(fixture(schema), folder.path().join("total.json")).unwrap();
    run_in(folder.path(), &[command, &["total.json"]].concat())
}

#[test]
fn all_mistakes_of_a_policy_are_shown_and_counted() {
    let policy = "profil: generic\nrules:\n  username-sorce: off\nmappings:\n  user:\n    title: { aply: always }\n";
    let json = run_with(policy, &["check", "--format", "json"], "total-export.json");
    let error = json.json()["targets"][0]["error"].to_string();
    assert!(["profil`", "username-sorce`", "aply`"].iter().all(|name| error.contains(name)), "{error}");
    for command in [&["check"][..], &["check", "--format", "json"], &["fix", "--dry-run"]] {
        let ran = run_with(policy, command, "total-export.json");
        assert_eq!(ran.code, Some(2), "{command:?}");
        for part in [
            "provlint.yaml:1:1: unknown key `profil`",
            "did you mean `profile`?",
            "provlint.yaml:3:3: there is no rule `username-sorce`",
            "did you mean `username-source`?",
            "provlint.yaml:6:14: unknown key `aply`",
            "did you mean `apply`?",
            "provlint.yaml has 3 mistakes",
        ] {
            assert!(ran.stderr.contains(part), "{command:?}: {part}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_misspelt_attribute_in_a_policy_sends_nobody_to_the_portal() {
    let policy = "mappings:\n  user:\n    externalId: objectid\n";
    for command in [&["check"][..], &["check", "--fail-on", "never"], &["fix", "--dry-run"], &["fix"]] {
        let ran = run_with(policy, command, "default-export.json");
        assert_eq!(ran.code, Some(2), "{command:?}: {}", ran.stderr);
        for part in ["provlint.yaml:3:17: `objectid`", "did you mean `objectId`?"] {
            assert!(ran.stderr.contains(part), "{command:?}: {part}: {}", ran.stderr);
        }
        for part in ["required-mapping-source", "Set Mapping type"] {
            assert!(!(ran.stdout.clone() + &ran.stderr).contains(part), "{command:?}: {part}");
        }
    }
    let ran = run_with(policy, &["check", "--format", "json"], "default-export.json");
    assert_eq!(ran.code, Some(2));
    let report = ran.json();
    assert!(report["targets"][0]["error"].as_str().unwrap().contains("provlint.yaml:3:17: `objectid`"), "{report}");
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
}
