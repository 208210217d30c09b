//! The results as a page that loads nothing.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, html};

use super::{RehearsalReport, consequence, doubt, name, sources, telling};
use crate::report::html::{head, prose, shown};
use crate::report::{Format, Style};
use crate::scim::rehearsal::{StepResult, Verdict};
use crate::text::Outlet;

pub(super) const FORMAT: Format<RehearsalReport> =
    Format { name: "html", about: "an HTML page", document: true, write };

fn write(report: &RehearsalReport, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let ranked = report.ranked();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("rehearsal: {}", report.counts())))
            body {
                header {
                    h1 { "Rehearsal: " (report.counts()) }
                    p.soft { (shown(&report.schema)) " at " (shown(&report.tenant_url)) ", " (report.forms()) "; provlint " (env!("CARGO_PKG_VERSION")) }
                    @if !report.halt.is_empty() { p { span.badge.error { "not finished" } " " (shown(&report.halt)) } }
                    @for left in &report.left { p { span.badge.error { "left on the endpoint" } " " (shown(left)) } }
                }
                main {
                    @for step in ranked.iter().filter(|step| matches!(step.verdict, Verdict::Failed | Verdict::Warned)) { (fault(step, report)) }
                    h3 { "All steps" }
                    div.table {
                        table {
                            thead { tr { th { "Step" } th { "Result" } th { "Found" } } }
                            tbody {
                                @for step in &ranked {
                                    tr {
                                        td { (name(step, report)) }
                                        td.word { span class={ "badge " (class(step.verdict)) } { (step.verdict.as_str()) } }
                                        td { (shown(&step.said)) }
                                    }
                                }
                                @for (target, reason) in &report.unknown {
                                    tr { td { (shown(target)) } td.word { "not run" } td { (shown(reason)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    writeln!(out, "{}", page.into_string())
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Failed => "error",
        Verdict::Warned => "warning",
        Verdict::NotRun => "info",
        Verdict::Passed => "good",
    }
}

fn fault(step: &StepResult, report: &RehearsalReport) -> Markup {
    let class = class(step.verdict);
    html! {
        div class={ "finding is-" (class) } {
            h4 {
                span class={ "badge " (class) } { (step.verdict.as_str()) } " " (step.title)
                @if let Some(harm) = step.harm { " " code { (harm.name) } }
            }
            p.soft { (name(step, report)) }
            p { (shown(&step.said)) }
            @if let Some((consequence, vendor)) = consequence(step) {
                p.help { (prose(consequence)) }
                p { (prose(vendor)) }
            }
            details {
                summary { "Requests and answers" }
                ul {
                    @for exchange in telling(step) {
                        li {
                            code { (shown(&exchange.line())) }
                            @if let Some(body) = exchange.sent_body() { br; code { (shown(&body)) } }
                            br; (shown(&exchange.said()))
                            @if let Some(body) = exchange.received_body() { br; code { (shown(&body)) } }
                        }
                    }
                }
            }
            @if !doubt(step).is_empty() { p.soft { (prose(doubt(step))) } }
            @for source in sources(step) { p.soft { a href=(source) { (source) } } }
        }
    }
}
