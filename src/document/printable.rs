//! Texts of a file on a screen.

use std::borrow::Cow;

/// `text` without characters that would steer a terminal; JSON allows some of them in strings as they are.
pub fn printable(text: &str) -> Cow<'_, str> {
    let steers = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    if text.contains(steers) { Cow::Owned(text.replace(steers, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// The same with every byte in its place, line ends of Windows included.
pub fn printable_in_place(text: &str) -> String {
    let mut characters = text.chars().peekable();
    let mut shown = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        shown.push(match character {
            '\n' | '\t' => character,
            '\r' if characters.peek() == Some(&'\n') => character,
            control if control.is_control() && control.len_utf8() == 1 => '?',
            // All others have two bytes, as this has.
            control if control.is_control() => '\u{bf}',
            other => other,
        });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_taken_out_and_the_layout_stays() {
        let text = "a\tb\r\n\u{9b}31mc\u{1b}[0m\r";
        assert_eq!(printable("a\tb\n\u{9b}31mc\u{1b}[0m"), "a\tb\n\u{fffd}31mc\u{fffd}[0m");
        assert_eq!(printable_in_place(text), "a\tb\r\n\u{bf}31mc?[0m?");
        assert_eq!(printable_in_place(text).len(), text.len());
    }
}
