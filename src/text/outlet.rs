//! Streams for text that people read.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use super::paint::split_mark;
use super::printable::{Command, is_unprintable};
use crate::secret::mask_line;

/// A stream that people read: a terminal, the log of a pipeline, a file.
///
/// Text may contain names from files and from a tenant. Characters and commands that control a terminal or a pipeline are
/// replaced here, line by line; the marks of [`super::Paint`] become colours, or nothing. A format that escapes its
/// texts itself uses [`Outlet::trusted`]. Nothing that leaves here has the shape of a credential, or is a credential of
/// this run.
pub struct Outlet<'w> {
    to: Hiding<'w>,
    color: bool,
    /// A line without its line end yet.
    line: Vec<u8>,
}

impl<'w> Outlet<'w> {
    /// An outlet for a stream, with or without colours.
    pub fn new(to: impl Write + 'w, color: bool) -> Self {
        Outlet { to: Hiding { to: Box::new(to), line: Vec::new() }, color, line: Vec::new() }
    }

    /// Writes one line; line ends in names become spaces.
    ///
    /// # Errors
    /// When writing fails.
    pub fn line(&mut self, text: impl fmt::Display) -> io::Result<()> {
        writeln!(self, "{}", one_line(&text.to_string()))
    }

    /// Writes text that is already laid out in lines.
    ///
    /// # Errors
    /// When writing fails.
    pub fn lines_of(&mut self, laid_out: impl fmt::Display) -> io::Result<()> {
        writeln!(self, "{laid_out}")
    }

    /// The stream itself, for a document that escapes its texts by its own rules, and for commands to a pipeline.
    ///
    /// # Errors
    /// When writing the pending line fails.
    pub fn trusted(&mut self) -> io::Result<&mut dyn Write> {
        self.let_out()?;
        Ok(&mut self.to)
    }

    fn let_out(&mut self) -> io::Result<()> {
        if self.line.is_empty() {
            return Ok(());
        }
        if is_plain(&self.line) {
            self.to.write_all(&self.line)?;
        } else {
            self.to.write_all(neutral(&text_of(&self.line), self.color).as_bytes())?;
        }
        self.line.clear();
        Ok(())
    }
}

/// The text of a line; what is not UTF-8 becomes U+FFFD.
fn text_of(line: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed)
}

/// A stream that credentials do not pass. It writes line by line, so that it sees each as a whole.
struct Hiding<'w> {
    to: Box<dyn Write + 'w>,
    /// A line without its line end yet.
    line: Vec<u8>,
}

impl Hiding<'_> {
    /// Writes whole lines as they are if they hide nothing; otherwise writes nothing, and says so.
    fn pass(&mut self, lines: &[u8]) -> io::Result<bool> {
        let hides_nothing = || std::str::from_utf8(lines).is_ok_and(|text| matches!(mask_line(text), Cow::Borrowed(_)));
        if !self.line.is_empty() || !hides_nothing() {
            return Ok(false);
        }
        self.to.write_all(lines)?;
        Ok(true)
    }

    fn let_out(&mut self) -> io::Result<()> {
        let written = self.to.write_all(mask_line(&text_of(&self.line)).as_bytes());
        self.line.clear();
        written
    }
}

impl Write for Hiding<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        self.line.extend_from_slice(&bytes[..whole]);
        if whole > 0 {
            self.let_out()?;
        }
        self.line.extend_from_slice(&bytes[whole..]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.let_out()?;
        self.to.flush()
    }
}

impl Drop for Hiding<'_> {
    fn drop(&mut self) {
        // Whoever wants to know of an error has flushed.
        let _ = self.let_out();
    }
}

impl fmt::Debug for Outlet<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Outlet").field("color", &self.color).finish_non_exhaustive()
    }
}

impl Write for Outlet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A report may have a million lines, and most blocks of them have nothing to look at closely.
        for block in blocks(bytes) {
            if self.line.is_empty() && block.ends_with(b"\n") && is_plain(block) && self.to.pass(block)? {
                continue;
            }
            for part in block.split_inclusive(|byte| *byte == b'\n') {
                self.line.extend_from_slice(part);
                if part.ends_with(b"\n") {
                    self.let_out()?;
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.let_out()?;
        self.to.flush()
    }
}

/// A page that is built line by line.
pub trait Lines {
    /// Adds one line; line ends in names become spaces.
    fn line(&mut self, text: impl fmt::Display);

    /// Adds text that is already laid out in lines.
    fn lines_of(&mut self, laid_out: impl fmt::Display);
}

impl Lines for String {
    fn line(&mut self, text: impl fmt::Display) {
        self.push_str(&one_line(&text.to_string()));
        self.push('\n');
    }

    fn lines_of(&mut self, laid_out: impl fmt::Display) {
        self.push_str(&format!("{laid_out}\n"));
    }
}

/// A text on one line, so that a name with line ends cannot begin a new line.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\t']) { text.replace(['\n', '\t'], " ").into() } else { text.into() }
}

/// Pieces of a text that end with a line end, of [`BLOCK`] bytes or one line; the last is what follows the last line end.
fn blocks(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let end = memchr::memrchr(b'\n', &bytes[..bytes.len().min(BLOCK)]).or_else(|| memchr::memchr(b'\n', bytes));
        let (block, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        bytes = rest;
        (!block.is_empty()).then_some(block)
    })
}

const BLOCK: usize = 64 << 10;

/// Whether lines have nothing that could steer: most have not.
fn is_plain(lines: &[u8]) -> bool {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t') && *byte != b'#';
    let is_command = |line: &[u8]| line.trim_ascii_start().starts_with(b"::");
    let has_command =
        || memchr::memmem::find(lines, b"::").is_some() && lines.split(|byte| *byte == b'\n').any(is_command);
    lines.iter().all(plain) && !has_command()
}

/// A line that is safe to show.
fn neutral(line: &str, color: bool) -> String {
    let mut shown = String::with_capacity(line.len());
    let (mut command, mut rest) = (Command::default(), line);
    while let Some(character) = rest.chars().next() {
        if let Some((codes, behind)) = split_mark(rest) {
            if color {
                shown.extend(["\u{1b}[", codes, "m"]);
            }
            rest = behind;
            continue;
        }
        shown.push(match command.next(character) {
            Some(instead) => instead,
            None if is_unprintable(character) => '\u{fffd}',
            None => character,
        });
        rest = &rest[character.len_utf8()..];
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Paint;

    fn shown(text: &str, color: bool) -> String {
        let mut bytes = Vec::new();
        let mut outlet = Outlet::new(&mut bytes, color);
        write!(outlet, "{text}").unwrap();
        outlet.flush().unwrap();
        drop(outlet);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn our_colours_are_shown_and_no_name_steers() {
        let page = format!("{:<4}|{}\n", "ab".red().bold(), "c\u{1b}[31md\u{202e}\u{2028}e\r");
        assert_eq!(shown(&page, true), "\u{1b}[1;31mab  \u{1b}[0m|c\u{fffd}[31md\u{fffd}\u{fffd}e\u{fffd}\n");
        assert_eq!(shown(&page, false), "ab  |c\u{fffd}[31md\u{fffd}\u{fffd}e\u{fffd}\n");
    }

    #[test]
    fn no_line_is_a_command_to_a_pipeline_also_not_across_colours() {
        for (text, said) in [
            ("a ##vso[task.setvariable x]y\n##[add-mask]z".to_owned(), "a ##vso(task.setvariable x]y\n##(add-mask]z"),
            (" ::error::b\na ::error::c".to_owned(), " :\u{fffd}error::b\na ::error::c"),
            (format!("{}vso[x", "##".bold()), "##vso(x"),
            (format!("{}:error::x", ":".bold()), ":\u{fffd}error::x"),
            ("\u{200b}::error::x".to_owned(), "\u{200b}:\u{fffd}error::x"),
        ] {
            assert_eq!(shown(&text, false), said);
        }
    }

    #[test]
    fn no_credential_leaves_also_in_a_document_that_is_written_in_pieces() {
        let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
        let mut bytes = Vec::new();
        let mut outlet = Outlet::new(&mut bytes, false);
        outlet.line(token).unwrap();
        for piece in ["{\"a\": \"", &token[..20], &token[20..], "\"}"] {
            outlet.trusted().unwrap().write_all(piece.as_bytes()).unwrap();
        }
        drop(outlet);
        let hidden = "*".repeat(token.len());
        assert_eq!(String::from_utf8(bytes).unwrap(), format!("{hidden}\n{{\"a\": \"{hidden}\"}}"));
    }

    #[test]
    fn a_long_text_leaves_at_once_as_it_does_line_by_line() {
        let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
        let plain = "a plain line, of which there are many\n".repeat(2 * BLOCK / 38);
        let long = "x".repeat(2 * BLOCK);
        let text = format!("begun {plain}{token}\n{plain} ::error::x\nBearer\n{long}{token}\n{plain}not ended");
        let in_lines = |text: &str| {
            let mut bytes = Vec::new();
            let mut outlet = Outlet::new(&mut bytes, false);
            text.split_inclusive('\n').for_each(|line| outlet.write_all(line.as_bytes()).unwrap());
            drop(outlet.flush());
            drop(outlet);
            String::from_utf8(bytes).unwrap()
        };
        let whole = shown(&text, false);
        assert!(whole == in_lines(&text) && !whole.contains(token) && !whole.contains("::error"));
    }

    #[test]
    fn a_document_is_written_as_it_is_behind_what_came_before() {
        let mut bytes = Vec::new();
        let mut outlet = Outlet::new(&mut bytes, false);
        outlet.line("a\nb").unwrap();
        write!(outlet, "c ").unwrap();
        outlet.trusted().unwrap().write_all(b"::error::d\n").unwrap();
        drop(outlet);
        assert_eq!(bytes, b"a b\nc ::error::d\n");
    }
}
