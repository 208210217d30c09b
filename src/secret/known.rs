//! Credentials whose values are known, wherever they stand: escaped as in JSON or a URL, in base64, in part.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::bare;

/// A shorter value may be part of any word, so it is masked only in its place.
const SHORTEST: usize = 8;
/// A shorter value of letters alone may be a name.
const SHORTEST_WORD: usize = 32;
/// The longest value of a file that is searched for, and how much of all spellings: a file may be made of nothing else.
const LONGEST: usize = 8 << 10;
const MOST: usize = 512 << 10;
/// Fewer spellings get the fastest automaton, which takes the most memory.
const FEW: usize = 16 << 10;
/// The shortest part of this run's own credentials that is masked: no text has so much in common with a token by chance.
const PART: usize = 16;

/// The values of a file's credentials.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(Option<AhoCorasick>);

impl Values {
    pub(crate) fn new<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        let is_word = |value: &str| value.len() < SHORTEST_WORD && value.bytes().all(|byte| byte.is_ascii_alphabetic());
        let fits = |value: &&str| value.len() <= LONGEST && !is_word(value);
        let (mut known, mut all, mut size) = (HashSet::new(), Vec::new(), 0);
        for value in values.into_iter().filter(fits).filter(|value| known.insert(*value)) {
            let forms = forms(value);
            size += forms.iter().map(String::len).sum::<usize>();
            if size > MOST {
                break;
            }
            all.extend(forms);
        }
        all.sort_unstable();
        all.dedup();
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::LeftmostLongest);
        builder.kind((size > FEW).then_some(AhoCorasickKind::ContiguousNFA));
        Values(if all.is_empty() { None } else { builder.build(all).ok() })
    }

    /// Where a text has one of the values.
    pub(crate) fn places(&self, text: &str) -> Vec<Range<usize>> {
        self.0.iter().flat_map(|search| search.find_iter(text)).map(|found| found.range()).collect()
    }
}

/// The spellings in which a value may appear.
fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned(), bare(value), in_json(value), in_ascii(value, true), in_ascii(value, false)];
    forms.extend([in_url(value, true), in_url(value, false)]);
    for (before, skipped) in [(0, 0), (1, 2), (2, 3)] {
        let bytes = [&vec![0; before][..], value.as_bytes()].concat();
        // The last digit also depends on what follows.
        let last = usize::from(bytes.len() % 3 != 0);
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let digits = engine.encode(&bytes);
            forms.extend(digits.get(skipped..digits.len() - last).map(str::to_owned));
        }
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// As serde_json escapes it.
fn in_json(value: &str) -> String {
    let quoted = Value::from(value).to_string();
    quoted.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned()
}

/// As .NET escapes it: with numbers for what means something in HTML.
fn in_ascii(value: &str, upper: bool) -> String {
    let mut escaped = String::new();
    for character in value.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '<' | '>' | '&' | '\'' | '"' | '+' | '`' | '\u{7f}'.. => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    escaped.push_str(&if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") });
                }
            }
            plain => escaped.push(plain),
        }
    }
    escaped
}

fn in_url(value: &str, upper: bool) -> String {
    let mut escaped = String::new();
    for byte in value.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
            _ => escaped.push_str(&if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") }),
        }
    }
    escaped
}

/// The credentials that this run was given or got. They belong to the process, like the environment that many come from:
/// whatever it writes must not hold them.
static OWN: RwLock<Vec<Own>> = RwLock::new(Vec::new());
/// Whether there are any: most runs are offline.
static HAS_OWN: AtomicBool = AtomicBool::new(false);

/// One of this run's own credentials.
struct Own {
    value: String,
    forms: Vec<String>,
    /// Finds blocks of all forms: [`PART`] equal bytes always contain one.
    blocks: AhoCorasick,
    /// The form of each block, and its place there.
    places: Vec<(usize, usize)>,
}

const BLOCK: usize = PART / 2;

impl Own {
    fn new(value: &str) -> Option<Self> {
        let mut forms = forms(value);
        forms.sort_unstable();
        forms.dedup();
        let blocks = |form: &String| (0..form.len() / BLOCK).map(|number| number * BLOCK).collect::<Vec<_>>();
        let places: Vec<(usize, usize)> = forms
            .iter()
            .enumerate()
            .flat_map(|(index, form)| blocks(form).into_iter().map(move |at| (index, at)))
            .collect();
        let search = AhoCorasick::new(places.iter().map(|(form, at)| &forms[*form].as_bytes()[*at..at + BLOCK]));
        Some(Own { value: value.to_owned(), blocks: search.ok()?, places, forms })
    }

    /// Where a text has the whole credential or a long part of it.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        let text = text.as_bytes();
        let mut found: Vec<Range<usize>> = Vec::new();
        for block in self.blocks.find_overlapping_iter(text) {
            if found.last().is_some_and(|last| block.end() <= last.end) {
                continue;
            }
            let (form, at) = self.places[block.pattern().as_usize()];
            let form = self.forms[form].as_bytes();
            let same = |(left, right): &(&u8, &u8)| left == right;
            let before = text[..block.start()].iter().rev().zip(form[..at].iter().rev()).take_while(same).count();
            let after = text[block.end()..].iter().zip(&form[at + BLOCK..]).take_while(same).count();
            if before + BLOCK + after >= PART.min(form.len()) {
                found.push(block.start() - before..block.end() + after);
            }
        }
        found
    }
}

/// From now on, no output of this run holds this credential.
pub fn never_show(value: &str) {
    let mut own = OWN.write().unwrap_or_else(PoisonError::into_inner);
    if value.len() >= SHORTEST && !own.iter().any(|known| known.value == value) {
        own.extend(Own::new(value));
        HAS_OWN.store(true, Ordering::Release);
    }
}

/// Where a text has one of this run's own credentials, or a part of one.
pub(super) fn own_places(text: &str) -> Vec<Range<usize>> {
    if !HAS_OWN.load(Ordering::Acquire) {
        return Vec::new();
    }
    let own = OWN.read().unwrap_or_else(PoisonError::into_inner);
    own.iter().flat_map(|known| known.places(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::masked_at;

    const TOKEN: &str = "opaque/T0ken+of-a vendor'1234567890";

    fn spellings() -> Vec<String> {
        let encoded = |before: &str| STANDARD_NO_PAD.encode(format!("{before}{TOKEN}:x"));
        vec![
            TOKEN.to_owned(),
            "opaque/T0ken\\u002Bof-a vendor\\u00271234567890".to_owned(),
            "opaque%2FT0ken%2Bof-a%20vendor%271234567890".to_owned(),
            encoded(""),
            encoded("u"),
            encoded("u:"),
        ]
    }

    /// Whether a text has eight characters of a spelling.
    fn has_part(text: &str, spelling: &str) -> bool {
        let inner = spelling.len() - 6;
        (4..inner - 8).any(|at| text.contains(&spelling[at..at + 8]))
    }

    #[test]
    fn a_value_that_may_be_a_word_is_not_searched_for() {
        let word = |letters| "n".repeat(letters);
        for (value, is_found) in
            [(word(31), false), (word(32), true), ("n0menom".to_owned(), false), ("n0menome".to_owned(), true)]
        {
            let text = format!("before {value} behind");
            assert_eq!(!Values::new([value.as_str()]).places(&text).is_empty(), is_found, "{value}");
        }
        never_show("~q7~");
        assert!(own_places("before ~q7~ behind").is_empty());
    }

    #[test]
    fn a_run_has_several_credentials() {
        let values = ["the-first-of-9876", "another-one-5432"];
        values.iter().for_each(|value| never_show(value));
        for value in values {
            assert_eq!(own_places(&format!("before {value} behind")), vec![7..7 + value.len()], "{value}");
        }
    }

    #[test]
    fn a_value_is_found_in_every_spelling() {
        let values = Values::new([TOKEN]);
        for spelling in spellings() {
            let text = format!("before {spelling} behind");
            let masked = masked_at(&text, values.places(&text));
            assert!(
                !has_part(&masked, &spelling) && masked.starts_with("before ") && masked.ends_with(" behind"),
                "{masked}"
            );
        }
    }

    #[test]
    fn short_values_and_names_are_not_searched_for() {
        let values = Values::new(["a", "s3cr3t", "customappsso", "synchronizationRules"]);
        assert!(values.places("a s3cr3t customappsso synchronizationRules").is_empty());
    }

    #[test]
    fn a_long_part_of_an_own_credential_is_found_and_a_common_word_is_not() {
        let own = Own::new("truu-total-scim-a8f3e91c77d04b52").unwrap();
        let masked = |text: &str| masked_at(text, own.places(text)).into_owned();
        assert_eq!(masked("x truu-total-scim-a8f3 ... y"), "x ******************** ... y");
        assert_eq!(masked("a profile truu-total"), "a profile truu-total");
        let short = Own::new("pass-w0rd").unwrap();
        assert_eq!(
            masked_at("a pass-w0rd b pass-w0r", short.places("a pass-w0rd b pass-w0r")),
            "a ********* b pass-w0r"
        );
    }

    #[test]
    fn every_spelling_of_an_own_credential_is_found() {
        let own = Own::new(TOKEN).unwrap();
        for spelling in spellings() {
            let text = format!("before {spelling} behind");
            let masked = masked_at(&text, own.places(&text));
            assert!(!has_part(&masked, &spelling), "{masked}");
        }
    }

    #[test]
    fn base64_loses_only_the_digit_that_depends_on_what_follows() {
        // 9 and 10 bytes: of the first all digits are certain, of the second all but the last.
        for (value, digits) in [("abcdefghi", "YWJjZGVmZ2hp"), ("abcdefghij", "YWJjZGVmZ2hpa")] {
            assert!(forms(value).iter().any(|form| form == digits), "{:?}", forms(value));
        }
        assert!(!forms("abcdefghij").iter().any(|form| form.starts_with("YWJjZGVmZ2hpag")));
    }

    #[test]
    fn a_value_is_escaped_as_json_does() {
        assert_eq!(in_json(r#"a"b\c"#), r#"a\"b\\c"#);
        assert_eq!(in_json(r#""quoted""#), r#"\"quoted\""#);
    }

    #[test]
    fn each_place_of_an_own_credential_is_found_once() {
        let own = Own::new("truu-total-scim-a8f3e91c77d04b52").unwrap();
        let places = own.places("x truu-total-scim-a8f3e91c77d04b52 y");
        assert_eq!((places.len(), places[0].clone()), (1, 2..34));
    }

    #[test]
    fn an_own_credential_of_eight_characters_is_masked_and_a_shorter_one_is_not() {
        never_show("q8-Z_x9!");
        never_show("k7-Y_w!");
        let text = "q8-Z_x9! and k7-Y_w!";
        assert_eq!(masked_at(text, own_places(text)), "******** and k7-Y_w!");
    }
}
