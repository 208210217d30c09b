//! Markdown, for comments on pull requests, tickets, and the summaries of pipelines.

mod escape;

use std::io::{self, Write};

use super::state::by_reason;
use super::{Format, LocatedFinding, Run, Style, TargetReport, summary};
pub(super) use escape::code;
use escape::prose;

pub(super) const FORMAT: Format =
    Format { name: "markdown", about: "a table, for pull requests and tickets", document: true, write };

/// GitHub takes comments of 65,536 characters, and what comes behind the findings needs some room too.
const LONGEST: usize = 50_000;

fn write(run: &Run, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## provlint: {}\n", summary::headline(run))?;
    for target in run.targets.iter().filter(|target| target.error.is_some()) {
        let error = target.error.as_deref().unwrap_or_default();
        writeln!(out, "- **not checked** {}: {}", code(&target.name), prose(error))?;
    }
    let findings = run.worst_first();
    let mut written = 0;
    let mut shown = Vec::new();
    for (target, found) in &findings {
        let row = row(target, found);
        if written + row.len() > LONGEST {
            break;
        }
        if shown.is_empty() {
            writeln!(out, "| | Where | What is wrong | What to do |\n|---|---|---|---|")?;
        }
        writeln!(out, "{row}")?;
        written += row.len();
        shown.push(*found);
    }
    if shown.len() < findings.len() {
        writeln!(out, "\n{} not shown here.", summary::counted(findings.len() - shown.len(), "more finding"))?;
    }
    write_steps(&shown, LONGEST - written, out)?;
    write_states(run, out)
}

fn row(target: &TargetReport, found: &LocatedFinding) -> String {
    let finding = &found.finding;
    format!(
        "| **{}** | {} {} | {} ([{}]({})) | {} |",
        finding.severity,
        code(&finding.subject),
        code(&target.whereabouts(found.place.as_ref())),
        prose(&finding.message),
        finding.rule.id,
        finding.rule.url(),
        prose(&finding.help)
    )
}

/// The ways through the portal, folded up, as far as there is room.
fn write_steps(shown: &[&LocatedFinding], room: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut steps = String::new();
    for found in shown {
        let portal = found.finding.fix.as_ref().map(|fix| fix.portal.as_slice()).unwrap_or_default();
        let list: String = (1..).zip(portal).map(|(number, step)| format!("{number}. {}\n", prose(step))).collect();
        let part = format!("\n{}\n\n{list}", code(&found.finding.subject));
        if list.is_empty() || steps.contains(&part) {
            continue;
        }
        if steps.len() + part.len() > room {
            break;
        }
        steps.push_str(&part);
    }
    if steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>The way through the portal</summary>\n{steps}\n</details>")
}

/// What became of the rules, target by target where there are few.
fn write_states(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    for target in &run.targets {
        for (reason, rules) in by_reason(&target.unknown()) {
            let rules: Vec<String> = rules.into_iter().map(code).collect();
            writeln!(out, "- {}: {} could not be judged: {}", code(&target.name), rules.join(", "), prose(reason))?;
        }
    }
    writeln!(out, "\n{} {}", summary::headline(run), prose(&summary::account(run)))
}
