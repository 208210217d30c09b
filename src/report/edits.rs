//! The edits of a text that make the fixes of its findings.

use super::{LocatedFinding, Source, TargetReport};
use crate::document::{self, Change, Edit};

/// For each finding of a target, the edits of its fix, in the text where the finding is located.
pub fn of(target: &TargetReport) -> Vec<Vec<Edit>> {
    let mut edits = vec![Vec::new(); target.findings.len()];
    for (number, source) in target.sources.iter().enumerate() {
        let here = |found: &LocatedFinding| found.place.as_ref().map_or(0, |place| place.source) == number;
        let changes: Vec<Vec<Change>> =
            target.findings.iter().map(|found| if here(found) { changes(found, source) } else { Vec::new() }).collect();
        let lists: Vec<&[Change]> = changes.iter().map(Vec::as_slice).collect();
        for (edits, list) in edits.iter_mut().zip(document::edits(&source.text, &lists)) {
            edits.extend(list);
        }
    }
    edits
}

/// What a finding's fix changes in a source.
fn changes(found: &LocatedFinding, source: &Source) -> Vec<Change> {
    let fix = found.finding.fix.iter();
    fix.flat_map(|fix| &fix.changes).filter_map(|change| change.below(&source.base)).collect()
}
