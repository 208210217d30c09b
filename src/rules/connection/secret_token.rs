use jiff::tz::Offset;
use jiff::{Timestamp, civil::Date};

use super::{CONNECTION, enter_credentials, is_set_up, setting, way_of};
use crate::finding::Severity;
use crate::model::Authentication;
use crate::policy::TokenPrefix;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};
use crate::secret::{Fault, Secret, is_credential_key};
use crate::text::shortened;

pub(in crate::rules) const MISSING: Rule = CONNECTION.rule(
    "secret-token-missing",
    Severity::Error,
    "The connection has no credential for its way of signing in to the app",
    page!("secret-token-missing"),
    missing,
);

pub(in crate::rules) const MALFORMED: Rule = CONNECTION.rule(
    "secret-token-malformed",
    Severity::Error,
    "The secret token is malformed",
    page!("secret-token-malformed"),
    malformed,
);

pub(in crate::rules) const EXPIRING: Rule = CONNECTION.rule(
    "secret-token-expiring",
    Severity::Error,
    "The secret token has expired or expires soon",
    page!("secret-token-expiring"),
    expiring,
);

/// Enough time to get a new token from the vendor and to save it. Our own choice.
const DAYS: i32 = 30;

fn missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(snapshot) = target.snapshot.filter(|_| is_set_up(target)) else { return Ok(()) };
    let way = snapshot.authentication();
    let message = match way {
        // Federation stores no secret.
        Some(Authentication::Federation) => return Ok(()),
        Some(Authentication::ClientCredentials) if snapshot.has_client_secret() => {
            return first_token(target, findings);
        }
        Some(Authentication::ClientCredentials) => {
            "The connection signs in with OAuth2 client credentials and has no client secret. Entra gets no token for the app"
        }
        Some(Authentication::Bearer) if snapshot.has_setting("SecretToken") => return Ok(()),
        Some(Authentication::Other) | None if has_credential(target) => return Ok(()),
        Some(Authentication::Other) => {
            let named = setting(target, "AuthenticationType").0.unwrap_or_default();
            return Err(NotJudged::undecided(format!(
                "it is not documented which credential the authentication type {} needs",
                shortened(named)
            )));
        }
        Some(Authentication::Bearer) | None => {
            "The connection has no secret token. Entra then sends a token of its own that is meant only for testing, and apps reject it"
        }
    };
    let (key, label, title) = match way {
        Some(Authentication::ClientCredentials) => {
            ("Oauth2ClientSecret", "no client secret", "Enter the client secret from the vendor")
        }
        _ => ("SecretToken", "no SecretToken", "Enter the secret token from the vendor"),
    };
    let (_, pointer) = setting(target, key);
    findings
        .add("connection/secret-token", pointer, message)
        .label(label)
        .manual(title, enter_credentials(way_of(target)));
    Ok(())
}

/// Whether Entra can get the first token of an OAuth2 client whose settings were not made in the portal.
///
/// Measured on a live tenant: with client ID, client secret and token endpoint written through Graph, but no access token,
/// Entra calls the app with an invalid token and never asks the token endpoint for one. Microsoft documents neither this
/// nor which settings the portal writes, so this is a note, and none where a test of the connection has succeeded.
/// <https://github.com/pranems/SCIMServer/blob/main/docs/AUTHENTICATION_GUIDE.md> (section 7.3, 2026-09-17)
fn first_token(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(snapshot) = target.snapshot else { return Ok(()) };
    let is_tested = snapshot.connection_test.as_ref().is_some_and(|test| test.valid);
    let is_named = snapshot.named_authentication().is_some();
    if is_named || is_tested || snapshot.has_setting("Oauth2AccessToken") {
        return Ok(());
    }
    let (_, pointer) = setting(target, "Oauth2AccessToken");
    findings
        .add(
            "connection/oauth-token",
            pointer,
            "The connection has an OAuth2 client but no access token. If its settings were written with Graph and not in the portal, Entra never asks for the first token, and the app rejects every request",
        )
        .label("no Oauth2AccessToken")
        .by_default(Severity::Info)
        .manual(
            "Test the connection. If the test fails, enter the credentials in the portal, or write a first access token too",
            enter_credentials(way_of(target)),
        );
    Ok(())
}

/// Whether any credential is stored.
fn has_credential(target: &Target<'_>) -> bool {
    let secrets = target.snapshot.and_then(|snapshot| snapshot.secrets.as_deref()).unwrap_or_default();
    secrets.iter().any(|secret| {
        secret.key.as_deref().is_some_and(is_credential_key)
            && secret.value.as_deref().is_some_and(|value| !value.is_empty())
    })
}

fn malformed(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    // A token that an earlier way of signing in left behind is not sent.
    let named = target.snapshot.and_then(|snapshot| snapshot.named_authentication());
    if matches!(named, Some(Authentication::ClientCredentials | Authentication::Federation)) {
        return Ok(());
    }
    let (_, pointer) = setting(target, "SecretToken");
    let Some(token) = in_clear(target, "SecretToken") else {
        return Err(NotJudged::skipped("the token itself, which Graph masks (provlint probe takes it)"));
    };
    // secret-token-expiring judges the time.
    let before_all = Timestamp::MIN;
    let wrong = match target.policy.token_prefix {
        Some(TokenPrefix::Bearer) => Fault::behind_bearer(token.fault, before_all),
        None => token.fault.and_then(|fault| fault.at(before_all)),
    };
    if let Some(wrong) = wrong {
        findings
            .add("connection/secret-token", pointer, format!("The secret token {wrong}. The app rejects it"))
            .label("malformed")
            .manual(
                "Enter the token from the vendor with nothing before or after it, or create a new token",
                enter_credentials(way_of(target)),
            );
    }
    Ok(())
}

/// A credential that the file holds unmasked.
fn in_clear<'t>(target: &'t Target<'_>, key: &str) -> Option<&'t Secret> {
    let (_, pointer) = setting(target, key);
    // PowerShell may spell the keys with capitals.
    let is_here = |secret: &&Secret| secret.pointer.as_str().eq_ignore_ascii_case(pointer.as_str());
    target.inspection.secrets.iter().find(is_here)
}

fn expiring(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(snapshot) = target.snapshot else { return Ok(()) };
    let (key, what) = match way_of(target) {
        Authentication::ClientCredentials => ("Oauth2ClientSecret", "client secret"),
        Authentication::Bearer => ("SecretToken", "secret token"),
        // Federation stores no secret.
        Authentication::Federation | Authentication::Other => return Ok(()),
    };
    if !snapshot.has_setting(key) {
        return Ok(());
    }
    let date = |time: Timestamp| Offset::UTC.to_datetime(time).date();
    let (end, source): (Date, _) = match (in_clear(target, key), target.policy.connection.token_expires) {
        (Some(token), _) => match Fault::end(token.fault) {
            Some(end) => (date(end), "as it says itself".to_owned()),
            None => return Err(NotJudged::skipped("the day on which the token expires, which it does not say itself")),
        },
        (None, Some(end)) => {
            (end, format!("as {} says", target.policy.who_says(|policy| &policy.connection.token_expires)))
        }
        (None, None) => {
            return Err(NotJudged::skipped("connection.token-expires in the policy: Graph does not tell the day"));
        }
    };
    let left = date(target.taken_at()).until(end).map_or(0, |left| left.get_days());
    let (message, severity) = match left {
        ..0 => (format!("The {what} expired on {end}, {source}. The app rejects it"), Severity::Error),
        0..DAYS => {
            (format!("The {what} expires on {end}, {source}. After that, provisioning stops"), Severity::Warning)
        }
        _ => return Ok(()),
    };
    let (_, pointer) = setting(target, key);
    findings.add("connection/secret-token", pointer, message).label("expires").by_default(severity).manual(
        "Create a new one in the app and save it with provlint connect, which tests it first; --expires names its last day",
        enter_credentials(way_of(target)),
    );
    Ok(())
}
