//! Credentials and cut-off data in the strings of a file.
//!
//! Most files have neither, so one pass searches the text for their signs; only a file with signs is read string by
//! string.

use aho_corasick::packed;
use serde_json::Value;

use crate::document::Pointer;
use crate::secret::{self, Secret};

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// The credentials.
    pub secrets: Vec<Secret>,
    /// The strings that PowerShell wrote instead of nested values.
    pub cut_off: Vec<CutOff>,
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

/// Every file with credentials or cut-off data contains one of these. Signs of at least three bytes are found fastest.
const SIGNS: [&str; 24] = [
    "System.Object[]",
    "System.Collections.",
    "Microsoft.Graph.PowerShell.Models.",
    "\"@{",
    "eyJ",
    "earer",
    "EARER",
    "oken\"",
    "OKEN\"",
    "ecret\"",
    "ECRET\"",
    "assword\"",
    "ASSWORD\"",
    "aseAddress\"",
    "0Q~",
    "1Q~",
    "2Q~",
    "3Q~",
    "4Q~",
    "5Q~",
    "6Q~",
    "7Q~",
    "8Q~",
    "9Q~",
];

impl Inspection {
    /// Searches a JSON text; finds nothing in a text that is not JSON.
    pub fn of(text: &str) -> Self {
        let mut inspection = Inspection::default();
        if has_signs(text)
            && let Ok(value) = serde_json::from_str::<Value>(text)
        {
            inspection.search(&value, None, &Pointer::root());
        }
        inspection
    }

    /// Searches `value`, which is the member `key` of an object, or the value of an entry with that key.
    fn search(&mut self, value: &Value, key: Option<&str>, pointer: &Pointer) {
        match value {
            Value::String(text) => self.look_at(text, key, pointer),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.search(item, None, &pointer.index(index));
                }
            }
            Value::Object(members) => {
                let entry = ["key", "Key"].iter().find_map(|key| members.get(*key)?.as_str());
                for (name, member) in members {
                    let key = entry.filter(|_| name.eq_ignore_ascii_case("value")).unwrap_or(name);
                    self.search(member, Some(key), &pointer.key(name));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn look_at(&mut self, text: &str, key: Option<&str>, pointer: &Pointer) {
        self.secrets.extend(secret::in_string(text, key, pointer));
        let hashtable = text.starts_with(HASHTABLE) && text.ends_with('}');
        if hashtable || TYPES.iter().any(|name| text.starts_with(name)) {
            self.cut_off.push(CutOff { pointer: pointer.clone(), text: text.to_owned() });
        }
    }
}

fn has_signs(text: &str) -> bool {
    match packed::Searcher::new(SIGNS) {
        Some(searcher) => searcher.find(text).is_some(),
        // The fast search is not available on every processor.
        None => SIGNS.iter().any(|sign| text.contains(sign)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
