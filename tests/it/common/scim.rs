//! scim2-server (<https://pypi.org/project/scim2-server/>), a SCIM server that others wrote.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::server::Server;

pub const TOKEN: &str = "a-token-for-tests";

/// A running server.
pub struct Scim(Server);

impl Scim {
    pub fn start() -> Self {
        let command = |port: u16| {
            let mut command = Command::new("scim2-server");
            command.args(["--hostname", "127.0.0.1", "--port", &port.to_string(), "--bearer-token", TOKEN]);
            command
        };
        Scim(Server::start(command, Duration::from_secs(60)))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    /// Whether it accepts a token.
    pub fn accepts(&self, token: &str) -> bool {
        self.request_with(token, "GET", "/Users?count=1", "").0 == 200
    }

    pub fn request(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        self.request_with(TOKEN, method, path, body)
    }

    fn request_with(&self, token: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.0.port)).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n",
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

/// `externalId eq "x"`, encoded for a URL.
pub fn encoded(filter: &str) -> String {
    filter
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
