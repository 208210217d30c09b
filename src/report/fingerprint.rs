//! Names of findings that stay the same when files are reformatted, so that other tools can tell old findings from new ones.

use std::collections::HashMap;

use ring::digest::{SHA256, digest};

use super::{LocatedFinding, TargetReport};

/// Gives every finding of a run its name.
#[derive(Debug, Default)]
pub(super) struct Fingerprints<'a>(HashMap<[&'a str; 3], usize>);

impl<'a> Fingerprints<'a> {
    /// 32 hexadecimal digits made from target, rule, subject, and the number of earlier findings with the same three.
    pub(super) fn next(&mut self, target: &'a TargetReport, found: &'a LocatedFinding) -> String {
        self.of([target.identity.as_str(), found.finding.rule.id, &found.finding.subject])
    }

    /// The same for a target that could not be checked.
    pub(super) fn of_target(&mut self, target: &'a TargetReport) -> String {
        self.of([target.identity.as_str(), "", ""])
    }

    fn of(&mut self, parts: [&'a str; 3]) -> String {
        let before = self.0.entry(parts).or_default();
        // No name and no id holds a NUL.
        let name = format!("{}\0{before}", parts.join("\0"));
        *before += 1;
        digest(&SHA256, name.as_bytes()).as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
