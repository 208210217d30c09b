//! `provlint logs`.

use super::{RIGHT, event, failures, page, steady, tenant};
use serde_json::Value;

#[test]
fn logs_are_printed_as_text_and_json_lines() {
    let tenant = tenant(RIGHT, steady(42));
    tenant.state().events = failures();
    let pretty = tenant.run(&["logs", "--app", "TOTAL", "--format", "pretty"]);
    assert_agreed!("logs", page(&pretty));
    let piped = tenant.run(&["logs", "--app", "TOTAL", "--failed", "--since", "2h"]);
    let lines: Vec<Value> = piped.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let who: Vec<&Value> = lines.iter().map(|line| &line["who"]).collect();
    assert_eq!(who, ["Bo", "Cy", "Di"]);
    assert_eq!(lines[0]["remedy"], "fill in the attribute in Entra");
    for since in ["yesterday", "0m", "90d", "-1h"] {
        let arguments = ["logs", "--app", "TOTAL", &format!("--since={since}")].map(str::to_owned);
        let ran = tenant.run(&arguments.each_ref().map(String::as_str));
        assert_eq!(ran.code, Some(2), "{since}: {ran:?}");
    }
    tenant.state().no_log = Some(403);
    let ran = tenant.run(&["logs", "--app", "TOTAL"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("ProvisioningLog.Read.All"), "{ran:?}");
    let status = tenant.run(&["status", "--app", "TOTAL"]);
    assert!(status.code == Some(0) && status.stdout.contains("? Recent failures are unknown"), "{status:?}");
    // Filtering the log by job and time together is not documented.
    tenant.state().no_log = Some(400);
    assert_eq!(tenant.run(&["logs", "--app", "TOTAL"]).stdout.lines().count(), 5);
}

/// What Entra quotes of an app that refuses with HTTP 400.
fn refused(body: &str) -> String {
    format!(
        "StatusCode: BadRequest\nMessage: Processing of the HTTP request resulted in an exception. Please see the HTTP \
         response returned by the 'Response' property of this exception for details.\nWeb Response: \n{body}. This \
         operation was retried 0 times. It will be retried again after this date: 2026-10-05T14:00:00.0000000Z"
    )
}

#[test]
fn the_log_tells_an_apps_reasons_apart_though_entra_has_one_code() {
    let code = |rest: &str| format!("SystemForCrossDomainIdentityManagement{rest}");
    let scim = |detail: &str| {
        refused(&format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"{detail}","status":"400"}}"#
        ))
    };
    let reasons = [
        (code("ServiceIncompatible"), scim("Invalid operation type: Add")),
        (code("ServiceIncompatible"), scim("active must be a boolean")),
        (code("ServiceIncompatible"), scim("active must be a boolean")),
        (code("ServiceIncompatible"), refused("<html><title>Sign in</title></html>")),
        (
            code("ServiceIncompatible"),
            "Failed to match an entry in the source and target systems User 'eve@contoso.com'; Error: We are not able to \
             deserialize the resource received from your SCIM endpoint because it does not conform to the SCIM protocol."
                .to_owned(),
        ),
        (code("ServiceIncompatibleFiltering"), refused(r#"{"detail":"filter on externalId is not supported"}"#)),
        (code("BadRequest"), refused(r#"{"error":{"code":"invalid","message":"userName is too long"}}"#)),
        (
            "AttributeMappingFunctionError".to_owned(),
            "An error occured while evaluating this function: 'SingleAppRoleAssignment.' No more than one app role \
             assignment was expected, but this many where found: 2"
                .to_owned(),
        ),
    ];
    let tenant = tenant(RIGHT, steady(42));
    tenant.state().events = (reasons.iter().zip(1..))
        .map(|((code, reason), number)| event("failure", Some(code), &format!("user{number}"), reason))
        .collect();
    let log = tenant.run(&["logs", "--app", "TOTAL", "--failed", "--format", "pretty"]);
    let status = tenant.run(&["status", "--app", "TOTAL"]);
    assert_agreed!("logs_of_refusals", format!("{}\n----\n{}", page(&log), page(&status)));
}

#[test]
fn logs_read_every_page() {
    let tenant = tenant(RIGHT, steady(42));
    tenant.state().events = (0..23).map(|number| event("success", None, &format!("user{number}"), "")).collect();
    tenant.state().log_page = Some(10);
    let ran = tenant.run(&["logs", "--app", "TOTAL"]);
    let who: std::collections::BTreeSet<String> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["who"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((ran.code, who.len(), ran.stdout.lines().count()), (Some(0), 23, 23), "{ran:?}");
}
