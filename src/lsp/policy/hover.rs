//! The meaning of a word of a policy.

use std::ops::Range;

use super::cursor::{Step, cursor};
use super::schema::Choices;
use crate::rules;

/// The hover text for a byte of a policy, as Markdown, and the range that it is about.
pub(in crate::lsp) fn hover(text: &str, offset: usize) -> Option<(Range<usize>, String)> {
    let mut here = cursor(text, offset)?;
    let word = &text[here.word.clone()];
    if word.is_empty() || offset < here.word.start {
        return None;
    }
    if let Some(rule) = rules::rule(word) {
        return Some((here.word, rule.metadata.markdown()));
    }
    let chosen = Choices::at(&here.path).words().into_iter().find(|choice| choice.name == word && !here.at_key);
    if here.at_key {
        here.path.push(Step::Key(word.to_owned()));
    }
    let about = chosen.map(|choice| choice.about).filter(|about| !about.is_empty());
    let about = about.unwrap_or_else(|| Choices::at(&here.path).about());
    (!about.is_empty()).then(|| (here.word, about.to_owned()))
}
