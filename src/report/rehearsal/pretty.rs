//! For people: what failed in full, most harmful first; a line for each other step.

use std::io;

use super::{RehearsalReport, consequence, doubt, name, sources, telling};
use crate::report::{Format, Style};
use crate::scim::rehearsal::{StepResult, Verdict};
use crate::text::{Color, Outlet, Paint, Painted};

pub(super) const FORMAT: Format<RehearsalReport> =
    Format { name: "pretty", about: "a page, for people", document: false, write };

/// How the reason of steps begins that an early end prevented.
const NOT_REACHED: &str = "not reached";

fn write(report: &RehearsalReport, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let ranked = report.ranked();
    if style.quiet {
        for step in ranked.iter().filter(|step| style.verbose || !step.said.starts_with(NOT_REACHED)) {
            line(step, report, out)?;
        }
    } else {
        out.line(format!("{} at {}, {}", report.schema, report.tenant_url, report.forms()).bold())?;
        for step in ranked.iter().filter(|step| matches!(step.verdict, Verdict::Failed | Verdict::Warned)) {
            out.line("")?;
            in_full(step, report, style, out)?;
        }
        out.line("")?;
        for step in ranked.iter().filter(|step| step.verdict == Verdict::Passed || is_shown(step, style)) {
            line(step, report, out)?;
        }
        for (target, reason) in &report.unknown {
            out.line(format_args!("{} {target}: its value is unknown: {reason}", verdict(Verdict::NotRun)))?;
        }
        out.line("")?;
    }
    if !report.halt.is_empty() {
        out.line(format_args!("{}: {}", "not finished".red().bold(), report.halt))?;
    }
    for left in &report.left {
        out.line(format_args!("{}: {left}", "left on the endpoint".red().bold()))?;
    }
    out.line(report.counts().bold())
}

/// Steps that do not concern the app are listed only if asked for.
fn is_shown(step: &StepResult, style: &Style) -> bool {
    let is_quiet = step.said.starts_with("the schema ") || step.said.starts_with(NOT_REACHED);
    step.verdict == Verdict::NotRun && (style.verbose || !is_quiet)
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

fn line(step: &StepResult, report: &RehearsalReport, out: &mut Outlet<'_>) -> io::Result<()> {
    let harm = step.harm.map(|harm| format!(" [{}]", harm.name)).unwrap_or_default();
    let said = if step.said.is_empty() { String::new() } else { format!(": {}", step.said) };
    out.line(format_args!("{} {}{harm}{said}", verdict(step.verdict), name(step, report)))
}

fn in_full(step: &StepResult, report: &RehearsalReport, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let harm = step.harm.map(|harm| format!(" [{}]", harm.name)).unwrap_or_default();
    out.line(format_args!("{} {}{harm}: {}", verdict(step.verdict), name(step, report), step.title.bold()))?;
    paragraph("found", &step.said, style, out)?;
    if let Some((consequence, vendor)) = consequence(step) {
        paragraph("effect", consequence, style, out)?;
        paragraph("vendor", vendor, style, out)?;
    }
    for exchange in telling(step) {
        out.line(format_args!("    {:<8}{}", "sent", exchange.line()))?;
        if let Some(body) = exchange.sent_body() {
            out.line(format_args!("    {:<8}{body}", ""))?;
        }
        out.line(format_args!("    {:<8}{}", "answer", exchange.said()))?;
        if let Some(body) = exchange.received_body() {
            out.line(format_args!("    {:<8}{}", "", body.replace(['\r', '\n'], " ")))?;
        }
    }
    if !doubt(step).is_empty() {
        paragraph("note", doubt(step), style, out)?;
    }
    for (number, source) in sources(step).iter().enumerate() {
        out.line(format_args!("    {:<8}{source}", if number == 0 { "source" } else { "" }))?;
    }
    Ok(())
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
