use super::SUBJECT;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "owner-missing",
        section: Section::Application,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::Owners],
        summary: "The app has no owner",
        page: page!("owner-missing"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let owners = target.snapshot.and_then(|snapshot| snapshot.owners.as_deref()).unwrap_or_default();
    if owners.is_empty() {
        findings
            .add(
                SUBJECT,
                target.pointer.key("owners"),
                "The app has no owner: there is no one to contact when provisioning fails",
            )
            .label("no owner")
            .manual("Add an owner, preferably two", portal::add_owner());
    }
    Ok(())
}
