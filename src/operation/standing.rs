//! Where a job stands.

use jiff::{SignedDuration, Span, Timestamp};

use super::quarantine::{days_left, reason_in_words};
use crate::model::{SynchronizationJob, SynchronizationTaskExecution, time};
use crate::secret::mask_shapes;

/// A cycle comes every forty minutes; one a day is what quarantine leaves.
const STALE: SignedDuration = SignedDuration::from_hours(24);

/// Where a job stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The job's id.
    pub job: String,
    /// In a word.
    pub state: State,
    /// The last cycle.
    pub last: Option<Cycle>,
    /// The last cycle that went well.
    pub last_success: Option<Cycle>,
    /// When the next cycle is due, about; `None` where none is, or nobody can say.
    pub next: Option<Timestamp>,
    /// The quarantine that it is in.
    pub quarantine: Option<Quarantine>,
    /// How many objects are provisioned, by kind: `User`, `Group`.
    pub counts: Vec<(String, i64)>,
    /// Whether Graph counts them at all.
    pub is_counted: bool,
    /// When everything was synchronized for the first time.
    pub first_steady: Option<Timestamp>,
    /// When everything was synchronized the last time.
    pub last_steady: Option<Timestamp>,
    /// How many cycles in a row failed altogether.
    pub failures_in_a_row: i64,
    /// Whether Entra gave up on errors that it had kept for another try.
    pub escrows_pruned: bool,
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no connection to an app.
    NotConfigured,
    /// It never ran.
    NotStarted,
    /// It ran, and was switched off.
    Off,
    /// It was told to wait.
    Paused,
    /// It goes through everybody for the first time.
    InitialCycle,
    /// It looks for changes every forty minutes.
    Steady,
    /// It failed so much that Entra slows it down.
    Quarantine,
    /// Graph has a new word.
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

    /// Whether cycles come, be it few of them.
    pub fn is_on(self) -> bool {
        matches!(self, State::InitialCycle | State::Steady | State::Quarantine)
    }

    /// What it means, as the end of "provisioning …".
    pub fn in_words(self) -> &'static str {
        match self {
            State::NotConfigured => "is not set up",
            State::NotStarted => "was never started",
            State::Off => "is switched off",
            State::Paused => "is paused",
            State::InitialCycle => "is on, in its first cycle",
            State::Steady => "is on",
            State::Quarantine => "is in quarantine",
            State::Unknown => "is in a state that is new to provlint",
        }
    }
}

/// One cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Cycle {
    /// When it began.
    pub began: Timestamp,
    /// When it ended; `None` while it runs.
    pub ended: Option<Timestamp>,
    /// `Succeeded`, `Failed` or `EntryLevelErrors`.
    pub state: Option<String>,
    /// How many objects were read.
    pub imported: Option<i64>,
    /// How many changes were sent to the app.
    pub exported: Option<i64>,
    /// How many objects failed and wait for another try.
    pub escrowed: Option<i64>,
    /// What went wrong.
    pub error: Option<String>,
}

/// A quarantine.
#[derive(Clone, Debug, PartialEq)]
pub struct Quarantine {
    /// Why, as the end of "because …".
    pub reason: Option<String>,
    /// What the app or Entra said.
    pub error: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When Entra tries again.
    pub next: Option<Timestamp>,
}

impl Standing {
    /// Where a job stands at a time.
    pub fn of(job: &SynchronizationJob<'_>) -> Self {
        let status = job.status.as_ref();
        let word = |word: Option<&str>, wanted: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        let schedule = job.schedule.as_ref().and_then(|schedule| schedule.state.as_deref());
        let code = status.and_then(|status| status.code.as_deref());
        let first_steady = status.and_then(|status| time(status.steady_state_first_achieved_time.as_deref()));
        let last = status.and_then(|status| cycle(status.last_execution.as_ref()));
        let last_success = status.and_then(|status| cycle(status.last_successful_execution.as_ref()));
        let quarantine = status.and_then(|status| status.quarantine.as_ref()).map(|found| {
            let error = found.error.as_ref();
            Quarantine {
                reason: filled(found.reason.as_deref()).map(|reason| reason_in_words(reason).to_owned()),
                error: error.and_then(|error| said_of(error.message.as_deref(), error.code.as_deref())),
                since: time(found.series_began.as_deref()),
                next: time(found.next_attempt.as_deref()),
            }
        });
        let counts = status.and_then(|status| status.synchronized_entry_count_by_type.as_ref()).into_iter().flatten();
        let counts = counts.filter_map(|count| {
            let kind = count.key.as_deref()?.split_whitespace().next()?;
            Some((kind.to_owned(), count.value?))
        });
        let counts: Vec<(String, i64)> = counts.collect();
        let ran = first_steady.is_some() || last.is_some() || last_success.is_some() || !counts.is_empty();
        // Whether cycles come at all is the schedule's word; how they fare is the status's.
        let state = if word(code, "NotConfigured") {
            State::NotConfigured
        } else if word(schedule, "Disabled") {
            // A job that was never started is called paused, too.
            if ran { State::Off } else { State::NotStarted }
        } else if word(schedule, "Paused") || word(code, "Paused") {
            State::Paused
        } else if word(code, "NotRun") && !word(schedule, "Active") {
            State::NotStarted
        } else if word(code, "Quarantine") {
            State::Quarantine
        } else if word(code, "Active") || word(code, "NotRun") {
            if first_steady.is_some() { State::Steady } else { State::InitialCycle }
        } else {
            State::Unknown
        };
        let interval = job.schedule.as_ref().and_then(|schedule| schedule.interval.as_deref()?.parse::<Span>().ok());
        let next = match state {
            State::Quarantine => quarantine.as_ref().and_then(|quarantine| quarantine.next),
            // A cycle that runs is due now.
            State::Steady => last.as_ref().and_then(|last| last.ended?.checked_add(interval?).ok()),
            _ => None,
        };
        Standing {
            job: job.id.as_deref().unwrap_or_default().to_owned(),
            state,
            next,
            quarantine: quarantine.filter(|found| found.since.is_some() || found.reason.is_some()),
            counts,
            is_counted: status.is_some_and(|status| status.synchronized_entry_count_by_type.is_some()),
            first_steady,
            last_steady: status.and_then(|status| time(status.steady_state_last_achieved_time.as_deref())),
            last,
            last_success,
            failures_in_a_row: status.and_then(|status| status.count_successive_complete_failures).unwrap_or_default(),
            escrows_pruned: status.and_then(|status| status.escrows_pruned).unwrap_or_default(),
        }
    }

    /// How many objects of a kind are provisioned; `None` where Graph doesn't count them.
    pub fn count(&self, kind: &str) -> Option<i64> {
        let mut counts = self.counts.iter().filter(|(of, _)| of == kind).map(|(_, count)| *count).peekable();
        counts.peek().is_some().then(|| counts.fold(0, i64::saturating_add))
    }

    /// How many objects wait for another try.
    pub fn escrowed(&self) -> i64 {
        self.last.as_ref().and_then(|last| last.escrowed).unwrap_or_default()
    }

    /// What somebody should look at, in sentences; nothing where all is well.
    pub fn attention(&self, now: Timestamp) -> Vec<String> {
        let mut said = Vec::new();
        match self.state {
            State::NotConfigured => said.push("Provisioning is not set up: nobody is provisioned.".to_owned()),
            State::NotStarted => said.push("Provisioning was never started: nobody is provisioned.".to_owned()),
            State::Off => said.push(
                "Provisioning is switched off: who comes isn't provisioned, and who leaves isn't switched off."
                    .to_owned(),
            ),
            State::Paused => {
                said.push(
                    "Provisioning is paused: who comes isn't provisioned, and who leaves isn't switched off."
                        .to_owned(),
                );
            }
            State::Quarantine => {}
            State::Unknown => said.push(
                "What the job is doing is not known: Graph's word for it is missing, or new to provlint.".to_owned(),
            ),
            State::InitialCycle | State::Steady => {}
        }
        match &self.quarantine {
            Some(before) if !self.state.is_on() => {
                let because = before.reason.as_ref().map(|because| format!(", because {because}")).unwrap_or_default();
                said.push(format!("Before that, Entra had put the job into quarantine{because}."));
            }
            None if self.state != State::Quarantine => {}
            _ => said.push(self.quarantine_in_words(now)),
        }
        match self.failures_in_a_row {
            ..=0 => {}
            1 => said.push("The last cycle failed altogether.".to_owned()),
            several => said.push(format!("The last {several} cycles failed altogether.")),
        }
        match self.escrowed() {
            ..=0 => {}
            1 => said.push("An object failed and waits for another try.".to_owned()),
            several => said.push(format!("{several} objects failed and wait for another try.")),
        }
        if self.escrows_pruned {
            said.push("Entra gave up on errors that it had kept for another try: restart provisioning.".to_owned());
        }
        let last_well = self.last_success.as_ref().and_then(|last| last.ended);
        if self.state == State::Steady && last_well.is_some_and(|ended| now.duration_since(ended) > STALE) {
            said.push("The last cycle that went well is more than a day ago.".to_owned());
        }
        let ended = self.last.as_ref().filter(|last| last.ended.is_some());
        let badly =
            ended.filter(|last| last.state.as_deref().is_some_and(|state| !state.eq_ignore_ascii_case("Succeeded")));
        if let Some(last) = badly.or(ended.filter(|last| last.error.is_some())) {
            let error = last.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
            let ended = last.state.as_deref().map_or_else(|| "ended with an error".to_owned(), in_words);
            said.push(format!("The last cycle {ended}{error}"));
        }
        said
    }

    fn quarantine_in_words(&self, now: Timestamp) -> String {
        let quarantine = self.quarantine.as_ref();
        let because = quarantine.and_then(|found| found.reason.as_ref());
        let said = quarantine.and_then(|found| found.error.as_ref());
        let left = quarantine.and_then(|found| found.since).map(|since| days_left(since, now));
        let mut text =
            "Entra has put the job into quarantine and tries it ever less often, in the end once a day".to_owned();
        text.extend(because.map(|because| format!(", because {because}")));
        text.extend(said.map(|said| format!(" (\"{said}\")")));
        text.push_str(&match left {
            None => String::new(),
            Some(..=0) => "; after 28 days the job is disabled, which is due".to_owned(),
            Some(1) => "; in a day the job is disabled".to_owned(),
            Some(left) => format!("; in {left} days the job is disabled"),
        });
        text + "."
    }
}

/// How a cycle ended, as the end of "the last cycle …", for Graph's word.
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationtaskexecution>
pub fn in_words(state: &str) -> String {
    match state.to_ascii_lowercase().as_str() {
        "succeeded" => "went well".to_owned(),
        "failed" => "failed".to_owned(),
        "entrylevelerrors" => "ended with errors of single objects".to_owned(),
        _ => format!("ended with {state}"),
    }
}

fn cycle(execution: Option<&SynchronizationTaskExecution<'_>>) -> Option<Cycle> {
    let execution = execution?;
    let error = execution.error.as_ref();
    Some(Cycle {
        began: time(execution.time_began.as_deref())?,
        ended: time(execution.time_ended.as_deref()),
        state: execution.state.as_deref().map(str::to_owned),
        imported: execution.count_imported,
        exported: execution.count_exported,
        escrowed: execution.count_escrowed,
        error: error.and_then(|error| said_of(error.message.as_deref(), error.code.as_deref())),
    })
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// What an error says: its sentence, else its code.
fn said_of(message: Option<&str>, code: Option<&str>) -> Option<String> {
    filled(message).or(filled(code)).map(mask_shapes)
}

/// How long the first cycle takes for so many users, groups and memberships together, in minutes at least and at most.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-when-will-provisioning-finish-specific-user>
pub fn initial_cycle_minutes(objects: u64) -> (u64, u64) {
    (objects / 100, (objects * 8).div_ceil(100).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_str;

    fn standing(schedule: &str, status: &str) -> Standing {
        let text = format!(
            r#"{{"id": "j", "schedule": {{"interval": "PT40M", "state": "{schedule}"}}, "status": {{{status}}}}}"#
        );
        Standing::of(&from_str(&text).unwrap())
    }

    #[test]
    fn every_word_of_graph_has_its_state() {
        let never = r#""code": "NotRun", "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z""#;
        for (schedule, status, state) in [
            ("Disabled", never, State::NotStarted),
            ("Active", never, State::InitialCycle),
            ("Disabled", r#""code": "Paused""#, State::NotStarted),
            ("Disabled", r#""code": "Active", "steadyStateFirstAchievedTime": "2026-10-01T00:00:00Z""#, State::Off),
            (
                "Disabled",
                r#""code": "Quarantine", "synchronizedEntryCountByType": [{"key": "User to x", "value": 1}]"#,
                State::Off,
            ),
            ("Paused", r#""code": "Quarantine""#, State::Paused),
            ("Disabled", r#""code": "NotConfigured""#, State::NotConfigured),
            ("Active", r#""code": "Paused""#, State::Paused),
            ("Paused", r#""code": "Active""#, State::Paused),
            (
                "Active",
                r#""code": "Active", "steadyStateFirstAchievedTime": "0001-01-01T00:00:00Z""#,
                State::InitialCycle,
            ),
            ("Active", r#""code": "Active", "steadyStateFirstAchievedTime": "2026-10-01T00:00:00Z""#, State::Steady),
            ("Active", r#""code": "Quarantine""#, State::Quarantine),
            ("Active", r#""code": "Tomorrow""#, State::Unknown),
        ] {
            assert_eq!(standing(schedule, status).state, state, "{schedule} {status}");
        }
    }

    #[test]
    fn what_is_well_needs_no_attention() {
        let now = "2026-10-05T10:00:00Z".parse().unwrap();
        let cycle = r#""code": "Active", "steadyStateFirstAchievedTime": "2026-10-01T00:00:00Z", "lastExecution":
            {"timeBegan": "2026-10-05T09:30:00Z", "timeEnded": "2026-10-05T09:35:00Z", "state": "Succeeded", "countEscrowed": 0},
            "lastSuccessfulExecution": {"timeBegan": "2026-10-05T09:30:00Z", "timeEnded": "2026-10-05T09:35:00Z"},
            "synchronizedEntryCountByType": [{"key": "User to urn:x", "value": 4}, {"key": "Group to urn:y", "value": 1}]"#;
        let well = standing("Active", cycle);
        assert_eq!(well.attention(now), [""; 0]);
        assert_eq!(well.next, "2026-10-05T10:15:00Z".parse().ok());
        assert_eq!(
            (well.count("User"), well.count("Group"), well.count("Device"), well.escrowed()),
            (Some(4), Some(1), None, 0)
        );
        let late = "2026-10-07T10:00:00Z".parse().unwrap();
        assert_eq!(well.attention(late), ["The last cycle that went well is more than a day ago."]);
        assert_eq!(standing("Paused", cycle).attention(now).len(), 1);
        let failed = cycle.replace("Succeeded\", \"countEscrowed\": 0", "EntryLevelErrors\", \"countEscrowed\": 12");
        assert_eq!(
            standing("Active", &failed).attention(now),
            ["12 objects failed and wait for another try.", "The last cycle ended with errors of single objects"]
        );
        let quarantine = r#""code": "Quarantine", "quarantine": {"reason": "TooManyDeletes", "seriesBegan": "2026-10-01T00:00:00Z",
            "error": {"code": "x", "message": "no"}}"#;
        let said = standing("Active", quarantine).attention(now).remove(0);
        assert!(said.contains("because more people would have been deleted") && said.contains("in 24 days"), "{said}");
    }

    #[test]
    fn the_first_cycle_takes_longer_for_more_people() {
        assert_eq!(initial_cycle_minutes(0), (0, 1));
        assert_eq!(initial_cycle_minutes(50), (0, 4));
        assert_eq!(initial_cycle_minutes(10_000), (100, 800));
    }
}
