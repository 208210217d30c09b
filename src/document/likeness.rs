//! New values, written like those that stand around them.
//!
//! Every tool lays JSON out in its own way, and what counts is that a new row can't be told from its neighbours. So a
//! value is written by the example of another at the same depth: the blanks between its parts are taken from there. What
//! has no example follows the text's habits.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::Pointer;
use super::habits::{Habits, indent, line_before};
use super::parts::{Part, parts};
use super::strict::camel_case;

/// What something is made of; `None` where it has no parts.
type Known = Option<Rc<[Part]>>;

/// A text that is to be written into.
#[derive(Debug)]
pub(super) struct Surroundings<'t> {
    pub(super) text: &'t str,
    habits: Habits<'t>,
    /// The parts of what was looked into, by where it stands: many changes lie in one list.
    parts: RefCell<HashMap<Range<usize>, Known>>,
}

impl<'t> Surroundings<'t> {
    /// Learns the habits of a text.
    pub(super) fn of(text: &'t str) -> Self {
        Surroundings { text, habits: Habits::of(text), parts: RefCell::default() }
    }

    /// The parts of the array or object at `span`, in their order; `None` for any other value.
    pub(super) fn parts(&self, span: &Range<usize>) -> Known {
        let mut known = self.parts.borrow_mut();
        known.entry(span.clone()).or_insert_with(|| parts(self.text, span).map(Rc::from)).clone()
    }

    /// `gap`, and `value` behind it, as they are to stand at `start`: after an example, or by the habits, then on one
    /// line or several.
    pub(super) fn write(
        &self,
        start: usize,
        gap: &str,
        value: &Value,
        example: Option<Range<usize>>,
        one_line: bool,
    ) -> String {
        let mut line = Line { out: line_before(self.text, start).to_owned() };
        let already = line.out.len();
        line.out.push_str(gap);
        self.add(&mut line, value, example, one_line);
        line.out.split_off(already)
    }

    /// Whether something that has no example goes on one line, in what stands at `span`.
    pub(super) fn is_one_line(&self, span: &Range<usize>) -> bool {
        self.habits.is_one_line || (span.len() > 2 && !self.text[span.clone()].contains('\n'))
    }

    fn add(&self, line: &mut Line, value: &Value, example: Option<Range<usize>>, one_line: bool) {
        let example = example.filter(|span| is_like(&self.text[span.clone()], value));
        match value {
            Value::Array(items) if items.is_empty() => self.add_empty(line, ["[", "]"], example),
            Value::Object(members) if members.is_empty() => self.add_empty(line, ["{", "}"], example),
            Value::Array(items) => {
                let items = items.iter().map(|item| (None, item)).collect();
                self.add_parts(line, ['[', ']'], items, example, one_line);
            }
            Value::Object(members) => {
                self.add_parts(line, ['{', '}'], self.members(members, example.as_ref()), example, one_line);
            }
            scalar => line.out.push_str(&scalar.to_string()),
        }
    }

    fn add_empty(&self, line: &mut Line, [open, close]: [&str; 2], example: Option<Range<usize>>) {
        match example {
            Some(span) => line.out.push_str(&self.text[span]),
            None if self.habits.from_bracket => {
                let column = line.column();
                line.out.extend([open, self.habits.newline, self.habits.newline, &column, close]);
            }
            None => line.out.push_str(self.habits.empty[usize::from(open == "{")]),
        }
    }

    /// Members in the order in which an example has them; what it doesn't have comes last.
    fn members<'v>(
        &self,
        members: &'v Map<String, Value>,
        example: Option<&Range<usize>>,
    ) -> Vec<(Option<&'v str>, &'v Value)> {
        let known = example.and_then(|span| self.parts(span)).unwrap_or_default();
        let rank = |key: &str| known.iter().position(|part| self.is_named(part, key)).unwrap_or(known.len());
        let mut ordered: Vec<_> = members.iter().map(|(key, value)| (Some(key.as_str()), value)).collect();
        ordered.sort_by_key(|(key, _)| key.map(rank));
        ordered
    }

    fn add_parts(
        &self,
        line: &mut Line,
        [open, close]: [char; 2],
        values: Vec<(Option<&str>, &Value)>,
        example: Option<Range<usize>>,
        one_line: bool,
    ) {
        let known = example.as_ref().and_then(|span| self.parts(span)).unwrap_or_default();
        let gaps = match (&example, &*known) {
            (Some(span), [first, ..]) => Gaps {
                first: self.text[span.start + 1..first.span().start].to_owned(),
                next: self.gap_between(span, &known[..known.len().min(2)]),
                last: self.text[known[known.len() - 1].span().end..span.end - 1].to_owned(),
            },
            _ if one_line => Gaps { first: String::new(), next: self.habits.comma.to_owned(), last: String::new() },
            _ if let (Some(gap), '[') = (self.habits.run_on, open) => {
                Gaps { first: gap.to_owned(), next: self.habits.comma.to_owned(), last: gap.to_owned() }
            }
            _ => {
                let outer = if self.habits.from_bracket { line.column() } else { line.indent().to_owned() };
                let first = format!("{}{outer}{}", self.habits.newline, self.habits.unit);
                let (end, start) = self.habits.comma_at;
                Gaps { next: format!("{end}{first}{start}"), last: format!("{}{outer}", self.habits.newline), first }
            }
        };
        let one_line = example.map_or(one_line, |span| !self.text[span].contains('\n'));
        line.out.push(open);
        for (number, (key, value)) in values.into_iter().enumerate() {
            line.out.push_str(if number == 0 { &gaps.first } else { &gaps.next });
            let like = match key {
                Some(key) => {
                    let like = known.iter().find(|part| self.is_named(part, key));
                    let colon = like.or(known.first()).map_or(self.habits.colon, |part| self.colon_of(part));
                    line.out.push_str(&Value::from(key).to_string());
                    line.out.push_str(colon);
                    like
                }
                None => known.get(number).or(known.last()),
            };
            self.add(line, value, like.map(|part| part.value.clone()), one_line);
        }
        line.out.push_str(&gaps.last);
        line.out.push(close);
    }

    /// What stands between a member's key and its value.
    pub(super) fn colon_of(&self, part: &Part) -> &'t str {
        part.key.as_ref().map_or(self.habits.colon, |key| &self.text[key.end..part.value.start])
    }

    /// What stands between the last two `parts` of the array or object at `span`, or would stand behind its only one.
    pub(super) fn gap_between(&self, span: &Range<usize>, parts: &[Part]) -> String {
        match parts {
            [.., before, last] => self.text[before.span().end..last.span().start].to_owned(),
            [only] => match &self.text[span.start + 1..only.span().start] {
                first if first.contains('\n') => format!("{}{first}{}", self.habits.comma_at.0, self.habits.comma_at.1),
                _ => self.habits.comma.to_owned(),
            },
            [] => String::new(),
        }
    }

    /// Whether a member has that key, in Graph's spelling or in PowerShell's.
    fn is_named(&self, part: &Part, key: &str) -> bool {
        let named = part.key.as_ref().and_then(|span| serde_json::from_str::<String>(&self.text[span.clone()]).ok());
        named.is_some_and(|named| camel_case(&named) == camel_case(key))
    }

    /// A value after whose example one can be written that is to stand at `pointer`: the one there if it will do, else
    /// one at the same place in a neighbour, the nearest first.
    pub(super) fn example(&self, pointer: &Pointer, value: &Value) -> Option<Range<usize>> {
        let root = self.text.len() - self.text.trim_start().len()..self.text.trim_end().len();
        let way: Vec<String> = pointer.segments().collect();
        self.example_below(root, &way, value)
    }

    fn example_below(&self, span: Range<usize>, way: &[String], value: &Value) -> Option<Range<usize>> {
        let Some((first, way)) = way.split_first() else {
            return is_like(&self.text[span.clone()], value).then_some(span);
        };
        let parts = self.parts(&span)?;
        if self.text[span].starts_with('{') {
            let member = parts.iter().find(|part| self.is_named(part, first))?;
            return self.example_below(member.value.clone(), way, value);
        }
        let place: usize = first.parse().ok()?;
        // The nearest first.
        let below = |at: usize| self.example_below(parts.get(at)?.value.clone(), way, value);
        (0..parts.len().max(place + 1)).find_map(|distance| {
            let before = place.checked_sub(distance);
            let behind = place.checked_add(distance).filter(|_| distance > 0);
            before.into_iter().chain(behind).find_map(below)
        })
    }
}

/// The blanks in something with parts, and its commas.
struct Gaps {
    first: String,
    next: String,
    last: String,
}

/// What is written, from the start of the line on which it stands.
struct Line {
    out: String,
}

impl Line {
    fn last(&self) -> &str {
        line_before(&self.out, self.out.len())
    }

    fn indent(&self) -> &str {
        indent(&self.out, self.out.len())
    }

    /// Blanks up to here.
    fn column(&self) -> String {
        " ".repeat(self.last().chars().count())
    }
}

/// Whether a text is of the kind of `value`, and has something in it exactly where that has.
fn is_like(json: &str, value: &Value) -> bool {
    let (open, is_empty) = match value {
        Value::Array(items) => ('[', items.is_empty()),
        Value::Object(members) => ('{', members.is_empty()),
        _ => return false,
    };
    json.strip_prefix(open).is_some_and(|rest| rest.trim_start().starts_with([']', '}']) == is_empty)
}
