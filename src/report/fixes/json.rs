//! The fixes as one JSON document, version 1.

use std::io;

use serde::Serialize;
use serde_json::Value;

use super::{FixRun, FixTarget, Way};
use crate::finding::{Applicability, Finding};
use crate::report::json::{App, Graph, Tool, Unknown};
use crate::report::{Format, Style, written};
use crate::text::Outlet;

pub(super) const FORMAT: Format<FixRun> =
    Format { name: "json", about: "one JSON document, for scripts", document: true, write };

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    version: u32,
    tool: Tool,
    dry_run: bool,
    targets: Vec<Target<'a>>,
    fixes: Vec<Fix<'a>>,
    left: Vec<Left<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    name: &'a str,
    kind: Option<&'static str>,
    app: Option<App<'a>>,
    profile: Option<&'a str>,
    profile_chosen_by: Option<&'static str>,
    fixes: usize,
    written: bool,
    output: Option<&'a str>,
    done: &'a [String],
    backup: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restore: Option<&'a str>,
    start: Option<&'a str>,
    diff: String,
    consequences: &'a [String],
    unknown: Vec<Unknown<'a>>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct Fix<'a> {
    rule: &'a str,
    severity: &'static str,
    target: &'a str,
    subject: &'a str,
    message: &'a str,
    title: &'a str,
    applicability: &'static str,
    changes: Vec<Change<'a>>,
    portal: &'a [String],
    graph: Option<Graph<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    pointer: String,
    old: Option<&'a Value>,
    new: Option<&'a Value>,
}

#[derive(Serialize)]
struct Left<'a> {
    rule: &'a str,
    severity: &'static str,
    target: &'a str,
    subject: &'a str,
    message: &'a str,
    help: &'a str,
    url: String,
    pointer: String,
    applicability: &'static str,
    portal: &'a [String],
}

#[derive(Serialize)]
struct Summary {
    fixes: usize,
    #[serde(rename = "unsafe")]
    not_allowed: usize,
    tenant: usize,
    manual: usize,
}

fn write(run: &FixRun, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let targets = || run.targets.iter();
    let report = Report {
        version: 1,
        tool: Tool::this(),
        dry_run: run.dry_run,
        targets: targets().map(target).collect(),
        fixes: targets().flat_map(fixes).collect(),
        left: targets().flat_map(|target| target.left.iter().map(|finding| left(target, finding))).collect(),
        summary: Summary {
            fixes: run.made(),
            not_allowed: left_for(run, Way::Unsafe),
            tenant: left_for(run, Way::Tenant),
            manual: left_for(run, Way::Person),
        },
    };
    written::json(&report, out.trusted()?)
}

fn left_for(run: &FixRun, way: Way) -> usize {
    run.targets.iter().map(|target| target.left_for(way).count()).sum()
}

fn target(target: &FixTarget) -> Target<'_> {
    let lines = target.hunks.iter().flat_map(|hunk| {
        let lines = hunk.lines.iter().map(|(sign, line)| format!("{}{line}", sign.as_char()));
        std::iter::once(format!("{}\n", hunk.header)).chain(lines)
    });
    Target {
        name: &target.name,
        kind: target.kind.map(crate::report::TargetKind::as_str),
        app: target.app.as_ref().map(App::of),
        profile: target.profile.as_ref().map(|profile| profile.name.as_str()),
        profile_chosen_by: target.profile.as_ref().map(|profile| profile.chosen_by.as_str()),
        fixes: target.made.len(),
        written: target.written,
        output: target.output.as_deref(),
        done: &target.done,
        backup: target.backup.as_ref().map(|backup| backup.file.as_str()),
        restore: target.backup.as_ref().map(|backup| backup.restore.as_str()),
        start: target.start.as_deref(),
        diff: lines.collect(),
        consequences: &target.consequences,
        unknown: target.unknown().into_iter().map(|(rule, reason)| Unknown { rule, reason }).collect(),
        error: target.error.as_deref().or(target.undone.as_deref()),
    }
}

fn fixes(target: &FixTarget) -> impl Iterator<Item = Fix<'_>> {
    target.made.iter().filter_map(|made| {
        let finding = &made.finding;
        let fix = finding.fix.as_ref()?;
        let changes = made.values.iter().map(|value| Change {
            pointer: value.pointer.to_string(),
            old: value.old.as_ref(),
            new: value.new.as_ref(),
        });
        Some(Fix {
            rule: finding.rule.id,
            severity: finding.severity.as_str(),
            target: &target.name,
            subject: &finding.subject,
            message: &finding.message,
            title: &fix.title,
            applicability: fix.applicability.as_str(),
            changes: changes.collect(),
            portal: &fix.portal,
            graph: fix.graph.as_ref().map(Graph::of),
        })
    })
}

fn left<'a>(target: &'a FixTarget, finding: &'a Finding) -> Left<'a> {
    Left {
        rule: finding.rule.id,
        severity: finding.severity.as_str(),
        target: &target.name,
        subject: &finding.subject,
        message: &finding.message,
        help: &finding.help,
        url: finding.rule.url(),
        pointer: finding.pointer.to_string(),
        applicability: finding.fix.as_ref().map_or(Applicability::Manual, |fix| fix.applicability).as_str(),
        portal: finding.fix.as_ref().map_or(&[], |fix| &fix.portal),
    }
}
