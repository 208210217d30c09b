//! Texts of a file on a screen.

use std::borrow::Cow;

/// `text` without characters that would steer a terminal; JSON allows some of them in strings as they are.
pub fn printable(text: &str) -> Cow<'_, str> {
    let steers = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    if text.contains(steers) { Cow::Owned(text.replace(steers, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_taken_out_and_the_layout_stays() {
        assert_eq!(printable("a\tb\n\u{9b}31mc\u{1b}[0m"), "a\tb\n\u{fffd}31mc\u{fffd}[0m");
    }
}
