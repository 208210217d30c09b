//! Runs an expression for one object.

use std::cell::{Cell, RefCell};

use jiff::Timestamp;

use super::regex::Patterns;
use super::value::{Attributes, Unknown, Value};
use super::{Call, Expression, Kind, Operator, function};

/// How many bytes all values of one run may take together: far more than any directory holds, and little enough
/// that no expression runs away.
const BUDGET: usize = 4 << 20;

/// Runs expressions. What changes from run to run, the time and chance, is given from outside.
#[derive(Debug)]
pub struct Evaluator {
    now: Timestamp,
    random: RefCell<fastrand::Rng>,
    patterns: Patterns,
}

/// What an expression gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The value.
    pub value: Value,
    /// Whether it comes from `Redact`: logs don't show it, so no output should.
    pub redacted: bool,
    /// Whether another run gives another value, by the time or by chance.
    pub changing: bool,
    /// Whether `IgnoreFlowIfNullOrEmpty` keeps the attribute out.
    pub ignored: bool,
}

impl Outcome {
    /// What may be shown of the value.
    pub fn shown(&self) -> Value {
        if self.redacted { Value::from("[Redact]") } else { self.value.clone() }
    }
}

impl Evaluator {
    /// An evaluator for a moment, whose random values all follow from `seed`.
    pub fn new(now: Timestamp, seed: u64) -> Self {
        Evaluator { now, random: RefCell::new(fastrand::Rng::with_seed(seed)), patterns: Patterns::default() }
    }

    /// Runs `expression` for the object whose attributes are given.
    ///
    /// # Errors
    /// When the value can't be known here, with the reason.
    pub fn evaluate(&self, expression: &Expression, attributes: &dyn Attributes) -> Result<Outcome, Unknown> {
        let run = Run {
            evaluator: self,
            attributes,
            left: Cell::new(BUDGET),
            redacted: Cell::new(false),
            changing: Cell::new(false),
            ignored: Cell::new(false),
        };
        let value = run.value(expression)?;
        Ok(Outcome { value, redacted: run.redacted.get(), changing: run.changing.get(), ignored: run.ignored.get() })
    }

    /// The compiled forms of regular expressions, kept from run to run.
    pub fn patterns(&self) -> &Patterns {
        &self.patterns
    }
}

/// One run of one expression.
pub(super) struct Run<'r> {
    evaluator: &'r Evaluator,
    attributes: &'r dyn Attributes,
    left: Cell<usize>,
    redacted: Cell<bool>,
    changing: Cell<bool>,
    ignored: Cell<bool>,
}

/// The arguments of a call, run when they are asked for.
pub(super) struct Arguments<'r, 'e> {
    run: &'r Run<'r>,
    call: &'e Call,
}

impl Run<'_> {
    pub(super) fn value(&self, expression: &Expression) -> Result<Value, Unknown> {
        let value = match &expression.kind {
            Kind::Attribute(name) => self.attributes.attribute(name)?,
            Kind::Text(text) => Value::Text(text.clone()),
            Kind::Number(written) => number(written)?,
            Kind::Word(word) => return Err(Unknown::new(format!("the bare word {word} is no value"))),
            Kind::Call(call) => self.call(call)?,
            Kind::Operation(operation) => self.operation(&operation.left, operation.operator, &operation.right)?,
            Kind::Unreadable => return Err(Unknown::new("a part of the expression can't be read")),
        };
        self.spend(value.size() + 1)?;
        Ok(value)
    }

    fn call(&self, call: &Call) -> Result<Value, Unknown> {
        let Some(function) = function(&call.name) else {
            return Err(Unknown::new(format!("there is no function {}", call.name)));
        };
        if !function.takes(call.arguments.len()) {
            return Err(Unknown::new(format!("{} takes another number of arguments", call.name)));
        }
        (function.run)(&Arguments { run: self, call })
    }

    fn operation(&self, left: &Expression, operator: Operator, right: &Expression) -> Result<Value, Unknown> {
        let (left, right) = (self.value(left)?, self.value(right)?);
        super::compare::operation(&left, operator, &right)
    }

    /// Takes from what the run may use.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Unknown> {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.ok_or_else(|| Unknown::new("the values that it makes grow too large"))?);
        Ok(())
    }
}

/// `12`, `-3`, `&HF`
pub(super) fn number(written: &str) -> Result<Value, Unknown> {
    let parsed = match written.strip_prefix("&H") {
        Some(hexadecimal) => i64::from_str_radix(hexadecimal, 16),
        None => written.parse(),
    };
    match parsed {
        Ok(number) => Ok(Value::Number(number)),
        // A number that isn't whole stays as it is written.
        Err(_) if written.contains('.') => Ok(Value::from(written)),
        Err(_) => Err(Unknown::new(format!("the number {written} is too large"))),
    }
}

impl<'r, 'e> Arguments<'r, 'e> {
    /// How many there are, those left out in the middle among them.
    pub(super) fn count(&self) -> usize {
        self.call.arguments.len()
    }

    /// Whether an argument was given.
    pub(super) fn has(&self, index: usize) -> bool {
        self.call.arguments.get(index).is_some_and(Option::is_some)
    }

    /// The argument as written.
    pub(super) fn expression(&self, index: usize) -> Option<&'e Expression> {
        self.call.arguments.get(index).and_then(Option::as_ref)
    }

    /// The bare word that an argument is.
    pub(super) fn word(&self, index: usize) -> Option<&'e str> {
        match &self.expression(index)?.kind {
            Kind::Word(word) | Kind::Text(word) => Some(word),
            _ => None,
        }
    }

    /// The value of an argument; null for one that was left out.
    pub(super) fn value(&self, index: usize) -> Result<Value, Unknown> {
        self.expression(index).map_or(Ok(Value::Null), |argument| self.run.value(argument))
    }

    /// The value of a part of an argument.
    pub(super) fn of(&self, part: &Expression) -> Result<Value, Unknown> {
        self.run.value(part)
    }

    /// The text of an argument; `None` for null. A number is written out; of a list only a single value is a text.
    pub(super) fn text(&self, index: usize) -> Result<Option<String>, Unknown> {
        match self.value(index)? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            Value::Number(number) => Ok(Some(number.to_string())),
            Value::List(mut items) if items.len() < 2 => Ok(items.pop()),
            Value::List(_) => Err(Unknown::new(format!("{} takes one value, and there are several", self.call.name))),
        }
    }

    /// The whole number of an argument, written bare or as a text.
    pub(super) fn number(&self, index: usize) -> Result<i64, Unknown> {
        let written = self.text(index)?.unwrap_or_default();
        match number(written.trim())? {
            Value::Number(number) => Ok(number),
            _ => Err(Unknown::new(format!("{} takes a whole number, not \"{written}\"", self.call.name))),
        }
    }

    /// The time of the run, noting that another run has another one.
    pub(super) fn now(&self) -> Timestamp {
        self.run.changing.set(true);
        self.run.evaluator.now
    }

    /// Chance, noting that another run has other luck.
    pub(super) fn random(&self) -> std::cell::RefMut<'r, fastrand::Rng> {
        self.run.changing.set(true);
        self.run.evaluator.random.borrow_mut()
    }

    /// Notes that the value isn't to be shown.
    pub(super) fn redact(&self) {
        self.run.redacted.set(true);
    }

    /// Notes that the attribute is to be left out.
    pub(super) fn ignore_flow(&self) {
        self.run.ignored.set(true);
    }

    /// The compiled forms of regular expressions.
    pub(super) fn patterns(&self) -> &'r Patterns {
        &self.run.evaluator.patterns
    }

    /// Takes from what the run may use.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Unknown> {
        self.run.spend(bytes)
    }
}
