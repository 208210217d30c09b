//! The strings of a text in their places, also of a text that is not quite JSON.
//!
//! Who looks for credentials must see them in a broken file, too, so this reads on where a parser gives up: a string ends
//! at the latest with its line.

use std::borrow::Cow;
use std::ops::Range;

use super::inside_string;

/// A part of a text. Spans of strings are those of their content, without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// `{` or `[`.
    Open {
        /// Whether members follow, rather than elements.
        is_object: bool,
    },
    /// `}` or `]`.
    Close,
    /// `,`
    Comma,
    /// A string before a colon.
    Key(Range<usize>),
    /// Any other string.
    Text(Range<usize>),
}

/// Passes the brackets, commas and strings of a text to `each`, in order.
pub fn strings(text: &str, mut each: impl FnMut(Token)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => each(Token::Open { is_object: *byte == b'{' }),
            b'}' | b']' => each(Token::Close),
            b',' => each(Token::Comma),
            b'"' => {
                let content = at..end(bytes, at);
                at = content.end + usize::from(bytes.get(content.end) == Some(&b'"'));
                let next = bytes[at..].iter().find(|byte| !byte.is_ascii_whitespace());
                each(if next == Some(&b':') { Token::Key(content) } else { Token::Text(content) });
            }
            _ => {}
        }
    }
}

/// Where the content of a string ends that begins at `start`.
pub(crate) fn end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    loop {
        let Some(found) = memchr::memchr3(b'"', b'\\', b'\n', bytes.get(at..).unwrap_or_default()) else {
            return bytes.len();
        };
        at += found;
        match bytes[at..] {
            [b'\\', b'\n', ..] => return at + 1,
            [b'\\', ..] => at += 2,
            _ => return at,
        }
    }
}

/// The value of a string with that content; the content itself if it is not JSON.
pub fn unescaped(content: &str) -> Cow<'_, str> {
    if !content.contains('\\') {
        return content.into();
    }
    serde_json::from_str::<String>(&format!("\"{content}\"")).map_or(content.into(), Cow::Owned)
}

/// The bytes of a string's content that correspond to the bytes `inside` its value; all of them if there are none.
pub fn in_content(content: &str, inside: &Range<usize>) -> Range<usize> {
    if matches!(unescaped(content), Cow::Borrowed(_)) {
        return inside.clone();
    }
    let found = inside_string(&format!("\"{content}\""), inside);
    found.map_or(0..content.len(), |found| found.start - 1..found.end - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let mut shown = Vec::new();
        strings(text, |token| {
            shown.push(match token {
                Token::Open { is_object } => if is_object { "{" } else { "[" }.to_owned(),
                Token::Close => "}".to_owned(),
                Token::Comma => ",".to_owned(),
                Token::Key(span) => format!("{}:", &text[span]),
                Token::Text(span) => text[span].to_owned(),
            });
        });
        shown
    }

    #[test]
    fn keys_and_texts_are_told_apart_and_escapes_do_not_end_them() {
        assert_eq!(
            shown(r#"{"a" : ["b\"c\\", 1], "d": "é"}"#),
            ["{", "a:", "[", r#"b\"c\\"#, ",", "}", ",", "d:", "é", "}"]
        );
    }

    #[test]
    fn a_string_without_an_end_ends_with_its_line() {
        assert_eq!(shown("{\"a\": \"b\n\"c\": \"d\\\n\"e\": \"f"), ["{", "a:", "b", "c:", "d\\", "e:", "f"]);
        assert_eq!(shown("\"a\\"), ["a\\"]);
    }

    #[test]
    fn a_part_of_a_value_is_found_in_its_spelling() {
        let content = r"a\u002Bb\/c";
        assert_eq!((unescaped(content).as_ref(), &content[in_content(content, &(1..2))]), ("a+b/c", r"\u002B"));
        assert_eq!((in_content(r" \", &(0..2)), in_content(r"\é", &(0..3))), (0..2, 0..3));
        assert_eq!((unescaped(r"\x").as_ref(), in_content("abc", &(1..2))), (r"\x", 1..2));
    }
}
