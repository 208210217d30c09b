//! The expression language of attribute mappings: parsed, checked and evaluated without a tenant.
//!
//! A text is split into tokens, parsed into a tree ([`parse()`]), checked ([`mistakes()`]) and evaluated with the
//! attributes of a user ([`Evaluator`]). [`argument_faults`] checks constant arguments. [`FUNCTIONS`] is the only place that defines the functions: their names, their
//! parameters and what they do.
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data>

mod arguments;
mod check;
mod compare;
mod datetime;
mod evaluate;
mod functions;
mod parse;
mod regex;
mod stored;
mod syntax;
mod token;
mod unicode;
mod value;
mod yields;

pub use arguments::{Fault, argument_faults};
pub use check::{ArgumentMistake, Mistake, mistakes};
pub use evaluate::{Evaluator, Outcome, Part};
pub use functions::{
    BARE_WORDS, BareWord, Dialect, FUNCTIONS, Function, Meant, Parameter, REFERENCES, Reference, Takes, function,
};
pub use parse::{DEEPEST, Parsed, parse};
pub use regex::{Matches, Pattern, PatternError, Patterns, Replacement};
pub use stored::{Stored, StoredKind, says_the_same};
pub use syntax::{Call, Expression, Kind, Operation, Operator, SyntaxError};
pub use value::{Attributes, Unknown, Value};

/// The maximum number of characters of an expression that Entra accepts.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/known-issues>
pub const LONGEST: usize = 10_000;

/// The number of bytes of an expression above which it is not read: ten times what Entra accepts. A tree takes many times
/// as much memory as its text.
const LONGEST_READ: usize = 100_000;
