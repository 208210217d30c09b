//! Mapping expressions that Entra refuses or runs otherwise than meant.

pub(super) mod function;
pub(super) mod null_test;
pub(super) mod switch_on_reference;
pub(super) mod syntax;
pub(super) mod too_long;

use super::{MappingView, NotJudged, RowView, Target};
use crate::document::Pointer;
use crate::expression::{Parsed, parse};

/// A row that is fed by an expression, with the expression as typed.
struct Written<'t, 'a> {
    mapping: &'t MappingView<'a>,
    row: &'t RowView<'a>,
    text: &'t str,
    parsed: Parsed,
}

impl Written<'_, '_> {
    /// Where the text stands.
    fn pointer(&self) -> Pointer {
        self.row.pointer().key("source").key("expression")
    }
}

/// Every expression that is typed, direct mappings left out.
fn written<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<Written<'t, 'a>>, NotJudged> {
    let mut found = Vec::new();
    for mapping in target.active_mappings()? {
        for row in &mapping.rows {
            let source = row.row.filled_source().filter(|source| source.direct().is_none());
            let Some(text) = source.and_then(|source| source.expression.as_deref()) else { continue };
            found.push(Written { mapping, row, text, parsed: parse(text) });
        }
    }
    Ok(found)
}
