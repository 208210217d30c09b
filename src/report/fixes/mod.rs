//! The formats that show fixes: one file a format, one line in [`FIX_FORMATS`].

mod json;
mod patch;
mod pretty;

use super::Format;
use crate::fix::{Backup, FixRun, FixTarget, Way};

/// Every format that shows fixes; the first is the default.
pub static FIX_FORMATS: &[Format<FixRun>] = &[pretty::FORMAT, json::FORMAT, patch::FORMAT];

pub use pretty::{consequence_lines, write_plan};
