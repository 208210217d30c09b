//! Starting, watching, pausing and restarting provisioning, provisioning on demand, logs, and the guide.

use std::sync::{Arc, Mutex};

use crate::common::graph::{JOB, PRINCIPAL, Reply, StandIn};
use crate::common::prism::{description, passed_on, prism};
use crate::common::writable::{Fate, Writable};
use crate::common::{Ran, flat, side_by_side};
use serde_json::{Value, json};

const RIGHT: &str = include_str!("../../fixtures/total-export.json");
const DEFAULT: &str = include_str!("../../fixtures/default-export.json");
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
    let url = regex_lite::Regex::new(r"http://127\.0\.0\.1:\d+").unwrap();
    url.replace_all(&page, "URL").into_owned()
}

fn actions(tenant: &Writable) -> Vec<String> {
    let last = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    tenant.state().changes.iter().map(|(_, path, _)| last(path)).collect()
}

#[test]
fn status_exits_1_when_the_job_needs_attention() {
    let cases = [
        ("steady", steady(42), vec![event("success", None, "Al", "")], 0),
        ("never", never(), Vec::new(), 1),
        ("paused", job("Paused", "Paused", &ago(900), 42, json!({})), Vec::new(), 1),
        ("first_cycle", running(3), Vec::new(), 1),
        ("off", job("Disabled", "Active", &ago(90_000), 42, json!({})), Vec::new(), 1),
        ("quarantine", quarantined(), Vec::new(), 1),
        ("failures", steady(42), failures(), 1),
    ];
    side_by_side(cases, |(name, standing, events, code)| {
        let tenant = tenant(RIGHT, standing);
        tenant.state().events = events;
        let ran = tenant.run(&["status", "--app", "TOTAL"]);
        assert_eq!(ran.code, Some(code), "{name}: {ran:?}");
        assert_agreed!(format!("status_{name}"), page(&ran));
        let json = tenant.run(&["status", "--app", "TOTAL", "--format", "json"]);
        assert_eq!(
            (json.code, json.json()["attention"].as_array().unwrap().is_empty()),
            (Some(code), code == 0),
            "{name}"
        );
        assert_eq!(actions(&tenant), [""; 0], "{name}: reading changes nothing");
    });
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
fn logs_are_printed_as_text_and_json_lines() {
    let tenant = tenant(RIGHT, steady(42));
    tenant.state().events = failures();
    let pretty = tenant.run(&["logs", "--app", "TOTAL", "--format", "pretty"]);
    assert_agreed!("logs", page(&pretty));
    let piped = tenant.run(&["logs", "--app", "TOTAL", "--failed", "--since", "2h"]);
    let lines: Vec<Value> = piped.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let who: Vec<&Value> = lines.iter().map(|line| &line["who"]).collect();
    assert_eq!(who, ["Bo", "Cy", "Di"]);
    assert_eq!(lines[0]["remedy"], "fill in the attribute in Entra");
    for since in ["yesterday", "0m", "90d", "-1h"] {
        let arguments = ["logs", "--app", "TOTAL", &format!("--since={since}")].map(str::to_owned);
        let ran = tenant.run(&arguments.each_ref().map(String::as_str));
        assert_eq!(ran.code, Some(2), "{since}: {ran:?}");
    }
    tenant.state().no_log = Some(403);
    let ran = tenant.run(&["logs", "--app", "TOTAL"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("ProvisioningLog.Read.All"), "{ran:?}");
    let status = tenant.run(&["status", "--app", "TOTAL"]);
    assert!(status.code == Some(0) && status.stdout.contains("? Recent failures are unknown"), "{status:?}");
    // Filtering the log by job and time together is not documented.
    tenant.state().no_log = Some(400);
    assert_eq!(tenant.run(&["logs", "--app", "TOTAL"]).stdout.lines().count(), 5);
}

#[test]
fn start_refuses_an_app_with_errors() {
    let tenant = tenant(DEFAULT, never());
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes"]);
    assert_eq!((ran.code, actions(&tenant)), (Some(2), Vec::new()), "{ran:?}");
    assert!(ran.stderr.contains("required-mapping-source") && flat(&ran.stderr).contains("--force REASON"), "{ran:?}");
    assert_eq!(tenant.run(&["start", "--app", "TOTAL", "--yes", "--force", " "]).code, Some(2));
    let forced = tenant.run(&["start", "--app", "TOTAL", "--yes", "--force", "a test tenant"]);
    assert_eq!((forced.code, actions(&tenant)), (Some(0), vec!["start".to_owned()]), "{forced:?}");
    assert!(forced.stderr.contains("started despite problems, because: a test tenant"), "{forced:?}");
}

#[test]
fn start_refuses_untested_or_rejected_credentials() {
    let tenant = tenant(RIGHT, never());
    tenant.state().untested = Some(403);
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes"]);
    assert_eq!((ran.code, actions(&tenant)), (Some(2), Vec::new()), "{ran:?}");
    assert!(ran.stderr.contains("credentials-rejected could not be evaluated: 403"), "{ran:?}");
    tenant.state().untested = Some(400);
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("credentials-rejected:"), "{ran:?}");
}

#[test]
fn start_shows_who_is_in_scope_and_waits_for_the_first_cycle() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = [running(0), running(0), running(1), running(1), steady(4)].into();
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms"]);
    assert_agreed!("start_wait", page(&ran));
    assert_eq!((ran.code, actions(&tenant)), (Some(0), vec!["start".to_owned()]));
    let again = tenant.run(&["start", "--app", "TOTAL", "--yes"]);
    assert_eq!((again.code, actions(&tenant).len()), (Some(0), 1), "{again:?}");
    assert!(again.stdout.contains("is on already"), "{again:?}");
}

#[test]
fn failures_in_the_first_cycle_fail_the_wait() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = [running(1), running(1), steady(4)].into();
    tenant.state().events = failures();
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_agreed!("start_failures", page(&ran));
}

#[test]
fn quarantine_ends_the_wait_with_a_remedy() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = [running(0), running(0), quarantined()].into();
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_agreed!("start_quarantine", page(&ran));
}

#[test]
fn wait_timeout_ends_the_wait_but_not_the_job() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = std::iter::repeat_n(running(1), 1000).collect();
    // The last read happens at the timeout, not after the next interval.
    let waiting = ["start", "--app", "TOTAL", "--yes", "--wait", "--every", "60", "--wait-timeout", "1s"];
    let ran = tenant.run(&waiting);
    assert_eq!((ran.code, actions(&tenant)), (Some(2), vec!["start".to_owned()]), "{ran:?}");
    assert!(ran.stderr.contains("the cycle has not ended yet; the job continues to run"), "{ran:?}");
    assert!(ran.stderr.contains("provlint status --app TOTAL"), "{ran:?}");
    for odd in ["0", "-1", "2000000000000000000", "8d", "soon", ""] {
        let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--wait", &format!("--wait-timeout={odd}")]);
        assert!(ran.code == Some(2) && ran.stderr.contains("use minutes"), "{odd}: {ran:?}");
    }
}

#[test]
fn wait_shows_an_estimate_from_the_member_count() {
    let cases = [(2, "0 min of up to 1 min"), (1000, "0 min of 40 to 321 min")];
    side_by_side(cases, |(counted, said)| {
        let tenant = tenant(RIGHT, never());
        tenant.state().counted = counted;
        tenant.state().play = [running(0), running(0), running(1), running(1), steady(4)].into();
        let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms"]);
        assert!(ran.stderr.contains(said), "{ran:?}");
    });
}

/// Throttling does not extend the wait timeout.
#[test]
fn wait_timeout_applies_while_graph_is_busy() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = std::iter::repeat_n(running(1), 1000).collect();
    tenant.state().busy = (4..1000).collect();
    let begun = std::time::Instant::now();
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms", "--wait-timeout", "2s"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("the job continues to run"), "{ran:?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{:?}: {ran:?}", begun.elapsed());
}

#[test]
fn a_failure_followed_by_success_needs_no_attention() {
    let tenant = tenant(RIGHT, steady(42));
    let mut failed = event("failure", Some("InternalServerError"), "Al", "");
    failed["activityDateTime"] = Value::from(ago(20));
    tenant.state().events = vec![failed.clone(), event("success", None, "Al", "")];
    let healed = tenant.run(&["status", "--app", "TOTAL"]);
    assert_eq!(healed.code, Some(0), "{healed:?}");
    let log = tenant.run(&["logs", "--app", "TOTAL", "--failed"]);
    assert_eq!(log.stdout.lines().count(), 1, "the log has it still: {log:?}");
    tenant.state().events = vec![failed, event("success", None, "Bo", "")];
    assert_eq!(tenant.run(&["status", "--app", "TOTAL"]).code, Some(1));
}

/// Every read prints a page on a terminal, and one JSON document per line in a pipe.
#[cfg(unix)]
#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs script of util-linux")]
fn watch_repeats_the_status_until_interrupted() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = std::iter::repeat_n(running(1), 1000).collect();
    let arguments = ["status", "--app", "TOTAL", "--watch", "--every", "200ms"];
    let (code, page) = tenant.run_on_terminal_with(&arguments, &[("provisioned", "\u{3}")]);
    assert_ne!(code, Some(0), "{page}");
    assert!(page.contains("Provisioning") && actions(&tenant).is_empty(), "{page}");
    // After a failed read, the next read continues.
    let next = tenant.state().looks + 1;
    tenant.state().busy = vec![next, next + 1];
    let json = tenant.run_until_said(&[&arguments[..], &["--format", "json", "--max-wait", "0"]].concat(), 4);
    assert_eq!(json.len(), 4);
    for line in json {
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["app"], "TOTAL");
    }
}

#[test]
fn logs_read_every_page() {
    let tenant = tenant(RIGHT, steady(42));
    tenant.state().events = (0..23).map(|number| event("success", None, &format!("user{number}"), "")).collect();
    tenant.state().log_page = Some(10);
    let ran = tenant.run(&["logs", "--app", "TOTAL"]);
    let who: std::collections::BTreeSet<String> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["who"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((ran.code, who.len(), ran.stdout.lines().count()), (Some(0), 23, 23), "{ran:?}");
}

/// What a terminal showed, one line per change, without times and the spinner.
fn lines(typed: &str) -> String {
    let plain = regex_lite::Regex::new("\u{1b}\\[[0-9;?]*[A-Za-z]").unwrap().replace_all(typed, "\n");
    let times = regex_lite::Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC \([^)]*\)").unwrap().replace_all(&plain, "TIME");
    let times = regex_lite::Regex::new(r"http://127\.0\.0\.1:\d+").unwrap().replace_all(&times, "URL");
    let is_wheel = |c: char| ('\u{2800}'..='\u{28ff}').contains(&c);
    let mut shown: Vec<&str> = Vec::new();
    for line in times.split(['\n', '\r']).map(|line| line.trim_start_matches(is_wheel).trim()) {
        if !line.is_empty() && shown.last() != Some(&line) {
            shown.push(line);
        }
    }
    shown.join("\n")
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs script of util-linux")]
fn progress_on_a_terminal_updates_in_place() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = [running(0), running(0), running(2), steady(4)].into();
    let arguments = ["start", "--app", "TOTAL", "--wait", "--every", "200ms"];
    let (code, typed) = tenant.run_on_terminal(&arguments, "y\n");
    assert_eq!(code, Some(0), "{typed}");
    assert_agreed!("start_on_a_terminal", lines(&typed));
    assert!(!typed.contains("note: 0 min"), "no line for each change: {typed}");
    let ends = self::tenant(RIGHT, never());
    ends.state().play = [running(0), running(0), running(1), quarantined()].into();
    let (code, typed) = ends.run_on_terminal(&arguments, "y\n");
    assert_eq!(code, Some(1), "{typed}");
    assert_agreed!("quarantine_on_a_terminal", lines(&typed));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_wait_but_not_the_job() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = std::iter::repeat_n(running(1), 1000).collect();
    let ran =
        tenant.run_and_interrupt(&["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms"], "first cycle");
    assert_eq!((ran.code, actions(&tenant)), (Some(2), vec!["start".to_owned()]), "{ran:?}");
    assert!(ran.stderr.contains("stopped waiting; the job continues to run"), "{ran:?}");
}

#[cfg(unix)]
#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs script of util-linux")]
fn ctrl_c_on_a_terminal_ends_the_wait_but_not_the_job() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = std::iter::repeat_n(running(1), 1000).collect();
    let arguments = ["start", "--app", "TOTAL", "--wait", "--every", "200ms"];
    let typed = [("Start provisioning of TOTAL?", "y\n"), ("first cycle", "\u{3}")];
    let (code, page) = tenant.run_on_terminal_with(&arguments, &typed);
    assert_eq!((code, actions(&tenant)), (Some(2), vec!["start".to_owned()]), "{page}");
    assert!(page.contains("stopped waiting; the job continues to run"), "{page}");
}

#[test]
fn pause_and_restart_explain_and_ask_for_confirmation() {
    let tenant = tenant(RIGHT, steady(42));
    for command in [&["pause"][..], &["restart"]] {
        let ran = tenant.run(&[command, &["--app", "TOTAL"]].concat());
        assert_eq!((ran.code, actions(&tenant)), (Some(2), Vec::new()), "{ran:?}");
        assert!(ran.stderr.contains("no terminal to ask on"), "{ran:?}");
    }
    let off = self::tenant(RIGHT, never());
    let refused = off.run(&["restart", "--app", "TOTAL", "--yes"]);
    assert!(refused.code == Some(2) && refused.stderr.contains("nothing to restart"), "{refused:?}");
    let wrong = self::tenant(DEFAULT, steady(4));
    for command in [&["restart"][..], &["provision", "--group", "TOTAL-Admin"]] {
        let refused = wrong.run(&[command, &["--app", "TOTAL", "--yes"]].concat());
        assert!(refused.code == Some(2) && refused.stderr.contains("required-mapping-source"), "{refused:?}");
    }
    assert_eq!((actions(&off), actions(&wrong)), (Vec::new(), Vec::new()));
    assert_eq!(tenant.run(&["pause", "--app", "TOTAL", "--yes"]).code, Some(0));
    let again = tenant.run(&["pause", "--app", "TOTAL", "--yes"]);
    assert!(again.code == Some(0) && again.stdout.starts_with("Nothing to pause"), "{again:?}");
    for (reset, sent, said) in [
        ("full", "Full", "created a second time"),
        ("escrows", "Escrows", "are retried"),
        ("watermark", "Watermark, Escrows, QuarantineState", "The links to objects"),
        ("quarantine", "QuarantineState", "The job is not in quarantine"),
    ] {
        let ran = tenant.run(&["restart", "--app", "TOTAL", "--yes", "--reset", reset]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stdout.contains(said), "{ran:?}");
        let (_, path, body) = tenant.state().changes.pop().unwrap();
        assert!(path.ends_with("/restart"), "{path}");
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), json!({"criteria": {"resetScope": sent}}));
    }
    tenant.state().fates.push_back(Fate::Refused(403));
    let refused = tenant.run(&["restart", "--app", "TOTAL", "--yes"]);
    assert!(refused.code == Some(2) && refused.stderr.contains("Synchronization.ReadWrite.All"), "{refused:?}");
}

#[test]
fn a_lost_answer_is_resolved_by_reading_the_job() {
    let cases = [
        (Fate::MadeAnd(504), 0, "reading the job back shows that it was done"),
        (Fate::MadeAndLost, 0, "reading the job back shows that it was done"),
        (Fate::Lost, 2, "read back, it is unchanged"),
        (Fate::Refused(403), 2, "the start: Graph answered 403"),
    ];
    side_by_side(cases, |(fate, code, said)| {
        let tenant = tenant(RIGHT, never());
        tenant.state().fates.push_back(fate);
        let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--max-wait", "1"]);
        assert_eq!((ran.code, actions(&tenant).len()), (Some(code), 1), "{fate:?}: {ran:?}");
        assert!(ran.stderr.contains(said), "{fate:?}: {ran:?}");
    });
    // A job whose schedule is already on does not prove that the start was accepted.
    let cases = [quarantined(), job("Active", "Paused", NEVER, 0, json!({}))];
    side_by_side(cases, |standing| {
        let tenant = tenant(RIGHT, standing);
        tenant.state().fates.push_back(Fate::Refused(403));
        let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--max-wait", "1"]);
        assert_eq!((ran.code, actions(&tenant).len()), (Some(2), 1), "{ran:?}");
        assert!(ran.stderr.contains("the start: Graph answered 403"), "{ran:?}");
    });
    let restarted = tenant(RIGHT, steady(4));
    restarted.state().fates.push_back(Fate::MadeAndLost);
    let ran = restarted.run(&["restart", "--app", "TOTAL", "--yes"]);
    assert!(ran.code == Some(2) && flat(&ran.stderr).contains("it may still have been carried out"), "{ran:?}");
    assert_eq!(actions(&restarted), ["restart"], "the restart is not repeated");
}

#[test]
fn start_refuses_when_a_rule_cannot_be_evaluated() {
    let cases = [
        ("/secrets", "scope-all-users could not be evaluated: 403"),
        ("/appRoleAssignedTo", "nothing-assigned could not be evaluated: 403"),
        ("/schema", "required-mapping-source could not be evaluated: 403"),
    ];
    side_by_side(cases, |(part, said)| {
        let tenant = tenant(RIGHT, never());
        tenant.state().hidden.push(part);
        let ran = tenant.run(&["start", "--app", "TOTAL", "--yes"]);
        assert_eq!((ran.code, actions(&tenant)), (Some(2), Vec::new()), "{part}: {ran:?}");
        assert!(ran.stderr.contains(said), "{part}: {ran:?}");
        let forced = tenant.run(&["start", "--app", "TOTAL", "--yes", "--force", "a test"]);
        let known = part == "/schema" || forced.stdout.contains("Who is in scope is unknown: 403");
        assert!(forced.code == Some(0) && known, "{part}: {forced:?}");
    });
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
fn wait_ignores_outdated_states_of_the_job() {
    // The time stays the same: a later one would mean that a cycle has ended.
    let paused = job("Active", "Paused", &ago(9000), 4, json!({}));
    let waited = ["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms"];
    let slow = tenant(RIGHT, paused.clone());
    slow.state().play = [paused.clone(), paused.clone(), paused, steady(4)].into();
    let ran = slow.run(&waited);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ended = tenant(RIGHT, never());
    ended.state().play = [running(0), running(1), job("Disabled", "Active", NEVER, 1, json!({}))].into();
    let ran = ended.run(&waited);
    assert!(ran.code == Some(1) && ran.stdout.contains("Provisioning is off"), "{ran:?}");
    let failing = tenant(RIGHT, never());
    let failed = json!({"timeBegan": ago(1), "timeEnded": NEVER, "error": {"message": "no route to host"}});
    let failed =
        job("Active", "Active", NEVER, 0, json!({"countSuccessiveCompleteFailures": 2, "lastExecution": failed}));
    failing.state().play = [running(0), running(0), failed, steady(4)].into();
    let ran = failing.run(&waited);
    assert!(ran.stderr.contains("cycles that failed completely: 2: no route to host"), "{ran:?}");
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
    assert_eq!((asked.code, tenant.state().changes.len()), (Some(2), 3), "it writes to the app, so it asks");
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

#[test]
fn guide_reads_files_and_says_what_is_unknown() {
    let ran = crate::common::run(&["guide", "fixtures/snapshot.json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_agreed!("guide_offline", page(&ran));
    assert_agreed!("guide_schema", crate::common::run(&["guide", "fixtures/default-export.json"]).page());
    let schema = crate::common::run(&["guide", "fixtures/default-export.json", "--format", "json"]);
    assert_eq!(schema.json()["summary"]["notDone"], 1, "{schema:?}");
    // A rule that is switched off proves nothing.
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("provlint.yaml");
    std::fs::write(&policy, "version: 1\nrules:\n  required-mapping-source: off\n").unwrap();
    let off = crate::common::run(&["guide", "fixtures/default-export.json", "--policy", policy.to_str().unwrap()]);
    assert!(off.stdout.contains("cannot tell: required-mapping-source is switched off"), "{off:?}");
}

/// For an unknown step the guide proposes only commands that read.
#[test]
fn guide_proposes_no_changes_for_unknown_steps() {
    let tenant = tenant(RIGHT, steady(4));
    for hidden in [&["/secrets"][..], &["/appRoleAssignedTo"], &["/jobs"], &["/secrets", "/appRoleAssignedTo", "/jobs"]]
    {
        tenant.state().hidden = hidden.to_vec();
        let ran = tenant.run(&["guide", "--app", "TOTAL", "--group", "TOTAL-Admin", "--format", "json"]);
        let report = ran.json();
        let unknown: Vec<&Value> =
            report["steps"].as_array().unwrap().iter().filter(|step| step["done"] == "cannot tell").collect();
        assert!(!unknown.is_empty(), "{hidden:?}: {ran:?}");
        for step in unknown {
            let next = step["next"].as_str().unwrap_or("provlint guide");
            assert!(["provlint guide", "provlint auth status"].iter().any(|look| next.starts_with(look)), "{step}");
            assert!(!step["evidence"].to_string().contains("no group is assigned"), "{step}");
        }
        assert_eq!(ran.code, Some(1));
    }
}

#[test]
fn guide_names_the_unassigned_group() {
    let tenant = tenant(RIGHT, steady(4));
    let ran =
        tenant.run(&["guide", "--app", "TOTAL", "--group", "3f0c1c52-0000-4000-8000-000000000007", "--format", "json"]);
    let report = ran.json();
    let step = &report["steps"][5];
    assert_eq!(step["done"], "not done", "{step}");
    let url = &tenant.stand_in.url;
    let group = "--group 3f0c1c52-0000-4000-8000-000000000007 --assign-groups";
    assert_eq!(step["next"], format!("provlint fix --app TOTAL --graph-url {url} {group}"), "{step}");
}

#[test]
fn guide_works_before_the_app_exists() {
    let tenant = tenant(RIGHT, steady(4));
    let ran = tenant.run(&["guide", "--app", "TATOL"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_agreed!("guide_without_app", page(&ran));
    let typed = ["guide", "--app", "TATOL", "--format", "json", "--profile", "truu-total", "--group", "Sales Team"];
    let json = tenant.run(&typed).json();
    let url = &tenant.stand_in.url;
    let next = format!("provlint guide --app {PRINCIPAL} --graph-url {url} --profile truu-total --group 'Sales Team'");
    assert_eq!(json["steps"][0]["next"], next);
    assert_eq!((&json["summary"]["notDone"], &json["summary"]["done"]), (&json!(10), &json!(0)));
    let titles = |report: &Value| {
        report["steps"].as_array().unwrap().iter().map(|step| step["title"].clone()).collect::<Vec<_>>()
    };
    let there = tenant.run(&["guide", "--app", "TOTAL", "--format", "json"]).json();
    assert_eq!(titles(&json), titles(&there), "the way is the same");
}

/// A step with failures is not done, whatever the counts are.
#[test]
fn guide_steps_are_not_done_while_something_fails() {
    let failed = || {
        let mut failed = event("failure", Some("Conflict"), "TOTAL-Admin", "it is taken");
        failed["sourceIdentity"]["identityType"] = json!("Group");
        failed["sourceIdentity"]["id"] = json!("3f0c1c52-0000-4000-8000-000000000001");
        failed
    };
    let escrowed = || {
        let mut escrowed = steady(42);
        escrowed["status"]["lastExecution"]["countEscrowed"] = json!(3);
        escrowed
    };
    let cases = [
        (steady(42), vec![failed()], 9, "failed last: TOTAL-Admin"),
        (escrowed(), Vec::new(), 8, "3 failed and will be retried"),
        (steady(42), vec![event("failure", None, "Bo", "no")], 8, "1 failed last according to the provisioning log"),
    ];
    side_by_side(cases, |(standing, events, step, said)| {
        let tenant = tenant(RIGHT, standing);
        tenant.state().events = events;
        let ran = tenant.run(&["guide", "--app", "TOTAL", "--format", "json"]);
        let step = ran.json()["steps"][step].take();
        assert_eq!((ran.code, &step["done"]), (Some(1), &json!("not done")), "{said}: {step}");
        assert!(step["evidence"][0].as_str().unwrap().contains(said), "{step}");
        assert!(step["next"].as_str().unwrap().starts_with("provlint status --app TOTAL"), "{step}");
    });
    // A failure followed by success does not count, and a group with two roles counts once.
    let tenant = tenant(RIGHT, steady(4));
    tenant.state().events = vec![event("failure", None, "Bo", "no"), event("success", None, "Bo", "")];
    let mut again = tenant.state().assignments[1].clone();
    again["id"] = json!("again");
    tenant.state().assignments.push(again);
    let ran = tenant.run(&["guide", "--app", "TOTAL", "--test-connection", "--format", "json"]);
    let steps = ran.json()["steps"].take();
    let last: Vec<&Value> = (7..10).map(|step| &steps[step]["done"]).collect();
    assert_eq!(last, ["done", "done", "done"], "{ran:?}");
    // It is unknown which role is sent; `check` reports that too.
    assert_eq!(steps[5]["done"], "not done", "{ran:?}");
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
fn start_reports_a_running_job_without_waiting() {
    let right = tenant(RIGHT, steady(4));
    let ran = right.run(&["start", "--app", "TOTAL", "--yes", "--wait"]);
    assert!(ran.code == Some(0) && ran.stdout.contains("4 users, 2 groups"), "{ran:?}");
    let wrong = tenant(DEFAULT, steady(4));
    let ran = wrong.run(&["start", "--app", "TOTAL", "--yes"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("required-mapping-source"), "{ran:?}");
    assert_eq!((actions(&right), actions(&wrong)), (Vec::new(), Vec::new()));
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
fn wait_continues_after_a_failed_read() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = [running(0), running(0), running(1), steady(4)].into();
    tenant.state().busy = vec![3, 4];
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms", "--max-wait", "0"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("the job could not be read: 503"), "{ran:?}");
}

#[test]
fn guide_fix_start_and_provision_complete_a_default_tenant() {
    let tenant = tenant(DEFAULT, never());
    let guide = || tenant.run(&["guide", "--app", "TOTAL", "--test-connection"]);
    let before = guide();
    assert_eq!(before.code, Some(1));
    assert_agreed!("guide_default", page(&before));

    assert_eq!(tenant.run(&["fix", "--app", "TOTAL", "--yes"]).code, Some(0));
    // The first cycle provisions users but no group; `provision` does that next.
    let mut first = steady(4);
    first["status"]["synchronizedEntryCountByType"][1]["value"] = json!(0);
    tenant.state().play = [running(0), running(0), first].into();
    let started = tenant.run(&["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms"]);
    assert_eq!(started.code, Some(0), "{started:?}");
    let between = guide();
    assert!(between.code == Some(1) && between.stdout.contains("10 steps: 9 done, 1 not done"), "{between:?}");
    for group in ["TOTAL-Admin", "TOTAL-Analyst"] {
        let provisioned = tenant.run(&["provision", "--app", "TOTAL", "--group", group, "--yes"]);
        assert_eq!(provisioned.code, Some(0), "{provisioned:?}");
    }
    let after = guide();
    assert_agreed!("guide_done", page(&after));
    assert_eq!(after.code, Some(0), "{after:?}");
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
