//! What is rehearsed, consent, and recordings.

use std::fs;

use serde_json::json;

use crate::common::endpoint::{Endpoint, Fault};
use crate::common::finish;
use crate::common::graph::{StandIn, tenant};

use super::{Rehearsal, schema, steps};

#[test]
fn without_consent_nothing_is_sent() {
    let endpoint = Endpoint::with(&[]);
    let rehearsal = Rehearsal::new();
    let ran = rehearsal.run(&[&schema("total-export.json"), "--tenant-url", &endpoint.url()]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("--yes") && ran.stderr.contains("127.0.0.1"), "{ran:?}");
    assert!(endpoint.requests().is_empty() && rehearsal.files().is_empty());
}

#[test]
fn the_host_that_the_app_is_provisioned_to_is_refused() {
    let endpoint = Endpoint::with(&[]);
    let rehearsal = Rehearsal::new();
    let mut snapshot: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(schema("snapshot.json")).unwrap()).unwrap();
    for setting in snapshot["secrets"].as_array_mut().unwrap() {
        if setting["key"] == "BaseAddress" {
            setting["value"] = json!("https://127.0.0.1/production/scim");
        }
    }
    let path = rehearsal.folder.path().join("snapshot.json");
    fs::write(&path, snapshot.to_string()).unwrap();
    let url = endpoint.url();
    let usual = [path.to_str().unwrap(), "--tenant-url", &url, "--yes", "-q"];
    let ran = rehearsal.run(&usual);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("test-url") && ran.stderr.contains("--force"), "{ran:?}");
    assert!(endpoint.requests().is_empty());
    let ran = rehearsal.run(&[&usual[..], &["--force", " "]].concat());
    assert_eq!((ran.code, endpoint.requests().len()), (Some(2), 0), "a reason is required");
    let ran = rehearsal.run(&[&usual[..], &["--force", "a sandbox on the same host"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("a sandbox on the same host"), "{ran:?}");
}

#[test]
fn only_attributes_that_the_schema_maps_are_sent() {
    let endpoint = Endpoint::with(&[]);
    let rehearsal = Rehearsal::new();
    let ran = rehearsal.run(&[
        &schema("group-mapping-disabled.json"),
        "--tenant-url",
        &endpoint.url(),
        "--yes",
        "--format",
        "json",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(endpoint.requests().iter().all(|request| !request.path.contains("/Groups")), "groups are not mapped");
    let not_run = steps(&ran.json(), "not-run");
    assert!(not_run.iter().any(|(step, _)| step == "create-group"), "{not_run:?}");
    assert!(endpoint.requests().iter().all(|request| !request.body.contains("nickName")));
}

#[test]
fn the_values_of_a_users_file_are_used_but_never_its_names() {
    let endpoint = Endpoint::with(&[]);
    let rehearsal = Rehearsal::new();
    let users = rehearsal.folder.path().join("users.json");
    let jane = json!({
        "id": "0a000000-0000-4000-8000-000000000001", "userPrincipalName": "jane@contoso.com", "mail": "jane@contoso.com",
        "displayName": "Jane Doe", "department": "Department of Silly Walks", "accountEnabled": true,
    });
    fs::write(&users, jane.to_string()).unwrap();
    let ran = rehearsal.run(&[
        &schema("total-export.json"),
        "--tenant-url",
        &endpoint.url(),
        "--yes",
        "--user",
        users.to_str().unwrap(),
        "-q",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let created: Vec<String> = endpoint
        .requests()
        .into_iter()
        .filter(|request| request.method == "POST")
        .map(|request| request.body)
        .collect();
    assert!(created[0].contains("Silly Walks") && created[0].contains("@contoso.com"), "{created:?}");
    assert!(created.iter().all(|body| !body.contains("jane@") && !body.contains("0a000000")), "{created:?}");
}

#[test]
fn a_recording_is_judged_as_the_rehearsal_was_and_sends_nothing() {
    let endpoint = Endpoint::with(&[Fault::StringBooleanStored, Fault::TitleForgotten]);
    let rehearsal = Rehearsal::new();
    let usual = ["--format", "json"];
    let url = endpoint.url();
    let record = ["--tenant-url", &url, "--yes", "--both", "--settle", "0", "--record", "tape"];
    let schema = schema("total-export.json");
    let recorded = rehearsal.run(&[&[schema.as_str()], &record[..], &usual].concat());
    let sent = endpoint.requests().len();
    let replayed = rehearsal.run(&[&["--replay", "tape"], &usual[..]].concat());
    assert_eq!((recorded.code, replayed.code), (Some(1), Some(1)), "{replayed:?}");
    assert_eq!(steps(&recorded.json(), "failed"), steps(&replayed.json(), "failed"));
    assert_eq!(endpoint.requests().len(), sent, "a replay sends nothing");
    let ran = rehearsal.run(&[&[schema.as_str()], &record[..], &usual].concat());
    assert!(ran.code == Some(2) && ran.stderr.contains("is not empty"), "{ran:?}");
    fs::remove_file(rehearsal.folder.path().join("tape/0009.json")).unwrap();
    let ran = rehearsal.run(&["--replay", "tape"]);
    assert!(ran.code == Some(2) && ran.stdout.contains("the recording"), "{ran:?}");
}

#[test]
fn a_file_that_lists_something_else_is_not_cleaned_up() {
    let endpoint = Endpoint::with(&[]);
    endpoint.add_user(json!({"id": "own", "userName": "jane@example.com"}));
    let rehearsal = Rehearsal::new();
    let url = endpoint.url();
    let list = json!({"version": 1, "tenantUrl": url, "made": [{"kind": "Users", "findBy": [["userName", "jane@example.com"]], "id": "own"}]});
    fs::write(rehearsal.folder.path().join("list.json"), list.to_string()).unwrap();
    for file in ["list.json", "none.json"] {
        let ran = rehearsal.run(&["--clean-up", file, "--yes"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
    }
    assert!(endpoint.requests().is_empty() && endpoint.left().len() == 1);
    // A name of a rehearsal with the id of another user.
    let list = list.to_string().replace("jane@example.com", "provlint-rehearsal-0-1@example.com");
    fs::write(rehearsal.folder.path().join("list.json"), list).unwrap();
    let ran = rehearsal.run(&["--clean-up", "list.json", "--yes"]);
    assert!(ran.code == Some(2) && ran.stdout.contains("left on the endpoint"), "{ran:?}");
    assert!(endpoint.left().len() == 1 && endpoint.requests().iter().all(|request| request.method == "GET"));
}

#[test]
fn an_app_of_the_tenant_is_rehearsed_with_its_own_schema_and_roles() {
    let endpoint = Endpoint::with(&[]);
    let tenant = StandIn::start(|request, _| tenant(request));
    let rehearsal = Rehearsal::new();
    let url = endpoint.url();
    let mut command =
        rehearsal.command(&["--app", "TOTAL", "--graph-url", &tenant.url, "--tenant-url", &url, "--yes", "-q"]);
    let ran = finish(command.env("PROVLINT_ACCESS_TOKEN", crate::common::graph::TOKEN));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(tenant.requests().iter().all(|request| request.method == "GET" || request.path == "/v1.0/$batch"));
    let tokens: Vec<String> = endpoint.requests().into_iter().map(|request| request.authorization).collect();
    assert!(
        !tokens.is_empty() && tokens.iter().all(|token| !token.contains(crate::common::graph::TOKEN)),
        "{tokens:?}"
    );
}
