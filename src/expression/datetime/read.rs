//! Reads dates in exactly one format.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use super::format::{Format, Part};
use super::{DAYS, FARTHEST, MONTHS, Read, Styles};

/// Why a text gives no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::expression) enum Unread {
    /// It does not have the format.
    Differs,
    /// The format has no year, for which .NET takes the current one.
    NoDate,
    /// Versions of .NET differ about the century.
    Century,
    /// The format has an era.
    Era,
}

impl Format {
    /// Reads a text that has this format.
    pub(in crate::expression) fn read(&self, text: &str, styles: Styles) -> Result<Read, Unread> {
        if self.has(&['g']) {
            return Err(Unread::Era);
        }
        let mut parts = self.0.as_slice();
        let mut text = text;
        if styles.trailing_white {
            text = text.trim_end();
            while let [before @ .., Part::Literal(last) | Part::Quoted(last)] = parts
                && last.is_whitespace()
            {
                parts = before;
            }
        }
        if styles.leading_white {
            text = text.trim_start();
            while let [Part::Literal(first) | Part::Quoted(first), after @ ..] = parts
                && first.is_whitespace()
            {
                parts = after;
            }
        }
        let mut reader = Reader { rest: text, fields: Fields::default() };
        if parts.contains(&Part::Universal) {
            reader.fields.utc().ok_or(Unread::Differs)?;
        }
        reader.parts(parts, styles).ok_or(Unread::Differs)?;
        if !reader.rest.is_empty() {
            return Err(Unread::Differs);
        }
        reader.fields.settle(styles)
    }
}

struct Reader<'t> {
    rest: &'t str,
    fields: Fields,
}

impl Reader<'_> {
    fn parts(&mut self, parts: &[Part], styles: Styles) -> Option<()> {
        let mut index = 0;
        while let Some(part) = parts.get(index) {
            index += 1;
            if styles.inner_white {
                self.rest = self.rest.trim_start();
            }
            match part {
                Part::Universal => {}
                Part::Literal(' ') | Part::Quoted(' ') if styles.inner_white => {}
                // If white space may follow the date, it need not separate its parts.
                Part::Literal(' ') if styles.trailing_white && index < parts.len() => {
                    self.take(' ');
                }
                // The point before an optional fraction is optional with it.
                Part::Literal('.') if !self.rest.starts_with('.') => match parts.get(index) {
                    Some(Part::Field('F', _)) => index += 1,
                    _ => return None,
                },
                Part::Literal(character) | Part::Quoted(character) => self.take(*character).then_some(())?,
                Part::Gmt => {
                    self.rest = self.rest.strip_prefix("GMT")?;
                    self.fields.offset(SignedDuration::ZERO)?;
                }
                Part::Field(letter, count) => self.field(*letter, *count)?,
            }
        }
        Some(())
    }

    fn take(&mut self, character: char) -> bool {
        let after = self.rest.strip_prefix(character);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn word(&mut self, word: &str) -> bool {
        let is_next = self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if is_next {
            self.rest = &self.rest[word.len()..];
        }
        is_next
    }

    /// Between `least` and `most` digits.
    fn digits(&mut self, least: usize, most: usize) -> Option<i32> {
        let count = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        digits.parse().ok()
    }

    /// A number of that many digits; one means one or two.
    fn number(&mut self, count: usize) -> Option<i32> {
        if count == 1 { self.digits(1, 2) } else { self.digits(count, count) }
    }

    fn name(&mut self, names: &[&str], short: bool) -> Option<usize> {
        names.iter().position(|name| self.word(if short { name.get(..3).unwrap_or(name) } else { name }))
    }

    fn zone(&mut self, count: usize) -> Option<SignedDuration> {
        let is_negative = self.take('-');
        if !is_negative && !self.take('+') {
            return None;
        }
        let (hours, minutes) = if count < 3 {
            (self.number(count)?, 0)
        } else {
            let hours = self.number(1)?;
            self.take(':');
            (hours, self.digits(2, 2).filter(|minutes| *minutes < 60)?)
        };
        let offset = SignedDuration::from_mins(i64::from(hours) * 60 + i64::from(minutes));
        Some(if is_negative { -offset } else { offset })
    }

    fn field(&mut self, letter: char, count: usize) -> Option<()> {
        let pair = count.min(2);
        match letter {
            'y' => {
                let year = self.number(count)?;
                self.fields.short_year |= count < 3;
                set(&mut self.fields.year, year)
            }
            'M' if count > 2 => {
                let month = self.name(&MONTHS, count == 3)? + 1;
                set(&mut self.fields.month, i32::try_from(month).ok()?)
            }
            'M' => {
                let month = self.number(count)?;
                set(&mut self.fields.month, month)
            }
            'd' if count > 2 => {
                let weekday = self.name(&DAYS, count == 3)?;
                set(&mut self.fields.weekday, weekday)
            }
            'd' => {
                let day = self.number(count)?;
                set(&mut self.fields.day, day)
            }
            'h' | 'H' => {
                let hour = self.number(pair)?;
                self.fields.twelve_hours |= letter == 'h';
                set(&mut self.fields.hour, hour)
            }
            'm' => {
                let minute = self.number(pair)?;
                set(&mut self.fields.minute, minute)
            }
            's' => {
                let second = self.number(pair)?;
                set(&mut self.fields.second, second)
            }
            't' => {
                let is_afternoon = match count {
                    1 if self.take('A') => false,
                    1 if self.take('P') => true,
                    1 => return None,
                    _ if self.word("AM") => false,
                    _ if self.word("PM") => true,
                    _ => return None,
                };
                set(&mut self.fields.afternoon, is_afternoon)
            }
            'f' | 'F' => {
                let digits = self.rest.bytes().take(count).take_while(u8::is_ascii_digit).count();
                if letter == 'f' && digits < count {
                    return None;
                }
                let (fraction, rest) = self.rest.split_at(digits);
                self.rest = rest;
                set(&mut self.fields.nanosecond, format!("{fraction:0<9}").parse().ok()?)
            }
            'z' => {
                let offset = self.zone(count)?;
                self.fields.offset(offset)
            }
            'K' if self.take('Z') => self.fields.utc(),
            'K' if self.rest.starts_with(['+', '-']) => {
                let offset = self.zone(3)?;
                self.fields.offset(offset)
            }
            'K' => Some(()),
            'Z' if self.word("GMT") || self.word("Z") => self.fields.utc(),
            _ => None,
        }
    }
}

/// Sets a field; `None` if it already has another value.
fn set<T: PartialEq + Copy>(field: &mut Option<T>, value: T) -> Option<()> {
    (*field.get_or_insert(value) == value).then_some(())
}

#[derive(Default)]
struct Fields {
    year: Option<i32>,
    short_year: bool,
    month: Option<i32>,
    day: Option<i32>,
    weekday: Option<usize>,
    hour: Option<i32>,
    twelve_hours: bool,
    minute: Option<i32>,
    second: Option<i32>,
    nanosecond: Option<i32>,
    afternoon: Option<bool>,
    offset: Option<SignedDuration>,
    says_utc: bool,
}

impl Fields {
    fn offset(&mut self, offset: SignedDuration) -> Option<()> {
        set(&mut self.offset, offset)
    }

    fn utc(&mut self) -> Option<()> {
        self.says_utc = true;
        self.offset(SignedDuration::ZERO)
    }

    fn settle(self, styles: Styles) -> Result<Read, Unread> {
        let year = match (self.year, self.month.or(self.day)) {
            (Some(year), _) if self.short_year => match year {
                0..=29 => 2000 + year,
                30..=49 => return Err(Unread::Century),
                50..=99 => 1900 + year,
                _ => return Err(Unread::Differs),
            },
            (Some(year), _) => year,
            (None, None) if styles.no_current_date => 1,
            (None, _) => return Err(Unread::NoDate),
        };
        self.at(year).ok_or(Unread::Differs)
    }

    fn at(self, year: i32) -> Option<Read> {
        let small = |value: Option<i32>, default: i32| i8::try_from(value.unwrap_or(default)).ok();
        let year = i16::try_from(year).ok().filter(|year| *year > 0)?;
        let date = Date::new(year, small(self.month, 1)?, small(self.day, 1)?).ok()?;
        let weekday = usize::try_from(date.weekday().to_sunday_zero_offset()).ok();
        if self.weekday.is_some() && self.weekday != weekday {
            return None;
        }
        let hour = match (self.hour, self.afternoon) {
            (Some(13..), _) if self.twelve_hours => return None,
            (Some(hour), afternoon) if self.twelve_hours => hour % 12 + if afternoon == Some(true) { 12 } else { 0 },
            (Some(12..), Some(false)) | (Some(..12) | None, Some(true)) => return None,
            (hour, _) => hour.unwrap_or(0),
        };
        let time = Time::new(
            i8::try_from(hour).ok()?,
            small(self.minute, 0)?,
            small(self.second, 0)?,
            self.nanosecond.unwrap_or(0),
        );
        if self.offset.is_some_and(|offset| offset.abs() > FARTHEST) {
            return None;
        }
        let date = DateTime::from_parts(date, time.ok()?);
        Some(Read { date, offset: self.offset, says_utc: self.says_utc })
    }
}
