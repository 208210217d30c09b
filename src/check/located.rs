//! The places of findings in the texts that people see.

use std::ops::Range;

use super::{LocatedFinding, LocatedPlace};
use crate::document::{Lines, Place, Pointer, inside_string, locate};
use crate::finding::Finding;

/// The part of a string that a finding is about.
fn narrowed(text: &str, finding: &Finding, place: &Place) -> Option<Range<usize>> {
    let inside = inside_string(&text[place.span.clone()], finding.within.as_ref()?)?;
    Some(place.span.start + inside.start..place.span.start + inside.end)
}

/// Findings of a target that have no places yet, each with a flag that says whether it is in the baseline.
#[derive(Debug)]
pub(super) struct Unlocated {
    /// The index of the target.
    pub(super) target: usize,
    /// The findings.
    pub(super) findings: Vec<(Finding, bool)>,
    /// The place of the schema of a live app, which gets a text of its own.
    pub(super) schema: Option<Pointer>,
}

/// A target's index, the place of its schema in the whole with a text of its own, and its findings.
type Located = (usize, Option<(Pointer, String)>, Vec<LocatedFinding>);

/// Looks up the places of the findings of all targets in one pass over their text, and sorts by place. If a schema has a
/// text of its own, findings about it get their places there.
pub(super) fn locate_all(text: &str, mut targets: Vec<Unlocated>) -> Vec<Located> {
    for Unlocated { findings, schema, .. } in &mut targets {
        // A schema that nothing is found in needs no text.
        schema.take_if(|base| findings.iter().all(|(finding, _)| finding.pointer.below(base).is_none()));
    }
    let schemas: Vec<&Pointer> = targets.iter().filter_map(|target| target.schema.as_ref()).collect();
    let findings = targets.iter().flat_map(|target| target.findings.iter().map(|(finding, _)| &finding.pointer));
    let pointers: Vec<Pointer> = findings.chain(schemas).cloned().collect();
    let mut whole = places(text, &pointers);
    let mut schemas = whole.split_off(pointers.len() - targets.iter().filter(|target| target.schema.is_some()).count());
    let (mut whole, mut schemas) = (whole.into_iter(), schemas.drain(..));
    let lines = Lines::new(text);
    let located = targets.into_iter().map(|Unlocated { target, findings, schema }| {
        let schema = schema.and_then(|base| Some((base, schema_text(text, schemas.next()??)?)));
        let whole: Vec<Option<Place>> = whole.by_ref().take(findings.len()).collect();
        let located = located(text, &lines, findings, whole, schema.as_ref());
        (target, schema, located)
    });
    located.collect()
}

/// The schema of a live app as a text of its own.
fn schema_text(text: &str, place: Place) -> Option<String> {
    let schema: serde_json::Value = serde_json::from_str(&text[place.span]).ok()?;
    Some(format!("{schema:#}\n"))
}

/// The findings of a target, by their places in the `whole` text, sorted by place.
fn located(
    text: &str,
    lines: &Lines<'_>,
    findings: Vec<(Finding, bool)>,
    whole: Vec<Option<Place>>,
    schema: Option<&(Pointer, String)>,
) -> Vec<LocatedFinding> {
    let inner: Vec<Option<Pointer>> = findings.iter().map(|(finding, _)| finding.pointer.below(&schema?.0)).collect();
    let inside = schema.map(|(_, text)| {
        places(text, &inner.iter().map(|pointer| pointer.clone().unwrap_or_default()).collect::<Vec<_>>())
    });
    let mut inside = inside.unwrap_or_default().into_iter();
    let own_lines = Lines::new(schema.map_or("", |(_, text)| text));
    let lines = [lines, &own_lines];
    let mut located: Vec<(usize, LocatedFinding)> = findings
        .into_iter()
        .zip(whole)
        .zip(inner)
        .map(|(((finding, baselined), whole), inner)| {
            let order = whole.as_ref().map_or(usize::MAX, |place| {
                narrowed(text, &finding, place).unwrap_or_else(|| place.span.clone()).start
            });
            let (source, text, place) = match (inner, inside.next(), schema) {
                (Some(_), Some(place), Some((_, text))) => (1, text.as_str(), place),
                _ => (0, text, whole),
            };
            let place = place.map(|place| {
                let span = narrowed(text, &finding, &place).unwrap_or(place.span);
                let (start, end) = (lines[source].position(span.start), lines[source].position(span.end));
                LocatedPlace { source, start, end, pointer: place.pointer }
            });
            (order, LocatedFinding { place, finding, baselined })
        })
        .collect();
    located.sort_by_key(|(order, _)| *order);
    located.into_iter().map(|(_, found)| found).collect()
}

/// The places of values in a text. A missing value has the place of its parent.
fn places(text: &str, pointers: &[Pointer]) -> Vec<Option<Place>> {
    let parents: Vec<Pointer> = pointers.iter().map(|pointer| pointer.split_last().unwrap_or_default().0).collect();
    let mut found = locate(text, pointers.iter().chain(&parents));
    let parents = found.split_off(pointers.len());
    found.into_iter().zip(parents).map(|(place, parent)| place.or(parent)).collect()
}
