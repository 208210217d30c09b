//! Credentials: which strings are some, and texts without them.

mod known;
mod shape;
mod signs;

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

pub(crate) use known::Values;
pub use known::never_show;
pub(crate) use shape::{Candidates, SIGNS as SIGNS_OF_SHAPES, shapes};
pub(crate) use signs::Signs;

use crate::document::Pointer;

/// A text without credentials: each is replaced by as many asterisks as it has bytes, so that places stay the same. Only
/// masking makes one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masked<'t>(Cow<'t, str>);

impl<'t> Masked<'t> {
    /// A text with `places` masked.
    pub(crate) fn at(text: &'t str, places: Vec<Range<usize>>) -> Self {
        Masked(masked_at(text, places))
    }

    /// Whether there was a credential.
    pub fn hides(&self) -> bool {
        matches!(self.0, Cow::Owned(_))
    }

    /// The same with everything masked in `place` that is no blank.
    pub fn without(&self, place: Range<usize>) -> Masked<'static> {
        let blank = |byte: &u8| byte.is_ascii_whitespace();
        let inside = self.0.as_bytes().iter().enumerate().skip(place.start).take(place.len());
        let places = inside.filter(|(_, byte)| !blank(byte)).map(|(at, _)| at..at + 1).collect();
        Masked(Cow::Owned(masked_at(&self.0, places).into_owned()))
    }

    /// The same, for longer than the text that it was made from.
    pub fn owned(&self) -> Masked<'static> {
        Masked(Cow::Owned(self.0.to_string()))
    }

    /// The text.
    pub fn into_owned(self) -> String {
        self.0.into_owned()
    }
}

impl Deref for Masked<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Masked<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// A text with asterisks at `places`.
fn masked_at(text: &str, places: Vec<Range<usize>>) -> Cow<'_, str> {
    if places.is_empty() {
        return text.into();
    }
    let mut bytes = text.as_bytes().to_vec();
    for place in places {
        // A place never cuts a character in two; if one did, all of the character goes.
        let whole = text.floor_char_boundary(place.start)..text.ceil_char_boundary(place.end);
        if let Some(hidden) = bytes.get_mut(whole) {
            hidden.fill(b'*');
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()).into()
}

/// A credential in a file, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The string that holds it.
    pub pointer: Pointer,
    /// Its kind, "a JSON Web Token"; `None` if it may not be a credential: it is masked but not reported.
    pub what: Option<&'static str>,
    /// What is wrong with it as a secret token.
    pub fault: Option<Fault>,
}

/// Keys of synchronizationSecretKeyStringValuePair, and of token answers, whose values are credentials.
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationsecretkeystringvaluepair>
pub(crate) const KEYS: [&str; 17] = [
    "SecretToken",
    "AppKey",
    "ConsumerSecret",
    "TokenKey",
    "Oauth2AuthorizationCode",
    "ConnectionString",
    "SyncAgentCompatibilityKey",
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

/// Whether a value is the mask of a credential, as Graph shows it.
pub(crate) fn is_mask(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte == b'*')
}

/// Whether the value of a setting of that key is a credential, or may hold one.
pub(crate) fn is_sensitive_key(key: &str) -> bool {
    is_credential_key(key) || key.eq_ignore_ascii_case(TENANT_URL)
}

/// Whether a text that is not JSON has the key of a credential.
pub(crate) fn names_credential(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    KEYS.iter().any(|known| text.contains(&known.to_ascii_lowercase()))
}

/// The setting that holds the tenant URL.
pub(crate) const TENANT_URL: &str = "BaseAddress";

/// Parts of the names of credentials in a URL.
const CREDENTIAL_WORDS: [&str; 8] = ["token", "key", "secret", "pass", "pwd", "sig", "auth", "code"];

/// The credentials in a string that is the value of `key`, by their kind. A masked value (`*`) is not a credential.
pub(crate) fn in_string(text: &str, key: Option<&str>) -> Vec<(Option<&'static str>, Range<usize>)> {
    let mut found: Vec<_> = shapes(text).into_iter().map(|(what, place)| (Some(what), place)).collect();
    if key.is_some_and(|key| key.eq_ignore_ascii_case(TENANT_URL)) {
        found.extend(in_url(text).map(|place| (None, place)));
    }
    if key.is_some_and(is_credential_key) && !text.trim_matches('*').is_empty() {
        match found.as_mut_slice() {
            [] => found.push((Some("the value of a secret"), 0..text.len())),
            // What stands around the token is part of the value.
            [(_, place), ..] => *place = 0..text.len(),
        }
    }
    found
}

/// The places in a tenant URL that may be credentials: user and password, and the values of query parameters with the name
/// of a credential.
fn in_url(text: &str) -> impl Iterator<Item = Range<usize>> {
    let (rest, query) = text.split_once('?').unwrap_or((text, ""));
    let begin = rest.find("://").map_or(rest.len(), |scheme| scheme + 3);
    let authority = rest[begin..].split('/').next().unwrap_or_default();
    let user = authority.rfind('@').filter(|end| *end > 0).map(|end| begin..begin + end);
    let mut at = rest.len() + 1;
    let pairs = query.split('#').next().unwrap_or_default().split('&').map(move |pair| {
        let start = at;
        at += pair.len() + 1;
        (start, pair)
    });
    let credential = |(start, pair): (usize, &str)| {
        let (name, value) = pair.split_once('=')?;
        let name = name.to_ascii_lowercase();
        let is_credential = !value.is_empty() && CREDENTIAL_WORDS.iter().any(|word| name.contains(word));
        is_credential.then_some(start + name.len() + 1..start + pair.len())
    };
    user.into_iter().chain(pairs.filter_map(credential))
}

/// A tenant URL without its credentials.
pub(crate) fn mask_url(url: &str) -> String {
    let places = in_url(url).chain(shapes(url).into_iter().map(|(_, place)| place)).chain(known::own_places(url));
    masked_at(url, places.collect()).into_owned()
}

/// What is wrong with a secret token as entered in the portal, which Entra sends after `Bearer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It cannot be sent: a predicate.
    Malformed(&'static str),
    /// It is a JSON Web Token that expires then.
    Expires(Timestamp),
    /// It begins with Bearer, which Entra adds itself; what else is wrong behind that word.
    Bearer(Option<Rest>),
}

/// What is wrong with a token behind the word Bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// As [`Fault::Malformed`].
    Malformed(&'static str),
    /// As [`Fault::Expires`].
    Expires(Timestamp),
}

impl Fault {
    /// What may be wrong with a token. A line end after it, which a pipe may add, is accepted.
    pub(crate) fn of(token: &str) -> Option<Self> {
        let token = token.trim_end_matches(['\r', '\n']);
        if begins_with_bearer(token) {
            let rest = token.trim_start().split_once(' ').map_or("", |(_, rest)| rest);
            return Some(Fault::Bearer(match Fault::of(rest) {
                Some(Fault::Malformed(how)) => Some(Rest::Malformed(how)),
                Some(Fault::Expires(end)) => Some(Rest::Expires(end)),
                Some(Fault::Bearer(_)) => Some(Rest::Malformed("begins with Bearer twice")),
                None => None,
            }));
        }
        if token.trim().is_empty() {
            Some(Fault::Malformed("is empty"))
        } else if token.contains(char::is_whitespace) {
            Some(Fault::Malformed("contains spaces or line breaks"))
        } else if !token.chars().all(|c| c.is_ascii_graphic()) {
            Some(Fault::Malformed("contains characters that a token cannot have"))
        } else {
            expiry(token).map(Fault::Expires)
        }
    }

    /// When a token expires by its own claim.
    pub fn end(fault: Option<Self>) -> Option<Timestamp> {
        match fault? {
            Fault::Expires(end) | Fault::Bearer(Some(Rest::Expires(end))) => Some(end),
            Fault::Malformed(_) | Fault::Bearer(_) => None,
        }
    }

    /// What is wrong at a time: a predicate.
    pub fn at(self, now: Timestamp) -> Option<String> {
        match self {
            Fault::Malformed(how) => Some(how.to_owned()),
            Fault::Expires(end) => (end < now).then(|| format!("expired on {}", end.strftime("%Y-%m-%d"))),
            Fault::Bearer(_) => Some("begins with Bearer, which Entra adds itself".to_owned()),
        }
    }

    /// What is wrong at a time with the token of a vendor that wants the word Bearer before it: a predicate.
    pub fn behind_bearer(fault: Option<Self>, now: Timestamp) -> Option<String> {
        match fault {
            Some(Fault::Bearer(rest)) => match rest? {
                Rest::Malformed(how) => Some(how.to_owned()),
                Rest::Expires(end) => Fault::Expires(end).at(now),
            },
            _ => Some(
                "does not begin with Bearer, which this vendor requires besides the word that Entra adds".to_owned(),
            ),
        }
    }
}

/// Whether a token begins with the word that Entra itself sends before it.
pub(crate) fn begins_with_bearer(token: &str) -> bool {
    token.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("bearer"))
}

/// What is wrong with a secret token at a time; a predicate that does not repeat the token.
pub fn malformed(token: &str, now: Timestamp) -> Option<String> {
    Fault::of(token)?.at(now)
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

/// `text` with everything masked that has the shape of a credential, or that this run knows as one: for texts without
/// places, such as the answers of a server.
pub fn mask_shapes(text: &str) -> String {
    mask_line(text).into_owned()
}

/// The same, for output that is complete.
pub(crate) fn mask_line(text: &str) -> Cow<'_, str> {
    masked_at(text, shapes(text).into_iter().map(|(_, place)| place).chain(known::own_places(text)).collect())
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
        for (token, said) in [
            ("Bearer 8f14", None),
            ("bearer 8f14\n", None),
            ("8f14", Some("does not begin with Bearer")),
            ("Bearer 8f 14", Some("contains spaces")),
            ("Bearer", Some("is empty")),
            ("Bearer Bearer 8f14", Some("begins with Bearer twice")),
            (&format!("Bearer {}", dated(1_700_000_000)), Some("expired on 2023-11-14")),
        ] {
            let found = Fault::behind_bearer(Fault::of(token), now);
            assert_eq!(found.is_some(), said.is_some(), "{token:?}: {found:?}");
            assert!(said.is_none_or(|said| found.as_deref().is_some_and(|found| found.starts_with(said))), "{found:?}");
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
            let Inspection { text: masked, secrets: found, .. } = Inspection::of(&text);
            assert_eq!(found.first().map(|secret| secret.pointer.to_string()).as_deref(), Some(pointer), "{text}");
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
            ("https://x.example.com?token=s3cr3t&k=", "https://x.example.com?token=******&k="),
            ("u:pw@x", "u:pw@x"),
        ] {
            let text = format!(r#"{{"secrets": [{{"key": "BaseAddress", "value": "{url}"}}]}}"#);
            let Inspection { text: shown, secrets, .. } = Inspection::of(&text);
            assert_eq!(shown.to_string(), text.replace(url, masked));
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

    #[test]
    fn a_masked_text_says_whether_it_hides_something() {
        let clean = Masked::at("plain", Vec::new());
        assert!(!clean.hides());
        let masked = Masked::at("a s3cr3t", std::iter::once(2..8).collect());
        assert!(masked.hides());
        assert_eq!((&*masked.owned(), masked.owned().into_owned()), ("a ******", "a ******".to_owned()));
    }

    #[test]
    fn of_a_masked_place_the_blanks_stay() {
        let text = Masked::at("keep hide\n\tall keep", Vec::new());
        assert_eq!(&*text.without(5..14), "keep ****\n\t*** keep");
        assert_eq!(&*text.without(5..5), &*text);
    }

    #[test]
    fn a_text_that_is_not_json_names_a_credential_in_any_case() {
        assert!(names_credential("secrettoken: x") && names_credential("?CLIENT_SECRET=x"));
        assert!(!names_credential("userName: x") && !names_credential(""));
    }

    #[test]
    fn a_token_expires_after_its_last_second() {
        let end: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        assert_eq!(Fault::Expires(end).at(end), None);
        let later = "2026-11-24T00:00:01Z".parse().unwrap();
        assert_eq!(Fault::Expires(end).at(later).as_deref(), Some("expired on 2026-11-24"));
    }
}
