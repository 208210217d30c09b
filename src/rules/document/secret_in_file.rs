use crate::finding::{Applicability, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "secret-in-file",
        section: Section::Document,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[],
        summary: "The file holds a credential",
        page: page!("secret-in-file"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for secret in target.inspection.secrets.iter().filter(|secret| target.holds(&secret.pointer)) {
        let Some(what) = secret.what else { continue };
        findings
            .add(secret.pointer.as_str(), secret.pointer.clone(), format!("This file holds {}: whoever reads the file can use it", what))
            .label(what)
            .manual(
                "Have the credential replaced by a new one, and take this one out of the file and its history",
                vec![
                    "Issue a new secret token at the vendor, or a new client secret in Entra ID".into(),
                    "Entra admin center: Enterprise applications > your app > Provisioning > Admin Credentials: enter the new one, Test Connection, Save".into(),
                    "Revoke the old one".into(),
                ],
            );
    }
    Ok(())
}
