//! The expression language of attribute mappings: what an expression is made of.
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data>

mod parse;
mod syntax;

pub use parse::{SyntaxError, parse};
pub use syntax::Expression;
