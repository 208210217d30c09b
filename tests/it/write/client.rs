//! `provlint connect` with an OAuth2 client, and with ways of signing in that only the portal configures.

use std::sync::{Arc, Mutex};

use super::{DEFAULT, with};
use crate::common::graph::{JOB, Reply, StandIn};
use crate::common::prism::{description, passed_on, prism};
use crate::common::writable::{Fate, Writable, setting};
use crate::common::{Ran, flat, side_by_side};
use serde_json::{Value, json};

const URL: &str = "https://total.example.com/scim";
const SECRET: &str = "the-secret-of-the-client-0815";
const ISSUED: &str = "a-token-for-one-hour-4711";
const CLIENT: [&str; 13] = [
    "connect",
    "--app",
    "TOTAL",
    "--tenant-url",
    URL,
    "--auth-method",
    "oauth2",
    "--client-id",
    "entra",
    "--token-endpoint",
    "https://total.example.com/token",
    "--yes",
    "--no-probe",
];
const POLICY: &str = "version: 1\nprofile: truu-total\nrules:\n  tenant-url-invalid: off\n";

/// A tenant where the app exists and nothing else. The app accepts the client's secret only.
fn bare() -> Writable {
    let tenant = Writable::start(DEFAULT);
    let mut state = tenant.state();
    state.is_bare();
    state.scim_token = SECRET.to_owned();
    state.accepts = Some(Box::new(|url, secret| url == URL && secret == SECRET));
    drop(state);
    tenant
}

/// The same with a saved secret token, which the app accepts, too.
fn with_a_token() -> Writable {
    let tenant = Writable::start(DEFAULT);
    let mut state = tenant.state();
    state.scim_token = SECRET.to_owned();
    state.settings.push(json!({"key": "AuthenticationType", "value": "AuthenticationToken"}));
    drop(state);
    tenant
}

fn saved(tenant: &Writable, key: &str) -> String {
    setting(&tenant.state().settings, key).to_owned()
}

fn changes(tenant: &Writable) -> usize {
    tenant.state().changes.len()
}

fn shown(tenant: &Writable, ran: &Ran) -> String {
    let page = ran.page().replace(&tenant.stand_in.url, "URL");
    tenant.backups().iter().fold(page, |page, backup| page.replace(backup, "BACKUP"))
}

#[test]
fn an_oauth_client_is_tested_saved_and_read_back() {
    let tenant = bare();
    let dry = tenant.run(&with(&CLIENT, &["--dry-run"]));
    assert_agreed!("connect_client_dry_run", shown(&tenant, &dry));
    assert_eq!((dry.code, changes(&tenant)), (Some(1), 0), "{dry:?}");
    let ran = tenant.run(&CLIENT);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let credentials = json!([
        {"key": "BaseAddress", "value": URL},
        {"key": "Oauth2ClientId", "value": "entra"},
        {"key": "Oauth2ClientSecret", "value": SECRET},
        {"key": "Oauth2TokenExchangeUri", "value": "https://total.example.com/token"},
    ]);
    let tests: Vec<Value> = tenant.state().tests.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(tests, [json!({"credentials": credentials}), json!({"useSavedCredentials": true})]);
    assert_eq!((saved(&tenant, "Oauth2ClientSecret").as_str(), saved(&tenant, "SyncAll").as_str()), (SECRET, "false"));
    // A rotation of the secret names the client again.
    let again = tenant.run(&["connect", "--app", "TOTAL", "--yes", "--no-probe"]);
    assert_eq!((again.code, flat(&again.stderr).contains("--client-id")), (Some(2), true), "{again:?}");
    assert_eq!(tenant.run(&CLIENT).code, Some(0));
}

#[test]
fn the_first_token_of_a_client_is_asked_for_presented_and_saved() {
    let list =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "Resources": []});
    // Each endpoint: whether it takes credentials in the header or only in the body.
    for in_header in [true, false] {
        let list = list.clone();
        let app = StandIn::start(move |request, _| {
            let token = json!({"access_token": ISSUED, "token_type": "bearer", "expires_in": 3600});
            if request.path == "/token" {
                assert_eq!(request.method, "POST");
                let header = format!("Basic {}", base64("entra:the-secret-of-the-client-0815"));
                let body = "grant_type=client_credentials";
                let named = format!("{body}&client_id=entra&client_secret={SECRET}");
                return match (in_header, request.authorization == header, request.body == named) {
                    (true, true, false) | (false, false, true) => Reply::ok(token),
                    _ => Reply::Json(401, Vec::new(), json!({"error": "invalid_client"})),
                };
            }
            let status = if request.authorization == format!("Bearer {ISSUED}") { 200 } else { 401 };
            Reply::Text(status, "application/scim+json", list.to_string())
        });
        let tenant = bare();
        tenant.state().accepts = None;
        std::fs::write(tenant.folder.path().join("provlint.yaml"), POLICY).unwrap();
        let (url, issuer) = (format!("{}/scim", app.url), format!("{}/token", app.url));
        let flags = ["--tenant-url", &url, "--client-id", "entra", "--token-endpoint", &issuer];
        let ran = tenant.run(&[&["connect", "--app", "TOTAL", "--yes"], &flags[..]].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(saved(&tenant, "Oauth2AccessToken"), ISSUED);
        let created = saved(&tenant, "Oauth2AccessTokenCreationTime");
        assert!(created.parse::<jiff::Timestamp>().is_ok(), "{created}");
        assert!(!format!("{ran:?}").contains(ISSUED), "{ran:?}");
        assert_eq!(tenant.state().tests.len(), 2);
        assert!(tenant.state().tests[0].contains(ISSUED), "Entra tests it with the first token");
    }
}

/// The text in base64, without a crate for it.
fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for part in text.as_bytes().chunks(3) {
        let number = (0..3).fold(0_usize, |sum, at| sum << 8 | usize::from(part.get(at).copied().unwrap_or(0)));
        for digit in 0..4 {
            let shown = digit <= part.len();
            encoded.push(if shown { char::from(DIGITS[number >> (18 - 6 * digit) & 63]) } else { '=' });
        }
    }
    encoded
}

#[test]
fn a_token_endpoint_that_gives_no_token_stops_before_anything_is_changed() {
    let cases = [
        (
            (|| Reply::Json(401, Vec::new(), json!({"error": "invalid_client"}))) as fn() -> Reply,
            "answered 401: invalid_client",
        ),
        (|| Reply::ok(json!({"token_type": "Bearer"})), "without an access token"),
        (|| Reply::ok(json!({"access_token": "x", "token_type": "mac"})), "of another type than Bearer"),
        (|| Reply::Text(200, "text/html", "<html>".to_owned()), "without an access token"),
        (|| Reply::Reset, "--no-probe"),
    ];
    side_by_side(cases, |(reply, said)| {
        let app = StandIn::start(move |_, _| reply());
        let tenant = bare();
        std::fs::write(tenant.folder.path().join("provlint.yaml"), POLICY).unwrap();
        let (url, issuer) = (format!("{}/scim", app.url), format!("{}/token", app.url));
        let flags = ["--tenant-url", &url, "--client-id", "entra", "--token-endpoint", &issuer];
        let ran = tenant.run(&[&["connect", "--app", "TOTAL", "--yes"], &flags[..]].concat());
        assert_eq!((ran.code, flat(&ran.stderr).contains(said)), (Some(2), true), "{ran:?}");
        assert_eq!((changes(&tenant), tenant.state().tests.len()), (0, 0), "{ran:?}");
    });
}

#[test]
fn another_way_of_signing_in_replaces_the_one_before() {
    let tenant = with_a_token();
    let ran = tenant.run(&CLIENT);
    assert_agreed!("connect_client_for_token", shown(&tenant, &ran));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let kinds = ["SecretToken", "Oauth2ClientSecret", "AuthenticationType"].map(|key| saved(&tenant, key));
    assert_eq!(kinds, ["", SECRET, "OAuth2ClientCredentialsGrant"]);
    let back = tenant.run(&["connect", "--app", "TOTAL", "--auth-method", "bearer", "--yes", "--no-probe"]);
    assert_eq!(back.code, Some(0), "{back:?}");
    let kinds = ["SecretToken", "Oauth2ClientSecret", "AuthenticationType"].map(|key| saved(&tenant, key));
    assert_eq!(kinds, [SECRET, "", "AuthenticationToken"]);
}

#[test]
fn every_answer_about_a_client_leaves_the_app_as_before_or_as_wanted() {
    let cases = [
        (vec![], vec![Fate::Refused(400)], 2, "Entra's test of the new credentials failed", false),
        (vec![], vec![Fate::Refused(403)], 2, "Entra did not test the new credentials", false),
        (vec![Fate::Refused(400)], vec![], 2, "the saved connection is unchanged", false),
        (vec![Fate::Refused(403)], vec![], 2, "the saved connection is unchanged", false),
        (vec![Fate::Refused(429)], vec![], 0, "saved and read back", true),
        (vec![Fate::Refused(500)], vec![], 2, "the previous or the new credentials are saved", false),
        // The keys of the new credential show that it was saved.
        (vec![Fate::MadeAnd(500)], vec![], 0, "it is saved and read back", true),
        (vec![Fate::MadeAndLost], vec![], 0, "saved and read back", true),
        (vec![Fate::Lost], vec![], 2, "the previous or the new credentials are saved", false),
        (vec![Fate::MadeAndDeaf], vec![], 2, "its current state is unknown: 503", true),
    ];
    side_by_side(cases, |(fates, tests, code, said, is_saved)| {
        let tenant = with_a_token();
        let before = saved(&tenant, "SecretToken");
        tenant.state().fates.extend(fates);
        tenant.state().test_fates.extend(tests);
        let ran = tenant.run(&with(&CLIENT, &["--max-wait", "1"]));
        assert_eq!((ran.code, flat(&ran.stderr).contains(said)), (Some(code), true), "{ran:?}");
        let wanted = if is_saved { ["", SECRET] } else { [before.as_str(), ""] };
        assert_eq!(["SecretToken", "Oauth2ClientSecret"].map(|key| saved(&tenant, key)), wanted, "{ran:?}");
        tenant.state().deaf = false;
        assert_eq!(tenant.run(&CLIENT).code, Some(0), "{ran:?}");
        assert_eq!(saved(&tenant, "Oauth2ClientSecret"), SECRET);
    });
}

#[test]
fn a_setting_that_graph_does_not_accept_for_the_app_is_left_to_the_portal() {
    let tenant = with_a_token();
    tenant.state().code = "NotInAllowList";
    tenant.state().fates.push_back(Fate::Refused(400));
    let ran = tenant.run(&CLIENT);
    assert_eq!((ran.code, saved(&tenant, "Oauth2ClientSecret").as_str()), (Some(2), ""), "{ran:?}");
    assert!(flat(&ran.stderr).contains("Enter the credentials in the portal: Provisioning > Connectivity"), "{ran:?}");
}

#[test]
fn a_run_with_a_client_that_is_killed_at_any_request_is_completed_by_the_next() {
    let tenant = with_a_token();
    assert_eq!(tenant.run(&CLIENT).code, Some(0));
    let numbers = {
        let state = tenant.state();
        state.first_write.expect("something is written")..=state.requests
    };
    side_by_side(numbers.collect::<Vec<_>>(), |number| {
        let tenant = with_a_token();
        let before = saved(&tenant, "SecretToken");
        tenant.state().hold_at = Some(number);
        tenant.run_and_kill(&CLIENT);
        let kinds = ["SecretToken", "Oauth2ClientSecret"].map(|key| saved(&tenant, key));
        assert!(kinds == [before.as_str(), ""] || kinds == ["", SECRET], "{number}: {kinds:?}");
        tenant.state().hold_at = None;
        let ran = tenant.run(&CLIENT);
        assert_eq!((ran.code, saved(&tenant, "Oauth2ClientSecret").as_str()), (Some(0), SECRET), "{number}: {ran:?}");
    });
}

#[test]
fn a_way_that_graph_does_not_know_is_left_to_the_portal() {
    let tenant = bare();
    let ran = tenant.run(&["connect", "--app", "TOTAL", "--tenant-url", URL, "--auth-method", "workload-identity"]);
    assert_eq!((ran.code, changes(&tenant)), (Some(2), 0), "{ran:?}");
    assert!(flat(&ran.stderr).contains("as the Authentication method, enter client ID and token endpoint"), "{ran:?}");
    // So is a saved way that the flags do not replace.
    let tenant = bare();
    let mut state = tenant.state();
    state.no_jobs = false;
    state.settings =
        vec![json!({"key": "BaseAddress", "value": URL}), json!({"key": "AuthenticationType", "value": "Basic"})];
    drop(state);
    let ran = tenant.run(&["connect", "--app", "TOTAL", "--job", JOB, "--yes", "--no-probe"]);
    assert_eq!((ran.code, changes(&tenant)), (Some(2), 0), "{ran:?}");
    assert!(flat(&ran.stderr).contains("--auth-method bearer saves a secret token instead"), "{ran:?}");
}

#[test]
fn flags_that_contradict_each_other_or_the_policy_change_nothing() {
    let policy = "version: 1\nprofile: truu-total\nconnection: { auth-method: oauth2 }\n";
    for (policy, flags, said) in [
        ("", &["--client-id", "x"][..], "--token-endpoint"),
        ("", &["--client-id", "x", "--token-endpoint", "http://x.example.com"], "is not https"),
        (
            "",
            &["--client-id", "x", "--token-endpoint", "https://x.example.com", "--auth-method", "bearer"],
            "of no use",
        ),
        ("", &["--auth-method", "oauth2"], "name it with --client-id and --token-endpoint"),
        ("", &["--auth-method", "basic"], "possible values"),
        (policy, &["--auth-method", "bearer"], "the policy requires OAuth2 client credentials"),
        (policy, &[], "name it with --client-id and --token-endpoint"),
    ] {
        let tenant = bare();
        if !policy.is_empty() {
            std::fs::write(tenant.folder.path().join("provlint.yaml"), policy).unwrap();
        }
        let connect = ["connect", "--app", "TOTAL", "--tenant-url", URL, "--yes", "--no-probe"];
        let ran = tenant.run(&[&connect[..], flags].concat());
        assert_eq!((ran.code, flat(&ran.stderr).contains(said)), (Some(2), true), "{flags:?}: {ran:?}");
        assert_eq!(changes(&tenant), 0);
    }
}

#[test]
#[ignore = "needs prism, and PROVLINT_DESCRIPTION: the OpenAPI description of Microsoft Graph"]
fn connecting_a_client_matches_the_official_description() {
    let tenant = bare();
    let prism = prism(&description(), &tenant.stand_in.url);
    let objections = Arc::new(Mutex::new(Vec::new()));
    let (url, noted, upstream) = (prism.url(), Arc::clone(&objections), tenant.stand_in.url.clone());
    let front = StandIn::start(move |request, _| {
        passed_on(if request.method == "GET" { &upstream } else { &url }, request, &noted)
    });
    let ran = tenant.run_by(&front.url, &CLIENT);
    let of_requests = |objection: &&String| objection.contains("\"location\":[\"request\"");
    assert_eq!(objections.lock().unwrap().iter().filter(of_requests).collect::<Vec<_>>(), [""; 0]);
    assert_eq!((ran.code, saved(&tenant, "Oauth2ClientSecret").as_str()), (Some(0), SECRET), "{ran:?}");
}
