//! Turns the tree of a regular expression into steps for the matcher.
//!
//! The steps follow .NET's engine, which defines what a match is: alternatives are tried in order, a repetition ends with
//! an empty round, and in a look-behind everything is matched from right to left.

use super::class::Class;
use super::parse::Parsed;
use super::tree::{Anchor, Node};

/// What the matcher does at one place of a program.
#[derive(Debug)]
pub(super) enum Step {
    /// Matches one unit.
    One(One),
    /// Matches one unit repeatedly.
    Many {
        one: One,
        least: u32,
        most: u32,
        lazy: bool,
    },
    Anchor(Anchor),
    /// Continues with the next step, and if that fails, with another one.
    Branch(usize),
    Jump(usize),
    /// Remembers the place in a register.
    Mark(usize),
    /// Captures from the place in a register to here.
    Capture {
        slot: Option<usize>,
        removed: Option<usize>,
        mark: usize,
    },
    Reference {
        slot: usize,
        ignore_case: bool,
        back: bool,
    },
    /// Begins a repetition, which continues at its [`Step::Round`].
    Repeat {
        least: u32,
        round: usize,
        counter: usize,
    },
    /// Decides whether a repetition goes on; its rounds begin at `body`.
    Round {
        body: usize,
        most: i64,
        lazy: bool,
        counter: usize,
    },
    /// Begins another round of a lazy repetition.
    Again {
        body: usize,
        counter: usize,
    },
    /// Remembers the place and the number of open choices. If what follows fails, continues elsewhere.
    Open {
        mark: usize,
        otherwise: Option<usize>,
    },
    /// Drops the choices since [`Step::Open`], and returns to its place if `return_` is set.
    Close {
        mark: usize,
        returns: bool,
    },
    /// Fails, and also drops the choices since [`Step::Open`].
    CloseNegative {
        mark: usize,
    },
    /// Continues with another step if the group has captured nothing.
    IfCaptured {
        slot: usize,
        otherwise: usize,
    },
    Done,
}

/// What a single unit must be.
#[derive(Clone, Debug)]
pub(super) struct One {
    pub(super) what: What,
    pub(super) ignore_case: bool,
    /// Whether it is the unit before the place.
    pub(super) back: bool,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Unit(u16),
    Class(Box<Class>),
}

/// A regular expression that is ready to run.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) slots: usize,
    pub(super) registers: usize,
    /// What it has that .NET runs in ways that its documentation does not explain.
    pub(super) unexplained: Option<&'static str>,
}

impl Program {
    pub(super) fn new(parsed: &Parsed) -> Self {
        let mut program = Program { steps: Vec::new(), slots: parsed.groups.len(), registers: 0, unexplained: None };
        program.add(&parsed.root, false);
        program.steps.push(Step::Done);
        program
    }

    /// Whether it can match only at the start of the text.
    pub(super) fn is_anchored(&self) -> bool {
        matches!(self.steps.as_slice(), [Step::Mark(_), Step::Anchor(Anchor::Start), ..])
    }

    fn register(&mut self) -> usize {
        self.registers += 1;
        self.registers - 1
    }

    /// The index of the next step.
    fn here(&self) -> usize {
        self.steps.len()
    }

    /// Adds a step whose target is not known yet.
    fn reserve(&mut self) -> usize {
        self.steps.push(Step::Done);
        self.steps.len() - 1
    }

    fn one(node: &Node, back: bool) -> Option<One> {
        Some(match node {
            Node::Unit { unit, ignore_case } => One { what: What::Unit(*unit), ignore_case: *ignore_case, back },
            Node::Class { class, ignore_case } => {
                One { what: What::Class(class.clone()), ignore_case: *ignore_case, back }
            }
            _ => return None,
        })
    }

    fn add(&mut self, node: &Node, back: bool) {
        if let Some(one) = Self::one(node, back) {
            self.steps.push(Step::One(one));
            return;
        }
        match node {
            Node::Empty | Node::Unit { .. } | Node::Class { .. } => {}
            Node::Anchor(anchor) => self.steps.push(Step::Anchor(*anchor)),
            Node::Sequence(parts) if back => parts.iter().rev().for_each(|part| self.add(part, back)),
            Node::Sequence(parts) => parts.iter().for_each(|part| self.add(part, back)),
            Node::Alternatives(alternatives) => self.alternatives(alternatives, back),
            Node::Repeat { node, least, most, lazy } => self.repeat(node, *least, *most, *lazy, back),
            Node::Capture { node, slot, removed } => {
                let mark = self.register();
                self.steps.push(Step::Mark(mark));
                self.add(node, back);
                self.steps.push(Step::Capture { slot: *slot, removed: *removed, mark });
            }
            Node::Look { node, behind, negative: false } => {
                let mark = self.open(None);
                self.add(node, *behind);
                self.steps.push(Step::Close { mark, returns: true });
            }
            Node::Look { node, behind, negative: true } => {
                let open = self.reserve();
                let mark = self.register();
                self.register();
                self.add(node, *behind);
                self.steps.push(Step::CloseNegative { mark });
                self.steps[open] = Step::Open { mark, otherwise: Some(self.here()) };
            }
            Node::Atomic(node) => {
                let mark = self.open(None);
                self.add(node, back);
                self.steps.push(Step::Close { mark, returns: false });
            }
            Node::Reference { slot, ignore_case } => {
                self.steps.push(Step::Reference { slot: *slot, ignore_case: *ignore_case, back });
            }
            Node::IfCaptured { slot, yes, no } => {
                let condition = self.reserve();
                self.add(yes, back);
                let end = self.reserve();
                self.steps[condition] = Step::IfCaptured { slot: *slot, otherwise: self.here() };
                self.add(no, back);
                self.steps[end] = Step::Jump(self.here());
            }
            // .NET looks for the beginning of the first alternative only.
            Node::IfMatches { no, .. } if matches!(**no, Node::Empty) => {
                self.unexplained = Some("a condition without a second alternative");
            }
            Node::IfMatches { condition, yes, no } => {
                let open = self.reserve();
                let mark = self.register();
                self.register();
                self.add(condition, back);
                self.steps.push(Step::Close { mark, returns: true });
                self.add(yes, back);
                let end = self.reserve();
                self.steps[open] = Step::Open { mark, otherwise: Some(self.here()) };
                self.add(no, back);
                self.steps[end] = Step::Jump(self.here());
            }
        }
    }

    /// Two registers: the place, and the number of open choices.
    fn open(&mut self, otherwise: Option<usize>) -> usize {
        let mark = self.register();
        self.register();
        self.steps.push(Step::Open { mark, otherwise });
        mark
    }

    fn alternatives(&mut self, alternatives: &[Node], back: bool) {
        let mut ends = Vec::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            if index + 1 == alternatives.len() {
                self.add(alternative, back);
                break;
            }
            let branch = self.reserve();
            self.add(alternative, back);
            ends.push(self.reserve());
            self.steps[branch] = Step::Branch(self.here());
        }
        for end in ends {
            self.steps[end] = Step::Jump(self.here());
        }
    }

    fn repeat(&mut self, node: &Node, least: u32, most: u32, lazy: bool, back: bool) {
        if let Some(one) = Self::one(node, back) {
            self.steps.push(Step::Many { one, least, most, lazy });
            return;
        }
        let counter = self.register();
        self.register();
        let begin = self.reserve();
        let body = self.here();
        self.add(node, back);
        let round = self.here();
        let most = if most == u32::MAX { i64::MAX } else { i64::from(most) - i64::from(least) };
        self.steps.push(Step::Round { body, most, lazy, counter });
        self.steps.push(Step::Again { body, counter });
        self.steps[begin] = Step::Repeat { least, round, counter };
    }
}
