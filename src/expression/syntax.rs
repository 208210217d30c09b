//! The syntax tree of an expression, and errors in its text.

use std::fmt;
use std::ops::Range;

use foldhash::{HashSet, HashSetExt};

/// A syntax error, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong, as a sentence.
    pub message: String,
    /// The byte range with the error.
    pub span: Range<usize>,
}

/// An expression, or an argument of a function. Equality ignores the span.
#[derive(Clone, Debug)]
pub struct Expression {
    /// The kind of expression, with its content.
    pub kind: Kind,
    /// The byte range in the text that it was parsed from.
    pub span: Range<usize>,
}

/// The kind of an expression, with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `[objectId]`
    Attribute(String),
    /// `"text"`, without its quotes and escapes.
    Text(String),
    /// A bare number as written: `1`, `-10`, `&HF`.
    Number(String),
    /// A bare word, `vbTextCompare`.
    Word(String),
    /// `Name(argument, , argument)`
    Call(Call),
    /// `[a] = "b"`, which is allowed only in the conditions of `IIF` and `CBool`, or `"a" & [b]` of cloud sync.
    Operation(Box<Operation>),
    /// A part that could not be parsed.
    Unreadable,
}

/// A function and its arguments.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function's name as written.
    pub name: String,
    /// The byte range of the name.
    pub name_span: Range<usize>,
    /// The arguments in order; an omitted one is `None`.
    pub arguments: Vec<Option<Expression>>,
}

/// Two operands and the operator between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The left operand.
    pub left: Expression,
    /// The operator.
    pub operator: Operator,
    /// The right operand.
    pub right: Expression,
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `&`, which joins two texts, only in cloud sync.
    Concatenate,
}

impl Operator {
    /// Every operator. Those with two characters come first, because the lexer must try them first.
    pub const ALL: [Operator; 7] = [
        Operator::NotEqual,
        Operator::LessOrEqual,
        Operator::GreaterOrEqual,
        Operator::Equal,
        Operator::Less,
        Operator::Greater,
        Operator::Concatenate,
    ];

    /// The operator as written in an expression.
    pub fn as_str(self) -> &'static str {
        match self {
            Operator::Equal => "=",
            Operator::NotEqual => "<>",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Concatenate => "&",
        }
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Expression {}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.arguments == other.arguments
    }
}

impl Eq for Call {}

impl From<Kind> for Expression {
    /// An expression without a place in a text.
    fn from(kind: Kind) -> Self {
        Expression { kind, span: 0..0 }
    }
}

impl Expression {
    /// A direct mapping of an attribute.
    pub fn attribute(name: impl Into<String>) -> Self {
        Kind::Attribute(name.into()).into()
    }

    /// The call, if the expression is one.
    pub fn as_call(&self) -> Option<&Call> {
        if let Kind::Call(call) = &self.kind { Some(call) } else { None }
    }

    /// Calls `see` for every part, outer parts first and from left to right.
    pub fn visit<'e>(&'e self, see: &mut impl FnMut(&'e Expression)) {
        see(self);
        match &self.kind {
            Kind::Call(call) => call.arguments.iter().flatten().for_each(|argument| argument.visit(see)),
            Kind::Operation(operation) => {
                operation.left.visit(see);
                operation.right.visit(see);
            }
            Kind::Attribute(_) | Kind::Text(_) | Kind::Number(_) | Kind::Word(_) | Kind::Unreadable => {}
        }
    }

    /// Every attribute reference with its span, in order.
    pub fn attribute_places(&self) -> Vec<(&str, Range<usize>)> {
        let mut places = Vec::new();
        self.visit(&mut |part| {
            if let Kind::Attribute(name) = &part.kind {
                places.push((name.as_str(), part.span.clone()));
            }
        });
        places
    }

    /// The attributes it reads, without duplicates, in order.
    pub fn attributes(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let names = self.attribute_places().into_iter().map(|(name, _)| name);
        names.filter(|name| seen.insert(*name)).collect()
    }

    /// Every call in it, outer calls first.
    pub fn calls(&self) -> Vec<&Call> {
        let mut calls = Vec::new();
        self.visit(&mut |part| calls.extend(part.as_call()));
        calls
    }
}

impl fmt::Display for Expression {
    /// Writes the expression in the form that Entra uses.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Attribute(name) => write!(formatter, "[{name}]"),
            Kind::Text(text) => write!(formatter, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            Kind::Number(word) | Kind::Word(word) => formatter.write_str(word),
            Kind::Call(call) => {
                write!(formatter, "{}(", call.name)?;
                for (index, argument) in call.arguments.iter().enumerate() {
                    if index > 0 {
                        formatter.write_str(", ")?;
                    }
                    if let Some(argument) = argument {
                        write!(formatter, "{argument}")?;
                    }
                }
                formatter.write_str(")")
            }
            Kind::Operation(operation) => {
                write!(formatter, "{} {} {}", operation.left, operation.operator.as_str(), operation.right)
            }
            Kind::Unreadable => Ok(()),
        }
    }
}
