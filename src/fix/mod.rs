//! From findings to edits, to a text, to a file.
//!
//! [`plan()`] plans the fixes of a target, [`mend()`] makes them, [`diff`] shows what they change and why, [`mod@file`]
//! writes the result back, or [`tenant`] brings it to Graph.

mod consequence;
pub mod diff;
pub mod file;
mod mend;
mod plan;
mod target;
pub mod tenant;
mod whole;

pub use consequence::{Touched, consequences};
pub use mend::{Made, MendError, Mended, Replaced, mend};
pub use plan::{Allowed, AllowedInTenant, Plan, PlanError, Schemas, plan};
pub use target::{Backup, FixRun, FixTarget, Way};
pub use whole::{lacking, same_values};
