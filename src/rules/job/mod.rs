//! The provisioning job.

pub(super) mod cycles;
pub(super) mod presence;
pub(super) mod quarantine;
pub(super) mod state;
pub(super) mod template;

use jiff::{Span, Timestamp};

use super::{NotJudged, Target, portal};
use crate::document::Pointer;
use crate::finding::{Evidence, Section};
use crate::model::{State, SynchronizationJob, SynchronizationStatus};
use crate::rules::Family;

/// Rules about jobs.
const JOB: Family = Family { section: Section::Job, evidence: &[Evidence::Jobs] };

/// A job that provisions the app, and its place in the file.
struct Job<'t, 'a> {
    job: &'t SynchronizationJob<'a>,
    pointer: Pointer,
}

/// The job that is checked, or every job of the snapshot.
fn jobs<'t, 'a>(target: &'t Target<'a>) -> Vec<Job<'t, 'a>> {
    let all = all_jobs(target).into_iter().enumerate();
    all.filter(|(index, _)| target.job.is_none_or(|job| job == *index)).map(|(_, job)| job).collect()
}

/// Every job of the snapshot.
fn all_jobs<'t, 'a>(target: &'t Target<'a>) -> Vec<Job<'t, 'a>> {
    let jobs = target.snapshot.and_then(|snapshot| snapshot.jobs.as_deref()).unwrap_or_default();
    let place = |index| target.pointer.key("jobs").index(index);
    jobs.iter().enumerate().map(|(index, job)| Job { job, pointer: place(index) }).collect()
}

/// Every job with its status; unknown where one has no status.
fn statuses<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<(Job<'t, 'a>, &'t SynchronizationStatus<'a>)>, NotJudged> {
    let with_status = jobs(target).into_iter().map(|job| match &job.job.status {
        Some(status) => Ok((job, status)),
        None => Err(NotJudged::absent("the job's status is not in this file")),
    });
    with_status.collect()
}

impl Job<'_, '_> {
    fn subject(&self) -> &str {
        self.job.id.as_deref().unwrap_or("job")
    }

    fn state(&self) -> State {
        self.job.state()
    }
}

/// Whole hours between two times.
fn hours(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_hours()
}

/// The steps to the job's page in the portal, then `what` to do there.
fn steps(what: impl Into<String>) -> Vec<portal::Step> {
    portal::on(portal::Page::Overview, what)
}

/// The time `hours` before another.
fn hours_before(time: Timestamp, hours: i64) -> Timestamp {
    time.checked_sub(Span::new().hours(hours)).unwrap_or(time)
}
