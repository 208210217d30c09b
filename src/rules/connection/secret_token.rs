use super::{CONNECTION, is_set_up, on_connectivity, setting};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};
use crate::secret::{Secret, is_credential_key};

pub(in crate::rules) const MISSING: Rule = CONNECTION.rule(
    "secret-token-missing",
    Severity::Error,
    "The connection has no secret token",
    page!("secret-token-missing"),
    missing,
);

pub(in crate::rules) const MALFORMED: Rule = CONNECTION.rule(
    "secret-token-malformed",
    Severity::Error,
    "The secret token is malformed or has expired",
    page!("secret-token-malformed"),
    malformed,
);

fn missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let secrets = target.snapshot.and_then(|snapshot| snapshot.secrets.as_deref()).unwrap_or_default();
    // Any other credential, such as an OAuth client secret, is fine too.
    let has_credential = secrets.iter().any(|secret| {
        secret.key.as_deref().is_some_and(is_credential_key)
            && secret.value.as_deref().is_some_and(|value| !value.is_empty())
    });
    if has_credential || !is_set_up(target) {
        return Ok(());
    }
    let (_, pointer) = setting(target, "SecretToken");
    findings
        .add(
            "connection/secret-token",
            pointer,
            "The connection has no secret token. Entra then sends a token of its own that is meant only for testing, and apps reject it",
        )
        .label("no SecretToken")
        .manual(
            "Enter the secret token from the vendor",
            on_connectivity("Enter the Secret token and click Test connection"),
        );
    Ok(())
}

fn malformed(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (_, pointer) = setting(target, "SecretToken");
    // PowerShell may spell the keys with capitals.
    let is_here = |secret: &&Secret| secret.pointer.as_str().eq_ignore_ascii_case(pointer.as_str());
    // Graph masks the token with asterisks, so there is nothing to check.
    let Some(token) = target.inspection.secrets.iter().find(is_here) else {
        return Err(NotJudged::skipped("the token itself, which Graph masks (provlint probe takes it)"));
    };
    if let Some(wrong) = token.fault.and_then(|fault| fault.at(target.taken_at())) {
        findings
            .add("connection/secret-token", pointer, format!("The secret token {wrong}. The app rejects it"))
            .label("malformed or expired")
            .manual(
                "Enter the token from the vendor with nothing before or after it, or create a new token",
                on_connectivity("Enter the Secret token and click Test connection"),
            );
    }
    Ok(())
}
