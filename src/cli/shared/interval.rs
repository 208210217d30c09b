//! The value of `--every`: the time between two reads of a job.

use std::time::Duration;

use jiff::SignedDuration;

/// The shortest and longest interval.
const RANGE: std::ops::RangeInclusive<SignedDuration> =
    SignedDuration::from_millis(100)..=SignedDuration::from_hours(1);

/// Reads seconds, or a number with a unit: `15`, `500ms`, `2m`.
pub(in crate::cli) fn interval(typed: &str) -> Result<Duration, String> {
    let seconds = typed.parse::<u32>().ok().map(|seconds| SignedDuration::from_secs(seconds.into()));
    let span = || typed.parse::<SignedDuration>().ok();
    let wanted = seconds.or_else(span).filter(|wanted| RANGE.contains(wanted));
    wanted
        .map(|wanted| wanted.unsigned_abs())
        .ok_or_else(|| "use seconds, or a number with ms, s or m, from 100ms to 1h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_in_seconds_unless_it_has_a_unit() {
        for (typed, millis) in [("15", 15_000), ("200ms", 200), ("2m", 120_000), ("1h", 3_600_000), ("3600", 3_600_000)]
        {
            assert_eq!(interval(typed), Ok(Duration::from_millis(millis)), "{typed}");
        }
        for typed in ["0", "10ms", "3601", "2h", "-1", "soon", ""] {
            assert!(interval(typed).is_err(), "{typed}");
        }
    }
}
