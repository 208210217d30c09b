//! `provlint check`, as people and scripts use it.

use std::fs;
use std::path::Path;

use crate::common::{Ran, finish, provlint, run, run_in, run_with_input};
use serde_json::{Value, json};

const DEFAULT: &str = "fixtures/default-export.json";
const TOTAL: &str = "fixtures/total-export.json";

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Rule, subject, start and end of every finding.
fn essence(ran: &Ran) -> Vec<(String, String, Value)> {
    let json = ran.json();
    let findings = json["findings"].as_array().unwrap().iter();
    findings.map(|found| (found["rule"].to_string(), found["subject"].to_string(), found["location"].clone())).collect()
}

fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let units = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect()
    };
    vec![
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8 with BOM", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        ("UTF-16LE", units([0xFF, 0xFE], u16::to_le_bytes)),
        ("UTF-16BE", units([0xFE, 0xFF], u16::to_be_bytes)),
    ]
}

#[test]
fn check_fails_the_default_export_and_passes_the_correct_one() {
    let ran = run(&["check", DEFAULT, "--format", "json"]);
    assert_eq!(ran.code, Some(1));
    let found = essence(&ran);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("\"required-mapping-source\"", "\"User/externalId\""));

    let ran = run(&["check", TOTAL]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    assert!(ran.stdout.starts_with("No findings in "), "{}", ran.stdout);
}

#[test]
fn encoding_line_ends_and_layout_do_not_change_findings() {
    let value = |path| serde_json::from_str::<Value>(&read(path)).unwrap();
    for (path, code, count) in [(DEFAULT, 1, 1), (TOTAL, 0, 0)] {
        let pretty = read(path);
        let shapes = [
            pretty.clone(),
            pretty.replace('\n', "\r\n"),
            pretty.replace("  ", "\t"),
            value(path).to_string(),
            format!("[{pretty}]"),
            format!("{{\"@odata.context\": \"x\", \"value\": [{pretty}]}}"),
            format!("{{\"id\": \"scim\", \"schema\": {pretty}}}"),
        ];
        for shape in shapes {
            let mut places = Vec::new();
            for (encoding, bytes) in encodings(&shape) {
                let ran = run_with_input(&["check", "-", "--format", "json"], &bytes);
                assert_eq!(ran.code, Some(code), "{encoding}: {}", ran.page());
                places.push(essence(&ran));
            }
            assert!(places.iter().all(|other| *other == places[0] && other.len() == count), "{places:?}");
        }
    }
}

#[test]
fn tenant_names_and_dates_do_not_change_findings() {
    let text = read(TOTAL)
        .replace("Microsoft Entra ID", "Azure Active Directory")
        .replace("\"Provision Azure Active Directory Users\"", "\"whatever\"")
        .replace("USERGROUP_OUTBOUND_USERGROUP", "other");
    let mut value: Value = serde_json::from_str(&text).unwrap();
    let mappings = value["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    mappings.reverse();
    mappings.iter_mut().for_each(|mapping| mapping["attributeMappings"].as_array_mut().unwrap().reverse());
    let ran = run_with_input(&["check", "-"], value.to_string().as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.page());
}

#[test]
fn spans_cover_the_value_at_the_pointer() {
    for name in
        ["default-export", "pascal-case", "minified", "externalid-missing", "title-twice", "department-misspelt"]
    {
        let path = format!("fixtures/{name}.json");
        let text = read(&path);
        let value: Value = serde_json::from_str(&text).unwrap();
        for found in run(&["check", &path, "--format", "json"]).json()["findings"].as_array().unwrap() {
            let offset = |end: &str| usize::try_from(found["location"][end]["offset"].as_u64().unwrap()).unwrap();
            let span: Value = serde_json::from_str(&text[offset("start")..offset("end")]).unwrap();
            assert_eq!(Some(&span), value.pointer(found["pointer"].as_str().unwrap()), "{name}");
        }
    }
}

#[test]
fn applying_the_edits_of_a_fix_removes_its_finding() {
    for name in [
        "default-export",
        "pascal-case",
        "minified",
        "externalid-missing",
        "externalid-constant",
        "externalid-add-only",
        "department-misspelt",
        "group-mapping-disabled",
        "members-missing",
        "title-twice",
        "source-in-wrong-case",
        "no-matching-attribute",
    ] {
        let path = format!("fixtures/{name}.json");
        let mut text = read(&path);
        let json = run(&["check", &path, "--format", "json"]).json();
        let edits: Vec<&Value> = json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|found| found["fix"]["edits"].as_array().unwrap())
            .collect();
        assert!(!edits.is_empty(), "{name}");
        for edit in edits.iter().rev() {
            let number = |key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
            text.replace_range(number("offset")..number("offset") + number("length"), edit["text"].as_str().unwrap());
        }
        let ran = run_with_input(&["check", "-", "--fail-on", "info"], text.as_bytes());
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.page());
    }
}

#[test]
fn a_broken_file_does_not_stop_or_reorder_the_others() {
    let files = [TOTAL, "fixtures/broken/cut-short.json", DEFAULT, "no-such-file.json"];
    let arguments = [&["check", "--format", "json"], &files[..]].concat();
    let ran = run(&arguments);
    assert_eq!(ran.code, Some(2));
    let json = ran.json();
    let names: Vec<&str> =
        json["targets"].as_array().unwrap().iter().map(|target| target["name"].as_str().unwrap()).collect();
    assert_eq!(names, files);
    assert!(json["targets"][1]["error"].as_str().unwrap().contains("ends too early"));
    assert_eq!(json["findings"].as_array().unwrap().len(), 1);
    for [flag, count] in [["--threads", "1"], ["--threads", "2"], ["--threads", "7"], ["--jobs", "2"]] {
        assert_eq!(run(&[&arguments[..], &[flag, count]].concat()).stdout, ran.stdout);
    }
}

#[test]
fn directories_are_read_in_order_without_unrelated_json() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("b")).unwrap();
    fs::write(at("b/two.json"), read(DEFAULT)).unwrap();
    fs::write(at("a.json"), read(TOTAL)).unwrap();
    fs::write(at("hidden-by-git.json"), read(DEFAULT)).unwrap();
    fs::write(at(".gitignore"), "hidden-*").unwrap();
    fs::write(at("package.json"), r#"{"name": "x", "directories": {"lib": "src"}}"#).unwrap();
    fs::write(at("notes.txt"), "no JSON").unwrap();
    let ran = run_in(folder.path(), &["check", ".", "--format", "compact"]);
    assert_eq!(ran.code, Some(1), "{}", ran.page());
    let first = ran.stdout.lines().next().unwrap_or_default();
    assert!(first.starts_with("./b/two.json:") && first.contains(": error[required-mapping-source]"), "{}", ran.stdout);
    assert!(ran.stdout.contains("in 2 targets"), "{}", ran.stdout);

    let json = run_in(folder.path(), &["check", ".", "--format", "json"]).json();
    assert_eq!(json["passedOver"], json!(["./package.json"]), "{json:#}");

    // Of another kind, whatever its syntax.
    for (name, text) in [("tsconfig.json", "// for the compiler\n{}"), ("lines.json", "{\"a\": 1}\n{\"a\": 2}")] {
        fs::write(at(name), text).unwrap();
        assert_eq!(run_in(folder.path(), &["check", "."]).code, Some(1), "{name}");
        assert_eq!(run_in(folder.path(), &["check", name]).code, Some(2), "{name} by its name");
        fs::remove_file(at(name)).unwrap();
    }
    // Configuration that cannot be read, and an error that was saved instead of it.
    for text in [
        r#"{"synchronizationRules": ["#,
        r#"{"attributeMappings": ["#,
        r#"{"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}"#,
        "",
    ] {
        fs::write(at("broken.json"), text).unwrap();
        let ran = run_in(folder.path(), &["check", "."]);
        assert_eq!(ran.code, Some(2), "{text}: {}", ran.page());
        assert!(ran.stderr.contains("broken.json"), "{}", ran.stderr);
    }
}

#[test]
fn checking_nothing_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("package.json"), "{}").unwrap();
    for path in [".", "package.json"] {
        let ran = run_in(folder.path(), &["check", path]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{path}");
    }
    for path in ["fixtures/cloud-sync.json", "fixtures/hr-inbound.json", "fixtures/gallery-app.json"] {
        let ran = run(&["check", path, "--format", "json"]);
        assert_eq!(ran.code, Some(2));
        assert_eq!(ran.json()["findings"][0]["rule"], "target-directory-unexpected");
        assert_eq!(run(&["check", path, TOTAL]).code, Some(0), "it is only a note if another file was checked");
    }
}

#[test]
fn fail_on_sets_the_exit_code_and_min_severity_the_output() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("provlint.yaml");
    fs::write(&policy, "rules:\n  required-mapping-source: warning\n").unwrap();
    let policy = policy.to_str().unwrap();
    for (fail_on, code) in [("error", 0), ("warning", 1), ("info", 1), ("never", 0)] {
        assert_eq!(run(&["check", DEFAULT, "--policy", policy, "--fail-on", fail_on]).code, Some(code), "{fail_on}");
    }
    let ran = run(&["check", DEFAULT, "--policy", policy, "--fail-on", "warning", "--min-severity", "error"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("No findings") && ran.stdout.contains("1 below --min-severity"), "{}", ran.stdout);
    let json = run(&["check", DEFAULT, "--policy", policy, "--min-severity", "error", "--format", "json"]).json();
    assert_eq!((json["findings"].as_array().unwrap().len(), &json["summary"]["belowMinSeverity"]), (0, &1.into()));
}

#[test]
fn select_and_ignore_choose_rules() {
    assert_eq!(run(&["check", DEFAULT, "--ignore", "required-mapping-source"]).code, Some(0));
    assert_eq!(run(&["check", DEFAULT, "--select", "duplicate-target,unknown-target"]).code, Some(0));
    let ran = run(&["check", DEFAULT, "--select", "required-mapping-sorce"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("did you mean `required-mapping-source`?"), "{}", ran.stderr);
}

#[test]
fn policy_is_found_in_parent_directories() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("exports/deep")).unwrap();
    fs::write(folder.path().join("exports/deep/total.json"), read(DEFAULT)).unwrap();
    fs::write(folder.path().join(".provlint.yaml"), "rules: { required-mapping-source: off }\n").unwrap();
    let deep = folder.path().join("exports/deep");
    assert_eq!(run_in(&deep, &["check", "total.json"]).code, Some(0));
    fs::write(folder.path().join("exports/provlint.yaml"), "rules: { required-mapping-source: info }\n").unwrap();
    let ran = run_in(&deep, &["check", "total.json", "--fail-on", "info"]);
    assert_eq!(ran.code, Some(1), "the nearest counts: {}", ran.page());
    fs::write(deep.join("provlint.yaml"), "rulez: {}\n").unwrap();
    let ran = run_in(&deep, &["check", "total.json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(
        ran.stderr.contains("unknown key `rulez`") && ran.stderr.contains("did you mean `rules`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn accepted_findings_are_counted_until_they_expire() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("p.yaml");
    let write = |until: &str| {
        let entry = "  - rule: required-mapping-source\n    subject: User/externalId\n    reason: moving in spring\n";
        fs::write(&policy, format!("ignore:\n{entry}    until: {until}\n")).unwrap();
        run(&["check", DEFAULT, "--policy", policy.to_str().unwrap()])
    };
    let ran = write("2999-12-31");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.contains("1 ignored by the policy"), "{}", ran.stdout);
    let ran = write("2020-01-01");
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("until 2020-01-01 (moving in spring)"), "{}", ran.stderr);
}

#[test]
fn policies_match_by_app_or_file_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let policy = "policies:\n- app: { names: [\"total*\"] }\n- app: { names: [other] }\n  rules: { required-mapping-source: off }\n";
    fs::write(at("provlint.yaml"), policy).unwrap();
    for name in ["TOTAL export.json", "other.json", "third.json"] {
        fs::write(at(name), read(DEFAULT)).unwrap();
    }
    assert_eq!(run_in(folder.path(), &["check", "TOTAL export.json"]).code, Some(1));
    assert_eq!(run_in(folder.path(), &["check", "other.json"]).code, Some(0));
    let ran = run_in(folder.path(), &["check", "third.json"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("no policy applies to third.json"), "{}", ran.stderr);
}

#[test]
fn one_run_writes_several_reports() {
    let folder = tempfile::tempdir().unwrap();
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join(DEFAULT);
    let default = default.to_str().unwrap();
    let arguments = ["check", default, "--format", "json", "-o", "a.json", "--format", "compact", "--color", "always"];
    let ran = run_in(folder.path(), &arguments);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("\u{1b}[") && ran.stdout.contains("required-mapping-source"), "{}", ran.stdout);
    let json: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("a.json")).unwrap()).unwrap();
    assert_eq!(json["summary"]["error"], 1);
    assert_eq!(run_in(folder.path(), &["check", default, "-o", "page.txt"]).stdout, "");
    assert!(!fs::read_to_string(folder.path().join("page.txt")).unwrap().contains('\u{1b}'));
    assert_eq!(run(&["check", DEFAULT, "--format", "json", "--format", "compact"]).code, Some(2));
    assert_eq!(run(&["check", DEFAULT, "-o", "no/such/folder/report"]).code, Some(2));
}

#[test]
fn colours_follow_flag_then_variables_then_terminal() {
    let colored = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = provlint(&[&["check", DEFAULT], arguments].concat());
        finish(command.envs(variables.iter().copied())).stdout.contains('\u{1b}')
    };
    assert!(!colored(&[], &[]), "a pipe gets no colours by default");
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "0")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn rules_without_input_are_not_evaluated() {
    let json = run(&["check", "fixtures/snapshot.json", "--format", "json", "--group", "TOTAL-Admin"]).json();
    assert_eq!(json["targets"][0]["app"]["displayName"], "TOTAL");
    assert_eq!(json["summary"]["error"], 0);

    let mut snapshot: Value = serde_json::from_str(&read("fixtures/snapshot.json")).unwrap();
    snapshot.as_object_mut().unwrap().remove("appRoleAssignedTo");
    snapshot["provlint"]["unread"] =
        serde_json::json!({"appRoleAssignedTo": "403 Forbidden: Application.Read.All is missing"});
    let ran = run_with_input(&["check", "-", "--format", "json", "--group", "X"], snapshot.to_string().as_bytes());
    let json = ran.json();
    assert_eq!(
        (ran.code, &json["targets"][0]["rules"]["unknown"][0]["rule"]),
        (Some(2), &"scope-filter-group-id".into())
    );

    let assignments = r#"{"provlint": {"snapshot": 1}, "appRoleAssignedTo": []}"#;
    let ran = run_with_input(&["check", "-", "--group", "X"], assignments.as_bytes());
    assert_eq!(ran.code, Some(1), "assignments alone can be judged: {}", ran.page());

    let mut schema: Value = serde_json::from_str(&read(TOTAL)).unwrap();
    schema.as_object_mut().unwrap().remove("directories");
    let json = run_with_input(&["check", "-", "--format", "json"], schema.to_string().as_bytes()).json();
    assert_eq!(json["findings"].as_array().unwrap().len(), 0);
    let skipped = json["targets"][0]["rules"]["skipped"].as_array().unwrap();
    for rule in ["unknown-target", "unknown-source", "directory-unresolved", "type-mismatch"] {
        assert!(skipped.iter().any(|skipped| skipped["rule"] == rule), "{rule}: {skipped:?}");
    }
}

#[test]
fn credentials_are_reported_but_never_printed() {
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
    let text = read(TOTAL).replacen("\"[objectId]\"", &format!("\"\\\"{token}\\\"\""), 1).replacen(
        "\"name\": \"objectId\"",
        &format!("\"name\": \"{token}\""),
        1,
    );
    for format in ["pretty", "compact", "json", "jsonl"] {
        let ran = run_with_input(&["check", "-", "--format", format], text.as_bytes());
        assert_eq!(ran.code, Some(1));
        assert!(ran.stdout.contains("secret-in-file") && !ran.page().contains("eyJ"), "{format}: {}", ran.page());
    }
    let off = run_with_input(&["check", "-", "--ignore", "secret-in-file"], text.as_bytes());
    assert!(!off.page().contains("eyJ"), "not even when the rule is off: {}", off.page());
    let broken = run_with_input(&["check", "-"], format!("{{\"a\": \"{token}\" 1}}").as_bytes());
    assert!(broken.code == Some(2) && !broken.page().contains("eyJ"), "{}", broken.page());
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_quietly() {
    use std::io::Read;
    use std::process::Stdio;
    let mut child = provlint(&["check", DEFAULT]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert!(child.wait().unwrap().code().is_some(), "ended by a signal");
    assert_eq!(errors, "");
}

#[test]
fn hostile_inputs_fail_quickly() {
    let deep = [b"{\"synchronizationRules\": ".as_slice(), &b"[".repeat(100_000)].concat();
    let deep_objects = [b"{\"synchronizationRules\": [], \"x\": ".as_slice(), &b"{\"a\":".repeat(100_000)].concat();
    let noise: Vec<u8> = (0..2_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect();
    let line = [b"{\"synchronizationRules\": \"".as_slice(), &b"a".repeat(2_000_000), b"\" x}"].concat();
    // With the sign of a credential, every string is looked at.
    let deep_strings =
        [b"{\"x\": \"eyJ\", \"synchronizationRules\": ".as_slice(), &b"[\"a\",".repeat(200_000)].concat();
    let many = b"\\n Bearer abcdefghijklmnopqrst".repeat(50_000);
    let many_secrets = [b"{\"synchronizationRules\": \"".as_slice(), &many, b"\" x}"].concat();
    for input in [
        &deep[..],
        &deep_objects,
        &deep_strings,
        &many_secrets,
        &noise,
        &line,
        b"",
        b"\xFF\xFE",
        b"\xEF\xBB\xBF",
        b"\0\0\0\0",
        b"null",
        b"\"\\ud800\"",
    ] {
        let ran = run_with_input(&["check", "-"], input);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
        assert!(ran.stderr.lines().count() < 20 && ran.stderr.len() < 4_000, "{}", ran.stderr);
    }
}

/// Writes what EntraExporter writes for an app, in the encoding of Windows PowerShell.
fn write_exported(folder: &std::path::Path, id: &str, name: &str, groups: &[&str]) {
    let write = |path: std::path::PathBuf, value: serde_json::Value| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = format!("{value:#}").replace('\n', "\r\n");
        let bytes: Vec<u8> = [0xFEFF_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        std::fs::write(path, bytes).unwrap();
    };
    let app = folder.join("ServicePrincipals").join(id);
    write(
        app.join(format!("{id}.json")),
        serde_json::json!({"id": id, "displayName": name, "accountEnabled": true, "appRoleAssignmentRequired": false}),
    );
    for group in groups {
        let assignment = format!("a-{group}");
        write(
            app.join("AppRoleAssignedTo").join(&assignment).join(format!("{assignment}.json")),
            serde_json::json!({"id": assignment, "principalType": "Group", "principalId": format!("g-{group}"), "principalDisplayName": group}),
        );
    }
}

#[test]
fn entra_exporter_files_are_checked_for_apps_of_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    write_exported(folder.path(), "11111111-0000-4000-8000-000000000001", "TOTAL", &["TOTAL-Admin", "Everybody"]);
    write_exported(folder.path(), "11111111-0000-4000-8000-000000000002", "Payroll", &["Everybody"]);
    std::fs::copy("fixtures/total-export.json", folder.path().join("total.json")).unwrap();
    let arguments = ["check", ".", "--group", "TOTAL-Admin", "--group", "TOTAL-Analyst", "--format", "json"];
    let ran = crate::common::run_in(folder.path(), &arguments);
    let report = ran.json();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{report}");
    let targets: Vec<String> =
        report["targets"].as_array().unwrap().iter().map(|target| target["name"].to_string()).collect();
    assert_eq!(targets.len(), 2, "the app of another policy is left out: {targets:?}");
    assert!(targets[0].contains("ServicePrincipals") && targets[1].contains("total.json"), "{targets:?}");
    let found: Vec<[&str; 2]> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| [found["rule"].as_str().unwrap(), found["subject"].as_str().unwrap()])
        .collect();
    assert_eq!(
        found,
        [
            ["assignment-not-required", "app"],
            ["group-not-assigned", "Group/TOTAL-Analyst"],
            ["unexpected-assignment", "Group/Everybody"],
        ]
    );
    std::fs::write(
        folder
            .path()
            .join("ServicePrincipals/11111111-0000-4000-8000-000000000001/11111111-0000-4000-8000-000000000001.json"),
        "{",
    )
    .unwrap();
    let ran = crate::common::run_in(folder.path(), &arguments);
    assert_eq!(ran.code, Some(2), "a broken file among them: {ran:?}");
}

#[test]
fn file_names_cannot_control_the_terminal() {
    let schema = include_str!("../../fixtures/total-export.json")
        .replace("\"targetAttributeName\": \"title\"", "\"targetAttributeName\": \"ti\\u001b[2Jt\u{9b}2Jle\"");
    for format in ["pretty", "compact"] {
        let ran = run_with_input(&["check", "-", "--format", format], schema.as_bytes());
        assert_eq!(ran.code, Some(1));
        let steers = |text: &str| text.contains(['\u{1b}', '\u{9b}']);
        assert!(!steers(&ran.stdout) && !steers(&ran.stderr), "{}", ran.stdout);
        assert!(ran.stdout.contains("2J"), "{}", ran.stdout);
    }
    let broken = run_with_input(&["check", "-"], "{\"a\u{9b}2J\": 1, \"a\u{9b}2J\": 2, }".as_bytes());
    assert_eq!(broken.code, Some(2));
    assert!(!broken.stderr.contains('\u{9b}'), "{}", broken.stderr);
}
