//! What every command says and returns when it could not read everything, and for an app whose vendor nobody chose.

use std::fmt::Write;
use std::sync::Mutex;

use crate::common::graph::{Broken, PRINCIPAL};
use crate::common::writable::Writable;
use crate::common::{Ran, flat, run_in, side_by_side};
use serde_json::{Value, json};

const RIGHT: &str = include_str!("../../fixtures/total-export.json");
const DEFAULT: &str = include_str!("../../fixtures/default-export.json");

fn said(ran: &Ran) -> &str {
    if ran.stdout.is_empty() { &ran.stderr } else { &ran.stdout }
}

/// What a person reads at the end: the problem if the command failed, else the last line.
fn end(ran: &Ran) -> String {
    if ran.code != Some(2) || ran.stderr.is_empty() {
        return said(ran).trim_end().lines().last().unwrap_or_default().trim().to_owned();
    }
    let problem = flat(ran.stderr.rsplit('\u{d7}').next().unwrap_or_default());
    let problem = problem.split(" Microsoft support can find").next().unwrap_or_default();
    problem.trim().to_owned()
}

/// Runs every command in every tenant and draws a table of exit codes and ends.
fn table<T: Sync>(
    commands: &[(&str, &str)],
    tenants: &[(&str, T)],
    start: impl Fn(&T) -> Writable + Sync,
) -> (String, Vec<(String, String, Option<i32>)>) {
    let cells: Vec<(usize, usize)> =
        (0..commands.len()).flat_map(|row| (0..tenants.len()).map(move |column| (row, column))).collect();
    let found = Mutex::new(Vec::new());
    side_by_side(cells, |(row, column)| {
        let tenant = start(&tenants[column].1);
        let ran = tenant.run(&commands[row].1.split(' ').collect::<Vec<_>>());
        let folder = tenant.folder.path().display().to_string();
        let line = end(&ran).replace(&folder, ".").replace(&tenant.stand_in.url, "URL");
        found.lock().unwrap().push(((row, column), ran.code, line));
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    let mut page = String::new();
    let mut codes = Vec::new();
    for ((row, column), code, line) in found {
        if column == 0 {
            writeln!(page, "{}", commands[row].0).unwrap();
        }
        let shown = code.map_or("killed".to_owned(), |code| code.to_string());
        writeln!(page, "  {:<14} {shown}  {line}", tenants[column].0).unwrap();
        codes.push((commands[row].0.to_owned(), tenants[column].0.to_owned(), code));
    }
    (page, codes)
}

/// What a live command can meet.
#[derive(Clone, Copy)]
enum Met {
    Everything,
    Broken(Broken),
}

#[test]
fn no_command_is_green_where_it_could_not_read_what_it_judges() {
    let commands: &[(&str, &str)] = &[
        ("check --app", "check --app TOTAL --group TOTAL-Admin --group TOTAL-Analyst"),
        (
            "check --app --format json",
            "check --app TOTAL --group TOTAL-Admin --group TOTAL-Analyst --format json -o r.json",
        ),
        (
            "check --app --format gitlab",
            "check --app TOTAL --group TOTAL-Admin --group TOTAL-Analyst --format gitlab -o r.json",
        ),
        ("check --all-apps", "check --all-apps --policy all.yaml --group TOTAL-Admin --group TOTAL-Analyst"),
        ("check --fail-on warning", "check --app TOTAL --group TOTAL-Admin --group TOTAL-Analyst --fail-on warning"),
        ("fix --dry-run", "fix --app TOTAL --dry-run --group TOTAL-Admin --group TOTAL-Analyst"),
        ("fix --yes", "fix --app TOTAL --yes --group TOTAL-Admin --group TOTAL-Analyst"),
        ("export", "export --app TOTAL --group TOTAL-Admin -o total.json"),
        ("diff", "diff right.json --app TOTAL"),
        ("restore", "restore right.json --app TOTAL --from-another-app --yes"),
        ("preview", "preview --app TOTAL --user user.json"),
        ("guide", "guide --app TOTAL --group TOTAL-Admin --group TOTAL-Analyst"),
        ("start", "start --app TOTAL --yes --group TOTAL-Admin --group TOTAL-Analyst"),
        ("status", "status --app TOTAL"),
        ("provision", "provision --app TOTAL --group TOTAL-Admin --yes"),
        ("pause", "pause --app TOTAL --yes"),
        ("restart", "restart --app TOTAL --yes"),
        ("logs", "logs --app TOTAL"),
    ];
    let tenants = [
        ("readable", Met::Everything),
        ("sync 401", Met::Broken(Broken::SynchronizationUnauthorized)),
        ("groups 403", Met::Broken(Broken::GroupsForbidden)),
        ("secrets 404", Met::Broken(Broken::SecretsMissing)),
    ];
    let (page, codes) = table(commands, &tenants, |met| {
        let tenant = Writable::start(RIGHT);
        std::fs::write(tenant.folder.path().join("right.json"), RIGHT).unwrap();
        std::fs::write(tenant.folder.path().join("all.yaml"), "app:\n  names: [TOTAL]\n").unwrap();
        let user = r#"{"id": "1", "userPrincipalName": "a@example.com", "accountEnabled": true}"#;
        std::fs::write(tenant.folder.path().join("user.json"), user).unwrap();
        if let Met::Broken(broken) = met {
            tenant.state().broken = Some(*broken);
        }
        tenant
    });
    assert_agreed!("every_command_by_what_can_be_read", page);
    for (command, tenant, code) in codes {
        let judges = command.starts_with("check") || command.starts_with("fix") || command == "guide";
        if tenant == "readable" {
            assert!(code != Some(2), "{command} in a tenant where everything can be read:\n{page}");
        } else if judges || (command == "export" && tenant != "readable") {
            assert_eq!(code, Some(2), "{command}, {tenant}:\n{page}");
        }
    }
}

/// A snapshot of which a part was not read.
fn without(part: &str) -> Value {
    let mut snapshot: Value = serde_json::from_str(include_str!("../../fixtures/snapshot.json")).unwrap();
    if part == "schema" {
        snapshot["jobs"][0].as_object_mut().unwrap().remove("schema");
    } else {
        snapshot.as_object_mut().unwrap().remove(part);
    }
    snapshot["provlint"]["unread"] = json!({part: "403 Forbidden; the token needs the permission that is missing"});
    snapshot
}

#[test]
fn a_snapshot_with_an_unread_part_is_never_green() {
    let parts = ["jobs", "schema", "secrets", "appRoleAssignedTo", "groups", "owners", "subscribedSkus"];
    let commands: &[(&str, &str)] = &[
        ("check", "check part.json"),
        ("check --fail-on info", "check part.json --fail-on info"),
        ("check --format sarif", "check part.json --format sarif -o r.sarif"),
        ("check --write-baseline", "check part.json --write-baseline b.json"),
        ("fix --dry-run", "fix part.json --dry-run"),
        ("guide", "guide part.json"),
    ];
    let tenants: Vec<(&str, &str)> = parts.iter().map(|part| (*part, *part)).collect();
    let (page, codes) = table(commands, &tenants, |part| {
        let tenant = Writable::start(RIGHT);
        std::fs::write(tenant.folder.path().join("part.json"), without(part).to_string()).unwrap();
        tenant
    });
    assert_agreed!("snapshots_with_an_unread_part", page);
    for (command, part, code) in codes {
        let matters = match part.as_str() {
            "subscribedSkus" => {
                assert!(code != Some(2), "{command}: the licences are optional:\n{page}");
                false
            }
            // One rule, whose findings are notes.
            "owners" => command == "check --fail-on info" || command == "check --write-baseline",
            _ => command != "guide" || part != "owners",
        };
        if matters {
            assert_eq!(code, Some(2), "{command} without {part}:\n{page}");
        }
    }
}

#[test]
fn nothing_is_written_to_an_app_whose_vendor_nobody_chose() {
    let commands = [
        ("fix", "fix --app ID --yes"),
        ("fix --dry-run", "fix --app ID --dry-run"),
        ("start", "start --app ID --yes"),
        ("provision", "provision --app ID --group TOTAL-Admin --yes"),
        ("restart", "restart --app ID --yes"),
    ];
    // These write without requirements: what is there already, or nothing of a vendor.
    let others =
        [("pause", "pause --app ID --yes"), ("restore", "restore backup.json --app ID --from-another-app --yes")];
    let both =
        |(name, words)| ["", " --profile generic"].map(|flag| (format!("{name}{flag}"), format!("{words}{flag}")));
    let others = others.map(|(name, words)| (name.to_owned(), words.to_owned()));
    let all: Vec<(String, String)> = commands.into_iter().flat_map(both).chain(others).collect();
    let all: Vec<(String, String)> =
        all.into_iter().map(|(name, words)| (name, words.replace("ID", PRINCIPAL))).collect();
    let all: Vec<(&str, &str)> = all.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
    // The app's name, and the policy file.
    let tenants = [
        ("other name", ("Contoso Wiki", None)),
        ("fitting name", ("TruU TOTAL Security", None)),
        ("policy", ("Contoso Wiki", Some("profile: truu-total\n"))),
        ("bare policy", ("Contoso Wiki", Some("groups: []\n"))),
    ];
    let (page, codes) = table(&all, &tenants, |(name, policy)| {
        let tenant = Writable::start(DEFAULT);
        tenant.state().name = Some((*name).to_owned());
        std::fs::write(tenant.folder.path().join("backup.json"), DEFAULT).unwrap();
        if let Some(policy) = policy {
            std::fs::write(tenant.folder.path().join("provlint.yaml"), policy).unwrap();
        }
        tenant
    });
    assert_agreed!("writing_by_who_chose_the_vendor", page);
    for (command, tenant, code) in codes {
        let unchosen = ["other name", "bare policy"].contains(&tenant.as_str()) && !command.contains("--profile");
        let requires = !command.contains("--dry-run") && !["pause", "restore"].contains(&command.as_str());
        if unchosen && requires {
            assert_eq!(code, Some(2), "{command}, {tenant}:\n{page}");
        }
    }
}

#[test]
fn an_app_that_nobody_chose_a_vendor_for_is_unchanged() {
    let tenant = Writable::start(DEFAULT);
    tenant.state().name = Some("Contoso Wiki".to_owned());
    let ran = tenant.run(&["fix", "--app", PRINCIPAL, "--yes"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("nothing was written") && ran.stderr.contains("--profile"), "{}", ran.stderr);
    assert!(tenant.state().changes.is_empty() && tenant.backups().is_empty(), "{ran:?}");
    let checked = tenant.run(&["check", "--app", PRINCIPAL]);
    assert!(checked.stdout.contains("profile truu-total, by default"), "{}", checked.stdout);
}

/// A snapshot with two jobs, the second of which has the default mappings.
fn two_jobs() -> Value {
    let mut snapshot: Value = serde_json::from_str(include_str!("../../fixtures/snapshot.json")).unwrap();
    let mut second = snapshot["jobs"][0].clone();
    (second["id"], second["schema"]) = (json!("scim.second"), serde_json::from_str(DEFAULT).unwrap());
    snapshot["jobs"].as_array_mut().unwrap().push(second);
    snapshot
}

#[test]
fn every_job_of_a_snapshot_is_fixed_and_guided_to() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("two.json"), format!("{:#}\n", two_jobs())).unwrap();
    let guide = |job: &[&str]| run_in(folder.path(), &[&["guide", "two.json"], job].concat()).stdout;
    assert!(!guide(&[]).contains("[required-mapping-source]"), "{}", guide(&[]));
    let second = guide(&["--job", "scim.second"]);
    assert!(second.contains("[required-mapping-source]") && second.contains("Job scim.second"), "{second}");
    let fix = |flags: &[&str]| run_in(folder.path(), &[&["fix", "two.json", "--format", "json"], flags].concat());
    assert_eq!(fix(&["--dry-run", "--job", "other"]).code, Some(2));
    let pending = fix(&["--dry-run"]);
    assert_eq!((pending.code, &pending.json()["targets"][0]["fixes"]), (Some(1), &json!(1)), "{pending:?}");
    assert_eq!(fix(&[]).code, Some(0));
    let checked = run_in(folder.path(), &["check", "two.json", "--format", "json"]).json();
    assert_eq!(checked["summary"]["error"], 0, "{checked:#}");
}

#[test]
fn a_job_whose_schema_could_not_be_read_keeps_no_other_job_from_being_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let mut snapshot = two_jobs();
    snapshot["jobs"][0].as_object_mut().unwrap().remove("schema");
    snapshot["provlint"]["unread"] = json!({"schema": "403 Forbidden"});
    std::fs::write(folder.path().join("two.json"), format!("{snapshot:#}\n")).unwrap();
    let ran = run_in(folder.path(), &["fix", "two.json", "--format", "json"]);
    assert_eq!((ran.code, &ran.json()["targets"][0]["fixes"]), (Some(2), &json!(1)), "what was not read is unknown");
    let second = run_in(folder.path(), &["check", "two.json", "--job", "scim.second"]);
    assert_eq!(second.code, Some(0), "{}", second.page());
}

#[test]
fn every_job_of_an_app_is_fixed_by_itself() {
    let tenant = Writable::start(RIGHT);
    tenant.state().second = Some(DEFAULT.to_owned());
    let pending = tenant.run(&["fix", "--app", "TOTAL", "--dry-run"]);
    assert_eq!(pending.code, Some(1), "the second job has a fix: {pending:?}");
    let ran = tenant.run(&["fix", "--app", "TOTAL", "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let written: Vec<String> =
        tenant.state().changes.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(written.len(), 1, "{written:?}");
    let checked = tenant.run(&["check", "--app", "TOTAL", "--format", "json"]).json();
    assert_eq!(checked["summary"]["error"], 0, "{checked:#}");
}

#[test]
fn a_second_job_changes_nothing_about_a_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = two_jobs();
    one["jobs"].as_array_mut().unwrap().swap(0, 1);
    let both = one.clone();
    one["jobs"].as_array_mut().unwrap().truncate(1);
    std::fs::write(folder.path().join("app.json"), one.to_string()).unwrap();
    let check = |flags: &[&str]| run_in(folder.path(), &[&["check", "app.json"], flags].concat());
    assert_eq!(check(&["--write-baseline", "b.json"]).code, Some(0));
    std::fs::write(folder.path().join("app.json"), both.to_string()).unwrap();
    let known = check(&["--baseline", "b.json"]);
    assert_eq!(known.code, Some(0), "{}", known.page());
    assert_eq!(check(&["--baseline", "b.json", "--job", "scim.second"]).code, Some(0));
}

#[test]
fn a_group_that_no_input_can_answer_is_not_passed_over_with_several_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let mut snapshot = two_jobs();
    snapshot.as_object_mut().unwrap().remove("appRoleAssignedTo");
    std::fs::write(folder.path().join("two.json"), snapshot.to_string()).unwrap();
    let asked = ["check", "two.json", "--group", "TOTAL-Admin", "--select", "group-not-assigned"];
    assert_eq!(run_in(folder.path(), &asked).code, Some(2));
}

#[test]
fn every_job_of_an_app_is_judged_and_named() {
    let tenant = Writable::start(RIGHT);
    tenant.state().second = Some(DEFAULT.to_owned());
    let all = tenant.run(&["check", "--app", "TOTAL", "--format", "json"]);
    let report = all.json();
    assert_eq!(all.code, Some(1), "{report:#}");
    let jobs: Vec<&Value> = report["targets"].as_array().unwrap().iter().map(|target| &target["job"]).collect();
    assert_eq!(jobs.len(), 2, "{report:#}");
    let wrong = report["findings"].as_array().unwrap().iter().find(|found| found["rule"] == "required-mapping-source");
    let name = format!("graph:TOTAL#{}", jobs[1].as_str().unwrap());
    assert_eq!(wrong.unwrap()["target"], name, "{report:#}");
    let app_wide = |target: &Value| target["rules"]["passed"].as_u64().unwrap();
    assert!(app_wide(&report["targets"][0]) > app_wide(&report["targets"][1]), "rules about the app run once");
    for (job, code) in [(jobs[0], 0), (jobs[1], 1)] {
        let one = tenant.run(&["check", "--app", "TOTAL", "--job", job.as_str().unwrap(), "--format", "json"]);
        assert_eq!((one.code, one.json()["targets"].as_array().unwrap().len()), (Some(code), 1), "{one:?}");
    }
    assert_eq!(tenant.run(&["check", "--app", "TOTAL", "--job", "other"]).code, Some(2));
}
