//! The formats that show a run: one file a format, one line in [`FORMATS`].
//!
//! A format gets a final [`Run`]: hidden findings are removed and counted, places are looked up, credentials are masked.
//! It writes and decides nothing.

mod azure;
mod compact;
mod connection;
mod differences;
mod edits;
mod evaluation;
mod excerpt;
mod fingerprint;
mod fixes;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod next;
mod operation;
mod page;
mod pretty;
mod preview;
mod probe;
mod registry;
mod rehearsal;
mod sarif;
mod summary;
mod unjudged;
mod written;

use crate::check::{App, LocatedFinding, LocatedPlace, RuleReport, RuleState, Run, Source, TargetKind, TargetReport};
use crate::check::{MappingRow, MappingTable, View};

pub use connection::{ConnectionReport, ConnectionStep};
pub use differences::{DIFFERENCE_FORMATS, DifferenceReport};
pub use edits::of as fix_edits;
pub use evaluation::{Evaluation, evaluation_json, evaluation_page};
pub use excerpt::Excerpt;
pub use fixes::{FIX_FORMATS, consequence_lines, write_plan};
pub use json::REPORT_SCHEMA;
pub use operation::{EventReport, GuideReport, OnDemandReport, StatusReport};
pub use page::explained;
pub use preview::{PreviewReport, RequestsShown, UserPreview};
pub use probe::ProbeReport;
pub use registry::{Form, Format, LOG_FORMS, Offered, PAGE_FORMS, TABLE_FORMS};
pub use rehearsal::{REHEARSAL_FORMATS, RehearsalReport};
pub use summary::{counted, counts_of};
pub use unjudged::gaps;
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

/// Whether a format shows the configuration itself, which is collected only for such a format.
pub fn shows_view(format: &Format) -> bool {
    format.name == html::FORMAT.name
}

/// Whether a format says what could not be evaluated. A list of findings has no place for that.
pub fn tells_gaps(format: &Format) -> bool {
    ![json::JSONL.name, gitlab::FORMAT.name].contains(&format.name)
}

/// The format of the summary that is written in addition: GitHub shows the summary of a step in Markdown.
pub fn step_summary(format: &Format) -> Option<&'static Format> {
    (format.name == github::FORMAT.name).then_some(&markdown::FORMAT)
}

impl Style {
    /// The width at which the lines of a log are folded.
    fn columns(&self) -> Option<usize> {
        self.folds.then_some(self.width)
    }
}

/// Renders a diagnostic other than a finding in the same style.
pub fn render(diagnostic: &dyn miette::Diagnostic, style: &Style) -> String {
    format!("{}\n", pretty::rendered(&pretty::handler(style), diagnostic))
}

/// The capabilities of the terminal, and how much to show.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Escape sequences for colours.
    pub color: bool,
    /// Box-drawing characters.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
    /// Whether the lines of a log are folded at that width; elsewhere they stay whole, so that they can be searched.
    pub folds: bool,
    /// Also show what was skipped, and why.
    pub verbose: bool,
    /// Show only findings.
    pub quiet: bool,
}
