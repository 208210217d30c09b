//! Evaluates an expression for one object.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use jiff::Timestamp;

use super::arguments::{bound, whole};
use super::functions::{BARE_WORDS, Function, Missing, Takes};
use super::regex::Patterns;
use super::value::{Attributes, Unknown, Value};
use super::{Call, Expression, Kind, Operator, function};

/// Maximum total size, in bytes, of all values of one evaluation: far more than real values need, and small enough to stop
/// an expression whose values grow without limit.
const BUDGET: usize = 4 << 20;

/// What Entra's logs show instead of a redacted value.
const REDACTED: &str = "[Redact]";

/// Evaluates expressions. The current time and the seed for random values are set by the caller.
#[derive(Debug)]
pub struct Evaluator {
    now: Timestamp,
    random: RefCell<fastrand::Rng>,
    patterns: Patterns,
}

/// The result of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The value.
    pub value: Value,
    /// Whether the value comes from `Redact`. Entra's logs do not show it, so no output must show it.
    pub redacted: bool,
    /// Whether the value depends on the current time or on random values.
    pub changing: bool,
    /// Whether `IgnoreFlowIfNullOrEmpty` or `IgnoreAttributeFlow` omits the attribute.
    pub ignored: bool,
    /// Whether `IgnoreObjectFlow` omits the whole object.
    pub object_ignored: bool,
}

/// A part of an expression, with its value.
#[derive(Clone, Debug)]
pub struct Part<'e> {
    /// The part.
    pub expression: &'e Expression,
    /// Its value, or why it is unknown; `None` if it was not evaluated. `[Redact]` for what `Redact` reads or returns.
    pub value: Option<Result<Value, Unknown>>,
}

impl Outcome {
    /// The value for output, hidden if it is redacted.
    pub fn shown(&self) -> Value {
        if self.redacted { Value::from(REDACTED) } else { self.value.clone() }
    }
}

impl Evaluator {
    /// An evaluator with this current time and this seed for random values.
    pub fn new(now: Timestamp, seed: u64) -> Self {
        Evaluator { now, random: RefCell::new(fastrand::Rng::with_seed(seed)), patterns: Patterns::default() }
    }

    /// Evaluates `expression` for the object with these attributes.
    ///
    /// # Errors
    /// If the value is unknown, with the reason.
    pub fn evaluate(&self, expression: &Expression, attributes: &dyn Attributes) -> Result<Outcome, Unknown> {
        self.run(expression, attributes, None)
    }

    fn run(
        &self,
        expression: &Expression,
        attributes: &dyn Attributes,
        seen: Option<&RefCell<Seen>>,
    ) -> Result<Outcome, Unknown> {
        let run = Run {
            seen,
            evaluator: self,
            attributes,
            left: Cell::new(BUDGET),
            redacted: Cell::new(false),
            changing: Cell::new(false),
            ignored: Cell::new(false),
            object_ignored: Cell::new(false),
        };
        let value = run.value(expression)?;
        Ok(Outcome {
            value,
            redacted: run.redacted.get(),
            changing: run.changing.get(),
            ignored: run.ignored.get(),
            object_ignored: run.object_ignored.get(),
        })
    }

    /// Evaluates `expression`, and says what became of each of its parts that is not a constant, inner parts first.
    pub fn trace<'e>(
        &self,
        expression: &'e Expression,
        attributes: &dyn Attributes,
    ) -> (Result<Outcome, Unknown>, Vec<Part<'e>>) {
        let seen = RefCell::default();
        let outcome = self.run(expression, attributes, Some(&seen));
        let seen = seen.into_inner();
        let mut hidden: Vec<&Expression> = Vec::new();
        expression.visit(&mut |part| {
            let is_redaction = |part: &Expression| part.as_call().is_some_and(|call| call.name == "Redact");
            if is_redaction(part) {
                part.visit(&mut |inner| hidden.push(inner));
            } else if part.calls().iter().any(|call| call.name == "Redact") {
                hidden.push(part);
            }
        });
        let mut parts: Vec<Part<'e>> = Vec::new();
        inner_first(expression, &mut |part| {
            let is_constant = matches!(part.kind, Kind::Text(_) | Kind::Number(_) | Kind::Word(_) | Kind::Unreadable);
            if is_constant || parts.iter().any(|known| known.expression == part) {
                return;
            }
            let value = seen.iter().find(|(span, _)| *span == part.span).map(|(_, value)| value.clone());
            let value = if hidden.contains(&part) {
                value.map(|value| value.map(|_| Value::from(REDACTED)).map_err(Unknown::redacted))
            } else {
                value
            };
            parts.push(Part { expression: part, value });
        });
        (outcome, parts)
    }

    /// The compiled regular expressions, kept between evaluations.
    pub fn patterns(&self) -> &Patterns {
        &self.patterns
    }
}

/// Calls `see` for every part, inner parts first and from left to right.
fn inner_first<'e>(expression: &'e Expression, see: &mut impl FnMut(&'e Expression)) {
    match &expression.kind {
        Kind::Call(call) => call.arguments.iter().flatten().for_each(|argument| inner_first(argument, see)),
        Kind::Operation(operation) => {
            inner_first(&operation.left, see);
            inner_first(&operation.right, see);
        }
        Kind::Attribute(_) | Kind::Text(_) | Kind::Number(_) | Kind::Word(_) | Kind::Unreadable => {}
    }
    see(expression);
}

/// The values of parts, by their places in the text.
type Seen = Vec<(Range<usize>, Result<Value, Unknown>)>;

/// One evaluation of one expression.
pub(super) struct Run<'r> {
    /// Where the value of every part is noted, if that was asked for.
    seen: Option<&'r RefCell<Seen>>,
    evaluator: &'r Evaluator,
    attributes: &'r dyn Attributes,
    left: Cell<usize>,
    redacted: Cell<bool>,
    changing: Cell<bool>,
    ignored: Cell<bool>,
    object_ignored: Cell<bool>,
}

/// The arguments of a call, evaluated on request.
pub(super) struct Arguments<'r, 'e> {
    run: &'r Run<'r>,
    call: &'e Call,
    function: &'static Function,
}

impl Run<'_> {
    pub(super) fn value(&self, expression: &Expression) -> Result<Value, Unknown> {
        let value = self.compute(expression);
        if let Some(seen) = self.seen {
            seen.borrow_mut().push((expression.span.clone(), value.clone()));
        }
        value
    }

    fn compute(&self, expression: &Expression) -> Result<Value, Unknown> {
        let value = match &expression.kind {
            Kind::Attribute(name) => self.attributes.attribute(name)?,
            Kind::Text(text) => Value::Text(text.clone()),
            Kind::Number(written) => number(written)?,
            Kind::Word(word) => self.word(word)?,
            Kind::Call(call) => self.call(call)?,
            Kind::Operation(operation) => self.operation(&operation.left, operation.operator, &operation.right)?,
            Kind::Unreadable => return Err(Unknown::new("a part of the expression is not valid")),
        };
        self.spend(value.size() + 1)?;
        Ok(value)
    }

    fn word(&self, word: &str) -> Result<Value, Unknown> {
        match BARE_WORDS.iter().find(|known| known.name == word) {
            Some(known) if known.drops_object => self.object_ignored.set(true),
            Some(_) => self.ignored.set(true),
            None => return Err(Unknown::new(format!("`{word}` is neither an attribute nor a text"))),
        }
        Ok(Value::Null)
    }

    /// The attribute without a value that reaches the value of `part`.
    fn missing<'e>(&self, part: &'e Expression) -> Result<Option<&'e Expression>, Unknown> {
        match &part.kind {
            Kind::Attribute(_) => Ok(self.value(part)?.is_empty().then_some(part)),
            Kind::Operation(operation) => match self.missing(&operation.left)? {
                None => self.missing(&operation.right),
                found => Ok(found),
            },
            Kind::Call(call) => {
                let Some(function) = function(&call.name) else { return Ok(None) };
                match function.missing {
                    Missing::Replaced => Ok(None),
                    Missing::Chosen(choose) => {
                        let chosen = choose(&Arguments { run: self, call, function })?;
                        let chosen = chosen.and_then(|index| call.arguments.get(index)?.as_ref());
                        chosen.map_or(Ok(None), |argument| self.missing(argument))
                    }
                    Missing::Flows => {
                        for argument in call.arguments.iter().flatten() {
                            if let Some(found) = self.missing(argument)? {
                                return Ok(Some(found));
                            }
                        }
                        Ok(None)
                    }
                }
            }
            Kind::Text(_) | Kind::Number(_) | Kind::Word(_) | Kind::Unreadable => Ok(None),
        }
    }

    fn call(&self, call: &Call) -> Result<Value, Unknown> {
        let Some(function) = function(&call.name) else {
            return Err(Unknown::new(format!("provlint does not know the function {}", call.name)));
        };
        if !function.takes(call.arguments.len()) {
            return Err(Unknown::new(format!("{} has the wrong number of arguments", call.name)));
        }
        (function.run)(&Arguments { run: self, call, function })
    }

    fn operation(&self, left: &Expression, operator: Operator, right: &Expression) -> Result<Value, Unknown> {
        let (left, right) = (self.value(left)?, self.value(right)?);
        super::compare::operation(&left, operator, &right)
    }

    /// Subtracts from the remaining budget of this evaluation.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Unknown> {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.ok_or_else(|| Unknown::new("the values of the expression become too large"))?);
        Ok(())
    }
}

/// `12`, `-3`, `&HF`
pub(super) fn number(written: &str) -> Result<Value, Unknown> {
    match whole(written) {
        Ok(number) => Ok(Value::Number(number)),
        // A decimal number stays as written.
        Err(_) if written.contains('.') => Ok(Value::from(written)),
        Err(_) => Err(Unknown::new(format!("the number {written} is too large"))),
    }
}

impl<'r, 'e> Arguments<'r, 'e> {
    /// The number of arguments, including omitted ones.
    pub(super) fn count(&self) -> usize {
        self.call.arguments.len()
    }

    /// Whether the argument is present.
    pub(super) fn has(&self, index: usize) -> bool {
        self.call.arguments.get(index).is_some_and(Option::is_some)
    }

    /// The argument as written.
    pub(super) fn expression(&self, index: usize) -> Option<&'e Expression> {
        self.call.arguments.get(index).and_then(Option::as_ref)
    }

    /// The argument as a bare word or a text.
    pub(super) fn word(&self, index: usize) -> Option<&'e str> {
        match &self.expression(index)?.kind {
            Kind::Word(word) | Kind::Text(word) => Some(word),
            _ => None,
        }
    }

    /// The value of an argument; null if it is omitted.
    pub(super) fn value(&self, index: usize) -> Result<Value, Unknown> {
        self.expression(index).map_or(Ok(Value::Null), |argument| self.run.value(argument))
    }

    /// The value of a part of an argument.
    pub(super) fn of(&self, part: &Expression) -> Result<Value, Unknown> {
        self.run.value(part)
    }

    /// The attribute without a value that reaches the value of an argument.
    pub(super) fn missing(&self, argument: &'e Expression) -> Result<Option<&'e Expression>, Unknown> {
        self.run.missing(argument)
    }

    /// The text of an argument; `None` for null. A number is converted to text, and so is a list with a single value.
    pub(super) fn text(&self, index: usize) -> Result<Option<String>, Unknown> {
        match self.value(index)? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            Value::Number(number) => Ok(Some(number.to_string())),
            Value::List(mut items) if items.len() < 2 => Ok(items.pop()),
            Value::List(_) => Err(Unknown::new(format!("{} takes one value, but there are several", self.call.name))),
        }
    }

    /// The whole number of an argument, with or without quotation marks.
    pub(super) fn number(&self, index: usize) -> Result<i64, Unknown> {
        let written = self.text(index)?.unwrap_or_default();
        let Value::Number(number) = number(written.trim())? else {
            return Err(Unknown::new(format!("{} takes a whole number, not \"{written}\"", self.call.name)));
        };
        match self.function.parameter(index) {
            Some(parameter) => match parameter.takes {
                Takes::Within(least, most) if !(least..=most).contains(&number) => Err(Unknown::new(format!(
                    "{} of {} is {number}, but must be {}",
                    parameter.name,
                    self.call.name,
                    bound(least, most)
                ))),
                _ => Ok(number),
            },
            None => Ok(number),
        }
    }

    /// The current time; marks the result as changing.
    pub(super) fn now(&self) -> Timestamp {
        self.run.changing.set(true);
        self.run.evaluator.now
    }

    /// The random number generator; marks the result as changing.
    pub(super) fn random(&self) -> std::cell::RefMut<'r, fastrand::Rng> {
        self.run.changing.set(true);
        self.run.evaluator.random.borrow_mut()
    }

    /// Marks the result as redacted.
    pub(super) fn redact(&self) {
        self.run.redacted.set(true);
    }

    /// Marks the attribute as omitted.
    pub(super) fn ignore_flow(&self) {
        self.run.ignored.set(true);
    }

    /// The compiled regular expressions.
    pub(super) fn patterns(&self) -> &'r Patterns {
        &self.run.evaluator.patterns
    }

    /// Subtracts from the remaining budget of this evaluation.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Unknown> {
        self.run.spend(bytes)
    }
}
