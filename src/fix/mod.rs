//! From findings to edits, to a text, to a file.
//!
//! [`mend()`] makes the fixes, [`diff`] shows what they changed and why, [`mod@file`] writes the result back.

pub mod diff;
pub mod file;
mod mend;

pub use mend::{Made, MendError, Mended, Replaced, mend};
