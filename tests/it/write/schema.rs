//! `provlint fix --app`: the schema and the pause.

use std::fs;

use super::{DEFAULT, FIX, fixed, schema_with_unknown_members, with};
use crate::common::graph::{JOB, PRINCIPAL};
use crate::common::writable::{Fate, Writable};
use crate::common::{flat, run, side_by_side};
use serde_json::{Value, json};

#[test]
fn fix_app_shows_backs_up_writes_and_verifies() {
    let tenant = Writable::start(&schema_with_unknown_members());
    let ran = tenant.run(&FIX);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let backups = tenant.backups();
    let named = ran.page().replace(&backups[0], "BACKUP").replace(&tenant.stand_in.url, "URL");
    assert_agreed!("fix_live", named);
    assert_eq!(tenant.schema(), fixed(&schema_with_unknown_members()), "only the one source differs");
    assert!(tenant.state().schema.contains("1.0e3"), "numbers keep their spelling");
    let changes: Vec<String> =
        tenant.state().changes.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(
        changes,
        [format!("PUT /synchronization/jobs/{JOB}/schema")],
        "one change, and no pause without --pause"
    );
    let backup = tenant.folder.path().join(&backups[0]);
    let text = fs::read_to_string(&backup).unwrap();
    let kept: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(kept["jobs"][0]["schema"], serde_json::from_str::<Value>(&schema_with_unknown_members()).unwrap());
    assert!(text.contains("1.0e3"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // The backup is a snapshot that `check` reads.
    assert_eq!(run(&["check", backup.to_str().unwrap()]).code, Some(1));
    let again = tenant.run(&FIX);
    assert_eq!(
        (again.code, again.stdout.as_str()),
        (Some(0), "Nothing to fix in graph:TOTAL (profile truu-total)\n"),
        "{again:?}"
    );
    assert_eq!((tenant.state().changes.len(), tenant.backups().len()), (1, 1), "a second fix writes nothing");
}

#[test]
fn without_a_terminal_writing_requires_yes() {
    let tenant = Writable::start(DEFAULT);
    let ran = tenant.run(&["fix", "--app", "TOTAL"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("+                \"expression\": \"[objectId]\","), "it is shown: {ran:?}");
    assert!(ran.stderr.contains("nothing was written: there is no terminal to ask on"), "{ran:?}");
    fs::write(tenant.folder.path().join("a.json"), fixed(DEFAULT).to_string()).unwrap();
    let ran = tenant.run(&["restore", "a.json", "--app", "TOTAL", "--from-another-app"]);
    assert_eq!((ran.code, ran.stderr.contains("no terminal")), (Some(2), true), "{ran:?}");
    assert_eq!((tenant.state().changes.len(), tenant.backups().len()), (0, 0));
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs script of util-linux")]
fn fix_app_asks_on_a_terminal() {
    let cases =
        [("y\n", 0, &["PUT schema"][..]), ("n\n", 1, &[]), ("\n", 1, &[]), ("p\n", 0, &["POST pause", "PUT schema"])];
    side_by_side(cases, |(typed, code, wanted)| {
        let tenant = Writable::start(DEFAULT);
        let arguments = ["fix", "--app", "TOTAL"];
        let (ended, page) = tenant.run_on_terminal(&arguments, typed);
        assert!(page.contains("Provisioning is on. Write this to TOTAL at 127.0.0.1? [y/N, or p to pause"), "{page}");
        assert_eq!(ended, Some(code), "{typed:?}: {page}");
        let last = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let changes: Vec<String> =
            tenant.state().changes.iter().map(|(method, path, _)| format!("{method} {}", last(path))).collect();
        assert_eq!(changes, wanted, "{typed:?}: {page}");
        let end = if wanted.is_empty() { "1 fix pending in graph:TOTAL" } else { "1 fix made in graph:TOTAL" };
        assert!(page.contains(end), "{typed:?}: {page}");
    });
}

#[test]
fn nothing_is_written_when_the_plan_cannot_be_shown() {
    let tenant = Writable::start(DEFAULT);
    let ran = tenant.run_with_closed_output(&FIX);
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 0), "{ran:?}");
    assert!(ran.stderr.contains("nothing was written: the changes could not be shown"), "{ran:?}");
}

/// For each answer: the exit code and message, whether the schema is fixed, and whether a restore is proposed.
#[test]
fn fix_app_reports_the_real_state_of_the_schema() {
    let cases = [
        (
            Fate::Refused(400),
            2,
            "Graph answered 400 Bad Request: SchemaInvalid: no; read back, it is unchanged",
            false,
            false,
        ),
        (Fate::Refused(403), 2, "the token needs Synchronization.ReadWrite.All", false, false),
        (Fate::Refused(500), 2, "no; read back, it is unchanged", false, true),
        (Fate::Refused(429), 0, "the schema: written and read back", true, true),
        (
            Fate::MadeAnd(500),
            0,
            "Graph answered 500 Internal Server Error: SchemaInvalid: no; it is written and read back",
            true,
            true,
        ),
        (Fate::MadeAnd(400), 0, "no; it is written and read back", true, true),
        (Fate::Late(1), 0, "the schema: written and read back", true, true),
        (Fate::Late(99), 2, "the schema: Graph accepted it; read back, it is unchanged", true, true),
        (Fate::LateAnd(500, 1), 0, "no; it is written and read back", true, true),
        (Fate::LateAnd(504, 99), 2, "the change may still come", true, true),
        (Fate::MadeAndLost, 0, "no answer: the connection to 127.0.0.1 broke", true, true),
        (Fate::Lost, 2, "the change may still come", false, true),
        (Fate::MadeAndDeaf, 2, "its current state is unknown: 503 Service Unavailable", true, true),
        (Fate::Twisted, 2, "neither as before nor as written: User/title source differs", false, true),
    ];
    side_by_side(cases, |(fate, code, said, is_fixed, way_back)| {
        let tenant = Writable::start(&schema_with_unknown_members());
        tenant.state().fates.push_back(fate);
        // What comes out well ends by itself: it gets enough time for a busy machine.
        let patience = if code == 0 { "30" } else { "1" };
        let ran = tenant.run(&with(&FIX, &["--max-wait", patience]));
        assert_eq!(ran.code, Some(code), "{fate:?}: {ran:?}");
        assert!(flat(&ran.stderr).contains(said), "{fate:?}: {ran:?}");
        assert_eq!(tenant.schema() == fixed(&schema_with_unknown_members()), is_fixed, "{fate:?}");
        let after = ran.stderr.split("×").nth(1).unwrap_or(&ran.stdout).contains("provlint restore");
        assert_eq!(after, way_back, "{fate:?}: {ran:?}");
        assert_eq!(tenant.backups().len(), 1, "{fate:?}");
        let backup = tenant.backups().remove(0);
        let original: Value = serde_json::from_str(&schema_with_unknown_members()).unwrap();
        let text = fs::read_to_string(tenant.folder.path().join(&backup)).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["jobs"][0]["schema"], original, "{fate:?}");
        // Other tests restore from the original and from the fixed state; this is the only third one.
        if fate == Fate::Twisted {
            assert_eq!(tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]).code, Some(0));
            assert_eq!(tenant.schema(), original);
        }
    });
}

#[test]
fn a_killed_fix_leaves_a_complete_backup() {
    side_by_side([(Fate::Held, false), (Fate::MadeAndHeld, true)], |(fate, is_fixed)| {
        let tenant = Writable::start(&schema_with_unknown_members());
        tenant.state().fates.push_back(fate);
        tenant.run_and_kill(&FIX);
        assert_eq!(tenant.schema() == fixed(&schema_with_unknown_members()), is_fixed);
        let backup = tenant.backups().remove(0);
        let ran = tenant.run(&["restore", &backup, "--app", PRINCIPAL, "--yes"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(tenant.schema(), serde_json::from_str::<Value>(&schema_with_unknown_members()).unwrap());
    });
}

#[test]
fn nothing_is_written_without_a_backup() {
    let tenant = Writable::start(DEFAULT);
    let ran = tenant.run(&with(&FIX, &["--backup-dir", "nowhere"]));
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("nothing was written") && ran.stderr.contains("nowhere/provlint-backup-TOTAL-"),
        "{ran:?}"
    );
    assert_eq!(tenant.state().changes.len(), 0);
}

#[test]
fn pause_flag_pauses_provisioning_first() {
    let tenant = Writable::start(DEFAULT);
    let ran = tenant.run(&with(&FIX, &["--pause", "--fail-on", "never"]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let methods: Vec<String> = tenant
        .state()
        .changes
        .iter()
        .map(|(method, path, _)| format!("{method} {}", path.rsplit('/').next().unwrap()))
        .collect();
    assert_eq!(methods, ["POST pause", "PUT schema"]);
    assert!(ran.stderr.contains("the pause: written and read back"), "{ran:?}");
    let start = format!("provlint start --app {PRINCIPAL} --graph-url {}", tenant.stand_in.url);
    assert!(ran.stdout.contains(&format!("Provisioning is paused. To start it: {start}")), "{ran:?}");
    // A paused job is not paused again.
    tenant.state().schema = DEFAULT.to_owned();
    tenant.run(&with(&FIX, &["--pause", "--fail-on", "never"]));
    assert_eq!(tenant.state().changes.len(), 3);
}

/// Graph may store parts that no mapping reads in another form.
#[test]
fn parts_that_graph_stores_differently_are_reported() {
    let tenant = Writable::start(&schema_with_unknown_members());
    tenant.state().fates.push_back(Fate::Respelt);
    let ran = tenant.run(&FIX);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(flat(&ran.stderr).contains("Graph stored parts that no mapping reads in another form"), "{ran:?}");
}

/// Another administrator may save a mapping during the pause.
#[test]
fn a_schema_changed_during_the_pause_is_not_overwritten() {
    let tenant = Writable::start(DEFAULT);
    // It is read for the plan and before the backup, then it changes.
    let other = DEFAULT.replace("[jobTitle]", "[city]");
    tenant.state().change_after_reads(2, &other);
    let ran = tenant.run(&with(&FIX, &["--pause"]));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let said = flat(&ran.stderr);
    assert!(said.contains("the schema was not written: the schema changed since it was read"), "{said}");
    assert!(!said.contains("nothing was written"), "{said}");
    assert!(said.contains("written before that, and read back: the pause"), "{said}");
    assert!(said.contains("provisioning stays paused; this starts it: provlint start"), "{said}");
    assert!(
        !said.rsplit('×').next().unwrap().contains("restore"),
        "a restore would undo another administrator's change: {said}"
    );
    let changes: Vec<String> = tenant.state().changes.iter().map(|(method, ..)| method.clone()).collect();
    assert_eq!(changes, ["POST"], "no schema is sent");
    assert_eq!(tenant.state().schema, other);
}

#[test]
fn an_incomplete_schema_is_not_fixed() {
    type Cut = fn(&mut Value);
    let cases: [(&str, Cut); 5] = [
        ("directories", |schema| drop(schema.as_object_mut().unwrap().remove("directories"))),
        ("the rest of its directories", |schema| schema["directories@odata.nextLink"] = json!("https://next")),
        ("the directory customappsso", |schema| {
            schema["directories"].as_array_mut().unwrap().retain(|directory| directory["name"] != "customappsso");
        }),
        ("the objects of the directory", |schema| {
            schema["directories"][0].as_object_mut().unwrap().remove("objects");
        }),
        ("the attributeMappings of", |schema| {
            let mappings = &mut schema["synchronizationRules"][0]["objectMappings"];
            mappings[0].as_object_mut().unwrap().remove("attributeMappings");
            // The other mapping has something to fix.
            mappings[1]["flowTypes"] = json!("Add");
        }),
    ];
    side_by_side(cases, |(lacking, cut)| {
        let mut part: Value = serde_json::from_str(DEFAULT).unwrap();
        cut(&mut part);
        let tenant = Writable::start(&part.to_string());
        let ran = tenant.run(&with(&FIX, &["--unsafe"]));
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 0), "{lacking}: {ran:?}");
        assert!(flat(&ran.stderr).contains(&format!("a part of the schema, without {lacking}")), "{ran:?}");
    });
}

/// Proposed commands must be easy to copy.
#[test]
fn proposed_commands_are_not_wrapped() {
    let tenant = Writable::start(DEFAULT);
    tenant.state().fates.extend([Fate::Made, Fate::LateAnd(504, 99)]);
    let ran = tenant.run(&with(&FIX, &["--max-wait", "1", "--pause"]));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let commands: Vec<&str> = ran.stderr.lines().map(str::trim).filter(|line| line.starts_with("provlint ")).collect();
    let begins: Vec<&str> = commands.iter().map(|command| &command[..14]).collect();
    assert_eq!(begins, ["provlint diff ", "provlint resto", "provlint start", "provlint fix -"], "{}", ran.stderr);
    assert!(commands[3].contains("--pause"), "{commands:?}");
    for command in commands {
        assert!(command.contains(&format!("--graph-url {}", tenant.stand_in.url)), "{command}");
    }
}

/// The first step succeeds and the second fails; both are reported.
#[test]
fn changes_written_before_a_refusal_are_reported() {
    let tenant = Writable::start(&schema_with_unknown_members());
    tenant.state().settings.retain(|setting| setting["key"] != "SyncAll");
    tenant.state().fates.extend([Fate::Made, Fate::Refused(403)]);
    let ran = tenant.run(&with(&FIX, &["--unsafe"]));
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 2), "{ran:?}");
    let said = flat(&ran.stderr);
    assert!(said.contains("written before that, and read back: the schema"), "{said}");
    assert!(said.contains("the setting SyncAll: Graph answered 403"), "{said}");
}

#[test]
fn an_app_with_a_long_name_is_backed_up() {
    let tenant = Writable::start(DEFAULT);
    tenant.state().name = Some("T".repeat(230));
    let ran = tenant.run(&["fix", "--app", PRINCIPAL, "--yes", "--profile", "truu-total"]);
    assert_eq!((ran.code, tenant.backups().len()), (Some(0), 1), "{ran:?}");
}

#[test]
fn a_schema_changed_since_the_plan_is_not_overwritten() {
    let tenant = Writable::start(DEFAULT);
    // The schema is read for the plan, and again before writing.
    let other = DEFAULT.replace("[jobTitle]", "[city]");
    tenant.state().change_after_reads(1, &other);
    let ran = tenant.run(&FIX);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("nothing was written: the schema changed since it was read"), "{ran:?}");
    assert_eq!((tenant.state().changes.len(), tenant.backups().len()), (0, 0));
}

#[test]
fn json_report_lists_written_changes_and_the_backup() {
    let tenant = Writable::start(DEFAULT);
    let ran = tenant.run(&with(&FIX, &["--format", "json"]));
    let report = ran.json();
    let target = &report["targets"][0];
    assert_eq!((&target["written"], &target["error"], &target["fixes"]), (&json!(true), &Value::Null, &json!(1)));
    assert_eq!(target["backup"], json!(tenant.backups()[0]));
    assert!(ran.stderr.contains("[objectId]"), "the plan is shown: {ran:?}");
    tenant.state().schema = DEFAULT.to_owned();
    tenant.state().fates.push_back(Fate::Refused(400));
    let ran = tenant.run(&with(&FIX, &["--format", "json"]));
    let target = &ran.json()["targets"][0];
    assert_eq!((&target["written"], ran.code), (&json!(false), Some(2)));
    assert!(target["error"].as_str().unwrap().contains("400 Bad Request") && target["backup"].is_string(), "{target}");
}

/// After a restore, provisioning must also be started again.
#[test]
fn errors_say_that_provisioning_stays_paused() {
    let cases = [(Fate::Refused(400), false), (Fate::Twisted, true), (Fate::Lost, true)];
    side_by_side(cases, |(fate, changed)| {
        let tenant = Writable::start(DEFAULT);
        tenant.state().fates.extend([Fate::Made, fate]);
        let ran = tenant.run(&with(&FIX, &["--pause", "--max-wait", "1"]));
        assert_eq!(ran.code, Some(2), "{fate:?}: {ran:?}");
        let said = flat(&ran.stderr);
        let after = said.rsplit('×').next().unwrap();
        assert_eq!(after.contains("this restores the state before: provlint restore"), changed, "{fate:?}: {said}");
        let start = format!("provisioning stays paused; this starts it: provlint start --app {PRINCIPAL}");
        assert!(after.contains(&start), "{fate:?}: {said}");
    });
}

/// A part that could not be read is neither correct nor fixed.
#[test]
fn requested_fixes_without_evaluation_are_not_reported_as_done() {
    let cases = [
        ("/secrets", &["--unsafe"][..], "tenant-url-missing"),
        ("/appRoleAssignedTo", &["--group", "TOTAL-Admin", "--assign-groups"], "group-not-assigned"),
        ("/appRoleAssignedTo", &["--group", "TOTAL-Admin", "--unsafe", "--remove-unexpected"], "group-not-assigned"),
    ];
    side_by_side(cases, |(hidden, asked, rule)| {
        for (schema, fixes) in [(fixed(DEFAULT).to_string(), 0), (schema_with_unknown_members(), 1)] {
            let tenant = Writable::start(&schema);
            tenant.state().hidden.push(hidden);
            let plain = tenant.run(&["fix", "--app", "TOTAL", "--dry-run"]);
            assert_eq!(plain.code, Some(2), "{hidden}: what could not be read is never green: {plain:?}");
            assert_eq!(plain.stdout.contains("--- "), fixes > 0, "{hidden}: the other rules are fixed: {plain:?}");
            assert!(plain.stdout.contains("not evaluated"), "{hidden}: {plain:?}");
            let ran = tenant.run(&with(&FIX, asked));
            assert_eq!(ran.code, Some(2), "{hidden}: {ran:?}");
            assert!(
                flat(&ran.stderr).contains(&format!("{rule} could not be evaluated, so nothing was fixed for it: 403")),
                "{ran:?}"
            );
            assert!(!ran.stdout.contains("Nothing to fix"), "{ran:?}");
            assert_eq!(tenant.state().changes.len(), usize::try_from(fixes).unwrap(), "the other fix is made");
            let json = tenant.run(&[&FIX[..], asked, &["--format", "json"]].concat()).json();
            let target = &json["targets"][0];
            assert!(target["error"].as_str().unwrap().contains(rule), "{target}");
            let unknown = target["unknown"].as_array().unwrap();
            assert!(unknown.iter().any(|one| one["rule"] == rule && one["reason"].is_string()), "{target}");
        }
    });
    // --assign-groups requires a group.
    let tenant = Writable::start(DEFAULT);
    let ran = tenant.run(&["fix", "--app", "TOTAL", "--dry-run", "--assign-groups"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(flat(&ran.stderr).contains("groups in the policy (or --group)"), "{ran:?}");
}

#[test]
fn nothing_is_written_until_the_pause_is_confirmed() {
    let tenant = Writable::start(DEFAULT);
    tenant.state().fates.push_back(Fate::MadeAnd(500));
    let ran = tenant.run(&with(&FIX, &["--pause", "--fail-on", "never"]));
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(0), 2), "{ran:?}");
    assert!(ran.stderr.contains("the pause: Graph answered 500"), "{ran:?}");
    let tenant = Writable::start(DEFAULT);
    tenant.state().fates.push_back(Fate::Refused(403));
    let ran = tenant.run(&with(&FIX, &["--pause"]));
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 1), "{ran:?}");
    assert!(ran.stderr.contains("the pause: Graph answered 403"), "{ran:?}");
}

#[test]
fn an_unexplained_failure_stops_further_apps() {
    let tenant = Writable::start(DEFAULT);
    tenant.state().fates.push_back(Fate::Twisted);
    let ran =
        tenant.run(&["fix", "--app", "TOTAL", "--app", PRINCIPAL, "--yes", "--max-wait", "0", "--format", "json"]);
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 1), "{ran:?}");
    assert!(flat(&ran.stderr).contains("was not changed, because graph:TOTAL failed"), "{ran:?}");
    assert_eq!(ran.json()["targets"].as_array().unwrap().len(), 2);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs script of util-linux")]
fn the_plan_is_shown_before_the_question_with_redirected_output() {
    let tenant = Writable::start(DEFAULT);
    let (code, page) = tenant.run_on_terminal(&["fix", "--app", "TOTAL", "> plan.txt"], "n\n");
    let (plan, question) = (page.find("[objectId]").unwrap(), page.find("Write this to TOTAL").unwrap());
    assert!(plan < question && code == Some(1), "{page}");
    assert!(fs::read_to_string(tenant.folder.path().join("plan.txt")).unwrap().contains("1 fix pending"));
}
