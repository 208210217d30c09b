//! The report of every fixture.

use std::fs;

use crate::common::{flat, run, run_in};

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
fn a_file_of_another_kind_is_named_and_what_to_give_instead() {
    let folder = tempfile::tempdir().unwrap();
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
    let refused = r#"{"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}}"#;
    let cases: [(&str, &[u8], &str, &str); 18] = [
        ("README.md", b"# TOTAL\n\nSee below.\n", "this is Markdown", "download it from the portal"),
        (
            "users.csv",
            b"userPrincipalName,mail\na@b.c,d\n",
            "a list of users (CSV)",
            "provlint preview SCHEMA --user FILE",
        ),
        ("map.csv", b"target;source\ntitle;jobTitle\n", "this is CSV", "download it from the portal"),
        ("a.html", b"<!DOCTYPE html><html>", "this is a web page", "sign in and download"),
        ("a.xml", b"<?xml version='1.0'?><a/>", "this is XML", "download it from the portal"),
        (
            "users.xlsx",
            b"PK\x03\x04\x14\x00\x06\x00\xff\xfe",
            "a ZIP archive or an Excel workbook",
            "save a sheet as CSV",
        ),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a PDF", "the JSON file"),
        (
            "provlint.yaml",
            b"version: 1\nprofile: truu-total\n",
            "this is a policy",
            "provlint check SCHEMA --policy FILE",
        ),
        ("ci.yml", b"on:\n  push:\n", "this is YAML", "download it from the portal"),
        ("jane.json", br#"{"userPrincipalName": "jane@contoso.com"}"#, "this is a user", "provlint preview"),
        ("users.json", br#"{"value": [{"userPrincipalName": "a"}]}"#, "this is a list of users", "provlint preview"),
        ("error.json", refused.as_bytes(), "an error answer of Microsoft Graph", "export again"),
        (
            "appsettings.json",
            br#"{"Logging": {}, "AllowedHosts": "*"}"#,
            "JSON of another kind",
            "its keys are Logging, AllowedHosts",
        ),
        (
            "tsconfig.json",
            b"{\n  // strict\n  \"a\": 1}",
            "tsconfig.json:2:3: not JSON: it has a comment",
            "JSON has no comments",
        ),
        ("chat.json", "{\u{201c}a\u{201d}: 1}".as_bytes(), "typographic quotes", "download the file again"),
        ("lines.json", b"{\"a\": 1}\n{\"b\": 2}\n", "another value follows", "(JSON Lines)"),
        ("token", token.as_bytes(), "this is an access token", "delete the file"),
        ("value.json", br#"{"value": []}"#, "this is an empty list", "Graph found nothing"),
    ];
    for (name, content, what, instead) in cases {
        fs::write(folder.path().join(name), content).unwrap();
        for command in [&["check"][..], &["fix", "--dry-run"], &["preview", "--user", "u.json"]] {
            let ran = run_in(folder.path(), &[command, &[name]].concat());
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{command:?} {name}");
            let said = flat(&ran.stderr);
            assert!(said.contains(what) && said.contains(instead), "{command:?} {name}: {}", ran.stderr);
            assert!(!said.contains(token), "{command:?} {name}: {}", ran.stderr);
        }
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
