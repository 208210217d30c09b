//! The state of a job.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Span, Timestamp};

use super::limit::{FIRST_CYCLE_FEWEST, FIRST_CYCLE_MOST};
use super::quarantine::{deadline_in_words, holds_deletions_back, reason_in_words};
use crate::model::{State, SynchronizationJob, SynchronizationTaskExecution, time};
use crate::secret::mask_shapes;
use crate::text::shortened;

/// A cycle runs every 40 minutes, in quarantine at least once a day.
const STALE: SignedDuration = SignedDuration::from_hours(24);

/// The state of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The job's id.
    pub job: String,
    /// What it is doing.
    pub state: State,
    /// The last cycle.
    pub last: Option<Cycle>,
    /// The last successful cycle.
    pub last_success: Option<Cycle>,
    /// About when the next cycle is due; `None` if none is due, or if that is unknown.
    pub next: Option<Timestamp>,
    /// The quarantine that it is in, or was in before it was paused or disabled.
    pub quarantine: Option<Quarantine>,
    /// How many objects are provisioned, by kind: `User`, `Group`.
    pub counts: Vec<(String, i64)>,
    /// Whether Graph gives counts at all.
    pub is_counted: bool,
    /// When everything was synchronized for the first time.
    pub first_steady: Option<Timestamp>,
    /// When everything was last synchronized.
    pub last_steady: Option<Timestamp>,
    /// How many cycles in a row failed completely.
    pub failures_in_a_row: i64,
    /// Whether Entra stopped retrying objects that had failed.
    pub escrows_pruned: bool,
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
    /// How many objects failed and will be retried.
    pub escrowed: Option<i64>,
    /// What went wrong.
    pub error: Option<String>,
}

/// A quarantine.
#[derive(Clone, Debug, PartialEq)]
pub struct Quarantine {
    /// Why, as the end of "because …".
    pub reason: Option<String>,
    /// Whether accidental deletion prevention holds deletions back, so that somebody must decide about them first.
    pub holds_deletions_back: bool,
    /// The error message of the app or of Entra.
    pub error: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When Entra tries again.
    pub next: Option<Timestamp>,
}

impl Standing {
    /// Reads the state of a job.
    pub fn of(job: &SynchronizationJob<'_>) -> Self {
        let status = job.status.as_ref();
        let first_steady = status.and_then(|status| time(status.steady_state_first_achieved_time.as_deref()));
        let last = status.and_then(|status| cycle(status.last_execution.as_ref()));
        let last_success = status.and_then(|status| cycle(status.last_successful_execution.as_ref()));
        let quarantine = status.and_then(|status| status.quarantine.as_ref()).map(|found| {
            let error = found.error.as_ref();
            Quarantine {
                holds_deletions_back: found.reason.as_deref().is_some_and(holds_deletions_back),
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
        let state = job.state();
        let interval = job.schedule.as_ref().and_then(|schedule| schedule.interval.as_deref()?.parse::<Span>().ok());
        let next = match state {
            State::Quarantine => quarantine.as_ref().and_then(|quarantine| quarantine.next),
            // Nothing is due after a cycle that still runs.
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

    /// How many objects of a kind are provisioned; `None` where Graph gives no count.
    pub fn count(&self, kind: &str) -> Option<i64> {
        let mut counts = self.counts.iter().filter(|(of, _)| of == kind).map(|(_, count)| *count).peekable();
        counts.peek().is_some().then(|| counts.fold(0, i64::saturating_add))
    }

    /// How many objects failed and will be retried.
    pub fn escrowed(&self) -> i64 {
        self.last.as_ref().and_then(|last| last.escrowed).unwrap_or_default()
    }

    /// `42 users, 3 groups`
    pub fn counts_in_words(&self) -> String {
        let mut kinds: Vec<&str> = Vec::new();
        for (kind, _) in &self.counts {
            if !kinds.contains(&kind.as_str()) {
                kinds.push(kind);
            }
        }
        if kinds.is_empty() {
            let none = self.is_counted || self.state == State::NotStarted;
            return if none { "no one" } else { "an unknown number" }.to_owned();
        }
        let said = kinds.iter().map(|kind| {
            let count = self.count(kind).unwrap_or_default();
            format!("{count} {}{}", kind.to_lowercase(), if count == 1 { "" } else { "s" })
        });
        said.collect::<Vec<_>>().join(", ")
    }

    /// What needs attention, in sentences; empty if nothing does.
    pub fn attention(&self, now: Timestamp) -> Vec<String> {
        let mut said = Vec::new();
        match self.state {
            State::NotConfigured => said.push("Provisioning is not configured: no one is provisioned.".to_owned()),
            State::NotStarted => said.push("Provisioning has never been started: no one is provisioned.".to_owned()),
            State::Off | State::Paused => said.push(format!(
                "Provisioning {}: new users are not provisioned and leavers are not disabled.",
                self.state.in_words()
            )),
            State::Unknown => said.push("Provisioning is in a state that provlint does not recognise.".to_owned()),
            State::InitialCycle | State::Steady | State::Quarantine => {}
        }
        match &self.quarantine {
            Some(before) if !self.state.is_on() => {
                let because = before.reason.as_ref().map(|because| format!(", because {because}")).unwrap_or_default();
                said.push(format!("Before that, Entra had put the job into quarantine{because}."));
            }
            None if self.state != State::Quarantine => {}
            _ => said.push(self.quarantine_in_words(Offset::UTC.to_datetime(now).date()) + "."),
        }
        match self.failures_in_a_row {
            ..=0 => {}
            1 => said.push("The last cycle failed completely.".to_owned()),
            several => said.push(format!("The last {several} cycles failed completely.")),
        }
        match self.escrowed() {
            ..=0 => {}
            1 => said.push("1 object failed; Entra will retry it.".to_owned()),
            several => said.push(format!("{several} objects failed; Entra will retry them.")),
        }
        if self.escrows_pruned {
            said.push("Entra stopped retrying failed objects: restart provisioning.".to_owned());
        }
        let last_well = self.last_success.as_ref().and_then(|last| last.ended);
        if self.state == State::Steady && last_well.is_some_and(|ended| now.duration_since(ended) > STALE) {
            said.push("The last successful cycle ended more than a day ago.".to_owned());
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

    /// Whether the job is in quarantine because accidental deletion prevention holds deletions back, or was before it was
    /// paused or disabled.
    pub fn holds_deletions_back(&self) -> bool {
        self.quarantine.as_ref().is_some_and(|quarantine| quarantine.holds_deletions_back)
    }

    /// The quarantine in a sentence without its full stop: why, what was reported, and when Entra disables the job,
    /// counted from `today`.
    pub fn quarantine_in_words(&self, today: Date) -> String {
        let quarantine = self.quarantine.as_ref();
        let because = quarantine.and_then(|found| found.reason.as_ref());
        let error = quarantine.and_then(|found| found.error.as_deref());
        let mut text =
            "Entra has put the job into quarantine and runs it less and less often, down to once a day".to_owned();
        text.extend(because.map(|because| format!(", because {because}")));
        text.extend(error.map(|error| format!(" (\"{}\")", shortened(error))));
        let since = quarantine.and_then(|found| found.since);
        text.extend(since.map(|since| format!("; {}", deadline_in_words(since, today))));
        text
    }
}

/// How a cycle ended, as the end of "the last cycle …", for Graph's word.
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationtaskexecution>
pub fn in_words(state: &str) -> String {
    match state.to_ascii_lowercase().as_str() {
        "succeeded" => "succeeded".to_owned(),
        "failed" => "failed".to_owned(),
        "entrylevelerrors" => "ended with errors for some objects".to_owned(),
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

/// An error's message, else its code.
fn said_of(message: Option<&str>, code: Option<&str>) -> Option<String> {
    filled(message).or(filled(code)).map(mask_shapes)
}

/// How long the first cycle takes for a number of users, groups and memberships together: fewest and most minutes.
pub fn initial_cycle_minutes(objects: u64) -> (u64, u64) {
    let [fewest, most] =
        [FIRST_CYCLE_FEWEST, FIRST_CYCLE_MOST].map(|limit| objects.saturating_mul(limit.number as u64));
    (fewest / 100, most.div_ceil(100).max(1))
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
        assert_eq!(well.attention(late), ["The last successful cycle ended more than a day ago."]);
        assert_eq!(standing("Paused", cycle).attention(now).len(), 1);
        let failed = cycle.replace("Succeeded\", \"countEscrowed\": 0", "EntryLevelErrors\", \"countEscrowed\": 12");
        assert_eq!(
            standing("Active", &failed).attention(now),
            ["12 objects failed; Entra will retry them.", "The last cycle ended with errors for some objects"]
        );
        let quarantine = r#""code": "Quarantine", "quarantine": {"reason": "TooManyDeletes", "seriesBegan": "2026-10-01T00:00:00Z",
            "error": {"code": "x", "message": "no"}}"#;
        let said = standing("Active", quarantine).attention(now).remove(0);
        assert!(
            said.contains("accidental deletion prevention") && said.contains("on 2026-10-29, in 24 days"),
            "{said}"
        );
        assert!(standing("Active", quarantine).holds_deletions_back());
        let old = "2026-11-30T10:00:00Z".parse().unwrap();
        let said = standing("Active", quarantine).attention(old).remove(0);
        assert!(said.contains("which was on 2026-10-29"), "the end is counted from today: {said}");
    }

    #[test]
    fn the_first_cycle_takes_longer_for_more_people() {
        assert_eq!(initial_cycle_minutes(0), (0, 1));
        assert_eq!(initial_cycle_minutes(50), (0, 4));
        assert_eq!(initial_cycle_minutes(10_000), (100, 800));
        assert_eq!(initial_cycle_minutes(u64::MAX), (u64::MAX / 100, u64::MAX.div_ceil(100)));
    }
}
