//! What comes of one file, or of one app: what is shown, what is counted, and whether it fails the run.

use std::collections::HashMap;

use super::check::Job;
use super::place::{place, schema_text};
use super::shared::baseline::Record;
use super::shared::input::Input;
use super::terminal::problem::Problem;
use super::view::view;
use crate::baseline::{Baseline, Entry};
use crate::finding::Finding;
use crate::policy::Policy;
use crate::report::{Hidden, RuleReport, RuleState, Source, TargetKind, TargetReport};
use crate::rules::{self, Judgement, RULES, Target};
use crate::secret;

/// What came of one file.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) targets: Vec<TargetReport>,
    pub(super) problem: Option<Problem>,
    /// What was found in each target, where there is a baseline.
    pub(super) records: Vec<Record>,
    /// Whether a finding, shown or not, fails the run.
    pub(super) failed: bool,
    /// Whether there was something in it that requirements could be held against.
    pub(super) checked: bool,
    /// Whether it is cut off: what no rule could look at is nothing that a baseline knows.
    pub(super) cut_off: bool,
}

/// A report on a target that is `part` of an input, to be filled in.
pub(super) fn report(job: &Job, input: &Input, part: &str) -> TargetReport {
    let path = input.path().map(|path| job.root.path(path));
    TargetReport {
        name: format!("{}{part}", input.name),
        identity: path.clone().unwrap_or_else(|| input.name.clone()),
        // What an exporter spread over a folder has no lines that others could show.
        path: path.filter(|_| !input.exporter),
        // Its text follows where there is something to show in it.
        sources: vec![Source { file: input.name.clone(), ..Source::default() }],
        ..TargetReport::default()
    }
}

/// What became of every rule, in the catalogue's order.
fn states(judgement: Judgement) -> Vec<RuleReport> {
    let Judgement { passed, failed, skipped, unknown, .. } = judgement;
    let mut states: HashMap<&str, RuleState> = HashMap::new();
    states.extend(passed.into_iter().map(|id| (id, RuleState::Passed)));
    states.extend(failed.into_iter().map(|id| (id, RuleState::Failed)));
    states.extend(skipped.into_iter().map(|(id, missing)| (id, RuleState::Skipped(missing))));
    states.extend(unknown.into_iter().map(|(id, reason)| (id, RuleState::Unknown(reason))));
    let rules = RULES.iter().map(|rule| &rule.metadata);
    rules.filter_map(|rule| Some(RuleReport { rule, state: states.remove(rule.id)? })).collect()
}

impl Outcome {
    /// A directory that could not be walked.
    pub(super) fn unwalked(problem: Problem) -> Self {
        let name = "a directory".to_owned();
        let report = TargetReport { name, error: Some(problem.headline()), ..TargetReport::default() };
        Outcome { targets: vec![report], problem: Some(problem), ..Outcome::default() }
    }

    /// A file that could not be judged.
    pub(super) fn broken(job: &Job, input: &Input, problem: Problem) -> Self {
        let report = TargetReport { error: Some(problem.headline()), ..report(job, input, "") };
        Outcome { targets: vec![report], problem: Some(problem), ..Outcome::default() }
    }

    /// Judges a target and adds what is to be reported.
    pub(super) fn add(&mut self, job: &Job, report: TargetReport, target: &Target<'_>) {
        let mut judgement = rules::judge(target, &job.judge.selection);
        let findings = std::mem::take(&mut judgement.findings);
        let judges: Vec<&str> = judgement.passed.iter().chain(&judgement.failed).copied().collect();
        let unknown = judgement.unknown.len();
        let rules = states(judgement);
        let secrets = &target.inspection.secrets;
        let entry = |finding: &Finding| Entry {
            target: report.identity.clone(),
            rule: finding.rule.id.to_owned(),
            subject: secret::mask(&finding.subject, secrets),
            severity: finding.severity,
        };
        let (findings, hidden, found) = self.settle(job, target.policy, findings, entry);
        if job.known.is_kept() {
            self.records.push(Record { target: report.identity.clone(), judges, unknown, found });
        }
        let mut sources = report.sources;
        let findings = if findings.is_empty() {
            Vec::new()
        } else {
            let schema = if report.kind == Some(TargetKind::Live) { schema_text(target) } else { None };
            let located = place(target.text, findings, secrets, schema.as_ref());
            for source in &mut sources {
                source.text = secret::mask(target.text, secrets);
            }
            let file = format!("{}/schema", report.name);
            sources.extend(schema.map(|(base, text)| Source { file, base, text: secret::mask(&text, secrets) }));
            located
        };
        self.targets.push(TargetReport {
            profile: Some(target.policy.profile.clone()),
            rules,
            view: job.view.then(|| view(target)),
            findings,
            hidden,
            sources,
            ..report
        });
    }

    /// Takes out what isn't to be shown, marks what is known, and notes whether the rest, shown or not, fails the run.
    /// Gives also what a baseline would hold.
    fn settle(
        &mut self,
        job: &Job,
        policy: &Policy,
        findings: Vec<Finding>,
        entry: impl Fn(&Finding) -> Entry,
    ) -> (Vec<(Finding, bool)>, Hidden, Baseline) {
        let mut hidden = Hidden::default();
        let mut found = Baseline::default();
        let mut shown = Vec::new();
        for mut finding in findings {
            if job.judge.accepts(policy, &finding) {
                hidden.ignored += 1;
                continue;
            }
            let mut known = false;
            if job.known.is_kept() && !self.cut_off {
                let entry = entry(&finding);
                known = job.known.covers(&entry, &found);
                found.add(entry);
            }
            self.failed |= !known && job.judge.fail_on.fails(finding.severity);
            if job.min_severity.is_some_and(|least| finding.severity < least) {
                hidden.below += 1;
                continue;
            }
            if !job.names {
                finding.people.clear();
            }
            shown.push((finding, known));
        }
        (shown, hidden, found)
    }
}
