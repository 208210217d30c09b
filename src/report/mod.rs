//! What a run found, and the formats that show it: one file a format, one line in [`FORMATS`].
//!
//! A format gets a [`Run`], which is settled: hidden findings are taken out and counted, places are looked up,
//! credentials are masked. It writes and decides nothing.

mod azure;
mod compact;
mod differences;
mod edits;
mod excerpt;
mod fingerprint;
mod fixes;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod operation;
mod pretty;
mod preview;
mod probe;
mod registry;
mod sarif;
mod state;
mod summary;
mod view;
mod written;

use crate::document::Pointer;
use crate::document::Position;
use crate::finding::{Finding, Severity};

pub use differences::{DIFFERENCE_FORMATS, DifferenceReport};
pub use edits::of as fix_edits;
pub use excerpt::Excerpt;
pub use fixes::{Backup, FIX_FORMATS, FixRun, FixTarget, Way, consequence_lines, write_plan};
pub use json::REPORT_SCHEMA;
pub use operation::{EventReport, GuideReport, OnDemandReport, StatusReport, counts};
pub(crate) use pretty::COMMAND;
pub use preview::{PreviewReport, UserPreview};
pub use probe::ProbeReport;
pub use registry::{Form, Format, LOG_FORMS, Offered, PAGE_FORMS, TABLE_FORMS};
pub use state::{RuleReport, RuleState};
pub use summary::{counted, counts_of};
pub use view::{Assigned, MappingRow, MappingTable, View};
pub use written::{line as json_line, page as json_page};

/// Every format; the first is the default.
pub static FORMATS: &[Format] = &[
    pretty::FORMAT,
    compact::FORMAT,
    json::JSON,
    json::JSONL,
    sarif::FORMAT,
    github::FORMAT,
    azure::FORMAT,
    gitlab::FORMAT,
    junit::FORMAT,
    markdown::FORMAT,
    html::FORMAT,
];

/// Whether a format shows what a configuration looks like, which is gathered for no other.
pub fn shows_view(format: &Format) -> bool {
    format.name == html::FORMAT.name
}

/// What the reader of a format shows beside it: GitHub the summary of a step, in Markdown.
pub fn step_summary(format: &Format) -> Option<&'static Format> {
    (format.name == github::FORMAT.name).then_some(&markdown::FORMAT)
}

/// A diagnostic that is no finding, in the same look.
pub fn render(diagnostic: &dyn miette::Diagnostic, style: &Style) -> String {
    format!("{}\n", pretty::rendered(&pretty::handler(style), diagnostic))
}

/// What the reader's screen can do, and how much they want to read.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Escape sequences for colours.
    pub color: bool,
    /// Box-drawing characters.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
    /// Say also what was skipped, and why.
    pub verbose: bool,
    /// Findings alone.
    pub quiet: bool,
}

/// Everything a run looked at, in the order in which it was asked to.
#[derive(Debug, Default)]
pub struct Run {
    /// The targets.
    pub targets: Vec<TargetReport>,
}

/// What a target is.
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

/// What was found in one target.
#[derive(Debug, Default)]
pub struct TargetReport {
    /// The file's name as given, with a pointer where the file holds several targets.
    pub name: String,
    /// The file as other programs find it, from the root of the repository, with forward slashes; `None` for what is no
    /// file that findings have their lines in.
    pub path: Option<String>,
    /// What tells it from other targets wherever the program is run: the path, with a pointer where the file holds
    /// several, else the name.
    pub identity: String,
    /// The texts that findings have their places in: the file's, and of an app that was read live its schema's too.
    pub sources: Vec<Source>,
    /// What it is; `None` where that could not be told.
    pub kind: Option<TargetKind>,
    /// The enterprise application, where the input names it.
    pub app: Option<App>,
    /// The profile it was judged by; `None` where it wasn't.
    pub profile: Option<String>,
    /// What became of every rule that was to judge it, in the catalogue's order.
    pub rules: Vec<RuleReport>,
    /// What it looks like, where a format shows that.
    pub view: Option<View>,
    /// Why it could not be judged.
    pub error: Option<String>,
    /// What is wrong, in the order of the file, with what the baseline knows.
    pub findings: Vec<LocatedFinding>,
    /// What was found but isn't shown.
    pub hidden: Hidden,
}

/// A text that findings have their places in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The file's name as given.
    pub file: String,
    /// Where the text stands in what was judged as a whole.
    pub base: Pointer,
    /// The text, credentials masked; empty where there are no findings to show in it.
    pub text: String,
}

impl TargetReport {
    /// The text that a place is in.
    pub fn source(&self, place: &LocatedPlace) -> &Source {
        &self.sources[place.source]
    }

    /// A place as `file:line:column`, or what was judged where there is none.
    pub fn whereabouts(&self, place: Option<&LocatedPlace>) -> String {
        match place {
            Some(place) => format!("{}:{}:{}", self.source(place).file, place.start.line, place.start.column),
            None => self.file().to_owned(),
        }
    }

    /// The name of what was judged as a whole.
    pub fn file(&self) -> &str {
        self.sources.first().map_or(&self.name, |source| &source.file)
    }

    /// The findings that the baseline doesn't know.
    pub fn news(&self) -> impl Iterator<Item = &LocatedFinding> {
        self.findings.iter().filter(|found| !found.baselined)
    }

    /// Whether the baseline has some of it.
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

/// Findings that were taken out of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Accepted by an `ignore:` entry of the policy.
    pub ignored: usize,
    /// Below `--min-severity`.
    pub below: usize,
}

/// A finding with the place it points at.
#[derive(Debug)]
pub struct LocatedFinding {
    /// The finding.
    pub finding: Finding,
    /// Where it is, where that is in a text.
    pub place: Option<LocatedPlace>,
    /// Whether the baseline knows it: then it is counted, and shown to programs alone.
    pub baselined: bool,
}

/// A place as people count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedPlace {
    /// Which of the target's sources it is in.
    pub source: usize,
    /// The pointer as the file spells it.
    pub pointer: Pointer,
    /// The first character.
    pub start: Position,
    /// The character behind the last.
    pub end: Position,
}

impl Run {
    /// Every finding that the baseline doesn't know, with its target.
    pub fn findings(&self) -> impl Iterator<Item = (&TargetReport, &LocatedFinding)> {
        self.targets.iter().flat_map(|target| target.news().map(move |finding| (target, finding)))
    }

    /// The same, worst first.
    pub fn worst_first(&self) -> Vec<(&TargetReport, &LocatedFinding)> {
        let mut findings: Vec<_> = self.findings().collect();
        findings.sort_by_key(|(_, found)| std::cmp::Reverse(found.finding.severity));
        findings
    }

    /// How many findings the baseline knows.
    pub fn baselined(&self) -> usize {
        self.targets.iter().flat_map(|target| &target.findings).filter(|found| found.baselined).count()
    }

    /// How many findings of a severity are shown.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings().filter(|(_, found)| found.finding.severity == severity).count()
    }

    /// How many findings have a fix that can be applied.
    pub fn fixable(&self) -> usize {
        let fixable = |found: &LocatedFinding| found.finding.fix.as_ref().is_some_and(|fix| !fix.changes.is_empty());
        self.findings().filter(|(_, found)| fixable(found)).count()
    }

    /// What isn't shown, over all targets.
    pub fn hidden(&self) -> Hidden {
        self.targets.iter().fold(Hidden::default(), |sum, target| Hidden {
            ignored: sum.ignored + target.hidden.ignored,
            below: sum.below + target.hidden.below,
        })
    }
}
