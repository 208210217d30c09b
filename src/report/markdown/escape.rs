//! Text from files and tenants in a cell of a table.

use crate::text::markdown;

/// A code span in a cell, with bars escaped (<https://github.github.com/gfm/#tables-extension->).
pub(in crate::report) fn code(text: &str) -> String {
    markdown::code(text).replace('|', "\\|")
}

/// A sentence in a cell. Text between backticks is code; everything else is plain text.
pub(in crate::report) fn prose(text: &str) -> String {
    markdown::prose(text, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_breaks_out_of_its_cell() {
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(prose("`a|b` | c"), "`a\\|b` \\| c");
    }
}
