//! The flags that select the rules and the requirements.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::candidates;
use super::input::Input;
use super::policies::Policies;
pub(in crate::cli) use crate::check::Judge;
use crate::check::{FailOn, One};
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::finding::Evidence;
use crate::rules::{self, Asked, Judgement, Selection};
use crate::text::shell::Words;
use crate::text::shown;

/// The requirements for an app.
#[derive(Debug, Args)]
pub(in crate::cli) struct Requirements {
    /// Policy file [default: the nearest provlint.yaml or .provlint.yaml, from the working directory upwards]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Profile with the vendor's requirements, instead of the policy's
    #[arg(long, value_name = "NAME", add = candidates::profiles())]
    profile: Option<String>,
}

impl Requirements {
    /// Whether a profile is named.
    pub(in crate::cli) fn has_profile(&self) -> bool {
        self.profile.is_some()
    }

    /// The flags with which another run checks the same requirements.
    pub(in crate::cli) fn flags(&self) -> String {
        self.words().to_string()
    }

    /// The same, to be joined with other words.
    pub(in crate::cli) fn words(&self) -> Words {
        let policy = self.policy.iter();
        let words = policy.fold(Words::default(), |words, path| words.option("--policy", shown(path)));
        self.profile.iter().fold(words, |words, name| words.option("--profile", name))
    }

    /// The policy file, if there is one.
    pub(in crate::cli) fn file(&self) -> Result<Option<PathBuf>, Problem> {
        Policies::file(self.policy.as_deref())
    }

    /// The same judge by the policies as the file has them now.
    pub(in crate::cli) fn again(&self, judge: &Judge) -> Result<Judge, Problem> {
        let policies = Policies::load(self.policy.as_deref(), self.profile.as_deref(), &[])?;
        Ok(Judge { policies, ..judge.clone() })
    }

    /// Reads the policies, with these groups instead of theirs, and reports exceptions that have expired. Runs every rule
    /// that the policies do not switch off.
    pub(in crate::cli) fn judge(&self, groups: &[String], screen: &Screen) -> Result<Judge, Problem> {
        let policies = Policies::load(self.policy.as_deref(), self.profile.as_deref(), groups)?;
        let judge = Judge::by(policies);
        judge.policies.report_expired(judge.today, screen);
        Ok(judge)
    }
}

/// The flags that select the rules and the requirements for an app.
#[derive(Debug, Args)]
pub(in crate::cli) struct Judging {
    #[command(flatten)]
    requirements: Requirements,

    /// Group that must be assigned, instead of the policy's groups; may be repeated
    #[arg(long = "group", value_name = "NAME|ID")]
    groups: Vec<String>,

    /// Run only this rule; may be repeated or a comma-separated list
    #[arg(long, value_name = "RULE", value_delimiter = ',', add = candidates::rules())]
    select: Vec<String>,

    /// Do not run this rule; may be repeated or a comma-separated list
    #[arg(long, value_name = "RULE", value_delimiter = ',', add = candidates::rules())]
    ignore: Vec<String>,

    /// Exit with code 1 if there is a finding at or above this severity
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
}

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[FailOn::Error, FailOn::Warning, FailOn::Info, FailOn::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            FailOn::Error => ("error", "Errors only"),
            FailOn::Warning => ("warning", "Warnings too"),
            FailOn::Info => ("info", "Any finding"),
            FailOn::Never => ("never", "No finding"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

impl Judging {
    /// The groups that must be assigned.
    pub(in crate::cli) fn groups(&self) -> &[String] {
        &self.groups
    }

    /// The words with which another command applies the same requirements and rules, and these groups.
    pub(in crate::cli) fn again(&self, groups: &[String]) -> Words {
        let words = groups.iter().fold(self.requirements.words(), |words, group| words.option("--group", group));
        let words = self.select.iter().fold(words, |words, rule| words.option("--select", rule));
        self.ignore.iter().fold(words, |words, rule| words.option("--ignore", rule))
    }

    /// The words with which another command applies the same requirements.
    pub(in crate::cli) fn requirements(&self) -> Words {
        self.requirements.words()
    }

    /// The policy file, if there is one.
    pub(in crate::cli) fn file(&self) -> Result<Option<PathBuf>, Problem> {
        self.requirements.file()
    }

    /// The evidence that the flags ask for.
    fn asked(&self) -> Vec<Asked> {
        let groups = Asked { evidence: Evidence::Assignments, flag: "--group" };
        if self.groups.is_empty() { Vec::new() } else { vec![groups] }
    }

    /// Reads the policies, and reports exceptions that have expired.
    pub(in crate::cli) fn settle(&self, screen: &Screen) -> Result<Judge, Problem> {
        let (select, ignore) = (known_rules(&self.select)?, known_rules(&self.ignore)?);
        let selection = Selection { select, ignore, asked: self.asked() };
        let judge = self.requirements.judge(&self.groups, screen)?;
        Ok(Judge { selection, fail_on: self.fail_on, ..judge })
    }
}

/// Runs the rules over the only resource of a text.
pub(in crate::cli) fn judged(judge: &Judge, input: &Input, text: &str) -> Result<Judgement, Problem> {
    Ok(One::read(&input.name, text)?.judge(judge)?)
}

fn known_rules(ids: &[String]) -> Result<HashSet<String>, Problem> {
    match ids.iter().find(|id| rules::rule(id).is_none()) {
        Some(unknown) => Err(Problem::unknown_name("rule", unknown, rules::ids(), "provlint rules")),
        None => Ok(ids.iter().cloned().collect()),
    }
}
