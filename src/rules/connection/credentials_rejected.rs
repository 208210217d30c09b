use super::{enter_credentials, way_of};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};
use crate::text::shortened;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "credentials-rejected",
        section: Section::Connection,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::ConnectionTest],
        summary: "The app rejects the saved credentials",
        page: page!("credentials-rejected"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let test = target.snapshot.and_then(|snapshot| snapshot.connection_test.as_ref());
    // The test of another job says nothing about the credentials of this one.
    if target.snapshot.is_some_and(|snapshot| snapshot.is_tested_for_another(target.job_id())) {
        return Err(NotJudged::skipped("a test of this job's connection"));
    }
    let Some(test) = test.filter(|test| !test.valid) else { return Ok(()) };
    let reason = test.error.iter().flat_map(|error| [error.code.as_deref(), error.message.as_deref()]).flatten();
    let reason: Vec<&str> = reason.filter(|part| !part.is_empty()).collect();
    let reason = if reason.is_empty() { "no reason given".to_owned() } else { reason.join(": ") };
    findings
        .add(
            "connection/credentials",
            target.pointer.key("connectionTest"),
            format!("Entra's test of the connection failed: {}", shortened(&reason)),
        )
        .label("rejected")
        .manual(
            "Check the tenant URL and enter the credentials again; provlint probe shows more about the answer of the app",
            enter_credentials(way_of(target)),
        );
    Ok(())
}
