//! What is wrong with a text that is not the JSON it should be.

use std::ops::Range;

use crate::document::Lines;
use crate::document::strict::DUPLICATE_KEY;
use crate::inspection::Inspection;
use crate::secret::{Masked, mask_shapes};
use crate::text::shortened;

/// The mistake in a text that could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonMistake {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// A few words for the place.
    pub label: &'static str,
    /// The bytes at fault.
    pub span: Range<usize>,
}

impl JsonMistake {
    /// Turns the parser's error into what a person can act on.
    pub fn of(text: &Masked<'_>, error: &serde_json::Error) -> Self {
        let said = error.to_string();
        let said = said.rfind(" at line ").map_or(said.as_str(), |end| &said[..end]);
        let lines = Lines::new(text);
        let offset = (lines.start(error.line()) + error.column().saturating_sub(1)).min(text.len());
        let mut span = token(text, offset);
        let (message, help, label) = if let Some(key) = repeated_key(said) {
            span = last_spelling(text, span.end, key).unwrap_or(span);
            (
                format!("the key `{}` occurs twice in one object", shortened(key)),
                "remove one of the two; which one counts is undefined".to_owned(),
                "the second occurrence",
            )
        } else if said.starts_with("recursion limit") {
            span.end = span.start + 1;
            let help = "no schema is nested that deep; this is another kind of file";
            ("values are nested deeper than 127 levels".to_owned(), help.to_owned(), "too deep")
        } else if error.is_data() {
            let help = "export the file again; Graph never returns this type here";
            (format!("not what Graph gives: {}", in_words_of_json(&shortened(said))), help.to_owned(), "unexpected")
        } else if is_comment(&text[span.start..]) || is_comment(&text[text.floor_char_boundary(offset)..]) {
            let help = "JSON has no comments; remove them, or give the file as it was downloaded";
            ("not JSON: it has a comment".to_owned(), help.to_owned(), "here")
        } else if text[span.start..].starts_with(TYPOGRAPHIC) {
            let help = "download the file again; a text program or a chat replaced its straight quotes";
            ("not JSON: it has typographic quotes".to_owned(), help.to_owned(), "here")
        } else if said.starts_with("trailing characters") && text[span.start..].starts_with(['{', '[']) {
            let help = "save each value in a file of its own; several values in one file (JSON Lines) are not read";
            ("not JSON: another value follows the first one".to_owned(), help.to_owned(), "the second value")
        } else if error.is_eof() {
            ("not JSON: the file ends too early".to_owned(), end_help(text, &lines), "the file ends here")
        } else {
            let help = "look for an extra or a missing comma or bracket, here or just before";
            (format!("not JSON: {}", shortened(said)), help.to_owned(), "here")
        };
        JsonMistake { message, help, label, span }
    }
}

/// How much is quoted of a text that is not JSON at all.
const BEGINNING: usize = 12;

/// What may be quoted of a text that could not be parsed, and the place in it: JSON with a mistake as it is, and only the
/// first characters of any other text, which may be a file of credentials that was named by mistake.
pub(super) fn quotable(text: &Masked<'_>, span: Range<usize>) -> (Masked<'static>, Range<usize>) {
    if is_meant_as_json(text) {
        return (text.owned(), span);
    }
    let beginning = beginning(text);
    let start = beginning.len() - beginning.trim_start().len();
    let is_in = span.end <= beginning.trim_end_matches('…').len();
    (Inspection::of(&beginning).text.owned(), if is_in { span } else { start..start })
}

/// The first characters of a text, masked.
pub fn beginning(text: &str) -> String {
    let start = text.len() - text.trim_start().len();
    let line = mask_shapes(text[start..].lines().next().unwrap_or_default());
    let shown: String = line.chars().take(BEGINNING).collect();
    let cut = if text[start..].trim_end().len() > shown.len() { "…" } else { "" };
    format!("{}{shown}{cut}", &text[..start])
}

/// Whether a text begins as an object with keys does, or a list of them; comments and typographic quotes are mistakes.
fn is_meant_as_json(text: &str) -> bool {
    let mut rest = text.trim_start();
    loop {
        rest = if rest.starts_with("//") {
            rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start()
        } else if rest.starts_with("/*") {
            rest.split_once("*/").map_or("", |(_, rest)| rest).trim_start()
        } else {
            break;
        };
    }
    let inside = rest.trim_start_matches(|character: char| character == '[' || character.is_whitespace());
    let keys = inside.strip_prefix('{').map(str::trim_start);
    let is_bracket = inside.is_empty() && rest.starts_with('[');
    is_bracket
        || keys
            .is_some_and(|keys| keys.is_empty() || keys.starts_with(['"', '}', '/']) || keys.starts_with(TYPOGRAPHIC))
}

/// What text programs and chats make of straight quotes.
const TYPOGRAPHIC: [char; 5] = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}'];

fn is_comment(text: &str) -> bool {
    text.starts_with("//") || text.starts_with("/*")
}

/// The key that a repeated-key error is about.
fn repeated_key(said: &str) -> Option<&str> {
    said.strip_prefix(DUPLICATE_KEY).or(said.strip_prefix("duplicate field ")).map(|key| key.trim_matches('`'))
}

/// The last place of a key before `end`, in Graph's or PowerShell's spelling.
fn last_spelling(text: &str, end: usize, key: &str) -> Option<Range<usize>> {
    let mut pascal = key.to_owned();
    pascal.get_mut(..1)?.make_ascii_uppercase();
    let quoted = [format!("\"{key}\""), format!("\"{pascal}\"")];
    let start = quoted.iter().filter_map(|quoted| text[..end].rfind(quoted)).max()?;
    Some(start..start + quoted[0].len())
}

/// The string, number or word that ends at or around `offset`; serde_json points at a value's last character.
fn token(text: &str, offset: usize) -> Range<usize> {
    let offset = text.floor_char_boundary(offset);
    let line = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let next = text[offset..].chars().next();
    let end = offset + next.filter(|next| *next != '\n').map_or(0, char::len_utf8);
    let word = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '+' | '.');
    let start = match next {
        Some('"') => text[line..offset].rfind('"').map_or(offset, |quote| line + quote),
        Some(next) if word(next) => {
            offset - (text[line..offset].len() - text[line..offset].trim_end_matches(word).len())
        }
        _ => offset,
    };
    start..end
}

/// serde's words for types in JSON's.
fn in_words_of_json(said: &str) -> String {
    [
        ("invalid type: ", ""),
        (", expected", " instead of"),
        ("struct ", "an object, "),
        ("i64", "a whole number"),
        ("a sequence", "a list"),
        ("sequence", "a list"),
        ("a map", "an object"),
        ("map", "an object"),
        ("a boolean", "true or false"),
        ("boolean", "the value"),
    ]
    .iter()
    .fold(said.to_owned(), |said, (from, to)| said.replacen(from, to, 1))
}

fn end_help(text: &str, lines: &Lines<'_>) -> String {
    match unclosed(text) {
        Some(opened) => {
            let place = lines.position(opened);
            let bracket = &text[opened..=opened];
            format!(
                "the `{bracket}` of line {}, column {} is never closed; copy or export the file again",
                place.line, place.column
            )
        }
        None => "copy or export the file again".to_owned(),
    }
}

/// Where the innermost bracket stands that is never closed.
fn unclosed(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'{' | b'[' => open.push(at),
            b'}' | b']' => drop(open.pop()),
            b'"' => {
                while let Some((_, byte)) = bytes.next() {
                    match byte {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    open.pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_at_the_end_of_which_an_error_points_is_found_whole() {
        let text = "{\n  \"a\": \"1 2\",\n  \"b\": -1.5e3 }";
        let at = |sign: &str| text.find(sign).unwrap() + sign.len() - 1;
        assert_eq!(&text[token(text, at("1 2\""))], "\"1 2\"");
        assert_eq!(&text[token(text, at("-1.5e3"))], "-1.5e3");
        assert_eq!(&text[token(text, at("}"))], "}");
        assert_eq!(token(text, text.len()), text.len()..text.len());
        assert_eq!(token("", 0), 0..0);
    }

    #[test]
    fn of_a_text_that_is_not_json_at_all_only_the_beginning_is_quoted() {
        let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
        for (text, quoted) in [
            ("[remote \"o\"]\n url = https://x:s3cr3t@example.com", "[remote \"o\"]…"),
            ("\n\n{ TOKEN=s3cr3t; }", "\n\n{ TOKEN=s3cr…"),
            ("// s3cr3t s3cr3t s3cr3t", "// s3cr3t s3…"),
            ("[\"s3cr3t\"", "[\"s3cr3t\""),
            (&format!("[{token}]"), "[***********…"),
        ] {
            let (beginning, span) = quotable(&Inspection::of(text).text, text.len()..text.len());
            assert_eq!(&*beginning, quoted);
            assert!(span.end <= beginning.len(), "{span:?}");
        }
        assert_eq!(quotable(&Inspection::of("[remote \"o\"]\n").text, 1..2).1, 1..2);
        for json in [
            "{\"a\": 1,\n secret}",
            "[ {\"a\": }]",
            "// a\n/* b */ {\"a\"",
            "{ \u{201c}a\u{201d}: 1 }",
            "[",
            "{}}",
            "[{/",
        ] {
            let masked = Inspection::of(json).text;
            assert_eq!(quotable(&masked, 0..1), (masked.owned(), 0..1));
        }
    }

    #[test]
    fn the_bracket_that_is_never_closed_is_found() {
        assert_eq!(unclosed(r#"{"a": ["]", {"b": 1}"#), Some(6));
        assert_eq!(unclosed(r#"{"a": "{\"{"}"#), None);
    }
}
