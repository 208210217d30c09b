//! .NET date formats for jiff's dates.
//!
//! <https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings>

use std::iter::Peekable;
use std::str::Chars;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// A .NET format string, custom or standard (one letter), in the invariant culture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Format(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A letter and its number of repetitions: `yyyy`.
    Field(char, usize),
    /// Literal characters.
    Literal(String),
}

/// A date as written, with its offset if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) date: DateTime,
    pub(super) offset: Option<Offset>,
}

impl Read {
    /// The date in UTC; a date without an offset is assumed to be in UTC. `None` if it is out of range.
    pub(super) fn utc(self) -> Option<DateTime> {
        let Some(offset) = self.offset else { return Some(self.date) };
        offset.to_timestamp(self.date).ok().map(|moment| Offset::UTC.to_datetime(moment))
    }
}

/// `M/d/yyyy h:mm:ss tt`, the format in which functions return dates.
pub(super) static GENERAL: LazyLock<Format> = LazyLock::new(|| Format::custom("M/d/yyyy h:mm:ss tt"));

/// The formats that are accepted if none is specified. .NET accepts more, but this program does not guess.
static KNOWN: LazyLock<Vec<Format>> = LazyLock::new(|| {
    let mut known = Vec::new();
    for time in ["", "'T'HH:mm", "'T'HH:mm:ss", "'T'HH:mm:ss.FFFFFFF", " HH:mm", " HH:mm:ss", " HH:mm:ss.FFFFFFF"] {
        for zone in ["", "K", "zzz", " zzz"] {
            known.push(Format::custom(&format!("yyyy-MM-dd{time}{zone}")));
        }
    }
    for time in ["", " h:mm:ss tt", " h:mm tt", " H:mm:ss", " H:mm"] {
        for zone in ["", " zzz", "zzz"] {
            known.push(Format::custom(&format!("M/d/yyyy{time}{zone}")));
        }
    }
    known
});

/// Reads a date in one of the known formats.
pub(super) fn read_any(text: &str) -> Option<Read> {
    KNOWN.iter().find_map(|format| format.read(text.trim()))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Format {
    /// Parses a format string; `None` if .NET rejects it or it is not supported here.
    pub(super) fn new(format: &str) -> Option<Self> {
        // A single letter is a standard format.
        let mut letters = format.chars();
        let custom = match (letters.next()?, letters.next()) {
            (letter, None) => match letter {
                'd' => "MM/dd/yyyy",
                'D' => "dddd, dd MMMM yyyy",
                'f' => "dddd, dd MMMM yyyy HH:mm",
                'F' => "dddd, dd MMMM yyyy HH:mm:ss",
                'g' => "MM/dd/yyyy HH:mm",
                'G' => "MM/dd/yyyy HH:mm:ss",
                'm' | 'M' => "MMMM dd",
                'o' | 'O' => "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
                'r' | 'R' => "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
                's' => "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
                't' => "HH:mm",
                'T' => "HH:mm:ss",
                'u' => "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
                'y' | 'Y' => "yyyy MMMM",
                _ => return None,
            },
            ('%', Some(_)) => &format[1..],
            _ => format,
        };
        let format = Format::custom(custom);
        // "g" is the era, and a fraction has at most seven digits.
        let known = |part: &Part| !matches!(part, Part::Field('g', _) | Part::Field('f' | 'F', 8..));
        format.0.iter().all(known).then_some(format)
    }

    fn custom(format: &str) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let literal = |parts: &mut Vec<Part>, text: &str| match parts.last_mut() {
            Some(Part::Literal(before)) => before.push_str(text),
            _ => parts.push(Part::Literal(text.to_owned())),
        };
        let mut characters = format.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                'd' | 'f' | 'F' | 'g' | 'h' | 'H' | 'K' | 'm' | 'M' | 's' | 't' | 'y' | 'z' | 'Z' => {
                    let mut count = 1;
                    while character != 'K' && characters.next_if_eq(&character).is_some() {
                        count += 1;
                    }
                    parts.push(Part::Field(character, count));
                }
                '\'' | '"' => {
                    let quoted: String = characters.by_ref().take_while(|next| *next != character).collect();
                    literal(&mut parts, &quoted);
                }
                '\\' => literal(&mut parts, &characters.next().map(String::from).unwrap_or_default()),
                '%' => {}
                other => literal(&mut parts, other.encode_utf8(&mut [0; 4])),
            }
        }
        Format(parts)
    }

    /// Writes a date; `None` if a field is not supported here.
    pub(super) fn write(&self, date: DateTime, offset: Offset) -> Option<String> {
        let mut out = String::new();
        for part in &self.0 {
            let (letter, count) = match part {
                Part::Literal(text) => {
                    out.push_str(text);
                    continue;
                }
                Part::Field(letter, count) => (*letter, *count),
            };
            let padded = |value: i64| if count == 1 { value.to_string() } else { format!("{value:02}") };
            let name = |names: &[&str], index: i8| {
                let name = usize::try_from(index).ok().and_then(|index| names.get(index)).copied()?;
                Some(if count == 3 { name[..3].to_owned() } else { name.to_owned() })
            };
            let hour = i64::from(date.hour());
            let twelve = (hour + 11) % 12 + 1;
            out.push_str(&match letter {
                'd' if count > 2 => name(&DAYS, date.weekday().to_sunday_zero_offset())?,
                'd' => padded(date.day().into()),
                'M' if count > 2 => name(&MONTHS, date.month() - 1)?,
                'M' => padded(date.month().into()),
                'y' if count < 3 => padded(i64::from(date.year()) % 100),
                'y' => format!("{:0count$}", date.year()),
                'h' => padded(twelve),
                'H' => padded(hour),
                'm' => padded(date.minute().into()),
                's' => padded(date.second().into()),
                't' => {
                    let half = if hour < 12 { "AM" } else { "PM" };
                    if count == 1 { half[..1].to_owned() } else { half.to_owned() }
                }
                'f' | 'F' => {
                    let digits = format!("{:09}", date.subsec_nanosecond());
                    let digits = digits.get(..count)?;
                    if letter == 'F' { digits.trim_end_matches('0').to_owned() } else { digits.to_owned() }
                }
                'z' | 'K' => zone(offset, if letter == 'K' { 3 } else { count }),
                // Not a field in .NET's output, but a literal.
                'Z' => "Z".repeat(count),
                _ => return None,
            });
            // An empty fraction removes the point before it.
            if letter == 'F' && out.ends_with('.') {
                out.pop();
            }
        }
        Some(out)
    }

    /// Reads a text that has exactly this format.
    pub(super) fn read(&self, text: &str) -> Option<Read> {
        let mut reader = Reader { rest: text.chars().peekable() };
        let mut fields = Fields::default();
        for (at, part) in self.0.iter().enumerate() {
            match part {
                Part::Literal(literal) => {
                    let before_fraction = matches!(self.0.get(at + 1), Some(Part::Field('F', _)));
                    let mut expected = literal.chars().peekable();
                    while let Some(character) = expected.next() {
                        if reader.rest.next_if_eq(&character).is_none() {
                            // The point before an optional fraction is optional too.
                            let optional = before_fraction && character == '.' && expected.peek().is_none();
                            if !optional {
                                return None;
                            }
                        }
                    }
                }
                Part::Field(letter, count) => reader.field(*letter, *count, &mut fields)?,
            }
        }
        if reader.rest.next().is_some() { None } else { fields.settle() }
    }
}

/// An offset as `z`, `zz` or `zzz` writes it.
fn zone(offset: Offset, count: usize) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    match count {
        1 => format!("{sign}{hours}"),
        2 => format!("{sign}{hours:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
}

impl Reader<'_> {
    fn digits(&mut self, least: usize, most: usize) -> Option<i32> {
        let mut digits = String::new();
        while digits.len() < most {
            let Some(digit) = self.rest.next_if(char::is_ascii_digit) else { break };
            digits.push(digit);
        }
        if digits.len() < least { None } else { digits.parse().ok() }
    }

    fn name(&mut self, names: &[&str], short: bool) -> Option<usize> {
        let text: String = self.rest.clone().collect();
        let index = names.iter().position(|name| {
            let name = if short { &name[..3] } else { name };
            text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
        })?;
        let length = if short { 3 } else { names[index].len() };
        self.rest.nth(length - 1);
        Some(index)
    }

    fn zone(&mut self) -> Option<Offset> {
        let sign = self.rest.next_if(|next| matches!(next, '+' | '-'))?;
        let hours = self.digits(1, 2)?;
        self.rest.next_if_eq(&':');
        let minutes = if self.rest.peek().is_some_and(char::is_ascii_digit) { self.digits(2, 2)? } else { 0 };
        let seconds = (hours * 60 + minutes) * 60;
        Offset::from_seconds(if sign == '-' { -seconds } else { seconds }).ok()
    }

    fn field(&mut self, letter: char, count: usize, fields: &mut Fields) -> Option<()> {
        let pair = |reader: &mut Self| reader.digits(count.min(2), 2);
        match letter {
            'y' if count < 3 => {
                // In .NET's invariant calendar, two-digit years end in 2049.
                let year = pair(self)?;
                fields.year = Some(if year < 50 { 2000 + year } else { 1900 + year });
            }
            'y' => fields.year = Some(self.digits(count, count.max(4))?),
            'M' if count > 2 => fields.month = i32::try_from(self.name(&MONTHS, count == 3)? + 1).ok(),
            'M' => fields.month = Some(pair(self)?),
            'd' if count > 2 => fields.weekday = Some(self.name(&DAYS, count == 3)?),
            'd' => fields.day = Some(pair(self)?),
            'h' => fields.hour = Some((pair(self)?, true)),
            'H' => fields.hour = Some((pair(self)?, false)),
            'm' => fields.minute = Some(pair(self)?),
            's' => fields.second = Some(pair(self)?),
            't' => {
                let half = self.rest.next()?.to_ascii_uppercase();
                fields.afternoon = Some(match half {
                    'A' => false,
                    'P' => true,
                    _ => return None,
                });
                if count > 1 {
                    self.rest.next_if(|next| next.eq_ignore_ascii_case(&'M'))?;
                }
            }
            'f' | 'F' => {
                let mut digits = String::new();
                while digits.len() < count.min(9) {
                    let Some(digit) = self.rest.next_if(char::is_ascii_digit) else { break };
                    digits.push(digit);
                }
                if letter == 'f' && digits.len() < count {
                    return None;
                }
                fields.nanosecond = format!("{digits:0<9}").parse().ok();
            }
            'K' => {
                if self.rest.next_if_eq(&'Z').is_some() {
                    fields.offset = Some(Offset::UTC);
                } else if self.rest.peek().is_some_and(|next| matches!(next, '+' | '-')) {
                    fields.offset = Some(self.zone()?);
                }
            }
            'z' => fields.offset = Some(self.zone()?),
            // .NET reads it as UTC.
            'Z' => {
                self.rest.next_if_eq(&'Z')?;
                fields.offset = Some(Offset::UTC);
            }
            _ => return None,
        }
        Some(())
    }
}

#[derive(Default)]
struct Fields {
    year: Option<i32>,
    month: Option<i32>,
    day: Option<i32>,
    weekday: Option<usize>,
    /// The hour, and whether it is on a 12-hour clock.
    hour: Option<(i32, bool)>,
    minute: Option<i32>,
    second: Option<i32>,
    nanosecond: Option<i32>,
    afternoon: Option<bool>,
    offset: Option<Offset>,
}

impl Fields {
    fn settle(self) -> Option<Read> {
        // Without a date .NET uses today's, which is not intended here. Years start at 1.
        let date = Date::new(
            i16::try_from(self.year.filter(|year| *year > 0)?).ok()?,
            i8::try_from(self.month.unwrap_or(1)).ok()?,
            i8::try_from(self.day.unwrap_or(1)).ok()?,
        )
        .ok()?;
        let weekday = |date: Date| usize::try_from(date.weekday().to_sunday_zero_offset()).ok();
        if self.weekday.is_some() && self.weekday != weekday(date) {
            return None;
        }
        let hour = match (self.hour, self.afternoon) {
            (Some((hour @ 1..=12, true)), Some(afternoon)) => hour % 12 + if afternoon { 12 } else { 0 },
            (Some((hour @ 1..=12, true)), None) => hour % 12,
            (Some((_, true)), _) => return None,
            (Some((hour, false)), Some(afternoon)) if (hour >= 12) != afternoon => return None,
            (Some((hour, false)), _) => hour,
            (None, _) => 0,
        };
        let time = Time::new(
            i8::try_from(hour).ok()?,
            i8::try_from(self.minute.unwrap_or(0)).ok()?,
            i8::try_from(self.second.unwrap_or(0)).ok()?,
            self.nanosecond.unwrap_or(0),
        )
        .ok()?;
        Some(Read { date: DateTime::from_parts(date, time), offset: self.offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_in_dotnet() {
        let date: DateTime = "2015-01-03T05:07:09.120".parse().unwrap();
        for (format, written) in [
            ("yyyy-MM-dd", "2015-01-03"),
            ("M/d/yyyy h:mm:ss tt", "1/3/2015 5:07:09 AM"),
            ("dddd, dd MMMM yyyy", "Saturday, 03 January 2015"),
            ("ddd d MMM yy", "Sat 3 Jan 15"),
            ("HH:mm:ss.fff", "05:07:09.120"),
            ("ss.FFF", "09.12"),
            ("yyyyMMddHHmmss.fZ", "20150103050709.1Z"),
            ("yyyy'y'MM\\d", "2015y01d"),
            ("d", "01/03/2015"),
            ("%d", "3"),
            ("o", "2015-01-03T05:07:09.1200000+00:00"),
            ("zzz", "+00:00"),
        ] {
            assert_eq!(
                Format::new(format).and_then(|format| format.write(date, Offset::UTC)).as_deref(),
                Some(written),
                "{format}"
            );
        }
        let whole: DateTime = "2015-01-03T15:07:09".parse().unwrap();
        assert_eq!(Format::new("s.FFF t").and_then(|format| format.write(whole, Offset::UTC)).as_deref(), Some("9 P"));
    }

    #[test]
    fn a_date_is_read_only_in_its_exact_format() {
        let read = |format: &str, text: &str| Format::new(format)?.read(text)?.utc().map(|date| date.to_string());
        for (format, text, date) in [
            ("yyyyMMddHHmmss.fZ", "20150123105347.1Z", Some("2015-01-23T10:53:47.1")),
            ("yyyy-MM-ddzzz", "2020-12-31-08:00", Some("2020-12-31T08:00:00")),
            ("M/d/yyyy hh:mm:ss tt", "1/3/2015 12:00:00 AM", Some("2015-01-03T00:00:00")),
            ("dddd, d MMMM yyyy", "Saturday, 3 January 2015", Some("2015-01-03T00:00:00")),
            ("dddd, d MMMM yyyy", "Sunday, 3 January 2015", None),
            ("yyyy-MM-dd", "2015-02-29", None),
            ("yyyy-MM-dd", "2015-02-2", None),
            ("yyyy-MM-dd", "2015-02-20 ", None),
            ("HH:mm", "12:30", None),
        ] {
            assert_eq!(read(format, text).as_deref(), date, "{format} {text}");
        }
    }
}
