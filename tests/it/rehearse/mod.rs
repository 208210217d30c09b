//! `provlint rehearse` with an endpoint of the tests' own, which is right or has one of the known faults.

#[cfg(unix)]
mod exits;
mod faults;
mod forms;
mod hostile;
mod inputs;
mod inside;
mod peers;
mod proposal;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::common::endpoint::{Endpoint, TOKEN};
use crate::common::schema::expect_document;
use crate::common::{Ran, finish, provlint, side_by_side};
use provlint::policy::PROFILES;

/// A rehearsal of the correct schema of TOTAL in a folder of its own, which the file of what was made goes to.
struct Rehearsal {
    folder: tempfile::TempDir,
}

impl Rehearsal {
    fn new() -> Self {
        Rehearsal { folder: tempfile::tempdir().unwrap() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = provlint(&["rehearse"]);
        command.args(arguments).env("PROVLINT_SCIM_TOKEN", TOKEN).current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let ran = finish(&mut self.command(arguments));
        assert!(!ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN), "the token is shown: {ran:?}");
        ran
    }

    /// Rehearses the correct schema without waiting for what does not show.
    fn of_correct_schema(&self, url: &str, format: &str) -> Ran {
        let schema = schema("total-export.json");
        self.run(&[&schema, "--tenant-url", url, "--yes", "--settle", "0", "--format", format])
    }

    /// The names of the files in the folder.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn schema(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).to_str().unwrap().to_owned()
}

/// The arguments of a rehearsal of the correct schema with both states of the flag.
fn both(url: &str) -> Vec<String> {
    let words = ["--tenant-url", url, "--yes", "--both", "--settle", "0", "--format", "json"];
    [schema("total-export.json")].into_iter().chain(words.map(str::to_owned)).collect()
}

fn run_both(endpoint: &Endpoint) -> Ran {
    run_both_settling(endpoint, "0")
}

fn run_both_settling(endpoint: &Endpoint, seconds: &str) -> Ran {
    let rehearsal = Rehearsal::new();
    let url = endpoint.url();
    let mut words = both(&url);
    let at = words.iter().position(|word| word == "--settle").unwrap();
    words[at + 1] = seconds.to_owned();
    let ran = rehearsal.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(rehearsal.files(), [""; 0], "{ran:?}");
    assert!(endpoint.left().is_empty(), "{:?}", endpoint.left());
    ran
}

/// The steps with this verdict: name, and the name of the fault.
fn steps(report: &Value, verdict: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let steps = report["steps"].as_array().unwrap().iter().filter(|step| step["verdict"] == verdict);
    steps.map(|step| (text(&step["step"]), text(&step["fault"]["name"]))).collect()
}

#[test]
fn no_step_fails_with_an_endpoint_that_does_everything_right() {
    let endpoint = forms::describing(&[]);
    let begun = Instant::now();
    // It waits for nothing, because everything shows at once.
    let ran = run_both_settling(&endpoint, "60");
    let took = begun.elapsed();
    let report = ran.json();
    expect_document("rehearsal", &report);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!((steps(&report, "failed"), steps(&report, "warned")), (Vec::new(), Vec::new()), "{report:#}");
    let not_run: BTreeSet<String> = steps(&report, "not-run").into_iter().map(|(step, _)| step).collect();
    let expected = [
        "change-group-values",
        "change-one-value-without-path",
        "create-user-with-roles",
        "flag-in-query",
        "write-roles",
    ];
    assert_eq!(not_run, expected.map(str::to_owned).into());
    assert!(took.as_secs() < 60, "{took:?}");
    let requests = endpoint.requests();
    assert_eq!(report["requests"], requests.len(), "every request is counted");
    assert!(requests.iter().all(|request| request.user_agent.is_empty()), "Entra sends no User-Agent");
    assert!(requests.iter().all(|request| request.ad_scim_version.starts_with("Date:")), "but its version");
    // A rehearsal is to take less than two seconds, so a step must be worth its requests.
    assert!(requests.len() <= 280, "{}", requests.len());
}

#[test]
fn the_default_schema_is_rehearsed_with_the_rows_of_every_profile() {
    side_by_side(PROFILES, |profile| {
        let (endpoint, rehearsal) = (Endpoint::with(&[]), Rehearsal::new());
        let url = format!("{}?aadOptscim062020", endpoint.url());
        let ran = rehearsal.run(&["--profile", profile.name, "--tenant-url", &url, "--yes", "-q", "--settle", "0"]);
        assert_eq!(ran.code, Some(0), "{}: {ran:?}", profile.name);
        assert!(!ran.stdout.contains("warned  "), "{}: {ran:?}", profile.name);
        assert!(endpoint.left().is_empty() && rehearsal.files().is_empty());
    });
}

#[test]
fn the_page_lists_every_step() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rehearse.md")).unwrap();
    let listed: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let steps: Vec<String> =
        provlint::scim::rehearsal::steps::all().map(|step| format!("| `{}` | {} |", step.id, step.title)).collect();
    assert_eq!(listed.len(), steps.len());
    for (listed, step) in listed.iter().zip(&steps) {
        assert!(listed.starts_with(step), "{listed}: {step}");
    }
}
