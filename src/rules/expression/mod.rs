//! Mapping expressions that Entra refuses or runs otherwise than meant.

pub(super) mod function;
pub(super) mod null_test;
pub(super) mod switch_on_reference;
pub(super) mod syntax;
pub(super) mod too_long;

use super::feed_change::Feed;
use super::{MappingView, NotJudged, RowView, Target};
use crate::document::Pointer;
use crate::expression::{Expression, SyntaxError};

/// A row that is fed by an expression, with the expression as typed.
struct Written<'t, 'a> {
    mapping: &'t MappingView<'a>,
    row: &'t RowView<'a>,
    text: &'t str,
    /// The tree, with holes where mistakes are.
    tree: &'t Expression,
    errors: &'t [SyntaxError],
}

impl Written<'_, '_> {
    /// Where the text stands.
    fn pointer(&self) -> Pointer {
        self.row.pointer().key("source").key("expression")
    }
}

/// Every expression that is typed, attributes and constants left out.
fn written<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<Written<'t, 'a>>, NotJudged> {
    let mut found = Vec::new();
    for mapping in target.active_mappings()? {
        for row in &mapping.rows {
            let Feed::Expression(_, reading) = &row.feed else { continue };
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
