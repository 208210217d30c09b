//! `provlint guide`.

use super::{DEFAULT, RIGHT, event, never, page, running, steady, tenant};
use crate::common::graph::{self, JOB, PRINCIPAL, Reply, SNAPSHOT, StandIn};
use crate::common::{Ran, flat, side_by_side};
use serde_json::{Value, json};

#[test]
fn guide_reads_files_and_says_what_is_unknown() {
    let ran = crate::common::run(&["guide", "fixtures/snapshot.json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_agreed!("guide_offline", page(&ran));
    let schema = crate::common::run(&["guide", "fixtures/default-export.json"]);
    assert_agreed!("guide_schema", schema.page());
    assert_eq!(schema.stdout.matches("provlint export").count(), 1, "it says once how to get the rest: {schema:?}");
    let schema = crate::common::run(&["guide", "fixtures/default-export.json", "--format", "json"]);
    assert_eq!(schema.json()["summary"]["notDone"], 1, "{schema:?}");
    assert!(schema.json()["note"].as_str().unwrap().contains("provlint export --app NAME -o FILE"), "{schema:?}");
}

/// The fixture after a change, as a file for `guide`.
fn changed(change: impl FnOnce(&mut Value)) -> (tempfile::TempDir, String) {
    let mut snapshot = SNAPSHOT.clone();
    change(&mut snapshot);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("total.json");
    std::fs::write(&path, snapshot.to_string()).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

fn guided(change: impl FnOnce(&mut Value), flags: &[&str]) -> Ran {
    let (_folder, path) = changed(change);
    crate::common::run(&[&["guide", &path, "--format", "json"], flags].concat())
}

fn remove(value: &mut Value, member: &str) {
    value.as_object_mut().unwrap().remove(member).unwrap();
}

fn setting<'s>(snapshot: &'s mut Value, key: &str) -> &'s mut Value {
    snapshot["secrets"].as_array_mut().unwrap().iter_mut().find(|setting| setting["key"] == key).unwrap()
}

#[test]
fn no_step_is_done_without_its_proof() {
    type Change = fn(&mut Value);
    let registration: Change = |snapshot| {
        snapshot["servicePrincipal"]["applicationTemplateId"] = Value::Null;
        snapshot["jobs"] = json!([]);
    };
    let template_unknown: Change = |snapshot| {
        remove(&mut snapshot["servicePrincipal"], "applicationTemplateId");
        snapshot["jobs"] = json!([]);
    };
    let late: Change = |snapshot| snapshot["provlint"]["exportedAt"] = json!("2026-10-09T09:20:00Z");
    let quarantine: Change = |snapshot| snapshot["jobs"][0]["status"]["code"] = json!("Quarantine");
    let cases: &[(&str, Change, usize, &str, &str)] = &[
        ("app registration", registration, 0, "not done", "created under App registrations"),
        ("unknown template", template_unknown, 0, "cannot tell", "unknown what the app was created from"),
        ("enabled?", |s| remove(&mut s["servicePrincipal"], "accountEnabled"), 0, "cannot tell", "whether the app is"),
        ("disabled", |s| s["servicePrincipal"]["accountEnabled"] = json!(false), 0, "not done", "disabled"),
        ("no job", |s| s["jobs"] = json!([]), 1, "not done", "no provisioning job"),
        ("not configured", |s| s["jobs"][0]["status"]["code"] = json!("NotConfigured"), 1, "not done", "no connection"),
        ("no settings", |s| s["secrets"] = json!([]), 2, "not done", "no tenant URL"),
        ("no settings", |s| s["secrets"] = json!([]), 4, "not done", "SyncAll"),
        ("no settings", |s| s["secrets"] = json!([]), 6, "not done", "No email"),
        (
            "nothing set up",
            |s| (s["secrets"], s["jobs"]) = (json!([]), json!([])),
            2,
            "not done",
            "configured first (step 2)",
        ),
        (
            "nothing set up",
            |s| (s["secrets"], s["jobs"]) = (json!([]), json!([])),
            6,
            "not done",
            "configured first (step 2)",
        ),
        ("no token", |s| setting(s, "SecretToken")["value"] = json!(""), 2, "not done", "no secret token"),
        ("no test, no cycle", late, 2, "cannot tell", "were not tested"),
        ("in quarantine", quarantine, 2, "cannot tell", "were not tested"),
        ("refused", |s| s["connectionTest"] = json!({"jobId": "x", "valid": false}), 2, "not done", "failed"),
        ("no schema", |s| remove(&mut s["jobs"][0], "schema"), 3, "cannot tell", "no attribute mappings"),
        ("strange scope", |s| setting(s, "SyncAll")["value"] = json!("maybe"), 4, "cannot tell", "`maybe`"),
        ("nobody", |s| s["appRoleAssignedTo"] = json!([]), 5, "not done", "No one is assigned"),
        ("in quarantine", quarantine, 7, "not done", "quarantine"),
        ("no state", |s| remove(&mut s["jobs"][0], "status"), 7, "cannot tell", "no state of the provisioning job"),
        ("in quarantine", quarantine, 8, "not done", "quarantine"),
        ("late", late, 8, "not done", "no cycle has succeeded since"),
        (
            "uncounted",
            |s| remove(&mut s["jobs"][0]["status"], "synchronizedEntryCountByType"),
            8,
            "cannot tell",
            "number of provisioned users",
        ),
        ("nobody", |s| s["appRoleAssignedTo"] = json!([]), 9, "not done", "(step 6)"),
    ];
    side_by_side(cases, |(name, change, step, done, said)| {
        let ran = guided(change, &[]);
        let found = ran.json()["steps"][step].take();
        assert_eq!((ran.code, &found["done"]), (Some(1), &json!(done)), "{name}: {found}");
        assert!(found["evidence"].to_string().contains(said), "{name}: {found}");
        assert_ne!(ran.json()["next"], Value::Null, "{name}: {ran:?}");
    });
}

#[test]
fn guide_names_the_credential_that_is_saved() {
    let saved = |key: &str| {
        let ran = guided(|snapshot| setting(snapshot, "SecretToken")["key"] = json!(key), &[]);
        ran.json()["steps"][2]["evidence"].to_string()
    };
    assert!(saved("SecretToken").contains("a secret token is saved"));
    let oauth = saved("Oauth2ClientSecret");
    assert!(oauth.contains("an OAuth client secret is saved") && !oauth.contains("token"), "{oauth}");
}

/// A rule that is off blocks no step, but a step of which nothing was checked is not done.
#[test]
fn rules_that_are_off_do_not_block_a_step() {
    let generic = guided(|_| {}, &["--profile", "generic"]).json();
    for (step, rule) in [(3, "username-source"), (4, "scope-all-users")] {
        assert_eq!(generic["steps"][step]["done"], "done", "{generic:#}");
        let evidence = generic["steps"][step]["evidence"].to_string();
        assert!(evidence.contains("not checked: ") && evidence.contains(rule), "{evidence}");
    }
    let (folder, path) = changed(|snapshot| {
        setting(snapshot, "SyncNotificationSettings")["value"] = json!("{}");
        snapshot["servicePrincipal"]["accountEnabled"] = json!(false);
        snapshot["provlint"]["exportedAt"] = json!("2026-10-09T09:20:00Z");
    });
    let off = |rules: &[&str]| {
        let policy = folder.path().join(format!("{}.yaml", rules.len()));
        let lines: String = rules.iter().map(|rule| format!("  {rule}: off\n")).collect();
        std::fs::write(&policy, format!("version: 1\nrules:\n{lines}")).unwrap();
        crate::common::run(&["guide", &path, "--policy", policy.to_str().unwrap(), "--format", "json"]).json()
    };
    let some = off(&["service-principal-disabled", "credentials-rejected", "notification-email-missing"]);
    let done = |report: &Value, step: usize| report["steps"][step]["done"].clone();
    assert_eq!((done(&some, 0), done(&some, 2), done(&some, 6)), (json!("done"), json!("done"), json!("not done")));
    assert!(some["steps"][2]["evidence"].to_string().contains("credentials-rejected is off in the policy"), "{some:#}");
    let all = off(&["notification-email-missing", "accidental-deletion-guard"]);
    assert_eq!(done(&all, 6), "cannot tell");
    assert_eq!(all["steps"][6]["evidence"][0], "nothing of this step was checked");
}

/// Where groups are not provisioned, the step does not keep the guide from being complete.
#[test]
fn guide_does_not_wait_for_groups_that_are_not_provisioned() {
    let done = |change: fn(&mut Value)| {
        let ran = guided(change, &["--profile", "generic"]);
        (ran.code, ran.json()["steps"][9].take())
    };
    let (_, step) = done(|snapshot| {
        let schema = &mut snapshot["jobs"][0]["schema"];
        for mapping in schema["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap() {
            mapping["enabled"] = json!(mapping["sourceObjectName"] != "Group");
        }
    });
    assert_eq!(step["done"], "done", "{step}");
    assert!(step["evidence"].to_string().contains("not needed"), "{step}");
    let (code, step) = done(|snapshot| {
        snapshot["appRoleAssignedTo"][0]["principalType"] = json!("User");
        snapshot["groups"] = json!([]);
    });
    assert_eq!((code, &step["done"]), (Some(0), &json!("done")), "{step}");
}

/// Unread is never green: a step that is unknown because its evidence could not be read ends with 2, live and from the
/// snapshot alike, and the last line names the right.
#[test]
fn guide_ends_with_2_and_names_the_right_where_something_could_not_be_read() {
    let stand_in = |part: &'static str, status: u16| {
        StandIn::start(move |request, _| {
            if request.path.contains(part) {
                Reply::error(status, "Refused", "no")
            } else if request.path.contains("auditLogs") {
                Reply::ok(json!({"value": []}))
            } else {
                graph::tenant(request)
            }
        })
    };
    let groups = &["--group", "TOTAL-Admin"][..];
    let cases = [
        ("/synchronization/", 401, &[][..], "Synchronization.Read.All"),
        ("/synchronization/jobs", 403, &[], "Synchronization.Read.All"),
        ("/synchronization/secrets", 403, &[], "Synchronization.Read.All"),
        ("/schema", 403, &[], "Synchronization.Read.All"),
        ("/groups", 403, groups, "GroupMember.Read.All"),
        ("/groups", 403, &[], "GroupMember.Read.All"),
        ("/appRoleAssignedTo", 403, &[], "Application.Read.All"),
        ("/validateCredentials", 403, &["--test-connection"], "Synchronization.ReadWrite.All"),
        ("/auditLogs", 403, &[], "ProvisioningLog.Read.All"),
    ];
    side_by_side(cases, |(part, status, flags, right)| {
        let stand_in = stand_in(part, status);
        let expect = |ran: &Ran, name: &str| {
            assert_eq!(ran.code, Some(2), "{part} {name}: {ran:?}");
            let last = ran.stdout.lines().last().unwrap();
            assert!(last.starts_with("Not read: ") && last.contains(right), "{part} {name}: {ran:?}");
            assert_eq!(ran.stdout.matches("Next:").count(), 1, "{part} {name}: {ran:?}");
        };
        let live = graph::online(&stand_in, &[&["guide", "--app", "TOTAL"], flags].concat());
        expect(&live, "live");
        if part == "/auditLogs" {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("total.json");
        let file = file.to_str().unwrap();
        graph::online(&stand_in, &[&["export", "--app", "TOTAL", "-o", file], &flags[..flags.len() % 2]].concat());
        let groups = if flags == groups { groups } else { &[] };
        expect(&crate::common::run(&[&["guide", file], groups].concat()), "snapshot");
    });
    // What is missing in a file, and was not asked for, ends with 1; a group that was asked for with 2.
    for part in ["secrets", "jobs", "appRoleAssignedTo", "servicePrincipal"] {
        let ran = guided(|snapshot| remove(snapshot, part), &[]);
        assert_eq!((ran.code, &ran.json()["unread"]), (Some(1), &json!([])), "{part}: {ran:?}");
        assert!(ran.json()["note"].as_str().unwrap().contains("provlint export"), "{part}: {ran:?}");
    }
    let asked = crate::common::run(&["guide", "fixtures/default-export.json", "--group", "TOTAL-Admin"]);
    assert_eq!(asked.code, Some(2), "{asked:?}");
    assert!(asked.stdout.lines().last().unwrap().contains("--group asks for them"), "{asked:?}");
    // Licences and owners are optional.
    let optional = guided(
        |snapshot| snapshot["provlint"]["unread"] = json!({"subscribedSkus": "403", "owners": "403"}),
        &["--profile", "generic"],
    );
    assert_eq!((optional.code, optional.json()["summary"]["done"].clone()), (Some(1), json!(9)), "{optional:?}");
}

#[test]
fn guide_says_the_next_thing_in_one_line() {
    let tenant = tenant(DEFAULT, never());
    let url = tenant.stand_in.url.clone();
    let next = |flags: &[&str]| {
        let ran = tenant.run(&[&["guide", "--app", "TOTAL"], flags].concat());
        let lines = ran.stdout.lines().filter(|line| line.starts_with("Next: ")).count();
        assert_eq!(lines, 1, "{ran:?}");
        ran.stdout.lines().last().unwrap().to_owned()
    };
    assert_eq!(
        next(&[]),
        format!("Next: provlint guide --app TOTAL --graph-url {url} --test-connection"),
        "what is unknown comes first in the order of the steps"
    );
    assert_eq!(next(&["--test-connection"]), format!("Next: provlint fix --app TOTAL --graph-url {url}"));
    tenant.state().no_jobs = true;
    let connect = format!("Next: provlint connect --app TOTAL --graph-url {url}");
    assert_eq!(next(&[]), format!("{connect} --token-stdin < token.txt"), "a tenant URL is saved");
    tenant.state().settings.clear();
    assert_eq!(next(&[]), format!("{connect} --tenant-url URL --token-stdin < token.txt"));
}

#[test]
fn guide_names_page_and_command_of_an_open_step() {
    let tenant = tenant(DEFAULT, never());
    let report = tenant.run(&["guide", "--app", "TOTAL", "--format", "json"]).json();
    for (step, page, command) in [
        (2, "TOTAL > Provisioning > Connectivity", "provlint guide"),
        (3, "> Provisioning > Attribute mapping", "provlint fix"),
        (7, "TOTAL > Provisioning > Overview", "provlint start"),
        (8, "TOTAL > Provisioning > Overview", "provlint status"),
        (9, "TOTAL > Provisioning > Provision on demand", "provlint provision"),
    ] {
        let step = &report["steps"][step];
        assert!(step["portal"][0].as_str().unwrap().contains(page), "{step:#}");
        assert!(step["command"].as_str().unwrap().starts_with(command), "{step:#}");
        assert_eq!(step["next"], step["command"], "{step:#}");
    }
}

/// What is done on the same page of the portal is done in one visit.
#[test]
fn findings_on_one_page_share_the_way_to_it() {
    let ran = guided(|snapshot| snapshot["secrets"] = json!([]), &[]);
    let portal = ran.json()["steps"][2]["portal"].take();
    let steps: Vec<&str> = portal.as_array().unwrap().iter().map(|step| step.as_str().unwrap()).collect();
    let [page, url, token, save] = steps[..] else { panic!("{portal}") };
    assert!(page.contains("Connectivity") && url.contains("Tenant URL") && token.contains("Secret token"), "{portal}");
    assert_eq!(save, "Click Save");
}

/// A schema that provisions something else proves nothing about the mappings.
#[test]
fn mappings_of_another_direction_are_not_done() {
    for file in ["fixtures/hr-inbound.json", "fixtures/cloud-sync.json"] {
        let step = crate::common::run(&["guide", file, "--format", "json"]).json()["steps"][3].take();
        assert_eq!(step["done"], "cannot tell", "{file}: {step}");
    }
}

#[test]
fn guide_says_which_of_several_jobs_it_is_about() {
    let tenant = tenant(RIGHT, steady(4));
    tenant.state().second = Some(RIGHT.to_owned());
    let second = format!("{JOB}-2");
    for (flags, job, other) in [(&[][..], JOB, &*second), (&["--job", &second], &*second, JOB)] {
        let arguments = [&["guide", "--app", "TOTAL"], flags].concat();
        let said = flat(&tenant.run(&arguments).stdout);
        assert!(
            said.contains(&format!("Job {job}, one of 2;")) && said.contains(&format!("others: {other}")),
            "{said}"
        );
        let json = tenant.run(&[&arguments[..], &["--format", "json"]].concat()).json();
        assert_eq!((&json["job"], &json["otherJobs"]), (&json!(job), &json!([other])));
    }
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
        assert_eq!(ran.code, Some(2));
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
    assert!(between.stdout.lines().last().unwrap().starts_with("Next: provlint provision --app TOTAL"), "{between:?}");
    for group in ["TOTAL-Admin", "TOTAL-Analyst"] {
        let provisioned = tenant.run(&["provision", "--app", "TOTAL", "--group", group, "--yes"]);
        assert_eq!(provisioned.code, Some(0), "{provisioned:?}");
    }
    let after = guide();
    assert_agreed!("guide_done", page(&after));
    assert_eq!(after.code, Some(0), "{after:?}");
    assert_eq!(after.stdout.lines().last(), Some("All 10 steps are done."), "{after:?}");
}
