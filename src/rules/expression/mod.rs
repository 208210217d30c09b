//! Mapping expressions that Entra rejects or that do not do what was intended.

pub(super) mod argument;
pub(super) mod function;
pub(super) mod null_test;
pub(super) mod switch_on_reference;
pub(super) mod syntax;
pub(super) mod too_long;

use super::source_change::RowSource;
use super::{MappingView, NotJudged, RowView, Target};
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

impl Written<'_, '_> {
    /// The place of the text in the file.
    fn pointer(&self) -> Pointer {
        self.row.pointer().key("source").key("expression")
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
