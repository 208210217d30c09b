//! Date functions. They pass dates to each other as texts, `M/d/yyyy h:mm:ss tt` in UTC.

use jiff::civil::{DateTime, date as day};
use jiff::tz::Offset;
use jiff::{SignedDuration, Span, Timestamp};

use crate::expression::arguments::one_of;
use crate::expression::datetime::{self, Direction, Format, Styles, Unread, Zone};
use crate::expression::evaluate::Arguments;
use crate::expression::value::{Unknown, Value};

/// `M/d/yyyy h:mm:ss tt`
fn text(date: DateTime) -> Value {
    Value::Text(datetime::GENERAL.write(date, Zone::Unspecified).unwrap_or_default())
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
const NANOSECONDS_PER_STEP: i128 = 100;
const EPOCH: DateTime = day(1601, 1, 1).at(0, 0, 0, 0);

pub(super) fn date_from_num(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    if arguments.value(0)? == Value::Null {
        return Ok(Value::Null);
    }
    let before = || Unknown::new("a date before the year 1601 has no number");
    let steps = u64::try_from(arguments.number(0)?).map_err(|_| before())?;
    let since = SignedDuration::from_nanos_i128(i128::from(steps) * NANOSECONDS_PER_STEP);
    datetime::moved(EPOCH, since).map(text).ok_or_else(outside)
}

pub(super) fn num_from_date(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let Some(date) = date(arguments, 0)? else { return Ok(Value::Null) };
    let steps = EPOCH.duration_until(date).as_nanos() / NANOSECONDS_PER_STEP;
    match i64::try_from(steps) {
        Ok(steps @ 0..) => Ok(Value::Number(steps)),
        _ => Err(Unknown::new("a date before the year 1601 has no number")),
    }
}

fn interval(arguments: &Arguments<'_, '_>) -> Result<String, Unknown> {
    arguments.text(0)?.ok_or_else(|| Unknown::new("the interval is missing"))
}

/// The intervals of DateAdd and DateDiff.
pub(super) const INTERVALS: &[&str] = &["yyyy", "m", "d", "ww", "h", "n", "s"];

fn unknown_interval(interval: &str) -> Unknown {
    Unknown::new(format!("there is no interval \"{interval}\"; use {}", one_of(INTERVALS)))
}

pub(super) fn date_add(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let interval = interval(arguments)?;
    let count = arguments.number(1)?;
    let Some(date) = date(arguments, 2)? else { return Ok(Value::Null) };
    let span = match interval.as_str() {
        "yyyy" => Span::new().try_years(count),
        "m" => Span::new().try_months(count),
        "ww" => Span::new().try_weeks(count),
        "d" => Span::new().try_days(count),
        "h" => Span::new().try_hours(count),
        "n" => Span::new().try_minutes(count),
        "s" => Span::new().try_seconds(count),
        other => return Err(unknown_interval(other)),
    };
    let moved = span.and_then(|span| date.checked_add(span)).ok().filter(|moved| moved.year() > 0);
    moved.map(text).ok_or_else(outside)
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
        datetime::moved(date, SignedDuration::from_hours(-24 * i64::from(back))).ok_or_else(outside)
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
    let styles = Styles::parse(styles.as_deref().unwrap_or_default()).map_err(Unknown::new)?;
    let format = |index: usize, direction: Direction| -> Result<Format, Unknown> {
        let written = arguments.text(index)?.unwrap_or_default();
        Format::parse(&written, direction)
            .map_err(|error| Unknown::new(format!("the format \"{written}\" is not valid: {error}")))
    };
    let (input, output) = (format(input, Direction::Read)?, format(output, Direction::Write)?);
    let read = input.read(&source, styles).map_err(|unread| {
        Unknown::new(match unread {
            Unread::Differs => format!("\"{source}\" does not have the input format"),
            Unread::NoDate => "the input has no year, for which .NET takes the current one".to_owned(),
            Unread::Century => "versions of .NET differ in the century of a two-digit year from 30 to 49".to_owned(),
            Unread::Era => "provlint does not support reading an era".to_owned(),
        })
    })?;
    let depends = || Unknown::new("the result depends on the service's time zone, which is not documented");
    if read.offset.is_none() && styles.assumes_local() {
        return Err(depends());
    }
    let zone = styles.zone(read);
    let universal = output.write(read.utc().ok_or_else(outside)?, zone).ok_or_else(depends)?;
    // A date with an offset is written in the service's time zone unless the styles request UTC.
    if read.offset.is_some()
        && zone == Zone::Local
        && (output.writes_zone() || output.write(read.date, zone).ok_or_else(depends)? != universal)
    {
        return Err(depends());
    }
    Ok(Value::Text(universal))
}
