//! Sends a change, and reads the tenant before and after it.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::known::{Known, sent_again};
use super::state::{compare, differing, is_written, paused, schema_state, setting_state, started};
use super::step::{Halted, Patience, Proved, Step, Stopped, TenantState, is_refusal};
use super::whole::same_values;
use crate::graph::{AppClient, Attempts, GraphError, Setting};
use crate::model::TenantChange;

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
    Err(Stopped::Changed(differing(before, found)))
}

fn expect_settings(known: &Known, found: &[Value]) -> Result<(), Stopped> {
    let differing = known.differing(found);
    if differing.is_empty() { Ok(()) } else { Err(Stopped::Changed(differing)) }
}

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

    async fn send(
        self,
        expect: impl AsyncFn(bool) -> Result<Attempt, Stopped>,
        attempt: impl AsyncFn() -> Result<(), GraphError>,
    ) -> Result<Result<(), GraphError>, Stopped> {
        attempts(self.app, self.sent, Repeats::Busy, expect, attempt).await
    }
}

/// Makes attempts until Graph accepts or refuses a change. `expect` reads what it replaces before each; it gets whether this is
/// a repetition. `sent` is set before the first.
pub(super) async fn attempts(
    app: AppClient<'_>,
    sent: &Cell<bool>,
    repeats: Repeats,
    expect: impl AsyncFn(bool) -> Result<Attempt, Stopped>,
    attempt: impl AsyncFn() -> Result<(), GraphError>,
) -> Result<Result<(), GraphError>, Stopped> {
    let mut attempts = app.client().attempts();
    let mut answer = Ok(());
    loop {
        if expect(answer.is_err()).await? == Attempt::Done {
            return Ok(answer);
        }
        sent.set(true);
        answer = attempt().await;
        match &answer {
            Err(error) if repeats.wait(&mut attempts, error).await => {}
            _ => return Ok(answer),
        }
    }
}

/// The refusals after which a change is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeats {
    /// Graph is busy.
    Busy,
    /// Also a conflict with another change of the settings, which is over soon.
    /// <https://github.com/hashicorp/terraform-provider-azuread> (internal/services/synchronization)
    Conflict,
    /// Also every refusal of what was just created, because not all of Graph's replicas know it yet.
    New,
}

impl Repeats {
    /// Waits before the next attempt; false if there is none.
    async fn wait(self, attempts: &mut Attempts<'_>, error: &GraphError) -> bool {
        match self {
            Repeats::Busy => attempts.wait_to_change(error).await,
            Repeats::Conflict => attempts.wait_to_change_settings(error).await,
            Repeats::New => attempts.wait_to_change_new(error).await,
        }
    }
}

/// Whether a change still has to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// It was not made yet.
    Send,
    /// An earlier attempt was made although Graph refused it.
    Done,
}

impl Sending<'_> {
    async fn carry_out_change(self, change: &TenantChange) -> Result<Proved, Stopped> {
        let (app, patience) = (self.app, self.patience);
        let attempt = async || app.change(change).await;
        match change {
            TenantChange::Setting { key, value } => {
                // The settings before the change: the others are sent again, and afterwards all are compared.
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
                let attempt = async || {
                    let mut settings = vec![Setting::clear(key, value)];
                    settings.extend(sent_again(&before.borrow(), |other| other == key));
                    app.put_settings(&settings).await
                };
                let answer = attempts(app, self.sent, Repeats::Conflict, expect, attempt).await?;
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
pub(super) async fn prove(
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
        // Waiting does not show what is masked.
        if matches!(state, TenantState::Masked) || begun.elapsed().saturating_add(pause) > longest {
            return Err(Halted { answer, state });
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(patience.longest_pause);
    }
}

fn same(value: &Value, id: &str) -> bool {
    value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(id))
}
