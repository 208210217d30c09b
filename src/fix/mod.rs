//! From findings to edits, to a text, to a file.
//!
//! [`plan()`] plans the fixes of a target, [`apply_fixes()`] makes them, [`diff`] shows what they change and why, [`mod@file`]
//! writes the result back.

mod apply;
mod contradiction;
pub mod diff;
pub mod file;
mod identity;
mod plan;
mod target;

pub use apply::{FixError, FixedText, Made, Replaced, apply_fixes};
pub use identity::Identity;
pub use plan::{Allowed, AllowedInTenant, Plan, PlanError, Schemas, plan};
pub use target::{Backup, FixRun, FixTarget, Way};
