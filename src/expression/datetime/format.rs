//! Format strings: custom ones, and standard ones of one letter.

use std::iter::Peekable;
use std::str::CharIndices;

/// A .NET format string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::expression) struct Format(pub(super) Vec<Part>);

/// Whether a format is for writing or for reading, for which some characters mean different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::expression) enum Direction {
    /// From text to date.
    Read,
    /// From date to text.
    Write,
}

/// Why .NET refuses a format string.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub(in crate::expression) struct FormatError {
    /// Where it is wrong, as an offset in bytes.
    pub(in crate::expression) at: usize,
    /// What is wrong, without a full stop.
    pub(in crate::expression) why: String,
}

impl FormatError {
    fn new(at: usize, why: impl Into<String>) -> Self {
        FormatError { at, why: why.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A letter and its number of repetitions: `yyyy`.
    Field(char, usize),
    /// A character that stands for itself.
    Literal(char),
    /// A character within quotation marks or after a backslash.
    Quoted(char),
    /// `GMT` without quotation marks; only when reading.
    Gmt,
    /// The date is converted to UTC first.
    Universal,
}

type Characters<'f> = Peekable<CharIndices<'f>>;

impl Format {
    /// Parses a format string.
    ///
    /// # Errors
    /// If .NET refuses it.
    pub(in crate::expression) fn parse(format: &str, direction: Direction) -> Result<Self, FormatError> {
        let mut letters = format.chars();
        let custom = match (letters.next(), letters.next()) {
            (None, _) if direction == Direction::Write => "MM/dd/yyyy HH:mm:ss",
            (None, _) => return Err(FormatError::new(0, "the input format is empty")),
            // A single letter is a standard format.
            (Some(letter), None) => match letter {
                'd' => "MM/dd/yyyy",
                'D' => "dddd, dd MMMM yyyy",
                'f' => "dddd, dd MMMM yyyy HH:mm",
                'F' | 'U' => "dddd, dd MMMM yyyy HH:mm:ss",
                'g' => "MM/dd/yyyy HH:mm",
                'G' => "MM/dd/yyyy HH:mm:ss",
                'm' | 'M' => "MMMM dd",
                'o' | 'O' => "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
                'r' | 'R' => "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
                's' => "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
                't' => "HH:mm",
                'T' => "HH:mm:ss",
                'u' => "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
                'y' | 'Y' => "yyyy MMMM",
                other => return Err(FormatError::new(0, format!("there is no standard format `{other}`"))),
            },
            _ => format,
        };
        let mut parts = Format::custom(custom, direction)?;
        if format == "U" {
            parts.0.insert(0, Part::Universal);
        }
        Ok(parts)
    }

    /// A format of this program, which is known to be valid for reading and writing.
    pub(super) fn known(format: &str) -> Self {
        Format::custom(format, Direction::Read).unwrap_or(Format(Vec::new()))
    }

    fn custom(format: &str, direction: Direction) -> Result<Self, FormatError> {
        let mut parts = Vec::new();
        let mut characters = format.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let single = |at| FormatError::new(at, "a percent sign is not followed by a character of the format");
            match character {
                '%' if direction == Direction::Read => {
                    if characters.peek().is_none_or(|(_, next)| *next == '%') {
                        return Err(single(at));
                    }
                }
                // It makes the next character a format of its own.
                '%' => match characters.next() {
                    None | Some((_, '%' | '\'' | '"' | '\\')) => return Err(single(at)),
                    Some((_, next)) if is_field(next) => parts.push(Part::Field(next, 1)),
                    Some((_, next)) => parts.push(Part::Literal(next)),
                },
                '\'' | '"' => quoted(&mut characters, (at, character), &mut parts)?,
                '\\' => match characters.next() {
                    Some((_, next)) => parts.push(Part::Quoted(next)),
                    None => return Err(FormatError::new(at, "a backslash at the end escapes nothing")),
                },
                'G' if direction == Direction::Read && is_gmt(&format[at..]) => {
                    characters.nth(1);
                    parts.push(Part::Gmt);
                }
                // When writing, it is a character like any other.
                'Z' if direction == Direction::Write => parts.push(Part::Literal('Z')),
                _ if is_field(character) => {
                    let mut count = 1;
                    // Each of these stands for itself, however many follow.
                    while !matches!(character, 'K' | 'Z')
                        && characters.next_if(|(_, next)| *next == character).is_some()
                    {
                        count += 1;
                    }
                    if matches!(character, 'f' | 'F') && count > 7 {
                        return Err(FormatError::new(at, "a second has at most seven decimal places"));
                    }
                    parts.push(Part::Field(character, count));
                }
                _ => parts.push(Part::Literal(character)),
            }
        }
        Ok(Format(parts))
    }

    /// Whether it has a field.
    pub(super) fn has(&self, letters: &[char]) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Field(letter, _) if letters.contains(letter)))
    }
}

fn is_field(character: char) -> bool {
    matches!(character, 'd' | 'f' | 'F' | 'g' | 'h' | 'H' | 'K' | 'm' | 'M' | 's' | 't' | 'y' | 'z' | 'Z')
}

fn is_gmt(rest: &str) -> bool {
    rest.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("GMT"))
}

fn quoted(
    characters: &mut Characters<'_>,
    (at, quote): (usize, char),
    parts: &mut Vec<Part>,
) -> Result<(), FormatError> {
    loop {
        let next = match characters.next() {
            Some((_, next)) if next == quote => return Ok(()),
            Some((_, '\\')) => characters.next(),
            next => next,
        };
        match next {
            Some((_, next)) => parts.push(Part::Quoted(next)),
            None => return Err(FormatError::new(at, "a quotation mark is never closed")),
        }
    }
}
