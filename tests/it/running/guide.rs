//! `provlint guide`.

use super::{DEFAULT, RIGHT, event, never, page, running, steady, tenant};
use crate::common::graph::PRINCIPAL;
use crate::common::side_by_side;
use serde_json::{Value, json};

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
    assert_eq!(titles(&json), titles(&there), "the steps are the same");
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
