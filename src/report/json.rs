//! The JSON report, version 1, and its findings as lines.
//!
//! Scripts read this, so it has types of its own, which do not change when internal types change.

use std::io;

use serde::Serialize;
use serde_json::Value;

use super::{Format, LocatedFinding, LocatedPlace, Run, Style, TargetReport, written};
use crate::document::{self, Position};
use crate::finding::{Fix, Severity};
use crate::model::GraphRequest;
use crate::text::Outlet;

pub(super) const JSON: Format = Format { name: "json", about: "one JSON document, for scripts", document: true, write };
pub(super) const JSONL: Format =
    Format { name: "jsonl", about: "one finding per line, as JSON", document: true, write: write_lines };

/// The JSON Schema of a report.
pub const REPORT_SCHEMA: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schemas/report.schema.json"));

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    tool: Tool,
    targets: Vec<Target<'a>>,
    findings: Vec<Finding<'a>>,
    summary: Summary,
    #[serde(rename = "passedOver")]
    passed_over: Vec<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    name: &'a str,
    kind: Option<&'static str>,
    app: Option<App<'a>>,
    profile: Option<&'a str>,
    profile_chosen_by: Option<&'static str>,
    /// Of an app with several jobs.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<&'a str>,
    rules: Rules<'a>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct App<'a> {
    display_name: Option<&'a str>,
    id: Option<&'a str>,
    app_id: Option<&'a str>,
}

impl Tool {
    pub(super) fn this() -> Self {
        Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
    }
}

impl<'a> App<'a> {
    pub(super) fn of(app: &'a super::App) -> Self {
        App { display_name: app.display_name.as_deref(), id: app.id.as_deref(), app_id: app.app_id.as_deref() }
    }
}

#[derive(Serialize)]
struct Rules<'a> {
    passed: usize,
    failed: usize,
    skipped: Vec<Skipped<'a>>,
    unknown: Vec<Unknown<'a>>,
}

#[derive(Serialize)]
struct Skipped<'a> {
    rule: &'a str,
    missing: &'a str,
}

#[derive(Serialize)]
pub(super) struct Unknown<'a> {
    pub(super) rule: &'a str,
    pub(super) reason: &'a str,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'static str,
    target: &'a str,
    subject: &'a str,
    message: &'a str,
    help: &'a str,
    url: String,
    pointer: String,
    location: Option<Location<'a>>,
    /// Only with `--verbose`.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    people: &'a [String],
    fix: Option<FixView<'a>>,
    baselined: bool,
}

#[derive(Serialize)]
struct Location<'a> {
    file: &'a str,
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct FixView<'a> {
    applicability: &'static str,
    title: &'a str,
    edits: Vec<Edit>,
    portal: &'a [String],
    graph: Option<Graph<'a>>,
}

#[derive(Serialize)]
struct Edit {
    offset: usize,
    length: usize,
    text: String,
}

#[derive(Serialize)]
pub(super) struct Graph<'a> {
    method: &'static str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a Value>,
}

impl<'a> Graph<'a> {
    pub(super) fn of(request: &'a GraphRequest) -> Self {
        Graph { method: request.method, path: &request.path, body: request.body.as_ref() }
    }
}

#[derive(Serialize)]
struct Summary {
    error: usize,
    warning: usize,
    info: usize,
    fixable: usize,
    baselined: usize,
    ignored: usize,
    #[serde(rename = "belowMinSeverity")]
    below: usize,
}

fn write(run: &Run, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let hidden = run.hidden();
    let report = Report {
        version: 1,
        tool: Tool::this(),
        targets: run.targets.iter().map(target).collect(),
        findings: findings(run),
        summary: Summary {
            error: run.count(Severity::Error),
            warning: run.count(Severity::Warning),
            info: run.count(Severity::Info),
            fixable: run.fixable(),
            baselined: run.baselined(),
            ignored: hidden.ignored,
            below: hidden.below,
        },
        passed_over: run.passed_over.iter().map(|file| file.name.as_str()).collect(),
    };
    written::json(&report, out.trusted()?)
}

fn write_lines(run: &Run, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    for finding in findings(run) {
        written::json_line(&finding, out.trusted()?)?;
    }
    Ok(())
}

fn target(target: &TargetReport) -> Target<'_> {
    Target {
        name: &target.name,
        kind: target.kind.map(super::TargetKind::as_str),
        app: target.app.as_ref().map(App::of),
        profile: target.profile.as_ref().map(|profile| profile.name.as_str()),
        profile_chosen_by: target.profile.as_ref().map(|profile| profile.chosen_by.as_str()),
        job: target.job.as_deref(),
        rules: Rules {
            passed: target.passed(),
            failed: target.failed(),
            skipped: target.skipped().into_iter().map(|(rule, missing)| Skipped { rule, missing }).collect(),
            unknown: target.unknown().into_iter().map(|(rule, reason)| Unknown { rule, reason }).collect(),
        },
        error: target.error.as_deref(),
    }
}

fn findings(run: &Run) -> Vec<Finding<'_>> {
    let of = |target| super::edits::of(target).into_iter().zip(&target.findings);
    let view = |target| of(target).map(move |(edits, found)| finding(target, found, edits));
    run.targets.iter().flat_map(view).collect()
}

fn finding<'a>(target: &'a TargetReport, found: &'a LocatedFinding, edits: Vec<document::Edit>) -> Finding<'a> {
    let LocatedFinding { finding, place, baselined } = found;
    Finding {
        rule: finding.rule.id,
        severity: finding.severity.as_str(),
        target: &target.name,
        subject: &finding.subject,
        message: &finding.message,
        help: &finding.help,
        url: finding.rule.url(),
        pointer: place
            .as_ref()
            .map_or_else(|| finding.pointer.clone(), |place| target.source(place).base.join(&place.pointer))
            .to_string(),
        location: place.as_ref().map(|place| location(&target.source(place).file, place)),
        people: &finding.people,
        fix: finding.fix.as_ref().map(|fix| fix_view(fix, edits)),
        baselined: *baselined,
    }
}

fn location<'a>(file: &'a str, place: &LocatedPlace) -> Location<'a> {
    let view = |position: Position| Place { line: position.line, column: position.column, offset: position.offset };
    Location { file, start: view(place.start), end: view(place.end) }
}

fn fix_view(fix: &Fix, edits: Vec<document::Edit>) -> FixView<'_> {
    FixView {
        applicability: fix.applicability.as_str(),
        title: &fix.title,
        edits: edits
            .into_iter()
            .map(|edit| Edit { offset: edit.span.start, length: edit.span.len(), text: edit.text })
            .collect(),
        portal: &fix.portal,
        graph: fix.graph.as_ref().map(Graph::of),
    }
}
