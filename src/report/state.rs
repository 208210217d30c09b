//! What became of every rule.

use super::TargetReport;
use crate::finding::Metadata;

/// A rule that was to judge a target.
#[derive(Clone, Debug)]
pub struct RuleReport {
    /// The rule.
    pub rule: &'static Metadata,
    /// What became of it.
    pub state: RuleState,
}

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleState {
    /// It found nothing wrong.
    Passed,
    /// It found something.
    Failed,
    /// The input doesn't hold its evidence; with what is missing.
    Skipped(String),
    /// Its evidence could not be read; with the reason.
    Unknown(String),
}

impl TargetReport {
    /// How many rules found nothing wrong.
    pub fn passed(&self) -> usize {
        self.rules.iter().filter(|rule| rule.state == RuleState::Passed).count()
    }

    /// How many rules found something.
    pub fn failed(&self) -> usize {
        self.rules.iter().filter(|rule| rule.state == RuleState::Failed).count()
    }

    /// The rules whose evidence the input doesn't hold, with what is missing.
    pub fn skipped(&self) -> Vec<(&'static str, &str)> {
        self.rules_in(|state| if let RuleState::Skipped(missing) = state { Some(missing) } else { None })
    }

    /// The rules whose evidence could not be read, with the reason.
    pub fn unknown(&self) -> Vec<(&'static str, &str)> {
        self.rules_in(|state| if let RuleState::Unknown(reason) = state { Some(reason) } else { None })
    }

    fn rules_in(&self, why: fn(&RuleState) -> Option<&String>) -> Vec<(&'static str, &str)> {
        self.rules.iter().filter_map(|report| Some((report.rule.id, why(&report.state)?.as_str()))).collect()
    }
}
