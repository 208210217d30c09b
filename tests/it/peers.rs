//! Tests with third-party programs: a SCIM server for previews, readers of SARIF and JUnit for reports,
//! pre-commit for the hook, pygls for the language server.
//!
//! scim2-server (<https://pypi.org/project/scim2-server/>), sarif-tools (<https://pypi.org/project/sarif-tools/>),
//! junitparser (<https://pypi.org/project/junitparser/>), pre-commit (<https://pre-commit.com>) and pygls
//! (<https://pypi.org/project/pygls/>) must be on the path. `.ci/run` installs them and runs these tests.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::graph::member;
use crate::common::run;
use crate::common::scim::{Scim, encoded};
use crate::common::writable::Writable;
use provlint::expression::Evaluator;
use provlint::inspection::Inspection;
use provlint::model::ObjectKind;
use provlint::policy;
use provlint::rules::Target;
use provlint::simulate::{Plan, Preview, Sent, User};
use serde_json::{Value, json};

#[test]
#[ignore = "needs scim2-server"]
fn a_scim_server_accepts_the_previewed_user_and_finds_it_by_object_id() {
    let server = Scim::start();
    for (users, count) in [("fixtures/users/jane.json", 1), ("fixtures/users/several.csv", 4)] {
        let report = run(&["preview", "fixtures/total-export.json", "--user", users, "--format", "json"]).json();
        let inside: Vec<&Value> =
            report["users"].as_array().unwrap().iter().filter(|user| user["scope"]["inScope"] == true).collect();
        assert_eq!(inside.len(), count);
        for user in inside {
            let resource = &user["resource"];
            let filter = user["matching"][0]["filter"].as_str().unwrap();
            let (code, found) = server.request("GET", &format!("/Users?filter={}", encoded(filter)), "");
            assert_eq!(code, 200, "{found}");
            if found["totalResults"] != 0 {
                // Both files contain Jane.
                assert_eq!(found["Resources"][0]["externalId"], resource["externalId"]);
                continue;
            }
            let (code, created) = server.request("POST", "/Users", &resource.to_string());
            assert_eq!(code, 201, "{created}");
            for (name, value) in resource.as_object().unwrap() {
                match value {
                    Value::Array(_) | Value::Object(_) => assert!(!created[name].is_null(), "{name} of {created}"),
                    plain => assert_eq!(&created[name], plain, "{name}"),
                }
            }
            let by_id = format!("externalId eq {}", resource["externalId"]);
            let (code, found) = server.request("GET", &format!("/Users?filter={}", encoded(&by_id)), "");
            assert_eq!((code, &found["totalResults"]), (200, &Value::from(1)), "{found}");
            assert_eq!(found["Resources"][0]["userName"], resource["userName"]);
        }
    }
}

/// The preview of a member with a schema.
fn previewed(text: &str, number: usize) -> Preview {
    let (policy, inspection) = (policy::default_policy(None).unwrap(), Inspection::of(text));
    let resources = inspection.read().unwrap();
    let target = Target::new(&inspection, &resources[0], &policy, jiff::civil::Date::default());
    let mappings = target.mappings_of(ObjectKind::User).unwrap();
    let attribute = |name: &str| mappings[0].target.as_ref().and_then(|object| object.attribute(name));
    let user = User::from_graph(member(number).as_object().unwrap()).unwrap().unwrap();
    Plan::new(mappings[0].mapping, attribute).preview(&user, &Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0))
}

/// Acts as Entra: sends the preview of each member, and reports it and the group.
fn sent_by_entra(server: &Scim, schema: &str, request: &Value) -> Value {
    let subject = &request["parameters"][0]["subjects"][0];
    let members = subject["links"]["members"].as_array().unwrap();
    let objects = members.iter().map(|one| {
        let id = one["objectId"].as_str().unwrap();
        let preview = previewed(schema, id[24..].parse().unwrap());
        let name = encoded(&format!("userName eq {}", preview.resource()["userName"]));
        let (_, found) = server.request("GET", &format!("/Users?filter={name}"), "");
        let created = match found["Resources"][0].is_null() {
            true => {
                let (code, created) = server.request("POST", "/Users", &preview.resource().to_string());
                assert_eq!(code, 201, "{created}");
                created
            }
            false => found["Resources"][0].clone(),
        };
        let changes = preview.rows.iter().filter_map(|row| {
            let Sent::Value { value, .. } = &row.sent else { return None };
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(json!({"displayName": *row.target, "oldValue": null, "newValue": text}))
        });
        json!({
            "action": "Create", "reportableIdentifier": created["userName"], "modifiedProperties": changes.collect::<Vec<_>>(),
            "provisioningSteps": [], "statusInfo": {"status": "Success"},
            "sourceIdentity": {"id": id, "type": "User"}, "targetIdentity": {"id": created["id"], "type": "User"},
        })
    });
    let group = json!({
        "action": "Update", "reportableIdentifier": "TOTAL-Admin", "statusInfo": {"status": "Success"},
        "sourceIdentity": {"id": subject["objectId"], "type": "Group"}, "targetIdentity": {"id": "g1", "type": "Group"},
    });
    let all: Vec<Value> = std::iter::once(group).chain(objects).collect();
    json!({"key": "StatusInfo", "value": Value::from(all).to_string()})
}

#[test]
#[ignore = "needs scim2-server"]
fn a_scim_server_receives_what_preview_shows_for_group_members() {
    let server = std::sync::Arc::new(Scim::start());
    let tenant = Writable::start(include_str!("../../fixtures/total-export.json"));
    let entra = std::sync::Arc::clone(&server);
    tenant.state().entra = Some(Box::new(move |state, request| sent_by_entra(&entra, &state.schema, request)));
    tenant.state().members = Some(7);
    let ran = tenant.run(&["provision", "--app", "TOTAL", "--group", "TOTAL-Admin", "--yes", "--format", "json"]);
    assert_eq!((ran.code, &ran.json()["deviations"]), (Some(0), &json!([])), "{ran:?}");
    for number in 1..=7 {
        let user = member(number);
        let id = user["id"].as_str().unwrap();
        let preview = tenant.run(&["preview", "--app", "TOTAL", "--user", id, "--format", "json"]).json();
        let resource = &preview["users"][0]["resource"];
        assert_eq!(resource["externalId"], id, "{preview}");
        let by_id = encoded(&format!("externalId eq \"{id}\""));
        let (code, found) = server.request("GET", &format!("/Users?filter={by_id}"), "");
        assert_eq!((code, &found["totalResults"]), (200, &json!(1)), "{found}");
        for (name, value) in resource.as_object().unwrap() {
            match value {
                Value::Array(_) | Value::Object(_) => {
                    assert!(!found["Resources"][0][name].is_null(), "{name} of {found}")
                }
                plain => assert_eq!(&found["Resources"][0][name], plain, "{name}"),
            }
        }
    }
}

/// The commands of the script in the documentation, one a line.
fn documented_commands() -> Vec<String> {
    let page = include_str!("../../docs/how-to/connect.md");
    let (_, script) = page.split_once("```sh\n").expect("a script");
    let (script, _) = script.split_once("```").expect("its end");
    script.lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs scim2-server"]
fn the_documented_script_takes_an_app_from_nothing_to_users_in_a_scim_server() {
    let server = std::sync::Arc::new(Scim::start());
    let tenant = Writable::start(include_str!("../../fixtures/default-export.json"));
    let (tester, entra) = (std::sync::Arc::clone(&server), std::sync::Arc::clone(&server));
    let url = server.url();
    let at = |minutes: i64| (jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes)).to_string();
    let job = |code: &str, last: Value, counts: Value| {
        json!({"schedule": {"state": "Active", "interval": "PT40M"}, "status": {
            "code": code, "countSuccessiveCompleteFailures": 0, "escrowsPruned": false, "quarantine": null,
            "lastExecution": last, "lastSuccessfulExecution": last, "synchronizedEntryCountByType": counts,
            "steadyStateFirstAchievedTime": at(0), "steadyStateLastAchievedTime": at(0),
        }})
    };
    let cycle = json!({"timeBegan": at(2), "timeEnded": at(1), "state": "Succeeded", "countEscrowed": 0});
    let counts = json!([{"key": "User to urn:x:User", "value": 2}, {"key": "Group to urn:x:Group", "value": 1}]);
    let mut state = tenant.state();
    state.is_bare();
    state.members = Some(2);
    state.play = [job("Active", cycle, counts)].into();
    // Entra tests what it is given at the server itself, and provisions with the schema as it is then.
    let endpoint = url.clone();
    state.accepts = Some(Box::new(move |tenant_url, token| tenant_url == endpoint && tester.accepts(token)));
    state.entra = Some(Box::new(move |state, request| sent_by_entra(&entra, &state.schema, request)));
    drop(state);
    // The server listens on this machine only.
    let policy = "version: 1\nprofile: truu-total\nrules:\n  tenant-url-invalid: off\n";
    fs::write(tenant.folder.path().join("provlint.yaml"), policy).unwrap();
    fs::write(tenant.folder.path().join("token.txt"), format!("{}\n", crate::common::scim::TOKEN)).unwrap();
    let path = env::var_os("PATH").unwrap();
    let here = Path::new(env!("CARGO_BIN_EXE_provlint")).parent().unwrap().to_owned();
    let path = env::join_paths(std::iter::once(here).chain(env::split_paths(&path))).unwrap();
    let mut codes = Vec::new();
    for command in documented_commands() {
        let mut shell = Command::new("sh");
        shell.args(["-c", &command.replace("https://total.example.com/scim", &url)]);
        shell.current_dir(tenant.folder.path()).env("PATH", &path).env("NO_PROXY", "*").env("no_proxy", "*");
        shell.env("PROVLINT_GRAPH_URL", &tenant.stand_in.url).env("PROVLINT_ACCESS_TOKEN", crate::common::graph::TOKEN);
        let ran = crate::common::finish(&mut shell);
        let (_, words) = command.split_once("provlint ").unwrap();
        let word = words.split(' ').next().unwrap().to_owned();
        assert!(!format!("{ran:?}").contains(crate::common::scim::TOKEN), "{command}: {ran:?}");
        let expected = if codes.is_empty() { Some(1) } else { Some(0) };
        assert_eq!(ran.code, expected, "{command}: {ran:?}");
        codes.push(word);
    }
    assert_eq!(codes, ["guide", "connect", "fix", "fix", "start", "provision", "guide"]);
    let (code, found) = server.request("GET", "/Users", "");
    assert_eq!((code, &found["totalResults"]), (200, &json!(2)), "{found}");
    for number in 1..=2 {
        let id = member(number)["id"].as_str().unwrap().to_owned();
        assert!(found["Resources"].as_array().unwrap().iter().any(|user| user["externalId"] == id), "{id}: {found}");
    }
}

/// The output of a program, which must succeed.
fn printed(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program}: {said}{errors}");
    format!("{said}{errors}")
}

#[test]
#[ignore = "needs sarif-tools and junitparser"]
fn sarif_tools_and_junitparser_read_the_reports() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (sarif, junit, csv) = (path("report.sarif"), path("report.xml"), path("report.csv"));
    let reports = ["--format", "sarif", "--output", &sarif, "--format", "junit", "--output", &junit];
    let counts = run(&[&["check", "fixtures", "--fail-on", "info", "--format", "json"], &reports[..]].concat()).json();
    let findings = counts["findings"].as_array().unwrap().len();

    printed("sarif", &["csv", "--output", &csv, &sarif]);
    let rows = csv::Reader::from_path(&csv).unwrap().into_records().count();
    assert_eq!(rows, findings);

    let fails = counts["targets"].as_array().unwrap().iter().filter_map(|target| target["rules"]["failed"].as_u64());
    let counted = "import junitparser, sys; print(junitparser.JUnitXml.fromfile(sys.argv[1]).failures)";
    // The interpreter with junitparser is next to its program.
    let python = which("junitparser").with_file_name("python3");
    let read = printed(python.to_str().unwrap(), &["-c", counted, &junit]);
    assert_eq!(read.trim(), fails.sum::<u64>().to_string());
}

fn which(program: &str) -> std::path::PathBuf {
    let paths = env::var_os("PATH").unwrap();
    env::split_paths(&paths).map(|folder| folder.join(program)).find(|path| path.is_file()).unwrap()
}

/// A repository with these files committed.
fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    commit(folder.path());
    folder
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "x", "--no-verify"]);
}

#[test]
#[ignore = "needs pre-commit"]
fn pre_commit_runs_the_hook_on_a_small_repository() {
    let file = |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let hooks = repository(&[(".pre-commit-hooks.yaml", &file(".pre-commit-hooks.yaml"))]);
    let commit_id = git(hooks.path(), &["rev-parse", "HEAD"]);
    let config =
        format!("repos:\n- repo: {}\n  rev: {commit_id}\n  hooks:\n  - id: provlint-system\n", hooks.path().display());
    let (right, wrong) = (file("fixtures/total-export.json"), file("fixtures/default-export.json"));
    let work = repository(&[(".pre-commit-config.yaml", &config), ("package.json", "{}"), ("total.json", &right)]);
    let here = Path::new(env!("CARGO_BIN_EXE_provlint")).parent().unwrap().to_owned();
    let path = env::var_os("PATH").unwrap();
    let paths = env::join_paths(std::iter::once(here).chain(env::split_paths(&path))).unwrap();
    let run = || {
        let mut command = Command::new("pre-commit");
        command.args(["run", "--color", "never"]).current_dir(work.path()).env("PATH", &paths);
        let output = command.env("PRE_COMMIT_HOME", hooks.path().join("cache")).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    // The hook passes for unrelated JSON, and for a commit without JSON.
    fs::write(work.path().join("package.json"), "{\"name\": \"x\"}").unwrap();
    git(work.path(), &["add", "--all"]);
    let (code, said) = run();
    assert!(code == Some(0) && said.contains("Passed"), "{said}");
    commit(work.path());
    fs::write(work.path().join("readme.md"), "x").unwrap();
    git(work.path(), &["add", "--all"]);
    let (code, said) = run();
    assert!(code == Some(0) && said.contains("Skipped"), "{said}");
    commit(work.path());
    fs::write(work.path().join("total.json"), wrong).unwrap();
    git(work.path(), &["add", "--all"]);
    let (code, said) = run();
    assert!(code == Some(1) && said.contains("error[required-mapping-source]"), "{said}");
    // A changed policy runs the hook again, and accepting the finding makes it pass.
    let policy = "version: 1\nrules:\n  required-mapping-source: warning\n";
    fs::write(work.path().join("provlint.yaml"), policy).unwrap();
    git(work.path(), &["add", "provlint.yaml"]);
    let (code, said) = run();
    assert!(code == Some(0) && said.contains("Passed"), "{said}");
}

#[test]
#[ignore = "needs pygls"]
fn pygls_works_with_the_language_server() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("provlint.yaml");
    fs::write(&policy, "rules:\n  required-mapping-sorce: off\n").unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let client = root.join("tests/data/lsp_client.py");
    let schema = root.join("fixtures/default-export.json");
    let words = [client.as_path(), Path::new(env!("CARGO_BIN_EXE_provlint")), &schema, &policy];
    // The interpreter with the third-party packages.
    let python = which("pre-commit").with_file_name("python3");
    let said = printed(python.to_str().unwrap(), &words.map(|word| word.to_str().unwrap()));
    let rules = provlint::rules::RULES.len();
    let url = provlint::rules::rule("required-mapping-source").unwrap().metadata.url();
    let wanted = format!(
        "diagnostic required-mapping-source Error {url}\n\
         action quickfix True Map externalId from objectId 2\n\
         action source.fixAll.provlint None Apply all safe fixes of provlint 1\n\
         hover markdown `User/externalId` ← `mailNickname`  \n\
         policy did you mean `required-mapping-source`?\n\
         completion {rules}\n"
    );
    assert_eq!(said, wanted);
}
