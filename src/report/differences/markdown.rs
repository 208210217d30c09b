//! The differences as a table, for pull requests and summaries of pipelines.

use std::io;

use super::{DifferenceReport, Kind, value, whole};
use crate::report::markdown::code;
use crate::report::{Format, Style};
use crate::text::Outlet;

pub(super) const FORMAT: Format<DifferenceReport> =
    Format { name: "markdown", about: "a table, for pull requests", document: true, write };

fn write(report: &DifferenceReport, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    if report.is_empty() {
        return out.line(format_args!("No differences between {} and {}.", code(&report.old), code(&report.new)));
    }
    out.lines_of(format_args!("| | What | {} | {} |\n|---|---|---|---|", code(&report.old), code(&report.new)))?;
    for difference in &report.lines {
        let kind = difference.kind;
        let (old, new) = match kind {
            Kind::Added => (String::new(), whole(difference.new.as_ref())),
            Kind::Removed => (whole(difference.old.as_ref()), String::new()),
            Kind::Changed => (value(difference.old.as_ref()), value(difference.new.as_ref())),
        };
        let property =
            difference.property.as_deref().map(|property| format!(" {}", code(property))).unwrap_or_default();
        out.line(format_args!(
            "| {} | {}{property} | {} | {} |",
            kind.as_str(),
            code(&difference.subject),
            code(&old),
            code(&new)
        ))?;
    }
    Ok(())
}
