//! For people: the changed lines with the reason above each, and the steps that only a person can do.

use std::io;
use std::path::Path;

use super::{Backup, FixRun, FixTarget, Way};
use crate::check::ChosenBy;
use crate::finding::Finding;
use crate::fix::diff::{Hunk, Sign};
use crate::fix::{Made, Replaced};
use crate::model::{GraphRequest, TenantChange};
use crate::report::pretty::folded;
use crate::report::summary::{counted, painted, profiles};
use crate::report::unjudged::write_unknown;
use crate::report::{Format, Style, TargetKind};
use crate::text::shell::Command;
use crate::text::{Outlet, Paint};

pub(super) const FORMAT: Format<FixRun> =
    Format { name: "pretty", about: "the changed lines, the reasons, and the remaining steps", document: false, write };

/// A longer line is not read as part of a diff.
const LONGEST_LINE: usize = 1000;

fn write(run: &FixRun, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let unseen = run.targets.iter().filter(|target| !target.made.is_empty() && !target.shown);
    for target in unseen {
        write_plan(target, style, out)?;
    }
    let several = run.targets.len() > 1;
    for way in [Way::Again, Way::Unsafe, Way::Tenant, Way::Person] {
        for target in &run.targets {
            let findings: Vec<&Finding> = target.left_for(way).collect();
            if !findings.is_empty() {
                let text = match way {
                    Way::Again => "Written but still reported: check again in a few minutes",
                    Way::Unsafe => "Needs --unsafe: changes who is matched, created, disabled or removed",
                    Way::Tenant if target.kind == Some(TargetKind::Live) => &not_without(&findings),
                    Way::Tenant => "Only in the tenant, with provlint fix --app or in the portal",
                    Way::Person => "Only a person can do this",
                };
                out.line(heading(text, target, several).bold())?;
                findings.iter().try_for_each(|finding| {
                    write_left(finding, !matches!(way, Way::Again | Way::Unsafe), style, out)
                })?;
            }
        }
    }
    for target in &run.targets {
        write_unknown(&target.name, &target.unknown(), style, out)?;
    }
    write_summary(run, out)?;
    write_way_to_tenant(run, out)?;
    for Backup { file, restore } in run.targets.iter().filter_map(|target| target.backup.as_ref()) {
        out.line(format_args!("Backup: {file}"))?;
        out.line(format_args!("To restore it: {restore}"))?;
    }
    for start in run.targets.iter().filter_map(|target| target.start.as_ref()) {
        out.line(format_args!("Provisioning is paused. To start it: {start}"))?;
    }
    Ok(())
}

/// Writes what will change, why, and the consequences.
///
/// # Errors
/// When it cannot be written.
pub fn write_plan(target: &FixTarget, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    write_changes(target, style, out)?;
    write_requests(target, style, out)?;
    consequence_lines(&target.consequences, style, out)?;
    out.line("")
}

/// Writes the consequences of a change.
///
/// # Errors
/// When it cannot be written.
pub fn consequence_lines(consequences: &[String], style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let mut lines = consequences.iter().map(|consequence| folded(&format!("! {consequence}"), "  ", style.width));
    lines.try_for_each(|line| out.lines_of(line))
}

/// The flags that allow the remaining fixes.
fn not_without(findings: &[&Finding]) -> String {
    let changes = findings.iter().filter_map(|finding| finding.fix.as_ref()?.tenant.as_ref());
    let mut flags: Vec<&str> = Vec::new();
    for change in changes {
        let flag = match change {
            TenantChange::Setting { .. } => "--unsafe",
            TenantChange::Assign { .. } => "--assign-groups",
            TenantChange::Unassign { .. } => "--unsafe --remove-unexpected",
        };
        if !flags.contains(&flag) {
            flags.push(flag);
        }
    }
    format!("Needs {}", flags.join(", "))
}

fn heading(text: &str, target: &FixTarget, several: bool) -> String {
    if several { format!("{text} ({}):", target.name) } else { format!("{text}:") }
}

fn write_changes(target: &FixTarget, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let name = &target.name;
    out.line(format!("--- {name}").bold())?;
    out.line(format!("+++ {name}").bold())?;
    let long = |hunk: &Hunk| hunk.lines.iter().any(|(_, line)| line.len() > LONGEST_LINE);
    if target.one_line || target.hunks.iter().any(long) {
        for made in &target.made {
            write_reason(made, style, out)?;
            made.values.iter().try_for_each(|value| write_value(value, out))?;
        }
        return Ok(());
    }
    let mut explained = vec![false; target.made.len()];
    target.hunks.iter().flat_map(|hunk| &hunk.reasons).for_each(|reason| explained[*reason] = true);
    // A fix that a later one replaced has no lines of its own.
    for (made, _) in target.made.iter().zip(&explained).filter(|(_, explained)| !**explained) {
        write_reason(made, style, out)?;
    }
    explained.fill(false);
    for hunk in &target.hunks {
        for reason in &hunk.reasons {
            if !std::mem::replace(&mut explained[*reason], true) {
                write_reason(&target.made[*reason], style, out)?;
            }
        }
        out.line(hunk.header.cyan())?;
        for (sign, line) in &hunk.lines {
            let (line, end) = line.strip_suffix('\n').map_or((line.as_str(), false), |line| (line, true));
            let shown = format!("{}{}", sign.as_char(), line.trim_end_matches('\r'));
            match sign {
                Sign::Same => out.line(shown)?,
                Sign::Old => out.line(shown.red())?,
                Sign::New => out.line(shown.green())?,
            }
            if !end {
                out.line("\\ No newline at end of file")?;
            }
        }
    }
    Ok(())
}

fn write_reason(made: &Made, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let finding = &made.finding;
    write_head(finding, style, out)?;
    out.lines_of(folded(&format!("  = {}", finding.help), "    ", style.width))
}

/// What is wrong, in one paragraph.
fn write_head(finding: &Finding, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let code = format!("{}[{}]", finding.severity, finding.rule.id);
    let text = folded(&format!("{code} {}", finding.message), "  ", style.width);
    // Wrapping counts the escapes of colours as letters.
    let rest = text.strip_prefix(&code).unwrap_or(&text);
    out.lines_of(format_args!("{}{rest}", painted(finding.severity, &code)))
}

fn write_value(value: &Replaced, out: &mut Outlet<'_>) -> io::Result<()> {
    out.line(value.pointer.as_str().cyan())?;
    if let Some(old) = &value.old {
        out.line(format!("- {}", old).red())?;
    }
    if let Some(new) = &value.new {
        out.line(format!("+ {}", new).green())?;
    }
    Ok(())
}

/// How fixed files reach the tenant, which fixing a file leaves as it is.
fn write_way_to_tenant(run: &FixRun, out: &mut Outlet<'_>) -> io::Result<()> {
    // What nobody chose the requirements for is not offered to be written to a named app.
    let is_chosen = |target: &FixTarget| {
        let by_default = target.profile.as_ref().is_some_and(|profile| profile.chosen_by == ChosenBy::Default);
        target.app.is_none() || !by_default
    };
    let in_file = |target: &&FixTarget| {
        let is_fixed = !target.made.is_empty() && target.error.is_none();
        target.kind != Some(TargetKind::Live) && is_fixed && is_chosen(target)
    };
    let fixed: Vec<&FixTarget> = run.targets.iter().filter(in_file).collect();
    let restore = match fixed.as_slice() {
        [] => return Ok(()),
        // Standard input has no name by which another run finds it.
        [only] if (only.written || run.dry_run) && !only.result().starts_with('<') => {
            let app = only.app.as_ref().and_then(|app| app.display_name.clone()).unwrap_or_else(|| "NAME".to_owned());
            Command::provlint("restore").operand(Path::new(only.result())).option("--app", app).to_string()
        }
        _ => "provlint restore FILE --app NAME".to_owned(),
    };
    if run.dry_run {
        return out
            .line(format_args!("A fix changes the file, not the tenant. To write the fixed file there: {restore}"));
    }
    out.line(format_args!("The tenant is unchanged. To write the fixed schema there: {restore}"))
}

/// The calls that bring the changes to the tenant, except the one that writes the schema: its path says nothing to people.
fn write_requests(target: &FixTarget, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let mut requests: Vec<&GraphRequest> =
        target.made.iter().filter_map(|made| made.finding.fix.as_ref()?.graph.as_ref()).collect();
    requests.dedup();
    requests.retain(|request| request.body.is_some() || request.method == "DELETE");
    for GraphRequest { method, path, body } in requests {
        let with = body.as_ref().map(|body| format!(" with {body}")).unwrap_or_default();
        out.lines_of(folded(&format!("In Graph: {method} {path}{with}"), "  ", style.width))?;
    }
    Ok(())
}

fn write_left(finding: &Finding, steps: bool, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    write_head(finding, style, out)?;
    if !finding.help.is_empty() {
        out.lines_of(folded(&format!("  = {}", finding.help), "    ", style.width))?;
    }
    let portal = finding.fix.iter().flat_map(|fix| &fix.portal).filter(|_| steps);
    for (number, step) in (1..).zip(portal) {
        out.lines_of(folded(&format!("    {number}. {step}"), "       ", style.width))?;
    }
    out.line("")
}

fn write_summary(run: &FixRun, out: &mut Outlet<'_>) -> io::Result<()> {
    let judged: Vec<&FixTarget> = run.targets.iter().filter(|target| target.error.is_none()).collect();
    let sum = |count: &dyn Fn(&FixTarget) -> usize| judged.iter().map(|target| count(target)).sum::<usize>();
    let place = match judged.as_slice() {
        [] => return Ok(()),
        [FixTarget { name, output: Some(output), .. }] => {
            format!("{name}, written to {output}")
        }
        [only] => only.name.clone(),
        several => counted(several.len(), "target"),
    };
    let written = sum(&|target| if target.written { target.made.len() } else { 0 });
    let pending = sum(&|target| target.made.len()) - written;
    let mut parts = Vec::new();
    if written > 0 {
        parts.push(format!("{} made", fixes(written)).green().bold().to_string());
    }
    if pending > 0 {
        parts.push(format!("{} pending", fixes(pending)).yellow().bold().to_string());
    }
    let unknown = sum(&|target| target.unknown().len());
    if parts.is_empty() {
        let nothing = if unknown > 0 { "Nothing found to fix".plain() } else { "Nothing to fix".green().bold() };
        parts.push(nothing.to_string());
    }
    let mut line = format!(
        "{} in {place} (profile {})",
        parts.join(", "),
        profiles(judged.iter().filter_map(|target| target.profile.as_ref()))
    );
    for (count, words) in [
        (sum(&|target| target.left_for(Way::Unsafe).count()), "more with --unsafe"),
        (sum(&|target| target.left_for(Way::Tenant).count()), "more in the tenant"),
        (sum(&|target| target.left_for(Way::Person).count()), "for a person"),
    ] {
        if count > 0 {
            line.push_str(&format!("; {count} {words}"));
        }
    }
    if unknown > 0 {
        line.push_str(&format!("; {} not evaluated", counted(unknown, "rule")));
    }
    if run.passed_over > 0 {
        line.push_str(&format!("; {} passed over", counted(run.passed_over, "file")));
    }
    out.line(line)
}

fn fixes(count: usize) -> String {
    format!("{count} fix{}", if count == 1 { "" } else { "es" })
}
