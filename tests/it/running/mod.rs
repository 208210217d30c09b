//! Running provisioning: what all commands have in common.

mod guide;
mod logs;
mod provision;
mod start;
mod status;
mod ways;

use std::sync::{Arc, Mutex};

use crate::common::graph::{JOB, Reply, StandIn};
use crate::common::prism::{description, passed_on, prism};
use crate::common::writable::Writable;
use crate::common::{Ran, flat, side_by_side};
use serde_json::{Value, json};

const RIGHT: &str = include_str!("../../../fixtures/total-export.json");
const DEFAULT: &str = include_str!("../../../fixtures/default-export.json");
const NEVER: &str = "0001-01-01T00:00:00Z";

fn ago(minutes: i64) -> String {
    let then = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes);
    then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A job's schedule and status.
fn job(schedule: &str, code: &str, first_steady: &str, users: i64, more: Value) -> Value {
    let mut status = json!({
        "code": code, "countSuccessiveCompleteFailures": 0, "escrowsPruned": false, "quarantine": null,
        "steadyStateFirstAchievedTime": first_steady, "steadyStateLastAchievedTime": first_steady,
        "lastExecution": null, "lastSuccessfulExecution": null,
        "synchronizedEntryCountByType": [
            {"key": "User to urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "value": users},
            {"key": "Group to urn:ietf:params:scim:schemas:core:2.0:Group", "value": users / 2},
        ],
    });
    for (name, value) in more.as_object().unwrap() {
        status[name.as_str()] = value.clone();
    }
    json!({"schedule": {"expiration": null, "interval": "PT40M", "state": schedule}, "status": status})
}

fn never() -> Value {
    let mut never = job("Disabled", "NotRun", NEVER, 0, json!({}));
    never["status"]["synchronizedEntryCountByType"] = json!([]);
    never
}

fn running(users: i64) -> Value {
    let cycle = json!({"timeBegan": ago(1), "timeEnded": NEVER, "state": "Succeeded", "countEscrowed": 1});
    job("Active", "Active", NEVER, users, json!({"lastExecution": cycle}))
}

fn steady(users: i64) -> Value {
    let cycle = json!({"timeBegan": ago(3), "timeEnded": ago(1), "state": "Succeeded", "countExported": users, "countEscrowed": 0});
    job("Active", "Active", &ago(1), users, json!({"lastExecution": cycle, "lastSuccessfulExecution": cycle}))
}

fn quarantined() -> Value {
    let quarantine = json!({"reason": "EncounteredQuarantineException", "seriesBegan": ago(3 * 1440), "nextAttempt": ago(-700),
        "error": {"code": "SystemForCrossDomainIdentityManagementServiceIncompatible", "message": "The endpoint answered 401."}});
    job("Active", "Quarantine", NEVER, 0, json!({"quarantine": quarantine, "countSuccessiveCompleteFailures": 6}))
}

fn event(status: &str, code: Option<&str>, who: &str, reason: &str) -> Value {
    json!({
        "activityDateTime": ago(2), "provisioningAction": "create", "jobId": JOB,
        "provisioningStatusInfo": {"status": status, "errorInformation": code.map(|code| json!({"errorCode": code, "reason": reason}))},
        "sourceIdentity": {"id": format!("id-of-{who}"), "displayName": who, "identityType": "User"},
    })
}

fn failures() -> Vec<Value> {
    vec![
        event("success", None, "Al", ""),
        event("failure", Some("MissingValues"), "Bo", "The attribute title is empty."),
        event("failure", Some("MissingValues"), "Cy", "The attribute title is empty."),
        event("failure", Some("SomethingNew"), "Di", "The app said no."),
        event("skipped", Some("NotEffectivelyEntitled"), "Ed", ""),
    ]
}

fn tenant(schema: &str, standing: Value) -> Writable {
    let tenant = Writable::start(schema);
    tenant.state().job = Some(standing);
    tenant
}

/// The output without times and URLs, which differ on every run.
fn page(ran: &Ran) -> String {
    let mut page = ran.page();
    let pattern = regex_lite::Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d( UTC \([^)]*\))?").unwrap();
    page = pattern.replace_all(&page, "TIME").into_owned();
    let date = regex_lite::Regex::new(r"\d{4}-\d\d-\d\d").unwrap();
    page = date.replace_all(&page, "DATE").into_owned();
    let url = regex_lite::Regex::new(r"http://127\.0\.0\.1:\d+").unwrap();
    url.replace_all(&page, "URL").into_owned()
}

fn actions(tenant: &Writable) -> Vec<String> {
    let last = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    tenant.state().changes.iter().map(|(_, path, _)| last(path)).collect()
}

#[test]
fn commands_point_to_the_guide_when_the_app_has_no_job() {
    let tenant = tenant(RIGHT, never());
    tenant.state().no_jobs = true;
    for command in [&["status"][..], &["logs"], &["pause", "--yes"], &["start", "--yes"]] {
        let ran = tenant.run(&[command, &["--app", "TOTAL"]].concat());
        assert_eq!(ran.code, Some(2), "{command:?}: {ran:?}");
        assert!(ran.stderr.contains("provlint guide"), "{command:?}: {ran:?}");
    }
}

#[test]
fn commands_require_a_choice_between_several_jobs() {
    let tenant = tenant(RIGHT, steady(4));
    tenant.state().second = Some(RIGHT.to_owned());
    for command in [&["pause", "--yes"][..], &["status"], &["restart", "--yes"], &["start", "--yes"]] {
        let ran = tenant.run(&[command, &["--app", "TOTAL"]].concat());
        assert!(ran.code == Some(2) && ran.stderr.contains(&format!("{JOB}-2")), "{command:?}: {ran:?}");
    }
    assert_eq!(tenant.run(&["pause", "--yes", "--app", "TOTAL", "--job", JOB]).code, Some(0));
    // The evaluated schema is that of the chosen job.
    let second = format!("{JOB}-2");
    let other = ["--app", "TOTAL", "--job", &second];
    assert_eq!(tenant.run(&[&["restart", "--yes"][..], &other].concat()).code, Some(0));
    tenant.state().second = Some(DEFAULT.to_owned());
    for command in [&["restart", "--yes"][..], &["provision", "--yes", "--group", "TOTAL-Admin"]] {
        let ran = tenant.run(&[command, &other].concat());
        assert!(ran.code == Some(2) && ran.stderr.contains("required-mapping-source: "), "{command:?}: {ran:?}");
        assert!(ran.stderr.contains(&format!("--job {second}")), "{command:?}: {ran:?}");
    }
    let guide = tenant.run(&[&["guide"][..], &other].concat());
    let first = tenant.run(&["guide", "--app", "TOTAL", "--job", JOB]);
    assert!(guide.stdout.contains("✗  4.") && first.stdout.contains("✓  4."), "{guide:?}: {first:?}");
    assert!(
        guide
            .stdout
            .contains(&format!("-> provlint fix --app TOTAL --graph-url {} --job {second}", tenant.stand_in.url))
    );
    for command in [&["guide"][..], &["fix"], &["status"]] {
        let none = tenant.run(&[command, &["--app", "TOTAL", "--job", "none"]].concat());
        assert!(none.code == Some(2) && none.stderr.contains("has no provisioning job none"), "{none:?}");
    }
    // The fix changes only the chosen job.
    let fixed = tenant.run(&[&["fix", "--yes"][..], &other].concat());
    let (_, path, _) = tenant.state().changes.last().cloned().unwrap();
    assert!(path.ends_with(&format!("{second}/schema")), "{path}: {fixed:?}");
    tenant.state().hidden.push("-2/schema");
    let unread = tenant.run(&[&["restart", "--yes"][..], &other].concat());
    assert!(unread.code == Some(2) && unread.stderr.contains("the schema of another job was evaluated"), "{unread:?}");
}

#[test]
fn tenant_names_cannot_control_the_terminal() {
    let tenant = tenant(RIGHT, never());
    let name = "TOTAL-Admin\u{1b}[2J$(id)";
    tenant.state().assignments[1]["principalDisplayName"] = json!(name);
    // If the group cannot be read, the name in the assignment is shown.
    tenant.state().hidden.push("/groups/3f0c1c52-0000-4000-8000-000000000001?");
    let guided = tenant.run(&["guide", "--app", "TOTAL"]);
    let started = tenant.run(&["start", "--app", "TOTAL", "--yes"]);
    for ran in [&started, &guided] {
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{ran:?}");
    }
    assert!(started.stdout.contains("TOTAL-Admin\u{fffd}[2J"), "{started:?}");
    assert!(guided.stdout.contains("--group TOTAL-Analyst") || guided.stdout.contains("'TOTAL-Admin"), "{guided:?}");
}

/// Proposed commands work when they are copied.
#[test]
fn proposed_commands_name_policy_group_and_job() {
    let tenant = tenant(DEFAULT, never());
    std::fs::write(tenant.folder.path().join("p.yaml"), "version: 1\nprofile: truu-total\n").unwrap();
    let judged = ["--policy", "p.yaml", "--group", "-Ops"];
    let guided = tenant.run(&["guide", "--app", "TOTAL", "--policy", "p.yaml", "--group=-Ops", "--format", "json"]);
    let next = |step: usize| guided.json()["steps"][step]["next"].as_str().unwrap_or_default().to_owned();
    let url = &tenant.stand_in.url;
    assert_eq!(next(3), format!("provlint fix --app TOTAL --graph-url {url} --policy p.yaml"));
    assert_eq!(next(7), format!("provlint start --app TOTAL --graph-url {url} --policy p.yaml --group=-Ops --wait"));
    let refused = tenant.run(&["start", "--app", "TOTAL", judged[0], judged[1], "--yes"]);
    assert!(
        flat(&refused.stderr).contains(&format!("provlint guide --app TOTAL --graph-url {url} --policy p.yaml")),
        "{refused:?}"
    );
    tenant.state().second = Some(RIGHT.to_owned());
    let status = tenant.run(&["status", "--app", "TOTAL", "--job", JOB]);
    assert!(status.stdout.contains(&format!("provlint start --app TOTAL --graph-url {url} --job {JOB}")), "{status:?}");
    let guided = tenant.run(&["guide", "--app", "TOTAL", "--format", "json"]);
    let next = guided.json()["steps"][8]["next"].as_str().unwrap().to_owned();
    assert!(next.ends_with(&format!(" --job {JOB}")), "{next}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs script of util-linux")]
fn answering_no_changes_nothing() {
    let cases = [&["start"][..], &["pause"], &["restart"], &["provision", "--group", "TOTAL-Admin"]];
    side_by_side(cases, |command| {
        let tenant = tenant(RIGHT, if command[0] == "start" { never() } else { steady(4) });
        let (code, page) = tenant.run_on_terminal(&[command, &["--app", "TOTAL"]].concat(), "n\n");
        assert_eq!((code, actions(&tenant)), (Some(1), Vec::new()), "{command:?}: {page}");
    });
}

#[test]
fn credentials_in_app_answers_are_never_printed() {
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
    let said = format!("refused: Bearer {token}");
    let mut standing = quarantined();
    standing["status"]["quarantine"]["error"]["message"] = json!(said);
    let tenant = tenant(RIGHT, standing);
    tenant.state().events = vec![event("failure", Some("Unauthorized"), "Bo", &said)];
    for command in [
        &["status"][..],
        &["status", "--format", "json"],
        &["logs", "--format", "pretty"],
        &["logs", "--format", "jsonl"],
        &["guide"],
        &["provision", "--group", "TOTAL-Admin", "--yes"],
        &["provision", "--group", "TOTAL-Admin", "--yes", "--format", "json"],
    ] {
        let key = json!({"result": "Failure", "details": {"errorCode": "Unauthorized", "errorMessage": said}});
        tenant.state().on_demand.push_back(Reply::ok(json!({"key": key.to_string(), "value": null})));
        let ran = tenant.run(&[command, &["--app", "TOTAL"]].concat());
        assert!(!format!("{ran:?}").contains("eyJ"), "{command:?}: {ran:?}");
    }
}

#[test]
#[ignore = "needs prism, and PROVLINT_DESCRIPTION: the OpenAPI description of Microsoft Graph"]
fn requests_match_the_official_description() {
    let description = description();
    let tenant = tenant(RIGHT, never());
    tenant.state().play = [running(0), running(0), steady(4)].into();
    let prism = prism(&description, &tenant.stand_in.url);
    let objections = Arc::new(Mutex::new(Vec::new()));
    let (url, noted, upstream) = (prism.url(), Arc::clone(&objections), tenant.stand_in.url.clone());
    let front = StandIn::start(move |request, _| {
        let judged = request.method == "POST" || request.path.contains("auditLogs");
        passed_on(if judged { &url } else { &upstream }, request, &noted)
    });
    for arguments in [
        &["start", "--yes", "--wait", "--every", "200ms"][..],
        &["provision", "--group", "TOTAL-Admin", "--yes"],
        &["provision", "--user", "0a000000-0000-4000-8000-000000000001", "--yes"],
        &["restart", "--reset", "full", "--yes"],
        &["pause", "--yes"],
        &["logs"],
    ] {
        let ran = tenant.run_by(&front.url, &[arguments, &["--app", "TOTAL"]].concat());
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?} {:?}", objections.lock().unwrap());
    }
    // Prism requires bodies in 204 answers, which have none; only objections to requests count here.
    let of_requests = |objection: &&String| objection.contains("\"location\":[\"request\"");
    assert_eq!(objections.lock().unwrap().iter().filter(of_requests).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(actions(&tenant), ["start", "provisionOnDemand", "provisionOnDemand", "restart", "pause"]);
}
