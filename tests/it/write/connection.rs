//! `provlint fix --app`: settings and assignments.

use std::fs;

use super::{DEFAULT, FIX, fixed, with};
use crate::common::graph::PRINCIPAL;
use crate::common::writable::{Fate, ROLE, State, Writable, setting};
use crate::common::{flat, side_by_side};
use serde_json::{Value, json};

#[test]
fn settings_are_written_only_with_unsafe_and_the_others_are_sent_again() {
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
    let sent = serde_json::from_str::<Value>(&body).unwrap()["value"].take();
    let keys: Vec<&str> = sent.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(sent[0], sync_all("false"));
    assert_eq!(keys, ["SyncAll", "BaseAddress", "SyncNotificationSettings"], "no credential is sent");
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
    assert!(flat(&lost.stderr).contains("a credential is lost: the setting SecretToken is gone"), "{lost:?}");
    assert!(lost.stderr.contains(&format!("provlint connect --app {PRINCIPAL} --token-stdin")), "{lost:?}");
    // Settings that cannot be restored are reported.
    let backup = tenant.backups().pop().unwrap();
    let back = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes", "--unsafe", "--max-wait", "0"]);
    assert!(back.stderr.contains("differs but is left unchanged: setting SecretToken"), "{back:?}");
    // A masked value is never written.
    let text = fs::read_to_string(tenant.folder.path().join(&backup)).unwrap();
    let of_setting = |value: &str| format!("\"key\": \"SyncAll\",\n      \"value\": \"{value}\"");
    let masked = text.replace(&of_setting("false"), &of_setting("*")).replace(&of_setting("true"), &of_setting("*"));
    assert_ne!(masked, text);
    fs::write(tenant.folder.path().join("masked.json"), masked).unwrap();
    let changes = tenant.state().changes.len();
    let ran = tenant.run(&["restore", "masked.json", "--app", "TOTAL", "--yes", "--unsafe"]);
    assert!(tenant.state().changes[changes..].iter().all(|(_, _, body)| !body.contains("SyncAll")), "{ran:?}");
}

/// A tenant with a saved connection and a policy that wants another one.
pub(super) fn other_than_the_policy() -> Writable {
    let tenant = Writable::start(&fixed(DEFAULT).to_string());
    let policy = "version: 1\nprofile: truu-total\nconnection: { tenant-url: https://new.example.com/scim, \
                  notify: it@contoso.com, delete-threshold: 50 }\n";
    fs::write(tenant.folder.path().join("provlint.yaml"), policy).unwrap();
    tenant
}

fn saved(tenant: &Writable, key: &str) -> String {
    setting(&tenant.state().settings, key).to_owned()
}

#[test]
fn fix_brings_the_connection_of_the_policy_and_restore_takes_it_back() {
    let tenant = other_than_the_policy();
    let before = tenant.state().settings.clone();
    let fix = |more: &[&str]| tenant.run(&[&FIX[..], more].concat());
    let left = fix(&[]);
    assert_eq!((left.code, tenant.state().changes.len()), (Some(1), 0), "{left:?}");
    let ran = fix(&["--unsafe"]);
    assert_agreed!(
        "fix_live_connection",
        ran.page().replace(&tenant.backups()[0], "BACKUP").replace(&tenant.stand_in.url, "URL")
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    // One setting holds the address and the threshold, so it is written once.
    let changes: Vec<String> =
        tenant.state().changes.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(changes, ["PUT /synchronization/secrets"; 2]);
    assert_eq!(saved(&tenant, "BaseAddress"), "https://new.example.com/scim");
    let notification: Value = serde_json::from_str(&saved(&tenant, "SyncNotificationSettings")).unwrap();
    assert_eq!(
        notification,
        json!({"Enabled": true, "Recipients": "it@contoso.com", "DeleteThresholdEnabled": true, "DeleteThresholdValue": 50})
    );
    assert_eq!(fix(&["--unsafe"]).code, Some(0), "twice changes nothing");
    assert_eq!(tenant.state().changes.len(), 2);
    let backup = tenant.backups().remove(0);
    let back = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes", "--unsafe"]);
    assert_eq!(back.code, Some(0), "{back:?}");
    let sorted = |mut list: Vec<Value>| {
        list.sort_by_key(|one| one["key"].as_str().unwrap_or_default().to_owned());
        list
    };
    assert_eq!(sorted(tenant.state().settings.clone()), sorted(before));
}

#[test]
fn a_url_with_a_credential_is_left_to_a_person() {
    let tenant = other_than_the_policy();
    let url = "https://old.example.com/scim?token=8f14e45fceea167a";
    for one in &mut tenant.state().settings {
        if one["key"] == "BaseAddress" {
            one["value"] = json!(url);
        }
    }
    let ran = tenant.run(&["fix", "--app", "TOTAL", "--yes", "--unsafe"]);
    assert_eq!((ran.code, saved(&tenant, "BaseAddress")), (Some(1), url.to_owned()), "{ran:?}");
    assert!(!format!("{ran:?}").contains("8f14e45f"), "{ran:?}");
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
    let mut another = state.assignments[0].clone();
    another["principalId"] = json!("3f0c1c52-0000-4000-8000-000000000009");
    state.assignments.push(another);
    state.changes.clear();
    state.app_roles = json!([role("r1", json!(["User"])), role("r2", json!(["User"]))]);
    drop(state);
    tenant.run(&[&FIX[..], &arguments].concat());
    assert!(tenant.state().changes[0].2.contains("\"appRoleId\":\"r2\""), "{:?}", tenant.state().changes);
    // An app without roles has the default one.
    tenant.state().app_roles = json!([]);
    tenant.state().changes.clear();
    tenant.state().assignments.retain(|one| one["principalId"] != NEW);
    tenant.run(&[&FIX[..], &arguments].concat());
    let sent = tenant.state().changes[0].2.clone();
    assert!(sent.contains("\"appRoleId\":\"00000000-0000-0000-0000-000000000000\""), "{sent}");
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
        "tenant URL" => {
            let policy = "version: 1\nprofile: truu-total\nconnection: { tenant-url: https://new.example.com/scim }\n";
            fs::write(tenant.folder.path().join("provlint.yaml"), policy).unwrap();
            (tenant, vec!["--unsafe"], |tenant| saved(tenant, "BaseAddress") == "https://new.example.com/scim")
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
        assert_eq!(tenant.state().schema, fixed(DEFAULT).to_string(), "no schema is sent");
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
fn fix_app_reports_the_real_state_of_a_tenant_url() {
    expect_the_real_state_after_every_answer("tenant URL");
}

#[test]
fn fix_app_reports_the_real_state_of_a_new_assignment() {
    expect_the_real_state_after_every_answer("assignment");
}

#[test]
fn fix_app_reports_the_real_state_of_a_removed_assignment() {
    expect_the_real_state_after_every_answer("end of an assignment");
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
        let others = |list: &[Value]| {
            let mut others: Vec<Value> = list.iter().filter(|one| one["key"] != key).cloned().collect();
            others.sort_by_key(|one| one["key"].as_str().unwrap().to_owned());
            others
        };
        assert_eq!(others(&after), others(&before), "{rule}");
        let found = tenant.run(&["check", "--app", "TOTAL", "--format", "compact"]);
        assert!(!found.stdout.contains(rule), "{rule}: {found:?}");
        let again = tenant.run(&with(&FIX, &["--unsafe", "--fail-on", "never"]));
        assert_eq!((again.code, tenant.state().changes.len()), (Some(0), 1), "{rule}: {again:?}");
    });
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
