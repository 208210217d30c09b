//! `provlint provision`: provisioning on demand.

use super::{RIGHT, actions, page, steady, tenant};
use crate::common::graph::Reply;
use crate::common::writable::Fate;
use crate::common::{flat, side_by_side};
use serde_json::{Value, json};

/// An answer as Graph documents it: the result in `key`, one object in `value`, each as JSON inside a string.
fn documented(result: &str, code: Option<&str>, object: Value) -> Reply {
    let key =
        json!({"result": result, "details": {"errorCode": code, "errorMessage": code.map(|_| "what the app said")}});
    Reply::ok(json!({"key": key.to_string(), "value": object.to_string()}))
}

fn object(status: &str, changes: Value, skip: Option<&str>) -> Value {
    json!({
        "action": if status == "Success" { "Update" } else { "Other" }, "reportableIdentifier": "user1@contoso.com",
        "modifiedProperties": changes,
        "provisioningSteps": [
            {"name": "EntryImport", "type": "Import", "status": "Success", "description": "Retrieved User", "details": {"objectId": "x"}},
            {"name": "EntryExportAdd", "type": "Export", "status": status, "description": "the last step",
                "details": skip.map_or(json!({}), |reason| json!({"SkipReason": reason}))},
        ],
        "statusInfo": {"status": status, "errorCode": null},
        "sourceIdentity": {"id": "0a000000-0000-4000-8000-000000000001", "type": "User"},
        "targetIdentity": {"id": "t1", "type": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"},
    })
}

/// A created user whose answer does not contain `externalId`.
fn created(id: &str) -> Value {
    let changes = json!([{"displayName": "userName", "oldValue": null, "newValue": "user1@contoso.com"}]);
    let mut created = object("Success", changes, None);
    created["action"] = json!("Create");
    created["sourceIdentity"]["id"] = json!(id);
    created
}

/// A wrong `externalId` of a group: its name instead of its object id.
fn named() -> Value {
    json!([
        {"displayName": "externalId", "oldValue": null, "newValue": "TOTAL-Admin"},
        {"displayName": "displayName", "oldValue": null, "newValue": "TOTAL-Admin"},
    ])
}

/// An answer that contains the group without its members.
fn group_alone(changes: Value) -> Value {
    let mut group = object("Success", changes, None);
    group["reportableIdentifier"] = json!("TOTAL-Admin");
    group["sourceIdentity"] = json!({"id": "3f0c1c52-0000-4000-8000-000000000001", "type": "Group"});
    group
}

/// An answer that contains the group and a member.
fn with_group(member: Value) -> Value {
    json!([group_alone(json!([])), member])
}

fn in_capitals(mut object: Value) -> Value {
    let id = object["sourceIdentity"]["id"].as_str().unwrap().to_uppercase();
    object["sourceIdentity"]["id"] = Value::from(id);
    object
}

/// A user whose correct `externalId` is removed.
fn cleared() -> Value {
    let right = "0a000000-0000-4000-8000-000000000001";
    let mut cleared =
        object("Success", json!([{"displayName": "externalId", "oldValue": right, "newValue": null}]), None);
    cleared["provisioningSteps"][1]["details"] = json!({"externalId": right});
    cleared
}

#[test]
fn provision_explains_every_result() {
    let sent = |id: &str| {
        json!([
            {"displayName": "externalId", "oldValue": null, "newValue": id},
            {"displayName": "active", "oldValue": null, "newValue": "True"},
            {"displayName": "title", "oldValue": "Clerk", "newValue": "Clerk"},
        ])
    };
    let right = "0a000000-0000-4000-8000-000000000001";
    let cases = [
        ("success", documented("Success", None, with_group(object("Success", sent(right), None))), 0),
        // A skipped object lists the values in Entra, not values that were sent.
        (
            "redundant",
            documented(
                "Skipped",
                Some("RedundantExport"),
                with_group(object("Skipped", sent("jane"), Some("RedundantExport"))),
            ),
            0,
        ),
        // Graph writes ids in either case, and a removed value does not count as present.
        (
            "wrong_id_in_capitals",
            documented("Success", None, with_group(in_capitals(object("Success", sent("user1"), None)))),
            1,
        ),
        ("cleared_id", documented("Success", None, with_group(cleared())), 1),
        ("group_untold", documented("Success", None, object("Success", sent(right), None)), 1),
        ("call_failed_alone", documented("Failure", None, with_group(object("Success", sent(right), None))), 1),
        (
            "garbled",
            Reply::ok(
                json!({"key": json!({"result": "Success", "details": {}}).to_string(), "value": "[{\"action\": "}),
            ),
            1,
        ),
        ("not_entitled", documented("Skipped", None, object("Skipped", json!([]), Some("NotEffectivelyEntitled"))), 1),
        ("skipped_call", documented("Skipped", Some("NotEffectivelyEntitled"), object("Skipped", json!([]), None)), 1),
        ("failure", documented("Failure", Some("Unauthorized"), Value::Null), 1),
        ("failure_inside", documented("Success", None, object("Failure", json!([]), None)), 1),
        ("wrong_id", documented("Success", None, object("Success", sent("user1"), None)), 1),
        ("create_without_id", documented("Success", None, created(right)), 1),
        ("group_alone", documented("Success", None, group_alone(json!([]))), 1),
        (
            "group_wrong_id",
            documented("Success", None, json!([group_alone(named()), object("Success", sent(right), None)])),
            1,
        ),
        ("no_result", Reply::ok(json!({"key": "{\"details\": {}}", "value": null})), 1),
        ("no_form", Reply::ok(json!({"key": "x", "value": "y"})), 1),
    ];
    side_by_side(cases, |(name, reply, code)| {
        let tenant = tenant(RIGHT, steady(4));
        tenant.state().on_demand.push_back(reply);
        let arguments = ["provision", "--app", "TOTAL", "--group", "TOTAL-Admin", "--member", right, "--yes"];
        let ran = tenant.run(&arguments);
        assert_eq!(ran.code, Some(code), "{name}: {ran:?}");
        assert_agreed!(format!("provision_{name}"), page(&ran));
    });
}

#[test]
fn provision_sends_five_members_per_call() {
    let tenant = tenant(RIGHT, steady(4));
    tenant.state().members = Some(12);
    let ran = tenant.run(&["provision", "--app", "TOTAL", "--group", "total-admin", "--yes", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let report = ran.json();
    assert_eq!((report["calls"].as_array().unwrap().len(), report["objects"].as_array().unwrap().len()), (3, 15));
    let subject =
        |index: usize| serde_json::from_str::<Value>(&tenant.state().changes[index].2).unwrap()["parameters"][0].take();
    assert_eq!(subject(0)["subjects"][0]["objectTypeName"], "Group");
    assert_eq!(subject(2)["subjects"][0]["links"]["members"].as_array().unwrap().len(), 2);
    assert_eq!(report["deviations"], json!([]));
    for (arguments, said) in [
        (&["--group", "Nobody"][..], "no group Nobody is assigned"),
        (&[], "--group"),
        (&["--member", "jane@contoso.com"], "--group"),
    ] {
        let ran = tenant.run(&[&["provision", "--app", "TOTAL", "--yes"], arguments].concat());
        assert!(ran.code == Some(2) && ran.stderr.contains(said), "{arguments:?}: {ran:?}");
    }
    let asked = tenant.run(&["provision", "--app", "TOTAL", "--group", "TOTAL-Admin"]);
    assert_eq!((asked.code, tenant.state().changes.len()), (Some(2), 3), "it asks before it writes to the app");
    let one = tenant.run(&["provision", "--app", "TOTAL", "--user", "jane.doe@contoso.com", "--yes"]);
    assert!(one.stderr.contains("only the user's profile is updated"), "{one:?}");
}

#[test]
fn provision_makes_at_most_five_calls_in_ten_seconds() {
    let tenant = tenant(RIGHT, steady(4));
    tenant.state().members = Some(26);
    // Throttled calls count too.
    tenant.state().fates = [Fate::Made, Fate::Refused(429), Fate::Refused(429)].into();
    let ran = tenant.run(&["provision", "--app", "TOTAL", "--group", "TOTAL-Admin", "--yes", "--verbose"]);
    assert_eq!((ran.code, actions(&tenant).len()), (Some(0), 8), "{ran:?}");
    let at = tenant.state().asked_at.clone();
    for window in at.windows(6) {
        assert!(window[5] - window[0] >= std::time::Duration::from_millis(9_500), "{at:?}");
    }
}

/// Finished calls are reported, and an unanswered call is not reported as done.
#[cfg(unix)]
#[test]
fn ctrl_c_while_graph_is_busy_reports_finished_calls() {
    let busy = || std::iter::repeat_n(Fate::Refused(429), 50);
    let tenant = tenant(RIGHT, steady(4));
    tenant.state().members = Some(12);
    tenant.state().fates = std::iter::once(Fate::Made).chain(busy()).collect();
    let arguments = ["provision", "--app", "TOTAL", "--group", "TOTAL-Admin", "--yes"];
    let ran = tenant.run_and_interrupt(&arguments, "Graph is busy");
    assert!(ran.code == Some(2) && ran.stdout.contains("6 objects: 6 success"), "{ran:?}");
    assert!(
        flat(&ran.stderr).contains("stopped after 1 of 3 calls; the next may still have been carried out"),
        "{ran:?}"
    );
    tenant.state().fates = busy().collect();
    let ran = tenant.run_and_interrupt(&["pause", "--app", "TOTAL", "--yes"], "again in");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        flat(&ran.stderr).contains("stopped waiting for the pause; Graph may or may not have accepted it"),
        "{ran:?}"
    );
}

#[test]
fn provision_verbose_shows_every_step() {
    let tenant = tenant(RIGHT, steady(4));
    let right = "0a000000-0000-4000-8000-000000000001";
    let changes = json!([
        {"displayName": "externalId", "oldValue": right, "newValue": right},
        {"displayName": "title", "oldValue": "Clerk", "newValue": "Account Manager"},
    ]);
    tenant.state().on_demand.push_back(documented("Success", None, with_group(object("Success", changes, None))));
    let arguments = ["provision", "--app", "TOTAL", "--group", "TOTAL-Admin", "--member", right, "--yes", "--verbose"];
    let ran = tenant.run(&arguments);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_agreed!("provision_verbose", page(&ran));
}

#[test]
fn provision_distinguishes_unread_from_unassigned_groups() {
    let tenant = tenant(RIGHT, steady(4));
    tenant.state().hidden.push("/appRoleAssignedTo");
    let ran = tenant.run(&["provision", "--app", "TOTAL", "--group", "Sales Team", "--yes"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("could not be read: 403"), "{ran:?}");
    tenant.state().hidden.clear();
    let ran = tenant.run(&["provision", "--app", "TOTAL", "--group", "Sales Team", "--yes"]);
    let words = flat(&ran.stderr);
    let flags =
        format!("provlint fix --app TOTAL --graph-url {} --group 'Sales Team' --assign-groups", tenant.stand_in.url);
    assert!(words.contains(&flags), "{ran:?}");
}

#[test]
fn provision_reports_finished_calls_when_one_fails() {
    let tenant = tenant(RIGHT, steady(4));
    tenant.state().members = Some(12);
    tenant.state().fates = [Fate::Made, Fate::Refused(400)].into();
    let ran = tenant.run(&["provision", "--app", "TOTAL", "--group", "TOTAL-Admin", "--yes"]);
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 2), "{ran:?}");
    assert!(
        ran.stdout.contains("6 objects: 6 success") && ran.stderr.contains("call 2 of 3: Graph answered 400"),
        "{ran:?}"
    );
}

/// Members are selected by user principal name; members that are not users are reported.
#[test]
fn provision_selects_members_by_name_and_reports_other_members() {
    let picked = tenant(RIGHT, steady(4));
    picked.state().members = Some(4);
    let arguments = ["provision", "--app", "TOTAL", "--group", "TOTAL-Admin", "--yes"];
    let ran = picked.run(&[&arguments[..], &["--member", "user2@contoso.com", "--format", "json"]].concat());
    let sent: Value = serde_json::from_str(&picked.state().changes[0].2).unwrap();
    let members = sent["parameters"][0]["subjects"][0]["links"]["members"].as_array().unwrap().clone();
    assert_eq!((ran.code, members.len()), (Some(0), 1), "{ran:?}");
    assert_eq!((&ran.json()["well"], &ran.json()["error"]), (&json!(true), &Value::Null));
    let stranger = picked.run(&[&arguments[..], &["--member", "nobody@contoso.com"]].concat());
    assert!(stranger.code == Some(2) && stranger.stderr.contains("is not a direct member"), "{stranger:?}");
    let nested = tenant(RIGHT, steady(4));
    nested.state().members = Some(0);
    nested.state().nested = true;
    let ran = nested.run(&arguments);
    assert!(
        flat(&ran.stderr).contains("1 of the members of TOTAL-Admin can't be provisioned")
            && ran.stderr.contains("only the group is provisioned"),
        "{ran:?}"
    );
}
