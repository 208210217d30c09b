//! The JSON documents of the commands match their schemas in `docs/schemas/`.

use crate::common::graph::{JOB, Reply, StandIn, TOKEN};
use crate::common::schema::expect_document;
use crate::common::writable::Writable;
use crate::common::{finish, provlint, run};
use serde_json::{Value, json};

const DEFAULT: &str = "fixtures/default-export.json";
const SNAPSHOT: &str = "fixtures/snapshot.json";
const JANE: &str = "fixtures/users/jane.json";
const SEVERAL: &str = "fixtures/users/several.csv";
/// Documents without a version number.
const WITHOUT_VERSION: [&str; 3] = ["profiles", "rules", "eval"];

fn expect(name: &str, text: &str) {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
    expect_document(name, &value);
    let first = value.as_object().and_then(|members| members.iter().next().map(|(key, value)| (key.as_str(), value)));
    assert!(WITHOUT_VERSION.contains(&name) || first == Some(("version", &json!(1))), "{name}: {text}");
}

#[test]
fn commands_that_read_files_match_their_schemas() {
    for (name, arguments) in [
        (
            "fix",
            &["fix", "--dry-run", DEFAULT, SNAPSHOT, "fixtures/externalid-add-only.json", "fixtures/broken/empty.json"]
                [..],
        ),
        ("diff", &["diff", DEFAULT, "fixtures/title-twice.json"]),
        ("diff", &["diff", DEFAULT, "fixtures/total-export.json"]),
        ("preview", &["preview", DEFAULT, "--user", JANE]),
        ("preview", &["preview", DEFAULT, "--user", SEVERAL, "--diff", "fixtures/total-export.json"]),
        ("preview", &["preview", "fixtures/scope-filter-sales.json", "--user", "fixtures/users/twins.json"]),
        ("guide", &["guide", DEFAULT]),
        ("guide", &["guide", SNAPSHOT]),
        ("profiles", &["profiles"]),
        ("rules", &["rules"]),
        ("eval", &["eval", "[mail]", "--set", "mail=a"]),
        ("eval", &["eval", "[mail]", "--user", SEVERAL]),
        ("eval", &["eval", "[nothing]", "--user", JANE]),
        ("eval", &["eval", "IgnoreFlowIfNullOrEmpty([nothing])"]),
        ("eval", &["eval", "Redact(Now())"]),
        ("eval", &["eval", "IIF([mail] = \"x\", [nothing], ToLower([jobTitle]))", "--user", SEVERAL, "--trace"]),
    ] {
        expect(name, &run(&[arguments, &["--format", "json"]].concat()).stdout);
    }
}

#[test]
fn commands_that_read_a_tenant_match_their_schemas() {
    let tenant = Writable::start(include_str!("../../fixtures/total-export.json"));
    let event = |status: &str, code: Option<&str>| {
        json!({
            "activityDateTime": jiff::Timestamp::now().to_string(), "provisioningAction": "create", "jobId": JOB,
            "provisioningStatusInfo": {"status": status, "errorInformation": code.map(|code| json!({"errorCode": code, "reason": "no"}))},
            "sourceIdentity": {"id": "1", "displayName": "Al", "identityType": "User"},
        })
    };
    tenant.state().events = vec![event("success", None), event("failure", Some("MissingValues"))];
    let app = ["--app", "TOTAL", "--format"];
    for (name, arguments) in [
        ("fix", &["fix", "--dry-run"][..]),
        ("guide", &["guide"]),
        ("status", &["status"]),
        ("provision", &["provision", "--group", "TOTAL-Admin", "--yes"]),
    ] {
        expect(name, &tenant.run(&[arguments, &app, &["json"]].concat()).stdout);
    }
    let lines = tenant.run(&[&["logs"][..], &app, &["jsonl"]].concat()).stdout;
    assert!(lines.lines().count() > 1, "{lines}");
    lines.lines().for_each(|line| expect("logs", line));
    tenant.state().no_log = Some(403);
    expect("status", &tenant.run(&[&["status"][..], &app, &["json"]].concat()).stdout);
}

#[test]
fn probe_and_auth_status_match_their_schemas() {
    let endpoint = StandIn::start(|_, _| Reply::error(401, "x", "y"));
    let probe = ["probe", "--tenant-url", &endpoint.url, "--format", "json"];
    expect("probe", &finish(provlint(&probe).env("PROVLINT_SCIM_TOKEN", "a-token")).stdout);
    let auth = ["auth", "status", "--format", "json"];
    expect("auth", &finish(provlint(&auth).env("PROVLINT_ACCESS_TOKEN", TOKEN)).stdout);
}
