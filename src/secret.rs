//! Credentials in a file: found, reported and masked.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use regex_lite::Regex;
use serde_json::Value;

use crate::document::Pointer;
use crate::finding::{Applicability, Finding};

/// A credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The string that holds it.
    pub pointer: Pointer,
    /// Its kind, "a JSON Web Token"; `None` if it may not be a credential: it is masked but not reported.
    pub what: Option<&'static str>,
    value: String,
}

/// Keys of synchronizationSecretKeyStringValuePair, and of token answers, whose values are credentials.
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationsecretkeystringvaluepair>
pub(crate) const KEYS: [&str; 11] = [
    "SecretToken",
    "Password",
    "ClientSecret",
    "Oauth2ClientSecret",
    "Oauth2AccessToken",
    "Oauth2RefreshToken",
    "ApplicationTemplateSecret",
    "client_secret",
    "access_token",
    "refresh_token",
    "id_token",
];

/// Whether a setting of that key is a credential.
pub(crate) fn is_credential_key(key: &str) -> bool {
    KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// The setting that holds the tenant URL.
const TENANT_URL: &str = "BaseAddress";

/// Parts of the names of credentials in a URL.
const CREDENTIAL_WORDS: [&str; 8] = ["token", "key", "secret", "pass", "pwd", "sig", "auth", "code"];

static SHAPES: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    [
        ("a JSON Web Token", r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
        ("a bearer token", r"(?:[Bb]earer|BEARER)\s+[A-Za-z0-9._~+/=-]{16,}"),
        // The form of client secrets of Entra ID.
        ("a client secret", r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}"),
    ]
    .into_iter()
    .filter_map(|(what, pattern)| Some((what, Regex::new(pattern).ok()?)))
    .collect()
});

/// The credentials in a string that is the value of `key`. A masked value (`*`) is not a credential.
pub(crate) fn in_string(text: &str, key: Option<&str>, pointer: &Pointer) -> Vec<Secret> {
    let secret =
        |what: Option<&'static str>, value: &str| Secret { pointer: pointer.clone(), what, value: value.to_owned() };
    let mut found: Vec<Secret> = SHAPES
        .iter()
        .flat_map(|(what, shape)| shape.find_iter(text).map(|shaped| secret(Some(*what), shaped.as_str())))
        .collect();
    if key.is_some_and(|key| key.eq_ignore_ascii_case(TENANT_URL)) {
        found.extend(in_url(text).map(|part| secret(None, part)));
    }
    let known = key.is_some_and(is_credential_key);
    if found.is_empty() && known && !text.trim_matches('*').is_empty() {
        found.push(secret(Some("the value of a secret"), text));
    }
    found
}

/// The parts of a tenant URL that may be credentials: user and password, and query parameters with the name of a
/// credential.
fn in_url(text: &str) -> impl Iterator<Item = &str> {
    let (rest, query) = text.split_once('?').unwrap_or((text, ""));
    let authority = rest.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    let user = authority.rsplit_once('@').map(|(user, _)| user).filter(|user| !user.is_empty());
    let pairs = query.split('#').next().unwrap_or_default().split('&');
    let credential = |pair: &&str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = name.to_ascii_lowercase();
        !value.is_empty() && CREDENTIAL_WORDS.iter().any(|word| name.contains(word))
    };
    user.into_iter().chain(pairs.filter(credential))
}

/// A tenant URL without its credentials.
pub(crate) fn mask_url(url: &str) -> String {
    in_url(url).fold(url.to_owned(), |masked, part| masked.replace(part, &"*".repeat(part.len())))
}

/// What is wrong with a secret token as entered in the portal, which Entra sends after `Bearer`; a predicate that does not
/// repeat the token. A line end after it, which a pipe may add, is accepted.
pub fn malformed(token: &str, now: Timestamp) -> Option<String> {
    let token = token.trim_end_matches(['\r', '\n']);
    if token.trim().is_empty() {
        Some("is empty".into())
    } else if token.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("bearer")) {
        Some("begins with Bearer, which Entra adds itself".into())
    } else if token.contains(char::is_whitespace) {
        Some("contains spaces or line breaks".into())
    } else if !token.chars().all(|c| c.is_ascii_graphic()) {
        Some("contains characters that a token cannot have".into())
    } else {
        let expired = expiry(token).filter(|end| *end < now)?;
        Some(format!("expired on {}", expired.strftime("%Y-%m-%d")))
    }
}

/// The token without the text that was copied with it.
pub(crate) fn bare(token: &str) -> String {
    let token: String = token.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = token.get(..7).filter(|start| start.eq_ignore_ascii_case("bearer ")).map_or(&*token, |_| &token[7..]);
    bare.replace(' ', "")
}

/// The claims of a JSON Web Token; null if it cannot be decoded. Nothing is verified.
pub(crate) fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).unwrap_or_default();
    serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object).unwrap_or_default()
}

/// When a JSON Web Token expires (RFC 7519, section 4.1.4).
pub(crate) fn expiry(token: &str) -> Option<Timestamp> {
    Timestamp::from_second(claims(token)["exp"].as_i64()?).ok()
}

/// `text` with every credential replaced by as many asterisks as it has bytes, so that places stay the same.
pub fn mask(text: &str, secrets: &[Secret]) -> String {
    if secrets.is_empty() {
        return text.to_owned();
    }
    let mut masked = text.to_owned();
    for secret in secrets {
        masked = masked.replace(&secret.value, &"*".repeat(secret.value.len()));
        // Its form in JSON, with escapes.
        let escaped = Value::String(secret.value.clone()).to_string();
        let escaped = escaped.trim_matches('"');
        masked = masked.replace(escaped, &"*".repeat(escaped.len()));
    }
    mask_shapes(&masked)
}

/// A value with every credential in it masked.
pub fn mask_value(value: &Value, secrets: &[Secret]) -> Value {
    if secrets.is_empty() {
        return value.clone();
    }
    // Masked JSON stays valid: only the content of strings becomes asterisks.
    serde_json::from_str(&mask(&value.to_string(), secrets)).unwrap_or_default()
}

/// A finding with its credentials masked.
pub fn redact(mut finding: Finding, secrets: &[Secret]) -> Finding {
    if secrets.is_empty() {
        return finding;
    }
    for text in [&mut finding.message, &mut finding.label, &mut finding.help, &mut finding.subject] {
        *text = mask(text, secrets);
    }
    if let Some(fix) = &mut finding.fix {
        fix.title = mask(&fix.title, secrets);
        fix.portal.iter_mut().for_each(|step| *step = mask(step, secrets));
        // A change that contains the credential must be made by a person.
        let written = format!("{:?}", fix.changes);
        if mask(&written, secrets) != written {
            fix.changes.clear();
            fix.applicability = Applicability::Manual;
            fix.graph = None;
        }
    }
    finding
}

/// `text` with everything masked that has the shape of a credential: for texts that are not JSON.
pub fn mask_shapes(text: &str) -> String {
    SHAPES.iter().fold(text.to_owned(), |text, (_, shape)| {
        shape.replace_all(&text, |shaped: &regex_lite::Captures<'_>| "*".repeat(shaped[0].len())).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspection::Inspection;

    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";

    #[test]
    fn a_secret_token_is_bare_and_has_not_expired() {
        let now: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let dated = |second: i64| format!("e30.{}.", URL_SAFE_NO_PAD.encode(format!("{{\"exp\": {second}}}")));
        for (token, said) in [
            ("8f14e45fceea167a\r\n".to_owned(), None),
            ("bearertoken".to_owned(), None),
            (dated(1_900_000_000), None),
            (dated(1_700_000_000), Some("expired on 2023-11-14")),
            ("Bearer 8f14".to_owned(), Some("begins with Bearer")),
            (" bearer 8f14".to_owned(), Some("begins with Bearer")),
            ("8f14 e45f".to_owned(), Some("contains spaces")),
            (" 8f14".to_owned(), Some("contains spaces")),
            ("8f14\u{e9}".to_owned(), Some("contains characters")),
            ("\n".to_owned(), Some("is empty")),
        ] {
            let found = malformed(&token, now);
            match said {
                None => assert_eq!(found, None, "{token:?}"),
                Some(said) => {
                    assert!(found.as_deref().is_some_and(|found| found.starts_with(said)), "{token:?}: {found:?}")
                }
            }
        }
        for typed in ["8f14\n", "Bearer 8f14", " bearer  8f 14 ", "8f\n14"] {
            assert_eq!(bare(typed), "8f14", "{typed:?}");
        }
    }

    #[test]
    fn credentials_are_found_by_shape_and_by_key() {
        for (text, pointer) in [
            (format!(r#"{{"a": ["Bearer {TOKEN}"]}}"#), "/a/0"),
            (r#"{"value": [{"key": "SecretToken", "value": "s3cr3t"}]}"#.into(), "/value/0/value"),
            (r#"{"client_secret": "s3cr3t"}"#.into(), "/client_secret"),
            (format!(r#"{{"x": "abc8Q~{}"}}"#, "k".repeat(34)), "/x"),
        ] {
            let found = Inspection::of(&text).secrets;
            assert_eq!(found.first().map(|secret| secret.pointer.to_string()).as_deref(), Some(pointer), "{text}");
            let masked = mask(&text, &found);
            assert!(!masked.contains("s3cr3t") && !masked.contains(TOKEN) && !masked.contains("kkk"), "{masked}");
            assert_eq!(masked.len(), text.len());
        }
    }

    #[test]
    fn of_a_tenant_url_only_what_lets_somebody_in_is_masked() {
        for (url, masked) in [
            ("https://x.example.com/scim?aadOptscim062020", "https://x.example.com/scim?aadOptscim062020"),
            ("https://x.example.com/a@b?aadOptscim062020=true", "https://x.example.com/a@b?aadOptscim062020=true"),
            ("https://u:pw@x.example.com/scim", "https://****@x.example.com/scim"),
            (
                "https://x.example.com/?org=1&aadOptscim062020#key=c",
                "https://x.example.com/?org=1&aadOptscim062020#key=c",
            ),
            ("https://x.example.com?token=s3cr3t&k=", "https://x.example.com?************&k="),
            ("u:pw@x", "u:pw@x"),
        ] {
            let text = format!(r#"{{"secrets": [{{"key": "BaseAddress", "value": "{url}"}}]}}"#);
            let secrets = Inspection::of(&text).secrets;
            assert_eq!(mask(&text, &secrets), text.replace(url, masked));
            assert_eq!(mask_url(url), masked);
            // Vendors may require this form, so it is not a finding.
            assert!(secrets.iter().all(|secret| secret.what.is_none()), "{url}");
        }
    }

    #[test]
    fn masked_values_and_names_are_no_credentials() {
        for text in [
            r#"{"value": [{"key": "SecretToken", "value": "*"}, {"key": "Password", "value": "****"}]}"#,
            r#"{"name": "passwordProfile.password", "metadata": [{"key": "Secret", "value": "true"}]}"#,
            r#"{"expression": "Append(\"Bearer \", [mail])"}"#,
        ] {
            assert_eq!(Inspection::of(text).secrets, [], "{text}");
        }
    }
}
