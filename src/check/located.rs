//! The places of findings in the texts that people see.

use std::ops::Range;

use super::{LocatedFinding, LocatedPlace};
use crate::document::{Lines, Place, Pointer, inside_string, locate};
use crate::finding::Finding;
use crate::rules::Target;

/// The part of a string that a finding is about.
fn narrowed(text: &str, finding: &Finding, place: &Place) -> Option<Range<usize>> {
    let inside = inside_string(&text[place.span.clone()], finding.within.as_ref()?)?;
    Some(place.span.start + inside.start..place.span.start + inside.end)
}

/// The schema of a live app as a text of its own, and its place in the snapshot.
pub(super) fn schema_text(target: &Target<'_>) -> Option<(Pointer, String)> {
    let base = target.schema.as_ref()?.pointer.clone();
    let place = locate(&target.inspection.text, [&base]).pop()??;
    let schema: serde_json::Value = serde_json::from_str(&target.inspection.text[place.span]).ok()?;
    Some((base, format!("{schema:#}\n")))
}

/// Looks up the places of findings, and sorts by place. If the `schema` has a text of its own, findings
/// about it get their places there. Each finding comes with a flag that says whether it is in the baseline.
pub(super) fn located(
    text: &str,
    findings: Vec<(Finding, bool)>,
    schema: Option<&(Pointer, String)>,
) -> Vec<LocatedFinding> {
    let pointers: Vec<Pointer> = findings.iter().map(|(finding, _)| finding.pointer.clone()).collect();
    let whole = places(text, &pointers);
    let inner: Vec<Option<Pointer>> = pointers.iter().map(|pointer| pointer.below(&schema?.0)).collect();
    let inside = schema.map(|(_, text)| {
        places(text, &inner.iter().map(|pointer| pointer.clone().unwrap_or_default()).collect::<Vec<_>>())
    });
    let mut inside = inside.unwrap_or_default().into_iter();
    let lines = [Lines::new(text), Lines::new(schema.map_or("", |(_, text)| text))];
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
    let found = locate(text, pointers).into_iter().zip(locate(text, &parents));
    found.map(|(place, parent)| place.or(parent)).collect()
}
