//! An object mapping as the table in the portal, with requirements and findings next to each row.

use std::collections::HashMap;

use maud::{Markup, html};

use super::{prose, shown};
use crate::finding::Severity;
use crate::report::{LocatedFinding, MappingRow, MappingTable, TargetReport};

/// The findings that are not in the baseline, by subject, each with its number.
pub(super) type BySubject<'r> = HashMap<&'r str, Vec<(usize, &'r LocatedFinding)>>;

pub(super) fn by_subject(target: &TargetReport) -> BySubject<'_> {
    let mut found = BySubject::new();
    for (number, one) in target.findings.iter().enumerate().filter(|(_, one)| !one.baselined) {
        found.entry(one.finding.subject.as_str()).or_default().push((number, one));
    }
    found
}

pub(super) fn table(found: &BySubject<'_>, mapping: &MappingTable, id: &dyn Fn(usize) -> String) -> Markup {
    html! {
        h3 {
            (shown(&mapping.portal)) " "
            @if !mapping.on { span.badge.warning { "off" } }
        }
        div.table {
            table {
                thead { tr {
                    th { "Target attribute" } th { "Source" } th { "Apply" } th { "Matching" } th { "Required" }
                } }
                tbody { @for row in &mapping.rows { (line(found, row, id)) } }
            }
        }
    }
}

fn line(found: &BySubject<'_>, row: &MappingRow, id: &dyn Fn(usize) -> String) -> Markup {
    let wrong = found.get(row.subject.as_str()).map(Vec::as_slice).unwrap_or_default();
    let worst = wrong.iter().map(|(_, found)| found.finding.severity).max();
    let class = match (worst, &row.required) {
        (Some(Severity::Error), _) => "is-error",
        (Some(Severity::Warning), _) => "is-warning",
        (Some(Severity::Info), _) => "is-info",
        (None, Some(_)) => "required",
        (None, None) => "",
    };
    html! {
        tr class=(class) {
            td {
                code { (shown(&row.target)) }
                @for (index, found) in wrong {
                    " " a class={ "badge " (found.finding.severity.as_str()) } href={ "#" (id(*index)) } {
                        (found.finding.rule.id)
                    }
                }
            }
            td data-label="from" {
                @match &row.source {
                    Some(source) if !source.is_empty() => { code { (shown(source)) } }
                    Some(_) => { "nothing" }
                    None => { span.badge.error { "no row" } }
                }
            }
            td class={ "word" (if row.apply.as_deref() == Some("Always") { " usual" } else { "" }) } data-label="apply" {
                (row.apply.as_deref().map(apply).unwrap_or_default())
            }
            td.word data-label="matching" { @if let Some(precedence) = row.precedence { (precedence) } }
            td {
                @if let Some(sources) = &row.required {
                    span class={ "badge " (if worst.is_some() { "error" } else { "good" }) } { "required" }
                    @if !sources.is_empty() { " from " (prose(&one_of(sources))) }
                }
            }
        }
    }
}

/// Graph's word in the words of the portal.
fn apply(word: &str) -> String {
    match word {
        "Always" => "always".to_owned(),
        "ObjectAddOnly" => "only at creation".to_owned(),
        other => shown(other),
    }
}

fn one_of(sources: &[String]) -> String {
    sources.iter().map(|source| format!("`{source}`")).collect::<Vec<_>>().join(" or ")
}
