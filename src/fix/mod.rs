//! From findings to edits, to a text, to a file.
//!
//! [`plan()`] plans the fixes of a target, [`mend()`] makes them, [`diff`] shows what they change and why, [`mod@file`]
//! writes the result back.

pub mod diff;
pub mod file;
mod mend;
mod plan;
mod target;

pub use mend::{Made, MendError, Mended, Replaced, mend};
pub use plan::{Allowed, AllowedInTenant, Plan, PlanError, Schemas, plan};
pub use target::{Backup, FixRun, FixTarget, Way};
