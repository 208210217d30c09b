//! Live access to a stand-in for Microsoft Graph.

use std::time::{Duration, Instant};

use crate::common::graph::{APP_ID, Broken, JOB, PRINCIPAL, Reply, Request, StandIn, TOKEN, online, tenant};
use crate::common::{Ran, finish, flat, provlint, run, shown, side_by_side};
use serde_json::{Value, json};

fn right() -> StandIn {
    StandIn::start(|request, _| tenant(request))
}

/// A correct tenant, except for the answers to one path.
fn broken(part: &'static str, reply: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> StandIn {
    StandIn::start(
        move |request, count| {
            if request.path.contains(part) { reply(request, count) } else { tenant(request) }
        },
    )
}

#[test]
fn a_correct_tenant_has_no_findings_by_name_object_id_or_app_id() {
    let stand_in = right();
    for app in ["TOTAL", PRINCIPAL, APP_ID] {
        let ran = online(
            &stand_in,
            &["check", "--app", app, "--group", "TOTAL-Admin", "--group", "TOTAL-Analyst", "--format", "json"],
        );
        assert_eq!(ran.code, Some(0), "{app}: {}{}", ran.stdout, ran.stderr);
        let report = ran.json();
        let target = &report["targets"][0];
        assert_eq!((&target["kind"], &target["name"]), (&json!("live"), &json!("graph:TOTAL")));
        assert_eq!(target["app"]["id"], PRINCIPAL);
        assert_eq!(report["findings"], json!([]));
        assert_eq!(target["rules"]["unknown"], json!([]));
    }
}

#[test]
fn checking_an_app_takes_three_round_trips() {
    let stand_in = right();
    online(&stand_in, &["check", "--app", "TOTAL"]);
    let requests = stand_in.requests();
    let paths: Vec<&str> = requests.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths.len(), 4, "{paths:?}");
    // The name, then everything about the app, then the schema and the groups at the same time.
    assert_eq!((paths[0], paths[1]), ("/v1.0/$batch", "/v1.0/$batch"));
    assert!(
        paths[2..].contains(&format!("/v1.0/servicePrincipals/{PRINCIPAL}/synchronization/jobs/{JOB}/schema").as_str())
    );
    for request in &requests {
        assert!(request.user_agent.starts_with("provlint/"), "{request:?}");
        assert_eq!(request.client_request_id.len(), 36, "{request:?}");
    }
}

#[test]
fn an_export_has_the_same_findings_as_the_live_check() {
    let mut schema: Value = serde_json::from_str(include_str!("../../fixtures/default-export.json")).unwrap();
    schema["@odata.etag"] = json!("x");
    let stand_in = broken("/schema", move |_, _| Reply::ok(schema.clone()));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("total.json");
    let arguments = ["--group", "TOTAL-Admin", "--group", "TOTAL-Nobody", "--format", "json"];
    let live = online(&stand_in, &[&["check", "--app", "TOTAL"], &arguments[..]].concat());
    assert_eq!(live.code, Some(1), "{}", live.stderr);
    let written = online(&stand_in, &["export", "--app", "TOTAL", "-o", file.to_str().unwrap()]);
    let said = format!("note: wrote {} (a snapshot of TOTAL)\n", shown(&file));
    assert_eq!((written.code, written.stdout.as_str(), written.stderr.as_str()), (Some(0), "", &*said));
    let offline = run(&[&["check", file.to_str().unwrap()], &arguments[..]].concat());
    let findings = |ran: &Ran| -> Vec<Value> {
        let report = ran.json();
        let list = report["findings"].as_array().unwrap();
        list.iter().map(|finding| json!([finding["rule"], finding["subject"], finding["pointer"]])).collect()
    };
    assert_eq!(findings(&live), findings(&offline));
    assert_eq!(findings(&live).len(), 3, "{:?}", findings(&live));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("odata.etag") && text.contains("\"snapshot\": 1"), "{text}");
}

#[test]
fn denied_reads_make_rules_unknown_and_name_the_permission() {
    let cases = [
        ("/synchronization/jobs", (401, "UnknownError", ""), "Synchronization.Read.All"),
        (
            "/schema",
            (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
            "Synchronization.Read.All",
        ),
        ("/appRoleAssignedTo", (403, "Authorization_RequestDenied", "no"), "Application.Read.All"),
        ("/groups/", (403, "", ""), "GroupMember.Read.All"),
        ("/synchronization/secrets", (403, "Forbidden", ""), "Synchronization.Read.All"),
    ];
    side_by_side(cases, |(part, reply, right)| {
        let (status, code, message) = reply;
        let stand_in = broken(part, move |_, _| Reply::error(status, code, message));
        let ran = online(&stand_in, &["export", "--app", "TOTAL"]);
        assert_eq!(ran.code, Some(2), "{part}: {}", ran.stderr);
        assert!(flat(&ran.stderr).contains("the snapshot lacks"), "{part}: {}", ran.stderr);
        assert!(ran.stderr.contains(right) && ran.stderr.contains(&status.to_string()), "{part}: {}", ran.stderr);
        assert_eq!(ran.json()["provlint"]["unread"].as_object().unwrap().len(), 1, "{part}");
        let checked = online(
            &stand_in,
            &["check", "--app", "TOTAL", "--group", "TOTAL-Admin", "--group", "TOTAL-Analyst", "--format", "json"],
        )
        .json();
        let unknown = checked["targets"][0]["rules"]["unknown"].to_string();
        assert!(unknown.contains(right), "{part}: {unknown}");
        assert_eq!(checked["findings"], json!([]), "{part}: unknown values cause no finding");
    });
}

/// The reason for which a part is unread in the export, if it is.
fn unread(ran: &Ran, part: &str) -> String {
    ran.json()["provlint"]["unread"][part].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_missing_permission_reads_the_same_after_401_and_403() {
    let words = |status: u16, part: &'static str, unread_part: &str| {
        let stand_in = broken(part, move |_, _| Reply::error(status, "Refused", ""));
        let reason = unread(&online(&stand_in, &["export", "--app", "TOTAL", "--members"]), unread_part);
        let (error, advice) = reason.split_once("; ").unwrap_or_else(|| panic!("{part}: {reason}"));
        assert!(error.starts_with(&status.to_string()), "{reason}");
        assert!(advice.contains("the token needs") && advice.contains("how-to/sign-in.md"), "{reason}");
        advice.to_owned()
    };
    let parts = [
        ("/synchronization/jobs", "jobs"),
        ("/schema", "schema"),
        ("/synchronization/secrets", "secrets"),
        ("/appRoleAssignedTo", "appRoleAssignedTo"),
        ("/groups/", "groups"),
        ("/members?", "members"),
        ("/owners", "owners"),
        ("/subscribedSkus", "subscribedSkus"),
        ("/organization", "organization"),
        ("$expand=manager", "managers"),
    ];
    side_by_side(parts, |(part, unread_part)| {
        assert_eq!(words(401, part, unread_part), words(403, part, unread_part), "{part}");
    });
}

#[test]
fn an_outage_is_not_reported_as_a_missing_permission() {
    for (reply, said) in [
        ((|| Reply::error(503, "ServiceUnavailable", "")) as fn() -> Reply, "503 Service Unavailable"),
        (|| Reply::Silence, "did not answer in time"),
        (|| Reply::error(401, "InvalidAuthenticationToken", "expired"), "the token has expired"),
    ] {
        let stand_in = broken("/schema", move |_, _| reply());
        let ran = online(&stand_in, &["export", "--app", "TOTAL", "--timeout", "1", "--max-wait", "0"]);
        let reason = unread(&ran, "schema");
        assert!(reason.contains(said) && !reason.contains("Synchronization.Read.All"), "{reason}");
    }
}

#[test]
fn settings_that_graph_does_not_find_are_unknown_where_the_app_has_a_job() {
    let stand_in = Broken::SecretsMissing.start();
    let exported = online(&stand_in, &["export", "--app", "TOTAL"]);
    let reason = unread(&exported, "secrets");
    assert!(reason.contains("404 Not Found") && reason.contains("the app has a provisioning job"), "{reason}");
    assert!(exported.json()["secrets"].is_null());
    let checked = online(&stand_in, &["check", "--app", "TOTAL", "--format", "json"]).json();
    assert_eq!(checked["findings"], json!([]), "what was not read causes no finding");
    assert!(checked["targets"][0]["rules"]["unknown"].to_string().contains("tenant-url-missing"));

    // Without a job, nothing is saved; where the jobs are unread, there may be one.
    let secrets = |jobs: fn() -> Reply| {
        let stand_in = StandIn::start(move |request, _| match request.path.rsplit('/').next() {
            Some("jobs") => jobs(),
            Some("secrets") => Reply::error(404, "NotFound", ""),
            _ => tenant(request),
        });
        let ran = online(&stand_in, &["export", "--app", "TOTAL"]);
        (ran.json()["secrets"].clone(), unread(&ran, "secrets"))
    };
    assert_eq!(secrets(|| Reply::error(404, "NotFound", "")), (json!([]), String::new()));
    assert_eq!(secrets(|| Reply::ok(json!({"value": []}))), (json!([]), String::new()));
    let (read, reason) = secrets(|| Reply::error(401, "UnknownError", ""));
    assert!(read.is_null() && reason.contains("may have a provisioning job"), "{reason}");
}

#[test]
fn an_objection_to_the_request_is_not_taken_for_rejected_credentials() {
    let export = |code: &'static str| {
        let stand_in = broken("/validateCredentials", move |_, _| Reply::error(400, code, "no"));
        online(&stand_in, &["export", "--app", "TOTAL", "--test-connection"])
    };
    let rejected = export("CredentialValidationUnavailable");
    assert_eq!(rejected.json()["connectionTest"]["jobId"], JOB, "the test names the only job that it covers");
    assert_eq!(rejected.json()["connectionTest"]["valid"], false);
    let ran = export("RequestMissingRequiredParameter");
    assert!(ran.json()["connectionTest"].is_null(), "{}", ran.stdout);
    assert!(unread(&ran, "connectionTest").contains("RequestMissingRequiredParameter"), "{}", ran.stderr);
}

/// What a check of the app finds and cannot judge, except for the time and the client's own messages.
fn verdict(stand_in: &StandIn) -> (Option<i32>, Value, Value) {
    let ran = online(stand_in, &["check", "--app", "TOTAL", "--group", "TOTAL-Admin", "--format", "json"]);
    assert_eq!(ran.stderr, "");
    (ran.code, ran.json()["findings"].clone(), ran.json()["targets"][0]["rules"]["unknown"].clone())
}

#[test]
fn what_a_batch_refuses_is_asked_singly() {
    let expected = verdict(&right());
    assert_eq!(expected.2, json!([]));
    for status in [400, 404, 405, 424, 501] {
        let stand_in = Broken::SynchronizationRefusedInBatch(status).start();
        assert_eq!(verdict(&stand_in), expected, "{status}");
        let paths: Vec<String> = stand_in.requests().into_iter().map(|request| request.path).collect();
        assert_eq!(paths.len(), 4 + 2, "{status}: only jobs and secrets are asked again: {paths:?}");
    }
    for status in [400, 403, 404, 405, 501] {
        let stand_in = Broken::BatchRefused(status).start();
        assert_eq!(verdict(&stand_in), expected, "{status}");
        let requests = stand_in.requests();
        let batches = requests.iter().filter(|request| request.path.ends_with("$batch")).count();
        assert_eq!(batches, 1, "{status}: no second batch is tried");
    }
    // A token that is not accepted is not accepted singly either.
    let ran = online(&Broken::BatchRefused(401).start(), &["check", "--app", "TOTAL"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("401 Unauthorized"), "{}", ran.stderr);
}

#[test]
fn a_genuine_404_is_asked_once_more_and_stays_one() {
    let stand_in = StandIn::start(|request, _| {
        if request.path.contains("/synchronization/") { Reply::error(404, "NotFound", "") } else { tenant(request) }
    });
    let ran = online(&stand_in, &["check", "--app", "TOTAL", "--format", "json"]);
    assert!(ran.json()["findings"].to_string().contains("provisioning-not-configured"), "{ran:?}");
    assert_eq!(stand_in.requests().len(), 3 + 2);
    // A 404 for a documented path is that of a deleted object.
    let stand_in = broken("/groups/3f0c1c52-0000-4000-8000-000000000001?", |_, _| Reply::error(404, "NotFound", ""));
    online(&stand_in, &["check", "--app", "TOTAL"]);
    assert_eq!(stand_in.requests().len(), 4, "{:?}", stand_in.requests());
}

#[test]
fn an_unknown_or_ambiguous_app_name_lists_candidates() {
    let ran = online(&right(), &["check", "--app", "TOTALL"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("no enterprise application") && ran.stderr.contains(PRINCIPAL), "{}", ran.stderr);
    let twins = json!({"value": [{"id": "1", "displayName": "TOTAL"}, {"id": "2", "displayName": "TOTAL"}]});
    let stand_in = broken("displayName%20eq", move |_, _| Reply::ok(twins.clone()));
    let ran = online(&stand_in, &["check", "--app", "TOTAL"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("TOTAL (1), TOTAL (2)"), "{}", ran.stderr);
    let ran = online(&right(), &["check", "--app", "00000000-0000-4000-8000-000000000009"]);
    assert_eq!(ran.code, Some(2));
}

#[test]
fn throttled_requests_wait_as_graph_asks() {
    let busy = |request: &Request, count: usize| {
        if count % 3 == 2 {
            Reply::Json(
                429,
                vec![("Retry-After", "0".into())],
                json!({"error": {"code": "TooManyRequests", "message": ""}}),
            )
        } else {
            tenant(request)
        }
    };
    let ran = online(&StandIn::start(busy), &["check", "--app", "TOTAL", "--group", "TOTAL-Admin"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("note:"), "{}", ran.stderr);
    let forever = StandIn::start(|_, _| {
        Reply::Json(
            503,
            vec![("Retry-After", "3600".into())],
            json!({"error": {"code": "ServiceUnavailable", "message": ""}}),
        )
    });
    let begun = Instant::now();
    let ran = online(&forever, &["check", "--app", "TOTAL", "--max-wait", "1"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("503 Service Unavailable") && begun.elapsed() < Duration::from_secs(20),
        "{}",
        ran.stderr
    );
}

#[test]
fn assignments_on_all_pages_are_read() {
    let stand_in = StandIn::start(|request, _| {
        if !request.path.contains("/appRoleAssignedTo") {
            return tenant(request);
        }
        let page: usize = request.path.rsplit_once("page=").map_or(0, |(_, page)| page.parse().unwrap());
        let assignment = |number: usize| json!({"principalId": format!("u{number}"), "principalType": "User", "principalDisplayName": "x"});
        let mut body = json!({"value": [assignment(page * 2), assignment(page * 2 + 1)]});
        if page < 4 {
            let next = page + 1;
            let path = format!("v1.0/servicePrincipals/{PRINCIPAL}/appRoleAssignedTo?page={next}");
            body["@odata.nextLink"] = json!(format!("http://{}/{path}", request.host));
        }
        Reply::ok(body)
    });
    let snapshot = online(&stand_in, &["export", "--app", "TOTAL"]).json();
    assert_eq!(snapshot["appRoleAssignedTo"].as_array().unwrap().len(), 10);
    let circle = broken("/appRoleAssignedTo", |request, _| {
        let path = format!("v1.0/servicePrincipals/{PRINCIPAL}/appRoleAssignedTo?again");
        Reply::ok(json!({"value": [], "@odata.nextLink": format!("http://{}/{path}", request.host)}))
    });
    let ran = online(&circle, &["export", "--app", "TOTAL"]);
    assert!(ran.stderr.contains("never end"), "{}", ran.stderr);
}

#[test]
fn links_and_redirects_to_other_hosts_get_no_token() {
    let thief = StandIn::start(|_, _| Reply::ok(json!({"value": []})));
    let elsewhere = thief.url.replace("127.0.0.1", "localhost");
    for reply in [Reply::ok as fn(Value) -> Reply, |body: Value| {
        Reply::Json(302, vec![("Location", body["@odata.nextLink"].as_str().unwrap().to_owned())], json!({}))
    }] {
        let link = elsewhere.clone();
        let stand_in = broken("/schema", move |_, _| reply(json!({"value": [], "@odata.nextLink": link})));
        online(&stand_in, &["check", "--app", "TOTAL"]);
        let link = elsewhere.clone();
        let stand_in = broken("/appRoleAssignedTo", move |_, _| reply(json!({"value": [], "@odata.nextLink": link})));
        let ran = online(&stand_in, &["export", "--app", "TOTAL"]);
        assert!(ran.stderr.contains("appRoleAssignedTo could not be read"), "{}", ran.stderr);
    }
    assert!(thief.requests().is_empty(), "{:?}", thief.requests());
}

#[test]
fn unusable_answers_give_a_clear_error_in_time() {
    type Case = (&'static str, fn() -> Reply, &'static str);
    let cases: [Case; 7] = [
        ("a sign-in page", || Reply::Text(200, "text/html", "<html>Sign in</html>".into()), "text/html, not JSON"),
        ("an error page", || Reply::Text(403, "text/html", "<html>Forbidden</html>".into()), "403"),
        ("a truncated body", || Reply::Truncated, "the connection to 127.0.0.1 broke"),
        ("a reset connection", || Reply::Reset, "the connection to 127.0.0.1 broke"),
        ("an endless body", || Reply::Endless, "more than 16 MiB"),
        ("too many values", || Reply::ok(json!({"value": vec![0; 600_000]})), "more than 500000 values"),
        ("silence", || Reply::Silence, "in time"),
    ];
    side_by_side(cases, |(name, reply, said)| {
        // Only the schema is unreadable; the rest is evaluated.
        let stand_in = broken("/schema", move |_, _| reply());
        let begun = Instant::now();
        // On a busy machine, 16 MiB take a while.
        let timeout = if name == "silence" { "3" } else { "25" };
        let ran = online(&stand_in, &["export", "--app", "TOTAL", "--timeout", timeout, "--max-wait", "0"]);
        assert_eq!(ran.code, Some(2), "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains("schema could not be read") && ran.stderr.contains(said), "{name}: {}", ran.stderr);
        assert!(begun.elapsed() < Duration::from_secs(30), "{name} took {:?}", begun.elapsed());
    });
    let broken = StandIn::start(|_, _| Reply::Reset);
    let ran = online(&broken, &["check", "--app", "TOTAL", "--max-wait", "0"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "no answer is readable");
    let refused = StandIn::start(|_, _| Reply::error(401, "InvalidAuthenticationToken", "expired"));
    let ran = online(&refused, &["check", "--app", "TOTAL"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("401 Unauthorized") && ran.stderr.contains("r-1"), "{}", ran.stderr);
}

#[test]
fn no_request_without_a_token_or_over_http() {
    let thief = StandIn::start(|_, _| Reply::ok(json!({})));
    let stand_in = right();
    let mut command = provlint(&["export", "--app", "TOTAL", "--graph-url", &stand_in.url]);
    let ran =
        finish(command.env("PROVLINT_ACCESS_TOKEN", TOKEN).env("HTTP_PROXY", &thief.url).env("http_proxy", &thief.url));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(thief.requests().is_empty(), "a proxy saw the token");
    let stand_in = right();
    let mut command = provlint(&["check", "--app", "TOTAL", "--graph-url", &stand_in.url]);
    // As in Cloud Shell, to skip the managed identity; and without an Azure CLI sign-in.
    let ran = finish(crate::common::clear_environment(&mut command).env("MSI_ENDPOINT", "x").env("PATH", ""));
    assert_eq!(ran.code, Some(2));
    // Messages are wrapped to the width of the terminal.
    let words = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("no token") && words.contains("az account get-access-token"), "{}", ran.stderr);
    assert!(words.contains("--token-stdin"), "{}", ran.stderr);
    let mut command = provlint(&["check", "--app", "TOTAL", "--graph-url", "http://graph.microsoft.com"]);
    let ran = finish(command.env("PROVLINT_ACCESS_TOKEN", TOKEN));
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("not https"), "{}", ran.stderr);
    assert!(stand_in.requests().is_empty());
    let ran = crate::common::run_with_input(
        &["export", "--app", "TOTAL", "--token-stdin", "--graph-url", &stand_in.url],
        format!("Bearer {TOKEN}\n").as_bytes(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[test]
fn previewing_the_tenant_matches_its_export() {
    let stand_in = right();
    let arguments = ["--format", "json"];
    let live =
        online(&stand_in, &[&["preview", "--app", "TOTAL", "--user", "jane.doe@contoso.com"], &arguments[..]].concat());
    assert_eq!((live.code, live.stderr.as_str()), (Some(0), ""));
    let offline =
        run(&[&["preview", "fixtures/total-export.json", "--user", "fixtures/users/jane.json"], &arguments[..]]
            .concat());
    assert_eq!(live.json()["users"], offline.json()["users"]);
    let ran = online(&stand_in, &["preview", "--app", "TOTAL", "--user", "nobody@contoso.com"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("no user nobody@contoso.com"), "{}", ran.stderr);
}

/// A tenant of forty apps: two called TOTAL and one that no policy names have a provisioning job.
fn large_tenant(request: &Request) -> Reply {
    let path = request.path.strip_prefix("/v1.0").unwrap();
    let number = |id: &str| id.rsplit('-').next().unwrap().parse::<usize>().unwrap();
    let listed = |number: usize| {
        let name = if number < 30 { format!("TruU TOTAL {number:02}") } else { format!("Other {number}") };
        json!({"id": format!("00000000-0000-4000-8000-{number:012}"), "appId": APP_ID, "displayName": name,
            "accountEnabled": true, "appRoleAssignmentRequired": true, "appRoles": []})
    };
    if let Some(query) = path.strip_prefix("/servicePrincipals?") {
        let second = query.contains("page=2");
        let apps: Vec<Value> = (if second { 20..40 } else { 0..20 }).map(listed).collect();
        let mut body = json!({"value": apps});
        if !second {
            body["@odata.nextLink"] = json!(format!("http://{}/v1.0/servicePrincipals?page=2", request.host));
        }
        return Reply::ok(body);
    }
    let Some(rest) = path.strip_prefix("/servicePrincipals/") else { return tenant(request) };
    let (id, rest) = rest.split_once('/').unwrap();
    if rest.starts_with("synchronization/jobs?") && ![7, 28, 33].contains(&number(id)) {
        return match number(id) % 2 {
            0 => Reply::ok(json!({"value": []})),
            _ => Reply::error(404, "NotFound", ""),
        };
    }
    let inner = Request { path: format!("/v1.0/servicePrincipals/{PRINCIPAL}/{rest}"), ..request.clone() };
    let mut reply = tenant(&Request { path: inner.path.replace("jobs?$select=id", "jobs"), ..inner });
    if let (28, true, Reply::Json(_, _, body)) = (number(id), rest.ends_with("secrets"), &mut reply) {
        body["value"] = json!([{"key": "BaseAddress", "value": "https://total.example.com/scim"}, {"key": "SecretToken", "value": "*"}, {"key": "SyncAll", "value": "true"}]);
    }
    reply
}

#[test]
fn all_apps_checks_every_app_of_the_policy_in_few_requests() {
    let stand_in = StandIn::start(|request, _| large_tenant(request));
    let ran = online(&stand_in, &["check", "--all-apps", "--format", "json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let report = ran.json();
    let names: Vec<&str> =
        report["targets"].as_array().unwrap().iter().map(|target| target["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["graph:TruU TOTAL 07", "graph:TruU TOTAL 28"]);
    let errors: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().filter(|found| found["severity"] == "error").collect();
    assert_eq!((errors.len(), &errors[0]["rule"]), (1, &json!("scope-all-users")), "{errors:?}");
    // Two pages of apps, thirty apps in two batches, then for both of two apps one batch, their schemas, and their groups.
    assert_eq!(stand_in.requests().len(), 2 + 2 + 1 + 2 + 1);

    let ran = online(&stand_in, &["check", "--all-apps"]);
    let table: Vec<&str> = ran.stdout.lines().skip_while(|line| !line.starts_with("app ")).take(3).collect();
    assert_eq!(
        table,
        [
            "app            errors  warnings  notes  unknown",
            "TruU TOTAL 07       0         0      0        0",
            "TruU TOTAL 28       1         2      0        0",
        ],
        "{}",
        ran.stdout
    );
}

#[test]
fn all_apps_asks_no_app_twice_where_batches_are_refused() {
    let broken_tenant = |broken: Broken| {
        StandIn::start(move |request, _| broken.answer(request).unwrap_or_else(|| large_tenant(request)))
    };
    let names = |ran: &Ran| -> Vec<String> {
        let report = ran.json();
        let targets = report["targets"].as_array().unwrap().iter();
        targets.map(|target| target["name"].as_str().unwrap().to_owned()).collect()
    };
    let expected = online(&broken_tenant(Broken::GroupsForbidden), &["check", "--all-apps", "--format", "json"]);
    for status in [404, 400] {
        let stand_in = broken_tenant(Broken::SynchronizationRefusedInBatch(status));
        let ran = online(&stand_in, &["check", "--all-apps", "--format", "json"]);
        assert_eq!(names(&ran), names(&expected), "{status}: {}", ran.stderr);
        let jobs = |request: &&crate::common::graph::Request| request.path.contains("/jobs?$select=id");
        let requests = stand_in.requests();
        assert_eq!(requests.iter().filter(jobs).count(), 30, "{status}: each app is asked singly once");
        let batches = requests.iter().filter(|request| request.body.contains("/jobs?$select=id")).count();
        assert_eq!(batches, 2, "{status}: thirty apps are two batches, and none is sent again");
    }
    let stand_in = broken_tenant(Broken::BatchRefused(405));
    let ran = online(&stand_in, &["check", "--all-apps", "--format", "json"]);
    assert_eq!(names(&ran), names(&expected), "{}", ran.stderr);
    let batches = stand_in.requests().iter().filter(|request| request.path.ends_with("$batch")).count();
    assert_eq!(batches, 2, "those that were sent before the first answer");
}

#[test]
fn all_apps_gives_the_reason_that_app_gives_where_jobs_cannot_be_listed() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("provlint.yaml");
    std::fs::write(&policy, "version: 1\napp:\n  names: [TOTAL]\n").unwrap();
    let unknown = |broken: Broken, which: &[&str]| {
        let listed = json!({"value": [{"id": PRINCIPAL, "appId": APP_ID, "displayName": "TOTAL", "accountEnabled": true,
            "appRoleAssignmentRequired": true, "appRoles": []}]});
        let stand_in = StandIn::start(move |request, _| {
            if request.path.starts_with("/v1.0/servicePrincipals?") && !request.path.contains("filter") {
                return Reply::ok(listed.clone());
            }
            let jobs = Request { path: request.path.replace("jobs?$select=id", "jobs"), ..request.clone() };
            broken.answer(request).unwrap_or_else(|| tenant(&jobs))
        });
        let policy = policy.display().to_string();
        let ran = online(&stand_in, &[&["check", "--format", "json", "--policy", &policy], which].concat());
        let target = ran.json()["targets"][0].clone();
        assert_eq!((&target["name"], &target["error"]), (&json!("graph:TOTAL"), &Value::Null), "{}", ran.stderr);
        (ran.code, target["rules"]["unknown"].clone())
    };
    let one = unknown(Broken::SynchronizationUnauthorized, &["--app", "TOTAL"]);
    assert!(one.1.to_string().contains("Synchronization.Read.All"), "{}", one.1);
    assert_eq!(unknown(Broken::SynchronizationUnauthorized, &["--all-apps"]), one);
}

#[test]
fn all_apps_is_an_error_without_a_matching_app() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("provlint.yaml");
    std::fs::write(&policy, "version: 1\napp:\n  names: [\"Nobody*\"]\n").unwrap();
    let stand_in = StandIn::start(|request, _| large_tenant(request));
    let ran = online(&stand_in, &["check", "--all-apps", "--policy", policy.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("no app with a provisioning job is called Nobody*"), "{}", ran.stderr);
    let refused = broken("/servicePrincipals?", |_, _| Reply::error(403, "Authorization_RequestDenied", ""));
    let ran = online(&refused, &["check", "--all-apps"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("Application.Read.All"), "{}", ran.stderr);
    let ran = online(&stand_in, &["check", "--all-apps", "--offline"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("--offline"), "{}", ran.stderr);
}

#[test]
fn licences_that_few_may_read_change_no_exit_code_of_an_export() {
    let stand_in = broken("/subscribedSkus", |_, _| Reply::error(403, "Forbidden", ""));
    let ran = online(&stand_in, &["export", "--app", "TOTAL"]);
    assert!(ran.code == Some(0) && ran.stderr.contains("LicenseAssignment.Read.All"), "{ran:?}");
    assert!(ran.json()["provlint"]["unread"]["subscribedSkus"].is_string(), "{ran:?}");
}

#[test]
fn an_export_says_what_it_wrote_unless_it_is_quiet() {
    let (stand_in, folder) = (right(), tempfile::tempdir().unwrap());
    let file = folder.path().join("total.json");
    let arguments = ["export", "--app", "TOTAL", "-o", file.to_str().unwrap()];
    assert!(online(&stand_in, &arguments).stderr.contains("total.json (a snapshot of TOTAL)"));
    assert_eq!(online(&stand_in, &[&arguments[..], &["-q"]].concat()).stderr, "");
    assert_eq!(online(&stand_in, &arguments[..3]).stderr, "", "nothing was written to a file");
}

#[test]
fn exporting_to_standard_output_writes_no_file() {
    let stand_in = StandIn::start(|request, _| tenant(request));
    let ran = online(&stand_in, &["export", "--app", "TOTAL", "--output", "-"]);
    assert!(ran.code == Some(0) && ran.stdout.starts_with('{'), "{ran:?}");
    assert!(!std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("-").exists());
}

#[test]
fn a_slow_graph_costs_three_times_its_latency() {
    const LATENCY: Duration = Duration::from_millis(200);
    let stand_in = StandIn::start(|request, _| {
        // Graph answers the parts of a batch at the same time, but the stand-in one by one, so only one of them waits.
        if request.path.contains("/jobs") || request.path.contains("eq%20'TOTAL'") {
            std::thread::sleep(LATENCY);
        }
        tenant(request)
    });
    let begun = Instant::now();
    let ran = online(&stand_in, &["check", "--app", "TOTAL", "--no-progress"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(begun.elapsed() > LATENCY * 3, "the three steps run one after the other");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn live_findings_refer_to_the_schema_as_read() {
    let default = include_str!("../../fixtures/default-export.json");
    let schema: Value = serde_json::from_str(default).unwrap();
    let stand_in = broken("/schema", move |_, _| Reply::ok(schema.clone()));
    let live =
        online(&stand_in, &["check", "--app", "TOTAL", "--select", "required-mapping-source", "--format", "json"]);
    let found = &live.json()["findings"][0];
    assert_eq!(found["location"]["file"], "graph:TOTAL/schema");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("schema.json");
    // Pretty-printed, without OData annotations except the context.
    let mut schema: Value = serde_json::from_str(default).unwrap();
    schema.as_object_mut().unwrap().retain(|name, _| !name.contains('@') || name == "@odata.context");
    std::fs::write(&file, format!("{schema:#}\n")).unwrap();
    let offline =
        run(&["check", file.to_str().unwrap(), "--select", "required-mapping-source", "--format", "json"]).json();
    let expected = &offline["findings"][0];
    for member in ["start", "end"] {
        assert_eq!(found["location"][member], expected["location"][member], "{member}");
    }
    assert_eq!(found["fix"]["edits"], expected["fix"]["edits"]);
    assert_eq!(
        found["pointer"].as_str().unwrap(),
        format!("/jobs/0/schema{}", expected["pointer"].as_str().unwrap()),
        "the pointer is that of the snapshot"
    );
    let secrets = broken("/synchronization/secrets", |_, _| Reply::ok(json!({"value": []})));
    let ran = online(&secrets, &["check", "--app", "TOTAL", "--format", "compact"]);
    assert!(ran.stdout.contains("graph:TOTAL:") && !ran.stdout.contains("/schema:"), "{}", ran.stdout);
}

#[test]
fn unexpected_json_answers_do_not_crash() {
    let odd = [
        json!(null),
        json!(true),
        json!({}),
        json!([1, null]),
        json!("x"),
        json!({"value": 3}),
        json!({"value": [null, 1, "x", [], {}]}),
        json!({"value": [{"id": 1, "key": [], "servicePlans": 3, "principalId": {}, "principalType": "Group"}]}),
    ];
    // The first two paths end a run immediately, so they get every answer; the others get a selection.
    let cases = [
        "/servicePrincipals?",
        "/synchronization/jobs",
        "/schema",
        "/secrets",
        "/appRoleAssignedTo",
        "/owners",
        "/applications(",
        "/subscribedSkus",
        "/organization",
        "/groups?",
        "/groups/",
        "/members",
        "/users?",
    ];
    side_by_side(cases, |part| {
        let ends_at_once = ["/servicePrincipals?", "/synchronization/jobs"].contains(&part);
        for body in if ends_at_once { &odd[..] } else { &odd[4..] } {
            let body = body.clone();
            let stand_in = broken(part, move |_, _| Reply::ok(body.clone()));
            let arguments = ["check", "--app", "TOTAL", "--members", "--group", "TOTAL-Admin", "--max-wait", "0"];
            let without_members: Vec<&str> = arguments.into_iter().filter(|word| *word != "--members").collect();
            for arguments in [&arguments[..], &without_members] {
                let ran = online(&stand_in, arguments);
                assert!(matches!(ran.code, Some(0..=2)) && !ran.stderr.contains("panicked"), "{part}: {ran:?}");
            }
        }
    });
}

/// The correct tenant, with other values in its job.
fn with_job(change: impl Fn(&mut Value) + Send + Sync + 'static) -> StandIn {
    StandIn::start(move |request, _| {
        if request.path.ends_with("/$count") {
            return Reply::Text(200, "text/plain", u64::MAX.to_string());
        }
        if request.path.ends_with("/start") {
            return Reply::Text(204, "text/plain", String::new());
        }
        // Its fixes have consequences, which name numbers.
        if request.path.ends_with("/schema") {
            return Reply::Text(200, "application/json", include_str!("../../fixtures/default-export.json").to_owned());
        }
        if request.path.starts_with("/v1.0/auditLogs/provisioning") {
            let time = |time: &str| json!({"activityDateTime": time, "jobId": JOB, "provisioningStatusInfo": {"status": "failure"}});
            return Reply::ok(
                json!({"value": [time("-009999-01-02T01:59:59Z"), time("9999-12-30T22:00:00.999999999Z"), time("NaN")]}),
            );
        }
        let of_job = request.path.ends_with(&format!("/synchronization/jobs/{JOB}"));
        let path = if of_job { request.path.trim_end_matches(&format!("/{JOB}")) } else { &request.path };
        let mut reply = tenant(&Request { path: path.to_owned(), ..request.clone() });
        if let (true, Reply::Json(_, _, body)) = (path.ends_with("/synchronization/jobs"), &mut reply) {
            change(&mut body["value"][0]);
            if of_job {
                *body = body["value"][0].take();
            }
        }
        reply
    })
}

/// Every number and time of a job at its limits, through every command that computes with them.
#[test]
fn no_number_or_time_of_a_job_crashes_a_command() {
    let numbers = [json!(i64::MAX), json!(i64::MIN), json!(u64::MAX), json!(-1), json!(1e300), json!("NaN")];
    let times = [
        "-009999-01-02T01:59:59Z",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00.000000001Z",
        "9999-12-30T22:00:00.999999999Z",
        "99999-01-01T00:00:00Z",
        "NaN",
    ];
    let intervals = [
        "PT40M",
        "-PT40M",
        "P9999Y",
        "PT9223372036854775807S",
        "PT99999999999999999999S",
        "P-9999Y-12M",
        "PT0.000000000000000001S",
        "NaN",
    ];
    // Each list is used up once; the shorter ones repeat.
    let cases = (0..8).flat_map(|case| ["Active", "Quarantine", "Paused"].map(|code| (case, code)));
    side_by_side(cases.collect::<Vec<_>>(), |(case, code)| {
        let (number, time) = (numbers[case % numbers.len()].clone(), times[case % times.len()]);
        let stand_in = with_job(move |job| {
            let cycle = json!({
                "timeBegan": time, "timeEnded": time, "state": "EntryLevelErrors", "countImported": number,
                "countExported": number, "countEscrowed": number, "countEscrowedRaw": number,
            });
            job["schedule"] = json!({"state": "Active", "interval": intervals[case], "expiration": time});
            let count = |key: &str| json!({"key": format!("{key} to urn"), "value": number});
            job["status"] = json!({
                "code": code, "countSuccessiveCompleteFailures": number, "lastExecution": cycle,
                "lastSuccessfulExecution": cycle, "lastSuccessfulExecutionWithExports": cycle,
                "steadyStateFirstAchievedTime": time, "steadyStateLastAchievedTime": time,
                "synchronizedEntryCountByType": [count("User"), count("User"), count("Group")],
                "quarantine": {"currentBegan": time, "seriesBegan": time, "nextAttempt": time, "seriesCount": number,
                    "reason": "TooManyDeletes"},
            });
        });
        for command in [
            &["status"][..],
            &["status", "--format", "json"],
            &["logs", "--since", "24h"],
            &["guide"],
            &["check"],
            &["export"],
            &["fix", "--dry-run", "--unsafe"],
            &["start", "--yes", "--force", "a test", "--wait", "--every", "100ms", "--wait-timeout", "1s"],
        ] {
            let arguments = [command, &["--app", "TOTAL", "--max-wait", "0"]].concat();
            let ran = online(&stand_in, &arguments);
            assert!(matches!(ran.code, Some(0..=2)) && !ran.stderr.contains("panicked"), "{case} {code}: {ran:?}");
        }
    });
}

/// The shortest and longest pauses, dates and words that a server can ask for, in an answer and in a part of a batch.
#[test]
fn no_retry_after_crashes_or_blocks_a_read() {
    let cases = [
        ("18446744073709551615", false),
        ("18446744073709551616", false),
        ("Fri, 30 Dec 9999 21:00:00 GMT", false),
        ("86400", false),
        ("-1", true),
        ("-9223372036854775809", true),
        ("Mon, 01 Jan 0001 00:00:00 GMT", true),
        ("NaN", true),
        ("", true),
    ];
    side_by_side(cases, |(pause, is_repeated)| {
        for part in ["/schema", "/appRoleAssignedTo"] {
            let asked = std::sync::atomic::AtomicUsize::new(0);
            let stand_in =
                broken(part, move |request, _| match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                    0 => Reply::Json(503, vec![("Retry-After", pause.to_owned())], json!({"error": {"code": "Busy"}})),
                    _ => tenant(request),
                });
            let begun = Instant::now();
            let ran = online(&stand_in, &["export", "--app", "TOTAL", "--max-wait", "20"]);
            assert_eq!(ran.code, Some(if is_repeated { 0 } else { 2 }), "{part} {pause}: {ran:?}");
            assert_eq!(
                ran.stderr.contains("503 Service Unavailable: Busy"),
                part == "/schema" || !is_repeated,
                "{ran:?}"
            );
            assert!(begun.elapsed() < Duration::from_secs(60), "{part} {pause}: {:?}", begun.elapsed());
        }
    });
}
