//! Quick fixes.

use std::collections::HashMap;
use std::ops::Range;

use gen_lsp_types as lsp;

use super::Checker;
use super::buffer::{Buffer, Buffers};
use super::diagnostic;
use super::lines::TextLines;
use crate::document::Edit;
use crate::finding::{Applicability, Finding, Fix};
use crate::fix::apply_fixes;
use crate::report::fix_edits;

/// The kind of the action that applies every safe fix; an editor may run it when a file is saved.
pub(super) const FIX_ALL: &str = "source.fixAll.provlint";

/// The actions for the findings within a range.
pub(super) fn actions(
    checker: &Checker,
    buffers: &Buffers,
    buffer: &Buffer,
    params: &lsp::CodeActionParams,
) -> Vec<lsp::CodeAction> {
    let wanted = |kind: &str| {
        let only = params.context.only.as_deref().unwrap_or_default();
        // `source` includes every kind below it.
        only.is_empty()
            || only.iter().any(|only| {
                let only = String::from(only.clone());
                kind == only || kind.strip_prefix(&only).is_some_and(|rest| rest.starts_with('.'))
            })
    };
    let uri = &params.text_document.uri;
    let mut actions = Vec::new();
    if wanted(&String::from(lsp::CodeActionKind::QuickFix)) {
        actions.extend(quick_fixes(buffer, uri, &params.range));
    }
    if wanted(FIX_ALL) {
        actions.extend(fix_all(checker, buffers, buffer, uri));
    }
    actions
}

fn quick_fixes(buffer: &Buffer, uri: &lsp::Uri, range: &lsp::Range) -> Vec<lsp::CodeAction> {
    let places = TextLines::of(&buffer.text);
    let asked = places.span(range);
    let mut actions = Vec::new();
    for target in &buffer.verdict.targets {
        for (found, edits) in target.findings.iter().zip(fix_edits(target)) {
            let span = diagnostic::span(found);
            let meets = span.start <= asked.end && asked.start <= span.end;
            let Some(fix) = found.finding.fix.as_ref().filter(|_| meets && !edits.is_empty()) else { continue };
            actions.push(lsp::CodeAction {
                title: title(fix),
                kind: Some(lsp::CodeActionKind::QuickFix),
                diagnostics: Some(vec![diagnostic::of_finding(&places, found)]),
                is_preferred: Some(is_safe(&found.finding)),
                edit: Some(workspace_edit(uri, &places, &edits)),
                ..lsp::CodeAction::default()
            });
        }
    }
    // Safe fixes first.
    actions.sort_by_key(|action| action.is_preferred != Some(true));
    actions
}

/// Whether a fix is safe.
fn is_safe(finding: &Finding) -> bool {
    finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Safe)
}

/// The fix in one line, with a warning if it is unsafe.
fn title(fix: &Fix) -> String {
    match fix.applicability {
        Applicability::Safe => fix.title.clone(),
        Applicability::Unsafe | Applicability::Manual => {
            format!("{} (unsafe: changes who is matched, created, disabled or removed)", fix.title)
        }
    }
}

/// Applies every safe fix, as `fix` does.
fn fix_all(checker: &Checker, buffers: &Buffers, buffer: &Buffer, uri: &lsp::Uri) -> Option<lsp::CodeAction> {
    let judged = |text: &str| {
        let verdict = checker.check(&buffer.path, text, buffers);
        verdict.trouble.is_none().then(|| verdict.findings().map(|found| found.finding.clone()).collect())
    };
    if !buffer.verdict.findings().any(|found| is_safe(&found.finding)) {
        return None;
    }
    let fixed = apply_fixes(&buffer.text, Applicability::Safe, judged).ok()?;
    let edit = difference(&buffer.text, &fixed.text)?;
    Some(lsp::CodeAction {
        title: "Apply all safe fixes of provlint".to_owned(),
        kind: Some(FIX_ALL.to_owned().into()),
        edit: Some(workspace_edit(uri, &TextLines::of(&buffer.text), &[edit])),
        ..lsp::CodeAction::default()
    })
}

/// The one edit that turns `old` into `new`; `None` if they are equal.
fn difference(old: &str, new: &str) -> Option<Edit> {
    if old == new {
        return None;
    }
    let same = |pair: &(char, char)| pair.0 == pair.1;
    let start: usize = old.chars().zip(new.chars()).take_while(same).map(|(one, _)| one.len_utf8()).sum();
    let rest = old[start..].chars().rev().zip(new[start..].chars().rev());
    let end: usize = rest.take_while(same).map(|(one, _)| one.len_utf8()).sum();
    let span: Range<usize> = start..old.len() - end;
    Some(Edit { span, text: new[start..new.len() - end].to_owned() })
}

fn workspace_edit(uri: &lsp::Uri, places: &TextLines<'_>, edits: &[Edit]) -> lsp::WorkspaceEdit {
    let edits = edits.iter().map(|edit| lsp::TextEdit::new(places.range(&edit.span), edit.text.clone()));
    lsp::WorkspaceEdit { changes: Some(HashMap::from([(uri.clone(), edits.collect())])), ..Default::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::applied;

    #[test]
    fn the_difference_is_what_differs() {
        for (old, new) in [("aäb", "aöb"), ("ab", "aab"), ("", "x"), ("xyx", "x"), ("äö", "ä")] {
            assert_eq!(applied(old, &[difference(old, new).unwrap()]), new);
        }
        assert_eq!(difference("x", "x"), None);
    }
}
