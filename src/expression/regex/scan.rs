//! Reads the parts of a regular expression that groups, classes and characters are made of.

use super::class::{self, Class, Named};

pub(super) const CLOSE: u16 = b')' as u16;

/// Why a pattern was not parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// .NET refuses it.
    Wrong {
        /// The UTF-16 unit where it is wrong.
        at: usize,
        /// What is wrong.
        why: String,
    },
    /// It is nested too deeply to be parsed here.
    TooDeep,
}

impl Fault {
    pub(super) fn new(at: usize, why: &str) -> Self {
        Fault::Wrong { at, why: why.to_owned() }
    }
}

/// The number of classes within classes that can be parsed here.
const DEEPEST: usize = 50;

/// The options that a pattern can set: `(?imnsx)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// `i`
    pub(super) ignore_case: bool,
    /// `m`
    pub(super) lines: bool,
    /// `n`
    pub(super) explicit_capture: bool,
    /// `s`
    pub(super) dot_is_all: bool,
    /// `x`
    pub(super) ignore_blank: bool,
}

/// A place in a pattern, with the options that apply there.
pub(super) struct Scanner<'p> {
    pub(super) pattern: &'p [u16],
    pub(super) at: usize,
    pub(super) options: Options,
    /// The number of classes around the place.
    depth: usize,
}

pub(super) fn is_digit(unit: u16) -> bool {
    (u16::from(b'0')..=u16::from(b'9')).contains(&unit)
}

fn is_blank(unit: u16) -> bool {
    matches!(u8::try_from(unit), Ok(b'\t' | b'\n' | 0x0C | b'\r' | b' '))
}

impl<'p> Scanner<'p> {
    pub(super) fn new(pattern: &'p [u16]) -> Self {
        Scanner { pattern, at: 0, options: Options::default(), depth: 0 }
    }

    pub(super) fn peek(&self) -> Option<u16> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, offset: usize) -> Option<u16> {
        self.pattern.get(self.at + offset).copied()
    }

    pub(super) fn next(&mut self) -> Option<u16> {
        let unit = self.peek()?;
        self.at += 1;
        Some(unit)
    }

    /// Moves past a character if it is the next one.
    pub(super) fn take(&mut self, character: char) -> bool {
        let is_next = self.peek() == u16::try_from(u32::from(character)).ok();
        self.at += usize::from(is_next);
        is_next
    }

    /// Moves past comments, and past white space if the pattern says that it does not count.
    pub(super) fn skip_blank(&mut self) -> Result<(), Fault> {
        loop {
            while self.options.ignore_blank && self.peek().is_some_and(is_blank) {
                self.at += 1;
            }
            if self.options.ignore_blank && self.peek() == Some(u16::from(b'#')) {
                while self.peek().is_some_and(|unit| unit != u16::from(b'\n')) {
                    self.at += 1;
                }
                continue;
            }
            if !self.pattern[self.at..].starts_with(&[u16::from(b'('), u16::from(b'?'), u16::from(b'#')]) {
                return Ok(());
            }
            let start = self.at;
            while self.peek().is_some_and(|unit| unit != CLOSE) {
                self.at += 1;
            }
            if self.next().is_none() {
                return Err(Fault::new(start, "a comment is never closed"));
            }
        }
    }

    /// Whether a quantifier begins there. A curly bracket begins one only in the forms `{n}`, `{n,}` and `{n,m}`.
    pub(super) fn is_quantifier(&self, at: usize) -> bool {
        match self.pattern.get(at).and_then(|unit| u8::try_from(*unit).ok()) {
            Some(b'*' | b'+' | b'?') => true,
            Some(b'{') => {
                let digits = |from: usize| self.pattern[from..].iter().take_while(|unit| is_digit(**unit)).count();
                let least = digits(at + 1);
                let mut end = at + 1 + least;
                if self.pattern.get(end) == Some(&u16::from(b',')) {
                    end += 1;
                    end += digits(end);
                }
                least > 0 && self.pattern.get(end) == Some(&u16::from(b'}'))
            }
            _ => false,
        }
    }

    /// The options after `(?`, up to the first character that is none.
    pub(super) fn read_options(&mut self) {
        let mut on = true;
        while let Some(letter) = self.peek().and_then(|unit| u8::try_from(unit).ok()) {
            match letter.to_ascii_lowercase() {
                b'-' => on = false,
                b'+' => on = true,
                b'i' => self.options.ignore_case = on,
                b'm' => self.options.lines = on,
                b'n' => self.options.explicit_capture = on,
                b's' => self.options.dot_is_all = on,
                b'x' => self.options.ignore_blank = on,
                _ => return,
            }
            self.at += 1;
        }
    }

    pub(super) fn decimal(&mut self) -> Result<u32, Fault> {
        const LARGEST: u32 = i32::MAX as u32;
        let at = self.at;
        let mut number: u32 = 0;
        while let Some(unit) = self.peek().filter(|unit| is_digit(*unit)) {
            self.at += 1;
            number = number
                .checked_mul(10)
                .and_then(|number| number.checked_add(u32::from(unit - u16::from(b'0'))))
                .filter(|number| *number <= LARGEST)
                .ok_or_else(|| Fault::new(at, "a number is too large"))?;
        }
        Ok(number)
    }

    /// The name of a group.
    pub(super) fn name(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(class::is_word) {
            self.at += 1;
        }
        String::from_utf16_lossy(&self.pattern[start..self.at])
    }

    /// `{Lu}` after `\p`, which begins at `at`.
    pub(super) fn property(&mut self, at: usize) -> Result<Named, Fault> {
        let malformed = || Fault::new(at, r"`\p` is not followed by a name in curly brackets");
        if self.pattern.len() - self.at < 3 || !self.take('{') {
            return Err(malformed());
        }
        let start = self.at;
        while self.peek().is_some_and(|unit| class::is_word(unit) || unit == u16::from(b'-')) {
            self.at += 1;
        }
        let name = String::from_utf16_lossy(&self.pattern[start..self.at]);
        if !self.take('}') {
            return Err(malformed());
        }
        Named::of(&name).ok_or_else(|| Fault::Wrong {
            at: start,
            why: format!("there is no Unicode category or block `{name}` in .NET"),
        })
    }

    /// The character that an escape stands for; the backslash before it is at `at`.
    pub(super) fn escape(&mut self, at: usize) -> Result<u16, Fault> {
        let Some(unit) = self.next() else {
            return Err(Fault::new(at, "a backslash at the end escapes nothing"));
        };
        let Ok(letter) = u8::try_from(unit) else { return literal(unit, at) };
        Ok(match letter {
            b'0'..=b'7' => {
                self.at -= 1;
                self.octal()
            }
            b'x' => self.hexadecimal(2, at)?,
            b'u' => self.hexadecimal(4, at)?,
            b'a' => 0x07,
            b'b' => 0x08,
            b'e' => 0x1B,
            b'f' => 0x0C,
            b'n' => 0x0A,
            b'r' => 0x0D,
            b't' => 0x09,
            b'v' => 0x0B,
            b'c' => {
                match self.next().and_then(|unit| u8::try_from(unit).ok()).map(|letter| letter.to_ascii_uppercase()) {
                    Some(letter @ b'@'..=b'_') => u16::from(letter - b'@'),
                    _ => {
                        return Err(Fault::new(at, r"`\c` is not followed by a letter that makes a control character"));
                    }
                }
            }
            _ => return literal(unit, at),
        })
    }

    fn octal(&mut self) -> u16 {
        let mut value = 0;
        for _ in 0..3 {
            let Some(unit) = self.peek().filter(|unit| (u16::from(b'0')..=u16::from(b'7')).contains(unit)) else {
                break;
            };
            value = value * 8 + (unit - u16::from(b'0'));
            self.at += 1;
        }
        value & 0xFF
    }

    fn hexadecimal(&mut self, digits: usize, at: usize) -> Result<u16, Fault> {
        let mut value: u16 = 0;
        for _ in 0..digits {
            let digit = self.next().and_then(|unit| char::from_u32(unit.into())).and_then(|digit| digit.to_digit(16));
            let Some(digit) = digit.and_then(|digit| u16::try_from(digit).ok()) else {
                return Err(Fault::Wrong {
                    at,
                    why: format!(
                        r"`\{}` is not followed by {digits} hexadecimal digits",
                        if digits == 2 { 'x' } else { 'u' }
                    ),
                });
            };
            value = value << 4 | digit;
        }
        Ok(value)
    }

    /// The class whose bracket is at `at`, up to its end. Without `class`, only moves past it.
    pub(super) fn class(&mut self, at: usize, ignore_case: bool, class: Option<&mut Class>) -> Result<(), Fault> {
        let mut unused = Class::default();
        let is_counted = class.is_some();
        let class = class.unwrap_or(&mut unused);
        class.negated = self.take('^');
        // The first character of a range whose second one follows.
        let mut range: Option<(u16, usize)> = None;
        let mut is_first = true;
        loop {
            let was_first = std::mem::take(&mut is_first);
            let start = self.at;
            let Some(mut unit) = self.next() else {
                return Err(Fault::new(at, "a square bracket is never closed"));
            };
            let mut escaped = false;
            if unit == u16::from(b']') && !was_first {
                break;
            }
            if unit == u16::from(b'\\') && self.peek().is_some() {
                let letter = self.peek().and_then(|unit| u8::try_from(unit).ok()).unwrap_or_default();
                match letter {
                    b'd' | b'D' | b's' | b'S' | b'w' | b'W' | b'p' | b'P' => {
                        self.at += 1;
                        if is_counted && range.is_some() {
                            return Err(Fault::Wrong {
                                at: start,
                                why: format!(r"a range in square brackets ends with `\{}`", char::from(letter)),
                            });
                        }
                        let complement = letter.is_ascii_uppercase();
                        match letter.to_ascii_lowercase() {
                            b'd' => class.add_categories(class::DIGIT, complement),
                            b's' => class.add_space(complement),
                            b'w' => class.add_categories(class::WORD, complement),
                            _ => {
                                let named = self.property(start)?;
                                class.add_named(named, complement, ignore_case);
                            }
                        }
                        continue;
                    }
                    b'-' => {
                        self.at += 1;
                        class.add_range(u16::from(b'-'), u16::from(b'-'));
                        continue;
                    }
                    _ => {
                        unit = self.escape(start)?;
                        escaped = true;
                    }
                }
            } else if unit == u16::from(b'[') && self.peek() == Some(u16::from(b':')) && range.is_none() {
                // `[:name:]` counts only as its bracket.
                let before = self.at;
                self.at += 1;
                self.name();
                if !(self.take(':') && self.take(']')) {
                    self.at = before;
                }
            }
            let subtracts = |scanner: &mut Self, class: &mut Class, bracket: usize| -> Result<(), Fault> {
                if scanner.depth == DEEPEST {
                    return Err(Fault::TooDeep);
                }
                let mut without = Class::default();
                scanner.depth += 1;
                scanner.class(bracket, ignore_case, is_counted.then_some(&mut without))?;
                scanner.depth -= 1;
                class.without = Some(Box::new(without));
                if is_counted && scanner.peek().is_some_and(|unit| unit != u16::from(b']')) {
                    return Err(Fault::new(bracket, "a subtraction is not at the end of its square brackets"));
                }
                Ok(())
            };
            if let Some((first, first_at)) = range.take() {
                if is_counted && unit == u16::from(b'[') && !escaped && !was_first {
                    class.add_range(first, first);
                    subtracts(self, class, start)?;
                } else if first > unit && is_counted {
                    return Err(Fault::new(first_at, "a range in square brackets ends before it begins"));
                } else {
                    class.add_range(first, unit);
                }
            } else if self.peek() == Some(u16::from(b'-'))
                && self.peek_at(1).is_some_and(|next| next != u16::from(b']'))
            {
                range = Some((unit, start));
                self.at += 1;
            } else if unit == u16::from(b'-') && !escaped && self.peek() == Some(u16::from(b'[')) && !was_first {
                let bracket = self.at;
                self.at += 1;
                subtracts(self, class, bracket)?;
            } else {
                class.add_range(unit, unit);
            }
        }
        if ignore_case {
            class.ignore_case();
        }
        class.finish();
        Ok(())
    }
}

/// A character that stands for itself after a backslash: not a letter, a digit or `_`.
fn literal(unit: u16, at: usize) -> Result<u16, Fault> {
    if class::is_word(unit) {
        let shown = char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER);
        return Err(Fault::Wrong { at, why: format!(r"`\{shown}` means nothing in .NET") });
    }
    Ok(unit)
}
