use super::{CONNECTION, is_set_up, setting, steps};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};
use crate::secret::{self, is_credential_key};

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
    "The secret token is none as Entra takes it, or has expired",
    page!("secret-token-malformed"),
    malformed,
);

fn missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let secrets = target.snapshot.and_then(|snapshot| snapshot.secrets.as_deref()).unwrap_or_default();
    // Another way to sign in, by OAuth for example, will do.
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
            "The connection has no secret token: Entra then sends one of its own, which is meant for trying out, and apps refuse it",
        )
        .label("no SecretToken")
        .manual("Enter the secret token that the vendor gives", steps("Enter the Secret Token and click Test Connection"));
    Ok(())
}

fn malformed(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (token, pointer) = setting(target, "SecretToken");
    // Graph gives asterisks, which say nothing about the token behind them.
    let Some(token) = token.filter(|token| !token.trim_matches('*').is_empty()) else {
        return Err(NotJudged::skipped("the token itself, which Graph masks (provlint probe takes it)"));
    };
    if let Some(wrong) = secret::malformed(token, target.taken_at()) {
        findings
            .add("connection/secret-token", pointer, format!("The secret token {wrong}: the app refuses it"))
            .label("not as Entra takes it")
            .manual(
                "Enter the bare token that the vendor gives, or have a new one made",
                steps("Enter the Secret Token and click Test Connection"),
            );
    }
    Ok(())
}
