//! Watching a job until a cycle has ended.

use std::time::Duration;

use super::{Standing, State};

/// How long a job that was started may still show its earlier state.
const GRACE: Duration = Duration::from_secs(90);

/// What a watched job shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The cycle has not ended.
    Running,
    /// A cycle has ended.
    Through,
    /// Cycles no longer run on schedule.
    Stopped,
}

impl Look {
    /// Compares a job with its state `before` it was started, `elapsed` ago.
    pub fn at(before: &Standing, now: &Standing, elapsed: Duration) -> Self {
        if has_stopped(before, now) && (!is_same(before, now) || elapsed > GRACE) {
            Look::Stopped
        } else if is_through(before, now) {
            Look::Through
        } else {
            Look::Running
        }
    }
}

fn has_stopped(before: &Standing, now: &Standing) -> bool {
    match now.state {
        State::InitialCycle | State::Steady => false,
        // If the state was unknown before, an unknown state is not new.
        State::Unknown => before.state != State::Unknown,
        State::Quarantine | State::Paused | State::NotConfigured | State::NotStarted | State::Off => true,
    }
}

/// Whether a job that was started still shows its earlier state.
fn is_same(before: &Standing, now: &Standing) -> bool {
    let since = |standing: &Standing| standing.quarantine.as_ref().and_then(|quarantine| quarantine.since);
    before.state == now.state && since(before) == since(now)
}

/// Whether everything was synchronized since. Only times of Graph are compared, never this machine's clock.
fn is_through(before: &Standing, now: &Standing) -> bool {
    match before.first_steady {
        None => now.first_steady.is_some(),
        Some(_) => now.last_steady > before.last_steady,
    }
}

/// `2 min of 1 to 4 min; first cycle: 12 users, 1 group provisioned; 2 will be retried`. The `estimate` is the fewest
/// and most minutes.
pub fn line(now: &Standing, elapsed: Duration, estimate: Option<(u64, u64)>) -> String {
    let minutes = elapsed.as_secs() / 60;
    let of = match estimate {
        Some((least, most)) if least == most || least == 0 => format!(" of up to {most} min"),
        Some((least, most)) => format!(" of {least} to {most} min"),
        None => String::new(),
    };
    format!("{minutes} min{of}; {}", progress(now))
}

/// The part of the line that changes only while a cycle makes progress.
pub fn progress(now: &Standing) -> String {
    let cycle = if now.state == State::InitialCycle { "first cycle" } else { "cycle" };
    let retried = match now.escrowed() {
        0 => String::new(),
        failed => format!("; {failed} failed and will be retried"),
    };
    let failed = match (now.failures_in_a_row, now.last.as_ref().and_then(|last| last.error.as_ref())) {
        (..=0, _) => String::new(),
        (count, error) => {
            let error = error.map(|error| format!(": {error}")).unwrap_or_default();
            format!("; cycles that failed completely: {count}{error}")
        }
    };
    format!("{cycle}: {} provisioned{retried}{failed}", now.counts_in_words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_str;

    const NEVER: &str = "0001-01-01T00:00:00Z";

    fn standing(schedule: &str, code: &str, first: &str, last: &str, more: &str) -> Standing {
        let text = format!(
            r#"{{"schedule": {{"state": "{schedule}"}}, "status": {{"code": "{code}",
                "steadyStateFirstAchievedTime": "{first}", "steadyStateLastAchievedTime": "{last}"{more}}}}}"#
        );
        Standing::of(&from_str(&text).unwrap())
    }

    #[test]
    fn a_wait_ends_with_the_cycle_or_when_the_job_stops() {
        let (early, late) = (Duration::from_secs(1), GRACE + Duration::from_secs(1));
        let at = |hour: u32| format!("2026-10-01T{hour:02}:00:00Z");
        let never = standing("Disabled", "NotRun", NEVER, NEVER, "");
        let first = standing("Active", "Active", NEVER, NEVER, "");
        let steady = |hour| standing("Active", "Active", &at(1), &at(hour), "");
        let paused = standing("Active", "Paused", &at(1), &at(1), "");
        let quarantined = |since: &str| {
            standing("Active", "Quarantine", NEVER, NEVER, &format!(r#", "quarantine": {{"seriesBegan": "{since}"}}"#))
        };
        let unknown = standing("Active", "Tomorrow", NEVER, NEVER, "");
        for (before, now, elapsed, look) in [
            (&never, &never, early, Look::Running),
            (&never, &never, late, Look::Stopped),
            (&never, &first, late, Look::Running),
            (&never, &steady(2), early, Look::Through),
            (&never, &quarantined(&at(1)), early, Look::Stopped),
            (&quarantined(&at(1)), &quarantined(&at(1)), early, Look::Running),
            (&quarantined(&at(1)), &quarantined(&at(2)), early, Look::Stopped),
            (&paused, &paused, early, Look::Running),
            (&paused, &paused, late, Look::Stopped),
            (&paused, &steady(1), late, Look::Running),
            (&steady(1), &steady(1), late, Look::Running),
            (&steady(1), &steady(2), early, Look::Through),
            (&unknown, &unknown, late, Look::Running),
            (&never, &unknown, early, Look::Stopped),
        ] {
            assert_eq!(Look::at(before, now, elapsed), look, "{before:?} {now:?} {elapsed:?}");
        }
    }

    #[test]
    fn a_line_says_how_long_it_takes_and_what_was_done() {
        let counted = r#", "lastExecution": {"timeBegan": "2026-10-01T00:00:00Z", "countEscrowed": 2, "error": {"message": "no route"}},
            "countSuccessiveCompleteFailures": 1, "synchronizedEntryCountByType": [{"key": "User to x", "value": 12}, {"key": "Group to y", "value": 1}]"#;
        let now = standing("Active", "Active", NEVER, NEVER, counted);
        let minutes = Duration::from_secs(150);
        assert_eq!(
            line(&now, minutes, Some((1, 4))),
            "2 min of 1 to 4 min; first cycle: 12 users, 1 group provisioned; 2 failed and will be retried; \
             cycles that failed completely: 1: no route"
        );
        assert!(line(&now, minutes, Some((0, 4))).starts_with("2 min of up to 4 min; "));
        assert!(line(&now, minutes, None).starts_with("2 min; first cycle"));
    }
}
