//! The findings in a baseline, and those that a new baseline would hold.

use crate::baseline::{Baseline, Entry};

/// What is known before a run.
#[derive(Debug)]
pub enum Known {
    /// Nothing: there is no baseline.
    Nothing,
    /// The findings that a baseline lists.
    Listed(Baseline),
    /// Every finding, since the baseline is about to be written.
    Everything,
}

/// The findings in a target, known or not.
#[derive(Debug)]
pub struct Record {
    /// The identity of the target.
    pub target: String,
    /// The rules that were evaluated.
    pub evaluated: Vec<&'static str>,
    /// The findings.
    pub found: Baseline,
}

impl Known {
    /// Whether records are needed.
    pub fn is_kept(&self) -> bool {
        !matches!(self, Known::Nothing)
    }

    /// Whether a finding is known. `found` are those found before it in the same target, which use up their entries.
    pub fn covers(&self, entry: &Entry, found: &Baseline) -> bool {
        match self {
            Known::Nothing => false,
            Known::Listed(baseline) => baseline.covers(entry, found),
            Known::Everything => true,
        }
    }
}
