//! Workflow commands, which GitHub shows as annotations of the files.
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use std::io;

use super::{Format, LocatedFinding, LocatedPlace, Run, Style, TargetReport, summary, unjudged};
use crate::finding::Severity;
use crate::text::{Outlet, printable};

pub(super) const FORMAT: Format =
    Format { name: "github", about: "annotations of GitHub Actions", document: true, write };

/// GitHub shows this many annotations of each kind in a step and drops the others.
const MOST: usize = 10;

fn write(run: &Run, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let (mut rest, mut unchecked) = (Vec::new(), Vec::new());
    for severity in Severity::ALL {
        let mut left = MOST;
        if severity == Severity::Error {
            for target in run.targets.iter().filter(|target| target.error.is_some()) {
                let error = target.error.as_deref().unwrap_or_default();
                if left == 0 {
                    unchecked.push(format!("{}: not checked: {error}", target.name));
                    continue;
                }
                left -= 1;
                writeln!(out.trusted()?, "{}", command(severity, target, None, "not checked", error))?;
            }
            for target in run.targets.iter().filter(|target| target.is_undecided(run.fail_on)).take(left) {
                left = left.saturating_sub(1);
                let text = unjudged::undecided(target, run.fail_on);
                writeln!(out.trusted()?, "{}", command(severity, target, None, "incomplete", &text))?;
            }
        }
        for (target, found) in run.findings().filter(|(_, found)| found.finding.severity == severity) {
            if left == 0 {
                rest.push((target, found));
                continue;
            }
            left -= 1;
            writeln!(out.trusted()?, "{}", annotation(target, found))?;
        }
    }
    let line = |(target, found): (&TargetReport, &LocatedFinding)| {
        let finding = &found.finding;
        let place = target.whereabouts(found);
        format!("{place}: {}[{}] {}", finding.severity, finding.rule.id, finding.message)
    };
    write_rest("target", unchecked, out)?;
    write_rest("finding", rest.into_iter().map(line).collect(), out)?;
    summary::write(run, style, out)
}

/// Writes findings beyond the limit of annotations to the log.
fn write_rest(noun: &str, lines: Vec<String>, out: &mut Outlet<'_>) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let more = summary::counted(lines.len(), &format!("more {noun}"));
    out.line(format_args!("{more} beyond the number that GitHub shows as annotations:"))?;
    lines.iter().try_for_each(|line| out.line(format_args!("- {}", line)))
}

fn annotation(target: &TargetReport, found: &LocatedFinding) -> String {
    let finding = &found.finding;
    let title = format!("{}: {}", finding.rule.id, finding.subject);
    let text = [&finding.message, &finding.help, &finding.rule.url()].map(String::as_str).join("\n");
    command(finding.severity, target, Some(found), &title, &text)
}

fn command(
    severity: Severity,
    target: &TargetReport,
    found: Option<&LocatedFinding>,
    title: &str,
    text: &str,
) -> String {
    let word = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(path) = &target.path {
        properties.push(format!("file={}", property(path)));
        properties.extend(found.and_then(|found| found.place.as_ref()).map(lines));
    }
    properties.push(format!("title={}", property(title)));
    let text = match &target.path {
        Some(_) => text.to_owned(),
        None => {
            format!("{}: {text}", found.map_or_else(|| target.file().to_owned(), |found| target.whereabouts(found)))
        }
    };
    format!("::{word} {}::{}", properties.join(","), data(&text))
}

/// Lines, and columns only on a single line: GitHub rejects others.
fn lines(place: &LocatedPlace) -> String {
    let (start, end) = (place.start, place.end);
    if start.line == end.line {
        format!("line={},col={},endLine={},endColumn={}", start.line, start.column, end.line, end.column)
    } else {
        format!("line={},endLine={}", start.line, end.line)
    }
}

fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_ends_where_it_should() {
        assert_eq!(property("a,line=1::b%\n"), "a%2Cline=1%3A%3Ab%25%0A");
        assert_eq!(data("a: 5%\n::error::b"), "a: 5%25%0A::error::b");
    }
}
