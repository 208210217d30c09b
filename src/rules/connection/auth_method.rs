use super::{CONNECTION, enter_credentials, is_set_up, setting};
use crate::finding::Severity;
use crate::model::{Authentication, Snapshot};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = CONNECTION.rule(
    "auth-method-mismatch",
    Severity::Error,
    "Entra signs in to the app in another way than the policy requires",
    page!("auth-method-mismatch"),
    check,
);

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(wanted) = target.policy.connection.auth_method else {
        return Err(NotJudged::skipped("connection.auth-method in the policy"));
    };
    if !is_set_up(target) {
        return Ok(());
    }
    let found = match target.snapshot.and_then(Snapshot::authentication) {
        Some(found) if found == wanted => return Ok(()),
        Some(found @ (Authentication::Bearer | Authentication::ClientCredentials | Authentication::Federation)) => {
            found
        }
        Some(Authentication::Other) => {
            return Err(NotJudged::undecided("it is not documented which way of signing in the settings mean"));
        }
        // secret-token-missing reports a connection without a credential.
        None => return Ok(()),
    };
    let (_, pointer) = setting(target, "AuthenticationType");
    findings
        .add(
            "connection/auth-method",
            pointer,
            format!(
                "Entra signs in to the app with {found}; {} requires {wanted}. An app that expects the latter rejects every request",
                target.policy.who_says(|policy| &policy.connection.auth_method)
            ),
        )
        .label("another way of signing in")
        .manual(format!("Enter the credentials for {wanted}, as provlint connect does"), enter_credentials(wanted));
    Ok(())
}
