//! What configurations are judged by: the policies, the rules, the day.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::policies::Policies;
use crate::cli::completions;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::finding::{Finding, Severity};
use crate::policy::Policy;
use crate::rules::{self, Selection};
use crate::text::shell::option;

/// What an app must look like.
#[derive(Debug, Args)]
pub(in crate::cli) struct Requirements {
    /// The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// The vendor's requirements to judge by; goes before the policy's own profile.
    #[arg(long, value_name = "NAME", add = completions::profiles())]
    profile: Option<String>,
}

impl Requirements {
    /// The flags by which another run judges by the same.
    pub(in crate::cli) fn flags(&self) -> String {
        let policy = self.policy.as_ref().map(|path| option("--policy", &path.display().to_string()));
        let profile = self.profile.as_ref().map(|name| option("--profile", name));
        [policy, profile].into_iter().flatten().collect()
    }

    /// Reads the policies, with these groups in the place of theirs, and says which of their exceptions are over. Every
    /// rule runs that they don't switch off.
    pub(in crate::cli) fn judge(&self, groups: &[String], screen: &Screen) -> Result<Judge, Problem> {
        let policies = Policies::load(self.policy.as_deref(), self.profile.as_deref(), groups)?;
        let judge = Judge::by(policies);
        judge.policies.report_expired(judge.today, screen);
        Ok(judge)
    }
}

/// The flags that say how an app is judged.
#[derive(Debug, Args)]
pub(in crate::cli) struct Judging {
    #[command(flatten)]
    requirements: Requirements,

    /// A group that must be assigned, instead of the policy's; may be repeated.
    #[arg(long = "group", value_name = "NAME|ID")]
    groups: Vec<String>,

    /// Run only this rule; may be repeated, or a list with commas.
    #[arg(long, value_name = "RULE", value_delimiter = ',', add = completions::rules())]
    select: Vec<String>,

    /// Don't run this rule; may be repeated, or a list with commas.
    #[arg(long, value_name = "RULE", value_delimiter = ',', add = completions::rules())]
    ignore: Vec<String>,

    /// The severity from which on findings give exit code 1.
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
}

/// From which severity on findings fail the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FailOn {
    /// Errors alone.
    Error,
    /// Warnings too.
    Warning,
    /// Any finding.
    Info,
    /// No finding.
    Never,
}

impl FailOn {
    pub(in crate::cli) fn fails(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Info => true,
            FailOn::Never => false,
        }
    }
}

/// What holds for everything that a run judges.
pub(in crate::cli) struct Judge {
    pub(in crate::cli) policies: Policies,
    pub(in crate::cli) selection: Selection,
    pub(in crate::cli) fail_on: FailOn,
    pub(in crate::cli) today: Date,
}

impl Judging {
    /// Reads the policies, and says which of their exceptions are over.
    pub(in crate::cli) fn settle(&self, screen: &Screen) -> Result<Judge, Problem> {
        let selection = Selection { select: known_rules(&self.select)?, ignore: known_rules(&self.ignore)? };
        let judge = self.requirements.judge(&self.groups, screen)?;
        Ok(Judge { selection, fail_on: self.fail_on, ..judge })
    }
}

impl Judge {
    /// Every rule runs that the policies don't switch off.
    pub(in crate::cli) fn by(policies: Policies) -> Self {
        Judge { policies, selection: Selection::default(), fail_on: FailOn::Error, today: today() }
    }

    /// The policy for an app, by its display name, else by the file's name.
    pub(in crate::cli) fn policy(&self, app: Option<&str>, file: &str) -> Result<&Policy, Problem> {
        self.policies.choose(app, file).ok_or_else(|| Problem::Usage {
            message: format!("no policy is for {}", app.unwrap_or(file)),
            help: "add its name to app.names of an entry of policies, or an entry with app.names: [] for all others"
                .into(),
        })
    }

    /// Whether an `ignore:` entry of the policy accepts a finding.
    pub(in crate::cli) fn accepts(&self, policy: &Policy, finding: &Finding) -> bool {
        let covers = |id, subject| policy.ignore.iter().any(|one| !one.expired(self.today) && one.covers(id, subject));
        covers(finding.rule.id, &finding.subject)
    }
}

/// The day, as it is in Greenwich: the same for everybody who looks at a report.
pub(in crate::cli) fn today() -> Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}

fn known_rules(ids: &[String]) -> Result<HashSet<String>, Problem> {
    match ids.iter().find(|id| rules::rule(id).is_none()) {
        Some(unknown) => Err(Problem::unknown_name("rule", unknown, rules::ids(), "provlint rules")),
        None => Ok(ids.iter().cloned().collect()),
    }
}
