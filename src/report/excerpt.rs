//! The few lines around a place.
//!
//! miette scans its source from the start for every label, and panics on a label beyond column 65,535, which is
//! where most of a minified schema is. So it gets these lines instead of a file.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::LocatedPlace;
use crate::document::{Lines, Pointer, Position, inside_string, locate};
use crate::secret::Masked;
use crate::text::{printable_in_place, printable_line};

/// How many lines to show before and after a place.
const CONTEXT: usize = 2;
/// The most lines of a value to show; of a longer value, only its first line is shown.
const TALLEST: usize = 8;
/// The longest line that is shown as it is.
const WIDEST: usize = 200;
/// The most bytes that are reformatted for an excerpt of a few lines: a job holds its schema, which may have 2 MB.
const LARGEST: usize = 2 << 20;

/// A piece of a text, with a label in it.
#[derive(Debug)]
pub struct Excerpt {
    name: String,
    text: String,
    first_line: usize,
    start: Position,
    /// The labelled bytes of the excerpt.
    pub label: Range<usize>,
}

impl Excerpt {
    /// The lines around a place in `text`, narrowed to the bytes `within` a string if given. If the lines are too long to
    /// read, the object or list that holds the value is reformatted: its bytes are `holder`.
    pub fn new(
        file: &str,
        lines: &Lines<'_>,
        text: &str,
        place: &LocatedPlace,
        within: Option<&Range<usize>>,
        holder: impl FnOnce() -> Option<Range<usize>>,
    ) -> Self {
        let excerpt = Excerpt::window(file, lines, text, place.start.offset..place.end.offset, place.start);
        let wide = is_wide(excerpt.labelled_lines());
        let name = || format!("{file} (reformatted)");
        let holder = if wide { holder() } else { None };
        let reformatted = holder.and_then(|holder| Excerpt::laid_out(&name(), text, place, within, holder));
        reformatted.unwrap_or(excerpt).clipped()
    }

    /// The lines around a value in what holds it, for a text that has no file: they count from the first.
    pub fn of_holder(
        name: &str,
        text: &str,
        place: &LocatedPlace,
        within: Option<&Range<usize>>,
        holder: Range<usize>,
    ) -> Option<Self> {
        let excerpt = Excerpt::laid_out(name, text, place, within, holder)?.clipped();
        Some(Excerpt { first_line: 0, ..excerpt })
    }

    /// The lines around a span of a text that may not be JSON.
    pub fn of_span(file: &str, text: &Masked<'_>, lines: &Lines<'_>, span: Range<usize>) -> Self {
        let start = lines.position(span.start);
        Excerpt::window(file, lines, text, span, start).clipped()
    }

    fn window(file: &str, lines: &Lines<'_>, text: &str, span: Range<usize>, start: Position) -> Self {
        let last = lines.position(span.end).line;
        let end =
            if last - start.line > TALLEST { lines.start(start.line) + lines.line(start.line).len() } else { span.end };
        let last = lines.position(end).line;
        let first = start.line.saturating_sub(CONTEXT).max(1);
        let after = (last + CONTEXT).min(lines.count());
        let from = lines.start(first);
        let excerpt = Excerpt {
            name: printable_line(file).into_owned(),
            text: text[from..lines.start(after) + lines.line(after).len()].to_owned(),
            first_line: first - 1,
            start,
            label: start.offset - from..end.max(start.offset) - from,
        };
        excerpt.dedented()
    }

    /// Removes the indentation that all lines share: deep nesting would leave no room on a narrow terminal.
    fn dedented(mut self) -> Self {
        let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
        let lines = || self.text.split_inclusive('\n').filter(|line| !line.trim().is_empty());
        let common = lines().map(indent).min().unwrap_or_default();
        let first = lines().next().map(|line| line[..common].to_owned()).unwrap_or_default();
        if common == 0 || !lines().all(|line| line.starts_with(&first)) {
            return self;
        }
        let cut = |line: &str| common.min(indent(line));
        let moved = |offset: usize| {
            let (mut at, mut removed) = (0, 0);
            for line in self.text.split_inclusive('\n') {
                if at > offset {
                    break;
                }
                removed += cut(line);
                at += line.len();
            }
            offset.saturating_sub(removed)
        };
        self.label = moved(self.label.start)..moved(self.label.end);
        self.text = self.text.split_inclusive('\n').map(|line| &line[cut(line)..]).collect();
        self
    }

    /// What holds the value, formatted with one member per line; `None` if that is too large.
    fn laid_out(
        name: &str,
        text: &str,
        place: &LocatedPlace,
        within: Option<&Range<usize>>,
        holder: Range<usize>,
    ) -> Option<Self> {
        if holder.len() > LARGEST {
            return None;
        }
        let start = place.start;
        let (_, key) = place.pointer.split_last()?;
        let value: serde_json::Value = serde_json::from_str(&text[holder]).ok()?;
        let pretty = serde_json::to_string_pretty(&value).ok()?;
        let mut span = locate(&pretty, [&Pointer::root().key(&key)]).pop()??.span;
        if let Some(inside) = within.and_then(|within| inside_string(&pretty[span.clone()], within)) {
            span = span.start + inside.start..span.start + inside.end;
        }
        let lines = Lines::new(&pretty);
        let position = lines.position(span.start);
        let mut excerpt = Excerpt::window(name, &lines, &pretty, span, position);
        excerpt.start = start;
        Some(excerpt)
    }

    fn labelled_lines(&self) -> &str {
        let start = self.text[..self.label.start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = self.text[self.label.end..].find('\n').map_or(self.text.len(), |newline| self.label.end + newline);
        &self.text[start..end]
    }

    /// Cuts long lines, the labelled one around its label. Replaces characters that control a terminal by others of the
    /// same length, because labels are byte offsets.
    fn clipped(mut self) -> Self {
        self.text = printable_in_place(&self.text);
        if !is_wide(&self.text) {
            return self;
        }
        let (mut text, mut label) = (String::new(), self.label.clone());
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let span = at..at + line.len();
            at = span.end;
            let body = line.trim_end_matches(['\n', '\r']);
            let labelled = span.contains(&self.label.start) || (self.label.start == span.end && at == self.text.len());
            let focus = if labelled { self.label.start - span.start } else { 0 };
            let from = body.floor_char_boundary(focus.saturating_sub(WIDEST / 4));
            let to = body.floor_char_boundary(from + WIDEST * 3 / 4);
            if body.len() <= WIDEST {
                if labelled {
                    label = text.len() + focus..text.len() + focus + self.label.len();
                }
                text.push_str(line);
                continue;
            }
            let before = if from > 0 { "..." } else { "" };
            if labelled {
                let start = text.len() + before.len() + (focus - from);
                label = start..(start + self.label.len()).min(text.len() + before.len() + (to - from));
            }
            text.push_str(before);
            text.push_str(&body[from..to]);
            text.push_str(if to < body.len() { "...\n" } else { "\n" });
        }
        label.end = label.end.clamp(label.start, text.len());
        self.text = text;
        self.label = label;
        self
    }
}

fn is_wide(text: &str) -> bool {
    text.lines().any(|line| line.len() > WIDEST)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.as_bytes().read_span(span, before, after)?;
        // With the label alone, miette asks for the place in its header: the place in the file.
        let (line, column) = if before == 0 && after == 0 {
            (self.start.line - 1, self.start.column - 1)
        } else {
            (contents.line() + self.first_line, contents.column())
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            contents.data(),
            *contents.span(),
            line,
            column,
            contents.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, pointer: &Pointer) -> (String, String) {
        shown_within(text, pointer, None)
    }

    fn shown_within(text: &str, pointer: &Pointer, within: Option<Range<usize>>) -> (String, String) {
        let place = locate(text, [pointer]).pop().unwrap().unwrap();
        let lines = Lines::new(text);
        let inside = within
            .as_ref()
            .and_then(|within| inside_string(&text[place.span.clone()], within))
            .unwrap_or(0..place.span.len());
        let located = LocatedPlace {
            source: 0,
            start: lines.position(place.span.start + inside.start),
            end: lines.position(place.span.start + inside.end),
            pointer: place.pointer,
        };
        let holder = || locate(text, [&located.pointer.split_last()?.0]).pop()?.map(|place| place.span);
        let excerpt = Excerpt::new("f", &lines, text, &located, within.as_ref(), holder);
        (excerpt.text.clone(), excerpt.text[excerpt.label].to_owned())
    }

    #[test]
    fn a_minified_file_is_laid_out_around_the_place() {
        let text = format!("{{\"pad\":\"{}\",\"row\":{{\"name\":\"x\",\"source\":{{\"a\":1}}}}}}", "p".repeat(70_000));
        let (text, label) = shown(&text, &Pointer::root().key("row").key("source"));
        assert_eq!(text, "{\n  \"name\": \"x\",\n  \"source\": {\n    \"a\": 1\n  }\n}");
        assert_eq!(label, "{\n    \"a\": 1\n  }");
    }

    #[test]
    fn a_part_of_a_string_is_labelled_whether_the_file_is_laid_out_anew_or_not() {
        let row = r#"{"expression":"Append(\u00e9, \"x\")"}"#;
        let pointer = Pointer::root().key("expression");
        assert_eq!(shown_within(row, &pointer, Some(11..14)).1, r#"\"x\""#);
        let text = format!("{{\"pad\":\"{}\",\"row\":{row}}}", "p".repeat(70_000));
        assert_eq!(shown_within(&text, &Pointer::root().key("row").key("expression"), Some(11..14)).1, r#"\"x\""#);
    }

    #[test]
    fn a_string_too_long_for_any_screen_is_cut_around_the_label() {
        let text = format!("{{\"row\":{{\"expression\":\"{}\"}}}}", "é".repeat(10_000));
        let (text, label) = shown(&text, &Pointer::root().key("row").key("expression"));
        assert!(text.lines().all(|line| line.len() <= WIDEST), "{text}");
        assert!(label.starts_with("\"é"), "{label}");
    }

    #[test]
    fn what_all_lines_are_indented_by_is_left_out() {
        let text = "{\n    \"a\": {\n\n      \"é\": 1,\n      \"b\": [\n        2\n      ],\n      \"c\": 3,\n      \"d\": 4\n    }\n}";
        let (text, label) = shown(text, &Pointer::root().key("a").key("b"));
        assert_eq!(text, "\n\"é\": 1,\n\"b\": [\n  2\n],\n\"c\": 3,\n\"d\": 4");
        assert_eq!(label, "[\n  2\n]");
    }

    #[test]
    fn lines_of_a_text_that_nobody_can_open_count_from_the_first_that_is_shown() {
        let text = format!("{{{}\"row\": {{\"name\": \"x\"}}}}", "\n".repeat(500));
        let pointer = Pointer::root().key("row").key("name");
        let place = locate(&text, [&pointer]).pop().unwrap().unwrap();
        let lines = Lines::new(&text);
        let (start, end) = (lines.position(place.span.start), lines.position(place.span.end));
        let located = LocatedPlace { source: 0, start, end, pointer: place.pointer };
        let holder = locate(&text, [&Pointer::root().key("row")]).pop().unwrap().unwrap().span;
        let excerpt = Excerpt::of_holder("graph:A: x", &text, &located, None, holder).unwrap();
        assert_eq!((excerpt.text.as_str(), excerpt.first_line), ("{\n  \"name\": \"x\"\n}", 0));
        assert_eq!(&excerpt.text[excerpt.label], "\"x\"");
    }

    #[test]
    fn of_a_tall_value_the_first_line_is_labelled() {
        let text = format!("{{\n  \"rows\": [\n{}    0\n  ]\n}}\n", "    0,\n".repeat(50));
        assert_eq!(shown(&text, &Pointer::root().key("rows")).1, "[");
    }
}
