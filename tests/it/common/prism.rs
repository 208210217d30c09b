//! Prism, which validates requests and answers with the official description of Microsoft Graph.

use std::ffi::{OsStr, OsString};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use super::graph::{Reply, Request};
use super::server::Server;

/// The OpenAPI description of Microsoft Graph.
pub fn description() -> OsString {
    std::env::var_os("PROVLINT_DESCRIPTION").expect("PROVLINT_DESCRIPTION names the description")
}

/// A request as it was sent: Prism encodes queries differently.
pub fn as_sent(request: &Request) -> Request {
    let path = request.path.replace("%24", "$").replace("%27", "'").replace("%2C", ",").replace('+', "%20");
    Request { path: path.replace("%28", "(").replace("%29", ")"), ..request.clone() }
}

/// Prism, which validates requests and answers with a description.
pub fn prism(description: &OsStr, upstream: &str) -> Server {
    let command = |port: u16| {
        let mut command = Command::new("prism");
        command.arg("proxy").arg(description);
        command.args([upstream, "-h", "127.0.0.1", "-p", &port.to_string(), "--errors"]);
        command
    };
    Server::start(command, Duration::from_secs(180))
}

/// Forwards a request, returns the answer, and records Prism's objections.
pub fn passed_on(prism: &str, request: &Request, objections: &Mutex<Vec<String>>) -> Reply {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (status, kind, body) = runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{prism}{}", request.path);
        let method = request.method.parse().unwrap();
        let mut sent = client.request(method, url).header("authorization", &request.authorization);
        if !request.body.is_empty() {
            sent = sent.header("content-type", "application/json").body(request.body.clone());
        }
        let answer = sent.send().await.unwrap();
        let kind = answer.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
        (answer.status().as_u16(), kind, answer.text().await.unwrap())
    });
    if kind.starts_with("application/problem+json") {
        objections.lock().unwrap().push(format!("{} {}: {body}", request.method, request.path));
    }
    match serde_json::from_str(&body) {
        Ok(json) => Reply::Json(status, Vec::new(), json),
        Err(_) => Reply::Text(status, "text/plain", body),
    }
}
