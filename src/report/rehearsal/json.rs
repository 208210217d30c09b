//! The results as one JSON document, version 1.

use std::io;

use serde::Serialize;

use super::{RehearsalReport, doubt, sources};
use crate::report::json::Tool;
use crate::report::{Format, Style, written};
use crate::scim::rehearsal::{Exchange, StepResult, Verdict};
use crate::simulate::request::Form;
use crate::text::Outlet;

pub(super) const FORMAT: Format<RehearsalReport> =
    Format { name: "json", about: "one JSON document, for scripts", document: true, write };

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    version: u32,
    tool: Tool,
    tenant_url: &'a str,
    schema: &'a str,
    flags: Vec<bool>,
    steps: Vec<Step<'a>>,
    unknown: Vec<Unknown<'a>>,
    policy: Policy<'a>,
    left: &'a [String],
    halt: Option<&'a str>,
    requests: usize,
    summary: Summary,
}

#[derive(Serialize)]
struct Policy<'a> {
    lines: &'a str,
    notes: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Step<'a> {
    step: &'a str,
    title: &'a str,
    flag: Option<bool>,
    verdict: &'static str,
    said: &'a str,
    fault: Option<Fault>,
    attributes: &'a [String],
    weight: Option<&'static str>,
    mark: Option<&'static str>,
    note: &'static str,
    sources: Vec<&'static str>,
    exchanges: Vec<Shown>,
}

#[derive(Serialize)]
struct Fault {
    name: &'static str,
    rank: u8,
    consequence: &'static str,
    vendor: &'static str,
}

#[derive(Serialize)]
struct Shown {
    request: String,
    body: Option<String>,
    status: Option<u16>,
    answer: String,
    content: Option<String>,
}

#[derive(Serialize)]
struct Unknown<'a> {
    target: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    failed: usize,
    warned: usize,
    passed: usize,
    not_run: usize,
}

/// The word for programs, without blanks.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotRun => "not-run",
        other => other.as_str(),
    }
}

fn step(step: &StepResult) -> Step<'_> {
    let is_wrong = matches!(step.verdict, Verdict::Failed | Verdict::Warned);
    let shown = |exchange: &Exchange| Shown {
        request: exchange.line(),
        body: exchange.sent_body(),
        status: exchange.status(),
        answer: exchange.said(),
        content: exchange.received_body(),
    };
    let fault = step.harm.map(|harm| Fault {
        name: harm.name,
        rank: harm.rank,
        consequence: harm.consequence,
        vendor: harm.vendor,
    });
    Step {
        step: step.id,
        title: step.title,
        flag: step.form.map(|form| form == Form::Flagged),
        verdict: word(step.verdict),
        said: &step.said,
        fault,
        attributes: &step.attributes,
        weight: step.origin.map(|origin| origin.weight.as_str()),
        mark: step.origin.map(|origin| origin.mark.as_str()),
        note: doubt(step),
        sources: sources(step),
        exchanges: if is_wrong { step.exchanges.iter().map(shown).collect() } else { Vec::new() },
    }
}

fn write(report: &RehearsalReport, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let document = Report {
        version: 1,
        tool: Tool::this(),
        tenant_url: &report.tenant_url,
        schema: &report.schema,
        flags: report.forms.iter().map(|form| *form == Form::Flagged).collect(),
        steps: report.ranked().into_iter().map(step).collect(),
        unknown: report.unknown.iter().map(|(target, reason)| Unknown { target, reason }).collect(),
        policy: Policy { lines: &report.proposal.lines, notes: &report.proposal.notes },
        left: &report.left,
        halt: Some(report.halt.as_str()).filter(|halt| !halt.is_empty()),
        requests: report.requests,
        summary: Summary {
            failed: report.count(Verdict::Failed),
            warned: report.count(Verdict::Warned),
            passed: report.count(Verdict::Passed),
            not_run: report.count(Verdict::NotRun),
        },
    };
    written::json(&document, out.trusted()?)
}
