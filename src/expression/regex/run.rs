//! Runs the steps of a regular expression on a text.

use std::cell::Cell;

use super::class::{Class, is_word_for_boundary};
use super::program::{One, Program, Step, What};
use super::tree::Anchor;
use crate::expression::unicode;

/// Maximum number of steps of a search for all matches.
const STEPS: usize = 1_000_000;

/// The value of a register that has none.
const NONE: usize = usize::MAX;

/// Where a match and its groups are, in UTF-16 units, by slot. The first one is the whole match.
pub(super) type Spans = Vec<Option<(usize, usize)>>;

/// Why a search gives no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It takes too many steps.
    TooLong,
    /// It depends on a character that versions of .NET treat differently.
    Doubtful,
    /// A round of a lazy repetition matched nothing, after which .NET goes on in ways that are not documented.
    EmptyRound,
}

/// What failing takes back, and where it goes on.
#[derive(Clone, Copy, Debug)]
enum Choice {
    /// Another way to go on.
    Branch { step: usize, at: usize },
    /// Fewer units for a repetition of one unit, down to `least`.
    Fewer { step: usize, at: usize, least: usize, back: bool },
    /// One more unit for a lazy repetition of one unit.
    More { step: usize, at: usize, left: u32 },
    /// The former value of a register.
    Register { register: usize, value: usize },
    /// A capture to drop.
    Drop(usize),
    /// A capture to put back.
    PutBack { slot: usize, span: (usize, usize) },
}

pub(super) struct Matcher<'p, 't> {
    program: &'p Program,
    text: &'t [u16],
    /// Where the search began, for `\G`.
    search_start: usize,
    steps_left: usize,
    /// Whether only a match counts that ends where the text does.
    whole: bool,
    doubtful: Cell<bool>,
    empty_round: bool,
    choices: Vec<Choice>,
    registers: Vec<usize>,
    captures: Vec<Vec<(usize, usize)>>,
}

/// The small letter of a unit, and what it is in versions of .NET that do not know this small letter.
fn folded(unit: u16) -> (u16, u16) {
    match unicode::doubtful_lower(unit) {
        Some(lower) => (lower, unit),
        None => {
            let lower = unicode::lower_unit(unit);
            (lower, lower)
        }
    }
}

impl<'p, 't> Matcher<'p, 't> {
    pub(super) fn new(program: &'p Program, text: &'t [u16]) -> Self {
        Matcher {
            program,
            text,
            search_start: 0,
            steps_left: STEPS,
            whole: false,
            doubtful: Cell::new(false),
            empty_round: false,
            choices: Vec::new(),
            registers: vec![NONE; program.registers],
            captures: vec![Vec::new(); program.slots],
        }
    }

    /// Every match. A match may be empty, also directly after another one.
    pub(super) fn all(&mut self) -> Result<Vec<Spans>, Stop> {
        let mut found = Vec::new();
        let mut from = 0;
        loop {
            self.search_start = from;
            // After an empty match, the next one begins a unit further; `\G` is still where the empty one was.
            let was_empty = found.last().is_some_and(|spans: &Spans| spans[0].is_some_and(|(start, end)| start == end));
            let begin = from + usize::from(was_empty);
            if begin > self.text.len() {
                return Ok(found);
            }
            let Some(spans) = self.first(begin)? else { return Ok(found) };
            from = spans[0].map_or(self.text.len(), |(_, end)| end);
            found.push(spans);
        }
    }

    /// The first match that begins at a place or after it.
    pub(super) fn first(&mut self, from: usize) -> Result<Option<Spans>, Stop> {
        let last = if self.program.is_anchored() { 0 } else { self.text.len() };
        for start in from..=last {
            self.choices.clear();
            self.captures.iter_mut().for_each(Vec::clear);
            if self.matches_at(start)? {
                return Ok(Some(self.captures.iter().map(|captured| captured.last().copied()).collect()));
            }
        }
        Ok(None)
    }

    /// Whether the whole text matches, as between `^` and `$`.
    pub(super) fn is_whole(&mut self) -> Result<bool, Stop> {
        self.whole = true;
        self.matches_at(0)
    }

    fn matches_at(&mut self, start: usize) -> Result<bool, Stop> {
        let matched = self.run(start)?;
        if self.doubtful.get() {
            return Err(Stop::Doubtful);
        }
        if self.empty_round { Err(Stop::EmptyRound) } else { Ok(matched) }
    }

    /// Whether the program matches from `start` on. What it captured is in `captures`.
    fn run(&mut self, start: usize) -> Result<bool, Stop> {
        let program = self.program;
        let mut at = start;
        let mut step = 0;
        loop {
            self.spend(1)?;
            let next = match &program.steps[step] {
                Step::Done if self.whole && !self.holds(Anchor::EndOrLastLine, at) => None,
                Step::Done => return Ok(true),
                Step::One(one) => self.one(one, at).map(|after| (step + 1, after)),
                Step::Many { one, least, most, lazy } => {
                    self.many(one, (*least, *most, *lazy), step, at)?.map(|after| (step + 1, after))
                }
                Step::Anchor(anchor) => self.holds(*anchor, at).then_some((step + 1, at)),
                Step::Branch(other) => {
                    self.choices.push(Choice::Branch { step: *other, at });
                    Some((step + 1, at))
                }
                Step::Jump(to) => Some((*to, at)),
                Step::Mark(register) => {
                    self.set(*register, at);
                    Some((step + 1, at))
                }
                Step::Capture { slot, removed, mark } => {
                    self.capture(*slot, *removed, self.registers[*mark], at).then_some((step + 1, at))
                }
                Step::Reference { slot, ignore_case, back } => {
                    self.reference(*slot, *ignore_case, *back, at)?.map(|after| (step + 1, after))
                }
                Step::Repeat { least: 0, round, counter } => {
                    self.set(*counter, 0);
                    self.set(*counter + 1, NONE);
                    Some((*round, at))
                }
                Step::Repeat { least, counter, .. } => {
                    self.set(*counter, 1_usize.wrapping_sub(*least as usize));
                    self.set(*counter + 1, at);
                    Some((step + 1, at))
                }
                Step::Round { body, most, lazy, counter } => {
                    Some((self.round(step, (*body, *counter), *most, *lazy, at), at))
                }
                Step::Again { body, counter } => {
                    self.next_round(*counter, at);
                    Some((*body, at))
                }
                Step::Open { mark, otherwise } => {
                    self.set(*mark, at);
                    self.set(*mark + 1, NONE);
                    let open = self.choices.len();
                    self.registers[*mark + 1] = open;
                    if let Some(step) = otherwise {
                        self.choices.push(Choice::Branch { step: *step, at });
                    }
                    Some((step + 1, at))
                }
                Step::Close { mark, returns } => {
                    self.commit(self.registers[*mark + 1]);
                    Some((step + 1, if *returns { self.registers[*mark] } else { at }))
                }
                Step::CloseNegative { mark } => {
                    let open = self.registers[*mark + 1];
                    while self.choices.len() > open {
                        self.take_back();
                    }
                    None
                }
                Step::IfCaptured { slot, otherwise } => {
                    Some((if self.captures[*slot].is_empty() { *otherwise } else { step + 1 }, at))
                }
            };
            match next.or_else(|| self.fail()) {
                Some((to, place)) => (step, at) = (to, place),
                None => return Ok(false),
            }
        }
    }

    fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Stop::TooLong)?;
        Ok(())
    }

    /// Sets a register so that failing restores it.
    fn set(&mut self, register: usize, value: usize) {
        self.choices.push(Choice::Register { register, value: self.registers[register] });
        self.registers[register] = value;
    }

    /// Takes back everything up to the last choice, and takes that one. `None` if there is none.
    fn fail(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.take_back()? {
                Choice::Branch { step, at } => return Some((step, at)),
                Choice::Fewer { step, at, least, back } => {
                    let at = if back { at + 1 } else { at - 1 };
                    if at != least {
                        self.choices.push(Choice::Fewer { step, at, least, back });
                    }
                    return Some((step, at));
                }
                Choice::More { step, at, left } => {
                    let Step::Many { one, .. } = &self.program.steps[step] else { continue };
                    let Some(after) = self.one(one, at) else { continue };
                    if left > 1 {
                        self.choices.push(Choice::More { step, at: after, left: left - 1 });
                    }
                    return Some((step + 1, after));
                }
                Choice::Register { .. } | Choice::Drop(_) | Choice::PutBack { .. } => {}
            }
        }
    }

    /// Removes the last choice, and undoes what it says.
    fn take_back(&mut self) -> Option<Choice> {
        let choice = self.choices.pop()?;
        match choice {
            Choice::Register { register, value } => self.registers[register] = value,
            Choice::Drop(slot) => drop(self.captures[slot].pop()),
            Choice::PutBack { slot, span } => self.captures[slot].push(span),
            Choice::Branch { .. } | Choice::Fewer { .. } | Choice::More { .. } => {}
        }
        Some(choice)
    }

    /// Gives up the ways to go on since `open`, but not what failing must take back.
    fn commit(&mut self, open: usize) {
        let mut kept = open;
        for index in open..self.choices.len() {
            let choice = self.choices[index];
            if !matches!(choice, Choice::Branch { .. } | Choice::Fewer { .. } | Choice::More { .. }) {
                self.choices[kept] = choice;
                kept += 1;
            }
        }
        self.choices.truncate(kept);
    }

    /// The place after one unit, if it matches.
    fn one(&self, one: &One, at: usize) -> Option<usize> {
        let index = if one.back { at.checked_sub(1)? } else { at };
        let unit = *self.text.get(index)?;
        self.is(one, unit).then_some(if one.back { index } else { at + 1 })
    }

    fn is(&self, one: &One, unit: u16) -> bool {
        match &one.what {
            What::Unit(wanted) if one.ignore_case => self.are_same(*wanted, unit),
            What::Unit(wanted) => *wanted == unit,
            What::Class(class) if one.ignore_case => {
                let (folded, otherwise) = folded(unit);
                let is_in = self.is_in(class, folded);
                if class.is_doubtful(folded) || (folded != otherwise && self.is_in(class, otherwise) != is_in) {
                    self.doubtful.set(true);
                }
                is_in
            }
            What::Class(class) => self.is_in(class, unit),
        }
    }

    fn is_in(&self, class: &Class, unit: u16) -> bool {
        if class.asks_categories() && unicode::has_doubtful_category(unit) {
            self.doubtful.set(true);
        }
        class.has(unit)
    }

    /// Whether two units are the same if case is ignored: texts are compared in small letters.
    fn are_same(&self, one: u16, other: u16) -> bool {
        let ((one, one_otherwise), (other, other_otherwise)) = (folded(one), folded(other));
        if (one == other) != (one_otherwise == other_otherwise) {
            self.doubtful.set(true);
        }
        one == other
    }

    fn many(
        &mut self,
        one: &One,
        (least, most, lazy): (u32, u32, bool),
        step: usize,
        at: usize,
    ) -> Result<Option<usize>, Stop> {
        let mut place = at;
        let mut count = 0;
        let wanted = if lazy { least } else { most };
        while count < wanted {
            let Some(after) = self.one(one, place) else { break };
            place = after;
            count += 1;
        }
        self.spend(count as usize)?;
        if count < least {
            return Ok(None);
        }
        if lazy && least < most {
            self.choices.push(Choice::More { step, at: place, left: most - least });
        } else if count > least {
            let fewest = if one.back { at - least as usize } else { at + least as usize };
            self.choices.push(Choice::Fewer { step: step + 1, at: place, least: fewest, back: one.back });
        }
        Ok(Some(place))
    }

    /// Captures a text, or removes what another group captured last, which leaves the text in between to this one.
    fn capture(&mut self, slot: Option<usize>, removed: Option<usize>, mark: usize, at: usize) -> bool {
        let (mut start, mut end) = (mark.min(at), mark.max(at));
        if let Some(removed) = removed {
            let Some((first, last)) = self.captures[removed].pop() else { return false };
            self.choices.push(Choice::PutBack { slot: removed, span: (first, last) });
            if start >= last {
                (start, end) = (last, start);
            } else if end <= first {
                (start, end) = (end, first);
            } else {
                (start, end) = (start.max(first), end.min(last));
            }
        }
        if let Some(slot) = slot {
            self.captures[slot].push((start, end));
            self.choices.push(Choice::Drop(slot));
        }
        true
    }

    fn reference(&mut self, slot: usize, ignore_case: bool, back: bool, at: usize) -> Result<Option<usize>, Stop> {
        let Some((start, end)) = self.captures[slot].last().copied() else { return Ok(None) };
        let length = end - start;
        self.spend(length)?;
        let begin = if back { at.checked_sub(length) } else { Some(at) };
        let Some(begin) = begin.filter(|begin| begin + length <= self.text.len()) else { return Ok(None) };
        let same = (0..length).all(|offset| {
            let (one, other) = (self.text[start + offset], self.text[begin + offset]);
            one == other || (ignore_case && self.are_same(one, other))
        });
        Ok(same.then_some(if back { begin } else { begin + length }))
    }

    /// The step after a round of a repetition.
    fn round(&mut self, step: usize, (body, counter): (usize, usize), most: i64, lazy: bool, at: usize) -> usize {
        let after = step + 2;
        // Below zero until the minimum is reached.
        let count = self.registers[counter] as isize as i64;
        let was_empty = self.registers[counter + 1] == at;
        if count < 0 {
            self.next_round(counter, at);
            return body;
        }
        if lazy && was_empty {
            self.empty_round = true;
        }
        if count >= most || was_empty {
            return after;
        }
        if lazy {
            self.choices.push(Choice::Branch { step: step + 1, at });
            return after;
        }
        self.choices.push(Choice::Branch { step: after, at });
        self.next_round(counter, at);
        body
    }

    fn next_round(&mut self, counter: usize, at: usize) {
        self.set(counter, self.registers[counter].wrapping_add(1));
        self.set(counter + 1, at);
    }

    fn holds(&self, anchor: Anchor, at: usize) -> bool {
        const LINE_FEED: u16 = 0x0A;
        let text = self.text;
        let before = at.checked_sub(1).map(|index| text[index]);
        let after = text.get(at).copied();
        match anchor {
            Anchor::Start => at == 0,
            Anchor::LineStart => before.is_none_or(|unit| unit == LINE_FEED),
            Anchor::End => after.is_none(),
            Anchor::EndOrLastLine => after.is_none() || (after == Some(LINE_FEED) && at + 1 == text.len()),
            Anchor::LineEnd => after.is_none_or(|unit| unit == LINE_FEED),
            Anchor::SearchStart => at == self.search_start,
            Anchor::Boundary => self.is_word(before) != self.is_word(after),
            Anchor::NoBoundary => self.is_word(before) == self.is_word(after),
        }
    }

    fn is_word(&self, unit: Option<u16>) -> bool {
        unit.is_some_and(|unit| {
            if unicode::has_doubtful_category(unit) {
                self.doubtful.set(true);
            }
            is_word_for_boundary(unit)
        })
    }
}
