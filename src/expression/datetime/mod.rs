//! .NET date formats for jiff's dates, in the invariant culture.
//!
//! <https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings>

mod format;
mod read;
mod styles;
mod write;

use std::sync::LazyLock;

use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, Span};

pub(super) use format::{Direction, Format};
pub(super) use read::Unread;
pub(super) use styles::Styles;

/// A date as read, with its distance from UTC if the text has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) date: DateTime,
    pub(super) offset: Option<SignedDuration>,
    /// Whether the text says UTC, with a letter instead of an offset.
    pub(super) says_utc: bool,
}

/// What .NET knows about the time zone of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Utc,
    /// It is in that of the service.
    Local,
    Unspecified,
}

/// The first and the last moment of .NET's calendar.
const FIRST: DateTime = date(1, 1, 1).at(0, 0, 0, 0);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The greatest distance from UTC that .NET accepts.
const FARTHEST: SignedDuration = SignedDuration::from_hours(14);

/// A date moved by a duration; `None` if that is outside the years 1 to 9999.
pub(super) fn moved(date: DateTime, by: SignedDuration) -> Option<DateTime> {
    let days = Span::new().try_days(by.as_hours() / 24).ok()?;
    let rest = by.checked_sub(SignedDuration::from_hours(by.as_hours() / 24 * 24))?;
    date.checked_add(days).and_then(|date| date.checked_add(rest)).ok().filter(|moved| *moved >= FIRST)
}

impl Read {
    /// The date in UTC; a date without an offset is assumed to be in UTC. `None` if .NET refuses it.
    pub(super) fn utc(self) -> Option<DateTime> {
        let Some(offset) = self.offset else { return Some(self.date) };
        // Before its first day, .NET adds a day.
        moved(self.date, -offset)
            .or_else(|| moved(self.date, DAY - offset).filter(|_| self.date < FIRST.saturating_add(DAY)))
    }
}

/// `M/d/yyyy h:mm:ss tt`, the format in which functions return dates.
pub(super) static GENERAL: LazyLock<Format> = LazyLock::new(|| Format::known("M/d/yyyy h:mm:ss tt"));

/// The formats that are accepted if none is specified. .NET accepts more, but this program does not guess.
static KNOWN: LazyLock<Vec<Format>> = LazyLock::new(|| {
    let mut known = Vec::new();
    for (date, separators) in [("yyyy-MM-dd", &["'T'", " "][..]), ("yyyy-M-d", &[" "]), ("yyyy/M/d", &[" "])] {
        for zone in ["", "K", "zzz", " zzz", "z", " K"] {
            known.push(Format::known(&format!("{date}{zone}")));
            for time in ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF", "h:mm tt", "h:mm:ss tt"] {
                for separator in separators {
                    known.push(Format::known(&format!("{date}{separator}{time}{zone}")));
                }
            }
        }
    }
    for date in [
        "M/d/yyyy",
        "M-d-yyyy",
        "d MMMM yyyy",
        "MMMM d, yyyy",
        "MMMM d yyyy",
        "dd-MMM-yyyy",
        "d MMM yyyy",
        "MMM d, yyyy",
        "MMM d yyyy",
    ] {
        for time in ["", " h:mm:ss tt", " h:mm tt", " h:mm:sstt", " h:mmtt", " h tt", " H:mm:ss", " H:mm"] {
            for zone in ["", " zzz", "zzz", " 'GMT'K"] {
                known.push(Format::known(&format!("{date}{time}{zone}")));
            }
        }
    }
    known.push(Format::known("ddd, d MMM yyyy HH:mm:ss 'GMT'"));
    known.push(Format::known("dddd, d MMMM yyyy"));
    known
});

/// Reads a date in one of the known formats.
pub(super) fn read_any(text: &str) -> Option<Read> {
    let text = text.trim();
    let upper = text.strip_suffix('z').map(|before| format!("{before}Z"));
    let text = upper.as_deref().unwrap_or(text);
    KNOWN.iter().find_map(|format| format.read(text, Styles::NONE).ok())
}

pub(super) const MONTHS: [&str; 12] = [
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
pub(super) const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
