//! Runs the rules on a target and records the result of each.

use std::collections::HashSet;

use super::effect::{Effect, effect};
use super::{MappingView, RULES, RowView, Rule, Target, portal};
use crate::document::{Change, Pointer};
use crate::finding::{Applicability, Evidence, Finding, Fix, Severity};
use crate::model::{GraphRequest, TenantChange};
use crate::policy::{Level, Policy};

/// The result of a rule besides its findings.
pub type Judged = Result<(), NotJudged>;

/// Why a rule was not evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotJudged {
    /// The input does not include the evidence that the rule needs; it was not requested.
    Skipped {
        /// What is missing.
        missing: String,
    },
    /// The evidence that the rule needs could not be read.
    Unknown {
        /// Why not.
        reason: String,
    },
}

impl NotJudged {
    /// The input does not include `missing`.
    pub fn skipped(missing: impl Into<String>) -> Self {
        NotJudged::Skipped { missing: missing.into() }
    }

    /// The evidence could not be read.
    pub fn unknown(reason: impl Into<String>) -> Self {
        NotJudged::Unknown { reason: reason.into() }
    }
}

/// Which rules run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these, where there are any.
    pub select: HashSet<String>,
    /// All but these.
    pub ignore: HashSet<String>,
}

impl Selection {
    fn runs(&self, rule: &Rule, policy: &Policy) -> bool {
        let id = rule.metadata.id;
        (self.select.is_empty() || self.select.contains(id))
            && !self.ignore.contains(id)
            && (policy.levels.get(id) != Some(&Level::Off) || self.select.contains(id))
    }
}

/// The results of all rules for a target.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// What is wrong, in the order of the rules.
    pub findings: Vec<Finding>,
    /// The rules that found nothing wrong.
    pub passed: Vec<&'static str>,
    /// The rules that found something.
    pub failed: Vec<&'static str>,
    /// The rules whose evidence the input does not include, with what is missing.
    pub skipped: Vec<(&'static str, String)>,
    /// The rules whose evidence could not be read, with the reason.
    pub unknown: Vec<(&'static str, String)>,
}

/// Runs every selected rule.
pub fn judge(target: &Target<'_>, selection: &Selection) -> Judgement {
    let mut judgement = Judgement::default();
    for rule in RULES.iter().copied().filter(|rule| selection.runs(rule, target.policy)) {
        let id = rule.metadata.id;
        let before = judgement.findings.len();
        let outcome = target
            .require(rule.metadata.evidence)
            .and_then(|()| (rule.check)(target, &mut Findings { rule, target, list: &mut judgement.findings }));
        let found = judgement.findings.len() > before;
        match outcome {
            _ if found => judgement.failed.push(id),
            Ok(()) => judgement.passed.push(id),
            Err(NotJudged::Skipped { missing }) => judgement.skipped.push((id, missing)),
            Err(NotJudged::Unknown { reason }) => judgement.unknown.push((id, reason)),
        }
    }
    judgement
}

impl Target<'_> {
    fn require(&self, evidence: &[Evidence]) -> Judged {
        evidence.iter().try_for_each(|evidence| self.has(*evidence))
    }
}

/// Collects the findings of a rule.
#[derive(Debug)]
pub struct Findings<'a> {
    rule: &'static Rule,
    target: &'a Target<'a>,
    list: &'a mut Vec<Finding>,
}

impl Findings<'_> {
    /// Reports that something is wrong at `pointer`. `subject` names it for people and baselines,
    /// `message` says what is wrong and what it causes.
    pub fn add(&mut self, subject: impl Into<String>, pointer: Pointer, message: impl Into<String>) -> Found<'_> {
        let metadata = &self.rule.metadata;
        let severity = match self.target.policy.levels.get(metadata.id) {
            Some(Level::At(severity)) => *severity,
            Some(Level::Off) | None => metadata.severity,
        };
        let finding = Finding {
            rule: metadata,
            severity,
            subject: subject.into(),
            message: message.into(),
            label: String::new(),
            help: String::new(),
            pointer,
            within: None,
            people: Vec::new(),
            fix: None,
        };
        let target = self.target;
        Found { finding: self.list.push_mut(finding), target }
    }
}

/// A finding that was just added, to be completed.
#[derive(Debug)]
pub struct Found<'a> {
    finding: &'a mut Finding,
    target: &'a Target<'a>,
}

impl Found<'_> {
    /// A label for the place, in a few words.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.finding.label = label.into();
        self
    }

    /// Only these bytes of the string at the place are at fault; none for an empty range.
    pub fn within(self, bytes: std::ops::Range<usize>) -> Self {
        self.finding.within = Some(bytes).filter(|bytes| !bytes.is_empty());
        self
    }

    /// The users it is about.
    pub fn people(self, people: Vec<String>) -> Self {
        self.finding.people = people;
        self
    }

    /// This case is no worse than `severity`.
    pub fn at_most(self, severity: Severity) -> Self {
        self.finding.severity = self.finding.severity.min(severity);
        self
    }

    /// This case is `severity` unless the policy says otherwise of the rule.
    pub fn by_default(self, severity: Severity) -> Self {
        if !self.target.policy.levels.contains_key(self.finding.rule.id) {
            self.finding.severity = severity;
        }
        self
    }

    /// What a person must do, with the steps in the portal.
    pub fn manual(self, title: impl Into<String>, portal: Vec<String>) {
        self.fix(title, portal, Vec::new());
    }

    /// The fix is to delete the row.
    pub fn delete_row(self, mapping: &MappingView<'_>, row: &RowView<'_>) {
        let title = format!("Delete the mapping to {}", row.target);
        let changes = vec![Change::Remove { pointer: row.pointer() }];
        self.fix(title, portal::delete_row(mapping, row.target), changes);
    }

    /// What to do, with the changes that do it. Without changes, a person must do it. Whether it is safe follows from what
    /// it changes; what happens to users and groups is part of the help.
    pub fn fix(self, title: impl Into<String>, portal: Vec<String>, changes: Vec<Change>) {
        let title = title.into();
        let mappings = self.target.schema.as_ref().map_or(&[][..], |schema| &schema.mappings);
        let Effect { applicability, consequences } = effect(mappings, &changes);
        let applicability = if changes.is_empty() { Applicability::Manual } else { applicability };
        self.finding.help = std::iter::once(&title).chain(&consequences).cloned().collect::<Vec<_>>().join(". ");
        let request = || GraphRequest::of_schema(self.target.principal_id(), self.target.job_id());
        let graph = (!changes.is_empty()).then(request);
        self.finding.fix = Some(Fix { applicability, title, changes, tenant: None, portal, graph });
    }

    /// What to do, with a change of the tenant outside of schemas, which changes who has access.
    pub fn in_tenant(self, title: impl Into<String>, portal: Vec<String>, change: TenantChange) {
        let title = title.into();
        self.finding.help = title.clone();
        let graph = Some(GraphRequest::of_change(&change, self.target.principal_id()));
        self.finding.fix = Some(Fix {
            applicability: Applicability::Unsafe,
            title,
            changes: Vec::new(),
            tenant: Some(change),
            portal,
            graph,
        });
    }
}
