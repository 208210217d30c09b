//! Sentences with commands, folded at the width of a terminal without breaking a command.

use std::fmt;
use std::io::{self, Write};

use textwrap::core::display_width;

use super::{Outlet, one_line};

/// A sentence, in pieces that are not broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence(Vec<String>);

impl Sentence {
    /// With words, between which it may be folded.
    #[must_use]
    pub fn text(mut self, words: impl AsRef<str>) -> Self {
        self.0.extend(words.as_ref().split_whitespace().map(str::to_owned));
        self
    }

    /// With a command to copy, or anything else that stays on one line.
    #[must_use]
    pub fn command(mut self, command: impl fmt::Display) -> Self {
        self.0.push(one_line(&command.to_string()).into_owned());
        self
    }

    /// With another sentence at the end.
    #[must_use]
    pub fn and(mut self, other: Sentence) -> Self {
        self.0.extend(other.0);
        self
    }

    /// In lines of at most `columns`, where no piece is longer; further lines are indented.
    pub fn folded(&self, columns: Option<usize>) -> String {
        const INDENT: &str = "  ";
        let columns = columns.unwrap_or(usize::MAX);
        let (mut page, mut used) = (String::new(), 0);
        for piece in &self.0 {
            let width = display_width(piece);
            if page.is_empty() {
                used = width;
            } else if used + 1 + width <= columns {
                page.push(' ');
                used += 1 + width;
            } else {
                page.push('\n');
                page.push_str(INDENT);
                used = INDENT.len() + width;
            }
            page.push_str(piece);
        }
        page
    }

    /// Writes it.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&self, columns: Option<usize>, out: &mut Outlet<'_>) -> io::Result<()> {
        writeln!(out, "{}", self.folded(columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_never_broken() {
        let sentence =
            Sentence::default().text("One rule needs more:").command("provlint check --app 'A B'").text("or so");
        assert_eq!(sentence.folded(Some(30)), "One rule needs more:\n  provlint check --app 'A B'\n  or so");
        assert_eq!(sentence.folded(None), "One rule needs more: provlint check --app 'A B' or so");
    }
}
