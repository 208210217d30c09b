//! Colours in a text that is not written yet.
//!
//! A page is a text, so colours are marks in the text. A mark has the form of an escape sequence, which has no width
//! when lines are wrapped, and begins with a random number that is different in every run, so no file can contain it.
//! Only [`super::Outlet`] turns marks into real escape sequences.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

pub use colored::Color;

/// Styles for text.
pub trait Paint {
    /// The text without a style.
    fn plain(&self) -> Painted;

    /// The text in a colour.
    fn color(&self, color: Color) -> Painted {
        self.plain().color(color)
    }

    /// The text in red.
    fn red(&self) -> Painted {
        self.color(Color::Red)
    }

    /// The text in green.
    fn green(&self) -> Painted {
        self.color(Color::Green)
    }

    /// The text in yellow.
    fn yellow(&self) -> Painted {
        self.color(Color::Yellow)
    }

    /// The text in cyan.
    fn cyan(&self) -> Painted {
        self.color(Color::Cyan)
    }

    /// The text in bold letters.
    fn bold(&self) -> Painted {
        self.plain().bold()
    }
}

impl Paint for str {
    fn plain(&self) -> Painted {
        Painted { text: self.to_owned(), color: None, bold: false }
    }
}

/// A styled text. A width in a format string applies to the text without marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Painted {
    text: String,
    color: Option<Color>,
    bold: bool,
}

impl Painted {
    /// The same in a colour.
    #[must_use]
    pub fn color(self, color: Color) -> Self {
        Painted { color: Some(color), ..self }
    }

    /// The same in bold letters.
    #[must_use]
    pub fn bold(self) -> Self {
        Painted { bold: true, ..self }
    }
}

impl fmt::Display for Painted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<_> =
            self.bold.then_some("1".into()).into_iter().chain(self.color.map(|c| c.to_fg_str())).collect();
        if codes.is_empty() {
            return formatter.pad(&self.text);
        }
        let begin = mark();
        write!(formatter, "{begin}{}m", codes.join(";"))?;
        formatter.pad(&self.text)?;
        write!(formatter, "{begin}0m")
    }
}

/// The start of every mark; the numbers of the style and `m` follow.
pub(super) fn mark() -> &'static str {
    static MARK: OnceLock<String> = OnceLock::new();
    MARK.get_or_init(|| format!("\u{1b}[{};", RandomState::new().hash_one("paint")))
}

/// Replaces escape sequences by marks, in a text whose escape sequences are all ours.
pub fn adopted(text: &str) -> String {
    text.replace("\u{1b}[", mark())
}

/// A painted text with a change made to each part between its marks: a change to the whole could damage a mark, which
/// holds digits.
pub fn between_marks(text: &str, change: impl Fn(&str) -> String) -> String {
    let (mut changed, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(mark()) {
        let (before, marked) = rest.split_at(at);
        changed.push_str(&change(before));
        let behind = split_mark(marked).map_or(&marked[mark().len()..], |(_, behind)| behind);
        changed.push_str(&marked[..marked.len() - behind.len()]);
        rest = behind;
    }
    changed + &change(rest)
}

/// Splits a text after the mark that it begins with: the numbers of the style, and the rest.
pub(super) fn split_mark(text: &str) -> Option<(&str, &str)> {
    let (codes, behind) = text.strip_prefix(mark())?.split_once('m')?;
    codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';').then_some((codes, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_between_marks_damages_none_of_them() {
        let page = format!("17 {} 7", "a7".red());
        let without_digits = |text: &str| text.replace(|letter: char| letter.is_ascii_digit(), "*");
        assert_eq!(between_marks(&page, without_digits), format!("** {} *", "a*".red()));
        assert_eq!(between_marks("7", without_digits), "*");
    }
}
