//! Markdown, for comments on pull requests, tickets, and the summaries of pipelines.

mod escape;

use std::io::{self, Write};

use super::{Format, LocatedFinding, Run, Style, TargetReport, summary, unjudged};
use crate::text::Outlet;
use crate::text::markdown::{code as span, prose as sentence};
pub(super) use escape::{code, prose};

pub(super) const FORMAT: Format =
    Format { name: "markdown", about: "a table, for pull requests and tickets", document: true, write };

/// GitHub accepts comments of up to 65,536 characters. Findings come first and leave room for the rest.
const LONGEST: usize = 50_000;

/// Space for targets that could not be checked, and the same again for rules that could not be evaluated.
const ASIDE: usize = 6_000;

fn write(run: &Run, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    out.lines_of(format_args!("## provlint: {}\n", summary::headline(run)))?;
    let broken = run.targets.iter().filter_map(|target| Some((target, target.error.as_deref()?)));
    write_list(
        broken.map(|(target, error)| format!("- **not checked** {}: {}\n", span(&target.name), sentence(error, span))),
        out,
    )?;
    if run.targets.iter().any(|target| target.error.is_some()) {
        // A table needs an empty line before it, also below a list.
        out.line("")?;
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
            out.lines_of("| | Where | What is wrong | What to do |\n|---|---|---|---|")?;
        }
        out.line(&row)?;
        written += row.len();
        shown.push(*found);
    }
    if shown.len() < findings.len() {
        out.lines_of(format_args!(
            "\n{} not shown here.",
            summary::counted(findings.len() - shown.len(), "more finding")
        ))?;
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
        code(&target.whereabouts(found)),
        prose(&finding.message),
        finding.rule.id,
        finding.rule.url(),
        prose(&finding.help)
    )
}

/// The steps in the portal, collapsed, as many as there is room for.
fn write_steps(shown: &[&LocatedFinding], room: usize, out: &mut Outlet<'_>) -> io::Result<()> {
    let mut steps = String::new();
    for found in shown {
        let portal = found.finding.fix.as_ref().map(|fix| fix.portal.as_slice()).unwrap_or_default();
        let list: String =
            (1..).zip(portal).map(|(number, step)| format!("{number}. {}\n", sentence(step, span))).collect();
        let part = format!("\n{}\n\n{list}", span(&found.finding.subject));
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
    out.lines_of(format_args!("\n<details><summary>Steps in the portal</summary>\n{steps}\n</details>"))
}

/// Rules that could not be evaluated, and the summary.
fn write_states(run: &Run, out: &mut Outlet<'_>) -> io::Result<()> {
    out.line("")?;
    let unknown = run.targets.iter().flat_map(|target| {
        let line = |(reason, rules): (&str, Vec<&str>)| {
            let rules: Vec<String> = rules.into_iter().map(span).collect();
            format!(
                "- {}: {} could not be evaluated: {}\n",
                span(&target.name),
                rules.join(", "),
                sentence(reason, span)
            )
        };
        unjudged::by_reason(&target.unknown()).into_iter().map(line).collect::<Vec<String>>()
    });
    write_list(unknown, out)?;
    let line = summary::line(run, &sentence(&summary::account(run), span));
    out.lines_of(format_args!("\n{}", line.trim_end()))
}

/// Writes as many lines as fit, and the number of the rest.
fn write_list(lines: impl Iterator<Item = String>, out: &mut Outlet<'_>) -> io::Result<()> {
    let (mut written, mut more) = (0, 0);
    for line in lines {
        if more > 0 || written + line.len() > ASIDE {
            more += 1;
            continue;
        }
        written += line.len();
        out.write_all(line.as_bytes())?;
    }
    if more > 0 {
        out.line(format_args!("- and {more} more"))?;
    }
    Ok(())
}
