//! `provlint probe` with correct and wrong SCIM endpoints.
//!
//! The last tests use third-party servers: scim2-server (PyPI) and scimmy-routers (npm).

use std::io::Write;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::graph::{Reply, Request, StandIn};
use crate::common::server::Server;
use crate::common::{Ran, finish, flat, provlint};
use serde_json::{Value, json};

const SECRET: &str = "a-token-that-only-the-endpoint-may-see";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

fn probe(url: &str, token: &str, arguments: &[&str]) -> Ran {
    let mut command = provlint(&["probe", "--tenant-url", url]);
    command.args(arguments).env("PROVLINT_SCIM_TOKEN", token);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    let ran = finish(&mut command);
    assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "the token is shown: {ran:?}");
    ran
}

/// The verdict of each step.
fn verdicts(ran: &Ran) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let report = ran.json();
    report["steps"].as_array().unwrap().iter().map(|step| (text(&step["check"]), text(&step["verdict"]))).collect()
}

fn verdict(ran: &Ran, name: &str) -> String {
    let found = verdicts(ran).into_iter().find(|(step, _)| step == name);
    found.unwrap_or_else(|| panic!("no step {name}: {ran:?}")).1
}

fn scim(body: &Value) -> Reply {
    Reply::Text(200, "application/scim+json; charset=utf-8", body.to_string())
}

fn right(request: &Request) -> Reply {
    if request.authorization != format!("Bearer {SECRET}") {
        return Reply::Text(401, "application/scim+json", "{}".into());
    }
    let paths =
        ["/scim/Users?filter=userName+eq+%22", "/scim/Groups?excludedAttributes=members&filter=displayName+eq+%22"];
    assert!(paths.iter().any(|path| request.path.starts_with(path)), "{request:?}");
    scim(&json!({"schemas": [LIST], "totalResults": 0, "Resources": []}))
}

#[test]
fn a_correct_endpoint_passes_every_step() {
    let endpoint = StandIn::start(|request, _| right(request));
    for tail in ["/scim", "/scim/", "/scim?aadOptscim062020"] {
        let ran = probe(&format!("{}{tail}", endpoint.url), &format!("{SECRET}\n"), &["--groups", "--format", "json"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        assert!(verdicts(&ran).iter().all(|(_, verdict)| verdict == "passed"), "{tail}: {:?}", verdicts(&ran));
    }
    let asked = endpoint.requests();
    assert!(asked.iter().all(|request| request.method == "GET"), "nothing is changed");
    assert!(asked.iter().all(|request| request.user_agent.is_empty() && !request.ad_scim_version.is_empty()));
    let users: Vec<_> = asked.iter().filter(|request| request.path.contains("/Users")).collect();
    assert!(users[1].authorization != users[0].authorization, "the second time with a made-up token");
    assert_eq!(asked.iter().filter(|request| request.path.contains("/Groups")).count(), 3, "{asked:?}");
    let piped = ["probe", "--tenant-url", &format!("{}/scim", endpoint.url), "--token-stdin", "--format", "json"];
    for typed in crate::common::as_powershell_writes(SECRET) {
        let ran = crate::common::run_with_input(&piped, &typed);
        assert_eq!((ran.code, verdict(&ran, "token").as_str()), (Some(0), "passed"), "{ran:?}");
    }
    assert_agreed!(probe(&format!("{}/scim", endpoint.url), SECRET, &[]).stdout);
}

#[test]
fn the_certificate_must_be_trusted() {
    let (endpoint, certificate) = StandIn::start_secure(|request, _| right(request));
    let url = format!("{}/scim", endpoint.url);
    let ran = probe(&url, SECRET, &["--format", "json"]);
    assert_eq!((ran.code, verdict(&ran, "tls").as_str()), (Some(1), "failed"), "{ran:?}");
    assert!(endpoint.requests().is_empty(), "no token is sent to an untrusted server");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(certificate.as_bytes()).unwrap();
    let ran = probe(&url, SECRET, &["--format", "json", "--ca-bundle", file.path().to_str().unwrap()]);
    assert_eq!((ran.code, verdict(&ran, "tls").as_str()), (Some(0), "passed"), "{ran:?}");
}

#[test]
fn every_kind_of_wrong_endpoint_has_its_own_verdict() {
    type Case = (&'static str, fn(&Request) -> Reply, &'static str, &'static str, &'static str);
    let cases: [Case; 16] = [
        ("another path", |_| Reply::Text(404, "application/json", "{}".into()), "status", "failed", "/Users to"),
        ("a refused token", |_| Reply::Text(401, "text/plain", String::new()), "status", "failed", "is not accepted"),
        (
            "a redirect",
            |_| Reply::Json(302, vec![("Location", "https://login.example.com/".into())], json!({})),
            "status",
            "failed",
            "https://login.example.com/",
        ),
        (
            "a failure",
            |_| Reply::Text(500, "text/plain", "secret details".into()),
            "status",
            "failed",
            "the endpoint fails",
        ),
        ("no filters", |_| Reply::Text(400, "application/json", "{}".into()), "status", "failed", "filters"),
        (
            "a sign-in page",
            |_| Reply::Text(200, "text/html", "<html>".into()),
            "content-type",
            "failed",
            "sign-in page",
        ),
        (
            "plain JSON",
            |_| Reply::ok(json!({"schemas": [LIST], "totalResults": 0})),
            "content-type",
            "warning",
            "application/scim+json",
        ),
        ("no list", |_| scim(&json!({"schemas": []})), "list-response", "failed", "missing"),
        (
            "a list with the schemas of a user",
            |_| {
                scim(
                    &json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "totalResults": 0, "resources": []}),
                )
            },
            "list-response",
            "warning",
            "Entra accepts that",
        ),
        (
            "Basic authentication",
            |_| Reply::Json(401, vec![("WWW-Authenticate", "Basic realm=\"x\"".into())], json!({"detail": "Sign in"})),
            "status",
            "failed",
            "a Bearer token only",
        ),
        (
            "a token without the right role",
            |request| match request.authorization == format!("Bearer {SECRET}") {
                true => Reply::Text(403, "application/scim+json", json!({"detail": "no managed role"}).to_string()),
                false => Reply::Text(401, "application/scim+json", "{}".into()),
            },
            "status",
            "failed",
            "knows the token",
        ),
        (
            "404 for nobody",
            |_| Reply::Text(404, "application/scim+json", json!({"detail": "User not found"}).to_string()),
            "status",
            "failed",
            "requires 200 and an empty list",
        ),
        (
            "no groups",
            |request| match right(request) {
                Reply::Text(200, ..) if request.path.contains("/Groups") => {
                    Reply::Text(404, "application/scim+json", json!({"detail": "no such type"}).to_string())
                }
                reply => reply,
            },
            "groups",
            "failed",
            "no such type",
        ),
        (
            "a deaf filter",
            |_| scim(&json!({"schemas": [LIST], "totalResults": 2, "Resources": [{}, {}]})),
            "list-response",
            "failed",
            "ignored",
        ),
        (
            "an open door",
            |_| scim(&json!({"schemas": [LIST], "totalResults": 0})),
            "wrong-token",
            "failed",
            "invented token is accepted",
        ),
        (
            "403 for strangers",
            |request| match right(request) {
                Reply::Text(401, kind, body) => Reply::Text(403, kind, body),
                reply => reply,
            },
            "wrong-token",
            "warning",
            "401",
        ),
    ];
    for (name, answer, step, expected, said) in cases {
        let endpoint = StandIn::start(move |request, _| answer(request));
        let url = format!("{}/scim", endpoint.url);
        let ran = probe(&url, SECRET, &["--groups", "--format", "json"]);
        assert_eq!(verdict(&ran, step), expected, "{name}: {ran:?}");
        assert!(ran.stdout.contains(said), "{name}: {}", ran.stdout);
        let failed = verdicts(&ran).iter().any(|(_, verdict)| verdict == "failed");
        assert_eq!(ran.code, Some(i32::from(failed)), "{name}");
        assert!(!ran.stdout.contains("secret details"), "a body isn't repeated: {}", ran.stdout);
    }
}

#[test]
fn a_token_with_stray_characters_is_reported_and_cleaned() {
    let endpoint = StandIn::start(|request, _| right(request));
    let url = format!("{}/scim", endpoint.url);
    for (typed, said) in [
        (format!("Bearer {SECRET}"), "begins with Bearer"),
        (format!("{SECRET} "), "spaces"),
        (SECRET.replace("-only", "\n-only"), "spaces"),
    ] {
        let ran = probe(&url, &typed, &["--format", "json"]);
        assert_eq!((ran.code, verdict(&ran, "token").as_str()), (Some(1), "failed"), "{typed}");
        assert!(ran.stdout.contains(said) && verdict(&ran, "status") == "passed", "{typed}: {}", ran.stdout);
    }
}

#[test]
fn a_token_that_begins_with_bearer_is_right_where_the_endpoint_wants_it() {
    let typed = format!("Bearer {SECRET}");
    let wanted = format!("Bearer {typed}");
    let endpoint = StandIn::start(move |request, _| match request.authorization == wanted {
        true => scim(&json!({"schemas": [LIST], "totalResults": 0})),
        false => Reply::Text(401, "application/scim+json", "{}".into()),
    });
    let ran = probe(&format!("{}/scim", endpoint.url), &typed, &["--format", "json"]);
    assert_eq!((ran.code, verdict(&ran, "token").as_str()), (Some(0), "warning"), "{ran:?}");
}

/// Entra sends no User-Agent, no Content-Type and no usable Accept on a GET, and firewalls and frameworks refuse that.
#[test]
fn an_endpoint_that_needs_a_header_fails_and_the_header_is_named() {
    type Needs = fn(&Request) -> bool;
    let cases: [(&str, Needs, u16); 4] = [
        ("the header User-Agent", |request| !request.user_agent.is_empty(), 403),
        ("the header Accept", |request| request.accept == "application/scim+json", 406),
        ("the header Content-Type", |request| request.content_type == "application/scim+json", 415),
        (
            "the headers User-Agent, Accept, Content-Type",
            |request| !request.user_agent.is_empty() && request.accept == "application/scim+json",
            200,
        ),
    ];
    for (named, needs, status) in cases {
        let endpoint = StandIn::start(move |request, _| match needs(request) {
            true => right(request),
            false => Reply::Text(status, "text/html", "<html>Forbidden</html>".into()),
        });
        let ran = probe(&format!("{}/scim", endpoint.url), SECRET, &["--format", "json"]);
        assert_eq!((ran.code, verdict(&ran, "headers").as_str()), (Some(1), "failed"), "{named}: {ran:?}");
        let said = match status {
            200 => format!("no SCIM list without {named}, but 200 and a list with it"),
            status => format!("{status} without {named}, but 200 and a list with it"),
        };
        assert!(ran.stdout.contains(&said), "{named}: {}", ran.stdout);
    }
}

#[test]
fn an_endpoint_without_tls_1_2_fails() {
    for (versions, expected, said) in [
        (&[&rustls::version::TLS13][..], "failed", "does not offer TLS 1.2"),
        (&[&rustls::version::TLS12][..], "passed", "with TLS 1.2"),
        (&[&rustls::version::TLS12, &rustls::version::TLS13][..], "passed", "with TLS 1.2"),
    ] {
        let (endpoint, certificate) = StandIn::start_tls(versions, |request, _| right(request));
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(certificate.as_bytes()).unwrap();
        let authorities = ["--format", "json", "--ca-bundle", file.path().to_str().unwrap()];
        let ran = probe(&format!("{}/scim", endpoint.url), SECRET, &authorities);
        assert_eq!(
            (verdict(&ran, "tls").as_str(), ran.stdout.contains(said)),
            (expected, true),
            "{versions:?}: {ran:?}"
        );
        assert_eq!(ran.code, Some(i32::from(expected == "failed")), "{versions:?}");
        let sent = endpoint.requests().iter().filter(|request| request.authorization.contains(SECRET)).count();
        assert_eq!(sent > 0, expected == "passed", "without TLS 1.2 the token is not sent: {versions:?}");
    }
}

#[test]
fn the_schema_and_the_policy_say_whether_groups_are_searched_for_and_by_what_users_are_matched() {
    let endpoint = StandIn::start(|request, _| match request.authorization == format!("Bearer {SECRET}") {
        true => scim(&json!({"schemas": [LIST], "totalResults": 0})),
        false => Reply::Text(401, "application/scim+json", "{}".into()),
    });
    let url = format!("{}/scim", endpoint.url);
    let folder = tempfile::tempdir().unwrap();
    let mut export: Value =
        serde_json::from_str(&std::fs::read_to_string("fixtures/total-export.json").unwrap()).unwrap();
    for mapping in export["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap() {
        for row in mapping["attributeMappings"].as_array_mut().unwrap() {
            match row["targetAttributeName"].as_str() {
                Some("userName") => row["matchingPriority"] = json!(2),
                Some("externalId") => row["matchingPriority"] = json!(1),
                _ => {}
            }
        }
    }
    let by_id = folder.path().join("by-id.json");
    std::fs::write(&by_id, export.to_string()).unwrap();
    let policy = folder.path().join("policy.yaml");
    std::fs::write(&policy, "version: 1\nprofile: generic\nmappings:\n  group:\n    enabled: true\n").unwrap();
    let (by_id, policy) = (by_id.to_str().unwrap(), policy.to_str().unwrap());
    for (arguments, groups, attribute) in [
        (&["fixtures/total-export.json"][..], Some(true), "userName"),
        (&["fixtures/group-mapping-disabled.json"], Some(false), "userName"),
        (&["fixtures/group-mapping-disabled.json", "--groups"], Some(true), "userName"),
        (&[by_id], Some(true), "externalId"),
        (&[by_id, "--attribute", "userName"], Some(true), "userName"),
        (&["--policy", policy], Some(true), "userName"),
        (&["--profile", "generic"], None, "userName"),
        (&[], None, "userName"),
    ] {
        let before = endpoint.requests().len();
        let ran = probe(&url, SECRET, &[&["--format", "json"], arguments].concat());
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        let paths: Vec<String> = endpoint.requests()[before..].iter().map(|request| request.path.clone()).collect();
        let searched = paths.iter().any(|path| path.starts_with("/scim/Groups?"));
        assert_eq!(searched, groups == Some(true), "{arguments:?}: {paths:?}");
        let found = verdicts(&ran).into_iter().find(|(name, _)| name == "groups").map(|(_, verdict)| verdict);
        let expected = groups.map_or(Some("unknown"), |groups| groups.then_some("passed"));
        assert_eq!(found.as_deref(), expected, "{arguments:?}");
        let by = format!("/scim/Users?filter={attribute}+eq+%22");
        assert!(paths.iter().any(|path| path.starts_with(&by)), "{arguments:?}: {paths:?}");
    }
    let ran = probe(&url, SECRET, &["fixtures/users/jane.json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
}

/// Whatever an endpoint answers, there is one verdict, in time, and the token is nowhere.
#[test]
fn a_hostile_endpoint_gets_a_verdict_and_no_token() {
    let elsewhere = StandIn::start(|request, _| right(request));
    let target = format!("{}/scim/Users", elsewhere.url);
    type Case = (&'static str, Box<dyn Fn(&Request) -> Reply + Send + Sync>, Option<i32>, &'static str);
    let cases: Vec<Case> = vec![
        ("a body without an end", Box::new(|_| Reply::Endless), Some(2), "has more than 16 MiB"),
        (
            "a redirect to another host",
            Box::new(move |_| Reply::Json(307, vec![("Location", target.clone())], json!({}))),
            Some(1),
            "the token is not sent there",
        ),
        (
            "the token in an error",
            Box::new(|request| {
                let detail = json!({"detail": format!("bad {}", request.authorization)});
                Reply::Json(401, vec![("WWW-Authenticate", request.authorization.clone())], detail)
            }),
            Some(1),
            "is not accepted",
        ),
        (
            "the token in a redirect",
            Box::new(|request| {
                let token = request.authorization.replace("Bearer ", "");
                Reply::Json(302, vec![("Location", format!("https://x.example/?t={token}"))], json!({}))
            }),
            Some(1),
            "a redirect to",
        ),
        (
            "deep JSON",
            Box::new(|_| Reply::Text(200, "application/scim+json", "[".repeat(1 << 20))),
            Some(1),
            "not JSON",
        ),
    ];
    for (name, answer, code, said) in cases {
        let endpoint = StandIn::start(move |request, _| answer(request));
        let ran = probe(&format!("{}/scim", endpoint.url), SECRET, &["--groups", "--format", "json"]);
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!((ran.code, flat(&all).contains(said)), (code, true), "{name}: {all}");
        assert!(!all.contains("panicked"), "{name}: {all}");
    }
    assert!(elsewhere.requests().is_empty(), "no request follows a redirect");
}

#[test]
fn an_ignored_filter_on_groups_is_found() {
    let endpoint = StandIn::start(|request, _| match request.path.contains("/Groups") {
        true => scim(&json!({"schemas": [LIST], "totalResults": 1, "Resources": [{"displayName": "a"}]})),
        false => right(request),
    });
    let url = format!("{}/scim", endpoint.url);
    let ran = probe(&url, SECRET, &["--groups", "--format", "json"]);
    assert_eq!((ran.code, verdict(&ran, "groups").as_str()), (Some(1), "failed"), "{ran:?}");
    let ran = probe(&url, SECRET, &["--format", "json"]);
    assert_eq!((ran.code, verdict(&ran, "groups").as_str()), (Some(0), "unknown"), "{ran:?}");
    assert!(ran.stdout.contains("--groups"), "{ran:?}");
}

#[test]
fn an_invalid_url_exits_2_and_sends_no_token() {
    for (url, said) in [
        ("http://total.example.com/scim", "not https"),
        ("https://user:password@total.example.com/scim", "user name or password"),
        ("total", "not a URL"),
    ] {
        let ran = probe(url, SECRET, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{url}");
        assert!(ran.stderr.contains(said), "{url}: {}", ran.stderr);
    }
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = probe(&format!("http://{closed}/scim"), SECRET, &[]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("could not be reached"), "{}", ran.stderr);
    let silent = StandIn::start(|_, _| Reply::Silence);
    let begun = Instant::now();
    let ran = probe(&format!("{}/scim", silent.url), SECRET, &["--timeout", "1"]);
    assert!(ran.code == Some(2) && begun.elapsed() < Duration::from_secs(15), "{ran:?}");
    let ran = probe("https://total.example.com/scim", " ", &[]);
    assert!(ran.code == Some(2) && ran.stderr.contains("no secret token"), "{ran:?}");
}

/// Probes a third-party server with the correct token and path, and with wrong ones.
fn expect_to_pass_only_with_the_correct_token_and_path(server: &Server, path: &str) {
    let url = format!("{}{path}", server.url());
    let ran = probe(&url, SECRET, &["--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(verdict(&ran, "wrong-token"), "passed", "{ran:?}");
    let ran = probe(&url, "another-token", &["--format", "json"]);
    assert_eq!((ran.code, verdict(&ran, "status").as_str()), (Some(1), "failed"), "{ran:?}");
    let ran = probe(&format!("{url}/elsewhere"), SECRET, &["--format", "json"]);
    assert_eq!((ran.code, verdict(&ran, "status").as_str()), (Some(1), "failed"), "{ran:?}");
}

#[test]
#[ignore = "needs scim2-server"]
fn scim2_server_passes_only_with_the_correct_token_and_path() {
    let command = |port: u16| {
        let mut command = Command::new("scim2-server");
        command.args(["--hostname", "127.0.0.1", "--port", &port.to_string(), "--bearer-token", SECRET]);
        command
    };
    expect_to_pass_only_with_the_correct_token_and_path(&Server::start(command, Duration::from_secs(60)), "");
}

#[test]
#[ignore = "needs PROVLINT_SCIMMY, the folder in which scimmy-routers is installed"]
fn scimmy_passes_only_with_the_correct_token_and_path() {
    let folder = std::env::var_os("PROVLINT_SCIMMY").expect("PROVLINT_SCIMMY names the folder");
    let command = |port: u16| {
        let mut command = Command::new("node");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/scimmy.mjs"));
        command.current_dir(folder).env("PORT", port.to_string()).env("TOKEN", SECRET);
        command
    };
    expect_to_pass_only_with_the_correct_token_and_path(&Server::start(command, Duration::from_secs(60)), "/scim");
}

/// Numbers and headers at their limits never change the verdict for the better, and never crash.
#[test]
fn no_number_of_an_endpoint_crashes_the_probe() {
    for total in ["18446744073709551615", "-1", "1e300", "99999999999999999999999", "-0", "0.0", "NaN"] {
        let endpoint = StandIn::start(move |request, _| match right(request) {
            Reply::Text(200, kind, _) => {
                let body = format!(r#"{{"schemas": ["{LIST}"], "totalResults": {total}, "Resources": []}}"#);
                Reply::Text(200, kind, body)
            }
            reply => reply,
        });
        let ran = probe(&format!("{}/scim", endpoint.url), SECRET, &["--format", "json"]);
        assert!(!ran.stderr.contains("panicked"), "{total}: {ran:?}");
        assert_eq!((ran.code, verdict(&ran, "list-response").as_str()), (Some(1), "failed"), "{total}: {ran:?}");
    }
    for pause in ["18446744073709551615", "-1", "NaN", "Fri, 30 Dec 9999 21:00:00 GMT"] {
        let begun = Instant::now();
        let endpoint = StandIn::start(move |_, _| Reply::Json(503, vec![("Retry-After", pause.to_owned())], json!({})));
        let ran = probe(&format!("{}/scim", endpoint.url), SECRET, &["--format", "json"]);
        assert_eq!((ran.code, verdict(&ran, "status").as_str()), (Some(1), "failed"), "{pause}: {ran:?}");
        assert!(begun.elapsed() < Duration::from_secs(30), "a probe does not wait: {pause}");
    }
}
