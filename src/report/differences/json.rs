//! The differences as one JSON document, version 1.

use std::io;

use serde::Serialize;
use serde_json::Value;

use super::{DifferenceReport, Kind};
use crate::report::json::Tool;
use crate::report::{Format, Style, written};
use crate::text::Outlet;

pub(super) const FORMAT: Format<DifferenceReport> =
    Format { name: "json", about: "one JSON document, for scripts", document: true, write };

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    tool: Tool,
    old: &'a str,
    new: &'a str,
    differences: Vec<Difference<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Difference<'a> {
    subject: &'a str,
    kind: &'static str,
    property: Option<&'a str>,
    old: Option<&'a Value>,
    new: Option<&'a Value>,
}

#[derive(Serialize)]
struct Summary {
    added: usize,
    removed: usize,
    changed: usize,
}

fn write(report: &DifferenceReport, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let differences = report.lines.iter().map(|difference| Difference {
        subject: &difference.subject,
        kind: difference.kind.as_str(),
        property: difference.property.as_deref(),
        old: difference.old.as_ref(),
        new: difference.new.as_ref(),
    });
    let document = Report {
        version: 1,
        tool: Tool::this(),
        old: &report.old,
        new: &report.new,
        differences: differences.collect(),
        summary: Summary {
            added: report.count(Kind::Added),
            removed: report.count(Kind::Removed),
            changed: report.count(Kind::Changed),
        },
    };
    written::json(&document, out.trusted()?)
}
