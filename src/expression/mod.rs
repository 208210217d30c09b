//! The expression language of attribute mappings: read, judged and run, without a tenant.
//!
//! Text is split into tokens, read into a tree ([`parse()`]), looked over ([`mistakes()`]) and, with the attributes
//! of a user, run ([`Evaluator`]). What a function is called, takes and does stands in one place, [`FUNCTIONS`].
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data>

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
mod value;
mod yields;

pub use check::{ArgumentMistake, Mistake, mistakes};
pub use evaluate::{Evaluator, Outcome};
pub use functions::{Dialect, FUNCTIONS, Function, Parameter, Takes, function};
pub use parse::{DEEPEST, Parsed, parse};
pub use regex::{Pattern, PatternError, Patterns};
pub use stored::{Stored, StoredKind, says_the_same};
pub use syntax::{Call, Expression, Kind, Operation, Operator, SyntaxError};
pub use value::{Attributes, Unknown, Value};

/// The most characters the service takes.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/known-issues>
pub const LONGEST: usize = 10_000;
