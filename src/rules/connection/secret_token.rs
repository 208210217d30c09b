use super::{is_set_up, rule, setting, steps};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, Rule, Target, page};
use crate::secret::is_credential_key;

pub(in crate::rules) const RULE: Rule = rule(
    "secret-token-missing",
    Severity::Error,
    "The connection has no secret token",
    page!("secret-token-missing"),
    check,
);

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
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
