//! A tenant for each way in which Entra signs in to an app: what `guide`, `check`, `start` and `provision` say of it.

use super::{RIGHT, actions, ago, event, job, never, page, steady, tenant};
use crate::common::flat;
use crate::common::writable::Writable;
use serde_json::{Value, json};

const EXCHANGE: &str = "https://total.example.com/oauth/token";

/// The settings of a way of signing in.
fn ways() -> [(&'static str, Vec<(&'static str, &'static str)>); 5] {
    [
        ("bearer", vec![("SecretToken", "*")]),
        (
            "client credentials of the portal",
            vec![
                ("AuthenticationType", "OAuth2ClientCredentialsGrant"),
                ("Oauth2ClientId", "client-1"),
                ("Oauth2ClientSecret", "*"),
                ("Oauth2TokenExchangeUri", EXCHANGE),
            ],
        ),
        (
            "client credentials of Graph",
            vec![
                ("Oauth2ClientId", "client-1"),
                ("Oauth2ClientSecret", "*"),
                ("Oauth2TokenExchangeUri", EXCHANGE),
                ("Oauth2AccessToken", "*"),
            ],
        ),
        ("federation", vec![("Oauth2ClientId", "client-1"), ("Oauth2TokenExchangeUri", EXCHANGE)]),
        (
            "federation by name, with a token that an earlier way left behind",
            vec![
                ("AuthenticationType", "WorkloadIdentityFederation"),
                ("ClientIdentifier", "client-1"),
                ("Oauth2TokenExchangeUri", EXCHANGE),
                ("SecretToken", "*"),
            ],
        ),
    ]
}

fn signed_in_by(way: &[(&str, &str)], standing: Value) -> Writable {
    let tenant = tenant(RIGHT, standing);
    let settings = way.iter().map(|(key, value)| json!({"key": key, "value": value}));
    tenant.state().settings.retain(|setting| setting["key"] != "SecretToken");
    tenant.state().settings.extend(settings);
    tenant
}

#[test]
fn no_way_of_signing_in_is_called_incomplete_where_it_is_complete() {
    for (name, way) in ways() {
        let tenant = signed_in_by(&way, never());
        let checked = tenant.run(&["check", "--app", "TOTAL", "--test-connection", "--format", "json"]);
        let said = checked.json()["findings"].to_string();
        for rule in ["secret-token-missing", "secret-token-malformed", "credentials-rejected"] {
            assert!(!said.contains(rule), "{name}: {said}");
        }
        let guide = tenant.run(&["guide", "--app", "TOTAL", "--test-connection", "--format", "json"]);
        let connection = &guide.json()["steps"][2];
        assert_eq!(connection["done"], "done", "{name}: {connection}");
        let started = tenant.run(&["start", "--app", "TOTAL", "--yes"]);
        assert_eq!((started.code, actions(&tenant)), (Some(0), vec!["start".to_owned()]), "{name}: {started:?}");
        let tenant = signed_in_by(&way, steady(4));
        let provisioned = tenant.run(&["provision", "--app", "TOTAL", "--group", "TOTAL-Admin", "--yes"]);
        assert!(!flat(&provisioned.stderr).contains("not provisioned:"), "{name}: {provisioned:?}");
        assert!(!actions(&tenant).is_empty(), "{name}: {provisioned:?}");
    }
}

#[test]
fn each_way_of_signing_in_is_reported_by_what_it_lacks() {
    type Case = (&'static [(&'static str, &'static str)], Option<(&'static str, &'static str)>);
    let cases: [Case; 6] = [
        (&[], Some(("error", "no secret token"))),
        (
            &[("AuthenticationType", "AuthenticationToken"), ("Oauth2TokenExchangeUri", EXCHANGE)],
            Some(("error", "no secret token")),
        ),
        (&[("AuthenticationType", "OAuth2ClientCredentialsGrant")], Some(("error", "no client secret"))),
        (
            &[("Oauth2ClientId", "c"), ("Oauth2ClientSecret", "*"), ("Oauth2TokenExchangeUri", EXCHANGE)],
            Some(("info", "no access token")),
        ),
        (&[("UserName", "u"), ("Password", "*")], None),
        (&[("AuthenticationType", "WorkloadIdentity")], None),
    ];
    for (way, expected) in cases {
        let tenant = signed_in_by(way, never());
        let checked = tenant.run(&["check", "--app", "TOTAL", "--select", "secret-token-missing", "--format", "json"]);
        let report = checked.json();
        let found = &report["findings"][0];
        match expected {
            Some((severity, said)) => {
                assert_eq!(found["severity"], severity, "{way:?}: {report}");
                assert!(found["message"].as_str().unwrap().contains(said), "{way:?}: {found}");
            }
            None => assert!(found.is_null(), "{way:?}: {found}"),
        }
    }
}

fn held_back() -> Value {
    let quarantine =
        json!({"reason": "TooManyDeletes", "seriesBegan": ago(3 * 1440), "nextAttempt": ago(-700), "error": null});
    job("Active", "Quarantine", &ago(90_000), 42, json!({"quarantine": quarantine}))
}

/// Whoever restarts before deciding has the same deletions before them again, or worse: they happen.
#[test]
fn deletions_that_are_held_back_must_be_decided_before_a_restart() {
    let tenant = tenant(RIGHT, held_back());
    let mut staged = event("success", None, "Bo", "");
    staged["provisioningAction"] = json!("StagedDelete");
    tenant.state().events = vec![event("success", None, "Al", ""), staged];
    let status = tenant.run(&["status", "--app", "TOTAL"]);
    assert_agreed!("status_held_back", page(&status));
    let (decide, restart) =
        (status.stdout.find("StagedDelete").unwrap(), status.stdout.find("provlint restart").unwrap());
    assert!(decide < restart, "who would go is shown first: {status:?}");
    let checked = tenant.run(&["check", "--app", "TOTAL", "--select", "job-quarantined"]);
    assert_agreed!("check_held_back", page(&checked));
    let guide = tenant.run(&["guide", "--app", "TOTAL", "--format", "json"]).json();
    let next = guide["steps"].as_array().unwrap().iter().find(|step| step["title"].to_string().contains("started"));
    let next = next.unwrap_or_else(|| panic!("{guide}"))["next"].to_string();
    assert!(next.contains("--action StagedDelete") && !next.contains("restart"), "{next}");
    let log = tenant.run(&["logs", "--app", "TOTAL", "--action", "stageddelete", "--format", "jsonl"]);
    assert_eq!((log.stdout.lines().count(), log.code), (1, Some(0)), "{log:?}");
    assert!(log.stdout.contains("\"Bo\""), "{log:?}");
    let restarted = tenant.run(&["restart", "--app", "TOTAL", "--yes"]);
    assert!(
        flat(&restarted.stdout).contains("holds deletions back"),
        "it is said before anything is done: {restarted:?}"
    );
}
