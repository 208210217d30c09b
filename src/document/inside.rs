//! Places inside a JSON string.

use std::ops::Range;

/// The bytes in `literal`, a JSON string with its quotes, that correspond to the bytes `inside` its value: an escape is
/// several bytes of the text and one character of the value.
///
/// `None` if `literal` is not a string, or its value is shorter.
pub fn inside_string(literal: &str, inside: &Range<usize>) -> Option<Range<usize>> {
    let content = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut value_at = 0;
    let mut start = None;
    let mut at = 0;
    loop {
        if value_at >= inside.start {
            start.get_or_insert(at + 1);
        }
        if value_at >= inside.end {
            return Some(start?..at + 1);
        }
        let (length, value_length) = character(&content[at..])?;
        at += length;
        value_at += value_length;
    }
}

/// The number of bytes of the first character in the text, and in the value.
fn character(rest: &str) -> Option<(usize, usize)> {
    let first = rest.chars().next()?;
    if first != '\\' {
        return Some((first.len_utf8(), first.len_utf8()));
    }
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    match unit(rest) {
        // Two escapes encode one character beyond U+FFFF.
        Some(high @ 0xD800..0xDC00) => {
            let low = rest.get(6..).and_then(unit)?;
            let character = char::decode_utf16([high, low]).next()?.ok()?;
            Some((12, character.len_utf8()))
        }
        Some(unit) => Some((6, char::from_u32(unit.into())?.len_utf8())),
        None => Some((2, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_counted() {
        let literal = r#""a\"é\u00e9\ud83d\ude00\\[x]""#;
        let value: String = serde_json::from_str(literal).unwrap();
        for (part, text) in
            [("a", "a"), ("\"é", "\\\"é"), ("é😀", "\\u00e9\\ud83d\\ude00"), ("\\[x]", r"\\[x]"), ("[x]", "[x]")]
        {
            let at = value.rfind(part).unwrap();
            let found = inside_string(literal, &(at..at + part.len())).unwrap();
            assert_eq!(&literal[found], text, "{part}");
        }
        assert_eq!(inside_string(literal, &(0..99)), None);
        assert_eq!(inside_string("12", &(0..1)), None);
        assert_eq!(inside_string("\"\"", &(0..0)), Some(1..1));
    }
}
