//! A page to send to the vendor.

use std::io;

use super::{RehearsalReport, consequence, doubt, name, sources, telling};
use crate::report::markdown::{code, prose};
use crate::report::{Format, Style};
use crate::scim::rehearsal::{StepResult, Verdict};
use crate::text::Outlet;

pub(super) const FORMAT: Format<RehearsalReport> =
    Format { name: "markdown", about: "a page to send to the vendor", document: true, write };

fn write(report: &RehearsalReport, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    out.line(format_args!("# Rehearsal of {}", code(&report.tenant_url)))?;
    out.line("")?;
    out.line(format_args!(
        "provlint sent what Microsoft Entra ID would send for {}, {}: {}.",
        code(&report.schema),
        report.forms(),
        report.counts()
    ))?;
    if !report.halt.is_empty() {
        out.line(format_args!("\nIt did not finish: {}", prose(&report.halt)))?;
    }
    for left in &report.left {
        out.line(format_args!("\nLeft on the endpoint: {}", code(left)))?;
    }
    let ranked = report.ranked();
    for step in ranked.iter().filter(|step| matches!(step.verdict, Verdict::Failed | Verdict::Warned)) {
        section(step, report, out)?;
    }
    out.line("")?;
    out.lines_of("## All steps\n\n| step | result | found |\n|---|---|---|")?;
    for step in ranked {
        let row = format!("| {} | {} | {} |", code(&name(step, report)), step.verdict.as_str(), prose(&step.said));
        out.line(row)?;
    }
    for (target, reason) in &report.unknown {
        out.line(format_args!("| {} | not run | the value is unknown: {} |", code(target), prose(reason)))?;
    }
    Ok(())
}

fn section(step: &StepResult, report: &RehearsalReport, out: &mut Outlet<'_>) -> io::Result<()> {
    let harm = step.harm.map(|harm| format!(" ({})", harm.name)).unwrap_or_default();
    out.line("")?;
    out.line(format_args!("## {}: {}{harm}", step.verdict.as_str(), step.title))?;
    out.line("")?;
    out.line(format_args!("Step {}: {}", code(&name(step, report)), prose(&step.said)))?;
    if let Some((consequence, vendor)) = consequence(step) {
        out.line("")?;
        out.line(format_args!("In production: {}", prose(consequence)))?;
        out.line("")?;
        out.line(prose(vendor))?;
    }
    for exchange in telling(step) {
        out.line("")?;
        out.line(format_args!("- sent: {}", code(&exchange.line())))?;
        if let Some(body) = exchange.sent_body() {
            out.line(format_args!("- body: {}", code(&body)))?;
        }
        out.line(format_args!("- answer: {}", prose(&exchange.said())))?;
        if let Some(body) = exchange.received_body() {
            out.line(format_args!("- content: {}", code(&body)))?;
        }
    }
    if !doubt(step).is_empty() {
        out.line("")?;
        out.line(format_args!("Note: {}", prose(doubt(step))))?;
    }
    let sources = sources(step);
    if !sources.is_empty() {
        out.line("")?;
        let links: Vec<String> = sources.iter().map(|source| format!("<{source}>")).collect();
        out.line(format_args!("Sources: {}", links.join(", ")))?;
    }
    Ok(())
}
