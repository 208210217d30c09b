//! For people: a line for each difference.

use std::io::{self, Write};

use colored::{ColoredString, Colorize};

use super::{DifferenceReport, Kind, value, whole};
use crate::report::summary::counted;
use crate::report::{Format, Style};
use crate::text::printable;

pub(super) const FORMAT: Format<DifferenceReport> =
    Format { name: "pretty", about: "a line for each difference", document: false, write };

fn write(report: &DifferenceReport, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (old, new) = (printable(&report.old), printable(&report.new));
    if report.is_empty() {
        return writeln!(out, "{} between {old} and {new}", "No differences".green().bold());
    }
    writeln!(out, "{}\n{}", format!("--- {old}").bold(), format!("+++ {new}").bold())?;
    for difference in &report.lines {
        let subject = printable(&difference.subject).bold();
        let line = |sign: ColoredString, thing| format!("{sign} {subject} {}", whole(thing)).trim_end().to_owned();
        match difference.kind {
            Kind::Added => writeln!(out, "{}", line("+".green(), difference.new.as_ref()))?,
            Kind::Removed => writeln!(out, "{}", line("-".red(), difference.old.as_ref()))?,
            Kind::Changed => {
                let property = difference.property.as_deref().unwrap_or_default();
                let (old, new) = (value(difference.old.as_ref()).red(), value(difference.new.as_ref()).green());
                writeln!(out, "{} {subject} {}: {old} -> {new}", "~".yellow(), printable(property))?;
            }
        }
    }
    let counts = Kind::ALL.into_iter().map(|kind| (report.count(kind), kind)).filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, kind)| format!("{count} {}", kind.as_str())).collect();
    writeln!(out, "{}: {}", counted(report.lines.len(), "difference"), counts.join(", "))
}
