//! Mistakes in a policy, and where they are.

use std::ops::Range;

use crate::document::Lines;
use crate::text::nearest;

/// A mistake in a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PolicyError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The bytes at fault, if they are in the file.
    pub span: Option<Range<usize>>,
}

/// The mistakes in a policy file, at least one, in the order of their places.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.summary())]
pub struct PolicyErrors(pub Vec<PolicyError>);

impl PolicyErrors {
    pub(super) fn sorted(mut mistakes: Vec<PolicyError>) -> Self {
        mistakes.sort_by_key(|mistake| mistake.span.as_ref().map(|span| span.start));
        PolicyErrors(mistakes)
    }

    /// The first mistake, and how many more there are.
    fn summary(&self) -> String {
        let first = self.0.first().map(|mistake| mistake.message.as_str()).unwrap_or_default();
        match self.0.len().saturating_sub(1) {
            0 => first.to_owned(),
            1 => format!("{first} (and 1 more mistake)"),
            more => format!("{first} (and {more} more mistakes)"),
        }
    }
}

impl From<PolicyError> for PolicyErrors {
    fn from(mistake: PolicyError) -> Self {
        PolicyErrors(vec![mistake])
    }
}

impl PolicyError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        PolicyError { message: message.into(), help: None, span: None }
    }

    pub(super) fn at(mut self, yaml: &str, place: Option<(usize, usize)>) -> Self {
        self.span = place.map(|(line, column)| word_at(yaml, line, column));
        self
    }

    pub(super) fn or<'c>(mut self, wrong: &str, known: impl IntoIterator<Item = &'c str> + Clone) -> Self {
        self.help = Some(match nearest(wrong, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let known: Vec<String> = known.into_iter().map(|name| format!("`{name}`")).collect();
                format!("known here: {}", known.join(", "))
            }
        });
        self
    }
}

/// The bytes of the word that begins at a line and column, at least one if the line goes on.
pub(super) fn word_at(yaml: &str, line: usize, column: usize) -> Range<usize> {
    let lines = Lines::new(yaml);
    let text = lines.line(line);
    let from = text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let word = &text[from..];
    let length = match word.chars().next() {
        Some(quote @ ('"' | '\'')) => word[1..].find(quote).map_or(word.len(), |end| end + 2),
        Some(_) => word.find([':', ',', '}', ']', ' ']).filter(|end| *end > 0).unwrap_or(word.len()),
        None => 0,
    };
    lines.start(line) + from..lines.start(line) + from + length
}
