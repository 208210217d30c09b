//! Mapping expressions that Entra rejects or that do not do what was intended.

pub(super) mod argument;
pub(super) mod function;
pub(super) mod null_test;
pub(super) mod switch_on_reference;
pub(super) mod syntax;
pub(super) mod too_long;

use super::source_change::RowSource;
use super::{Findings, MappingView, NotJudged, RowView, Target, portal};
use crate::document::Pointer;
use crate::expression::{Expression, SyntaxError};

/// A row that is mapped from an expression, with the expression as typed.
struct Written<'t, 'a> {
    mapping: &'t MappingView<'a>,
    row: &'t RowView<'a>,
    text: &'t str,
    /// The parsed expression, with placeholders where it could not be read.
    tree: &'t Expression,
    errors: &'t [SyntaxError],
}

/// The mistakes of one rule that are reported of one expression: to find the place of each takes a reading of the text.
const MOST: usize = 20;

/// Reports the first mistakes in the source of a row, each with `report`, and the number of all others.
pub(in crate::rules) fn first_in_expression<M>(
    mapping: &MappingView<'_>,
    row: &RowView<'_>,
    mistakes: impl IntoIterator<Item = M>,
    findings: &mut Findings<'_>,
    mut report: impl FnMut(M, &mut Findings<'_>),
) {
    let mut mistakes = mistakes.into_iter();
    for mistake in mistakes.by_ref().take(MOST) {
        report(mistake, findings);
    }
    let more = mistakes.count();
    if more > 0 {
        let name = row.target;
        findings
            .add(
                mapping.subject(name),
                row.expression_pointer(),
                format!("The expression of `{name}` has {more} more mistakes like the first {MOST}"),
            )
            .label(format!("{more} more"))
            .manual(
                "Correct the mistakes that are shown, then check again",
                portal::edit_row(mapping, name, "Correct the expression"),
            );
    }
}

impl<'t> Written<'t, '_> {
    /// Reports the first mistakes of a rule, each with `report`, and the number of all others.
    fn report<M>(
        &self,
        mistakes: impl IntoIterator<Item = M>,
        findings: &mut Findings<'_>,
        report: impl FnMut(M, &mut Findings<'_>),
    ) {
        first_in_expression(self.mapping, self.row, mistakes, findings, report);
    }

    /// The place of the text in the file.
    fn pointer(&self) -> Pointer {
        self.row.expression_pointer()
    }
}

/// Every expression in an enabled mapping, without plain attributes and constants.
fn written<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<Written<'t, 'a>>, NotJudged> {
    let mut found = Vec::new();
    for mapping in target.active_mappings()? {
        for row in &mapping.rows {
            let RowSource::Expression(_, reading) = &row.source else { continue };
            let Some(text) = row.row.source.as_ref().and_then(|source| source.expression.as_deref()) else { continue };
            let (tree, errors) = match reading {
                Ok(tree) => (tree, &[][..]),
                Err(parsed) => (&parsed.expression, parsed.errors.as_slice()),
            };
            found.push(Written { mapping, row, text, tree, errors });
        }
    }
    Ok(found)
}
