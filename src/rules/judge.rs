//! Runs the rules on a target and records the result of each.

use std::collections::HashSet;

use super::effect::{Effect, effect};
use super::portal::{self, Step};
use super::{MappingView, RULES, RowView, Rule, Target};
use crate::document::{Change, Pointer};
use crate::finding::{Applicability, Evidence, Finding, Fix, Metadata, Severity};
use crate::inspection::is_masked;
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
        /// The same, if it is evidence.
        evidence: Option<Evidence>,
    },
    /// The rule cannot tell.
    Unknown {
        /// Why not.
        reason: String,
        /// What the rule lacks.
        gap: Gap,
    },
}

/// What a rule lacks that cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Its evidence could not be read, or was asked for and is not in the input.
    Unread,
    /// A value that Graph always gives is not in the input.
    Absent,
    /// Nothing: what was read does not decide.
    Undecided,
}

impl NotJudged {
    /// The input does not include `missing`.
    pub fn skipped(missing: impl Into<String>) -> Self {
        NotJudged::Skipped { missing: missing.into(), evidence: None }
    }

    /// The input does not include this evidence.
    pub fn lacking(evidence: Evidence) -> Self {
        NotJudged::Skipped { missing: evidence.as_str().to_owned(), evidence: Some(evidence) }
    }

    /// The evidence could not be read.
    pub fn unread(reason: impl Into<String>) -> Self {
        NotJudged::Unknown { reason: reason.into(), gap: Gap::Unread }
    }

    /// The input lacks a value that Graph always gives.
    pub fn absent(reason: impl Into<String>) -> Self {
        NotJudged::Unknown { reason: reason.into(), gap: Gap::Absent }
    }

    /// What was read does not decide.
    pub fn undecided(reason: impl Into<String>) -> Self {
        NotJudged::Unknown { reason: reason.into(), gap: Gap::Undecided }
    }
}

/// Which rules run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these, where there are any.
    pub select: HashSet<String>,
    /// All but these.
    pub ignore: HashSet<String>,
    /// The evidence that the user asked for: a rule that is skipped without it leaves a question open.
    pub asked: Vec<Asked>,
}

/// Evidence that the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The evidence.
    pub evidence: Evidence,
    /// The flag that asks for it: `--group`.
    pub flag: &'static str,
}

impl Selection {
    fn runs(&self, rule: &Rule, policy: &Policy) -> bool {
        let id = rule.metadata.id;
        (self.select.is_empty() || self.select.contains(id))
            && !self.ignore.contains(id)
            && (policy.levels.get(id) != Some(&Level::Off) || self.select.contains(id))
    }
}

/// Why a rule is unknown whose evidence a flag asked for.
pub fn unanswered(flag: &str, missing: &str) -> String {
    format!("{flag} asks for {missing}, which the input does not include")
}

/// The results of all rules for a target.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// What is wrong, in the order of the rules.
    pub findings: Vec<Finding>,
    /// Every selected rule, in the order of the catalogue.
    pub rules: Vec<RuleReport>,
}

/// A selected rule.
#[derive(Clone, Debug)]
pub struct RuleReport {
    /// The rule.
    pub rule: &'static Metadata,
    /// The severity of its findings under the policy.
    pub severity: Severity,
    /// The flag that asks for evidence that it was skipped for.
    pub asked_by: Option<&'static str>,
    /// Its state.
    pub state: RuleState,
}

impl RuleReport {
    /// Why it cannot tell, if it cannot.
    pub fn reason(&self) -> Option<&str> {
        if let RuleState::Unknown { reason, .. } = &self.state { Some(reason) } else { None }
    }

    /// What is missing, if it was skipped.
    pub fn missing(&self) -> Option<&str> {
        if let RuleState::Skipped { missing, .. } = &self.state { Some(missing) } else { None }
    }

    /// Whether it is the same rule in the same state.
    pub fn is_same(&self, other: &Self) -> bool {
        self.rule.id == other.rule.id
            && (self.severity, self.asked_by, &self.state) == (other.severity, other.asked_by, &other.state)
    }

    /// Whether it misses evidence that it should have, so that the result is incomplete.
    pub fn is_gap(&self) -> bool {
        matches!(self.state, RuleState::Unknown { is_gap: true, .. })
    }
}

/// The state of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleState {
    /// It found nothing wrong.
    Passed,
    /// It found something.
    Failed,
    /// The input does not include its evidence.
    Skipped {
        /// What is missing.
        missing: String,
        /// The same, if it is evidence.
        evidence: Option<Evidence>,
    },
    /// It cannot tell.
    Unknown {
        /// Why not.
        reason: String,
        /// Whether evidence is missing that should be there, so that the result is incomplete.
        is_gap: bool,
    },
}

/// Runs every selected rule.
pub fn judge(target: &Target<'_>, selection: &Selection) -> Judgement {
    let mut judgement = Judgement::default();
    let of_target = |rule: &&Rule| !target.is_beside || rule.is_of_job();
    for rule in RULES.iter().copied().filter(|rule| selection.runs(rule, target.policy)).filter(of_target) {
        let metadata = &rule.metadata;
        let before = judgement.findings.len();
        let outcome = target
            .require(metadata.evidence)
            .and_then(|()| (rule.check)(target, &mut Findings { rule, target, list: &mut judgement.findings }));
        let found = judgement.findings.len() > before;
        let mut asked_by = None;
        let state = match outcome {
            _ if found => RuleState::Failed,
            Ok(()) => RuleState::Passed,
            Err(NotJudged::Skipped { missing, evidence }) => {
                let is_open =
                    |asked: &&Asked| metadata.evidence.contains(&asked.evidence) && target.leaves_open(asked.evidence);
                asked_by = selection.asked.iter().find(is_open).map(|asked| asked.flag);
                RuleState::Skipped { missing, evidence }
            }
            Err(NotJudged::Unknown { reason, gap }) => {
                // A schema that was written by hand may leave out what Graph always gives.
                let lacks = gap == Gap::Unread || (gap == Gap::Absent && target.snapshot.is_some());
                let is_gap = lacks && !metadata.evidence.iter().any(|evidence| evidence.is_optional());
                RuleState::Unknown { reason, is_gap }
            }
        };
        let severity = target.policy.severity_of(metadata);
        judgement.rules.push(RuleReport { rule: metadata, severity, asked_by, state });
    }
    judgement
}

impl Target<'_> {
    fn require(&self, evidence: &[Evidence]) -> Judged {
        evidence.iter().try_for_each(|evidence| self.has(*evidence))
    }

    /// Whether evidence is missing that could be there: without a job, there is no connection to test.
    fn leaves_open(&self, evidence: Evidence) -> bool {
        let jobs = self.snapshot.and_then(|snapshot| snapshot.jobs.as_ref());
        self.has(evidence).is_err() && !(evidence == Evidence::ConnectionTest && jobs.is_some_and(Vec::is_empty))
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
        let finding = Finding {
            rule: metadata,
            severity: self.target.policy.severity_of(metadata),
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
    pub fn manual(self, title: impl Into<String>, portal: Vec<Step>) {
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
    pub fn fix(self, title: impl Into<String>, portal: Vec<Step>, changes: Vec<Change>) {
        let title = title.into();
        let Effect { applicability, consequences } = effect(self.target.schema.as_ref(), &changes);
        // A change that contains a credential must be made by a person.
        let has_credential = |change: &Change| match change {
            Change::Set { value, .. } | Change::Append { value, .. } => is_masked(value, &self.target.inspection.text),
            Change::Remove { .. } => false,
        };
        let changes = if changes.iter().any(has_credential) { Vec::new() } else { changes };
        let applicability = if changes.is_empty() { Applicability::Manual } else { applicability };
        self.finding.help = std::iter::once(&title).chain(&consequences).cloned().collect::<Vec<_>>().join(". ");
        let request = || GraphRequest::of_schema(self.target.principal_id(), self.target.job_id());
        let graph = (!changes.is_empty()).then(request);
        let portal = self.steps(portal);
        self.finding.fix = Some(Fix { applicability, title, changes, tenant: None, portal, graph });
    }

    /// The steps as people read them.
    fn steps(&self, portal: Vec<Step>) -> Vec<String> {
        let app = self.target.app_name();
        portal.into_iter().map(|step| step.of_app(app)).collect()
    }

    /// What to do, with a change of the tenant outside of schemas, which changes who has access.
    pub fn in_tenant(self, title: impl Into<String>, portal: Vec<Step>, change: TenantChange) {
        let title = title.into();
        self.finding.help = title.clone();
        let graph = Some(GraphRequest::of_change(&change, self.target.principal_id()));
        let portal = self.steps(portal);
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
