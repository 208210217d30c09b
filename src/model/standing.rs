//! The state of a job, from its schedule and its status.

use super::SynchronizationJob;
use super::snapshot::time;

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No connection to an app is configured.
    NotConfigured,
    /// It has never run.
    NotStarted,
    /// It has run, and its schedule is disabled now.
    Off,
    /// It is paused.
    Paused,
    /// It runs, and its first cycle has not ended.
    InitialCycle,
    /// It runs, and its first cycle has ended.
    Steady,
    /// Entra slows it down because it failed too often.
    Quarantine,
    /// Graph gives no state, or one that this program does not know.
    Unknown,
}

impl State {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            State::NotConfigured => "not-configured",
            State::NotStarted => "not-started",
            State::Off => "off",
            State::Paused => "paused",
            State::InitialCycle => "initial-cycle",
            State::Steady => "steady",
            State::Quarantine => "quarantine",
            State::Unknown => "unknown",
        }
    }

    /// Whether cycles run, in quarantine less often.
    pub fn is_on(self) -> bool {
        self.is_running() || self == State::Quarantine
    }

    /// Whether cycles run on schedule.
    pub fn is_running(self) -> bool {
        matches!(self, State::InitialCycle | State::Steady)
    }

    /// The predicate of a sentence whose subject is "provisioning".
    pub fn in_words(self) -> &'static str {
        match self {
            State::NotConfigured => "is not configured",
            State::NotStarted => "has never been started",
            State::Off => "is off",
            State::Paused => "is paused",
            State::InitialCycle => "is on, in its first cycle",
            State::Steady => "is on",
            State::Quarantine => "is in quarantine",
            State::Unknown => "is in a state that provlint does not recognise",
        }
    }
}

impl SynchronizationJob<'_> {
    /// What the job is doing. The schedule decides whether cycles run, the status how they go.
    pub fn state(&self) -> State {
        let status = self.status.as_ref();
        let code = |wanted: &str| is(status.and_then(|status| status.code.as_deref()), wanted);
        if code("NotConfigured") {
            State::NotConfigured
        } else if self.has_schedule("Disabled") {
            // Graph also gives a job that has never run the code Paused.
            if self.has_run() { State::Off } else { State::NotStarted }
        } else if self.has_schedule("Paused") || code("Paused") {
            State::Paused
        } else if code("NotRun") && !self.is_scheduled() {
            State::NotStarted
        } else if code("Quarantine") {
            State::Quarantine
        } else if code("Active") || code("NotRun") {
            if self.is_through_first_cycle() { State::Steady } else { State::InitialCycle }
        } else {
            State::Unknown
        }
    }

    /// Whether a change of its schema or settings takes effect with the next cycle. An active schedule runs cycles
    /// even where the status is missing or unknown.
    pub fn is_on(&self) -> bool {
        let state = self.state();
        state.is_on() || (state == State::Unknown && self.is_scheduled())
    }

    /// Whether its schedule is active, regardless of its status.
    pub fn is_scheduled(&self) -> bool {
        self.has_schedule("Active")
    }

    /// Whether its status says quarantine, whatever its schedule says: Entra disables the schedule after 28 days of it.
    pub fn has_quarantine_code(&self) -> bool {
        is(self.status.as_ref().and_then(|status| status.code.as_deref()), "Quarantine")
    }

    fn has_schedule(&self, wanted: &str) -> bool {
        is(self.schedule.as_ref().and_then(|schedule| schedule.state.as_deref()), wanted)
    }

    fn is_through_first_cycle(&self) -> bool {
        let status = self.status.as_ref();
        status.is_some_and(|status| time(status.steady_state_first_achieved_time.as_deref()).is_some())
    }

    /// Whether the status shows that any cycle has run.
    fn has_run(&self) -> bool {
        let Some(status) = &self.status else { return false };
        let cycles = [&status.last_execution, &status.last_successful_execution].into_iter().flatten();
        let mut counts = status.synchronized_entry_count_by_type.iter().flatten();
        self.is_through_first_cycle()
            || self.has_quarantine_code()
            || status.count_successive_complete_failures.is_some_and(|count| count > 0)
            || status.quarantine.as_ref().is_some_and(|found| time(found.series_began.as_deref()).is_some())
            || cycles.into_iter().any(|cycle| time(cycle.time_began.as_deref()).is_some())
            || counts.any(|count| count.key.is_some() && count.value.is_some())
    }
}

fn is(word: Option<&str>, wanted: &str) -> bool {
    word.is_some_and(|word| word.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::from_str;

    const SCHEDULES: [Option<&str>; 4] = [Some("Active"), Some("Disabled"), Some("Paused"), None];
    const CODES: [Option<&str>; 7] = [
        Some("NotConfigured"),
        Some("NotRun"),
        Some("Active"),
        Some("Paused"),
        Some("Quarantine"),
        Some("Tomorrow"),
        None,
    ];

    fn with_job<T>(
        schedule: Option<&str>,
        code: Option<&str>,
        ran: bool,
        look: impl Fn(&SynchronizationJob<'_>) -> T,
    ) -> T {
        let first = if ran { "2026-10-01T00:00:00Z" } else { "0001-01-01T00:00:00Z" };
        let text = json!({
            "schedule": schedule.map(|state| json!({"state": state})),
            "status": {"code": code, "steadyStateFirstAchievedTime": first},
        });
        look(&from_str(&text.to_string()).unwrap())
    }

    /// Rows are schedules, columns are codes, as listed above.
    #[test]
    fn every_pair_of_words_has_one_state() {
        use State::{InitialCycle, NotConfigured, NotStarted, Off, Paused, Quarantine, Steady, Unknown};
        let never = [
            [NotConfigured, InitialCycle, InitialCycle, Paused, Quarantine, Unknown, Unknown],
            [NotConfigured, NotStarted, NotStarted, NotStarted, Off, NotStarted, NotStarted],
            [NotConfigured, Paused, Paused, Paused, Paused, Paused, Paused],
            [NotConfigured, NotStarted, InitialCycle, Paused, Quarantine, Unknown, Unknown],
        ];
        let ran = [
            [NotConfigured, Steady, Steady, Paused, Quarantine, Unknown, Unknown],
            [NotConfigured, Off, Off, Off, Off, Off, Off],
            [NotConfigured, Paused, Paused, Paused, Paused, Paused, Paused],
            [NotConfigured, NotStarted, Steady, Paused, Quarantine, Unknown, Unknown],
        ];
        for (has_run, table) in [(false, never), (true, ran)] {
            for (schedule, row) in SCHEDULES.into_iter().zip(table) {
                for (code, state) in CODES.into_iter().zip(row) {
                    let found = with_job(schedule, code, has_run, |job| job.state());
                    assert_eq!(found, state, "{schedule:?} {code:?} ran: {has_run}");
                    let lower = |word: Option<&str>| word.map(str::to_lowercase);
                    let (lower_schedule, lower_code) = (lower(schedule), lower(code));
                    let found = with_job(lower_schedule.as_deref(), lower_code.as_deref(), has_run, |job| job.state());
                    assert_eq!(found, state, "{lower_schedule:?} {lower_code:?}");
                }
            }
        }
    }

    #[test]
    fn a_job_is_on_where_cycles_run() {
        for (schedule, code, is_on) in [
            (Some("Active"), Some("Active"), true),
            (Some("Active"), Some("NotRun"), true),
            (Some("Active"), Some("Quarantine"), true),
            (Some("Active"), Some("Tomorrow"), true),
            (Some("Active"), None, true),
            (Some("Active"), Some("Paused"), false),
            (Some("Active"), Some("NotConfigured"), false),
            (Some("Paused"), Some("Active"), false),
            (Some("Disabled"), Some("Active"), false),
            (None, Some("Active"), true),
            (None, Some("Tomorrow"), false),
        ] {
            assert_eq!(with_job(schedule, code, true, |job| job.is_on()), is_on, "{schedule:?} {code:?}");
        }
    }

    #[test]
    fn counts_and_cycles_show_that_a_job_has_run() {
        let state = |status: &str| {
            let text = format!(r#"{{"schedule": {{"state": "Disabled"}}, "status": {status}}}"#);
            from_str::<SynchronizationJob<'_>>(&text).unwrap().state()
        };
        assert_eq!(state(r#"{"synchronizedEntryCountByType": [{"key": "User to x", "value": 1}]}"#), State::Off);
        assert_eq!(state(r#"{"countSuccessiveCompleteFailures": 12}"#), State::Off);
        assert_eq!(state(r#"{"quarantine": {"seriesBegan": "2026-09-01T00:00:00Z"}}"#), State::Off);
        assert_eq!(state(r#"{"lastExecution": {"timeBegan": "2026-10-01T00:00:00Z"}}"#), State::Off);
        assert_eq!(state(r#"{"lastExecution": {"timeBegan": "0001-01-01T00:00:00Z"}}"#), State::NotStarted);
        assert_eq!(state(r#"{"synchronizedEntryCountByType": []}"#), State::NotStarted);
    }
}
