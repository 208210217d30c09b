//! One line per finding, in the form that editors and `grep` know.

use std::io;

use super::{Format, Run, Style, summary};
use crate::text::Outlet;

pub(super) const FORMAT: Format = Format {
    name: "compact",
    about: "one line per finding: file:line:column: severity[rule] message",
    document: false,
    write,
};

fn write(run: &Run, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    for (target, found) in run.worst_first() {
        let finding = &found.finding;
        let place = target.whereabouts(found);
        let severity = summary::painted(finding.severity, finding.severity.as_str());
        out.line(format_args!("{place}: {severity}[{}] {}", finding.rule.id, finding.message))?;
    }
    summary::write(run, style, out)
}
