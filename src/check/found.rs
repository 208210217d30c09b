//! The results of a check.
//!
//! They are final: hidden findings are removed and counted, places are looked up, credentials are masked.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use super::FailOn;
use super::view::View;
use crate::document::{Pointer, Position};
use crate::finding::{Evidence, Finding, Severity};
use crate::policy::AppliedProfile;
use crate::rules::{self, RuleReport, RuleState};
use crate::text::shell::Words;

/// Everything that a run checked, in the given order.
#[derive(Debug, Default)]
pub struct Run {
    /// The targets.
    pub targets: Vec<TargetReport>,
    /// The files in directories that are not configuration.
    pub passed_over: Vec<PassedOver>,
    /// The least severity that fails the run.
    pub fail_on: FailOn,
    /// What was asked for, for commands that go on from here.
    pub asked: AskedFor,
}

/// A file in a directory that is not configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Its name.
    pub name: String,
    /// Whether it was not read at all, because it is a link, a pipe or a device.
    pub is_link: bool,
}

/// What a command line asked for.
#[derive(Clone, Debug, Default)]
pub struct AskedFor {
    /// The files and directories.
    pub paths: Vec<PathBuf>,
    /// The words with which another command applies the same requirements and rules.
    pub requirements: Words,
    /// The same without groups, which are not in a file to be fixed.
    pub of_file: Words,
}

/// The kind of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A file with a schema.
    Schema,
    /// A file with a snapshot.
    Snapshot,
    /// An app of a tenant.
    Live,
}

impl TargetKind {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            TargetKind::Schema => "schema",
            TargetKind::Snapshot => "snapshot",
            TargetKind::Live => "live",
        }
    }
}

/// The result for one target.
#[derive(Debug, Default)]
pub struct TargetReport {
    /// The file's name as given, with a pointer where the file holds several targets.
    pub name: String,
    /// The path of the file from the root of the repository, with forward slashes, for other programs; `None` if findings
    /// have no lines in a file.
    pub path: Option<String>,
    /// Its identity, which does not depend on the working directory: the path, with a pointer if the file holds several
    /// targets; without a path the name.
    pub identity: String,
    /// The texts in which findings have their places: the file, and for a live app also its schema.
    pub sources: Vec<Source>,
    /// Its kind; `None` if that is unknown.
    pub kind: Option<TargetKind>,
    /// The enterprise application, if the input names it.
    pub app: Option<App>,
    /// The id of the provisioning job, if it is one of several.
    pub job: Option<String>,
    /// When the snapshot was taken, as it says: RFC 3339.
    pub taken_at: Option<String>,
    /// The snapshot's age in days, if it says when it was taken.
    pub age: Option<i64>,
    /// The number of groups that the policy expects to be assigned.
    pub expected_groups: usize,
    /// The profile that it was checked with; `None` if it was not checked.
    pub profile: Option<AppliedProfile>,
    /// The state of every selected rule, in the order of the catalogue. Targets in the same states share them.
    pub rules: Arc<[RuleReport]>,
    /// The configuration itself, if a format shows it.
    pub view: Option<View>,
    /// Why it could not be checked.
    pub error: Option<String>,
    /// The findings in the order of the file, including those that are in the baseline.
    pub findings: Vec<LocatedFinding>,
    /// The numbers of findings that are not shown.
    pub hidden: Hidden,
    /// Whether another target holds the same app, and what is not about this job.
    pub is_beside: bool,
}

/// A text in which findings have their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The file's name as given.
    pub file: String,
    /// The place of the text in the whole target.
    pub base: Pointer,
    /// The text, credentials masked; empty if there are no findings to show in it.
    pub text: Arc<str>,
}

impl TargetReport {
    /// The text of a place.
    pub fn source(&self, place: &LocatedPlace) -> &Source {
        &self.sources[place.source]
    }

    /// Where a finding is: `file:line:column`, or the file if it has no place there. An app of a tenant has no text that
    /// anybody could open, so it is `graph:TOTAL: User/externalId`.
    pub fn whereabouts(&self, found: &LocatedFinding) -> String {
        match &found.place {
            _ if self.is_live() => format!("{}: {}", self.name, found.finding.subject),
            Some(place) => format!("{}:{}:{}", self.source(place).file, place.start.line, place.start.column),
            None => self.file().to_owned(),
        }
    }

    /// Whether it was read from the tenant.
    pub fn is_live(&self) -> bool {
        self.kind == Some(TargetKind::Live)
    }

    /// The name of the whole target.
    pub fn file(&self) -> &str {
        self.sources.first().map_or(&self.name, |source| &source.file)
    }

    /// The findings that are not in the baseline.
    pub fn news(&self) -> impl Iterator<Item = &LocatedFinding> {
        self.findings.iter().filter(|found| !found.baselined)
    }

    /// Whether any finding is in the baseline.
    pub fn is_known(&self) -> bool {
        self.findings.iter().any(|found| found.baselined)
    }
}

/// An enterprise application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// `displayName`
    pub display_name: Option<String>,
    /// The service principal's object id.
    pub id: Option<String>,
    /// `appId`
    pub app_id: Option<String>,
}

/// The numbers of findings that are left out of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Accepted by an `ignore:` entry of the policy.
    pub ignored: usize,
    /// Below `--min-severity`.
    pub below: usize,
}

/// A finding and its place.
#[derive(Debug)]
pub struct LocatedFinding {
    /// The finding.
    pub finding: Finding,
    /// Its place, if it has one in a text.
    pub place: Option<LocatedPlace>,
    /// Whether it is in the baseline; if so, it is counted, and shown only in formats for programs.
    pub baselined: bool,
}

/// A place in lines and columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedPlace {
    /// The index of its source in the target.
    pub source: usize,
    /// The pointer, as the file spells it.
    pub pointer: Pointer,
    /// The first character.
    pub start: Position,
    /// The character after the last.
    pub end: Position,
}

impl Run {
    /// Whether a target could not be checked, or evidence is missing, so that findings may be missing.
    pub fn is_incomplete(&self) -> bool {
        self.targets.iter().any(|target| target.error.is_some() || target.is_incomplete())
    }

    /// Makes rules unknown whose evidence was asked for and is in none of the targets.
    pub fn settle_asked(&mut self) {
        let checked = self.targets.iter().filter(|target| target.error.is_none() && !target.is_beside);
        let open = open_flags(checked.map(|target| &*target.rules));
        if open.is_empty() {
            return;
        }
        let settled = |report: &RuleReport| {
            let flag = report.asked_by.filter(|flag| open.contains(flag));
            let mut report = report.clone();
            if let (Some(flag), RuleState::Skipped { missing, .. }) = (flag, &report.state) {
                report.state = RuleState::Unknown { reason: rules::unanswered(flag, missing), is_gap: true };
            }
            report
        };
        // What targets have in common stays in common. The old lists are kept, so that each has an address of its own.
        let mut known: HashMap<*const RuleReport, Arc<[RuleReport]>> = HashMap::new();
        let mut old = Vec::new();
        for target in &mut self.targets {
            let after = known.entry(target.rules.as_ptr());
            let after = after.or_insert_with(|| target.rules.iter().map(settled).collect());
            old.push(std::mem::replace(&mut target.rules, Arc::clone(after)));
        }
    }

    /// Every finding that is not in the baseline, with its target.
    pub fn findings(&self) -> impl Iterator<Item = (&TargetReport, &LocatedFinding)> {
        self.targets.iter().flat_map(|target| target.news().map(move |finding| (target, finding)))
    }

    /// The same, worst first.
    pub fn worst_first(&self) -> Vec<(&TargetReport, &LocatedFinding)> {
        let mut findings: Vec<_> = self.findings().collect();
        findings.sort_by_key(|(_, found)| std::cmp::Reverse(found.finding.severity));
        findings
    }

    /// The number of findings in the baseline.
    pub fn baselined(&self) -> usize {
        self.targets.iter().flat_map(|target| &target.findings).filter(|found| found.baselined).count()
    }

    /// The number of shown findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings().filter(|(_, found)| found.finding.severity == severity).count()
    }

    /// The number of findings whose fix can be applied.
    pub fn fixable(&self) -> usize {
        let fixable = |found: &LocatedFinding| found.finding.fix.as_ref().is_some_and(|fix| !fix.changes.is_empty());
        self.findings().filter(|(_, found)| fixable(found)).count()
    }

    /// The numbers of findings that are not shown, over all targets.
    pub fn hidden(&self) -> Hidden {
        self.targets.iter().fold(Hidden::default(), |sum, target| Hidden {
            ignored: sum.ignored + target.hidden.ignored,
            below: sum.below + target.hidden.below,
        })
    }
}

impl TargetReport {
    /// The number of rules that found nothing wrong.
    pub fn passed(&self) -> usize {
        self.rules.iter().filter(|rule| rule.state == RuleState::Passed).count()
    }

    /// The number of rules that found something.
    pub fn failed(&self) -> usize {
        self.rules.iter().filter(|rule| rule.state == RuleState::Failed).count()
    }

    /// The rules whose evidence the input does not include, with what is missing.
    pub fn skipped(&self) -> Vec<(&'static str, &str)> {
        self.rules.iter().filter_map(|report| Some((report.rule.id, report.missing()?))).collect()
    }

    /// The rules that cannot tell, with the reason.
    pub fn unknown(&self) -> Vec<(&'static str, &str)> {
        with_reasons(self.rules.iter())
    }

    /// The rules that were skipped because the input does not include a part of the configuration, with that part.
    pub fn lacking(&self) -> impl Iterator<Item = (&'static str, Evidence)> {
        self.rules.iter().filter_map(|report| match report.state {
            RuleState::Skipped { evidence: Some(evidence), .. } => Some((report.rule.id, evidence)),
            _ => None,
        })
    }

    /// The rules that miss evidence that they should have, with the reason.
    pub fn gaps(&self) -> Vec<(&'static str, &str)> {
        with_reasons(self.rules.iter().filter(|report| report.is_gap()))
    }

    /// Whether evidence is missing, so that findings may be missing.
    pub fn is_incomplete(&self) -> bool {
        self.rules.iter().any(RuleReport::is_gap)
    }

    /// The rules that can fail the run and miss evidence, with the reason.
    pub fn undecided(&self, fail_on: FailOn) -> Vec<(&'static str, &str)> {
        with_reasons(undecided(&self.rules, fail_on))
    }

    /// Whether a rule that can fail the run misses evidence.
    pub fn is_undecided(&self, fail_on: FailOn) -> bool {
        !self.undecided(fail_on).is_empty()
    }
}

/// Rules that cannot tell, with the reason.
fn with_reasons<'r>(rules: impl Iterator<Item = &'r RuleReport>) -> Vec<(&'static str, &'r str)> {
    rules.filter_map(|report| Some((report.rule.id, report.reason()?))).collect()
}

/// The rules that can fail a run and miss evidence.
pub fn undecided(rules: &[RuleReport], fail_on: FailOn) -> impl Iterator<Item = &RuleReport> {
    rules.iter().filter(move |report| report.is_gap() && fail_on.fails(report.severity))
}

/// The flags that ask for evidence that none of the targets includes, given the rules of each.
pub fn open_flags<'r>(targets: impl Iterator<Item = &'r [RuleReport]>) -> BTreeSet<&'static str> {
    let flags = targets.map(|rules| rules.iter().filter_map(|report| report.asked_by).collect::<BTreeSet<_>>());
    flags.reduce(|open, flags| &open & &flags).unwrap_or_default()
}
