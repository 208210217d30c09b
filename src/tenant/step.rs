//! Changes of a tenant, each made once and verified by reading it back.
//!
//! An answer alone proves nothing: an error may follow a change that was made, and a success may come before the change
//! shows. So after every change the tenant is read until it shows the change, and the report says what was read.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use super::known::Known;
use super::whole::same_values;
use crate::graph::{AppClient, GraphError};
use crate::model::{Difference, State, SynchronizationJob, TenantChange, differences};

/// How long to wait until a change is visible, and how often to read.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The longest wait in total.
    pub longest: Duration,
    /// The pause before the second read; every later pause is twice as long as the one before.
    pub first_pause: Duration,
    /// The longest pause between two reads.
    pub longest_pause: Duration,
}

impl Patience {
    /// The usual patience, where nothing may wait longer than `longest`.
    pub fn within(longest: Duration) -> Self {
        Patience {
            longest: longest.min(Duration::from_secs(60)),
            // Most changes show at once; Graph's replicas take up to half a minute.
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(8),
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Start a job.
    Start {
        /// The job's id.
        job: String,
    },
    /// Pause a job.
    Pause {
        /// The job's id.
        job: String,
    },
    /// Replace a job's schema.
    Schema {
        /// The job's id.
        job: String,
        /// The complete schema as it was read.
        before: String,
        /// The complete new schema.
        after: String,
    },
    /// Change something outside the schema.
    Tenant(TenantChange),
}

impl Step {
    /// The name of the step in messages.
    pub fn what(&self) -> String {
        match self {
            Step::Start { .. } => "the start".to_owned(),
            Step::Pause { .. } => "the pause".to_owned(),
            Step::Schema { .. } => "the schema".to_owned(),
            Step::Tenant(TenantChange::Setting { key, .. }) => format!("the setting {key}"),
            Step::Tenant(TenantChange::Assign { name, group, .. }) => {
                format!("the assignment of {}", name.as_ref().unwrap_or(group))
            }
            Step::Tenant(TenantChange::Unassign { name, .. }) => format!("removing the assignment of {name}"),
        }
    }
}

/// The state of the tenant after a change was attempted.
#[derive(Clone, Debug)]
pub enum TenantState {
    /// The state before; the change was not even attempted.
    Untouched,
    /// The state before the change.
    AsBefore,
    /// The state that was written.
    AsWritten,
    /// Neither of these: the deviations from what was written, in words.
    Otherwise(Vec<String>),
    /// Unknown, because reading it failed.
    Unknown(GraphError),
}

/// A change that was made and read back.
#[derive(Clone, Debug)]
pub struct Proved {
    /// The error that Graph answered although it made the change.
    pub despite: Option<GraphError>,
    /// Whether Graph stored parts of a schema that no mapping reads in another form than they were sent.
    pub altered: bool,
}

/// A change that was not made, or could not be verified.
#[derive(Clone, Debug)]
pub struct Halted {
    /// Graph's answer to the change.
    pub answer: Result<(), GraphError>,
    /// The state of the tenant.
    pub state: TenantState,
}

impl Halted {
    /// Whether the change cannot show later: it was not attempted, or Graph refused it and the old state is still there.
    pub fn is_final(&self) -> bool {
        match (&self.answer, &self.state) {
            (_, TenantState::Untouched) => true,
            (Err(error), TenantState::AsBefore) => is_refusal(error),
            _ => false,
        }
    }
}

/// Whether an error means that Graph did not make the change and will not make it later.
fn is_refusal(error: &GraphError) -> bool {
    error.status().is_some_and(|status| (400..500).contains(&status) && !matches!(status, 408 | 409 | 499))
}

/// Why a step was not carried out.
#[derive(Clone, Debug)]
pub enum Stopped {
    /// What it replaces is not what was read: the differences, in words. It was not sent.
    Changed(Vec<String>),
    /// What it replaces could not be read again. It was not sent.
    Unread(GraphError),
    /// It was not made, or could not be verified.
    Halted(Halted),
}

impl From<Halted> for Stopped {
    fn from(halted: Halted) -> Self {
        Stopped::Halted(halted)
    }
}

impl Stopped {
    /// The same as the result of a step that replaces nothing.
    pub fn into_halted(self) -> Halted {
        match self {
            Stopped::Halted(halted) => halted,
            Stopped::Unread(error) => Halted { answer: Err(error), state: TenantState::Untouched },
            Stopped::Changed(differences) => Halted { answer: Ok(()), state: TenantState::Otherwise(differences) },
        }
    }
}

/// What a step is sent with.
#[derive(Clone, Copy, Debug)]
pub struct Sending<'s> {
    /// The app.
    pub app: AppClient<'s>,
    /// How long to wait until the change is visible.
    pub patience: Patience,
    /// The settings as they were read.
    pub known: &'s Known,
    /// Set once a request was sent that may have changed the tenant.
    pub sent: &'s Cell<bool>,
}

/// Checks that what a step replaces is still what was read. A start, a pause and an assignment replace nothing.
///
/// # Errors
/// When it is not, or cannot be read.
pub async fn expect_current(app: AppClient<'_>, step: &Step, known: &Known) -> Result<(), Stopped> {
    match step {
        Step::Schema { job, before, .. } => expect_schema(before, &app.schema(job).await.map_err(Stopped::Unread)?),
        Step::Tenant(TenantChange::Setting { .. }) => {
            expect_settings(known, &app.settings().await.map_err(Stopped::Unread)?)
        }
        _ => Ok(()),
    }
}

fn expect_schema(before: &str, found: &str) -> Result<(), Stopped> {
    if same_values(found, before) {
        return Ok(());
    }
    let differing: Vec<String> = compare(before, found).iter().map(said).collect();
    Err(Stopped::Changed(if differing.is_empty() { vec![UNMAPPED.to_owned()] } else { differing }))
}

fn expect_settings(known: &Known, found: &[Value]) -> Result<(), Stopped> {
    let differing = known.differing(found);
    if differing.is_empty() { Ok(()) } else { Err(Stopped::Changed(differing)) }
}

const UNMAPPED: &str = "parts that no mapping reads differ";

impl Sending<'_> {
    /// Makes a change and verifies it. Before every attempt, what it replaces is read again.
    ///
    /// # Errors
    /// When the change was not made, or could not be verified.
    pub async fn carry_out(self, step: &Step) -> Result<Proved, Stopped> {
        let app = self.app;
        match step {
            Step::Start { job } => {
                let answer = self.send(async |_| Ok(Attempt::Send), async || app.start(job).await).await?;
                let answered = answer.is_ok();
                Ok(prove(app, self.patience, answer, async || Ok(started(&app.job(job).await?, answered))).await?)
            }
            Step::Pause { job } => {
                let answer = self.send(async |_| Ok(Attempt::Send), async || app.pause(job).await).await?;
                Ok(prove(app, self.patience, answer, async || Ok(paused(&app.job(job).await?))).await?)
            }
            Step::Schema { job, before, after } => {
                let expect = async |is_repeated: bool| {
                    let found = app.schema(job).await.map_err(Stopped::Unread)?;
                    match expect_schema(before, &found) {
                        Err(_) if is_repeated && is_written(&schema_state(before, after, &found, false)) => {
                            Ok(Attempt::Done)
                        }
                        current => current.map(|()| Attempt::Send),
                    }
                };
                let answer = self.send(expect, async || app.put_schema(job, after).await).await?;
                let answered = answer.is_ok();
                let look = async || Ok(schema_state(before, after, &app.schema(job).await?, answered));
                let proved = prove(app, self.patience, answer, look).await?;
                // A replica that still shows the old mappings proves nothing.
                let is_other = |found: &str| compare(after, found).is_empty() && !same_values(after, found);
                let altered = app.schema(job).await.is_ok_and(|found| is_other(&found));
                Ok(Proved { altered, ..proved })
            }
            Step::Tenant(change) => self.carry_out_change(change).await,
        }
    }

    /// Makes attempts until Graph accepts or refuses the change. `expect` reads what it replaces before each; it gets
    /// whether this is a repetition.
    async fn send(
        self,
        expect: impl AsyncFn(bool) -> Result<Attempt, Stopped>,
        attempt: impl AsyncFn() -> Result<(), GraphError>,
    ) -> Result<Result<(), GraphError>, Stopped> {
        let mut attempts = self.app.client().attempts();
        let mut answer = Ok(());
        loop {
            if expect(answer.is_err()).await? == Attempt::Done {
                return Ok(answer);
            }
            self.sent.set(true);
            answer = attempt().await;
            match &answer {
                Err(error) if attempts.wait_to_change(error).await => {}
                _ => return Ok(answer),
            }
        }
    }
}

/// Whether a change still has to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    Send,
    /// An earlier attempt was made although Graph refused it.
    Done,
}

fn is_written(state: &TenantState) -> bool {
    matches!(state, TenantState::AsWritten)
}

/// The state of a schema that was written.
fn schema_state(before: &str, after: &str, found: &str, answered: bool) -> TenantState {
    let differing = compare(after, found);
    if !differing.is_empty() {
        let is_back = compare(before, found).is_empty();
        return if is_back {
            TenantState::AsBefore
        } else {
            TenantState::Otherwise(differing.iter().map(said).collect())
        };
    }
    if same_values(after, found) || !compare(before, after).is_empty() {
        return TenantState::AsWritten;
    }
    // The mappings are equal before and after, so only Graph's answer tells whether the rest was written.
    match (same_values(before, found), answered) {
        (true, _) => TenantState::AsBefore,
        (false, true) => TenantState::AsWritten,
        (false, false) => TenantState::Otherwise(vec![UNMAPPED.to_owned()]),
    }
}

/// Whether a job is paused: no cycle runs any more, whichever word Graph uses.
fn paused(job: &Value) -> TenantState {
    let done = is_job(job, |job| matches!(job.state(), State::Paused | State::Off | State::NotStarted));
    if done { TenantState::AsWritten } else { TenantState::AsBefore }
}

/// Whether a job was started. The status changes only when the first cycle begins. If Graph did not confirm the start, a
/// status that every start ends (paused, quarantine) means that the job was not started.
fn started(job: &Value, answered: bool) -> TenantState {
    let done = is_job(job, |job| job.is_scheduled() && (answered || (job.is_on() && job.state() != State::Quarantine)));
    if done { TenantState::AsWritten } else { TenantState::AsBefore }
}

/// Whether a check holds for a job as Graph describes it; a value that is not a job passes none.
fn is_job(job: &Value, check: impl Fn(&SynchronizationJob<'_>) -> bool) -> bool {
    SynchronizationJob::deserialize(job).is_ok_and(|job| check(&job))
}

impl Sending<'_> {
    async fn carry_out_change(self, change: &TenantChange) -> Result<Proved, Stopped> {
        let (app, patience) = (self.app, self.patience);
        let attempt = async || app.change(change).await;
        match change {
            TenantChange::Setting { key, value } => {
                // The settings before the change, to see afterwards whether the others are still there.
                let before = RefCell::new(Vec::new());
                let expect = async |is_repeated: bool| {
                    let found = app.settings().await.map_err(Stopped::Unread)?;
                    if is_repeated && is_written(&setting_state(&before.borrow(), &found, key, value)) {
                        return Ok(Attempt::Done);
                    }
                    expect_settings(self.known, &found)?;
                    before.replace(found);
                    Ok(Attempt::Send)
                };
                let answer = self.send(expect, attempt).await?;
                let before = before.into_inner();
                let look = async || Ok(setting_state(&before, &app.settings().await?, key, value));
                Ok(prove(app, patience, answer, look).await?)
            }
            TenantChange::Assign { group, role, .. } => {
                let answer = self.send(async |_| Ok(Attempt::Send), attempt).await?;
                let look = async || {
                    let all = app.assignments().await?;
                    let mut of_group = all.iter().filter(|one| same(&one["principalId"], group));
                    let is_assigned = of_group.any(|one| same(&one["appRoleId"], role));
                    Ok(if is_assigned { TenantState::AsWritten } else { TenantState::AsBefore })
                };
                Ok(prove(app, patience, answer, look).await?)
            }
            TenantChange::Unassign { assignment, .. } => {
                let answer = self.send(async |_| Ok(Attempt::Send), attempt).await?;
                let look = async || {
                    let there = app.assignments().await?.iter().any(|one| one["id"] == assignment.as_str());
                    Ok(if there { TenantState::AsBefore } else { TenantState::AsWritten })
                };
                Ok(prove(app, patience, answer, look).await?)
            }
        }
    }
}

/// Reads the tenant until the change shows or the patience is used up.
async fn prove(
    app: AppClient<'_>,
    patience: Patience,
    answer: Result<(), GraphError>,
    look: impl AsyncFn() -> Result<TenantState, GraphError>,
) -> Result<Proved, Halted> {
    let longest = if answer.as_ref().is_err_and(is_refusal) { Duration::ZERO } else { patience.longest };
    let (begun, mut pause) = (Instant::now(), patience.first_pause);
    loop {
        // One look may take as long as one answer; a silent Graph must not use that up several times.
        let longest_look = app.client().longest_answer().max(longest.saturating_sub(begun.elapsed()));
        let looked = tokio::time::timeout(longest_look, look()).await;
        let silent = |_| Err(GraphError::Timeout { host: app.client().root().host().to_owned() });
        let state = looked.unwrap_or_else(silent).unwrap_or_else(TenantState::Unknown);
        if matches!(state, TenantState::AsWritten) {
            return Ok(Proved { despite: answer.err(), altered: false });
        }
        if begun.elapsed().saturating_add(pause) > longest {
            return Err(Halted { answer, state });
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(patience.longest_pause);
    }
}

/// The state of the settings after one of them was written.
fn setting_state(before: &[Value], after: &[Value], key: &str, value: &str) -> TenantState {
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
        (None, _) => Some(format!("the setting {other} was added")),
        (Some(_), Some(_)) => Some(format!("the setting {other} has another value")),
    });
    let mut differing: Vec<String> = changed.collect();
    // An empty value removes a setting.
    let is_written = of(after, key).unwrap_or_default().eq_ignore_ascii_case(value);
    match (is_written, differing.is_empty()) {
        (true, true) => TenantState::AsWritten,
        (false, true) if of(before, key) == of(after, key) => TenantState::AsBefore,
        (true, false) => TenantState::Otherwise(differing),
        (false, _) => {
            differing.insert(0, format!("the setting {key} is not {value}"));
            TenantState::Otherwise(differing)
        }
    }
}

/// The differences between two schemas; a text that is not JSON differs from every schema.
fn compare(left: &str, right: &str) -> Vec<Difference> {
    let value = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    differences(&value(left), &value(right))
}

fn said(difference: &Difference) -> String {
    let subject = difference.subject_text();
    let thing =
        difference.property.as_ref().map_or_else(|| subject.clone(), |property| format!("{subject} {property}"));
    match (&difference.old, &difference.new) {
        (_, None) => format!("{thing} is missing"),
        (None, Some(_)) => format!("{thing} was added"),
        (Some(_), Some(_)) => format!("{thing} differs"),
    }
}

fn same(value: &Value, id: &str) -> bool {
    value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(id))
}

impl fmt::Display for Halted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.answer, &self.state) {
            (Err(error), TenantState::Untouched) => write!(formatter, "not attempted: {error}"),
            (Err(error), state) => write!(formatter, "{}; {state}", answered(error)),
            (Ok(()), state) => write!(formatter, "Graph accepted it; {state}"),
        }
    }
}

/// Graph's answer to a change, in words.
pub fn answered(error: &GraphError) -> String {
    if error.status().is_some() { format!("Graph answered {error}") } else { format!("no answer: {error}") }
}

/// The first of several differences, and the number of the others.
pub(super) fn listed(differences: &[String]) -> String {
    let shown: Vec<&str> = differences.iter().take(5).map(String::as_str).collect();
    let more = match differences.len().saturating_sub(5) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

impl fmt::Display for TenantState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TenantState::Untouched => formatter.write_str("nothing was written"),
            TenantState::AsBefore => formatter.write_str("read back, it is unchanged"),
            TenantState::AsWritten => formatter.write_str("read back, it is as written"),
            TenantState::Otherwise(differences) => {
                write!(formatter, "read back, it is neither as before nor as written: {}", listed(differences))
            }
            TenantState::Unknown(error) => write!(formatter, "its current state is unknown: {error}"),
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
    fn a_setting_that_removes_others_does_not_count_as_written() {
        let before = settings(&[("BaseAddress", "https://x"), ("SecretToken", "*"), ("SyncAll", "true")]);
        let state = |after: &[(&str, &str)]| setting_state(&before, &settings(after), "SyncAll", "false").to_string();
        assert!(
            state(&[("SyncAll", "False"), ("BaseAddress", "https://x"), ("SecretToken", "*")]).ends_with("as written")
        );
        assert!(
            state(&[("SyncAll", "true"), ("BaseAddress", "https://x"), ("SecretToken", "*")]).ends_with("unchanged")
        );
        let alone = state(&[("SyncAll", "false")]);
        assert!(alone.ends_with("the setting BaseAddress is gone, the setting SecretToken is gone"), "{alone}");
        let neither = state(&[("BaseAddress", "https://y"), ("SecretToken", "*")]);
        assert!(
            neither.ends_with("the setting SyncAll is not false, the setting BaseAddress has another value"),
            "{neither}"
        );
    }
}
