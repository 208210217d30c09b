//! Date functions. They pass dates to each other as texts, `M/d/yyyy h:mm:ss tt` in UTC.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{Span, Timestamp, ToSpan};

use crate::expression::datetime::{self, Format};
use crate::expression::evaluate::Arguments;
use crate::expression::value::{Unknown, Value};

/// `M/d/yyyy h:mm:ss tt`
fn text(date: DateTime) -> Value {
    Value::Text(datetime::GENERAL.write(date, Offset::UTC).unwrap_or_default())
}

fn utc(moment: Timestamp) -> DateTime {
    Offset::UTC.to_datetime(moment)
}

fn outside() -> Unknown {
    Unknown::new("the date is outside the years 1 to 9999")
}

/// The date of an argument in UTC; `None` for null.
fn date(arguments: &Arguments<'_, '_>, index: usize) -> Result<Option<DateTime>, Unknown> {
    let Some(written) = arguments.text(index)?.filter(|written| !written.is_empty()) else { return Ok(None) };
    match datetime::read_any(&written) {
        Some(read) => read.utc().map(Some).ok_or_else(outside),
        None => Err(Unknown::new(format!("\"{written}\" is not a date that provlint can read"))),
    }
}

pub(super) fn cdate(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(date(arguments, 0)?.map_or(Value::Null, text))
}

pub(super) fn now(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(text(utc(arguments.now())))
}

/// Windows counts time in steps of 100 ns since the year 1601.
const STEPS_PER_SECOND: i64 = 10_000_000;
const EPOCH_1601: i64 = 11_644_473_600;

pub(super) fn date_from_num(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    if arguments.value(0)? == Value::Null {
        return Ok(Value::Null);
    }
    let seconds = arguments.number(0)?.div_euclid(STEPS_PER_SECOND) - EPOCH_1601;
    Timestamp::from_second(seconds).map(|moment| text(utc(moment))).map_err(|_| outside())
}

pub(super) fn num_from_date(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let Some(date) = date(arguments, 0)? else { return Ok(Value::Null) };
    let moment = Offset::UTC.to_timestamp(date).map_err(|_| outside())?;
    let steps = i128::from(moment.as_second() + EPOCH_1601) * i128::from(STEPS_PER_SECOND)
        + i128::from(moment.subsec_nanosecond() / 100);
    i64::try_from(steps).map(Value::Number).map_err(|_| outside())
}

fn interval(arguments: &Arguments<'_, '_>) -> Result<String, Unknown> {
    arguments.text(0)?.ok_or_else(|| Unknown::new("the interval is missing"))
}

fn unknown_interval(interval: &str) -> Unknown {
    Unknown::new(format!("there is no interval \"{interval}\"; use yyyy, m, d, ww, h, n or s"))
}

pub(super) fn date_add(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let interval = interval(arguments)?;
    let count = arguments.number(1)?;
    let Some(date) = date(arguments, 2)? else { return Ok(Value::Null) };
    let span = || -> Result<Span, jiff::Error> {
        match interval.as_str() {
            "yyyy" => Span::new().try_years(count),
            "m" => Span::new().try_months(count),
            "ww" => Span::new().try_weeks(count),
            "d" => Span::new().try_days(count),
            "h" => Span::new().try_hours(count),
            "n" => Span::new().try_minutes(count),
            _ => Span::new().try_seconds(count),
        }
    };
    if !["yyyy", "m", "ww", "d", "h", "n", "s"].contains(&interval.as_str()) {
        return Err(unknown_interval(&interval));
    }
    let moved = span().and_then(|span| date.checked_add(span)).map_err(|_| outside())?;
    Ok(text(moved))
}

pub(super) fn date_diff(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let interval = interval(arguments)?;
    let (Some(from), Some(to)) = (date(arguments, 1)?, date(arguments, 2)?) else {
        return Err(Unknown::new("the result of DateDiff for a missing date is not documented"));
    };
    let seconds = |from: DateTime, to: DateTime| from.duration_until(to).as_secs();
    let months = |date: DateTime| i64::from(date.year()) * 12 + i64::from(date.month());
    let sunday = |date: DateTime| {
        let back = date.weekday().to_sunday_zero_offset();
        date.checked_sub(i64::from(back).days()).map_err(|_| outside())
    };
    const DAY: i64 = 24 * 60 * 60;
    Ok(Value::Number(match interval.as_str() {
        "yyyy" => i64::from(to.year()) - i64::from(from.year()),
        "m" => months(to) - months(from),
        "ww" => seconds(sunday(from)?, sunday(to)?) / DAY / 7,
        "d" => seconds(from, to) / DAY,
        "h" => seconds(from, to) / 3600,
        "n" => seconds(from, to) / 60,
        "s" => seconds(from, to),
        other => return Err(unknown_interval(other)),
    }))
}

/// With three arguments it is the older form, without styles.
pub(super) fn format_date_time(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let (styles, input, output) = if arguments.count() == 3 { (None, 1, 2) } else { (arguments.text(1)?, 2, 3) };
    let Some(source) = arguments.text(0)?.filter(|source| !source.is_empty()) else { return Ok(Value::Null) };
    let styles = Styles::of(styles.as_deref().unwrap_or_default())?;
    let format = |index: usize| -> Result<Format, Unknown> {
        let written = arguments.text(index)?.unwrap_or_default();
        Format::new(&written).ok_or_else(|| Unknown::new(format!("provlint does not support the format \"{written}\"")))
    };
    let (input, output) = (format(input)?, format(output)?);
    let Some(read) = input.read(source.trim()) else {
        return Err(Unknown::new(format!("\"{source}\" does not have the input format")));
    };
    let write = |date: DateTime| {
        output.write(date, Offset::UTC).ok_or_else(|| Unknown::new("provlint does not support the output format"))
    };
    let universal = write(read.utc().ok_or_else(outside)?)?;
    // A date with an offset is written in the service's time zone unless the styles request UTC.
    if read.offset.is_some() && !styles.universal && write(read.date)? != universal {
        return Err(Unknown::new("the result depends on the service's time zone, which is not documented"));
    }
    if read.offset.is_none() && styles.local {
        return Err(Unknown::new("AssumeLocal depends on the service's time zone, which is not documented"));
    }
    Ok(Value::Text(universal))
}

/// The `DateTimeStyles` that change a result.
struct Styles {
    universal: bool,
    local: bool,
}

impl Styles {
    fn of(written: &str) -> Result<Self, Unknown> {
        let mut styles = Styles { universal: false, local: false };
        for word in written.split([',', '|']).map(str::trim).filter(|word| !word.is_empty()) {
            match word.strip_prefix("DateTimeStyles.").unwrap_or(word) {
                "AdjustToUniversal" => styles.universal = true,
                "AssumeLocal" => styles.local = true,
                "AssumeUniversal" | "RoundtripKind" | "None" | "AllowLeadingWhite" | "AllowTrailingWhite"
                | "AllowInnerWhite" | "AllowWhiteSpaces" => {}
                other => return Err(Unknown::new(format!("there is no DateTimeStyles.{other}"))),
            }
        }
        Ok(styles)
    }
}
