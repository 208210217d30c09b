//! What replaces a match: a text with substitutions such as `$1` and `${name}`.
//!
//! <https://learn.microsoft.com/dotnet/standard/base-types/substitutions-in-regular-expressions>

use super::class;
use super::run::Spans;
use super::scan::{Fault, Scanner, is_digit};
use super::{Pattern, PatternError, byte_offset};

/// A text with substitutions, for one pattern.
#[derive(Clone, Debug)]
pub struct Replacement {
    parts: Vec<Part>,
    missing: Vec<(usize, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Vec<u16>),
    /// `$1`, `${name}`, `$&`
    Group(usize),
    /// `` $` ``
    Before,
    /// `$'`
    After,
    /// `$+`
    LastGroup,
    /// `$_`
    Everything,
}

impl Replacement {
    /// Parses a replacement for the matches of `pattern`. A substitution that names no group of the pattern stands for
    /// itself.
    ///
    /// # Errors
    /// If .NET refuses it.
    pub fn parse(replacement: &str, pattern: &Pattern) -> Result<Self, PatternError> {
        let units: Vec<u16> = replacement.encode_utf16().collect();
        let mut scanner = Scanner::new(&units);
        let mut parts = Vec::new();
        let mut missing = Vec::new();
        let mut literal = Vec::new();
        while let Some(unit) = scanner.next() {
            if unit != u16::from(b'$') {
                literal.push(unit);
                continue;
            }
            let start = scanner.at;
            let part = substitution(&mut scanner, pattern).map_err(|fault| match fault {
                Fault::Wrong { at, why } => PatternError { at: byte_offset(replacement, at), why },
                Fault::TooDeep => PatternError { at: 0, why: String::new() },
            })?;
            match part {
                Read::Part(part) => {
                    if !literal.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut literal)));
                    }
                    parts.push(part);
                }
                Read::Dollar => literal.push(unit),
                Read::Nothing(name) => {
                    if let Some(name) = name {
                        missing.push((byte_offset(replacement, start - 1), name));
                    }
                    scanner.at = start;
                    literal.push(unit);
                }
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Replacement { parts, missing })
    }

    /// The substitutions that name no group of the pattern, so that .NET inserts them as they are: the offset of each in
    /// bytes, and the name of its group.
    pub fn missing_groups(&self) -> &[(usize, String)] {
        &self.missing
    }

    pub(super) fn expand(&self, text: &[u16], found: &Spans, out: &mut Vec<u16>) {
        let (start, end) = found.first().copied().flatten().unwrap_or((0, 0));
        for part in &self.parts {
            let group = |slot: usize| found.get(slot).copied().flatten().map_or((0, 0), |span| span);
            let (from, to) = match part {
                Part::Text(units) => {
                    out.extend_from_slice(units);
                    continue;
                }
                Part::Group(slot) => group(*slot),
                Part::Before => (0, start),
                Part::After => (end, text.len()),
                Part::LastGroup => group(found.len() - 1),
                Part::Everything => (0, text.len()),
            };
            out.extend_from_slice(text.get(from..to).unwrap_or_default());
        }
    }
}

enum Read {
    Part(Part),
    /// `$$`
    Dollar,
    /// A dollar sign that stands for itself, perhaps because the pattern has no group of this name.
    Nothing(Option<String>),
}

/// What follows a dollar sign.
fn substitution(scanner: &mut Scanner<'_>, pattern: &Pattern) -> Result<Read, Fault> {
    let is_braced = scanner.peek_at(1).is_some() && scanner.take('{');
    let Some(unit) = scanner.peek() else { return Ok(Read::Nothing(None)) };
    if is_digit(unit) {
        let number = scanner.decimal()?;
        if is_braced && !scanner.take('}') {
            return Ok(Read::Nothing(None));
        }
        let slot = pattern.groups.slot(number);
        return Ok(slot.map_or_else(|| Read::Nothing(Some(number.to_string())), |slot| Read::Part(Part::Group(slot))));
    }
    if is_braced {
        if !class::is_word(unit) {
            return Ok(Read::Nothing(None));
        }
        let name = scanner.name();
        if !scanner.take('}') {
            return Ok(Read::Nothing(None));
        }
        let slot = pattern.groups.slot_of_name(&name);
        return Ok(slot.map_or_else(|| Read::Nothing(Some(name)), |slot| Read::Part(Part::Group(slot))));
    }
    let part = match u8::try_from(unit) {
        Ok(b'$') => {
            scanner.next();
            return Ok(Read::Dollar);
        }
        Ok(b'&') => Part::Group(0),
        Ok(b'`') => Part::Before,
        Ok(b'\'') => Part::After,
        Ok(b'+') => Part::LastGroup,
        Ok(b'_') => Part::Everything,
        _ => return Ok(Read::Nothing(None)),
    };
    scanner.next();
    Ok(Read::Part(part))
}
