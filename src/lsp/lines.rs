//! Byte offsets and positions as editors count them: lines from 0, characters in UTF-16 code units.

use std::ops::Range;

use gen_lsp_types as lsp;

/// A text and its line starts. Here a line ends with `\r` alone, too
/// (<https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocuments>).
#[derive(Debug)]
pub(super) struct TextLines<'t> {
    text: &'t str,
    /// The byte at which each line starts.
    starts: Vec<usize>,
}

impl<'t> TextLines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let within_end = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| !within_end(*at));
        TextLines { text, starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect() }
    }

    /// The position of a byte.
    pub(super) fn position(&self, offset: usize) -> lsp::Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = &self.text[self.starts[line]..offset];
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        lsp::Position::new(number(line), number(before.encode_utf16().count()))
    }

    /// The range of a span.
    pub(super) fn range(&self, span: &Range<usize>) -> lsp::Range {
        lsp::Range::new(self.position(span.start), self.position(span.end))
    }

    /// The range of a span's first line, so that a large object is not underlined completely.
    pub(super) fn first_line(&self, span: &Range<usize>) -> lsp::Range {
        let line = self.text[span.clone()].split(['\n', '\r']).next().unwrap_or_default();
        self.range(&(span.start..span.start + line.len()))
    }

    /// The byte at a position; beyond the end of a line it is that end, within a character its start.
    pub(super) fn offset(&self, position: lsp::Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(&start) = self.starts.get(line) else { return self.text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let content = self.text[start..end].trim_end_matches(['\n', '\r']);
        let wanted = usize::try_from(position.character).unwrap_or(usize::MAX);
        let mut units = 0;
        for (at, character) in content.char_indices() {
            units += character.len_utf16();
            if units > wanted {
                return start + at;
            }
        }
        start + content.len()
    }

    /// The bytes of a range; empty at its start where it ends before it begins.
    pub(super) fn span(&self, range: &lsp::Range) -> Range<usize> {
        let start = self.offset(range.start);
        start..self.offset(range.end).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_count_as_utf_16_does() {
        let text = "aä😀b\r\n😀";
        let lines = TextLines::of(text);
        for (sign, line, character) in [("a", 0, 0), ("ä", 0, 1), ("😀b", 0, 2), ("b", 0, 4), ("\r", 0, 5)] {
            let offset = text.find(sign).unwrap();
            assert_eq!(lines.position(offset), lsp::Position::new(line, character), "{sign}");
            assert_eq!(lines.offset(lsp::Position::new(line, character)), offset, "{sign}");
        }
        assert_eq!(lines.offset(lsp::Position::new(0, 3)), 3, "within a character is its start");
        assert_eq!(lines.offset(lsp::Position::new(0, 99)), 8, "the line end does not belong to the line");
        assert_eq!(lines.offset(lsp::Position::new(1, 2)), text.len());
        assert_eq!(lines.offset(lsp::Position::new(9, 9)), text.len());
        assert_eq!(lines.offset(lsp::Position::new(u32::MAX, u32::MAX)), text.len());
        assert_eq!(lines.span(&lsp::Range::new(lsp::Position::new(1, 2), lsp::Position::new(0, 0))), 14..14);
    }
    #[test]
    fn every_line_end_of_the_protocol_ends_a_line() {
        let text = "a\rbc\r\nd\r\r\ne\nf\r";
        let lines = TextLines::of(text);
        for (sign, line) in [("a", 0), ("bc", 1), ("d", 2), ("e", 4), ("f", 5)] {
            let offset = text.find(sign).unwrap();
            assert_eq!(lines.position(offset), lsp::Position::new(line, 0), "{sign}");
            assert_eq!(lines.offset(lsp::Position::new(line, 0)), offset, "{sign}");
        }
        assert_eq!(lines.offset(lsp::Position::new(0, 9)), 1, "the line end does not belong to the line");
        assert_eq!(lines.position(text.len()), lsp::Position::new(6, 0));
        assert_eq!(lines.first_line(&(2..text.len())).end, lsp::Position::new(1, 2));
    }
}
