//! One line a finding, in the form that editors and `grep` know.

use std::io::{self, Write};

use super::{Format, Run, Style, summary};
use crate::text::printable_line;

pub(super) const FORMAT: Format = Format {
    name: "compact",
    about: "one line a finding: file:line:column: severity[rule] message",
    document: false,
    write,
};

fn write(run: &Run, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for (target, found) in run.findings() {
        let finding = &found.finding;
        let place = target.whereabouts(found.place.as_ref());
        let severity = summary::painted(finding.severity, finding.severity.as_str());
        let (place, message) = (printable_line(&place), printable_line(&finding.message));
        writeln!(out, "{place}: {severity}[{}] {message}", finding.rule.id)?;
    }
    summary::write(run, style, out)
}
