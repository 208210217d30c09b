//! Byte offsets to lines and columns.

use std::cell::OnceCell;

/// A place in lines and columns, both counted from 1; columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The byte offset in the decoded text.
    pub offset: usize,
}

/// The line starts of a text.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// The number of characters before every [`STRIDE`] bytes: a minified file is one line, and has many places in it.
    counted: OnceCell<Vec<usize>>,
}

const STRIDE: usize = 4 << 10;

/// How many characters begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..0xC0)).count()
}

impl<'a> Lines<'a> {
    /// Finds the lines of `text`. A line ends with `\n`; a `\r` before it belongs to the line.
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Lines { text, starts, counted: OnceCell::new() }
    }

    /// The position of a byte offset; beyond the end it is the end, inside a character its start.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let between = if offset - start < STRIDE {
            characters(&self.text.as_bytes()[start..offset])
        } else {
            self.characters_before(offset) - self.characters_before(start)
        };
        Position { line, column: between + 1, offset }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let counted = self.counted.get_or_init(|| {
            let sums = bytes.chunks(STRIDE).scan(0, |sum, chunk| {
                *sum += characters(chunk);
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        });
        let stride = offset / STRIDE;
        counted.get(stride).copied().unwrap_or_default() + characters(&bytes[stride * STRIDE..offset])
    }

    /// How many lines there are; an empty text has one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The byte offset at which a line (from 1) starts; beyond the last it is the end of the text.
    pub fn start(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }

    /// A line (from 1) without its line end.
    pub fn line(&self, line: usize) -> &'a str {
        self.text[self.start(line)..self.start(line + 1)].trim_end_matches(['\n', '\r'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_offsets_bytes() {
        let lines = Lines::new("ab\r\näöx\n");
        assert_eq!(lines.position(0), Position { line: 1, column: 1, offset: 0 });
        assert_eq!(lines.position(8), Position { line: 2, column: 3, offset: 8 });
        assert_eq!(lines.position(5), Position { line: 2, column: 1, offset: 4 }, "inside ä");
        assert_eq!(lines.position(99), Position { line: 3, column: 1, offset: 10 });
        assert_eq!((lines.count(), lines.line(1), lines.line(2)), (3, "ab", "äöx"));
    }

    #[test]
    fn columns_of_a_long_line_count_characters_too() {
        let text = format!("é\n{}", "aé€😀".repeat(STRIDE));
        let lines = Lines::new(&text);
        let offsets = text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
        for (column, offset) in offsets.skip(2).enumerate().step_by(97) {
            assert_eq!(lines.position(offset), Position { line: 2, column: column + 1, offset });
        }
    }
}
