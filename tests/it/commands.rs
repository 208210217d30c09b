//! The commands `rules`, `explain`, `init`, `profiles`, `man` and their help.

use std::fs;
use std::path::Path;

use crate::common::{flat, run, run_in};

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
fn a_command_line_that_a_person_would_understand_gets_their_hint() {
    for (arguments, hint) in [
        (&["schema.json"][..], "did you mean `provlint check schema.json`?"),
        (&["fixtures/total-export.json"], "`provlint check fixtures/total-export.json`"),
        (&["sub/schema"], "`provlint check sub/schema`"),
        (&["Acme Wiki"], "`provlint check --app 'Acme Wiki'`"),
        (&["check", "--fix", "x.json"], "`provlint fix PATH` fixes what check finds"),
        (&["check", "x.json", "--dry-run"], "`provlint fix PATH --dry-run`"),
        (&["check", "x.json", "--json"], "did you mean `--format json`?"),
        (&["status", "TOTAL"], "did you mean `provlint status --app TOTAL`?"),
        (&["start", "TOTAL"], "did you mean `provlint start --app TOTAL`?"),
        (&["export", "TOTAL"], "did you mean `provlint export --app TOTAL`?"),
        (&["--color", "never", "pause", "Acme Wiki"], "`provlint pause --app 'Acme Wiki'`"),
        (&["status", "--app", "TOTAL", "--token", "x"], "--token-stdin or PROVLINT_ACCESS_TOKEN"),
        (&["check", "TOTAL"], "an app in the tenant is named with --app TOTAL"),
        (&["guide", "TOTAL"], "an app in the tenant is named with --app TOTAL"),
        (&["fix", "TOTAL"], "an app in the tenant is named with --app TOTAL"),
        (&["check", "fixture/"], "did you mean `./fixtures`?"),
        (&["check", "missing-folder/"], "there is no directory missing-folder/"),
        (&["check", "missing-folder/a.json"], "there is no directory missing-folder either"),
        (&["check", "fixtures/*.jsn"], "to search a directory: provlint check fixtures"),
    ] {
        let ran = run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(flat(&ran.stderr).contains(hint), "{arguments:?}: {}", ran.stderr);
    }
    assert!(run(&["chek", "x.json"]).stderr.contains("'check'"), "a misspelt command is still found");
    assert!(run(&["auth", "TOTAL"]).stderr.contains("Usage: provlint auth"), "a word after a command is not a command");
}

#[test]
fn a_token_in_place_of_a_name_is_not_repeated() {
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
    for arguments in [&[token][..], &["check", token], &["status", token], &["check", "a.json", "--format", token]] {
        let ran = run(arguments);
        assert!(ran.code == Some(2) && !ran.page().contains(token), "{ran:?}");
    }
    assert!(flat(&run(&["check", token]).stderr).contains("this is a token"));
}

#[test]
fn reports_are_paired_with_formats_in_the_order_of_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let checked = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/total-export.json");
    let check = |more: &[&str]| run_in(folder.path(), &[&["check", checked.to_str().unwrap()], more].concat());
    for (arguments, help) in [
        (&["-o", "r.json", "--format", "json"][..], "put the format first: --format json --output r.json"),
        (&["-o", "r.json", "--format", "pretty"], "--format json --output r.json --format pretty"),
        (&["-o", "a b", "--format", "json"], "put the format first: --format json --output 'a b'"),
        (
            &["--format", "json", "-o", "a.json", "-o", "b.sarif"],
            "put a format before it: --format sarif --output b.sarif",
        ),
    ] {
        let ran = check(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(flat(&ran.stderr).contains(help), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "a usage error writes nothing");
    for (name, format, start) in [
        ("r.json", "json", "{\n  \"version\": 1"),
        ("r.JSONL", "jsonl", ""),
        ("r.sarif", "sarif", "{\n  \"$schema\""),
        ("r.sarif.json", "sarif", "{\n  \"$schema\""),
        ("r.md", "markdown", "#"),
        ("r.html", "html", "<!DOCTYPE html>"),
        ("r.xml", "junit", "<?xml"),
        ("r.txt", "pretty", "No findings"),
        ("report", "pretty", "No findings"),
    ] {
        let ran = check(&["-o", name]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{name}: {ran:?}");
        assert_eq!(ran.stderr, format!("note: wrote {name} ({format})\n"));
        let written = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(written.starts_with(start), "{name}: {written}");
    }
    assert_eq!(check(&["-o", "r.json", "--quiet"]).stderr, "");
    let both = check(&["--format", "json", "-o", "a", "--format", "compact"]);
    assert!(both.stderr == "note: wrote a (json)\n" && both.code == Some(0), "{both:?}");
}

#[test]
fn every_command_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    let written = run(&["man", "--output", folder.path().to_str().unwrap()]);
    let count = folder.path().read_dir().unwrap().count();
    assert_eq!((written.code, written.stdout.as_str()), (Some(0), ""));
    assert!(written.stderr.starts_with(&format!("note: wrote {count} pages to ")), "{written:?}");
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
