//! The outcome of a text: what is shown, what is counted, and whether it fails the run.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::located::{Unlocated, locate_all};
use super::view::view;
use super::{
    CheckError, Hidden, Judge, Known, PassedOver, Record, RuleReport, RuleState, Source, TargetKind, TargetReport,
};
use crate::baseline::{Baseline, Entry};
use crate::finding::{Finding, Severity};
use crate::policy::Policy;
use crate::rules::{self, Judgement, Target};

/// How a run checks every text.
#[derive(Debug)]
pub struct Options {
    /// The policies, the rules, the day.
    pub judge: Judge,
    /// The least severity that is shown.
    pub min_severity: Option<Severity>,
    /// Whether findings name the people they are about.
    pub names: bool,
    /// Whether a report shows what configurations look like.
    pub view: bool,
    /// The findings that are not new.
    pub known: Known,
    /// The states of rules that targets have so far.
    pub states: States,
}

/// The states of all rules, which most targets of a run have in common: each list is kept once.
#[derive(Debug, Default)]
pub struct States(Mutex<Vec<Arc<[RuleReport]>>>);

impl States {
    /// The most different lists that are compared.
    const MOST: usize = 32;

    fn shared(&self, rules: Vec<RuleReport>) -> Arc<[RuleReport]> {
        // Every change is a single insertion, so the list is valid even after a panic elsewhere.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |other: &&Arc<[RuleReport]>| {
            other.len() == rules.len() && other.iter().zip(&rules).all(|(one, other)| one.is_same(other))
        };
        if let Some(same) = known.iter().find(is_same) {
            return Arc::clone(same);
        }
        let rules: Arc<[RuleReport]> = rules.into();
        if known.len() < Self::MOST {
            known.push(Arc::clone(&rules));
        }
        rules
    }
}

impl Options {
    /// Shows every finding.
    pub fn new(judge: Judge) -> Self {
        let known = Known::Nothing;
        Options { judge, min_severity: None, names: false, view: false, known, states: States::default() }
    }
}

/// How a text came to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// Its file was named, or it is standard input.
    Named,
    /// Its file was found in a directory.
    Walked,
    /// It was built from a folder that EntraExporter wrote for one app.
    Exporter,
    /// Its file was found in a directory and is a backup that this program wrote, which is not configuration.
    Backup,
    /// Its file was found in a directory and is not read: a link to a file that is not one of the directory's, a pipe, a
    /// device.
    Link,
    /// It was read from the tenant.
    Live,
}

/// The name of a text, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The name, as reports show it.
    pub name: String,
    /// The path of its file from the root of the repository; `None` without a file.
    pub path: Option<String>,
    /// How it came to be checked.
    pub kind: InputKind,
}

impl Origin {
    /// A text without a file of its own.
    pub fn named(name: &str) -> Self {
        Origin { name: name.to_owned(), path: None, kind: InputKind::Named }
    }

    /// An app of the tenant.
    pub fn live(app: &str) -> Self {
        Origin { name: format!("graph:{app}"), path: None, kind: InputKind::Live }
    }

    /// Whether it was found in a directory, where JSON of other kinds is skipped.
    pub fn is_walked(&self) -> bool {
        matches!(self.kind, InputKind::Walked | InputKind::Exporter | InputKind::Backup | InputKind::Link)
    }

    /// A report on `part` of the text, to be completed.
    pub(super) fn report(&self, part: &str) -> TargetReport {
        TargetReport {
            name: format!("{}{part}", self.name),
            identity: self.path.clone().unwrap_or_else(|| self.name.clone()),
            // The text built from an exporter's folder has no lines that other programs could show.
            path: self.path.clone().filter(|_| self.kind != InputKind::Exporter),
            // The text is added if there are findings to show in it.
            sources: vec![Source { file: self.name.clone(), ..Source::default() }],
            ..TargetReport::default()
        }
    }
}

/// The outcome of one text.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Every resource in it.
    pub targets: Vec<TargetReport>,
    /// Why it, or a part of it, could not be checked.
    pub error: Option<CheckError>,
    /// The findings in each target, if there is a baseline.
    pub records: Vec<Record>,
    /// The file, if it is not configuration.
    pub passed_over: Option<PassedOver>,
    /// Whether a finding, shown or not, fails the run.
    pub failed: bool,
    /// Whether it contains anything that requirements apply to.
    pub checked: bool,
    /// Whether it is cut off, so that it cannot be compared with a baseline.
    pub cut_off: bool,
}

/// The days from a time to a day.
fn age(time: &str, today: Date) -> Option<i64> {
    let taken = TimeZone::UTC.to_datetime(time.parse::<Timestamp>().ok()?).date();
    Some(today.duration_since(taken).as_hours() / 24)
}

impl Outcome {
    /// The outcome of a text that could not be read; `message` says why.
    pub fn unread(origin: &Origin, message: String) -> Self {
        let report = TargetReport { error: Some(message), ..origin.report("") };
        Outcome { targets: vec![report], ..Outcome::default() }
    }

    /// The outcome of a text that could not be checked.
    pub(super) fn broken(origin: &Origin, error: CheckError) -> Self {
        let unread = Outcome::unread(origin, error.to_string());
        Outcome { error: Some(error), ..unread }
    }

    /// The outcome of a file in a directory that is not configuration.
    pub fn passed_over(origin: &Origin) -> Self {
        let file = PassedOver { name: origin.name.clone(), is_link: origin.kind == InputKind::Link };
        Outcome { passed_over: Some(file), ..Outcome::default() }
    }

    /// Checks a target and adds its report. Its findings have no places yet: see [`Outcome::locate`].
    pub(super) fn add(&mut self, options: &Options, report: TargetReport, target: &Target<'_>) -> Unlocated {
        let Judgement { findings, rules } = rules::judge(target, &options.judge.selection);
        let is_evaluated = |report: &&RuleReport| matches!(report.state, RuleState::Passed | RuleState::Failed);
        let evaluated = rules.iter().filter(is_evaluated).map(|report| report.rule.id).collect();
        let entry = |finding: &Finding| Entry {
            target: report.identity.clone(),
            rule: finding.rule.id.to_owned(),
            subject: finding.subject.clone(),
            severity: finding.severity,
        };
        let (findings, hidden, found) = self.settle(options, target.policy, findings, entry);
        if options.known.is_kept() {
            self.records.push(Record { target: report.identity.clone(), evaluated, found });
        }
        let schema = target.schema.as_ref().filter(|_| report.kind == Some(TargetKind::Live));
        let schema = schema.map(|schema| schema.pointer.clone());
        let unlocated = Unlocated { target: self.targets.len(), findings, schema };
        let taken_at = target.snapshot.and_then(|snapshot| snapshot.provlint.exported_at.as_deref());
        let report = TargetReport {
            profile: Some(target.policy.applied_profile()),
            taken_at: taken_at.map(str::to_owned),
            age: taken_at.and_then(|time| age(time, options.judge.today)),
            expected_groups: target.policy.groups.len(),
            rules: options.states.shared(rules),
            view: options.view.then(|| view(target)),
            hidden,
            ..report
        };
        self.targets.push(report);
        unlocated
    }

    /// Gives the findings of all targets their places in the text that was checked, which is read once for all of them.
    pub(super) fn locate(&mut self, text: &str, unlocated: Vec<Unlocated>) {
        let unlocated: Vec<Unlocated> = unlocated.into_iter().filter(|one| !one.findings.is_empty()).collect();
        if unlocated.is_empty() {
            return;
        }
        let text: Arc<str> = text.into();
        for (index, schema, findings) in locate_all(&text, unlocated) {
            let target = &mut self.targets[index];
            for source in &mut target.sources {
                source.text = Arc::clone(&text);
            }
            let file = format!("{}/schema", target.name);
            target.sources.extend(schema.map(|(base, text)| Source { file, base, text: text.into() }));
            target.findings = findings;
        }
    }

    /// Removes hidden findings, marks known ones, and notes whether the rest, shown or not, fails the run. The baseline
    /// holds what would be written.
    fn settle(
        &mut self,
        options: &Options,
        policy: &Policy,
        findings: Vec<Finding>,
        entry: impl Fn(&Finding) -> Entry,
    ) -> (Vec<(Finding, bool)>, Hidden, Baseline) {
        let mut hidden = Hidden::default();
        let mut found = Baseline::default();
        let mut shown = Vec::new();
        for mut finding in findings {
            if options.judge.accepts(policy, &finding) {
                hidden.ignored += 1;
                continue;
            }
            let mut known = false;
            if options.known.is_kept() && !self.cut_off {
                let entry = entry(&finding);
                known = options.known.covers(&entry, &found);
                found.add(entry);
            }
            self.failed |= !known && options.judge.fail_on.fails(finding.severity);
            if options.min_severity.is_some_and(|least| finding.severity < least) {
                hidden.below += 1;
                continue;
            }
            if !options.names {
                finding.people.clear();
            }
            shown.push((finding, known));
        }
        (shown, hidden, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{FailOn, text};
    use crate::policy::Policies;

    fn options() -> Options {
        let mut options = Options::new(Judge::by(Policies::built_in().with_groups(&["TOTAL-Admin".to_owned()])));
        options.judge.today = "2026-11-30".parse().unwrap();
        options
    }

    fn fixture(name: &str) -> String {
        std::fs::read_to_string(format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn checked(options: &Options, origin: &Origin, name: &str) -> Outcome {
        text(options, origin, &fixture(name))
    }

    #[test]
    fn a_report_says_when_it_was_taken_what_it_expects_and_what_it_looks_like() {
        let mut options = options();
        let target = checked(&options, &Origin::named("a.json"), "snapshot.json").targets.remove(0);
        assert_eq!((target.taken_at.as_deref(), target.age), (Some("2026-10-05T09:20:00Z"), Some(56)));
        assert_eq!((target.expected_groups, target.view.is_some()), (1, false));
        options.view = true;
        assert!(checked(&options, &Origin::named("a.json"), "snapshot.json").targets[0].view.is_some());
        let export = checked(&options, &Origin::named("a.json"), "default-export.json").targets.remove(0);
        assert_eq!((export.taken_at, export.age), (None, None));
    }

    #[test]
    fn only_a_file_of_its_own_has_a_path() {
        let origin = |kind| Origin { path: Some("a/b.json".to_owned()), kind, ..Origin::named("b.json") };
        let report = origin(InputKind::Named).report("");
        assert_eq!((report.path.as_deref(), report.identity.as_str()), (Some("a/b.json"), "a/b.json"));
        let report = origin(InputKind::Exporter).report("");
        assert_eq!((report.path, report.identity.as_str()), (None, "a/b.json"));
    }

    #[test]
    fn a_finding_fails_the_run_from_its_severity_on_shown_or_not() {
        for (fail_on, min_severity, failed, shown) in [
            (FailOn::Error, None, true, true),
            (FailOn::Error, Some(Severity::Error), true, true),
            (FailOn::Never, None, false, true),
        ] {
            let mut options = options();
            (options.judge.fail_on, options.min_severity) = (fail_on, min_severity);
            let outcome = checked(&options, &Origin::named("a.json"), "default-export.json");
            assert_eq!((outcome.failed, !outcome.targets[0].findings.is_empty()), (failed, shown), "{fail_on:?}");
        }
        // It has no errors.
        let mut options = options();
        (options.judge.fail_on, options.min_severity) = (FailOn::Warning, Some(Severity::Error));
        let outcome = checked(&options, &Origin::named("a.json"), "scope-filter-sales.json");
        let target = &outcome.targets[0];
        assert!(outcome.failed && target.hidden.below > 0, "{:?}", target.hidden);
    }

    #[test]
    fn that_a_file_is_cut_off_is_never_a_known_finding() {
        let mut options = options();
        options.known = Known::Listed(Baseline::default());
        let outcome = checked(&options, &Origin::named("a.json"), "truncated-export.json");
        assert_eq!((outcome.cut_off, outcome.failed, outcome.targets[0].findings.len()), (true, true, 1));
        assert!(outcome.records.iter().all(|record| record.found == Baseline::default()));
    }

    #[test]
    fn known_findings_do_not_fail_the_run_and_a_second_one_of_a_kind_does() {
        let mut options = options();
        options.known = Known::Listed(Baseline::default());
        let first = checked(&options, &Origin::named("a.json"), "default-export.json");
        assert!(
            first.failed && first.records.len() == 1 && first.targets[0].findings.iter().all(|found| !found.baselined)
        );
        options.known = Known::Listed(first.records[0].found.clone());
        let again = checked(&options, &Origin::named("a.json"), "default-export.json");
        assert!(!again.failed && again.targets[0].findings.iter().all(|found| found.baselined));
    }
}
