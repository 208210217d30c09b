//! Completion: what can be written at a place of a policy.

use gen_lsp_types as lsp;

use super::cursor::{Cursor, Step, cursor};
use super::schema::{Choices, Word};
use crate::lsp::lines::TextLines;

/// What can be written at `offset`: keys, rule ids, profiles, severities and other words.
pub(in crate::lsp) fn complete(text: &str, offset: usize) -> Vec<lsp::CompletionItem> {
    let Some(here) = cursor(text, offset) else { return Vec::new() };
    let range = TextLines::of(text).range(&here.word);
    let choices = Choices::at(&here.path);
    let mut items = Vec::new();
    if here.at_key {
        items.extend(choices.keys().into_iter().map(|word| key(text, &here, word, range)));
    }
    // An item of a list is in a place where a key could be, too.
    if !here.at_key || here.path.last() == Some(&Step::Item) {
        items.extend(
            choices.words().into_iter().map(|word| item(word, word.name, lsp::CompletionItemKind::EnumMember, range)),
        );
    }
    items
}

/// A key with its colon, unless the colon is already there.
fn key(text: &str, here: &Cursor, word: Word, range: lsp::Range) -> lsp::CompletionItem {
    let below: Vec<Step> = here.path.iter().cloned().chain([Step::Key(word.name.to_owned())]).collect();
    let follows = text[here.word.end..].trim_start_matches(['"', '\'']).starts_with(':');
    let colon = match Choices::at(&below).is_block() {
        _ if follows => "",
        true => ":",
        false => ": ",
    };
    let written = format!("{}{colon}", word.name);
    item(word, &written, lsp::CompletionItemKind::Property, range)
}

fn item(word: Word, written: &str, kind: lsp::CompletionItemKind, range: lsp::Range) -> lsp::CompletionItem {
    lsp::CompletionItem {
        label: word.name.to_owned(),
        kind: Some(kind),
        documentation: Some(word.about.to_owned().into()).filter(|_| !word.about.is_empty()),
        text_edit: Some(lsp::TextEdit::new(range, written.to_owned()).into()),
        ..lsp::CompletionItem::default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lsp::policy::hover;

    proptest! {
        /// The incomplete or invalid text at the cursor.
        #[test]
        fn no_place_of_any_text_is_too_much(text in "(rules|ignore|user|a|:|\\{|\\}|\\[|\\]|,| |\n|\r\n|\t|'|\"|#|é|😀|-){0,40}") {
            for offset in 0..=text.len() + 1 {
                for item in complete(&text, offset) {
                    prop_assert!(item.text_edit.is_some());
                }
                if let Some((span, _)) = hover(&text, offset) {
                    prop_assert!(text.get(span).is_some());
                }
            }
        }
    }
}
