//! `provlint status`.

use super::{RIGHT, actions, ago, event, failures, job, never, page, quarantined, running, steady, tenant};
use crate::common::side_by_side;
use serde_json::{Value, json};

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
fn a_failure_followed_by_success_needs_no_attention() {
    let tenant = tenant(RIGHT, steady(42));
    let mut failed = event("failure", Some("InternalServerError"), "Al", "");
    failed["activityDateTime"] = Value::from(ago(20));
    tenant.state().events = vec![failed.clone(), event("success", None, "Al", "")];
    let healed = tenant.run(&["status", "--app", "TOTAL"]);
    assert_eq!(healed.code, Some(0), "{healed:?}");
    let log = tenant.run(&["logs", "--app", "TOTAL", "--failed"]);
    assert_eq!(log.stdout.lines().count(), 1, "the log still contains the failure: {log:?}");
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
