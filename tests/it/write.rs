//! Writing to a tenant: what is shown, written, verified and restored, whatever goes wrong.

use std::fs;
use std::sync::{Arc, Mutex};

use crate::common::graph::{JOB, PRINCIPAL, StandIn};
use crate::common::prism::{description, passed_on, prism};
use crate::common::writable::{Fate, ROLE, State, Writable};
use crate::common::{flat, run, side_by_side};
use serde_json::{Value, json};

const DEFAULT: &str = include_str!("../../fixtures/default-export.json");
const FIX: [&str; 4] = ["fix", "--app", "TOTAL", "--yes"];

/// The default schema on one line, with a number and members that provlint does not know.
fn schema_with_unknown_members() -> String {
    let text = serde_json::from_str::<Value>(DEFAULT).unwrap().to_string();
    let odd = text.replacen(
        "{\"",
        "{\"provisioningTaskIdentifier\":\"AnySource->AnyTarget\",\"x\":[1.0e3,-0,{\"y\":null}],\"",
        1,
    );
    odd.replacen("\"synchronizationRules\"", "\"synchronizationRules@odata.context\":\"c\",\"synchronizationRules\"", 1)
}

/// The default schema after its only fix.
fn fixed(schema: &str) -> Value {
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    for mapping in schema["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap() {
        for row in mapping["attributeMappings"].as_array_mut().unwrap() {
            if row["source"]["name"] == "mailNickname" && row["targetAttributeName"] == "externalId" {
                row["source"]["name"] = json!("objectId");
                row["source"]["expression"] = json!("[objectId]");
            }
        }
    }
    schema
}

/// The name and the text of the backup that a fix leaves.
fn backup_of_a_fix() -> (String, String) {
    let tenant = Writable::start(&schema_with_unknown_members());
    tenant.run(&FIX);
    let name = tenant.backups().remove(0);
    let text = fs::read_to_string(tenant.folder.path().join(&name)).unwrap();
    (name, text)
}

/// A tenant that was fixed, with the backup of the fix.
fn tenant_after((backup, text): &(String, String)) -> Writable {
    let tenant = Writable::start(&fixed(&schema_with_unknown_members()).to_string());
    fs::write(tenant.folder.path().join(backup), text).unwrap();
    tenant
}

fn with(arguments: &[&'static str], more: &[&'static str]) -> Vec<&'static str> {
    [arguments, more].concat()
}

#[test]
fn fix_app_shows_backs_up_writes_and_verifies() {
    let tenant = Writable::start(&schema_with_unknown_members());
    let ran = tenant.run(&FIX);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let backups = tenant.backups();
    let named = ran.page().replace(&backups[0], "BACKUP").replace(&tenant.stand_in.url, "URL");
    assert_agreed!("fix_live", named);
    assert_eq!(tenant.schema(), fixed(&schema_with_unknown_members()), "nothing but the one source differs");
    assert!(tenant.state().schema.contains("1.0e3"), "numbers are spelt as they came");
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
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "Nothing to fix in graph:TOTAL\n"), "{again:?}");
    assert_eq!((tenant.state().changes.len(), tenant.backups().len()), (1, 1), "a second time nothing is written");
}

#[test]
fn restore_brings_back_the_previous_state() {
    let tenant = Writable::start(&schema_with_unknown_members());
    tenant.run(&FIX);
    let backup = tenant.backups().remove(0);
    let dry = tenant.run(&["restore", &backup, "--app", "TOTAL", "--dry-run"]);
    assert_eq!(dry.code, Some(1));
    assert_agreed!("restore_dry_run", dry.page().replace(&backup, "BACKUP"));
    assert_eq!(tenant.state().changes.len(), 1, "a dry run writes nothing");
    let ran = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(tenant.schema(), serde_json::from_str::<Value>(&schema_with_unknown_members()).unwrap());
    assert!(tenant.state().schema.contains("1.0e3"));
    assert_eq!(tenant.backups().len(), 2, "what was there before the restore is backed up too");
    let last = ran.stdout.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("Checked again: 1 error found. For all details: provlint check --app TOTAL --graph-url "),
        "{last}"
    );
    let again = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]);
    assert_eq!((again.code, again.stdout.starts_with("No differences")), (Some(0), true), "{again:?}");
}

/// Only a part outside the mappings differs, so comparing mappings would find no difference.
#[test]
fn a_refused_restore_of_unmapped_parts_is_not_reported_as_done() {
    let fix = backup_of_a_fix();
    let cases = [(Fate::Refused(403), 2), (Fate::Refused(500), 2), (Fate::Lost, 2), (Fate::MadeAnd(504), 0)];
    side_by_side(cases, |(fate, code)| {
        let tenant = tenant_after(&fix);
        let backup = tenant.backups().remove(0);
        let mut other: Value = serde_json::from_str(&schema_with_unknown_members()).unwrap();
        other["x-unknown"] = Value::from("y");
        tenant.state().schema = other.to_string();
        tenant.state().fates.push_back(fate);
        let ran = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes", "--max-wait", "1"]);
        assert_eq!((ran.code, ran.stdout.contains("Restored ")), (Some(code), code == 0), "{fate:?}: {ran:?}");
        let is_back = tenant.schema() == serde_json::from_str::<Value>(&schema_with_unknown_members()).unwrap();
        assert_eq!(is_back, code == 0, "{fate:?}");
    });
}

#[test]
fn restore_requires_a_flag_for_a_schema_of_another_app() {
    let tenant = Writable::start(DEFAULT);
    let file = tenant.folder.path().join("portal.json");
    let restore = ["restore", "portal.json", "--app", "TOTAL", "--yes"];
    let right = include_str!("../../fixtures/total-export.json");
    fs::write(&file, right).unwrap();
    let refused = tenant.run(&restore);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("is of another app") && refused.stderr.contains("--from-another-app"),
        "{refused:?}"
    );
    let mut anonymous: Value = serde_json::from_str(right).unwrap();
    anonymous.as_object_mut().unwrap().remove("@odata.context");
    fs::write(&file, anonymous.to_string()).unwrap();
    let refused = tenant.run(&restore);
    assert_eq!((refused.code, refused.stderr.contains("does not name its app")), (Some(2), true), "{refused:?}");
    assert_eq!(tenant.state().changes.len(), 0);
    assert_eq!(tenant.run(&[&restore[..], &["--from-another-app"]].concat()).code, Some(0));
    assert_eq!(tenant.schema(), anonymous);
    let own = DEFAULT.replace("e2b7f4a0-58c1-4d39-9f6e-31a7c05d8b24", PRINCIPAL);
    assert_ne!(own, DEFAULT);
    fs::write(&file, format!("\u{feff}{own}")).unwrap();
    assert_eq!(tenant.run(&restore).code, Some(0));
    assert_eq!(tenant.schema(), serde_json::from_str::<Value>(&own).unwrap());
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
    assert!(ran.stderr.contains("nothing was written: what would be written could not be shown"), "{ran:?}");
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
        // A throttled request needs enough time on a busy machine.
        let patience = if fate == Fate::Refused(429) { "30" } else { "1" };
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

#[test]
fn settings_are_written_alone_and_only_with_unsafe() {
    let tenant = Writable::start(&fixed(DEFAULT).to_string());
    let sync_all = |value: &str| json!({"key": "SyncAll", "value": value});
    let set = |value: &str| {
        let mut state = tenant.state();
        state.settings.retain(|setting| setting["key"] != "SyncAll");
        state.settings.push(sync_all(value));
    };
    set("true");
    let safe = tenant.run(&FIX);
    assert_eq!((safe.code, tenant.state().changes.len()), (Some(1), 0), "{safe:?}");
    assert!(safe.stdout.contains("Needs --unsafe:"), "{safe:?}");
    let ran = tenant.run(&with(&FIX, &["--unsafe"]));
    assert_agreed!(
        "fix_live_setting",
        ran.page().replace(&tenant.backups()[0], "BACKUP").replace(&tenant.stand_in.url, "URL")
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let (method, path, body) = tenant.state().changes.remove(0);
    assert_eq!((method.as_str(), path.as_str()), ("PUT", "/synchronization/secrets"));
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), json!({"value": [sync_all("false")]}));
    // A restore changes settings only with --unsafe.
    let backup = tenant.backups().remove(0);
    let restore = ["restore", &backup, "--app", "TOTAL", "--yes"];
    let left = tenant.run(&restore);
    assert_eq!((left.code, left.stderr.contains("setting SyncAll (without --unsafe)")), (Some(1), true), "{left:?}");
    assert!(!left.stdout.contains("No differences"), "{left:?}");
    assert_eq!(tenant.run(&[&restore[..], &["--unsafe"]].concat()).code, Some(0));
    assert!(tenant.state().settings.contains(&sync_all("true")));
    // A Graph that deletes settings missing from the request.
    tenant.state().forgets = true;
    let lost = tenant.run(&with(&FIX, &["--unsafe", "--max-wait", "0"]));
    assert_eq!(lost.code, Some(2), "{lost:?}");
    assert!(lost.stderr.contains("the setting SecretToken is gone"), "{lost:?}");
    assert!(lost.stderr.contains("enter the lost settings again"), "{lost:?}");
    // Settings that cannot be restored are reported.
    let backup = tenant.backups().pop().unwrap();
    let back = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes", "--unsafe", "--max-wait", "0"]);
    assert!(
        back.stderr.contains("differs but is left unchanged: setting BaseAddress, setting SecretToken"),
        "{back:?}"
    );
    // A masked value is never written.
    let text = fs::read_to_string(tenant.folder.path().join(&backup)).unwrap();
    let of_setting = |value: &str| format!("\"key\": \"SyncAll\",\n      \"value\": \"{value}\"");
    let masked = text.replace(&of_setting("false"), &of_setting("*")).replace(&of_setting("true"), &of_setting("*"));
    assert_ne!(masked, text);
    fs::write(tenant.folder.path().join("masked.json"), masked).unwrap();
    let changes = tenant.state().changes.len();
    let ran = tenant.run(&["restore", "masked.json", "--app", "TOTAL", "--yes", "--unsafe"]);
    assert_eq!(tenant.state().changes.len(), changes, "{ran:?}");
}

#[test]
fn groups_are_assigned_and_removed_only_with_flags() {
    let new = "3f0c1c52-0000-4000-8000-000000000007";
    let tenant = Writable::start(&fixed(DEFAULT).to_string());
    let groups = ["--group", "TOTAL-Admin", "--group", new];
    let plain = tenant.run(&[&FIX[..], &groups, &["--unsafe"]].concat());
    assert_eq!((plain.code, tenant.state().changes.len()), (Some(1), 0), "{plain:?}");
    let assigned = tenant.run(&[&FIX[..], &groups, &["--assign-groups"]].concat());
    assert_eq!(tenant.state().changes.len(), 1, "{assigned:?}");
    let body: Value = serde_json::from_str(&tenant.state().changes[0].2).unwrap();
    assert_eq!(body, json!({"principalId": new, "resourceId": PRINCIPAL, "appRoleId": ROLE}));
    assert!(assigned.stdout.contains(&format!("The members of {new} get access")), "{assigned:?}");
    // TOTAL-Analyst is assigned but not requested.
    let refused = tenant.run(&[&FIX[..], &groups, &["--remove-unexpected"]].concat());
    assert_eq!((refused.code, refused.stderr.contains("--unsafe")), (Some(2), true), "{refused:?}");
    tenant.run(&[&FIX[..], &groups, &["--remove-unexpected", "--unsafe"]].concat());
    let (method, path, _) = tenant.state().changes[1].clone();
    assert_eq!((method.as_str(), path.as_str()), ("DELETE", "/appRoleAssignedTo/a2"));
    // The first backup contains the original assignments.
    let first = tenant.backups().remove(0);
    let back = tenant.run(&["restore", &first, "--app", "TOTAL", "--yes", "--unsafe"]);
    assert_eq!(back.code, Some(0), "{back:?}");
    let ids: Vec<Value> = tenant.state().assignments.iter().map(|one| one["principalId"].clone()).collect();
    assert_eq!(ids.len(), 2, "{:?}", tenant.state().changes);
    assert!(!ids.contains(&json!(new)));
}

#[test]
fn an_ambiguous_app_role_is_not_guessed() {
    let tenant = Writable::start(&fixed(DEFAULT).to_string());
    let role =
        |id: &str, types: Value| json!({"id": id, "displayName": id, "isEnabled": true, "allowedMemberTypes": types});
    let arguments = ["--group", "TOTAL-Admin", "--group", "3f0c1c52-0000-4000-8000-000000000007", "--assign-groups"];
    // The assigned groups have no role, so several roles are ambiguous.
    tenant.state().app_roles = json!([role("r1", json!(["User"])), role("r2", json!(["User"]))]);
    let ran = tenant.run(&[&FIX[..], &arguments].concat());
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(1), 0), "{ran:?}");
    assert!(ran.stdout.contains("Only a person can do this"), "{ran:?}");
    // A disabled role is not used, nor is the default role.
    let mut off = role("r1", json!(["User"]));
    off["isEnabled"] = json!(false);
    tenant.state().app_roles = json!([off]);
    let ran = tenant.run(&[&FIX[..], &arguments].concat());
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(1), 0), "{ran:?}");
    // A role for applications is not used.
    tenant.state().app_roles = json!([role("r1", json!(["User"])), role("r2", json!(["Application"]))]);
    tenant.run(&[&FIX[..], &arguments].concat());
    assert!(tenant.state().changes[0].2.contains("\"appRoleId\":\"r1\""));
    // The group gets the role that all other assignments have.
    let mut state = tenant.state();
    state.assignments.retain(|one| one["id"] != "a2");
    state.assignments.iter_mut().for_each(|one| one["appRoleId"] = json!("r2"));
    state.assignments.pop();
    state.changes.clear();
    state.app_roles = json!([role("r1", json!(["User"])), role("r2", json!(["User"]))]);
    drop(state);
    tenant.run(&[&FIX[..], &arguments].concat());
    assert!(tenant.state().changes[0].2.contains("\"appRoleId\":\"r2\""), "{:?}", tenant.state().changes);
}

const NEW: &str = "3f0c1c52-0000-4000-8000-000000000007";

/// A tenant with one wrong part outside its schema, the flags that fix it, and a check whether it is fixed.
fn lacking(part: &str) -> (Writable, Vec<&'static str>, fn(&Writable) -> bool) {
    let tenant = Writable::start(&fixed(DEFAULT).to_string());
    let has = |tenant: &Writable, id: &str| tenant.state().assignments.iter().any(|one| one["principalId"] == id);
    let analyst = "3f0c1c52-0000-4000-8000-000000000002";
    match part {
        "setting" => {
            let on = json!({"key": "SyncAll", "value": "true"});
            tenant.state().settings.retain(|setting| setting["key"] != "SyncAll");
            tenant.state().settings.push(on);
            (tenant, vec!["--unsafe"], |tenant| {
                tenant.state().settings.contains(&json!({"key": "SyncAll", "value": "false"}))
            })
        }
        "assignment" => {
            let flags = vec!["--group", "TOTAL-Admin", "--group", NEW, "--assign-groups"];
            (tenant, flags, |tenant| tenant.state().assignments.iter().any(|one| one["principalId"] == NEW))
        }
        _ => {
            assert!(has(&tenant, analyst), "{:?}", tenant.state().assignments);
            let flags = vec!["--group", "TOTAL-Admin", "--unsafe", "--remove-unexpected"];
            (tenant, flags, |tenant| {
                let analyst = "3f0c1c52-0000-4000-8000-000000000002";
                tenant.state().assignments.iter().all(|one| one["principalId"] != analyst)
            })
        }
    }
}

/// Fixes one part with every answer that Graph can give, and compares the report with the tenant's real state.
fn expect_the_real_state_after_every_answer(part: &str) {
    let cases = [
        (Fate::Refused(400), 2, "Graph answered 400 Bad Request", false),
        (Fate::Refused(403), 2, "the token needs Synchronization.ReadWrite.All", false),
        (Fate::Refused(500), 2, "read back, it is unchanged", false),
        (Fate::Refused(429), 0, "written and read back", true),
        (
            Fate::MadeAnd(500),
            0,
            "Graph answered 500 Internal Server Error: SchemaInvalid: no; it is written and read back",
            true,
        ),
        (Fate::MadeAndLost, 0, "written and read back", true),
        (Fate::Lost, 2, "the change may still come", false),
        (Fate::MadeAndDeaf, 2, "its current state is unknown: 503", true),
    ];
    side_by_side(cases, |(fate, code, said, is_made)| {
        let (tenant, flags, made) = lacking(part);
        tenant.state().fates.push_back(fate);
        let patience = if fate == Fate::Refused(429) { "30" } else { "1" };
        let ran = tenant.run(&[&FIX[..], &flags, &["--fail-on", "never", "--max-wait", patience]].concat());
        assert_eq!(ran.code, Some(code), "{part}, {fate:?}: {ran:?}");
        assert!(flat(&ran.stderr).contains(said), "{part}, {fate:?}: {ran:?}");
        assert_eq!(made(&tenant), is_made, "{part}, {fate:?}");
        assert_eq!(tenant.state().schema, fixed(DEFAULT).to_string(), "no schema is sent along");
        assert_eq!(tenant.backups().len(), 1, "{part}, {fate:?}");
    });
    // The backup is written before the change, so one restore for each state is enough.
    side_by_side([(Fate::Held, false), (Fate::MadeAndHeld, true)], |(fate, is_made)| {
        let (tenant, flags, made) = lacking(part);
        let lengths = |state: &State| (state.settings.len(), state.assignments.len());
        let before = lengths(&tenant.state());
        tenant.state().fates.push_back(fate);
        tenant.run_and_kill(&[&FIX[..], &flags].concat());
        assert_eq!(made(&tenant), is_made, "{part}");
        let backup = tenant.backups().remove(0);
        let back = tenant.run(&["restore", &backup, "--app", PRINCIPAL, "--yes", "--unsafe"]);
        assert_eq!((back.code, made(&tenant)), (Some(0), false), "{part}: {back:?}");
        assert_eq!(lengths(&tenant.state()), before, "{part}");
    });
}

#[test]
fn fix_app_reports_the_real_state_of_a_setting() {
    expect_the_real_state_after_every_answer("setting");
}

#[test]
fn fix_app_reports_the_real_state_of_a_new_assignment() {
    expect_the_real_state_after_every_answer("assignment");
}

#[test]
fn fix_app_reports_the_real_state_of_a_removed_assignment() {
    expect_the_real_state_after_every_answer("end of an assignment");
}

#[test]
fn restore_reports_the_real_state_of_the_schema() {
    let fix = backup_of_a_fix();
    let cases = [
        (Fate::Refused(400), 2, "read back, it is unchanged", false),
        (Fate::Refused(429), 0, "the schema: written and read back", true),
        (Fate::MadeAnd(500), 0, "Graph answered 500 Internal Server Error", true),
        (Fate::MadeAndLost, 0, "no answer: the connection to 127.0.0.1 broke", true),
        (Fate::Lost, 2, "the change may still come", false),
        (Fate::Late(1), 0, "the schema: written and read back", true),
        (Fate::Late(99), 2, "the schema: Graph accepted it; read back, it is unchanged", true),
        (Fate::MadeAndDeaf, 2, "its current state is unknown: 503", true),
        (Fate::Twisted, 2, "neither as before nor as written", false),
    ];
    side_by_side(cases, |(fate, code, said, is_back)| {
        let tenant = tenant_after(&fix);
        let backup = tenant.backups().remove(0);
        tenant.state().fates.push_back(fate);
        let patience = if fate == Fate::Refused(429) { "30" } else { "1" };
        let ran = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes", "--max-wait", patience]);
        assert_eq!((ran.code, ran.stdout.contains("Restored ")), (Some(code), code == 0), "{fate:?}: {ran:?}");
        assert!(flat(&ran.stderr).contains(said), "{fate:?}: {ran:?}");
        let was: Value = serde_json::from_str(&schema_with_unknown_members()).unwrap();
        assert_eq!(tenant.schema() == was, is_back, "{fate:?}");
        assert_eq!(tenant.backups().len(), 2, "{fate:?}: what was there before the restore is kept");
        if fate == Fate::Twisted {
            assert_eq!(tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]).code, Some(0));
            assert_eq!(tenant.schema(), was);
        }
    });
}

#[test]
fn a_killed_restore_keeps_both_backups() {
    let fix = backup_of_a_fix();
    side_by_side([(Fate::Held, false), (Fate::MadeAndHeld, true)], |(fate, is_back)| {
        let tenant = tenant_after(&fix);
        let backup = tenant.backups().remove(0);
        tenant.state().fates.push_back(fate);
        tenant.run_and_kill(&["restore", &backup, "--app", "TOTAL", "--yes"]);
        let was: Value = serde_json::from_str(&schema_with_unknown_members()).unwrap();
        assert_eq!((tenant.schema() == was, tenant.backups().len()), (is_back, 2));
    });
}

/// The settings that control who is provisioned and who is removed.
#[test]
fn fixed_scope_settings_name_the_required_restart() {
    let cases = [
        ("SyncAll", None, "scope-unset", "false"),
        ("SyncAll", Some("true"), "scope-all-users", "false"),
        ("SkipOutOfScopeDeletions", Some("true"), "out-of-scope-deletion-skipped", "False"),
    ];
    side_by_side(cases, |(key, there, rule, value)| {
        let tenant = Writable::start(&fixed(DEFAULT).to_string());
        tenant.state().settings.retain(|setting| setting["key"] != key);
        if let Some(there) = there {
            tenant.state().settings.push(json!({"key": key, "value": there}));
        }
        let before = tenant.state().settings.clone();
        let found = tenant.run(&["check", "--app", "TOTAL", "--format", "compact"]);
        assert!(found.stdout.contains(rule), "{rule}: {found:?}");
        let ran = tenant.run(&with(&FIX, &["--unsafe", "--fail-on", "never"]));
        assert_eq!(ran.code, Some(0), "{rule}: {ran:?}");
        assert_eq!(flat(&ran.stdout).contains("This takes effect only after"), key == "SyncAll", "{ran:?}");
        let after = tenant.state().settings.clone();
        assert!(after.contains(&json!({"key": key, "value": value})), "{rule}: {after:?}");
        let others = |list: &[Value]| list.iter().filter(|one| one["key"] != key).cloned().collect::<Vec<_>>();
        assert_eq!(others(&after), others(&before), "{rule}");
        let found = tenant.run(&["check", "--app", "TOTAL", "--format", "compact"]);
        assert!(!found.stdout.contains(rule), "{rule}: {found:?}");
        let again = tenant.run(&with(&FIX, &["--unsafe", "--fail-on", "never"]));
        assert_eq!((again.code, tenant.state().changes.len()), (Some(0), 1), "{rule}: {again:?}");
    });
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
        let ran = tenant.run(&FIX);
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 0), "{lacking}: {ran:?}");
        assert!(flat(&ran.stderr).contains(&format!("a part of the schema, without {lacking}")), "{ran:?}");
    });
}

/// Parts that could not be compared are neither equal nor restored.
#[test]
fn restore_reports_what_it_could_not_compare() {
    side_by_side(["/synchronization/secrets", "/appRoleAssignedTo"], |part| {
        let tenant = Writable::start(DEFAULT);
        tenant.run(&FIX);
        let backup = tenant.backups().remove(0);
        assert_eq!(tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]).code, Some(0));
        tenant.state().hidden.push(part);
        let restore = ["restore", &backup, "--app", "TOTAL", "--yes"];
        assert_eq!(tenant.run(&restore).code, Some(0), "{part}: not requested");
        let ran = tenant.run(&[&restore[..], &["--unsafe"]].concat());
        assert_eq!(ran.code, Some(2), "{part}: {ran:?}");
        assert!(!ran.stdout.contains("No differences"), "{part}: {ran:?}");
        assert!(
            flat(&ran.stderr).contains("not everything could be compared: graph:TOTAL holds no"),
            "{part}: {ran:?}"
        );
    });
    let tenant = Writable::start(DEFAULT);
    tenant.state().settings.push(json!({"key": "SkipOutOfScopeDeletions", "value": "False"}));
    tenant.run(&FIX);
    let backup = tenant.folder.path().join(tenant.backups().remove(0));
    let masked = fs::read_to_string(&backup).unwrap().replace("\"False\"", "\"*\"");
    fs::write(&backup, masked).unwrap();
    let ran = tenant.run(&["restore", backup.to_str().unwrap(), "--app", "TOTAL", "--yes", "--unsafe"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("is left unchanged: setting SkipOutOfScopeDeletions"), "{ran:?}");
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
    assert_eq!(begins, ["provlint diff ", "provlint resto", "provlint start"], "{}", ran.stderr);
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
fn credentials_in_graph_answers_are_never_printed() {
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
    let tenant = Writable::start(DEFAULT);
    for format in [&[][..], &["--format", "json"]] {
        tenant.state().said = format!("the app answered Bearer {token}");
        tenant.state().fates.push_back(Fate::Refused(400));
        let ran = tenant.run(&with(&FIX, format));
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(!format!("{ran:?}").contains(token) && ran.stderr.contains("the app answered"), "{ran:?}");
    }
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

#[test]
#[ignore = "needs prism, and PROVLINT_DESCRIPTION: the OpenAPI description of Microsoft Graph"]
fn changes_match_the_official_description() {
    let description = description();
    let tenant = Writable::start(&schema_with_unknown_members());
    tenant
        .state()
        .settings
        .iter_mut()
        .filter(|one| one["key"] == "SyncAll")
        .for_each(|one| one["value"] = json!("true"));
    let prism = prism(&description, &tenant.stand_in.url);
    let objections = Arc::new(Mutex::new(Vec::new()));
    let (url, noted) = (prism.url(), Arc::clone(&objections));
    let upstream = tenant.stand_in.url.clone();
    let front = StandIn::start(move |request, _| {
        let to = if request.method == "GET" { &upstream } else { &url };
        passed_on(to, request, &noted)
    });
    let groups = ["--group", "TOTAL-Admin", "--group", "3f0c1c52-0000-4000-8000-000000000007"];
    let everything = ["--pause", "--unsafe", "--assign-groups", "--remove-unexpected", "--fail-on", "never"];
    let ran = tenant.run_by(&front.url, &[&FIX[..], &groups, &everything].concat());
    // Prism requires bodies in 204 answers, which have none; only objections to requests count here.
    let of_requests = |objection: &&String| objection.contains("\"location\":[\"request\"");
    assert_eq!(objections.lock().unwrap().iter().filter(of_requests).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let last = |path: &str| {
        path.split('/').nth(2).map_or("assignment", |word| if word == "jobs" { "job" } else { word }).to_owned()
    };
    let changes: Vec<String> =
        tenant.state().changes.iter().map(|(method, path, _)| format!("{method} {}", last(path))).collect();
    assert_eq!(changes, ["POST job", "PUT job", "PUT secrets", "POST assignment"]);
    // Assignments are removed only after all requested groups are assigned.
    tenant.run_by(&front.url, &[&FIX[..], &groups, &everything].concat());
    assert_eq!(
        tenant.state().changes.last().map(|(method, path, _)| format!("{method} {}", last(path))).unwrap(),
        "DELETE a2"
    );
    assert_eq!(objections.lock().unwrap().iter().filter(of_requests).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn restore_refuses_an_incomplete_schema() {
    let tenant = Writable::start(DEFAULT);
    let own = DEFAULT.replace("e2b7f4a0-58c1-4d39-9f6e-31a7c05d8b24", PRINCIPAL);
    let part = |cut: &dyn Fn(&mut Value)| {
        let mut schema: Value = serde_json::from_str(&own).unwrap();
        cut(&mut schema);
        schema.to_string()
    };
    let pascal = own.replace("\"synchronizationRules\"", "\"SynchronizationRules\"");
    for (text, said) in [
        (part(&|schema| drop(schema.as_object_mut().unwrap().remove("directories"))), "is incomplete"),
        (part(&|schema| schema["synchronizationRules"] = json!([])), "is incomplete"),
        (part(&|schema| schema["directories"][0] = json!("System.Object[]")), "is cut off"),
        (pascal, "is not spelt as Graph spells it"),
    ] {
        fs::write(tenant.folder.path().join("part.json"), text).unwrap();
        for more in [&[][..], &["--from-another-app"]] {
            let ran = tenant.run(&[&["restore", "part.json", "--app", "TOTAL", "--yes"], more].concat());
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{said}: {ran:?}");
            assert!(ran.stderr.contains(said), "{said}: {ran:?}");
        }
    }
    assert_eq!(tenant.state().changes.len(), 0);
}

#[test]
fn a_misspelt_group_removes_no_access() {
    let tenant = Writable::start(&fixed(DEFAULT).to_string());
    let removing = ["--assign-groups", "--remove-unexpected", "--unsafe", "--fail-on", "never"];
    // An unknown name, and the correct name in other case.
    for groups in [
        &["--group", "TOTAL-Admn", "--group", "TOTAL-Analyst"][..],
        &["--group", "total-admin", "--group", "total-analyst"],
    ] {
        let ran = tenant.run(&[&FIX[..], groups, &removing].concat());
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(0), 0), "{groups:?}: {ran:?}");
    }
    // An unknown id.
    tenant.state().fates.push_back(Fate::Refused(404));
    let ran = tenant.run(&[&FIX[..], &["--group", "3f0c1c52-0000-4000-8000-0000000000ff"], &removing].concat());
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 1), "{ran:?}");
    tenant.state().changes.clear();
    // If a group cannot be assigned, the other groups keep access.
    let role = |id: &str| json!({"id": id, "isEnabled": true, "allowedMemberTypes": ["User"]});
    tenant.state().app_roles = json!([role("r1"), role("r2")]);
    let groups = ["--group", "TOTAL-Admin", "--group", "3f0c1c52-0000-4000-8000-000000000007"];
    let ran = tenant.run(&[&FIX[..], &groups, &removing].concat());
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(0), 0), "{ran:?}");
}

#[test]
fn restore_matches_schemas_to_jobs_by_id() {
    let tenant = Writable::start(DEFAULT);
    let other = fixed(DEFAULT).to_string();
    tenant.state().second = Some(other.clone());
    let ran = tenant.run(&FIX);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(flat(&ran.stdout).contains(&format!("The app has 2 provisioning jobs; only {JOB} is fixed")), "{ran:?}");
    tenant.state().swapped = true;
    let backup = tenant.backups().remove(0);
    assert_eq!(tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]).code, Some(0));
    assert_eq!(tenant.schema(), serde_json::from_str::<Value>(DEFAULT).unwrap());
    assert_eq!(tenant.state().second.as_ref(), Some(&other), "the other job has what it had");
    let changes = tenant.state().changes.len();
    // If the first job's schema cannot be read, the second job is not fixed instead.
    let mut state = tenant.state();
    (state.swapped, state.first_hidden) = (false, true);
    state.second = Some(DEFAULT.to_owned());
    drop(state);
    let ran = tenant.run(&FIX);
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), changes), "{ran:?}");
    assert!(flat(&ran.stderr).contains(&format!("the schema of the job {JOB} could not be read")), "{ran:?}");
    // `guide` does not treat the first job as evaluated; and the command to end a pause names the job.
    let guide = tenant.run(&["guide", "--app", "TOTAL"]);
    assert!(guide.code == Some(2) && guide.stderr.contains("could not be read"), "{guide:?}");
    tenant.state().first_hidden = false;
    let paused = tenant.run(&with(&FIX, &["--job", JOB, "--pause"]));
    assert!(paused.code == Some(0) && paused.stdout.contains(&format!("--job {JOB}")), "{paused:?}");
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
        ("/secrets", &["--unsafe"][..], "scope-all-users"),
        ("/appRoleAssignedTo", &["--group", "TOTAL-Admin", "--assign-groups"], "group-not-assigned"),
        ("/appRoleAssignedTo", &["--group", "TOTAL-Admin", "--unsafe", "--remove-unexpected"], "group-not-assigned"),
    ];
    side_by_side(cases, |(hidden, asked, rule)| {
        for (schema, fixes) in [(fixed(DEFAULT).to_string(), 0), (schema_with_unknown_members(), 1)] {
            let tenant = Writable::start(&schema);
            tenant.state().hidden.push(hidden);
            let plain = tenant.run(&["fix", "--app", "TOTAL", "--dry-run"]);
            assert_eq!(
                plain.code,
                Some(fixes),
                "{hidden}: rules that were not requested do not fail the run: {plain:?}"
            );
            assert!(plain.stdout.contains("not evaluated"), "{hidden}: {plain:?}");
            let ran = tenant.run(&with(&FIX, asked));
            assert_eq!(ran.code, Some(2), "{hidden}: {ran:?}");
            assert!(
                flat(&ran.stderr).contains(&format!("{rule} could not be evaluated, so nothing was fixed for it: 403")),
                "{ran:?}"
            );
            assert!(!ran.stdout.contains("Nothing to fix"), "{ran:?}");
            assert_eq!(tenant.state().changes.len(), usize::try_from(fixes).unwrap(), "the rest is done");
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
