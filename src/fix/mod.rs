//! From findings to edits, to a text, to a file.
//!
//! [`mend()`] makes the fixes, [`diff`] shows what they changed and why, [`mod@file`] writes the result back, or
//! [`tenant`] brings it to Graph.

mod consequence;
pub mod diff;
pub mod file;
mod mend;
pub mod tenant;
mod whole;

pub use consequence::{Touched, consequences};
pub use mend::{Made, MendError, Mended, Replaced, mend};
pub use whole::{lacking, same_values};
