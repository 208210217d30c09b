//! How a text lays out its values, as far as one can learn it from a few of them.

use std::ops::Range;

use super::parts::parts;

/// The habits of a text.
#[derive(Debug)]
pub(super) struct Habits<'t> {
    pub(super) newline: &'t str,
    /// How much deeper stands what is inside something.
    pub(super) unit: &'t str,
    /// What stands between a key and its value.
    pub(super) colon: &'t str,
    /// What stands between parts on one line.
    pub(super) comma: &'t str,
    /// Between parts on lines of their own: what ends the line, and what begins the next behind its blanks.
    pub(super) comma_at: (&'t str, &'t str),
    /// What stands inside the brackets of an array whose elements run on behind its bracket, though over several lines.
    pub(super) run_on: Option<&'t str>,
    /// An array and an object with nothing in it, as the text has them.
    pub(super) empty: [&'t str; 2],
    /// Whether depth counts from the column of the bracket, as in Windows PowerShell 5.1, and not from its line.
    pub(super) from_bracket: bool,
    pub(super) is_one_line: bool,
}

impl<'t> Habits<'t> {
    /// Learns them.
    pub(super) fn of(text: &'t str) -> Self {
        let is_one_line = !text.trim().contains('\n');
        let mut habits = Habits {
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            unit: "  ",
            colon: if is_one_line { ":" } else { ": " },
            comma: "",
            comma_at: (",", ""),
            run_on: None,
            empty: ["[]", "{}"],
            from_bracket: false,
            is_one_line,
        };
        let root = text.len() - text.trim_start().len()..text.trim_end().len();
        if let Some(first) = parts(text, &root).as_deref().and_then(|parts| parts.first())
            && text[root.start..first.span().start].contains('\n')
        {
            habits.unit = indent(text, first.span().start);
        }
        let mut seen = if is_one_line { Seen::on_one_line() } else { Seen::default() };
        seen.look(text, &root, 0);
        habits.colon = seen.colon.unwrap_or(habits.colon);
        habits.comma = seen.comma.unwrap_or(if habits.colon.ends_with(' ') { ", " } else { "," });
        habits.comma_at = seen.comma_at.unwrap_or(habits.comma_at);
        habits.run_on = seen.run_on.flatten();
        for (habit, seen) in habits.empty.iter_mut().zip(seen.empty) {
            *habit = seen.unwrap_or(*habit);
        }
        habits.from_bracket = seen.from_bracket.unwrap_or_default();
        habits
    }
}

/// The habits that have been met so far.
#[derive(Default)]
struct Seen<'t> {
    colon: Option<&'t str>,
    comma: Option<&'t str>,
    comma_at: Option<(&'t str, &'t str)>,
    run_on: Option<Option<&'t str>>,
    empty: [Option<&'t str>; 2],
    from_bracket: Option<bool>,
    looked: usize,
}

/// What can't be learned so near the root, or from so many values, is no habit.
const DEEPEST: usize = 16;
const MOST: usize = 1000;

impl<'t> Seen<'t> {
    /// Where there is one line, there are no habits of several.
    fn on_one_line() -> Self {
        Seen { comma_at: Some((",", "")), run_on: Some(None), from_bracket: Some(false), ..Seen::default() }
    }

    fn knows_all(&self) -> bool {
        let Seen { colon, comma, comma_at, run_on, from_bracket, empty: [array, _], .. } = self;
        array.is_some()
            && colon.is_some()
            && comma.is_some()
            && comma_at.is_some()
            && run_on.is_some()
            && from_bracket.is_some()
    }

    /// Looks into a value, and into what is in it.
    fn look(&mut self, text: &'t str, span: &Range<usize>, depth: usize) {
        if self.knows_all() || depth > DEEPEST || self.looked > MOST || !text[span.clone()].starts_with(['{', '[']) {
            return;
        }
        self.looked += 1;
        let Some(parts) = parts(text, span) else { return };
        let Some(first) = parts.first() else {
            let empty = &mut self.empty[usize::from(text[span.clone()].starts_with('{'))];
            *empty = empty.or(Some(&text[span.clone()]).filter(|empty| !empty.contains('\n')));
            return;
        };
        let (line, last) = (line_before(text, span.start), span.end - 1);
        if self.from_bracket.is_none() && text[span.clone()].contains('\n') && !line.trim_start().is_empty() {
            let (before, after) = (line.chars().count(), line_before(text, last));
            let closes_its_line = after.trim_start().is_empty();
            let deep = indent(text, first.span().start).chars().count() > before;
            self.from_bracket = Some(closes_its_line && deep && after.chars().count() == before);
        }
        let inside = &text[span.start + 1..first.span().start];
        if self.run_on.is_none() && text[span.clone()].starts_with('[') && text[span.clone()].contains('\n') {
            self.run_on = Some(Some(inside).filter(|inside| !inside.contains('\n')));
        }
        for (number, part) in parts.iter().enumerate() {
            if let (None, Some(key)) = (self.colon, &part.key) {
                self.colon = Some(&text[key.end..part.value.start]);
            }
            if let Some(before) = number.checked_sub(1) {
                let gap = &text[parts[before].span().end..part.span().start];
                match gap.rsplit_once('\n') {
                    None => self.comma = self.comma.or(Some(gap)),
                    Some((end, start)) => {
                        self.comma_at =
                            self.comma_at.or(Some((end.trim_end_matches(['\r', '\n']), start.trim_start())));
                    }
                }
            }
            self.look(text, &part.value, depth + 1);
        }
    }
}

/// What stands before `offset` on its line.
pub(super) fn line_before(text: &str, offset: usize) -> &str {
    &text[text[..offset].rfind('\n').map_or(0, |newline| newline + 1)..offset]
}

/// The blanks at the start of the line on which `offset` lies.
pub(super) fn indent(text: &str, offset: usize) -> &str {
    let line = line_before(text, offset);
    &line[..line.len() - line.trim_start().len()]
}
