use super::steps;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page};
use crate::text::shortened;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "credentials-rejected",
        section: Section::Connection,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::ConnectionTest],
        summary: "The app refuses the saved credentials",
        page: page!("credentials-rejected"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let test = target.snapshot.and_then(|snapshot| snapshot.connection_test.as_ref());
    let Some(test) = test.filter(|test| !test.valid) else { return Ok(()) };
    let said = test.error.iter().flat_map(|error| [error.code.as_deref(), error.message.as_deref()]).flatten();
    let said: Vec<&str> = said.filter(|said| !said.is_empty()).collect();
    let said = if said.is_empty() { "no reason given".to_owned() } else { said.join(": ") };
    findings
        .add(
            "connection/credentials",
            target.pointer.key("connectionTest"),
            format!("Entra's test of the connection fails: {}", shortened(&said)),
        )
        .label("refused")
        .manual(
            "Enter the tenant URL and a valid secret token anew",
            steps("Enter Tenant URL and Secret Token, and click Test Connection; provlint probe says more"),
        );
    Ok(())
}
