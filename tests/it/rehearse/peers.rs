//! Rehearsals with SCIM servers that others wrote: the steps that fail are those that `docs/rehearse.md` names, because each
//! was looked into. The servers are installed by `.ci/run`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::common::endpoint::TOKEN;
use crate::common::server::Server;

use super::{Rehearsal, schema};

const START: Duration = Duration::from_secs(60);

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/servers").join(name)
}

fn node(program: &str) -> Server {
    let folder = std::env::var_os("PROVLINT_SCIMMY").expect("PROVLINT_SCIMMY names the folder");
    let command = |port: u16| {
        let mut command = Command::new("node");
        command.arg(data(program)).current_dir(folder).env("PORT", port.to_string()).env("TOKEN", TOKEN);
        command
    };
    Server::start(command, START)
}

/// The failed steps: always, without the flag, and with it.
type Failed = [BTreeSet<String>; 3];

fn failed(report: &Value) -> Failed {
    let of = |flag: Value| {
        let steps = report["steps"].as_array().unwrap().iter();
        let steps = steps.filter(|step| step["verdict"] == "failed" && step["flag"] == flag);
        steps.map(|step| step["step"].as_str().unwrap().to_owned()).collect()
    };
    [of(Value::Null), of(false.into()), of(true.into())]
}

/// What the page says about a server: a row with the steps in three columns.
fn documented(server: &str) -> Failed {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rehearse.md")).unwrap();
    let row = page.lines().find(|line| line.starts_with(&format!("| {server} |"))).expect("a row for the server");
    let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
    let steps = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    [steps(cells[1]), steps(cells[2]), steps(cells[3])]
}

fn expect_as_documented(server: &str, url: &str) {
    let rehearsal = Rehearsal::new();
    let schema = schema("default-export.json");
    let ran = rehearsal.run(&[&schema, "--tenant-url", url, "--both", "--yes", "--settle", "0", "--format", "json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(rehearsal.files(), [""; 0], "something is left: {ran:?}");
    let report = ran.json();
    assert_eq!(failed(&report), documented(server), "{server}: {report:#}");
    // The reason is the endpoint's own, so every failed step has a request and a source.
    for step in report["steps"].as_array().unwrap().iter().filter(|step| step["verdict"] == "failed") {
        assert!(step["exchanges"].as_array().is_some_and(|shown| !shown.is_empty()), "{step:#}");
        assert!(!step["sources"].as_array().unwrap().is_empty(), "{step:#}");
    }
}

#[test]
#[ignore = "needs scim2-server"]
fn scim2_server_fails_as_documented() {
    let command = |port: u16| {
        let mut command = Command::new("scim2-server");
        command.args(["--hostname", "127.0.0.1", "--port", &port.to_string(), "--bearer-token", TOKEN]);
        command
    };
    let server = Server::start(command, START);
    expect_as_documented("scim2-server 0.8.3", &format!("{}/v2", server.url()));
}

#[test]
#[ignore = "needs PROVLINT_SCIMMY, the folder in which scimmy-routers is installed"]
fn scimmy_fails_as_documented() {
    let server = node("scimmy.mjs");
    expect_as_documented("scimmy-routers 1.3.2", &format!("{}/scim", server.url()));
}

#[test]
#[ignore = "needs PROVLINT_SCIMMY, the folder in which scim-patch is installed"]
fn scim_patch_fails_as_documented() {
    let server = node("scim-patch.mjs");
    expect_as_documented("scim-patch 0.8.3", &format!("{}/scim", server.url()));
}

#[test]
#[ignore = "needs django-scim2"]
fn django_scim2_fails_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("database.sqlite3");
    // The interpreter with the third-party packages.
    let paths = std::env::var_os("PATH").unwrap();
    let found = std::env::split_paths(&paths).map(|folder| folder.join("scim2-server")).find(|path| path.is_file());
    let python = found.expect("scim2-server is installed").with_file_name("python3");
    let command = |port: u16| {
        let mut command = Command::new(python);
        command.arg("app.py").args([&port.to_string(), TOKEN]).arg(&database).current_dir(data("django"));
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    let server = Server::start(command, START);
    expect_as_documented("django-scim2 0.23.0", &format!("{}/scim/v2", server.url()));
}
