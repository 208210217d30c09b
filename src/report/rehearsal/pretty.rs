//! For people: what failed in full, most harmful first; a line for each other step.

use std::io;

use super::{RehearsalReport, consequence, doubt, name, sources, telling};
use crate::report::{Format, Style};
use crate::scim::rehearsal::{Proposal, StepResult, Verdict};
use crate::text::{Color, Outlet, Paint, Painted};

pub(super) const FORMAT: Format<RehearsalReport> =
    Format { name: "pretty", about: "a page, for people", document: false, write };

fn write(report: &RehearsalReport, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let ranked = report.ranked();
    if style.quiet {
        lines(&ranked, report, style, out)?;
    } else {
        out.line(format!("{} at {}, {}", report.schema, report.tenant_url, report.forms()).bold())?;
        let mut explained: Vec<&str> = Vec::new();
        for step in ranked.iter().filter(|step| matches!(step.verdict, Verdict::Failed | Verdict::Warned)) {
            out.line("")?;
            let harm = step.harm.map_or("", |harm| harm.name);
            in_full(step, report, !explained.contains(&harm), style, out)?;
            explained.push(harm);
        }
        out.line("")?;
        let others: Vec<&StepResult> =
            ranked.iter().copied().filter(|step| step.verdict == Verdict::Passed || is_shown(step, style)).collect();
        lines(&others, report, style, out)?;
        for (target, reason) in &report.unknown {
            out.line(format_args!("{} {target}: its value is unknown: {reason}", verdict(Verdict::NotRun)))?;
        }
        out.line("")?;
        proposal(&report.proposal, style, out)?;
    }
    if !report.halt.is_empty() {
        out.line(format_args!("{}: {}", "not finished".red().bold(), report.halt))?;
    }
    for left in &report.left {
        out.line(format_args!("{}: {left}", "left on the endpoint".red().bold()))?;
    }
    out.line(report.counts().bold())
}

/// The lines for a policy, and what they cannot help with.
fn proposal(proposal: &Proposal, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    if !proposal.lines.is_empty() {
        out.line(
            "If the endpoint stays as it is, put this into the policy: `check` then finds what must change.".bold(),
        )?;
        for line in proposal.lines.lines() {
            out.line(format_args!("    {line}"))?;
        }
    }
    for note in &proposal.notes {
        paragraph("note", note, style, out)?;
    }
    if !proposal.lines.is_empty() || !proposal.notes.is_empty() {
        out.line("")?;
    }
    Ok(())
}

/// Steps that do not concern the app are listed only if asked for.
fn is_shown(step: &StepResult, style: &Style) -> bool {
    step.verdict == Verdict::NotRun && (style.verbose || step.concerns_app)
}

fn verdict(verdict: Verdict) -> Painted {
    let color = match verdict {
        Verdict::Failed => Color::Red,
        Verdict::Warned => Color::Yellow,
        Verdict::NotRun => Color::White,
        Verdict::Passed => Color::Green,
    };
    format!("{:<8}", verdict.as_str()).color(color)
}

/// A line for each step, and one for all steps that were not run for the same reason.
fn lines(steps: &[&StepResult], report: &RehearsalReport, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let is_alike = |one: &&StepResult, other: &&StepResult| {
        !style.verbose && one.verdict == Verdict::NotRun && one.verdict == other.verdict && one.said == other.said
    };
    for alike in steps.chunk_by(is_alike) {
        match alike {
            [step] => line(step, report, out)?,
            [first, ..] => {
                out.line(format_args!("{} {} steps: {}", verdict(Verdict::NotRun), alike.len(), first.said))?;
            }
            [] => {}
        }
    }
    Ok(())
}

fn line(step: &StepResult, report: &RehearsalReport, out: &mut Outlet<'_>) -> io::Result<()> {
    let harm = step.harm.map(|harm| format!(" [{}]", harm.name)).unwrap_or_default();
    let said = if step.said.is_empty() { String::new() } else { format!(": {}", step.said) };
    out.line(format_args!("{} {}{harm}{said}", verdict(step.verdict), name(step, report)))
}

/// `explains` is false if a step before had the same fault.
fn in_full(
    step: &StepResult,
    report: &RehearsalReport,
    explains: bool,
    style: &Style,
    out: &mut Outlet<'_>,
) -> io::Result<()> {
    let harm = step.harm.map(|harm| format!(" [{}]", harm.name)).unwrap_or_default();
    out.line(format_args!("{} {}{harm}: {}", verdict(step.verdict), name(step, report), step.title.bold()))?;
    paragraph("found", &step.said, style, out)?;
    if let Some((consequence, vendor)) = consequence(step).filter(|_| explains) {
        paragraph("effect", consequence, style, out)?;
        paragraph("vendor", vendor, style, out)?;
    }
    let telling = telling(step);
    for (number, exchange) in telling.iter().enumerate() {
        out.line(format_args!("    {:<8}{}", "sent", exchange.line()))?;
        if let Some(body) = exchange.sent_body() {
            out.line(format_args!("    {:<8}{}", "", shown(&body, style)))?;
        }
        out.line(format_args!("    {:<8}{}", "answer", exchange.said()))?;
        // What reads back tells more than the answer to a change that succeeded.
        let is_told_later = exchange.success().is_some() && number + 1 < telling.len();
        if let Some(body) = exchange.received_body().filter(|_| style.verbose || !is_told_later) {
            out.line(format_args!("    {:<8}{}", "", shown(&body.replace(['\r', '\n'], " "), style)))?;
        }
    }
    if !doubt(step).is_empty() {
        paragraph("note", doubt(step), style, out)?;
    }
    for (number, source) in sources(step).iter().enumerate().filter(|_| explains) {
        out.line(format_args!("    {:<8}{source}", if number == 0 { "source" } else { "" }))?;
    }
    Ok(())
}

/// The longest part of a body on a page.
const LONGEST: usize = 400;

/// A body, cut unless the page is verbose.
fn shown(body: &str, style: &Style) -> String {
    let end = body.floor_char_boundary(LONGEST);
    if style.verbose || end == body.len() { body.to_owned() } else { format!("{}… (-v shows all)", &body[..end]) }
}

/// A text under a heading, folded on a terminal.
fn paragraph(heading: &str, text: &str, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let text = crate::text::one_line(text);
    let lines = match style.columns() {
        Some(width) => textwrap::wrap(&text, width.saturating_sub(12).max(20)),
        None => vec![text.as_ref().into()],
    };
    for (number, part) in lines.iter().enumerate() {
        out.line(format_args!("    {:<8}{part}", if number == 0 { heading } else { "" }))?;
    }
    Ok(())
}
