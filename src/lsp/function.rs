//! The text for a hover over a function in an expression: what it gives, and what its arguments must be.

use std::ops::Range;

use crate::document::{inside_string, locate};
use crate::expression::{Function, function};
use crate::rules::RowView;
use crate::simulate::RowSource;
use crate::text::markdown::{code, prose};

/// The function whose name is at a byte of a file, and the range of the name.
pub(super) fn function_at(text: &str, row: &RowView<'_>, offset: usize) -> Option<(Range<usize>, String)> {
    let RowSource::Expression(_, reading) = &row.source else { return None };
    let tree = reading.as_ref().unwrap_or_else(|parsed| &parsed.expression);
    let place = locate(text, [&row.expression_pointer()]).into_iter().next()??;
    let literal = text.get(place.span.clone())?;
    tree.calls().into_iter().find_map(|call| {
        let name = inside_string(literal, &call.name_span)?;
        let name = place.span.start + name.start..place.span.start + name.end;
        let function = function(&call.name).filter(|_| name.start <= offset && offset <= name.end)?;
        Some((name, described(function)))
    })
}

fn described(function: &Function) -> String {
    let mut text = format!("{}  \n{}", code(&function.signature()), prose(function.summary, code));
    for parameter in function.parameters {
        if let Some(accepts) = parameter.accepts() {
            text.push_str(&format!("\n- {}: {}", code(parameter.name), prose(&accepts, code)));
        }
    }
    if !function.open.is_empty() {
        text.push_str(&format!("\n\n{}", prose(function.open, code)));
    }
    let page = function.reference;
    text.push_str(&format!("\n\n[{}]({}), version of {}", page.title, page.url, page.date));
    text
}
