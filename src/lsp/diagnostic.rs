//! What is wrong, as an editor shows it.

use gen_lsp_types as lsp;

use super::buffer::Buffer;
use super::lines::TextLines;
use crate::check::LocatedFinding;
use crate::finding::Severity;
use crate::policy::{PolicyError, PolicyErrors};
use crate::text::printable;

const SOURCE: &str = "provlint";

/// What is wrong with a schema or snapshot.
pub(super) fn of_findings(buffer: &Buffer) -> Vec<lsp::Diagnostic> {
    let places = TextLines::of(&buffer.text);
    let troubles = buffer.verdict.trouble.iter().map(|trouble| {
        let message = with_help(&trouble.message, &trouble.help);
        let range = places.range(&trouble.span.clone().unwrap_or_default());
        lsp::Diagnostic { severity: Some(lsp::DiagnosticSeverity::Error), ..plain(range, &message) }
    });
    let findings = buffer.verdict.findings().map(|found| of_finding(&places, found));
    troubles.chain(findings).collect()
}

/// A finding; one without a place is shown at the start of the text.
pub(super) fn of_finding(places: &TextLines<'_>, found: &LocatedFinding) -> lsp::Diagnostic {
    let finding = &found.finding;
    let range = places.first_line(&span(found));
    let href = finding.rule.url().parse().ok();
    lsp::Diagnostic {
        severity: Some(match finding.severity {
            Severity::Error => lsp::DiagnosticSeverity::Error,
            Severity::Warning => lsp::DiagnosticSeverity::Warning,
            Severity::Info => lsp::DiagnosticSeverity::Information,
        }),
        code: Some(finding.rule.id.to_owned().into()),
        code_description: href.map(lsp::CodeDescription::new),
        ..plain(range, &with_help(&finding.message, &finding.help))
    }
}

/// The bytes that a finding is about.
pub(super) fn span(found: &LocatedFinding) -> std::ops::Range<usize> {
    found.place.as_ref().map(|place| place.start.offset..place.end.offset).unwrap_or_default()
}

/// The mistakes in a policy.
pub(super) fn of_policy(text: &str, errors: &PolicyErrors) -> Vec<lsp::Diagnostic> {
    let places = TextLines::of(text);
    let of_mistake = |mistake: &PolicyError| {
        let range = places.range(&mistake.span.clone().unwrap_or_default());
        let message = with_help(&mistake.message, mistake.help.as_deref().unwrap_or_default());
        lsp::Diagnostic { severity: Some(lsp::DiagnosticSeverity::Error), ..plain(range, &message) }
    };
    errors.0.iter().map(of_mistake).collect()
}

fn plain(range: lsp::Range, message: &str) -> lsp::Diagnostic {
    let message = printable(message).into_owned();
    lsp::Diagnostic { range, source: Some(SOURCE.to_owned()), message: message.into(), ..lsp::Diagnostic::default() }
}

fn with_help(message: &str, help: &str) -> String {
    if help.is_empty() { message.to_owned() } else { format!("{message}\n{help}") }
}
