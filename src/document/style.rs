//! New values, indented like the text they are written into.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use serde_json::Value;

use super::parts::{Part, parts};

/// The parts of a value; `None` if it has no parts.
type Known = Option<Rc<[Part]>>;

/// A text to write into, and its layout.
#[derive(Debug)]
pub(super) struct Style<'t> {
    pub(super) text: &'t str,
    newline: &'t str,
    /// The indentation of one level.
    unit: &'t str,
    /// The characters between a key and its value.
    colon: &'t str,
    is_one_line: bool,
    /// Whether a level is indented from the column of its bracket, as in Windows PowerShell 5.1, instead of from its line.
    from_bracket: bool,
    /// A cache of the parts of values, by place: many changes are in the same list.
    parts: RefCell<HashMap<Range<usize>, Known>>,
    /// A cache of whether values are on one line.
    one_line: RefCell<HashMap<Range<usize>, bool>>,
}

impl<'t> Style<'t> {
    /// Learns the layout of a text from its first members.
    pub(super) fn of(text: &'t str) -> Self {
        let is_one_line = !text.trim().contains('\n');
        let mut style = Style {
            text,
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            unit: "  ",
            colon: if is_one_line { ":" } else { ": " },
            is_one_line,
            from_bracket: false,
            parts: RefCell::default(),
            one_line: RefCell::default(),
        };
        let root = text.len() - text.trim_start().len()..text.trim_end().len();
        if let Some(first) = style.parts(&root).as_deref().and_then(<[Part]>::first) {
            style.unit = Some(indent(text, first.span().start)).filter(|unit| !unit.is_empty()).unwrap_or(style.unit);
        }
        style.learn(root);
        style
    }

    /// Follows the first values downwards until the spacing of colons and the indentation are known.
    fn learn(&mut self, mut span: Range<usize>) {
        let mut has_colon = false;
        while let Some(parts) = self.parts(&span) {
            if let Some((key, value)) = parts.iter().find_map(|part| Some((part.key.clone()?, part.value.start)))
                && !has_colon
            {
                (self.colon, has_colon) = (&self.text[key.end..value], true);
            }
            let Some(next) = parts.iter().find(|part| self.text[part.value.clone()].contains('\n')) else { return };
            let (column, closing) = (column(self.text, next.value.start), column(self.text, next.value.end - 1));
            if next.key.is_some() {
                self.from_bracket = column == closing;
                return;
            }
            span = next.value.clone();
        }
    }

    /// The parts of the array or object at `span`, in order; `None` for any other value.
    pub(super) fn parts(&self, span: &Range<usize>) -> Known {
        let mut known = self.parts.borrow_mut();
        known.entry(span.clone()).or_insert_with(|| parts(self.text, span).map(Rc::from)).clone()
    }

    /// Whether a new value in the array or object at `span` belongs on the same line.
    pub(super) fn is_one_line(&self, span: &Range<usize>) -> bool {
        let is_one_line = || span.len() > 2 && !self.text[span.clone()].contains('\n');
        self.is_one_line || *self.one_line.borrow_mut().entry(span.clone()).or_insert_with(is_one_line)
    }

    /// `gap`, then `value`, in the layout of the text at `start`.
    pub(super) fn write(&self, start: usize, gap: &str, value: &Value, one_line: bool) -> String {
        // The layout of one line does not depend on what is before.
        let line = if self.is_one_line { start } else { line_start(self.text, start) };
        let mut out = self.text[line..start].to_owned();
        let already = out.len();
        out.push_str(gap);
        self.add(&mut out, value, one_line);
        out.split_off(already)
    }

    /// `out` must begin at the start of a line.
    fn add(&self, out: &mut String, value: &Value, one_line: bool) {
        let ([open, close], parts): (_, Vec<(Option<&str>, &Value)>) = match value {
            Value::Array(items) => (["[", "]"], items.iter().map(|item| (None, item)).collect()),
            Value::Object(members) => {
                (["{", "}"], members.iter().map(|(key, member)| (Some(key.as_str()), member)).collect())
            }
            scalar => return out.push_str(&scalar.to_string()),
        };
        let outer = match self.from_bracket {
            true => " ".repeat(column(out, out.len())),
            false if one_line => String::new(),
            false => indent(out, out.len()).to_owned(),
        };
        let line = format!("{}{outer}", self.newline);
        let (first, next, last) = match () {
            // Windows PowerShell 5.1 gives an empty list two lines.
            () if parts.is_empty() && self.from_bracket => {
                (String::new(), String::new(), format!("{}{line}", self.newline))
            }
            () if parts.is_empty() => Default::default(),
            () if one_line => (String::new(), self.comma().to_owned(), String::new()),
            () => (format!("{line}{}", self.unit), format!(",{line}{}", self.unit), line),
        };
        out.push_str(open);
        for (number, (key, value)) in parts.into_iter().enumerate() {
            out.push_str(if number == 0 { &first } else { &next });
            if let Some(key) = key {
                out.push_str(&Value::from(key).to_string());
                out.push_str(self.colon);
            }
            self.add(out, value, one_line);
        }
        out.push_str(&last);
        out.push_str(close);
    }

    /// The characters between two values on one line.
    fn comma(&self) -> &'static str {
        if self.colon.ends_with(' ') { ", " } else { "," }
    }

    /// The characters between a member's key and its value.
    pub(super) fn colon_of(&self, part: &Part) -> &'t str {
        part.key.as_ref().map_or(self.colon, |key| &self.text[key.end..part.value.start])
    }

    /// The characters before a new part after the last of `parts`, which are those of the array or object at `span`.
    pub(super) fn gap(&self, span: &Range<usize>, parts: &[Part]) -> String {
        match parts {
            [.., before, last] => self.text[before.span().end..last.span().start].to_owned(),
            [only] => match &self.text[span.start + 1..only.span().start] {
                first if first.contains('\n') => format!(",{first}"),
                _ => self.comma().to_owned(),
            },
            [] => String::new(),
        }
    }
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The characters before `offset` on its line.
fn column(text: &str, offset: usize) -> usize {
    text[line_start(text, offset)..offset].chars().count()
}

/// The white space at the start of the line of `offset`.
fn indent(text: &str, offset: usize) -> &str {
    let line = &text[line_start(text, offset)..offset];
    &line[..line.len() - line.trim_start().len()]
}
