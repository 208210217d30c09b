//! Changes of a tenant, each made once and proved by reading it back.
//!
//! An answer says little about what was done: an error may come after the change, and a success before it shows. So
//! after every change the tenant is read until it gives what was written, and what it gives is what is reported.

use std::fmt;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use super::whole::same_values;
use crate::graph::{AppClient, GraphError};
use crate::model::{Difference, State, SynchronizationJob, TenantChange, differences};

/// How long a change may take until it shows.
const PATIENCE: Duration = Duration::from_secs(60);

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A job is told to run.
    Start {
        /// The job's id.
        job: String,
    },
    /// A job is told to wait.
    Pause {
        /// The job's id.
        job: String,
    },
    /// A job's schema is replaced by another.
    Schema {
        /// The job's id.
        job: String,
        /// The whole schema as it was read.
        before: String,
        /// The whole schema as it is to be.
        after: String,
    },
    /// What stands in no schema.
    Tenant(TenantChange),
}

impl Step {
    /// What it changes, for people.
    pub fn what(&self) -> String {
        match self {
            Step::Start { .. } => "the start".to_owned(),
            Step::Pause { .. } => "the pause".to_owned(),
            Step::Schema { .. } => "the schema".to_owned(),
            Step::Tenant(TenantChange::Setting { key, .. }) => format!("the setting {key}"),
            Step::Tenant(TenantChange::Assign { name, group, .. }) => {
                format!("the assignment of {}", name.as_ref().unwrap_or(group))
            }
            Step::Tenant(TenantChange::Unassign { name, .. }) => format!("the end of the assignment of {name}"),
        }
    }
}

/// What stands in the tenant after a change was tried.
#[derive(Clone, Debug)]
pub enum Stands {
    /// What was there before; the change was not even tried.
    Untouched,
    /// What was there before.
    AsBefore,
    /// What was written.
    AsWritten,
    /// Something else: what differs from what was written.
    Otherwise(Vec<String>),
    /// Nobody knows, since it can't be read.
    Unknown(GraphError),
}

/// A change that is there.
#[derive(Clone, Debug)]
pub struct Proved {
    /// The error that Graph answered although the change is there.
    pub despite: Option<GraphError>,
    /// Whether Graph keeps of a schema what no mapping reads in another form than it was sent.
    pub altered: bool,
}

/// A change that is not there, or not proved to be.
#[derive(Clone, Debug)]
pub struct Halted {
    /// Graph's answer to the change.
    pub answer: Result<(), GraphError>,
    /// What stands there instead.
    pub stands: Stands,
}

impl Halted {
    /// Whether the change will not come either: it wasn't tried, or Graph refused it and still has what was there.
    pub fn is_final(&self) -> bool {
        match (&self.answer, &self.stands) {
            (_, Stands::Untouched) => true,
            (Err(error), Stands::AsBefore) => is_refusal(error),
            _ => false,
        }
    }
}

/// Whether Graph says that it didn't do what was asked: what isn't there then isn't done later.
fn is_refusal(error: &GraphError) -> bool {
    error.status().is_some_and(|status| (400..500).contains(&status) && !matches!(status, 408 | 409 | 499))
}

/// Whether the schema that a step replaces is still the one that it was made for; other steps replace nothing whole.
///
/// # Errors
/// When it can't be read.
pub async fn is_current(app: AppClient<'_>, step: &Step) -> Result<bool, GraphError> {
    let Step::Schema { job, before, .. } = step else { return Ok(true) };
    Ok(same_values(&app.schema(job).await?, before))
}

/// Makes a change and proves it.
///
/// # Errors
/// When the change isn't there, or that can't be told.
pub async fn carry_out(app: AppClient<'_>, step: &Step) -> Result<Proved, Halted> {
    match step {
        Step::Start { job } => {
            let answer = app.start(job).await;
            let answered = answer.is_ok();
            prove(app, answer, async || Ok(started(&app.job(job).await?, answered))).await
        }
        Step::Pause { job } => {
            let answer = app.pause(job).await;
            prove(app, answer, async || Ok(paused(&app.job(job).await?))).await
        }
        Step::Schema { job, before, after } => {
            let answer = app.put_schema(job, after).await;
            let answered = answer.is_ok();
            let look = async || Ok(schema_stands(before, after, &app.schema(job).await?, answered));
            let proved = prove(app, answer, look).await?;
            // A look that still shows the mappings of before tells nothing.
            let is_other = |found: &str| compare(after, found).is_empty() && !same_values(after, found);
            let altered = app.schema(job).await.is_ok_and(|found| is_other(&found));
            Ok(Proved { altered, ..proved })
        }
        Step::Tenant(change) => carry_out_change(app, change).await,
    }
}

/// What became of a schema.
fn schema_stands(before: &str, after: &str, found: &str, answered: bool) -> Stands {
    let differing = compare(after, found);
    if !differing.is_empty() {
        let is_back = compare(before, found).is_empty();
        return if is_back { Stands::AsBefore } else { Stands::Otherwise(differing.iter().map(said).collect()) };
    }
    if same_values(after, found) || !compare(before, after).is_empty() {
        return Stands::AsWritten;
    }
    // No mapping tells what was there from what was written, so that is no proof without Graph's word.
    match (same_values(before, found), answered) {
        (true, _) => Stands::AsBefore,
        (false, true) => Stands::AsWritten,
        (false, false) => Stands::Otherwise(vec!["what no mapping reads".to_owned()]),
    }
}

/// Whether a job is paused: no cycle runs any more, by whichever word Graph says so.
fn paused(job: &Value) -> Stands {
    let done = is_job(job, |job| matches!(job.state(), State::Paused | State::Off | State::NotStarted));
    if done { Stands::AsWritten } else { Stands::AsBefore }
}

/// Whether a job was started. The status follows when the first cycle begins; where Graph did not accept the start, a
/// status that a start ends proves that the job was not started.
fn started(job: &Value, answered: bool) -> Stands {
    let done = is_job(job, |job| job.is_scheduled() && (answered || (job.is_on() && job.state() != State::Quarantine)));
    if done { Stands::AsWritten } else { Stands::AsBefore }
}

/// Whether something is true of a job as Graph gives it; of a value that is no job nothing is.
fn is_job(job: &Value, check: impl Fn(&SynchronizationJob<'_>) -> bool) -> bool {
    SynchronizationJob::deserialize(job).is_ok_and(|job| check(&job))
}

async fn carry_out_change(app: AppClient<'_>, change: &TenantChange) -> Result<Proved, Halted> {
    match change {
        TenantChange::Setting { key, value } => {
            // Without a look at the others nobody could tell afterwards whether they are still there.
            let unread = |error| Halted { answer: Err(error), stands: Stands::Untouched };
            let before = app.settings().await.map_err(unread)?;
            let answer = app.change(change).await;
            let look = async || Ok(setting_stands(&before, &app.settings().await?, key, value));
            prove(app, answer, look).await
        }
        TenantChange::Assign { group, role, .. } => {
            let answer = app.change(change).await;
            let look = async || {
                let all = app.assignments().await?;
                let mut of_group = all.iter().filter(|one| same(&one["principalId"], group));
                Ok(if of_group.any(|one| same(&one["appRoleId"], role)) { Stands::AsWritten } else { Stands::AsBefore })
            };
            prove(app, answer, look).await
        }
        TenantChange::Unassign { assignment, .. } => {
            let answer = app.change(change).await;
            let look = async || {
                let there = app.assignments().await?.iter().any(|one| one["id"] == assignment.as_str());
                Ok(if there { Stands::AsBefore } else { Stands::AsWritten })
            };
            prove(app, answer, look).await
        }
    }
}

/// Looks until the change is there, or has had time enough to be.
async fn prove(
    app: AppClient<'_>,
    answer: Result<(), GraphError>,
    look: impl AsyncFn() -> Result<Stands, GraphError>,
) -> Result<Proved, Halted> {
    let patience = if answer.as_ref().is_err_and(is_refusal) { Duration::ZERO } else { PATIENCE };
    let patience = patience.min(app.client().longest_wait());
    let (begun, mut pause) = (Instant::now(), Duration::from_millis(500));
    loop {
        // A look has as long as an answer may take; where Graph is silent that is not to be waited for many times.
        let longest = app.client().longest_answer().max(patience.saturating_sub(begun.elapsed()));
        let looked = tokio::time::timeout(longest, look()).await;
        let silent = |_| Err(GraphError::Timeout { host: app.client().root().host().to_owned() });
        let stands = looked.unwrap_or_else(silent).unwrap_or_else(Stands::Unknown);
        if matches!(stands, Stands::AsWritten) {
            return Ok(Proved { despite: answer.err(), altered: false });
        }
        if begun.elapsed() + pause > patience {
            return Err(Halted { answer, stands });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(8));
    }
}

/// What became of the settings when one of them was written.
fn setting_stands(before: &[Value], after: &[Value], key: &str, value: &str) -> Stands {
    let of = |list: &[Value], key: &str| {
        let found = list.iter().find(|setting| setting["key"] == key)?;
        found["value"].as_str().filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let keys = before.iter().chain(after).filter_map(|setting| setting["key"].as_str());
    let mut others: Vec<&str> = keys.filter(|other| *other != key).collect();
    others.sort_unstable();
    others.dedup();
    let changed = others.into_iter().filter_map(|other| match (of(before, other), of(after, other)) {
        (old, new) if old == new => None,
        (Some(_), None) => Some(format!("the setting {other} is gone")),
        (None, _) => Some(format!("the setting {other} has come")),
        (Some(_), Some(_)) => Some(format!("the setting {other} has another value")),
    });
    let mut differing: Vec<String> = changed.collect();
    // An empty value takes a setting away.
    let is_written = of(after, key).unwrap_or_default().eq_ignore_ascii_case(value);
    match (is_written, differing.is_empty()) {
        (true, true) => Stands::AsWritten,
        (false, true) if of(before, key) == of(after, key) => Stands::AsBefore,
        (true, false) => Stands::Otherwise(differing),
        (false, _) => {
            differing.insert(0, format!("the setting {key} is not {value}"));
            Stands::Otherwise(differing)
        }
    }
}

/// What differs between two schemas; a text that is no JSON differs from everything.
fn compare(left: &str, right: &str) -> Vec<Difference> {
    let value = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    differences(&value(left), &value(right))
}

fn said(difference: &Difference) -> String {
    let Difference { subject, property, old, new } = difference;
    let thing = property.as_ref().map_or_else(|| subject.clone(), |property| format!("{subject} {property}"));
    match (old, new) {
        (_, None) => format!("{thing} is missing"),
        (None, Some(_)) => format!("{thing} has come"),
        (Some(_), Some(_)) => format!("{thing} differs"),
    }
}

fn same(value: &Value, id: &str) -> bool {
    value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(id))
}

impl fmt::Display for Stands {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stands::Untouched => formatter.write_str("nothing was written"),
            Stands::AsBefore => formatter.write_str("read back, it stands as before"),
            Stands::AsWritten => formatter.write_str("read back, it stands as written"),
            Stands::Otherwise(differences) => {
                let shown: Vec<&str> = differences.iter().take(5).map(String::as_str).collect();
                let more = match differences.len().saturating_sub(5) {
                    0 => String::new(),
                    more => format!(", and {more} more"),
                };
                write!(formatter, "read back, it stands neither as before nor as written: {}{more}", shown.join(", "))
            }
            Stands::Unknown(error) => write!(formatter, "what stands there now is not known: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Vec<Value> {
        pairs.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
    }

    #[test]
    fn a_setting_that_takes_others_with_it_is_not_taken_for_written() {
        let before = settings(&[("BaseAddress", "https://x"), ("SecretToken", "*"), ("SyncAll", "true")]);
        let stands = |after: &[(&str, &str)]| setting_stands(&before, &settings(after), "SyncAll", "false").to_string();
        assert!(
            stands(&[("SyncAll", "False"), ("BaseAddress", "https://x"), ("SecretToken", "*")]).ends_with("as written")
        );
        assert!(
            stands(&[("SyncAll", "true"), ("BaseAddress", "https://x"), ("SecretToken", "*")]).ends_with("as before")
        );
        let alone = stands(&[("SyncAll", "false")]);
        assert!(alone.ends_with("the setting BaseAddress is gone, the setting SecretToken is gone"), "{alone}");
        let neither = stands(&[("BaseAddress", "https://y"), ("SecretToken", "*")]);
        assert!(
            neither.ends_with("the setting SyncAll is not false, the setting BaseAddress has another value"),
            "{neither}"
        );
    }
}
