//! The fixes of a run: what is planned, what is written, what remains.

use std::collections::BTreeSet;

use super::Made;
use super::diff::{Hunk, Sign};
use crate::check::{App, AppliedProfile, RuleReport, TargetKind, open_flags};
use crate::finding::{Applicability, Finding};

/// The fixes of a run, in the order of its targets.
#[derive(Debug, Default)]
pub struct FixRun {
    /// Whether nothing is to be written.
    pub dry_run: bool,
    /// The targets.
    pub targets: Vec<FixTarget>,
    /// The number of files in directories that hold nothing to fix.
    pub passed_over: usize,
}

/// The fixes of one target, credentials masked.
#[derive(Debug, Default)]
pub struct FixTarget {
    /// The file's name as given.
    pub name: String,
    /// What it is; `None` if that is unknown.
    pub kind: Option<TargetKind>,
    /// The enterprise application, if the input names it.
    pub app: Option<App>,
    /// The profile that it was checked with; `None` if it was not checked.
    pub profile: Option<AppliedProfile>,
    /// Whether it contains anything that rules can evaluate.
    pub checked: bool,
    /// The fixes, in the order in which they are made.
    pub made: Vec<Made>,
    /// The lines that they change.
    pub hunks: Vec<Hunk>,
    /// Whether the text is one line.
    pub one_line: bool,
    /// The findings that remain after the fixes.
    pub left: Vec<Finding>,
    /// The state of every rule after the fixes.
    pub rules: Vec<RuleReport>,
    /// The requested fix that was not made, because its rule could not be evaluated.
    pub undone: Option<String>,
    /// The consequences of the fixes for a running app, in sentences.
    pub consequences: Vec<String>,
    /// Whether the changes were already shown.
    pub shown: bool,
    /// Whether the result was written.
    pub written: bool,
    /// The file with the result, if it is another.
    pub output: Option<String>,
    /// What was written to a tenant and read back, in that order.
    pub done: Vec<String>,
    /// The backup, if a tenant was written to.
    pub backup: Option<Backup>,
    /// The command that starts provisioning again, if it was paused.
    pub start: Option<String>,
    /// Why it could not be fixed or written.
    pub error: Option<String>,
}

/// A backup of what was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub file: String,
    /// The command that restores it.
    pub restore: String,
}

/// How a remaining finding can be fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a fix that was made but does not show yet.
    Again,
    /// By a fix that changes who is matched, created, disabled or removed.
    Unsafe,
    /// By a change in the tenant outside the schema.
    Tenant,
    /// Only by a person.
    Person,
}

impl Way {
    /// The way to fix a finding.
    pub fn of(finding: &Finding) -> Self {
        match &finding.fix {
            Some(fix) if fix.is_manual() => Way::Person,
            Some(fix) if fix.tenant.is_some() => Way::Tenant,
            Some(fix) if fix.applicability == Applicability::Safe => Way::Again,
            Some(_) => Way::Unsafe,
            None => Way::Person,
        }
    }
}

impl FixTarget {
    /// Puts the byte order mark before the first line, so that a patch applies.
    pub fn mark_first_line(&mut self) {
        let first = |hunk: &&mut Hunk| hunk.header.starts_with("@@ -1 ") || hunk.header.starts_with("@@ -1,");
        if let Some(hunk) = self.hunks.first_mut().filter(first) {
            let mut marked = [false, false];
            for (sign, line) in &mut hunk.lines {
                let sides: &[usize] = match sign {
                    Sign::Same => &[0, 1],
                    Sign::Old => &[0],
                    Sign::New => &[1],
                };
                if sides.iter().all(|side| !marked[*side]) {
                    line.insert(0, '\u{feff}');
                }
                sides.iter().for_each(|side| marked[*side] = true);
            }
        }
    }

    /// The rules that could not be evaluated after the fixes, with the reasons.
    pub fn unknown(&self) -> Vec<(&'static str, &str)> {
        self.rules.iter().filter_map(|report| Some((report.rule.id, report.reason()?))).collect()
    }

    /// Whether there are fixes that were not written.
    pub fn is_pending(&self) -> bool {
        !self.made.is_empty() && !self.written
    }

    /// The name of what holds the result.
    pub fn result(&self) -> &str {
        self.output.as_ref().unwrap_or(&self.name)
    }

    /// The remaining findings that can be fixed in this way.
    pub fn left_for(&self, way: Way) -> impl Iterator<Item = &Finding> {
        self.left.iter().filter(move |finding| Way::of(finding) == way)
    }
}

impl FixRun {
    /// The flags that ask for evidence that none of the targets includes.
    pub fn unanswered(&self) -> BTreeSet<&'static str> {
        let checked = self.targets.iter().filter(|target| target.error.is_none());
        open_flags(checked.map(|target| target.rules.as_slice()))
    }

    /// How many fixes there are.
    pub fn made(&self) -> usize {
        self.targets.iter().map(|target| target.made.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Judge, Origin};
    use crate::finding::Evidence;
    use crate::fix::{Allowed, AllowedInTenant, plan};
    use crate::inspection::Inspection;
    use crate::policy::Policies;
    use crate::rules::Asked;

    fn text(fixture: &str) -> String {
        std::fs::read_to_string(format!("{}/fixtures/{fixture}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn planned(text: &str, worst: Applicability) -> FixTarget {
        let mut judge = Judge::by(Policies::built_in().with_groups(&["TOTAL-Admin".to_owned()]));
        judge.selection.asked.push(Asked { evidence: Evidence::Assignments, flag: "--group" });
        let inspection = Inspection::of(text);
        let resources = inspection.read().unwrap();
        let allowed = Allowed { worst, tenant: AllowedInTenant::default() };
        plan(&judge, &Origin::named("a.json"), text, &inspection, &resources, allowed).unwrap().target
    }

    fn ways(target: &FixTarget) -> Vec<(&'static str, Way)> {
        target.left.iter().map(|finding| (finding.rule.id, Way::of(finding))).collect()
    }

    #[test]
    fn what_is_left_is_fixed_in_the_way_of_its_kind() {
        let unmatched = ways(&planned(&text("no-matching-attribute.json"), Applicability::Safe));
        assert!(unmatched.contains(&("no-matching-attribute", Way::Unsafe)), "{unmatched:?}");
        let unset = text("snapshot.json").replace("SyncAll", "Other").replace("aadOptscim", "other");
        let unset = unset.replace("\"quarantine\": null", "\"quarantine\": {\"reason\": \"Other\"}");
        let unset = ways(&planned(&unset, Applicability::Unsafe));
        assert!(unset.contains(&("scope-unset", Way::Tenant)), "{unset:?}");
        assert!(unset.contains(&("job-quarantined", Way::Person)), "{unset:?}");
        let safe = planned(&text("default-export.json"), Applicability::Safe).made;
        assert_eq!(Way::of(&safe[0].finding), Way::Again);
    }

    #[test]
    fn a_run_counts_the_fixes_of_all_targets_and_asks_for_what_the_readable_ones_lack() {
        let default = || planned(&text("default-export.json"), Applicability::Safe);
        let made = default().made.len();
        assert!(made > 0);
        let run = |targets| FixRun { dry_run: true, targets, passed_over: 0 };
        assert_eq!(run(vec![default(), default()]).made(), 2 * made);
        assert_eq!(run(vec![default()]).unanswered(), BTreeSet::from(["--group"]));
        let broken = || FixTarget { error: Some("403".to_owned()), ..FixTarget::default() };
        assert_eq!(run(vec![broken(), default()]).unanswered(), BTreeSet::from(["--group"]));
        assert_eq!(run(vec![broken()]).unanswered(), BTreeSet::new());
    }
}
