//! What a failed rehearsal proposes for the policy.

use serde_json::{Value, json};

use crate::common::endpoint::{Endpoint, Fault, TOKEN};
use crate::common::graph::{Reply, StandIn};
use crate::common::{run, side_by_side};

use super::{Rehearsal, both, run_both, schema, steps};

fn lines(report: &Value) -> &str {
    report["policy"]["lines"].as_str().unwrap()
}

#[test]
fn the_policy_lines_fit_what_was_found() {
    let cases = [
        (vec![], ""),
        (vec![Fault::StringBooleanRefused], "app:\n  scim-flag: required\n"),
        (vec![Fault::CapitalRefused], "app:\n  scim-flag: required\n"),
        (vec![Fault::PathlessIgnored], "app:\n  scim-flag: forbidden\n"),
        (vec![Fault::TitleForgotten], "mappings:\n  user:\n    forbid:\n      - \"title\" # keep-values\n"),
    ];
    side_by_side(cases, |(faults, expected)| {
        let endpoint = Endpoint::with(&faults);
        let rehearsal = Rehearsal::new();
        // Nothing chose the profile, so its required rows do not count.
        let words = both(&endpoint.url());
        let ran = rehearsal.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(lines(&ran.json()), expected, "{faults:?}: {}", ran.stdout);
    });
}

/// The lines are valid, and a check with them finds the row.
#[test]
fn a_policy_with_the_lines_finds_the_row() {
    let report = run_both(&Endpoint::with(&[Fault::TitleForgotten])).json();
    let title = lines(&report);
    assert!(title.contains("\"title\""), "{report}");
    let rehearsal = Rehearsal::new();
    let policy = rehearsal.folder.path().join("policy.yaml");
    std::fs::write(&policy, format!("version: 1\nprofile: generic\n{title}")).unwrap();
    let arguments = ["check", &schema("total-export.json"), "--policy", policy.to_str().unwrap(), "--format", "json"];
    let found = run(&arguments).json();
    let subjects: Vec<&Value> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "forbidden-mapping")
        .map(|finding| &finding["subject"])
        .collect();
    assert_eq!(subjects, [&json!("User/title")], "{found}");
}

/// Entra offers TLS 1.2 at most.
#[test]
fn an_endpoint_without_tls_1_2_fails_first() {
    let (endpoint, certificate) = StandIn::start_tls(&[&rustls::version::TLS13], |request, _| {
        match request.authorization == format!("Bearer {TOKEN}") && request.method == "GET" {
            true => Reply::Text(
                200,
                "application/scim+json",
                json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0})
                    .to_string(),
            ),
            false => Reply::Text(401, "application/scim+json", "{}".into()),
        }
    });
    let rehearsal = Rehearsal::new();
    let authority = rehearsal.folder.path().join("ca.pem");
    std::fs::write(&authority, certificate).unwrap();
    let url = format!("{}/scim", endpoint.url);
    let mut words = both(&url);
    words.extend(["--ca-bundle".to_owned(), authority.to_str().unwrap().to_owned()]);
    let ran = rehearsal.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let failed = steps(&ran.json(), "failed");
    assert!(failed.contains(&("connection".to_owned(), "tls".to_owned())), "{ran:?}");
}
