//! Writes dates.

use jiff::civil::DateTime;

use super::format::{Format, Part};
use super::{DAYS, MONTHS, Zone};

impl Format {
    /// Writes a date in that zone. `None` if the result depends on the time zone of the service.
    pub(in crate::expression) fn write(&self, date: DateTime, zone: Zone) -> Option<String> {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(character) | Part::Quoted(character) => out.push(*character),
                Part::Gmt => out.push_str("GMT"),
                Part::Universal if zone != Zone::Utc => return None,
                Part::Universal => {}
                Part::Field('K', _) => match zone {
                    Zone::Utc => out.push('Z'),
                    Zone::Local => return None,
                    Zone::Unspecified => {}
                },
                Part::Field(letter @ ('f' | 'F'), count) => fraction(&mut out, date, *letter, *count),
                Part::Field(letter, count) => out.push_str(&field(date, *letter, *count)),
            }
        }
        Some(out)
    }

    /// Whether it writes the distance from UTC.
    pub(in crate::expression) fn writes_zone(&self) -> bool {
        self.has(&['z', 'K']) || self.0.contains(&Part::Universal)
    }
}

fn fraction(out: &mut String, date: DateTime, letter: char, count: usize) {
    let digits = format!("{:09}", date.subsec_nanosecond());
    let digits = digits.get(..count).unwrap_or(&digits);
    if letter == 'f' {
        out.push_str(digits);
        return;
    }
    let digits = digits.trim_end_matches('0');
    out.push_str(digits);
    // An empty fraction removes the point before it.
    if digits.is_empty() && out.ends_with('.') {
        out.pop();
    }
}

fn field(date: DateTime, letter: char, count: usize) -> String {
    let padded = |value: i64| if count == 1 { value.to_string() } else { format!("{value:02}") };
    let name = |names: &[&str], index: i8| {
        let name = usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default();
        if count == 3 { name.get(..3).unwrap_or(name).to_owned() } else { name.to_owned() }
    };
    let hour = i64::from(date.hour());
    match letter {
        'd' if count > 2 => name(&DAYS, date.weekday().to_sunday_zero_offset()),
        'd' => padded(date.day().into()),
        'M' if count > 2 => name(&MONTHS, date.month() - 1),
        'M' => padded(date.month().into()),
        'y' if count < 3 => padded(i64::from(date.year()) % 100),
        'y' => format!("{:0count$}", date.year()),
        'h' => padded((hour + 11) % 12 + 1),
        'H' => padded(hour),
        'm' => padded(date.minute().into()),
        's' => padded(date.second().into()),
        't' => {
            let half = if hour < 12 { "AM" } else { "PM" };
            half[..count.min(2)].to_owned()
        }
        'g' => "A.D.".to_owned(),
        'z' => match count {
            1 => "+0".to_owned(),
            2 => "+00".to_owned(),
            _ => "+00:00".to_owned(),
        },
        other => other.to_string(),
    }
}
