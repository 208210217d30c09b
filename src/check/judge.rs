//! What a check is based on: the policies, the rules, the day.

use jiff::civil::Date;

use super::CheckError;
use crate::finding::{Finding, Severity};
use crate::policy::{ChosenBy, Policies, Policy};
use crate::rules::{self, Judgement, Selection, Target};

/// The least severity that fails a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// Errors only.
    #[default]
    Error,
    /// Warnings too.
    Warning,
    /// Any finding.
    Info,
    /// No finding.
    Never,
}

impl FailOn {
    /// Whether a finding of that severity fails the run.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Info => true,
            FailOn::Never => false,
        }
    }
}

/// What a run checks every target with.
#[derive(Clone, Debug)]
pub struct Judge {
    /// The policies, one of which applies to each app.
    pub policies: Policies,
    /// The rules that run.
    pub selection: Selection,
    /// The findings that fail the run.
    pub fail_on: FailOn,
    /// The day on which exceptions and exports expire.
    pub today: Date,
    /// The only job to check, by its id; `None` for every job.
    pub job: Option<String>,
    /// Whether the named job is checked beside another one, with which everything is checked that is not about a job.
    pub beside: bool,
}

impl Judge {
    /// Checks with these policies and every rule that they do not switch off.
    pub fn by(policies: Policies) -> Self {
        Judge {
            policies,
            selection: Selection::default(),
            fail_on: FailOn::Error,
            today: today(),
            job: None,
            beside: false,
        }
    }

    /// The policy for an app, by its display name, else by the name of the file.
    ///
    /// # Errors
    /// If no policy applies.
    pub fn policy(&self, app: Option<&str>, file: &str) -> Result<&Policy, CheckError> {
        let none = || CheckError::NoPolicy { name: app.unwrap_or(file).to_owned() };
        self.policies.choose(app, file).ok_or_else(none)
    }

    /// Checks that something chose the requirements for an app, so that no vendor's mappings are written by default.
    ///
    /// # Errors
    /// If nothing chose them.
    pub fn expect_chosen(&self, app: &str) -> Result<(), CheckError> {
        let policy = self.policy(Some(app), app)?;
        if policy.chosen_by == ChosenBy::Default {
            return Err(CheckError::NoProfile { app: app.to_owned() });
        }
        Ok(())
    }

    /// Whether an `ignore:` entry of the policy accepts a finding.
    pub fn accepts(&self, policy: &Policy, finding: &Finding) -> bool {
        let covers = |id, subject| policy.ignore.iter().any(|one| !one.expired(self.today) && one.covers(id, subject));
        covers(finding.rule.id, &finding.subject)
    }

    /// Runs the rules over a target. Findings that the policy accepts are left out.
    pub fn judge(&self, target: &Target<'_>) -> Judgement {
        let mut judgement = rules::judge(target, &self.selection);
        judgement.findings.retain(|finding| !self.accepts(target.policy, finding));
        judgement
    }
}

/// Today in UTC, so that a report does not depend on where it is made.
pub fn today() -> Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}
