//! From findings to the fixed text.
//!
//! A round makes every fix whose edits do not touch those of another, then checks the result again. Fixes that were
//! postponed are made in a later round, if they are still needed. So any number of fixes compose, and the last round proves that
//! none remains.
//!
//! Rules can contradict each other, and then their fixes undo each other: a text comes back. These fixes are withheld
//! (`contradiction.rs`), and all others are made.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde_json::Value;

use super::contradiction::{Key, contradictions, key, withhold};
use crate::document::{Change, Edit, Place, Pointer, applied, edits, locate, member, spelt_as};
use crate::finding::{Applicability, Finding};
use crate::inspection::Inspection;

/// More rounds than any schema has mistakes at one place.
const ROUNDS: usize = 500;
/// More attempts than any schema has contradictions; each finds one at least.
const ATTEMPTS: usize = 100;

/// A text with all fixes that are allowed and automatic.
#[derive(Clone, Debug)]
pub struct FixedText {
    /// The text; unchanged if there was nothing to fix.
    pub text: String,
    /// The fixes, in the order in which they were made.
    pub made: Vec<Made>,
    /// The findings that remain.
    pub left: Vec<Finding>,
}

/// A fix that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What was found.
    pub finding: Finding,
    /// The values that changed, credentials masked, with their places in the text before any fix: removed elements still count, added ones
    /// come last.
    pub values: Vec<Replaced>,
    /// The bytes of the final text that the fix wrote; empty if it only removed something.
    pub spans: Vec<Range<usize>>,
}

/// A value that a fix changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Replaced {
    /// Its place, as the text spells it.
    pub pointer: Pointer,
    /// The old value; `None` if it was added.
    pub old: Option<Value>,
    /// The new value; `None` if it was removed.
    pub new: Option<Value>,
}

/// Why the fixes could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FixError {
    /// The text, or the result of a fix, cannot be read.
    #[error("the schema cannot be read")]
    Unreadable,
    /// Fixes undo each other, however many of them are withheld.
    #[error("the fixes undo each other")]
    Circle,
}

/// Why an attempt ended without a result.
enum Stopped {
    Unreadable,
    /// These fixes lead back to a text that was there before.
    Circle(Vec<Key>),
}

/// Makes all fixes of a text that are at least as safe as `worst`. `judge` gives the findings of a text, or `None` if it
/// cannot be read. Fixes that undo each other are not made: their findings remain, for a person, and name the other rules.
///
/// # Errors
/// If a text cannot be read, or the fixes undo each other in more ways than can be told apart.
pub fn apply_fixes(
    text: &str,
    worst: Applicability,
    judge: impl Fn(&str) -> Option<Vec<Finding>>,
) -> Result<FixedText, FixError> {
    let mut withheld: Vec<Vec<Key>> = Vec::new();
    let attempt_without = |withheld: &[Vec<Key>]| {
        attempt(text, worst, |text| {
            let mut found = judge(text)?;
            found.iter_mut().for_each(|finding| withhold(finding, withheld));
            Some(found)
        })
    };
    for _ in 0..ATTEMPTS {
        match attempt_without(&withheld) {
            Ok(fixed) => return Ok(fixed),
            Err(Stopped::Unreadable) => return Err(FixError::Unreadable),
            Err(Stopped::Circle(circle)) => {
                let ends = |more: &[Vec<Key>]| match attempt_without(&[&withheld, more].concat()) {
                    Ok(_) => true,
                    Err(Stopped::Unreadable) => false,
                    Err(Stopped::Circle(other)) => !other.iter().any(|fix| circle.contains(fix)),
                };
                let found = contradictions(circle.clone(), ends);
                withheld.extend(found);
            }
        }
    }
    Err(FixError::Circle)
}

/// Makes all fixes that are allowed.
fn attempt(
    text: &str,
    worst: Applicability,
    judge: impl Fn(&str) -> Option<Vec<Finding>>,
) -> Result<FixedText, Stopped> {
    let mut text = text.to_owned();
    let mut made: Vec<Made> = Vec::new();
    // Each text, with the number of fixes that led to it.
    let mut seen = HashMap::from([(text.clone(), 0)]);
    let mut removed: Vec<Removed> = Vec::new();
    let mut halfway = 0;
    for round in 0..ROUNDS {
        let found = judge(&text).ok_or(Stopped::Unreadable)?;
        let lists: Vec<&[Change]> = found.iter().map(|finding| allowed(finding, worst)).collect();
        let mut edits = edits(&text, &lists);
        let (taken, chosen) = apart(&edits);
        if chosen.is_empty() {
            return Ok(FixedText { text, made, left: found });
        }
        let shifts = Shifts::new(&chosen);
        for span in made.iter_mut().flat_map(|made| &mut made.spans) {
            *span = shifts.moved(span);
        }
        let mut gone = Removed::new();
        let shown = Inspection::of(&text).text;
        let pointers: Vec<Pointer> = taken.iter().flat_map(|index| lists[*index]).flat_map(Change::pointers).collect();
        let mut places = locate(&text, &pointers).into_iter();
        for index in taken {
            let mut replaced = |change| {
                let (place, parent) = (places.next().flatten(), places.next().flatten());
                replaced(&shown, change, place, parent)
            };
            let mut values: Vec<Replaced> = lists[index].iter().filter_map(&mut replaced).collect();
            for (list, at) in values.iter().filter(|value| value.new.is_none()).filter_map(element) {
                gone.entry(list).or_default().push(at);
            }
            values.iter_mut().for_each(|value| value.pointer = as_at_first(&value.pointer, &removed));
            let spans = std::mem::take(&mut edits[index]).iter().map(|edit| shifts.written(edit)).collect();
            made.push(Made { finding: found[index].clone(), values, spans });
        }
        gone.values_mut().for_each(|places| places.sort_unstable());
        removed.push(gone);
        text = applied(&text, &chosen);
        if round == ROUNDS / 2 {
            halfway = made.len();
        }
        if let Some(before) = seen.insert(text.clone(), made.len()) {
            return Err(Stopped::Circle(keys(&made[before..])));
        }
    }
    // The text never came back, so these fixes add to it without end.
    Err(Stopped::Circle(keys(&made[halfway..])))
}

fn keys(made: &[Made]) -> Vec<Key> {
    let all: BTreeSet<Key> = made.iter().map(|made| key(&made.finding)).collect();
    all.into_iter().collect()
}

/// The elements that a round removed: their places in each list, in order.
type Removed = HashMap<Pointer, Vec<usize>>;

/// The list that a value is an element of, and its place there.
fn element(value: &Replaced) -> Option<(Pointer, usize)> {
    let (list, at) = value.pointer.split_last()?;
    Some((list, at.parse().ok()?))
}

/// The place of a value before elements were removed from their lists, those of each round in order.
fn as_at_first(pointer: &Pointer, rounds: &[Removed]) -> Pointer {
    let back = |pointer: Pointer, removed: &Removed| {
        if removed.is_empty() {
            return pointer;
        }
        pointer.segments().fold(Pointer::root(), |way, key| match (removed.get(&way), key.parse::<usize>()) {
            (Some(gone), Ok(at)) => way.index(at + before(at, gone)),
            _ => way.key(&key),
        })
    };
    rounds.iter().rev().fold(pointer.clone(), back)
}

/// How many of the removed elements preceded the one that is at `at` without them.
fn before(at: usize, removed: &[usize]) -> usize {
    let (mut least, mut most) = (0, removed.len());
    while least < most {
        let middle = least.midpoint(most);
        if removed[middle] <= at + middle { least = middle + 1 } else { most = middle }
    }
    least
}

/// The value that a change replaces; `None` if it changes nothing. `place` is that of the value, `parent` that of its
/// parent.
fn replaced(text: &str, change: &Change, place: Option<Place>, parent: Option<Place>) -> Option<Replaced> {
    let value = |place: Place| Some((place.pointer, serde_json::from_str::<Value>(&text[place.span]).ok()?));
    match change {
        Change::Set { pointer, value: new } => {
            let missing = || Some((member(&parent?.pointer, &pointer.split_last()?.1), None));
            let found = place.and_then(value).map(|(pointer, old)| (pointer, Some(old)));
            let (pointer, old) = found.or_else(missing)?;
            let new = spelt_as(&pointer, new);
            (old.as_ref() != Some(&new)).then_some(Replaced { pointer, old, new: Some(new) })
        }
        Change::Append { value: new, .. } => {
            let (pointer, list) = value(place?)?;
            let new = spelt_as(&pointer, new);
            Some(Replaced { pointer: pointer.index(list.as_array()?.len()), old: None, new: Some(new) })
        }
        Change::Remove { .. } => {
            let (pointer, old) = value(place?)?;
            Some(Replaced { pointer, old: Some(old), new: None })
        }
    }
}

/// Where the bytes of a text are after edits.
struct Shifts<'e> {
    /// The edits in the order of the text; no two share a byte.
    edits: &'e [Edit],
    /// How much longer the first, the first two, … make the text, from none of them on.
    added: Vec<isize>,
}

impl<'e> Shifts<'e> {
    fn new(edits: &'e [Edit]) -> Self {
        let mut added = vec![0_isize];
        let mut sum = 0_isize;
        for edit in edits {
            sum = sum.saturating_add_unsigned(edit.text.len()).saturating_sub_unsigned(edit.span.len());
            added.push(sum);
        }
        Shifts { edits, added }
    }

    /// An offset after the first `count` edits, all of which precede it.
    fn shifted(&self, offset: usize, count: usize) -> usize {
        offset.saturating_add_signed(self.added[count])
    }

    /// How many edits are like this, which the first of them are.
    fn count(&self, is_like: impl Fn(&Range<usize>) -> bool) -> usize {
        self.edits.partition_point(|edit| is_like(&edit.span))
    }

    /// The place of the text of one of the edits.
    fn written(&self, edit: &Edit) -> Range<usize> {
        let start = self.shifted(edit.span.start, self.count(|other| other.start < edit.span.start));
        start..start + edit.text.len()
    }

    /// The place of a span: with what edits add to it, without what they remove from it.
    fn moved(&self, span: &Range<usize>) -> Range<usize> {
        let (before, within) = (self.count(|edit| edit.end <= span.start), self.count(|edit| edit.end <= span.end));
        let (mut start, mut end) = (self.shifted(span.start, before), self.shifted(span.end, within));
        let touching = self.count(|edit| edit.start < span.end);
        for edit in self.edits[..touching].iter().skip(before).filter(|edit| overlap(&edit.span, span)) {
            let written = self.written(edit);
            (start, end) = (start.min(written.start), end.max(written.end));
        }
        start..end.max(start)
    }
}

/// The changes that fix a finding, if they are allowed.
fn allowed(finding: &Finding, worst: Applicability) -> &[Change] {
    let fix = finding.fix.as_ref().filter(|fix| match fix.applicability {
        Applicability::Safe => true,
        Applicability::Unsafe => worst == Applicability::Unsafe,
        Applicability::Manual => false,
    });
    fix.map_or(&[], |fix| &fix.changes)
}

/// The lists, by index, whose edits do not touch those of earlier lists, and their edits in the order of the text. A list
/// is taken whole or not at all.
fn apart(lists: &[Vec<Edit>]) -> (Vec<usize>, Vec<Edit>) {
    let ends = |edit: &Edit| (edit.span.start, edit.span.end);
    let mut taken = Vec::new();
    // The spans of all lists that were taken share no byte, so in their order the ends grow as well.
    let mut spans: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut chosen: Vec<Edit> = Vec::new();
    for (index, list) in lists.iter().enumerate().filter(|(_, list)| !list.is_empty()) {
        let meets = |edit: &Edit| {
            let last = spans.range(..=(edit.span.end, usize::MAX)).next_back();
            last.is_some_and(|(start, end)| touch(&edit.span, &(*start..*end)))
        };
        let mut ordered: Vec<&Edit> = list.iter().collect();
        ordered.sort_by_key(|edit| ends(edit));
        let tangled = ordered.windows(2).any(|pair| overlap(&pair[0].span, &pair[1].span));
        if !tangled && !list.iter().any(meets) {
            taken.push(index);
            spans.extend(list.iter().map(ends));
            chosen.extend(list.iter().cloned());
        }
    }
    chosen.sort_by_key(ends);
    (taken, chosen)
}

/// Whether spans share a place, even if only an end.
fn touch(left: &Range<usize>, right: &Range<usize>) -> bool {
    left.start <= right.end && right.start <= left.end
}

/// Whether spans share bytes; two insertions at one place share none.
fn overlap(left: &Range<usize>, right: &Range<usize>) -> bool {
    left.start < right.end && right.start < left.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Fix, Metadata, Section, Severity};

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: start..end, text: text.to_owned() }
    }

    #[test]
    fn edits_that_touch_wait_for_another_round() {
        let lists = [vec![edit(4, 6, "x")], vec![], vec![edit(0, 1, "a"), edit(6, 7, "b")], vec![edit(8, 8, "c")]];
        assert!(apart(&[vec![edit(1, 4, ""), edit(2, 3, "")]]).0.is_empty(), "a list whose edits overlap");
        for next_to_each_other in [[edit(1, 4, ""), edit(4, 6, "x")], [edit(4, 6, "x"), edit(1, 4, "")]] {
            assert_eq!(apart(&[next_to_each_other.to_vec()]).0, [0], "edits of one list that share no byte");
        }
        let (taken, chosen) = apart(&lists);
        assert_eq!(taken, [0, 3], "the third list meets the first with one of its edits");
        assert_eq!(applied("0123456789", &chosen), "0123x67c89");
    }

    #[test]
    fn a_place_is_that_before_rows_were_removed() {
        let row = |at: usize| Pointer::root().key("rows").index(at);
        let rows = Pointer::root().key("rows");
        let rounds = [Removed::from([(rows.clone(), vec![1, 3])]), Removed::from([(rows, vec![0])])];
        // a b c d e f: b and d are removed, then a; c e f remain.
        for (now, at_first) in [(0, 2), (1, 4), (2, 5)] {
            assert_eq!(as_at_first(&row(now).key("x"), &rounds), row(at_first).key("x"));
        }
        assert_eq!(as_at_first(&Pointer::root().key("other").index(0), &rounds).as_str(), "/other/0");
    }

    const fn rule(id: &'static str) -> Metadata {
        let (section, severity, fix) = (Section::Hygiene, Severity::Error, Applicability::Safe);
        Metadata { id, section, severity, fix, evidence: &[], summary: "", page: "" }
    }

    static RULES: [Metadata; 5] = [rule("add"), rule("delete"), rule("number"), rule("there"), rule("back")];

    fn found(rule: &str, subject: &str, changes: Vec<Change>) -> Finding {
        let fix = Fix {
            applicability: Applicability::Safe,
            title: String::new(),
            changes,
            tenant: None,
            portal: Vec::new(),
            graph: None,
        };
        Finding {
            rule: RULES.iter().find(|known| known.id == rule).unwrap(),
            severity: Severity::Error,
            subject: subject.to_owned(),
            message: String::new(),
            label: String::new(),
            help: String::new(),
            pointer: Pointer::root(),
            within: None,
            people: Vec::new(),
            fix: Some(fix),
        }
    }

    fn set(key: &str, value: impl Into<Value>) -> Change {
        Change::Set { pointer: Pointer::root().key(key), value: value.into() }
    }

    #[test]
    fn a_fix_that_adds_without_end_is_withheld_and_another_one_is_made() {
        let judge = |text: &str| {
            let value: Value = serde_json::from_str(text).unwrap();
            let grows = Change::Append { pointer: Pointer::root().key("rows"), value: Value::from(0) };
            let mut all = vec![found("add", "rows", vec![grows])];
            if value["title"] == 1 && value["rows"].as_array().is_some_and(|rows| rows.len() != 1) {
                all.push(found("there", "title", vec![set("title", 2)]));
            }
            Some(all)
        };
        let fixed = apply_fixes(r#"{"rows": [0], "title": 1}"#, Applicability::Safe, judge).unwrap();
        let left: Vec<(&str, &str)> = fixed.left.iter().map(|left| (left.rule.id, left.help.as_str())).collect();
        assert_eq!(left, [("add", "Not fixed: its fix leads to the same finding again.")]);
    }

    #[test]
    fn only_the_rules_that_undo_each_other_are_named_although_others_do_so_without_them() {
        let judge = |text: &str| {
            let value: Value = serde_json::from_str(text).unwrap();
            let mut all = Vec::new();
            let (is_there, is_numbered) = (value["row"] == 1, value["number"] == 1);
            if !is_there {
                all.push(found("add", "row", vec![set("row", 1), set("number", 0)]));
            }
            if is_there {
                all.push(found("delete", "row", vec![set("row", 0)]));
            }
            if is_there && !is_numbered {
                all.push(found("number", "row", vec![set("number", 1)]));
            }
            // Two others undo each other, but only where the row stays.
            if is_there && is_numbered && value["title"] == 0 {
                all.push(found("there", "title", vec![set("title", 1)]));
            }
            if is_there && is_numbered && value["title"] == 1 {
                all.push(found("back", "title", vec![set("title", 0)]));
            }
            Some(all)
        };
        let fixed = apply_fixes(r#"{"row": 0, "number": 0, "title": 0}"#, Applicability::Safe, judge).unwrap();
        let left: Vec<(&str, &str)> = fixed.left.iter().map(|left| (left.rule.id, left.help.as_str())).collect();
        assert_eq!(left, [("add", "Not fixed: the fix of delete would undo it.")]);
    }

    #[test]
    fn what_a_fix_wrote_is_found_in_the_final_text() {
        let before = r#"{"a": "long enough", "b": 1, "c": 1, "d": [1, 2], "e": "x"}"#;
        // In the first round two values become shorter and longer; in the next, one between them and one before.
        let wanted: [(&str, Value); 4] =
            [("a", "s".into()), ("c", "a longer value".into()), ("b", 12345.into()), ("e", "of another length".into())];
        let judge = |text: &str| {
            let value: Value = serde_json::from_str(text).unwrap();
            let open = wanted.iter().filter(|(key, to)| value[*key] != *to).take(2);
            let mut all: Vec<Finding> =
                open.map(|(key, to)| found("number", key, vec![set(key, to.clone())])).collect();
            all.reverse();
            let first = Pointer::root().key("d").index(0);
            if value["d"][0] == 1 && value["e"] == "x" && value["c"] != 1 {
                all.push(found("delete", "d", vec![Change::Remove { pointer: first }]));
            }
            Some(all)
        };
        let fixed = apply_fixes(before, Applicability::Safe, judge).unwrap();
        assert_eq!(fixed.text, r#"{"a": "s", "b": 12345, "c": "a longer value", "d": [2], "e": "of another length"}"#);
        for made in &fixed.made {
            let written: Vec<&str> = made.spans.iter().map(|span| &fixed.text[span.clone()]).collect();
            match wanted.iter().find(|(key, _)| *key == made.finding.subject) {
                Some((_, to)) => assert_eq!(written, [to.to_string()], "{}", made.finding.subject),
                None => assert_eq!(written, [""], "a removed element leaves nothing"),
            }
        }
        assert_eq!(fixed.made.len(), 5);
    }

    #[test]
    fn a_value_is_named_by_its_place_before_another_fix_removed_a_row() {
        let row = |at: usize| Pointer::root().key("rows").index(at);
        let judge = |text: &str| {
            let value: Value = serde_json::from_str(text).unwrap();
            let rows = value["rows"].as_array().unwrap();
            Some(match (rows.len(), &rows[1]) {
                (3, _) => vec![found("delete", "rows", vec![Change::Remove { pointer: row(0) }])],
                (_, third) if *third == 3 => {
                    vec![found("number", "rows", vec![Change::Set { pointer: row(1), value: 4.into() }])]
                }
                _ => Vec::new(),
            })
        };
        let fixed = apply_fixes(r#"{"rows": [1, 2, 3]}"#, Applicability::Safe, judge).unwrap();
        let places: Vec<&Pointer> =
            fixed.made.iter().flat_map(|made| &made.values).map(|value| &value.pointer).collect();
        assert_eq!((fixed.text.as_str(), places), (r#"{"rows": [2, 4]}"#, vec![&row(0), &row(2)]));
    }

    #[test]
    fn what_a_later_edit_replaces_in_part_belongs_to_both() {
        assert_eq!(Shifts::new(&[edit(2, 5, "wxyz")]).moved(&(4..8)), 2..9);
        assert_eq!(Shifts::new(&[edit(6, 9, "vwxyz")]).moved(&(4..8)), 4..11);
    }

    #[test]
    fn a_text_that_cannot_be_judged_is_not_changed() {
        let fixed = apply_fixes("{", Applicability::Unsafe, |_| None);
        assert_eq!(fixed.err(), Some(FixError::Unreadable));
        let fixed = apply_fixes("{}", Applicability::Unsafe, |_| Some(Vec::new())).unwrap();
        assert_eq!((fixed.text.as_str(), fixed.made.len()), ("{}", 0));
    }
}
