//! The syntax tree of a .NET regular expression. Texts are sequences of UTF-16 units, as in .NET.

use super::class::Class;

/// A part of a regular expression.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// Matches the empty text.
    Empty,
    /// One UTF-16 unit.
    Unit { unit: u16, ignore_case: bool },
    /// One UTF-16 unit of a class.
    Class { class: Box<Class>, ignore_case: bool },
    /// A condition on the place.
    Anchor(Anchor),
    /// One after another.
    Sequence(Vec<Node>),
    /// The first that matches.
    Alternatives(Vec<Node>),
    /// Repetition.
    Repeat { node: Box<Node>, least: u32, most: u32, lazy: bool },
    /// A group that captures to a slot, or a balancing group that removes the last capture of another one, or both.
    Capture { node: Box<Node>, slot: Option<usize>, removed: Option<usize> },
    /// A condition on the text before or after the place.
    Look { node: Box<Node>, behind: bool, negative: bool },
    /// `(?>…)`
    Atomic(Box<Node>),
    /// The text that a group captured last.
    Reference { slot: usize, ignore_case: bool },
    /// `(?(name)yes|no)`
    IfCaptured { slot: usize, yes: Box<Node>, no: Box<Node> },
    /// `(?(condition)yes|no)`
    IfMatches { condition: Box<Node>, yes: Box<Node>, no: Box<Node> },
}

/// A condition on a place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// `\A`, and `^` without `m`
    Start,
    /// `^` with `m`
    LineStart,
    /// `\z`
    End,
    /// `\Z`, and `$` without `m`: at the end, or before a line feed at the end
    EndOrLastLine,
    /// `$` with `m`
    LineEnd,
    /// `\b`
    Boundary,
    /// `\B`
    NoBoundary,
    /// `\G`: where the search began
    SearchStart,
}
