//! For people: a line for each difference.

use std::io;

use super::{DifferenceReport, Kind, value, whole};
use crate::report::summary::counted;
use crate::report::{Format, Style};
use crate::text::{Outlet, Paint, Painted};

pub(super) const FORMAT: Format<DifferenceReport> =
    Format { name: "pretty", about: "a line for each difference", document: false, write };

fn write(report: &DifferenceReport, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let (old, new) = (&report.old, &report.new);
    if report.is_empty() {
        return out.line(format_args!("{} between {old} and {new}", "No differences".green().bold()));
    }
    out.line(format!("--- {old}").bold())?;
    out.line(format!("+++ {new}").bold())?;
    for difference in &report.lines {
        let subject = difference.subject.bold();
        let line = |sign: Painted, thing| format!("{sign} {subject} {}", whole(thing)).trim_end().to_owned();
        match difference.kind {
            Kind::Added => out.line(line("+".green(), difference.new.as_ref()))?,
            Kind::Removed => out.line(line("-".red(), difference.old.as_ref()))?,
            Kind::Changed => {
                let property = difference.property.as_deref().unwrap_or_default();
                let (old, new) = (value(difference.old.as_ref()).red(), value(difference.new.as_ref()).green());
                out.line(format_args!("{} {subject} {}: {old} -> {new}", "~".yellow(), property))?;
            }
        }
    }
    let counts = Kind::ALL.into_iter().map(|kind| (report.count(kind), kind)).filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, kind)| format!("{count} {}", kind.as_str())).collect();
    out.line(format_args!("{}: {}", counted(report.lines.len(), "difference"), counts.join(", ")))
}
