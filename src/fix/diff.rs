//! The lines that fixes change, and the fixes that change them.

use std::ops::Range;

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::{ChangeTag, DiffOp};

use super::Made;
use crate::document::Lines;

/// Context lines around a change, as many as `diff -u` shows.
const CONTEXT: usize = 3;

/// Changed lines that are close together, with their context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// `@@ -3,7 +3,7 @@`
    pub header: String,
    /// The lines, line ends included.
    pub lines: Vec<(Sign, String)>,
    /// The fixes that changed them, by index.
    pub reasons: Vec<usize>,
}

/// The change of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It stays.
    Same,
    /// It was removed.
    Old,
    /// It was added.
    New,
}

impl Sign {
    /// The character before the line in a unified diff.
    pub fn as_char(self) -> char {
        match self {
            Sign::Same => ' ',
            Sign::Old => '-',
            Sign::New => '+',
        }
    }
}

/// The lines, counted from 0, that each fix wrote in the final text.
pub fn written(after: &str, made: &[Made]) -> Vec<(usize, Range<usize>)> {
    let lines = Lines::new(after);
    let spans = made.iter().enumerate().flat_map(|(index, made)| made.spans.iter().map(move |span| (index, span)));
    spans.map(|(index, span)| (index, lines.position(span.start).line - 1..lines.position(span.end).line)).collect()
}

/// The lines that differ between two texts, with the fixes that wrote to them. A line ends with `\n`; a `\r` belongs to
/// the line.
pub fn hunks(before: &str, after: &str, written: &[(usize, Range<usize>)]) -> Vec<Hunk> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let (mut hunks, mut lines) = (Vec::new(), Vec::new());
    for ops in changes(&old, &new).into_grouped_ops(CONTEXT) {
        let (before, after) = (span(&ops, DiffOp::old_range), span(&ops, DiffOp::new_range));
        hunks.push(Hunk {
            header: format!("@@ -{} +{} @@", counted(&before), counted(&after)),
            lines: ops
                .iter()
                .flat_map(|op| op.iter_changes(&old, &new))
                .map(|change| line(change.tag(), change.value()))
                .collect(),
            reasons: Vec::new(),
        });
        lines.push(after.start..after.end.max(after.start + 1));
    }
    // Hunks are in the order of the text and share no line.
    for (fix, wrote) in written {
        let first = lines.partition_point(|hunk| hunk.end <= wrote.start);
        for (hunk, _) in hunks[first..].iter_mut().zip(&lines[first..]).take_while(|(_, lines)| lines.start < wrote.end)
        {
            if hunk.reasons.last() != Some(fix) {
                hunk.reasons.push(*fix);
            }
        }
    }
    hunks
}

/// The operations that make the new lines out of the old ones. The algorithm is named here, because to choose one at run
/// time compiles all six, which takes seconds.
fn changes<'a>(old: &[&'a str], new: &[&'a str]) -> Capture {
    let mut operations = Compact::new(Replace::new(Capture::new()), old, new);
    let Ok(()) = myers::diff(&mut operations, old, 0..old.len(), new, 0..new.len());
    operations.into_inner().into_inner()
}

/// The lines from the first to the last operation, counted from 0.
fn span(ops: &[DiffOp], lines: impl Fn(&DiffOp) -> Range<usize>) -> Range<usize> {
    ops.first().map_or(0, |op| lines(op).start)..ops.last().map_or(0, |op| lines(op).end)
}

/// `3,7`, as a unified diff counts lines: one alone without its number, none from the line before.
fn counted(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => (lines.start + 1).to_string(),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn line(tag: ChangeTag, text: &str) -> (Sign, String) {
    let sign = match tag {
        ChangeTag::Equal => Sign::Same,
        ChangeTag::Delete => Sign::Old,
        ChangeTag::Insert => Sign::New,
    };
    (sign, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(hunks: &[Hunk]) -> String {
        let line = |(sign, line): &(Sign, String)| format!("{}{line}", sign.as_char());
        hunks
            .iter()
            .map(|hunk| format!("{}\n{}", hunk.header, hunk.lines.iter().map(line).collect::<String>()))
            .collect()
    }

    #[test]
    fn a_carriage_return_alone_does_not_end_a_line() {
        assert_eq!(page(&hunks("a\rb\r\nc\r\n", "a\rB\r\nc\r\n", &[])), "@@ -1,2 +1,2 @@\n-a\rb\r\n+a\rB\r\n c\r\n");
    }

    #[test]
    fn a_fix_wrote_the_lines_that_its_bytes_are_on() {
        let text = include_str!("../../fixtures/default-export.json");
        let inspection = crate::inspection::Inspection::of(text);
        let resources = inspection.read().unwrap();
        let policies = crate::policy::Policies::built_in();
        let policy = policies.choose(None, "a.json").unwrap();
        let target = crate::rules::Target::new(&inspection, &resources[0], policy, jiff::civil::Date::default());
        let finding = crate::rules::judge(&target, &crate::rules::Selection::default()).findings.remove(0);
        let made = |spans: Vec<Range<usize>>| Made { finding: finding.clone(), values: Vec::new(), spans };
        let made = [made(vec![0..1, 2..5]), made(std::iter::once(4..5).collect())];
        assert_eq!(written("a\nb\nc\n", &made), [(0, 0..1), (0, 1..3), (1, 2..3)]);
    }

    #[test]
    fn distant_lines_are_separate_hunks() {
        let text =
            |from: usize, to: usize| (0..20).map(|line| if line == from { to } else { line }).collect::<Vec<_>>();
        let join = |lines: Vec<usize>| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let mut changed = text(1, 100);
        changed[18] = 200;
        let written = [(0, 1..2), (1, 5..6), (2, 14..15), (3, 17..19), (4, 18..19)];
        let hunks = hunks(&join(text(0, 0)), &join(changed), &written);
        let reasons: Vec<&[usize]> = hunks.iter().map(|hunk| hunk.reasons.as_slice()).collect();
        assert_eq!(reasons, [&[0][..], &[3, 4]], "the fixes that wrote to the lines of each, not beside them");
        assert_eq!(
            hunks.iter().map(|hunk| hunk.header.as_str()).collect::<Vec<_>>(),
            ["@@ -1,5 +1,5 @@", "@@ -16,5 +16,5 @@"]
        );
    }
}
