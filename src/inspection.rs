//! What the strings of a text reveal: credentials, and signs that it was cut off. And the text without its credentials.
//!
//! Most texts have neither, so one pass searches for their signs; only a text with signs is read string by string.

use std::ops::{Deref, Range};

use aho_corasick::packed;
use serde_json::Value;

use crate::document::Pointer;
use crate::document::strings::{Token, in_content, strings, unescaped};
use crate::model::{self, ReadError, Resource};
use crate::secret::{self, Fault, Masked, SIGNS_OF_SHAPES, Secret, Values};

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

/// What `ConvertTo-Json` writes below its `-Depth`: a type's name, or a hashtable in braces.
const TYPES: [&str; 3] = ["System.Object[]", "System.Collections.", "Microsoft.Graph.PowerShell.Models."];
const HASHTABLE: &str = "@{";

/// Every text with credentials that have no shape, or with cut-off data, contains one of these.
const SIGNS: [&str; 26] = [
    "System.Object[]",
    "System.Collections.",
    "Microsoft.Graph.PowerShell.Models.",
    "\"@{",
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

impl<'t> Inspection<'t> {
    /// Inspects a text, JSON or not.
    pub fn of(text: &'t str) -> Self {
        if !has_signs(text) {
            return Inspection { text: Masked::at(text, Vec::new()), ..Inspection::default() };
        }
        let mut search = Search::new(text);
        strings(text, |token| search.read(token));
        search.end()
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
        let places = secret::shapes(text).map(|(_, place)| place).chain(self.values.places(text));
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
        Value::String(text) => file.hides() && !text.is_empty() && text.bytes().all(|byte| byte == b'*'),
        Value::Array(items) => items.iter().any(|item| is_masked(item, file)),
        Value::Object(members) => members.values().any(|member| is_masked(member, file)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The levels below which nothing is read: a parser refuses more.
const DEEPEST: usize = 128;
/// The credentials in a string that are masked one by one.
const MOST_IN_STRING: usize = 64;

/// A step on the way to a value.
#[derive(Clone, Debug)]
enum Step {
    /// The content of the key.
    Key(Range<usize>),
    Index(usize),
}

/// An object or a list that is being read.
#[derive(Debug)]
struct Frame {
    is_object: bool,
    /// The way to the next value.
    step: Option<Step>,
    /// The string at `key` of an entry.
    entry: Option<Range<usize>>,
    /// The strings at `value` of an entry, whose key may follow.
    values: Vec<(Step, Range<usize>)>,
}

/// A credential before its place has a name: the names of places are masked, too.
struct Found {
    start: usize,
    way: Vec<Step>,
    what: Option<&'static str>,
    fault: Option<Fault>,
}

/// The strings of a text as they are read.
struct Search<'t> {
    text: &'t str,
    frames: Vec<Frame>,
    /// The end of the last token.
    at: usize,
    hidden: Vec<Range<usize>>,
    values: Vec<String>,
    secrets: Vec<Found>,
    cut_off: Vec<(Vec<Step>, Range<usize>)>,
}

impl<'t> Search<'t> {
    fn new(text: &'t str) -> Self {
        // Members without an object stand in a text that was cut in two.
        let outside = Frame { is_object: true, step: None, entry: None, values: Vec::new() };
        let (frames, hidden, values, secrets) = (vec![outside], Vec::new(), Vec::new(), Vec::new());
        Search { text, frames, at: 0, hidden, values, secrets, cut_off: Vec::new() }
    }

    fn read(&mut self, token: Token) {
        if let Token::Key(content) | Token::Text(content) = &token {
            self.between(self.at..content.start);
            self.at = content.end;
        }
        match token {
            Token::Open { is_object } => {
                let step = (!is_object).then_some(Step::Index(0));
                self.frames.push(Frame { is_object, step, entry: None, values: Vec::new() });
            }
            Token::Close if self.frames.len() > 1 => self.close(),
            Token::Close => {}
            Token::Comma => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.step = match frame.step {
                        Some(Step::Index(index)) => Some(Step::Index(index + 1)),
                        _ => None,
                    };
                }
            }
            Token::Key(content) => {
                for (_, place) in secret::shapes(&self.text[content.clone()]) {
                    self.hidden.push(content.start + place.start..content.start + place.end);
                }
                if let Some(frame) = self.frames.last_mut() {
                    frame.step = Some(Step::Key(content));
                }
            }
            Token::Text(content) => self.string(content),
        }
    }

    /// What is in no string: punctuation, or something that is no JSON.
    fn between(&mut self, gap: Range<usize>) {
        for (_, place) in secret::shapes(&self.text[gap.clone()]) {
            self.hidden.push(gap.start + place.start..gap.start + place.end);
        }
    }

    /// A string that is an element, or the value of a member.
    fn string(&mut self, content: Range<usize>) {
        let text = self.text;
        let Some(frame) = self.frames.last_mut().filter(|frame| frame.is_object) else {
            return self.look_at(content, None, None);
        };
        let Some(step) = frame.step.clone() else { return self.look_at(content, None, None) };
        let key = match &step {
            Step::Key(key) => unescaped(&text[key.clone()]),
            Step::Index(_) => "".into(),
        };
        if key == "key" || key == "Key" {
            frame.entry.get_or_insert(content.clone());
        }
        if key.eq_ignore_ascii_case("value") {
            frame.values.push((step, content));
        } else {
            self.look_at(content, Some(&key), None);
        }
    }

    /// Ends an object or a list.
    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        for (step, content) in frame.values {
            let key = unescaped(&self.text[frame.entry.clone().unwrap_or_default()]).into_owned();
            let key = if frame.entry.is_some() { key.as_str() } else { "value" };
            self.look_at(content, Some(key), Some(step));
        }
    }

    /// The way to the value that is being read, as deep as a file is read.
    fn way(&self) -> Vec<Step> {
        self.frames.iter().take(DEEPEST).filter_map(|frame| frame.step.clone()).collect()
    }

    /// Looks at a string; `last` is the step to it that its object no longer has.
    fn look_at(&mut self, content: Range<usize>, key: Option<&str>, last: Option<Step>) {
        let spelt = &self.text[content.clone()];
        let value = unescaped(spelt);
        let fault = key.filter(|key| secret::is_credential_key(key)).and_then(|_| Fault::of(&value));
        let mut found = secret::in_string(&value, key);
        if found.len() > MOST_IN_STRING {
            // A string of credentials is one, and takes no longer to mask.
            found.truncate(1);
            found.iter_mut().for_each(|(_, inside)| *inside = 0..value.len());
        }
        let is_cut_off = TYPES.iter().any(|name| value.starts_with(name));
        let hashtable = value.starts_with(HASHTABLE) && value.ends_with('}');
        if found.is_empty() && !is_cut_off && !hashtable {
            return;
        }
        let way: Vec<Step> = self.way().into_iter().chain(last).collect();
        for (what, inside) in found {
            let place = in_content(spelt, &inside);
            self.values.extend([value[inside].to_owned(), spelt[place.clone()].to_owned()]);
            self.hidden.push(content.start + place.start..content.start + place.end);
            self.secrets.push(Found { start: content.start, way: way.clone(), what, fault });
        }
        if hashtable && secret::names_credential(&value) {
            self.hidden.push(content.start + HASHTABLE.len()..content.end - 1);
        }
        if hashtable || is_cut_off {
            self.cut_off.push((way, content));
        }
    }

    fn end(mut self) -> Inspection<'t> {
        while !self.frames.is_empty() {
            self.close();
        }
        self.between(self.at..self.text.len());
        let bare = self.text.trim();
        let is_token = !bare.contains(char::is_whitespace) && secret::claims(bare).is_object();
        let values = Values::new(self.values.iter().map(String::as_str));
        self.hidden.extend(values.places(self.text));
        let text = Masked::at(self.text, self.hidden);
        let pointer = |way: &[Step]| {
            way.iter().fold(Pointer::root(), |pointer, step| match step {
                Step::Key(key) => pointer.key(&unescaped(&text[key.clone()])),
                Step::Index(index) => pointer.index(*index),
            })
        };
        self.secrets.sort_by_key(|found| found.start);
        let secret = |found: &Found| Secret { pointer: pointer(&found.way), what: found.what, fault: found.fault };
        let secrets = self.secrets.iter().map(secret);
        let shown = |content: &Range<usize>| unescaped(&text[content.clone()]).into_owned();
        let cut_off = self.cut_off.iter().map(|(way, text)| CutOff { pointer: pointer(way), text: shown(text) });
        let (secrets, cut_off) = (secrets.collect(), cut_off.collect());
        Inspection { text, secrets, cut_off, is_token, values }
    }
}

fn has_signs(text: &str) -> bool {
    let all = || SIGNS.iter().chain(&SIGNS_OF_SHAPES);
    match packed::Searcher::new(all()) {
        Some(searcher) => searcher.find(text).is_some(),
        // The fast search is not available on every processor.
        None => all().any(|sign| text.contains(sign)),
    }
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
