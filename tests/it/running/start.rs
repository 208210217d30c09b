//! `provlint start`, `pause` and `restart`.

use super::{DEFAULT, NEVER, RIGHT, actions, ago, failures, job, never, page, quarantined, running, steady, tenant};
use crate::common::graph::JOB;
use crate::common::writable::{Fate, Writable};
use crate::common::{flat, side_by_side};
use serde_json::{Value, json};

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
    tenant.state().untested = Some((403, "Refused"));
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes"]);
    assert_eq!((ran.code, actions(&tenant)), (Some(2), Vec::new()), "{ran:?}");
    assert!(ran.stderr.contains("credentials-rejected could not be evaluated: 403"), "{ran:?}");
    // A code that the documentation does not know says nothing about the credentials.
    tenant.state().untested = Some((400, "Unheard"));
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("credentials-rejected could not be evaluated: 400"), "{ran:?}");
    tenant.state().untested = Some((400, "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable"));
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
    // Graph may answer any number.
    let cases =
        [(2, "0 min of up to 1 min"), (1000, "0 min of 40 to 321 min"), (u64::MAX, "0 min of 184467440737095516 to")];
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

/// What a terminal showed, one line per change, without times and the spinner.
fn lines(typed: &str) -> String {
    let plain = regex_lite::Regex::new("\u{1b}\\[[0-9;?]*[A-Za-z]").unwrap().replace_all(typed, "\n");
    let times = regex_lite::Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC \([^)]*\)").unwrap().replace_all(&plain, "TIME");
    let times = regex_lite::Regex::new(r"\d{4}-\d\d-\d\d").unwrap().replace_all(&times, "DATE");
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
    assert!(!typed.contains("note: 0 min"), "the line is updated in place: {typed}");
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

/// A job that accidental deletion prevention has stopped, and its log.
fn held_back() -> Writable {
    let mut job = quarantined();
    job["status"]["quarantine"]["reason"] = json!("TooManyDeletes");
    let held = tenant(RIGHT, job);
    let event = |action: &str, name: &str, minutes: i64| {
        json!({"activityDateTime": ago(minutes), "provisioningAction": action, "jobId": JOB,
            "provisioningStatusInfo": {"status": "success"},
            "sourceIdentity": {"id": name, "displayName": name, "identityType": "User"}})
    };
    held.state().events = vec![
        event("stagedDelete", "old@contoso.com", 20 * 1440),
        event("stagedDelete", "al@contoso.com", 3 * 1440),
        event("create", "bo@contoso.com", 30),
        event("StagedDelete", "cy@contoso.com", 20),
        event("stagedDelete", "cy@contoso.com", 10),
    ];
    held
}

#[test]
fn deletions_are_allowed_only_with_unsafe_and_after_they_are_listed() {
    let allow = ["restart", "--app", "TOTAL", "--reset", "force-deletes", "--yes"];
    let held = held_back();
    let refused = held.run(&allow);
    assert!(refused.code == Some(2) && refused.stderr.contains("requires --unsafe"), "{refused:?}");
    assert!(actions(&held).is_empty());
    let ran = held.run(&[&allow[..], &["--unsafe"]].concat());
    assert_eq!((ran.code, actions(&held)), (Some(0), vec!["restart".to_owned()]), "{ran:?}");
    assert_eq!(held.state().changes[0].2, r#"{"criteria":{"resetScope":"ForceDeletes"}}"#);
    assert!(ran.stdout.contains("  user al@contoso.com\n  user cy@contoso.com\n"), "{ran:?}");
    assert!(!ran.stdout.contains("old@") && !ran.stdout.contains("bo@"), "{ran:?}");
    // Who would be removed must be known.
    for (log, events, said) in
        [(None, Vec::new(), "does not list the deletions"), (Some(403), Vec::new(), "could not be read")]
    {
        let held = held_back();
        held.state().events = events;
        held.state().no_log = log;
        let ran = held.run(&[&allow[..], &["--unsafe"]].concat());
        assert!(ran.code == Some(2) && flat(&ran.stderr).contains(said), "{ran:?}");
        assert!(actions(&held).is_empty());
    }
    // Every other job has nothing to allow.
    for job in [quarantined(), steady(4)] {
        let other = tenant(RIGHT, job);
        let ran = other.run(&[&allow[..], &["--unsafe"]].concat());
        assert!(ran.code == Some(2) && flat(&ran.stderr).contains("nothing to allow"), "{ran:?}");
        assert!(actions(&other).is_empty());
    }
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
fn wait_continues_after_a_failed_read() {
    let tenant = tenant(RIGHT, never());
    tenant.state().play = [running(0), running(0), running(1), steady(4)].into();
    tenant.state().busy = vec![3, 4];
    let ran = tenant.run(&["start", "--app", "TOTAL", "--yes", "--wait", "--every", "200ms", "--max-wait", "0"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("the job could not be read: 503"), "{ran:?}");
}
