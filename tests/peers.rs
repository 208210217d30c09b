//! What a SCIM server that others wrote makes of a preview.
//!
//! scim2-server (<https://pypi.org/project/scim2-server/>) must be on the path, and `PROVLINT_PEERS=1` set; without
//! that variable the test says that it was skipped.

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

/// `externalId eq "x"` as it stands in a URL.
fn encoded(filter: &str) -> String {
    filter
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn the_resource_of_the_right_schema_is_accepted_and_found_again_by_its_object_id() {
    if env::var_os("PROVLINT_PEERS").is_none_or(|set| set != "1") {
        // Written past the harness, which keeps to itself what a passing test prints.
        let _ = writeln!(std::io::stderr(), "skipped: PROVLINT_PEERS=1 runs this against scim2-server");
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
