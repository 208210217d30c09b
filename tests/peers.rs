//! What programs that others wrote make of ours: a SCIM server of a preview, readers of SARIF and JUnit of a report.
//!
//! scim2-server (<https://pypi.org/project/scim2-server/>), sarif-tools (<https://pypi.org/project/sarif-tools/>) and
//! junitparser (<https://pypi.org/project/junitparser/>) must be on the path, and `PROVLINT_PEERS=1` set; without that
//! variable the tests say that they were skipped.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod common;

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use common::run;
use common::server::Server;
use serde_json::Value;

const TOKEN: &str = "a-token-for-tests";

struct Scim(Server);

impl Scim {
    fn start() -> Self {
        let command = |port: u16| {
            let mut command = Command::new("scim2-server");
            command.args(["--hostname", "127.0.0.1", "--port", &port.to_string(), "--bearer-token", TOKEN]);
            command
        };
        Scim(Server::start(command, Duration::from_secs(60)))
    }

    fn request(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.0.port)).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = BufReader::new(stream);
        let mut status = String::new();
        answer.read_line(&mut status).unwrap();
        let mut rest = String::new();
        answer.read_to_string(&mut rest).unwrap();
        let body = rest.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let code = status.split(' ').nth(1).unwrap().parse().unwrap();
        (code, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

/// Whether others are to be asked; says so where they aren't.
fn peers_are_there(peer: &str) -> bool {
    let wanted = env::var_os("PROVLINT_PEERS").is_some_and(|set| set == "1");
    if !wanted {
        // Written past the harness, which keeps to itself what a passing test prints.
        let _ = writeln!(std::io::stderr(), "skipped: PROVLINT_PEERS=1 runs this against {peer}");
    }
    wanted
}

/// `externalId eq "x"` as it stands in a URL.
fn encoded(filter: &str) -> String {
    filter
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn the_resource_of_the_right_schema_is_accepted_and_found_again_by_its_object_id() {
    if !peers_are_there("scim2-server") {
        return;
    }
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
                // Jane is in both files.
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

/// What a program prints, which must end well.
fn printed(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program}: {said}{errors}");
    format!("{said}{errors}")
}

#[test]
fn sarif_tools_and_junitparser_read_the_reports() {
    if !peers_are_there("sarif-tools and junitparser") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (sarif, junit, csv) = (path("report.sarif"), path("report.xml"), path("report.csv"));
    let reports = ["--format", "sarif", "--output", &sarif, "--format", "junit", "--output", &junit];
    let counts = run(&[&["check", "fixtures", "--format", "json"], &reports[..]].concat()).json();
    let findings = counts["findings"].as_array().unwrap().len();

    printed("sarif", &["csv", "--output", &csv, &sarif]);
    let rows = csv::Reader::from_path(&csv).unwrap().into_records().count();
    assert_eq!(rows, findings);

    let fails = counts["targets"].as_array().unwrap().iter().filter_map(|target| target["rules"]["failed"].as_u64());
    let counted = "import junitparser, sys; print(junitparser.JUnitXml.fromfile(sys.argv[1]).failures)";
    // The interpreter that junitparser is installed for lies beside its program.
    let python = which("junitparser").with_file_name("python3");
    let read = printed(python.to_str().unwrap(), &["-c", counted, &junit]);
    assert_eq!(read.trim(), fails.sum::<u64>().to_string());
}

fn which(program: &str) -> std::path::PathBuf {
    let paths = env::var_os("PATH").unwrap();
    env::split_paths(&paths).map(|folder| folder.join(program)).find(|path| path.is_file()).unwrap()
}
