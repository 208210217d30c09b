//! What the strings of a text reveal: credentials, and signs that it was cut off. And the text without its credentials.
//!
//! Most texts have neither. One pass searches for signs and judges each where it is; only a text with a sign that may be
//! one is read string by string.

mod judged;
mod search;

use std::ops::Deref;

use serde_json::Value;

use crate::document::Pointer;
use crate::document::strings::strings;
use crate::model::{self, ReadError, Resource};
use crate::secret::{self, Masked, Secret, Values};
use judged::Judged;
use search::Search;

/// A text without its credentials, and what was found in it.
///
/// Everything that is said about a text is said about the masked one, which has the same places. So nothing can repeat a
/// credential, in whatever order it is quoted, shortened or escaped.
#[derive(Clone, Debug, Default)]
pub struct Inspection<'t> {
    /// The text, credentials masked.
    pub text: Masked<'t>,
    /// The credentials.
    pub secrets: Vec<Secret>,
    /// The strings that PowerShell wrote instead of nested values.
    pub cut_off: Vec<CutOff>,
    /// Whether the text is nothing but a token.
    pub is_token: bool,
    values: Values,
}

/// A resource that was read from a masked text. Rules take no other.
#[derive(Debug)]
pub struct MaskedResource<'a>(Resource<'a>);

impl<'a> Deref for MaskedResource<'a> {
    type Target = Resource<'a>;

    fn deref(&self) -> &Resource<'a> {
        &self.0
    }
}

/// A string that PowerShell wrote instead of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutOff {
    /// Its place.
    pub pointer: Pointer,
    /// Its text: the name of a type.
    pub text: String,
}

impl<'t> Inspection<'t> {
    /// Inspects a text, JSON or not.
    pub fn of(text: &'t str) -> Self {
        let judged = Judged::of(text);
        let is_token = is_token(text);
        if !judged.is_suspect {
            return Inspection { text: Masked::at(text, Vec::new()), is_token, ..Inspection::default() };
        }
        let mut search = Search::new(text, judged);
        strings(text, |token| search.read(token));
        Inspection { is_token, ..search.end() }
    }

    /// Reads everything in the text that can be checked.
    ///
    /// # Errors
    /// As [`model::read`].
    pub fn read(&self) -> Result<Vec<MaskedResource<'_>>, ReadError> {
        Ok(model::read(&self.text)?.into_iter().map(MaskedResource).collect())
    }

    /// Another text that was made from the unmasked one, without its credentials.
    pub fn mask(&self, text: &str) -> String {
        let places = secret::shapes(text).into_iter().map(|(_, place)| place).chain(self.values.places(text));
        Masked::at(text, places.collect()).into_owned()
    }

    /// A value that was made from the unmasked text, and is the member `key` of something.
    pub fn mask_value(&self, key: &str, value: &Value) -> Value {
        let member = serde_json::json!({ key: value }).to_string();
        let known = self.mask(&member);
        let masked = Inspection::of(&known).text;
        // Masked JSON stays valid: only the content of strings becomes asterisks.
        let members = serde_json::from_str::<serde_json::Map<String, Value>>(&masked).unwrap_or_default();
        members.into_iter().next().map(|(_, value)| value).unwrap_or_default()
    }
}

/// Whether a value for a file holds a masked credential, of that file or of a policy, so that it must not be written.
pub fn is_masked(value: &Value, file: &Masked<'_>) -> bool {
    // Longer than any run of asterisks that somebody writes.
    const RUN: &str = "********";
    match value {
        Value::String(text) if text.contains(RUN) => true,
        Value::String(text) => file.hides() && secret::is_mask(text),
        Value::Array(items) => items.iter().any(|item| is_masked(item, file)),
        Value::Object(members) => members.values().any(|member| is_masked(member, file)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a text is nothing but a token.
fn is_token(text: &str) -> bool {
    let bare = text.trim();
    !bare.starts_with(['{', '[']) && !bare.contains(char::is_whitespace) && secret::claims(bare).is_object()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        Inspection::of(text).text.to_string()
    }

    #[test]
    fn a_short_credential_is_masked_in_its_place_only_also_before_its_key() {
        let text = r#"{"metadata": [{"value": "e", "key": "ClientSecret"}, {"value": "e", "key": "e"}], "e": "eee"}"#;
        assert_eq!(masked(text), text.replacen("\"e\"", "\"*\"", 1));
        let Inspection { secrets, .. } = Inspection::of(text);
        assert_eq!(secrets.iter().map(|secret| secret.pointer.as_str()).collect::<Vec<_>>(), ["/metadata/0/value"]);
    }

    #[test]
    fn a_long_credential_is_masked_wherever_the_text_repeats_it() {
        let text = r#"{"SecretToken": "s3cr3t\u002Bvalue", "a": "s3cr3t\u002Bvalue", "b": "x s3cr3t+value y", "s3cr3t%2Bvalue": 1}"#;
        let said = r#"{"SecretToken": "*****************", "a": "*****************", "b": "x ************ y", "**************": 1}"#;
        assert_eq!(masked(text), said);
        let other = Inspection::of(text).mask("the value is s3cr3t+value.");
        assert_eq!(other, "the value is ************.");
    }

    #[test]
    fn a_broken_text_keeps_no_credential_either() {
        for (text, said) in [
            ("{\"SecretToken\": \"ab", "{\"SecretToken\": \"**"),
            ("{\"SecretToken\": \"ab\n\"b\": \"c", "{\"SecretToken\": \"**\n\"b\": \"c"),
            ("{\"SecretToken\": \"a\", \"SecretToken\": \"b\"}", "{\"SecretToken\": \"*\", \"SecretToken\": \"*\"}"),
            ("[{\"key\": \"Password\", \"value\": \"ab\"", "[{\"key\": \"Password\", \"value\": \"**\""),
            ("}],\"SecretToken\": \"é\"", "}],\"SecretToken\": \"**\""),
            ("@{ Bearer abcdefghijklmnop }", "@{ *********************** }"),
            ("{\"a\": \"@{SecretToken=x}\"}", "{\"a\": \"@{*************}\"}"),
        ] {
            assert_eq!(masked(text), said);
        }
    }

    #[test]
    fn a_token_is_judged_before_it_is_masked() {
        let fault = |token: &str| {
            let text = serde_json::json!({"secrets": [{"key": "SecretToken", "value": token}]}).to_string();
            let Inspection { secrets, .. } = Inspection::of(&text);
            secrets.first().and_then(|secret| secret.fault)?.at("2030-01-01T00:00:00Z".parse().ok()?)
        };
        assert_eq!(fault("8f14"), None);
        assert_eq!(fault("8f 14").as_deref(), Some("contains spaces or line breaks"));
        assert_eq!(fault("Bearer abcdefghijklmnop").as_deref(), Some("begins with Bearer, which Entra adds itself"));
        let token = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3MzU2ODk2MDB9.c2ln";
        assert_eq!(fault(token).as_deref(), Some("expired on 2025-01-01"));
        assert!(Inspection::of(token).is_token && !Inspection::of(&format!("{token} x")).is_token);
    }

    #[test]
    fn a_difference_is_masked_by_its_property_and_by_what_the_text_holds() {
        let value = |text: &str| Value::from(text);
        let inspection = Inspection::of(r#"{"SecretToken": "s3cr3t+value"}"#);
        assert_eq!(inspection.mask_value("clientSecret", &value("e")), value("*"));
        assert_eq!(inspection.mask_value("name", &value("e")), value("e"));
        assert_eq!(
            inspection.mask_value("", &serde_json::json!(["s3cr3t+value"])),
            serde_json::json!(["************"])
        );
    }

    #[test]
    fn only_what_powershell_leaves_behind_is_cut_off() {
        let text = r#"{"a": "System.Object[]", "b": ["Microsoft.Graph.PowerShell.Models.MicrosoftGraphObjectMapping"],
            "c": "@{x=1}", "d": "about System.Object[]", "e": "@{"}"#;
        let pointers: Vec<String> = Inspection::of(text).cut_off.iter().map(|cut| cut.pointer.to_string()).collect();
        assert_eq!(pointers, ["/a", "/b/0", "/c"]);
    }

    #[test]
    fn every_credential_has_a_sign_of_its_own() {
        for word in ["Bearer", "bearer", "BEARER"] {
            for space in [" ", "\\t"] {
                let text = format!(r#"{{"a": "{word}{space}abcdefghijklmnopqrstuvwxyz"}}"#);
                assert!(!Inspection::of(&text).secrets.is_empty(), "{text}");
            }
        }
        for key in secret::KEYS {
            for key in [key.to_owned(), key.to_lowercase(), key.to_uppercase()] {
                for text in [
                    format!(r#"{{"{key}": "x"}}"#),
                    format!(r#"[{{"key": "{key}", "value": "x"}}]"#),
                    format!(r#"[{{"Key": "{key}", "Value": "x"}}]"#),
                ] {
                    assert!(!Inspection::of(&text).secrets.is_empty(), "{text}");
                }
            }
        }
    }
}
