//! The provisioning job.

pub(super) mod cycles;
pub(super) mod presence;
pub(super) mod quarantine;
pub(super) mod state;
pub(super) mod template;

use jiff::{Span, Timestamp};

use super::{NotJudged, Target};
use crate::document::Pointer;
use crate::finding::{Evidence, Section};
use crate::model::{SynchronizationJob, SynchronizationStatus};
use crate::rules::Family;

/// Rules about jobs.
const JOB: Family = Family { section: Section::Job, evidence: &[Evidence::Jobs] };

/// The job that provisions an app, and where it stands.
struct Job<'t, 'a> {
    job: &'t SynchronizationJob<'a>,
    pointer: Pointer,
}

/// Every job of the snapshot.
fn jobs<'t, 'a>(target: &'t Target<'a>) -> Vec<Job<'t, 'a>> {
    let jobs = target.snapshot.and_then(|snapshot| snapshot.jobs.as_deref()).unwrap_or_default();
    let place = |index| target.pointer.key("jobs").index(index);
    jobs.iter().enumerate().map(|(index, job)| Job { job, pointer: place(index) }).collect()
}

/// Every job with its status.
fn statuses<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<(Job<'t, 'a>, &'t SynchronizationStatus<'a>)>, NotJudged> {
    let with_status = jobs(target).into_iter().map(|job| match &job.job.status {
        Some(status) => Ok((job, status)),
        None => Err(NotJudged::unknown("the job's status is not in this file")),
    });
    with_status.collect()
}

impl Job<'_, '_> {
    fn subject(&self) -> &str {
        self.job.id.as_deref().unwrap_or("job")
    }

    fn schedule(&self) -> &str {
        self.job.schedule.as_ref().and_then(|schedule| schedule.state.as_deref()).unwrap_or_default()
    }

    /// Whether it runs, as far as schedule and status say.
    fn is_running(&self, status: &SynchronizationStatus<'_>) -> bool {
        !is(Some(self.schedule()), "Disabled") && is(status.code.as_deref(), "Active")
    }
}

fn is(word: Option<&str>, wanted: &str) -> bool {
    word.is_some_and(|word| word.eq_ignore_ascii_case(wanted))
}

/// Whole hours between two times.
fn hours(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_hours()
}

/// The page of the job in the portal.
fn steps(what: &str) -> Vec<String> {
    vec!["Entra admin center: Enterprise applications > your app > Provisioning".to_owned(), what.to_owned()]
}

/// A time some hours before another.
fn hours_before(time: Timestamp, hours: i64) -> Timestamp {
    time.checked_sub(Span::new().hours(hours)).unwrap_or(time)
}
