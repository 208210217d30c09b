//! Endpoints that are hostile, or not SCIM at all, get one clear verdict and never the token of another host.

use serde_json::json;

use crate::common::endpoint::{Endpoint, Fault, TOKEN};
use crate::common::graph::{Reply, StandIn};
use crate::common::side_by_side;

use super::{Rehearsal, schema, steps};

#[test]
fn an_endpoint_that_refuses_the_token_is_no_faulty_endpoint() {
    for (status, kind) in [(401, "application/scim+json"), (401, "text/html"), (403, "application/scim+json")] {
        let body = json!({"detail": format!("Bearer {TOKEN} is wrong")}).to_string();
        let endpoint = StandIn::start(move |_, _| Reply::Text(status, kind, body.clone()));
        let rehearsal = Rehearsal::new();
        let url = format!("{}/scim", endpoint.url);
        for format in ["pretty", "json", "junit"] {
            let ran = rehearsal.run(&[&schema("total-export.json"), "--tenant-url", &url, "--yes", "--format", format]);
            assert_eq!(ran.code, Some(2), "{ran:?}");
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(said.contains("refuses the token") && said.contains(&status.to_string()), "{said}");
            assert!(!said.contains(TOKEN), "{said}");
        }
        assert!(endpoint.requests().iter().all(|request| request.method == "GET"), "nothing is created");
    }
}

#[test]
fn what_is_no_scim_endpoint_fails_once_and_gets_nothing_else() {
    type Case = (&'static str, fn() -> Reply, &'static str);
    let cases: [Case; 7] = [
        ("endless", || Reply::Endless, "more than 16 MiB"),
        ("a page", || Reply::Text(200, "text/html", "<html>".into()), "text/html"),
        ("wrong JSON", || Reply::Text(200, "application/scim+json", "{\"a\": ".into()), "not JSON"),
        ("a list", || Reply::Text(200, "application/json", "[1, 2]".into()), "not a JSON object"),
        ("nothing", || Reply::Text(200, "", String::new()), "not JSON"),
        ("a page that refuses", || Reply::Text(403, "text/html", "<html>".into()), "403 Forbidden"),
        (
            "an echo",
            || {
                Reply::Text(
                    500,
                    "application/scim+json",
                    json!({"detail": format!("Bearer {TOKEN} is wrong")}).to_string(),
                )
            },
            "500",
        ),
    ];
    side_by_side(cases, |(name, reply, said)| {
        let endpoint = StandIn::start(move |_, _| reply());
        let rehearsal = Rehearsal::new();
        let url = format!("{}/scim", endpoint.url);
        for format in ["json", "pretty", "markdown", "html", "junit"] {
            let ran = rehearsal.of_correct_schema(&url, format);
            assert_eq!(ran.code, Some(1), "{name}: {ran:?}");
            assert!(ran.stdout.contains(said), "{name}: {}", ran.stdout);
            if format == "json" {
                let failed = steps(&ran.json(), "failed");
                let expected = [("connection".to_owned(), "headers".to_owned())];
                assert_eq!(failed, expected, "{name}");
            }
        }
        assert!(endpoint.requests().iter().all(|request| request.method == "GET"), "{name}: nothing is created");
    });
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let other = StandIn::start(|_, _| Reply::ok(json!({})));
    let to = format!("{}/scim/Users", other.url);
    let endpoint = StandIn::start(move |_, _| Reply::Json(302, vec![("Location", to.clone())], json!({})));
    let rehearsal = Rehearsal::new();
    let url = format!("{}/scim", endpoint.url);
    let ran = rehearsal.run(&[&schema("total-export.json"), "--tenant-url", &url, "--yes"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("a redirect to") && other.requests().is_empty(), "{ran:?}");
}

#[test]
fn an_endpoint_that_ignores_filters_loses_no_user_of_its_own() {
    let endpoint = Endpoint::with(&[Fault::FilterIgnored]);
    endpoint.add_user(json!({"id": "own", "userName": "jane@example.com", "active": true}));
    let rehearsal = Rehearsal::new();
    let url = endpoint.url();
    let ran = rehearsal.of_correct_schema(&url, "json");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(steps(&ran.json(), "failed")[0].1, "matching-filter");
    let left = endpoint.left();
    assert!(left.len() == 1 && left[0]["id"] == "own", "{left:?}");
    let touched = endpoint.requests().iter().any(|request| request.path.contains("/own"));
    assert!(!touched, "another user is read or changed");
}

#[test]
fn ids_may_hold_anything_that_a_path_can_carry() {
    for id in ["a/b\"c?d#e%2F f", "..", ".", "ü"] {
        let endpoint = Endpoint::with_ids(id);
        let rehearsal = Rehearsal::new();
        let url = endpoint.url();
        let ran = rehearsal.of_correct_schema(&url, "json");
        let report = ran.json();
        let prefix = url.rsplit_once(':').unwrap().1.trim_start_matches(char::is_numeric).to_owned();
        let is_below = |path: &str| {
            ["Users", "Groups", "Schemas"].iter().any(|kind| path.starts_with(&format!("{prefix}/{kind}")))
        };
        assert!(endpoint.requests().iter().all(|request| is_below(&request.path)), "{id}");
        if id.starts_with('.') {
            assert_eq!(ran.code, Some(2), "{id}: what cannot be named cannot be deleted: {ran:?}");
            assert!(!report["left"].as_array().unwrap().is_empty(), "{id}");
            assert!(ran.stdout.contains("its id cannot be part of a URL"), "{id}: {ran:?}");
        } else {
            assert_eq!((ran.code, endpoint.left().len()), (Some(0), 0), "{id}: {:?}", steps(&report, "failed"));
        }
    }
}

#[test]
fn an_echoed_token_is_masked_everywhere() {
    let endpoint = Endpoint::hooked(&[], |request, _, usual| match request.method.as_str() {
        "PATCH" => Reply::Text(
            400,
            "application/scim+json",
            json!({"detail": format!("not with {}", request.authorization)}).to_string(),
        ),
        _ => usual(),
    });
    let url = endpoint.url();
    for format in ["pretty", "json", "junit", "markdown", "html"] {
        let rehearsal = Rehearsal::new();
        let record = rehearsal.folder.path().join("record");
        let ran = rehearsal.run(&[
            &schema("total-export.json"),
            "--tenant-url",
            &url,
            "--yes",
            "--settle",
            "0",
            "--format",
            format,
            "--record",
            record.to_str().unwrap(),
        ]);
        assert!(ran.code == Some(1) && ran.stdout.contains("not with ****"), "{format}: {ran:?}");
        for entry in std::fs::read_dir(&record).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(!text.contains(TOKEN), "{text}");
        }
    }
}

#[test]
fn a_busy_endpoint_is_given_time_and_never_gets_more_than_five_requests_at_once() {
    let (now, most) = (std::sync::Arc::new(std::sync::Mutex::new((0, 0))), 5);
    let seen = std::sync::Arc::clone(&now);
    let endpoint = Endpoint::hooked(&[], move |_, number, usual| {
        {
            let mut seen = seen.lock().unwrap();
            seen.0 += 1;
            seen.1 = seen.1.max(seen.0);
        }
        let reply = match number % 10 {
            7 => Reply::Json(429, vec![("Retry-After", "0".into())], json!({})),
            _ => usual(),
        };
        seen.lock().unwrap().0 -= 1;
        reply
    });
    let url = endpoint.url();
    let rehearsal = Rehearsal::new();
    let ran = rehearsal.run(&[&schema("total-export.json"), "--tenant-url", &url, "--yes", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{:?}", steps(&ran.json(), "failed"));
    assert_eq!(steps(&ran.json(), "warned"), [("rate".to_owned(), "rate".to_owned())]);
    assert!(now.lock().unwrap().1 <= most && endpoint.left().is_empty());
}

#[test]
fn an_endpoint_that_is_busy_for_ever_is_not_asked_for_ever() {
    let endpoint = StandIn::start(|_, _| Reply::Json(429, vec![("Retry-After", "0".into())], json!({})));
    let rehearsal = Rehearsal::new();
    let url = format!("{}/scim", endpoint.url);
    let ran = rehearsal.run(&[&schema("total-export.json"), "--tenant-url", &url, "--yes", "--max-wait", "1"]);
    assert!(ran.code == Some(1) && ran.stdout.contains("429"), "{ran:?}");
    assert!(endpoint.requests().len() < 50, "{}", endpoint.requests().len());
}

#[test]
fn nothing_that_an_endpoint_says_breaks_out_of_a_report() {
    let evil = "\u{1b}[31m</code><script>alert(1)</script>]]>\n::error::x\n##vso[task.x]y |`` \u{202e}\"";
    let endpoint = Endpoint::hooked(&[], move |request, _, usual| match request.method.as_str() {
        "PATCH" => Reply::Text(400, "application/scim+json", json!({"detail": evil}).to_string()),
        _ => usual(),
    });
    let url = endpoint.url();
    for format in ["pretty", "json", "junit", "markdown", "html"] {
        let rehearsal = Rehearsal::new();
        let schema = schema("total-export.json");
        let ran = rehearsal.run(&[&schema, "--tenant-url", &url, "--yes", "--settle", "0", "--format", format]);
        assert_eq!(ran.code, Some(1), "{format}: {ran:?}");
        assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{format}: {}", ran.stdout);
        let is_command = |line: &str| line.trim_start().starts_with("::error::") || line.contains("##vso[");
        match format {
            "json" => drop(ran.json()),
            "junit" => drop(roxmltree::Document::parse(&ran.stdout).unwrap()),
            "html" => assert!(!ran.stdout.contains("<script>"), "{}", ran.stdout),
            _ => {}
        }
        let lines = ran.stdout.lines().filter(|line| is_command(line)).count();
        assert!(format == "json" || format == "html" || lines == 0, "{format}: {}", ran.stdout);
    }
}
