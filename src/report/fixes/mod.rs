//! What fixes change, why, and what is left: one file a format, one line in [`FIX_FORMATS`].

mod json;
mod patch;
mod pretty;

use super::{App, Format, TargetKind};
use crate::finding::{Applicability, Finding};
use crate::fix::Made;
use crate::fix::diff::{Hunk, Sign};

/// Every format that shows fixes; the first is the default.
pub static FIX_FORMATS: &[Format<FixRun>] = &[pretty::FORMAT, json::FORMAT, patch::FORMAT];

pub use pretty::{consequence_lines, write_plan};

/// Fixes of everything a run looked at, in the order in which it was asked to.
#[derive(Debug, Default)]
pub struct FixRun {
    /// Whether nothing was to be written.
    pub dry_run: bool,
    /// The targets.
    pub targets: Vec<FixTarget>,
}

/// Fixes of one target. Credentials are masked everywhere in it.
#[derive(Debug, Default)]
pub struct FixTarget {
    /// The file's name as given.
    pub name: String,
    /// What it is; `None` where that could not be told.
    pub kind: Option<TargetKind>,
    /// The enterprise application, where the input names it.
    pub app: Option<App>,
    /// Whether it holds anything that rules can judge.
    pub checked: bool,
    /// The fixes in the order in which they are made.
    pub made: Vec<Made>,
    /// The lines that they change.
    pub hunks: Vec<Hunk>,
    /// Whether the text is one line.
    pub one_line: bool,
    /// What is still found after the fixes.
    pub left: Vec<Finding>,
    /// The rules that could not judge what is there after the fixes, with the reasons.
    pub unknown: Vec<(&'static str, String)>,
    /// What was asked for and could not be done for want of knowledge.
    pub undone: Option<String>,
    /// What follows from the fixes for a running app, in sentences.
    pub consequences: Vec<String>,
    /// Whether the changes were shown before.
    pub shown: bool,
    /// Whether the result was written.
    pub written: bool,
    /// The file that took the result, where that is another.
    pub output: Option<String>,
    /// What of a tenant is written and read back, in the order in which that was done.
    pub done: Vec<String>,
    /// What was there before a tenant was written to.
    pub backup: Option<Backup>,
    /// The command that starts provisioning again, where it was paused.
    pub start: Option<String>,
    /// Why it could not be fixed, or not be written.
    pub error: Option<String>,
}

/// The way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub file: String,
    /// The command that puts back what it holds.
    pub restore: String,
}

/// Who or what can put a finding right that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A fix that was made, and that what is read again doesn't show yet.
    Again,
    /// A fix that changes who is matched, created or removed.
    Unsafe,
    /// A change of the tenant that stands in no schema.
    Tenant,
    /// A person alone.
    Person,
}

impl Way {
    /// The way to put a finding right.
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
    /// Puts the byte order mark before the first line, where a patch would miss it.
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

    /// Whether there is something to be done that wasn't.
    pub fn is_pending(&self) -> bool {
        !self.made.is_empty() && !self.written
    }

    /// What holds the result.
    pub fn result(&self) -> &str {
        self.output.as_ref().unwrap_or(&self.name)
    }

    /// What is left and goes one way.
    pub fn left_for(&self, way: Way) -> impl Iterator<Item = &Finding> {
        self.left.iter().filter(move |finding| Way::of(finding) == way)
    }
}

impl FixRun {
    /// How many fixes there are.
    pub fn made(&self) -> usize {
        self.targets.iter().map(|target| target.made.len()).sum()
    }
}
