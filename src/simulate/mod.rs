//! What Entra would do with an object, told without a tenant: whether it is in scope, how it is matched, what is
//! sent.

mod scope;
mod solve;

pub use scope::{FilterOperator, Passing, passes};
pub use solve::{Claim, claim, group_passes_nobody};
