//! Parses exactly the regular expressions that .NET accepts, and says where another one is wrong.
//!
//! <https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference>

use super::class::{self, Class, Named};
use super::groups::Groups;
use super::scan::{CLOSE, Fault, Options, Scanner, is_digit};
use super::tree::{Anchor, Node};

/// The number of groups within groups that can be run here.
const DEEPEST: usize = 200;

/// A regular expression as a tree.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) root: Node,
    pub(super) groups: Groups,
}

/// An open group, and what was read of it.
struct Open {
    kind: Kind,
    /// Where it begins.
    at: usize,
    /// The options that apply again after it.
    options_after: Options,
    /// The finished alternatives.
    alternatives: Vec<Node>,
    /// The finished parts of the current alternative.
    parts: Vec<Node>,
    /// The condition of `(?(…)yes|no)`.
    condition: Option<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Capture { slot: Option<usize>, removed: Option<usize> },
    Look { behind: bool, negative: bool },
    Atomic,
    IfCaptured(usize),
    IfMatches,
}

struct Parser<'p> {
    scanner: Scanner<'p>,
    groups: Groups,
    /// The number of the next group without a name.
    next_number: u32,
    /// Whether the next bracket opens the condition of `(?(…)yes|no)`, which captures nothing.
    condition_follows: bool,
}

pub(super) fn parse(pattern: &[u16]) -> Result<Parsed, Fault> {
    let groups = Groups::count(pattern)?;
    let mut parser = Parser { scanner: Scanner::new(pattern), groups, next_number: 1, condition_follows: false };
    let root = parser.pattern()?;
    Ok(Parsed { root, groups: parser.groups })
}

impl Open {
    fn new(kind: Kind, at: usize, options_after: Options) -> Self {
        Open { kind, at, options_after, alternatives: Vec::new(), parts: Vec::new(), condition: None }
    }

    fn next_alternative(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        self.alternatives.push(sequence(parts));
    }

    /// The node of the closed group.
    fn close(mut self) -> Result<Node, Fault> {
        self.next_alternative();
        let mut alternatives = self.alternatives;
        if matches!(self.kind, Kind::IfCaptured(_) | Kind::IfMatches) {
            if alternatives.len() > 2 {
                return Err(Fault::new(self.at, "a condition has more than two alternatives"));
            }
            let no = Box::new(if alternatives.len() == 2 { alternatives.remove(1) } else { Node::Empty });
            let yes = Box::new(alternatives.pop().unwrap_or(Node::Empty));
            return Ok(match (self.kind, self.condition) {
                (Kind::IfCaptured(slot), _) => Node::IfCaptured { slot, yes, no },
                (_, condition) => Node::IfMatches { condition: Box::new(condition.unwrap_or(Node::Empty)), yes, no },
            });
        }
        let node = match alternatives.len() {
            1 => alternatives.remove(0),
            _ => Node::Alternatives(alternatives),
        };
        Ok(match self.kind {
            Kind::Capture { slot, removed } => Node::Capture { node: Box::new(node), slot, removed },
            Kind::Look { behind, negative } => Node::Look { node: Box::new(node), behind, negative },
            Kind::Atomic => Node::Atomic(Box::new(node)),
            Kind::Plain | Kind::IfCaptured(_) | Kind::IfMatches => node,
        })
    }
}

fn sequence(mut parts: Vec<Node>) -> Node {
    match parts.len() {
        0 => Node::Empty,
        1 => parts.remove(0),
        _ => Node::Sequence(parts),
    }
}

impl Parser<'_> {
    fn pattern(&mut self) -> Result<Node, Fault> {
        let mut outer: Vec<Open> = Vec::new();
        let mut open = Open::new(Kind::Capture { slot: Some(0), removed: None }, 0, self.scanner.options);
        let mut after_quantifier = false;
        loop {
            self.scanner.skip_blank()?;
            let at = self.scanner.at;
            let Some(unit) = self.scanner.next() else { break };
            let was_quantifier = std::mem::take(&mut after_quantifier);
            let ignore_case = self.scanner.options.ignore_case;
            let node = match u8::try_from(unit).unwrap_or_default() {
                b'[' => {
                    let mut class = Class::default();
                    self.scanner.class(at, ignore_case, Some(&mut class))?;
                    Node::Class { class: Box::new(class), ignore_case }
                }
                b'(' => {
                    let options_after = self.scanner.options;
                    if let Some(kind) = self.group(at)? {
                        if outer.len() == DEEPEST {
                            return Err(Fault::TooDeep);
                        }
                        outer.push(std::mem::replace(&mut open, Open::new(kind, at, options_after)));
                    }
                    continue;
                }
                b'|' => {
                    open.next_alternative();
                    continue;
                }
                b')' => {
                    let Some(parent) = outer.pop() else {
                        return Err(Fault::new(at, "a round bracket is closed that was never opened"));
                    };
                    let closed = std::mem::replace(&mut open, parent);
                    self.scanner.options = closed.options_after;
                    let node = closed.close()?;
                    if open.kind == Kind::IfMatches && open.condition.is_none() {
                        open.condition = Some(node);
                        continue;
                    }
                    node
                }
                b'\\' => self.backslash(at)?,
                b'^' => Node::Anchor(if self.scanner.options.lines { Anchor::LineStart } else { Anchor::Start }),
                b'$' => Node::Anchor(if self.scanner.options.lines { Anchor::LineEnd } else { Anchor::EndOrLastLine }),
                b'.' => {
                    let class = if self.scanner.options.dot_is_all { Class::any() } else { Class::no_line_feed() };
                    Node::Class { class: Box::new(class), ignore_case }
                }
                b'*' | b'+' | b'?' => return Err(nothing_to_repeat(at, was_quantifier)),
                b'{' if self.scanner.is_quantifier(at) => return Err(nothing_to_repeat(at, was_quantifier)),
                _ => Node::Unit { unit, ignore_case },
            };
            let node = self.repeated(node, &mut after_quantifier)?;
            open.parts.push(node);
        }
        if !outer.is_empty() {
            return Err(Fault::new(open.at, "a round bracket is never closed"));
        }
        open.close()
    }

    /// The node with the quantifier that follows it, if one does.
    fn repeated(&mut self, node: Node, is_quantified: &mut bool) -> Result<Node, Fault> {
        self.scanner.skip_blank()?;
        let at = self.scanner.at;
        if !self.scanner.is_quantifier(at) {
            return Ok(node);
        }
        *is_quantified = true;
        let (least, most) = match self.scanner.next().and_then(|unit| u8::try_from(unit).ok()) {
            Some(b'*') => (0, u32::MAX),
            Some(b'+') => (1, u32::MAX),
            Some(b'?') => (0, 1),
            _ => {
                let least = self.scanner.decimal()?;
                let most = if self.scanner.take(',') {
                    if self.scanner.peek().is_some_and(is_digit) { self.scanner.decimal()? } else { u32::MAX }
                } else {
                    least
                };
                self.scanner.next();
                (least, most)
            }
        };
        self.scanner.skip_blank()?;
        let lazy = self.scanner.take('?');
        if least > most {
            return Err(Fault::new(at, "a quantifier has a minimum above its maximum"));
        }
        Ok(match (least, most) {
            (0, 0) => Node::Empty,
            (1, 1) => node,
            _ => Node::Repeat { node: Box::new(node), least, most, lazy },
        })
    }

    /// What follows an opening bracket; `None` for options.
    fn group(&mut self, at: usize) -> Result<Option<Kind>, Fault> {
        let scanner = &mut self.scanner;
        if scanner.peek() != Some(u16::from(b'?')) || scanner.peek_at(1) == Some(CLOSE) {
            if std::mem::take(&mut self.condition_follows) || scanner.options.explicit_capture {
                return Ok(Some(Kind::Plain));
            }
            let slot = self.groups.slot(self.next_number);
            self.next_number += 1;
            return Ok(Some(Kind::Capture { slot, removed: None }));
        }
        scanner.next();
        let unrecognized = || Fault::new(at, "a group begins with `(?` and something that .NET does not know");
        let kind = match scanner.next().and_then(|unit| u8::try_from(unit).ok()) {
            Some(b':') => Kind::Plain,
            Some(b'=') => Kind::Look { behind: false, negative: false },
            Some(b'!') => Kind::Look { behind: false, negative: true },
            Some(b'>') => Kind::Atomic,
            Some(b'<') if scanner.take('=') => Kind::Look { behind: true, negative: false },
            Some(b'<') if scanner.take('!') => Kind::Look { behind: true, negative: true },
            Some(quote @ (b'<' | b'\'')) => self.named_group(at, if quote == b'<' { '>' } else { '\'' })?,
            Some(b'(') => self.condition(at)?,
            Some(_) => {
                scanner.at -= 1;
                scanner.read_options();
                match scanner.next() {
                    Some(CLOSE) => return Ok(None),
                    Some(unit) if unit == u16::from(b':') => Kind::Plain,
                    _ => return Err(unrecognized()),
                }
            }
            None => return Err(unrecognized()),
        };
        Ok(Some(kind))
    }

    /// `(?<name>`, `(?<name-other>`, `(?<-other>`
    fn named_group(&mut self, at: usize, close: char) -> Result<Kind, Fault> {
        let wrong = |at| Fault::new(at, "a group's name has characters other than letters, digits and `_`");
        let scanner = &mut self.scanner;
        let close = close as u16;
        let dash = u16::from(b'-');
        let name_at = scanner.at;
        let mut slot = None;
        match scanner.peek() {
            Some(unit) if is_digit(unit) => {
                let number = scanner.decimal()?;
                slot = self.groups.slot(number);
                if scanner.peek().is_some_and(|next| next != close && next != dash) {
                    return Err(wrong(name_at));
                }
                if number == 0 {
                    return Err(Fault::new(name_at, "a group has the number 0, which is the whole match"));
                }
            }
            Some(unit) if class::is_word(unit) => {
                let name = scanner.name();
                slot = self.groups.slot_of_name(&name);
                if scanner.peek().is_some_and(|next| next != close && next != dash) {
                    return Err(wrong(name_at));
                }
            }
            Some(unit) if unit == dash => {}
            _ => return Err(wrong(name_at)),
        }
        let mut removed = None;
        let is_unnamed = scanner.at == name_at;
        if (slot.is_some() || is_unnamed) && scanner.take('-') {
            let other_at = scanner.at;
            removed = match scanner.peek() {
                Some(unit) if is_digit(unit) => {
                    let number = scanner.decimal()?;
                    Some(self.groups.slot(number).ok_or_else(|| no_group(other_at, &number.to_string()))?)
                }
                Some(unit) if class::is_word(unit) => {
                    let name = scanner.name();
                    Some(self.groups.slot_of_name(&name).ok_or_else(|| no_group(other_at, &name))?)
                }
                _ => return Err(wrong(other_at)),
            };
        }
        match scanner.next() {
            Some(unit) if unit == close && (slot.is_some() || removed.is_some()) => {}
            Some(_) => return Err(wrong(name_at)),
            None => return Err(Fault::new(at, "a group's name is never closed")),
        }
        Ok(Kind::Capture { slot, removed })
    }

    /// What follows `(?(`.
    fn condition(&mut self, at: usize) -> Result<Kind, Fault> {
        let scanner = &mut self.scanner;
        let inner = scanner.at;
        match scanner.peek() {
            Some(unit) if is_digit(unit) => {
                let number = scanner.decimal()?;
                if scanner.next() != Some(CLOSE) {
                    return Err(Fault::new(inner, "a condition begins with a digit, but is not the number of a group"));
                }
                return self
                    .groups
                    .slot(number)
                    .map(Kind::IfCaptured)
                    .ok_or_else(|| no_group(inner, &number.to_string()));
            }
            Some(unit) if class::is_word(unit) => {
                let name = scanner.name();
                if let Some(slot) = self.groups.slot_of_name(&name)
                    && scanner.take(')')
                {
                    return Ok(Kind::IfCaptured(slot));
                }
            }
            _ => {}
        }
        scanner.at = inner - 1;
        self.condition_follows = true;
        if scanner.peek_at(1) == Some(u16::from(b'?')) {
            let is = |offset, wanted: u8| scanner.peek_at(offset) == Some(u16::from(wanted));
            if is(2, b'#') {
                return Err(Fault::new(at, "a condition is a comment"));
            }
            if is(2, b'\'') || (is(2, b'<') && scanner.peek_at(3).is_some() && !is(3, b'!') && !is(3, b'=')) {
                return Err(Fault::new(at, "a condition is a group with a name"));
            }
        }
        Ok(Kind::IfMatches)
    }

    /// What follows a backslash outside of a class.
    fn backslash(&mut self, at: usize) -> Result<Node, Fault> {
        let ignore_case = self.scanner.options.ignore_case;
        let Some(unit) = self.scanner.peek() else {
            return Err(Fault::new(at, "a backslash at the end escapes nothing"));
        };
        let letter = u8::try_from(unit).unwrap_or_default();
        let anchor = match letter {
            b'b' => Some(Anchor::Boundary),
            b'B' => Some(Anchor::NoBoundary),
            b'A' => Some(Anchor::Start),
            b'G' => Some(Anchor::SearchStart),
            b'Z' => Some(Anchor::EndOrLastLine),
            b'z' => Some(Anchor::End),
            _ => None,
        };
        if let Some(anchor) = anchor {
            self.scanner.next();
            return Ok(Node::Anchor(anchor));
        }
        let mut class = Class::default();
        match letter {
            b'w' | b'W' => class.add_categories(class::WORD, letter == b'W'),
            b'd' | b'D' => class.add_categories(class::DIGIT, letter == b'D'),
            b's' | b'S' => class.add_space(letter == b'S'),
            b'p' | b'P' => {
                self.scanner.next();
                let named: Named = self.scanner.property(at)?;
                class.add_named(named, letter == b'P', ignore_case);
                if ignore_case {
                    class.ignore_case();
                }
                class.finish();
                return Ok(Node::Class { class: Box::new(class), ignore_case });
            }
            _ => return self.reference_or_character(at),
        }
        self.scanner.next();
        class.finish();
        Ok(Node::Class { class: Box::new(class), ignore_case })
    }

    /// `\1`, `\k<name>`, `\<name>`, `\n`, `\x41`
    fn reference_or_character(&mut self, at: usize) -> Result<Node, Fault> {
        let scanner = &mut self.scanner;
        let ignore_case = scanner.options.ignore_case;
        let start = scanner.at;
        let is_k = scanner.take('k');
        let malformed = || Fault::new(at, r"`\k` is not followed by a name in angle brackets");
        let quote = scanner.peek().and_then(|unit| u8::try_from(unit).ok());
        let close = match quote {
            Some(b'<') if is_k || scanner.peek_at(1).is_some() => Some(u16::from(b'>')),
            Some(b'\'') if is_k || scanner.peek_at(1).is_some() => Some(u16::from(b'\'')),
            _ => None,
        };
        if close.is_some() {
            scanner.next();
        }
        if is_k && (close.is_none() || scanner.peek().is_none()) {
            return Err(malformed());
        }
        let first = scanner.peek().unwrap_or_default();
        let reference = |slot| Node::Reference { slot, ignore_case };
        match close {
            Some(close) if is_digit(first) => {
                let name_at = scanner.at;
                let number = scanner.decimal()?;
                if scanner.next() == Some(close) {
                    let slot = self.groups.slot(number);
                    return slot.map(reference).ok_or_else(|| no_group(name_at, &number.to_string()));
                }
            }
            Some(close) if class::is_word(first) => {
                let name_at = scanner.at;
                let name = scanner.name();
                if scanner.next() == Some(close) {
                    let slot = self.groups.slot_of_name(&name);
                    return slot.map(reference).ok_or_else(|| no_group(name_at, &name));
                }
            }
            None if is_digit(first) && first != u16::from(b'0') => {
                let number = scanner.decimal()?;
                match self.groups.slot(number) {
                    Some(slot) => return Ok(reference(slot)),
                    None if number <= 9 => return Err(no_group(at, &number.to_string())),
                    None => {}
                }
            }
            _ => {}
        }
        if is_k {
            return Err(malformed());
        }
        scanner.at = start;
        let unit = scanner.escape(at)?;
        Ok(Node::Unit { unit, ignore_case })
    }
}

fn nothing_to_repeat(at: usize, after_quantifier: bool) -> Fault {
    Fault::new(
        at,
        if after_quantifier { "a quantifier follows another one" } else { "a quantifier has nothing to repeat" },
    )
}

fn no_group(at: usize, name: &str) -> Fault {
    Fault::Wrong { at, why: format!("there is no group {name}") }
}
