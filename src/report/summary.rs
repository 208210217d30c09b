//! The last line, which counts.

use std::io::{self, Write};

use colored::{ColoredString, Colorize};

use super::{Run, Style, TargetKind, TargetReport};
use crate::document::printable_line;
use crate::finding::Severity;

/// A word in its severity's colour.
pub(super) fn painted(severity: Severity, word: &str) -> ColoredString {
    match severity {
        Severity::Error => word.red().bold(),
        Severity::Warning => word.yellow().bold(),
        Severity::Info => word.cyan().bold(),
    }
}

/// Says what couldn't be judged, and counts.
pub(super) fn write(run: &Run, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for target in &run.targets {
        write_unjudged("unknown", "could not be judged", &target.name, &target.unknown(), style.verbose, out)?;
        if style.verbose {
            write_unjudged("skipped", "had nothing to judge by, without", &target.name, &target.skipped(), true, out)?;
        }
    }
    if style.quiet {
        return Ok(());
    }
    write_apps(run, out)?;
    let judged: Vec<_> = run.targets.iter().filter(|target| target.error.is_none()).collect();
    if judged.is_empty() {
        return Ok(());
    }
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (severity, run.count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| painted(severity, &counted(count, noun(severity))).to_string())
        .collect();
    let none = if run.baselined() > 0 { "No new findings" } else { "No findings" };
    let counts = if counts.is_empty() { none.green().bold().to_string() } else { counts.join(", ") };
    let place = match judged.as_slice() {
        [only] => printable_line(&only.name).into_owned(),
        several => counted(several.len(), "target"),
    };
    let mut profiles: Vec<&str> = judged.iter().filter_map(|target| target.profile.as_deref()).collect();
    profiles.sort_unstable();
    profiles.dedup();
    let sum = |count: fn(&TargetReport) -> usize| judged.iter().map(|target| count(target)).sum::<usize>();
    let mut rules = vec![format!("{} passed", counted(sum(TargetReport::passed), "rule"))];
    for (count, word) in [
        (sum(TargetReport::failed), "failed"),
        (sum(|target| target.skipped().len()), "skipped"),
        (sum(|target| target.unknown().len()), "unknown"),
    ] {
        if count > 0 {
            rules.push(format!("{count} {word}"));
        }
    }
    let mut line = format!("{counts} in {place} (profile {}; {})", profiles.join(", "), rules.join(", "));
    let hidden = run.hidden();
    for (count, word) in [
        (run.baselined(), "in the baseline"),
        (hidden.ignored, "ignored by the policy"),
        (hidden.below, "below --min-severity"),
    ] {
        if count > 0 {
            line.push_str(&format!("; {count} {word}"));
        }
    }
    writeln!(out, "{line}")
}

/// A line for each app, where there are several.
fn write_apps(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let apps: Vec<&TargetReport> = run.targets.iter().filter(|target| target.kind == Some(TargetKind::Live)).collect();
    if apps.len() < 2 {
        return Ok(());
    }
    let name =
        |target: &TargetReport| printable_line(target.name.strip_prefix("graph:").unwrap_or(&target.name)).into_owned();
    let widest = apps.iter().map(|target| textwrap::core::display_width(&name(target))).max().unwrap_or_default();
    let heads = ["errors", "warnings", "notes", "unknown"];
    writeln!(out, "{:widest$}  {}", "app", heads.join("  "))?;
    for app in apps {
        let name = name(app);
        let blanks = " ".repeat(widest - textwrap::core::display_width(&name));
        if let Some(error) = &app.error {
            writeln!(out, "{name}{blanks}  {}", printable_line(error))?;
            continue;
        }
        let of = |severity| app.news().filter(|found| found.finding.severity == severity).count();
        let counts = [of(Severity::Error), of(Severity::Warning), of(Severity::Info), app.unknown().len()];
        let cells: Vec<String> =
            heads.iter().zip(counts).map(|(head, count)| format!("{count:>width$}", width = head.len())).collect();
        writeln!(out, "{name}{blanks}  {}", cells.join("  "))?;
    }
    writeln!(out)
}

/// Rules that share a reason, in one line, or by name where they are few or all is to be told.
fn write_unjudged(
    state: &str,
    said: &str,
    target: &str,
    rules: &[(&str, &str)],
    all: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    const FEW: usize = 3;
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    for (rule, reason) in rules {
        match by_reason.iter_mut().find(|(other, _)| other == reason) {
            Some((_, rules)) => rules.push(rule),
            None => by_reason.push((reason, vec![rule])),
        }
    }
    for (reason, rules) in by_reason {
        let names = if all || rules.len() <= FEW { rules.join(", ") } else { counted(rules.len(), "rule") };
        let (target, reason) = (printable_line(target), printable_line(reason));
        writeln!(out, "{target}: {state}: {names} {said}: {reason}")?;
    }
    Ok(())
}

fn noun(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// `1 rule`, `2 rules`
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
