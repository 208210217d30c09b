//! The text for a hover: the function at a place, what a row sends, and the findings in full.

use std::ops::Range;

use super::buffer::Buffer;
use super::diagnostic::span;
use super::function::function_at;
use crate::document::{Pointer, locate};
use crate::inspection::Inspection;
use crate::rules::{MappingView, RowView, SchemaView};
use crate::simulate::RowSource;
use crate::text::markdown::{code, prose};

/// The hover text for a byte of a schema or snapshot, as Markdown, and the range that it is about.
pub(super) fn hover(buffer: &Buffer, offset: usize) -> Option<(Range<usize>, String)> {
    let row = row(&buffer.text, offset);
    let mut found: Vec<_> = buffer.verdict.findings().filter(|found| holds(&span(found), offset)).collect();
    // A finding about the whole file is not repeated at every place in it.
    found.retain(|found| found.finding.pointer != Pointer::root());
    let narrowest = found.iter().map(|found| span(found)).min_by_key(ExactSizeIterator::len);
    let range = narrowest.or_else(|| row.as_ref().map(|(span, _)| span.clone()))?;
    let findings = found.iter().map(|found| {
        let finding = &found.finding;
        format!("**{}**: {}\n\n{}", finding.severity, prose(&finding.message, code), finding.rule.markdown())
    });
    let parts: Vec<String> = row.map(|(_, text)| text).into_iter().chain(findings).collect();
    Some((range, parts.join("\n\n---\n\n")))
}

fn holds(span: &Range<usize>, offset: usize) -> bool {
    span.start <= offset && offset <= span.end
}

/// The row around a byte, and what it sends.
fn row(text: &str, offset: usize) -> Option<(Range<usize>, String)> {
    let inspection = Inspection::of(text);
    let resources = inspection.read().ok()?;
    resources.iter().find_map(|resource| {
        let (pointer, schema, job) = resource.schema()?;
        let view = SchemaView::new(schema, pointer, job);
        let rows: Vec<(&MappingView<'_>, &RowView<'_>)> =
            view.mappings.iter().flat_map(|mapping| mapping.rows.iter().map(move |row| (mapping, row))).collect();
        let pointers: Vec<Pointer> = rows.iter().map(|(_, row)| row.pointer()).collect();
        let places = locate(&inspection.text, &pointers).into_iter();
        let here =
            places.zip(rows).find_map(|(place, row)| Some((place?.span, row)).filter(|(span, _)| holds(span, offset)));
        here.map(|(span, (mapping, row))| {
            let row_text = said(mapping, row);
            match function_at(&inspection.text, row, offset) {
                Some((name, function)) => (name, format!("{function}\n\n---\n\n{row_text}")),
                None => (span, row_text),
            }
        })
    })
}

/// What a row sends, and when.
fn said(mapping: &MappingView<'_>, row: &RowView<'_>) -> String {
    let source = match &row.source {
        RowSource::Nothing => "nothing".to_owned(),
        RowSource::Attribute(name) => code(name),
        RowSource::Constant(text) => format!("the text {}, the same for everyone", code(text)),
        RowSource::Expression(text, _) => format!("the result of {}", code(text)),
    };
    let mut lines = vec![format!("{} ← {source}", code(&mapping.subject(row.target)))];
    match row.row.flow_type.as_deref() {
        None => {}
        Some("Always") => lines.push("Sent at every change.".to_owned()),
        Some("ObjectAddOnly") => lines.push("Sent only when the object is created.".to_owned()),
        Some(other) => lines.push(format!("Applied as {}.", code(other))),
    }
    if let Some(default) = row.row.default_text() {
        lines.push(format!("Without a value {} is sent.", code(default)));
    }
    if let Some(precedence) = row.row.matching_priority.filter(|precedence| *precedence > 0) {
        lines.push(format!("Objects are matched by it, with precedence {precedence}."));
    }
    if !mapping.is_active() {
        lines.push(format!("{} is off.", prose(&mapping.portal_name(), code)));
    }
    lines.join("  \n")
}
