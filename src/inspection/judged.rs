//! Whether a text may hold credentials or data that was cut off: its signs, each judged where it is.

use std::ops::Range;
use std::sync::LazyLock;

use crate::document::strings;
use crate::secret::{self, Candidates, Signs};

/// What `ConvertTo-Json` writes below its `-Depth`: a type's name, or a hashtable in braces.
pub(super) const TYPES: [&str; 3] = ["System.Object[]", "System.Collections.", "Microsoft.Graph.PowerShell.Models."];
pub(super) const HASHTABLE: &str = "@{";

/// Ends of keys whose values are credentials, or hold some.
const KEYS: [&str; 22] = [
    "oken\"",
    "OKEN\"",
    "ecret\"",
    "ECRET\"",
    "assword\"",
    "ASSWORD\"",
    "aseAddress\"",
    "ppKey\"",
    "ppkey\"",
    "PPKEY\"",
    "okenKey\"",
    "okenkey\"",
    "OKENKEY\"",
    "tionCode\"",
    "tioncode\"",
    "TIONCODE\"",
    "tionString\"",
    "tionstring\"",
    "TIONSTRING\"",
    "ityKey\"",
    "itykey\"",
    "ITYKEY\"",
];

/// The longest key, every letter escaped.
const LONGEST_KEY: usize = 25 * r"\u0041".len();

/// What the signs of a text are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Judged {
    /// Whether the text must be read string by string.
    pub(super) is_suspect: bool,
    /// The starts of the signs that may be part of a credential by its shape, in order.
    pub(super) shapes: Vec<usize>,
}

impl Judged {
    pub(super) fn of(text: &str) -> Self {
        static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
            let hashtable = format!("\"{HASHTABLE}");
            Signs::new(&[&TYPES[..], &[&hashtable], &KEYS, &secret::SIGNS_OF_SHAPES].concat())
        });
        const HASHTABLES: usize = TYPES.len();
        const FIRST_KEY: usize = HASHTABLES + 1;
        const FIRST_SHAPE: usize = FIRST_KEY + KEYS.len();
        let mut judged = Judged::default();
        let mut candidates = Candidates::new(text);
        SIGNS.each(text, |sign, place| {
            judged.is_suspect |= match sign {
                // The name of a type is the beginning of a string.
                ..HASHTABLES => !text[..place.start].ends_with(|before| before != '"'),
                HASHTABLES => true,
                FIRST_KEY..FIRST_SHAPE => !is_harmless_key(text.as_bytes(), place.end),
                FIRST_SHAPE.. => {
                    let may_be = candidates.may_be(place.clone());
                    judged.shapes.extend(may_be.then_some(place.start));
                    may_be
                }
            };
        });
        judged
    }

    /// Whether a part of the text may have a credential by its shape.
    pub(super) fn has_shape(&self, part: &Range<usize>) -> bool {
        let next = self.shapes.partition_point(|shape| *shape < part.start);
        self.shapes.get(next).is_some_and(|shape| *shape < part.end)
    }
}

/// Whether the string that ends before `end`, with its quote, certainly gives no value away: it is no key of a
/// credential, or what belongs to it is masked already or does not need to be.
fn is_harmless_key(text: &[u8], end: usize) -> bool {
    let Some(content) = string_before(text, end) else { return true };
    let key = &text[content.clone()];
    if key.contains(&b'\\') {
        return false;
    }
    let Some(key) = std::str::from_utf8(key).ok().filter(|key| secret::is_sensitive_key(key)) else { return true };
    let begin = content.start - 1;
    match next(text, end) {
        Some((b':', at)) => {
            let ends = |end: usize| matches!(next(text, end), Some((b',' | b'}', _)));
            is_harmless_value(text, at + 1, key).is_some_and(ends)
        }
        after => is_harmless_entry(text, begin, after, key),
    }
}

/// Whether `key`, which begins at `begin` with its quote, is no key of an entry, or one of an entry without a credential:
/// `{"key": "SecretToken", "value": "*"}`.
fn is_harmless_entry(text: &[u8], begin: usize, after: Option<(u8, usize)>, key: &str) -> bool {
    let before = |end: usize| text[..end].iter().rposition(|byte| !byte.is_ascii_whitespace());
    let colon = before(begin).filter(|at| text[*at] == b':');
    let Some(quote) = colon.and_then(before) else { return true };
    let Some(name) = (text[quote] == b'"').then(|| string_before(text, quote + 1)).flatten() else { return true };
    let is_key = matches!(&text[name.clone()], b"key" | b"Key");
    if !is_key {
        return !text[name].contains(&b'\\');
    }
    let opens = before(name.start - 1).is_some_and(|at| text[at] == b'{');
    let value = || {
        let (_, at) = after.filter(|(byte, _)| *byte == b',')?;
        let (_, at) = next(text, at + 1).filter(|(byte, _)| *byte == b'"')?;
        let name = at + 1..at + 1 + "value".len();
        text.get(name.clone()).filter(|name| name.eq_ignore_ascii_case(b"value"))?;
        let quoted = text.get(name.end).filter(|byte| **byte == b'"');
        let (_, at) = quoted.and_then(|_| next(text, name.end + 1)).filter(|(byte, _)| *byte == b':')?;
        is_harmless_value(text, at + 1, key)
    };
    let closes = |at: usize| matches!(next(text, at), Some((b'}', _)));
    let ends = after.filter(|(byte, _)| *byte == b'}').is_some();
    opens && (ends || value().is_some_and(closes))
}

/// Where the value behind `at` ends, if it is a string that holds no credential as the value of `key`, or no string.
fn is_harmless_value(text: &[u8], at: usize, key: &str) -> Option<usize> {
    let (first, at) = next(text, at)?;
    if first != b'"' {
        let length = text[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        // Lists and objects are left to a reader of all strings.
        return (length > 0).then_some(at + length);
    }
    let content = at + 1..strings::end(text, at + 1);
    let value = std::str::from_utf8(&text[content.clone()]).ok().filter(|value| !value.contains('\\'))?;
    secret::in_string(value, Some(key)).is_empty().then_some(content.end + 1)
}

/// The first byte at or behind `at` that is no blank, and its place.
fn next(text: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = text.get(at..)?;
    let skipped = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
    Some((rest[skipped], at + skipped))
}

/// The content of the string that ends before `end`, with its quote, if it may be a key of a credential: letters, digits,
/// underscores and escapes.
fn string_before(text: &[u8], end: usize) -> Option<Range<usize>> {
    let last = end.checked_sub(1)?;
    let length = text[..last].iter().rev().take(LONGEST_KEY + 1).take_while(|byte| in_key(**byte)).count();
    let start = last - length;
    (length <= LONGEST_KEY && start > 0 && text[start - 1] == b'"').then_some(start..last)
}

fn in_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_suspect(text: &str) -> bool {
        Judged::of(text).is_suspect
    }

    #[test]
    fn what_real_exports_have_is_no_suspicion() {
        for text in [
            r#"{"name": "passwordProfile.password", "metadata": [{"key": "Secret", "value": "true"}]}"#,
            r#"[{"key": "BaseAddress", "value": "https://x.example.com/scim?aadOptscim062020"}]"#,
            r#"[{"key": "SecretToken", "value": "*"}, { "Key" : "Password" , "Value" : "" }, {"key": "AppKey"}]"#,
            r#"{"SecretToken": null, "Password": "***", "baseAddress": "https://x.example.com"}"#,
            r#"{"a": ["SecretToken"], "b": "SecretToken", "description": "A Bearer of eyJ and 8Q~ of System.Object[]"}"#,
        ] {
            assert!(!is_suspect(text), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_credential_is_suspect() {
        for text in [
            r#"{"SecretToken": "a"}"#,
            r#"{"SecretToken" : ["a"]}"#,
            r#"{"Secret\u0054oken": "a"}"#,
            r#"{"SecretToken": "\u002a"}"#,
            r#"{"SecretToken": null "a"}"#,
            r#"{"SecretToken": "*" "a"}"#,
            r#"{"SecretToken": "*"#,
            r#"[{"key": "SecretToken", "value": "a"}]"#,
            r#"[{"value": "a", "key": "SecretToken"}]"#,
            r#"[{"id": 1, "key": "SecretToken", "value": "*"}]"#,
            r#"[{"key": "SecretToken", "value": "*", "value": "a"}]"#,
            r#"[{"k\u0065y": "SecretToken", "value": "a"}]"#,
            r#"[{"key": "SecretToken", "id": 1, "value": "a"}]"#,
            r#"[{"key": "SecretToken", "value" "a"}]"#,
            r#"[{"key": "BaseAddress", "value": "https://x.example.com?token=a"}]"#,
            r#"{"a": "System.Object[]"}"#,
            r#"{"a": "@{b=1}"}"#,
            "System.Object[]",
        ] {
            assert!(is_suspect(text), "{text}");
        }
    }
}
