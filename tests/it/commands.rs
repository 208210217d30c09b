//! The commands `rules`, `explain`, `init`, `profiles`, `man` and their help.

use std::fs;
use std::path::Path;

use crate::common::{run, run_in};

#[test]
fn rules_are_listed_as_text_and_json() {
    let page = run(&["rules"]).stdout;
    // The first few show the layout.
    assert_agreed!("rules", page.lines().take(4).collect::<Vec<_>>().join("\n"));
    let rules = run(&["rules", "--format", "json"]).json();
    for rule in rules.as_array().unwrap() {
        let words = ["id", "severity", "summary"].map(|key| rule[key].as_str().unwrap());
        let listed = page.lines().any(|line| words.iter().all(|word| line.contains(word)));
        assert!(listed, "{rule} is not in {page}");
        for key in ["id", "section", "severity", "fix", "evidence", "summary", "url"] {
            assert!(!rule[key].is_null(), "{key} of {rule}");
        }
        let page = format!("docs/rules/{}.md", rule["id"].as_str().unwrap());
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&page).is_file(), "{page}");
    }
}

#[test]
fn every_rule_page_belongs_to_a_rule() {
    let rules = run(&["rules", "--format", "json"]).json();
    for page in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules")).unwrap().flatten() {
        let name = page.file_name().into_string().unwrap();
        let id = name.trim_end_matches(".md");
        assert!(rules.as_array().unwrap().iter().any(|rule| rule["id"] == id), "{name}");
    }
}

#[test]
fn explain_prints_the_page_and_suggests_the_nearest_rule() {
    let ran = run(&["explain", "required-mapping-source"]);
    assert_eq!(ran.code, Some(0));
    let page = &ran.stdout;
    let places: Vec<_> =
        ["required-mapping-source\n", "What goes wrong\n", "In the portal\n", "Source\n", "Example\n", "    {\n"]
            .map(|part| page.find(part).unwrap_or_else(|| panic!("{part:?} is not in {page}")))
            .into();
    assert!(places[0] == 0 && places.is_sorted(), "{page}");
    assert!(!page.contains("](") && !page.contains("```") && !page.contains("<!--"), "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 100 || line.starts_with("    ")), "{page}");
    let ran = run(&["explain", "required-maping-source"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("did you mean `required-mapping-source`?"), "{}", ran.stderr);
}

#[test]
fn init_writes_a_policy_that_check_finds_and_never_overwrites_one() {
    let folder = tempfile::tempdir().unwrap();
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/default-export.json");
    assert_eq!(run_in(folder.path(), &["init"]).code, Some(0));
    assert_eq!(run_in(folder.path(), &["check", default.to_str().unwrap()]).code, Some(1));
    fs::write(folder.path().join("provlint.yaml"), "version: 1\n").unwrap();
    let ran = run_in(folder.path(), &["init"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("already exists"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(folder.path().join("provlint.yaml")).unwrap(), "version: 1\n");
    assert_eq!(run_in(folder.path(), &["init", "--force"]).code, Some(0));
    assert!(run_in(folder.path(), &["init", "-o", "-"]).stdout.contains("profile: truu-total"));
    // A policy with another name is used only when it is named.
    let other = run_in(folder.path(), &["init", "-o", "total.yaml"]);
    assert!(other.stdout.contains("--policy total.yaml"), "{}", other.stdout);
}

#[test]
fn profiles_are_listed_and_printed() {
    assert!(run(&["profiles"]).stdout.contains("truu-total  TruU TOTAL"));
    assert!(run(&["profiles", "truu-total"]).stdout.contains("source: objectId"));
    assert_eq!(run(&["profiles", "--format", "json"]).json()[0]["name"], "truu-total");
    let ran = run(&["profiles", "truu"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("did you mean `truu-total`?"), "{}", ran.stderr);
}

#[test]
fn typos_are_usage_errors_with_a_suggestion() {
    for (arguments, suggestion) in [
        (&["chek", "x.json"][..], "check"),
        (&["check", "x.json", "--polcy", "p"], "--policy"),
        (&["check", "x.json", "--format", "jsn"], "json"),
        (&["check", "x.json", "--fail-on", "eror"], "error"),
        (&["check"], "PATH"),
        (&["check", "fixtures/default-exprot.json"], "default-export.json"),
        (&["check", "fixtures/total-export.json", "--profile", "truu-totl"], "truu-total"),
        (&["check", "fixtures/total-export.json", "--policy", "no-such.yaml"], "no-such.yaml"),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ran.stderr.contains(suggestion), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn every_command_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(&["man", "--output", folder.path().to_str().unwrap()]).code, Some(0));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("provlint.1"), run(&["man"]).stdout);
    assert_eq!(read("provlint-auth-status.1"), run(&["man", "auth", "status"]).stdout);
    // Every page that another page refers to.
    for line in read("provlint.1").lines().filter_map(|line| line.strip_prefix("provlint\\-")) {
        let name = line.trim_end_matches("(1)").replace('\\', "");
        assert!(read(&format!("provlint-{name}.1")).contains("Example"), "{name}");
    }
    assert!(read("provlint-check.1").contains("provlint check schema.json"));
    let ran = run(&["man", "chek"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("did you mean `check`?"), "{}", ran.stderr);
}

#[test]
fn help_matches_its_snapshots() {
    for command in ["check", "rules", "explain", "init", "profiles", "completions"] {
        assert_agreed!(format!("help-{command}"), run(&[command, "--help"]).stdout);
    }
    assert_agreed!("help", run(&["--help"]).stdout);
}
