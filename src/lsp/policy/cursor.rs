//! The place of the cursor in a YAML text.
//!
//! While a line is being typed the text is often not valid YAML, so no parser is used. The place is found by lines and
//! their indentation: block mappings, lists, and flow collections that begin on the line, as policies use them.

use std::ops::Range;

/// One step of the path to a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Item,
}

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The keys and lists around it; for a value also its key.
    pub(super) path: Vec<Step>,
    /// Whether a key is or can be here. In a list it can also be an item.
    pub(super) at_key: bool,
    /// The word here; empty if none was begun.
    pub(super) word: Range<usize>,
}

/// Where `offset` is; `None` in a comment.
pub(super) fn cursor(text: &str, offset: usize) -> Option<Cursor> {
    let offset = text.floor_char_boundary(offset);
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[offset..].find(['\n', '\r']).map_or(text.len(), |length| offset + length);
    let mut around = Around::default();
    for line in text[..start].lines() {
        around.pass(line);
    }
    let line = without_comment(&text[start..end]);
    if offset > start + line.len() && text[start + line.len()..end].starts_with('#') {
        return None;
    }
    let body = around.enter(line, offset - start);
    let from = start + body;
    let rest = &text[from..start + line.len().max(body)];
    let mut path = around.path();
    let Some(colon) = key_end(rest).filter(|colon| offset > from + colon) else {
        let word = key_end(rest).unwrap_or_else(|| rest.trim_end().len());
        return Some(Cursor { path, at_key: true, word: unquoted(text, from..from + word) });
    };
    path.push(Step::Key(name(&rest[..colon])));
    let value = colon + 1 + (rest[colon + 1..].len() - rest[colon + 1..].trim_start().len());
    Some(flow(text, path, from + value.min(offset - from)..start + line.len().max(offset - start), offset))
}

/// The keys and lists whose block is open, each with its column.
#[derive(Debug, Default)]
struct Around(Vec<(usize, Step)>);

impl Around {
    fn path(&self) -> Vec<Step> {
        self.0.iter().map(|(_, step)| step.clone()).collect()
    }

    /// Closes the blocks that a line at a column ends. A list may have the same column as its key.
    fn close(&mut self, column: usize, is_item: bool) {
        while let Some((other, step)) = self.0.last() {
            let ends =
                if is_item { *other > column || (*other == column && *step == Step::Item) } else { *other >= column };
            if !ends {
                break;
            }
            self.0.pop();
        }
    }

    /// Reads a complete line.
    fn pass(&mut self, line: &str) {
        let line = without_comment(line);
        if line.trim().is_empty() {
            return;
        }
        let body = self.enter(line, line.len());
        if let Some(colon) = key_end(&line[body..]) {
            self.0.push((body, Step::Key(name(&line[body..body + colon]))));
        }
    }

    /// Reads the dashes of a line and returns the column of what follows; on an empty line, the column of the cursor.
    fn enter(&mut self, line: &str, cursor: usize) -> usize {
        let spaces = |from: usize| line[from..].len() - line[from..].trim_start_matches(' ').len();
        let mut column = spaces(0);
        if column == line.len() {
            column = column.min(cursor);
        }
        while let Some(rest) = line[column..].strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with(' '))
        {
            self.close(column, true);
            self.0.push((column, Step::Item));
            column = (column + 1 + spaces(column + 1)).min(column + 1 + rest.len());
        }
        self.close(column, false);
        column
    }
}

/// The line up to a comment.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (None, '#') if before == ' ' || before == '\t' => return &line[..at],
            (None, '"' | '\'') if " [{,:".contains(before) => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        before = character;
    }
    line
}

/// The place of the colon after a key.
fn key_end(text: &str) -> Option<usize> {
    let from = match text.chars().next()? {
        quote @ ('"' | '\'') => text[1..].find(quote)? + 2,
        '{' | '[' | '-' => return None,
        _ => 0,
    };
    let colons = text[from..].match_indices(':').map(|(at, _)| from + at);
    // A colon within a word is part of it, as in urn:ietf.
    colons.into_iter().find(|at| text[at + 1..].is_empty() || text[at + 1..].starts_with(' '))
}

fn name(text: &str) -> String {
    text.trim().trim_matches(['"', '\'']).to_owned()
}

/// The word in a span, without its quotes and the spaces around it.
fn unquoted(text: &str, span: Range<usize>) -> Range<usize> {
    let word = text[span.clone()].trim_end();
    let inner = word.trim_start_matches(['"', '\'']);
    let start = span.start + word.len() - inner.len();
    start..start + inner.trim_end_matches(['"', '\'']).len()
}

/// The place of `offset` in the value at `span`, which may be a flow collection.
fn flow(text: &str, path: Vec<Step>, span: Range<usize>, offset: usize) -> Cursor {
    // Each open bracket, with the key that is being given a value.
    let mut open: Vec<(char, Option<String>)> = Vec::new();
    let mut begin = span.start;
    let mut quote = None;
    let before = text.get(span.start..offset).unwrap_or_default();
    let mut characters = before.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = span.start + at + character.len_utf8();
        match (quote, character) {
            (Some(closing), _) if character == closing => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '{' | '[') => {
                open.push((character, None));
                begin = next;
            }
            (None, '}' | ']') => {
                open.pop();
                begin = next;
            }
            (None, ',') => {
                if let Some((_, key)) = open.last_mut() {
                    *key = None;
                    begin = next;
                }
            }
            (None, ':') if characters.peek().is_none_or(|(_, next)| *next == ' ') => {
                if let Some(('{', key)) = open.last_mut() {
                    *key = Some(name(&text[begin..span.start + at]));
                    begin = next;
                }
            }
            _ => {}
        }
    }
    let at_key = matches!(open.last(), Some(('{', None)));
    let steps = open.into_iter().filter_map(|(bracket, key)| match bracket {
        '[' => Some(Step::Item),
        _ => key.map(Step::Key),
    });
    let path = path.into_iter().chain(steps).collect();
    let spaces = text[begin..offset].len() - text[begin..offset].trim_start().len();
    let rest = &text[offset..span.end.max(offset)];
    let end = offset + rest.find([',', '}', ']', ':', '#']).unwrap_or(rest.len());
    Cursor { path, at_key, word: unquoted(text, begin + spaces..end.max(begin + spaces)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place of `|` in a text: the path, `:` for a value, and the word.
    fn at(marked: &str) -> String {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let Some(cursor) = cursor(&text, offset) else { return "comment".to_owned() };
        let step = |step: &Step| match step {
            Step::Key(key) => format!("/{key}"),
            Step::Item => "/-".to_owned(),
        };
        let path: String = cursor.path.iter().map(step).collect();
        format!("{path}{} {}", if cursor.at_key { "" } else { ":" }, &text[cursor.word])
    }

    #[test]
    fn block_mappings_and_lists_are_told_by_their_columns() {
        for (marked, place) in [
            ("|", " "),
            ("ve|r", " ver"),
            ("version: |", "/version: "),
            ("profile: tru|u-total", "/profile: truu-total"),
            ("app:\n  na|", "/app na"),
            ("app:\n  |", "/app "),
            ("app:\n  names: []\n|", " "),
            ("mappings:\n  user:\n    title: job|Title\n", "/mappings/user/title: jobTitle"),
            ("mappings:\n  user:\n    title: x\n  gr|", "/mappings gr"),
            ("rules:\n  use|rname-source: off", "/rules username-source"),
            ("rules:\n  username-source: o|", "/rules/username-source: o"),
            ("ignore:\n- ru|", "/ignore/- ru"),
            ("ignore:\n  - rule: x\n    rea|", "/ignore/- rea"),
            ("ignore:\n  - rule: x\n  - rule: us|", "/ignore/-/rule: us"),
            ("ignore:\n- rule: x\n  reason: y\nexp|", " exp"),
            ("policies:\n- app:\n    names: x\n  rules:\n    |", "/policies/-/rules "),
            ("groups:\n  - TOT|AL", "/groups/- TOTAL"),
            ("groups:\n  -|", "/groups/- "),
            ("\"rules\":\n  'a|': off", "/rules a"),
            ("a: b # no|", "comment"),
            ("# no|", "comment"),
            ("app: # why\n  na|", "/app na"),
            ("app:\n\n  # why\n  na|", "/app na"),
            ("mappings:\n  user:\n    urn:ietf:x: d|", "/mappings/user/urn:ietf:x: d"),
        ] {
            assert_eq!(at(marked), place, "{marked}");
        }
    }

    #[test]
    fn flow_collections_are_told_by_their_brackets() {
        for (marked, place) in [
            ("userName: { any|", "/userName any"),
            ("userName: { any-of: [us|, mail], precedence: 1 }", "/userName/any-of/-: us"),
            ("userName: { any-of: [a, ma|il] }", "/userName/any-of/-: mail"),
            ("userName: { any-of: [a, b], pre|cedence: 1 }", "/userName precedence"),
            ("userName: { apply: al|", "/userName/apply: al"),
            ("userName: { apply: \"al|ways\" }", "/userName/apply: always"),
            ("userName: { a: \"}, {\", ap|", "/userName ap"),
            ("ignore: [{ rule: |", "/ignore/-/rule: "),
            ("names: [\"a # b\", c|", "/names/-: c"),
        ] {
            assert_eq!(at(marked), place, "{marked}");
        }
    }

    #[test]
    fn no_place_of_any_text_is_too_much() {
        for text in
            ["a: {b: [", "- - - x: ]}", "\"", "é: 'ä", "a:\r\n  b: \r\n", ":", "- : {", "   ", "a: b: c", "\t- x"]
        {
            for offset in 0..=text.len() + 1 {
                cursor(text, offset);
            }
        }
    }
}
