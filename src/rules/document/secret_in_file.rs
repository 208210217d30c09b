use crate::finding::{Applicability, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "secret-in-file",
        section: Section::Document,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[],
        summary: "The file contains a credential",
        page: page!("secret-in-file"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for secret in target.inspection.secrets.iter().filter(|secret| target.holds(&secret.pointer)) {
        let Some(what) = secret.what else { continue };
        findings
            .add(
                secret.pointer.as_str(),
                secret.pointer.clone(),
                format!("This file contains {what}. Anyone who can read the file can use it"),
            )
            .label(what)
            .manual(
                "Replace the credential with a new one, and remove this one from the file and its history",
                [
                    vec!["Create a new secret token at the vendor, or a new client secret in Entra ID".into()],
                    portal::on_connectivity("Enter the new credential"),
                    vec!["Revoke the old credential".into()],
                ]
                .concat(),
            );
    }
    Ok(())
}
