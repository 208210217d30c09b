//! Logging commands, which Azure Pipelines shows as issues of the run.
//! <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#logissue-log-an-error-or-warning>

use std::io;

use super::{Format, LocatedFinding, Run, Style, TargetReport, summary, unjudged};
use crate::finding::Severity;
use crate::text::{Outlet, printable};

pub(super) const FORMAT: Format = Format { name: "azure", about: "issues of Azure Pipelines", document: true, write };

fn write(run: &Run, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    for target in run.targets.iter().filter(|target| target.error.is_some()) {
        let error = target.error.as_deref().unwrap_or_default();
        writeln!(out.trusted()?, "{}", command("error", target, None, "not-checked", error))?;
    }
    for target in run.targets.iter().filter(|target| target.is_undecided(run.fail_on)) {
        let text = unjudged::undecided(target, run.fail_on);
        writeln!(out.trusted()?, "{}", command("error", target, None, "incomplete", &text))?;
    }
    for (target, found) in run.worst_first() {
        let finding = &found.finding;
        let id = finding.rule.id;
        let kind = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            // Azure Pipelines has no such issue, so it stays a line of the log.
            Severity::Info => {
                let line = format!("{}: info[{id}] {}", target.whereabouts(found), finding.message);
                out.line(line)?;
                continue;
            }
        };
        let text = format!("{}\n{}\n{}", finding.message, finding.help, finding.rule.url());
        writeln!(out.trusted()?, "{}", command(kind, target, Some(found), id, &text))?;
    }
    summary::write(run, style, out)
}

fn command(kind: &str, target: &TargetReport, found: Option<&LocatedFinding>, code: &str, text: &str) -> String {
    let mut properties = format!("type={kind};");
    if let Some(path) = &target.path {
        properties.push_str(&format!("sourcepath={};", property(path)));
        if let Some(place) = found.and_then(|found| found.place.as_ref()) {
            properties.push_str(&format!("linenumber={};columnnumber={};", place.start.line, place.start.column));
        }
    }
    let text = match &target.path {
        Some(_) => text.to_owned(),
        None => {
            format!("{}: {text}", found.map_or_else(|| target.file().to_owned(), |found| target.whereabouts(found)))
        }
    };
    format!("##vso[task.logissue {properties}code={};]{}", property(code), data(&text))
}

fn data(text: &str) -> String {
    printable(text).replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_ends_where_it_should() {
        assert_eq!(property("a;code=b]c%\n"), "a%3Bcode=b%5Dc%AZP25%0A");
        assert_eq!(data("##vso[task.complete]"), "##vso(task.complete]");
    }
}
