//! The end of a report: what was not evaluated, the line that counts, and what to do next.

use std::collections::BTreeMap;
use std::io;

use super::{Run, Style, TargetReport, next, unjudged};
use crate::check::{AppliedProfile, ChosenBy};
use crate::finding::{Finding, Severity};
use crate::text::fold::Sentence;
use crate::text::{Outlet, Paint, Painted, one_line};

/// A word in its severity's colour.
pub(super) fn painted(severity: Severity, word: &str) -> Painted {
    match severity {
        Severity::Error => word.red().bold(),
        Severity::Warning => word.yellow().bold(),
        Severity::Info => word.cyan().bold(),
    }
}

/// Writes what was not evaluated, the line that counts, and what to do next.
pub(super) fn write(run: &Run, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    unjudged::write(run, style, out)?;
    if style.quiet {
        return Ok(());
    }
    write_apps(run, out)?;
    if judged(run).next().is_none() {
        return Ok(());
    }
    let painted: Vec<String> = counts(run).map(|(severity, counted)| painted(severity, &counted).to_string()).collect();
    let none = none(run.baselined() > 0);
    let counted = match (painted.as_slice(), has_gaps(run)) {
        ([], false) => none.green().bold().to_string(),
        ([], true) => none.to_lowercase(),
        (some, _) => some.join(", "),
    };
    let incomplete = if has_gaps(run) { format!("{} ", "Incomplete:".yellow().bold()) } else { String::new() };
    let named = if run.passed_over.is_empty() || style.verbose { "" } else { " (-v names them)" };
    let counts = format!("{incomplete}{counted} {}{named}", account(run));
    Sentence::default().text(counts).write(style.columns(), out)?;
    next::lines(run).iter().try_for_each(|line| line.write(style.columns(), out))
}

/// `1 error, 2 warnings`, or that there are none; and what could not be checked.
pub(super) fn headline(run: &Run) -> String {
    let mut parts: Vec<String> = counts(run).map(|(_, counted)| counted).collect();
    if parts.is_empty() && judged(run).next().is_some() {
        parts.push(none(run.baselined() > 0).to_lowercase());
    }
    parts.extend(not_checked(run));
    let incomplete = if has_gaps(run) { "incomplete: " } else { "" };
    if parts.is_empty() { "nothing was checked".to_owned() } else { format!("{incomplete}{}", parts.join(", ")) }
}

/// The headline, and where the findings are.
pub(super) fn line(run: &Run, account: &str) -> String {
    let mut counted: Vec<String> = counts(run).map(|(_, counted)| counted).collect();
    if counted.is_empty() {
        counted.push(none(run.baselined() > 0).to_lowercase());
    }
    let incomplete = if has_gaps(run) { "incomplete: " } else { "" };
    if account.is_empty() { headline(run) } else { format!("{incomplete}{} {account}", counted.join(", ")) }
}

/// Whether a target that was checked misses evidence, so that no findings does not mean that nothing is wrong.
fn has_gaps(run: &Run) -> bool {
    judged(run).any(TargetReport::is_incomplete)
}

/// Where the findings are, how many rules passed, failed, were skipped or unknown, and what is hidden; empty if nothing
/// was checked.
pub(super) fn account(run: &Run) -> String {
    let judged: Vec<_> = judged(run).collect();
    if judged.is_empty() {
        return String::new();
    }
    let place = match judged.as_slice() {
        [only] => one_line(&only.name).into_owned(),
        several => counted(several.len(), "target"),
    };
    let profiles = profiles(judged.iter().filter_map(|target| target.profile.as_ref()));
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
    let mut account = format!("in {place} (profile {}; {})", profiles, rules.join(", "));
    let hidden = run.hidden();
    for (count, word) in [
        (run.baselined(), "in the baseline"),
        (hidden.ignored, "ignored by the policy"),
        (hidden.below, "below --min-severity"),
    ] {
        if count > 0 {
            account.push_str(&format!("; {count} {word}"));
        }
    }
    if let Some(left) = not_checked(run) {
        account.push_str(&format!("; {left}"));
    }
    if !run.passed_over.is_empty() {
        account.push_str(&format!("; {} passed over", counted(run.passed_over.len(), "file")));
    }
    account
}

/// The profiles that targets were checked with, and whether something chose them.
pub(super) fn profiles<'p>(applied: impl Iterator<Item = &'p AppliedProfile>) -> String {
    let mut by_name: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
    for profile in applied {
        by_name.entry(&profile.name).or_default().push(profile.chosen_by == ChosenBy::Default);
    }
    let words =
        by_name.into_iter().map(|(name, by_default)| match (by_default.contains(&true), by_default.contains(&false)) {
            (true, true) => format!("{name}, in part by default"),
            (true, false) => format!("{name}, by default"),
            (false, _) => name.to_owned(),
        });
    words.collect::<Vec<_>>().join(" and ")
}

fn judged(run: &Run) -> impl Iterator<Item = &TargetReport> {
    run.targets.iter().filter(|target| target.error.is_none())
}

/// The number of targets that could not be checked, in words; `None` for zero.
fn not_checked(run: &Run) -> Option<String> {
    let count = run.targets.iter().filter(|target| target.error.is_some()).count();
    (count > 0).then(|| format!("{} not checked", counted(count, "target")))
}

fn counts(run: &Run) -> impl Iterator<Item = (Severity, String)> {
    counts_of(run.findings().map(|(_, found)| &found.finding)).into_iter()
}

/// The number of findings of each severity that occurs, in words.
pub fn counts_of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<(Severity, String)> {
    let severities: Vec<Severity> = findings.map(|finding| finding.severity).collect();
    let count = |severity: Severity| severities.iter().filter(|other| **other == severity).count();
    let counts = Severity::ALL.into_iter().map(|severity| (severity, count(severity)));
    counts.filter(|(_, count)| *count > 0).map(|(severity, count)| (severity, counted(count, noun(severity)))).collect()
}

/// The words for no findings, or none besides those in the baseline.
pub(super) fn none(known: bool) -> &'static str {
    if known { "No new findings" } else { "No findings" }
}

/// A line for each app, if there are several.
fn write_apps(run: &Run, out: &mut Outlet<'_>) -> io::Result<()> {
    let apps: Vec<&TargetReport> = run.targets.iter().filter(|target| target.is_live()).collect();
    if apps.len() < 2 {
        return Ok(());
    }
    let name =
        |target: &TargetReport| one_line(target.name.strip_prefix("graph:").unwrap_or(&target.name)).into_owned();
    let widest = apps.iter().map(|target| textwrap::core::display_width(&name(target))).max().unwrap_or_default();
    let heads = ["errors", "warnings", "notes", "unknown"];
    out.line(format_args!("{:widest$}  {}", "app", heads.join("  ")))?;
    for app in apps {
        let name = name(app);
        let padding = " ".repeat(widest - textwrap::core::display_width(&name));
        if let Some(error) = &app.error {
            out.line(format_args!("{name}{padding}  {}", error))?;
            continue;
        }
        let of = |severity| app.news().filter(|found| found.finding.severity == severity).count();
        let counts = [of(Severity::Error), of(Severity::Warning), of(Severity::Info), app.unknown().len()];
        let cells: Vec<String> =
            heads.iter().zip(counts).map(|(head, count)| format!("{count:>width$}", width = head.len())).collect();
        out.line(format_args!("{name}{padding}  {}", cells.join("  ")))?;
    }
    out.line("")
}

fn noun(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// `1 rule`, `2 rules`
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
