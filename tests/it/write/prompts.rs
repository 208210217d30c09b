//! The question before a write: what it names, and what counts as an answer.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{DEFAULT, fixed};
use crate::common::graph::{PRINCIPAL, TENANT};
use crate::common::side_by_side;
use crate::common::writable::Writable;

/// A token with claims; nobody signed it.
fn token(claims: &Value) -> String {
    format!("eyJhbGciOiJub25lIn0.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn jane() -> String {
    token(&json!({"tid": TENANT, "upn": "jane@contoso.com", "appid": "c", "scp": "x", "idtyp": "user"}))
}

/// A tenant where each of these commands has a question.
fn asking(command: &str) -> Writable {
    let tenant = Writable::start(&if command == "fix" { DEFAULT.to_owned() } else { fixed(DEFAULT).to_string() });
    if command == "start" {
        tenant.state().job = Some(json!({"schedule": {"state": "Disabled"}, "status": {"code": "NotRun"}}));
    }
    std::fs::write(tenant.folder.path().join("old.json"), DEFAULT).unwrap();
    tenant.state().token = jane();
    tenant
}

const QUESTIONS: [(&[&str], &str); 6] = [
    (&["fix"], "Write this to TOTAL"),
    (&["restore", "old.json", "--from-another-app"], "Write this to TOTAL"),
    (&["start"], "Start provisioning of TOTAL?"),
    (&["pause"], "Pause it?"),
    (&["restart"], "Restart provisioning?"),
    (&["provision", "--group", "TOTAL-Admin"], "Provision now?"),
];

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs script of util-linux")]
fn every_question_names_the_app_the_tenant_and_who_is_signed_in_and_no_says_that_nothing_was_written() {
    side_by_side(QUESTIONS, |(command, question)| {
        let tenant = asking(command[0]);
        let (code, page) = tenant.run_on_terminal_with(&[command, &["--app", "TOTAL"]].concat(), &[(question, "n\n")]);
        assert_eq!(code, Some(1), "{command:?}: {page}");
        for line in [
            format!("App:       TOTAL, object id {PRINCIPAL}"),
            format!("Tenant:    Contoso, id {TENANT}"),
            "Signed in: jane@contoso.com, according to the token".to_owned(),
            "note: nothing was written: graph:TOTAL is unchanged".to_owned(),
        ] {
            assert_eq!(page.matches(&line).count(), 1, "{command:?} {line}: {page}");
        }
        assert!(page.find("Signed in:") < page.find(question), "{command:?}: {page}");
        assert_eq!((tenant.state().changes.len(), tenant.backups().len()), (0, 0), "{command:?}");
    });
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs script of util-linux")]
fn an_unreadable_organization_or_an_opaque_token_does_not_prevent_the_question() {
    let app = json!({"tid": TENANT, "idtyp": "app", "appid": "c1", "app_displayname": "CI", "roles": []});
    let cases = [
        (jane(), true, format!("Tenant:    id {TENANT}, its name could not be read"), "jane@contoso.com, according"),
        (token(&app), false, format!("Tenant:    Contoso, id {TENANT}"), "the app CI, client id c1, according"),
        ("opaque".to_owned(), true, "Tenant:    unknown".to_owned(), "unknown: the token does not say"),
    ];
    side_by_side(cases, |(token, is_hidden, tenant_line, holder)| {
        let tenant = asking("pause");
        tenant.state().token = token;
        if is_hidden {
            tenant.state().hidden.push("/organization");
        }
        let (code, page) = tenant.run_on_terminal_with(&["pause", "--app", "TOTAL"], &[("Pause it?", "y\n")]);
        assert!(code == Some(0) && page.contains(&tenant_line), "{tenant_line}: {page}");
        assert!(page.contains(&format!("Signed in: {holder}")), "{holder}: {page}");
    });
}

#[test]
fn with_yes_the_tenant_is_not_asked_for_its_name() {
    let tenant = asking("pause");
    let ran = tenant.run(&["pause", "--app", "TOTAL", "--yes"]);
    assert!(ran.code == Some(0) && !ran.stderr.contains("Tenant:"), "{ran:?}");
    assert!(tenant.stand_in.requests().iter().all(|request| !request.path.contains("organization")));
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs script of util-linux")]
fn what_is_neither_yes_nor_no_is_asked_again_and_the_end_of_input_is_no() {
    let cases = [
        (&[("Pause it?", "yep\n"), ("Answer y or n.", "YES\n")][..], Some(0), 1),
        (&[("Pause it?", "p\n"), ("Answer y or n.", "No\n")], Some(1), 0),
        (&[("Pause it?", "\n")], Some(1), 0),
        (&[("Pause it?", "\u{4}")], Some(1), 0),
    ];
    side_by_side(cases, |(typed, code, changes)| {
        let tenant = asking("pause");
        let (ended, page) = tenant.run_on_terminal_with(&["pause", "--app", "TOTAL"], typed);
        assert_eq!((ended, tenant.state().changes.len()), (code, changes), "{typed:?}: {page}");
        assert_eq!(page.contains("nothing was written"), changes == 0, "{typed:?}: {page}");
    });
}
