//! The baseline: known findings, so that only new ones are reported.
//!
//! An entry is a rule, a subject, a target, a severity and a count. It has no line, so that reformatting a file
//! creates no new findings.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::finding::Severity;

/// The version of the file.
const VERSION: u32 = 1;

/// Known findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<Entry, usize>);

/// A known finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The target, by a name that is the same on every machine.
    pub target: String,
    /// The rule's id.
    pub rule: String,
    /// The subject of the finding.
    pub subject: String,
    /// Its severity; a higher one is a new finding.
    pub severity: Severity,
}

/// Why a text is not a baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not JSON, or has other members.
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    /// It is any other file, which is not quoted.
    #[error("it is not a JSON object")]
    NoObject,
    /// A newer program wrote it.
    #[error("it has version {0}, and this program reads version {VERSION}")]
    Version(u32),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Line>,
}

/// An entry with its count, which is omitted if it is 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    target: String,
    rule: String,
    subject: String,
    severity: Severity,
    #[serde(default = "once", skip_serializing_if = "is_once")]
    count: usize,
}

fn once() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde requires")]
fn is_once(count: &usize) -> bool {
    *count == 1
}

impl Baseline {
    /// Reads a file's text.
    ///
    /// # Errors
    /// See [`BaselineError`].
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        if !text.trim_start().starts_with('{') {
            return Err(BaselineError::NoObject);
        }
        let file: File = serde_json::from_str(text)?;
        if file.version != VERSION {
            return Err(BaselineError::Version(file.version));
        }
        let mut baseline = Baseline::default();
        for Line { target, rule, subject, severity, count } in file.findings {
            *baseline.0.entry(Entry { target, rule, subject, severity }).or_default() += count;
        }
        Ok(baseline)
    }

    /// The text of its file: sorted, one entry per line, so that a diff shows what changed.
    pub fn text(&self) -> String {
        let mut text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [");
        for (number, (entry, count)) in self.0.iter().enumerate() {
            let Entry { target, rule, subject, severity } = entry.clone();
            let line = serde_json::to_string(&Line { target, rule, subject, severity, count: *count });
            let gap = if number == 0 { "" } else { "," };
            // Strings and numbers can always be serialised, and writing to a String cannot fail.
            let _ = write!(text, "{gap}\n    {}", line.unwrap_or_default());
        }
        text.push_str(if self.0.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        text
    }

    /// Adds a finding.
    pub fn add(&mut self, entry: Entry) {
        *self.0.entry(entry).or_default() += 1;
    }

    /// Adds the entries of another baseline for other targets: a target that is checked twice counts once.
    pub fn join(&mut self, other: &Baseline) {
        for (entry, count) in &other.0 {
            let known = self.0.entry(entry.clone()).or_default();
            *known = (*known).max(*count);
        }
    }

    /// The count of `entry` with its severity or a higher one.
    pub fn count(&self, entry: &Entry) -> usize {
        let as_bad = Severity::ALL.into_iter().filter(|severity| *severity >= entry.severity);
        as_bad.filter_map(|severity| self.0.get(&Entry { severity, ..entry.clone() })).sum()
    }

    /// Whether the baseline has one more `entry` than `found`. A known error also covers a warning, but each entry covers
    /// only one finding.
    pub fn covers(&self, entry: &Entry, found: &Baseline) -> bool {
        let milder = Severity::ALL.into_iter().filter(|severity| *severity <= entry.severity);
        milder.map(|severity| Entry { severity, ..entry.clone() }).all(|entry| found.count(&entry) < self.count(&entry))
    }

    /// Every entry, sorted, with its count.
    pub fn entries(&self) -> impl Iterator<Item = (&Entry, usize)> {
        self.0.iter().map(|(entry, count)| (entry, *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(target: &str, subject: &str) -> Entry {
        let severity = Severity::Warning;
        Entry { target: target.into(), rule: "some-rule".into(), subject: subject.into(), severity }
    }

    #[test]
    fn the_text_is_sorted_counts_and_is_read_back() {
        let mut baseline = Baseline::default();
        for (target, subject) in [("b.json", "x"), ("a.json", "y\n\"z\""), ("b.json", "x")] {
            baseline.add(entry(target, subject));
        }
        let text = baseline.text();
        assert_eq!(
            text,
            r#"{
  "version": 1,
  "findings": [
    {"target":"a.json","rule":"some-rule","subject":"y\n\"z\"","severity":"warning"},
    {"target":"b.json","rule":"some-rule","subject":"x","severity":"warning","count":2}
  ]
}
"#
        );
        assert_eq!(Baseline::read(&text).unwrap(), baseline);
        assert_eq!(baseline.count(&entry("b.json", "x")), 2);
        assert_eq!(Baseline::default().text(), "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
    }

    #[test]
    fn what_got_worse_is_new_and_what_got_milder_is_not() {
        let of = |severity| Entry { severity, ..entry("a.json", "x") };
        let baseline = |severities: &[Severity]| {
            let mut baseline = Baseline::default();
            severities.iter().for_each(|severity| baseline.add(of(*severity)));
            baseline
        };
        use Severity::{Error, Info, Warning};
        for (known, found, next, covered) in [
            (&[Warning][..], &[][..], Warning, true),
            (&[Warning], &[], Error, false),
            (&[Error], &[], Warning, true),
            (&[Error], &[], Info, true),
            (&[Error], &[Warning], Error, false),
            (&[Error, Warning], &[Warning], Error, true),
            (&[Error, Warning], &[Error], Warning, true),
            (&[Error, Warning], &[Error], Error, false),
            (&[Warning, Warning], &[Warning], Error, false),
        ] {
            assert_eq!(baseline(known).covers(&of(next), &baseline(found)), covered, "{known:?} {found:?} {next:?}");
        }
    }

    #[test]
    fn another_version_and_another_file_are_refused() {
        let said = |text: &str| Baseline::read(text).unwrap_err().to_string();
        assert_eq!(said(r#"{"version": 2, "findings": []}"#), "it has version 2, and this program reads version 1");
        assert!(said("{}").contains("missing field"));
        assert!(said(r#"{"version": 1, "findings": [], "x": 1}"#).contains("unknown field"));
    }
}
