//! Changes of one app that are made in order, each verified before the next.

use std::cell::Cell;

use super::known::Known;
use super::send::{Sending, expect_current};
use super::step::{Halted, Patience, Proved, Step, Stopped, listed};
use crate::fix::{Made, Schemas};
use crate::graph::{AppClient, GraphError, LiveApp};
use crate::model::{SynchronizationJob, TenantChange};

/// A provisioning job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Whether provisioning is on.
    pub is_on: bool,
}

impl Job {
    /// The job as Graph describes it; `None` without an id.
    pub fn of(job: &SynchronizationJob<'_>) -> Option<Self> {
        Some(Job { id: job.id.as_deref()?.to_owned(), is_on: job.is_on() })
    }
}

/// Changes of one app.
#[derive(Debug)]
pub struct Order<'o> {
    /// The app's name.
    pub name: &'o str,
    /// The object id of its service principal.
    pub principal: String,
    /// The jobs that are written to.
    pub jobs: Vec<Job>,
    /// Whether the app has several jobs, so that a command must name one.
    pub has_several_jobs: bool,
    /// The snapshot that was read, which the backup holds.
    pub before: &'o str,
    /// The changes.
    pub steps: Vec<Step>,
}

/// Shows the progress of an order.
pub trait Watch {
    /// Waits for a piece of work.
    fn wait<T>(&self, doing: Doing<'_>, work: impl Future<Output = T>) -> impl Future<Output = T>;

    /// A step was made and read back.
    fn proved(&self, step: &Step, proved: &Proved);

    /// A step is sent next; `stands` is the result of the order if the program ends before the next call.
    fn sending(&self, stands: Carried);
}

/// A piece of work.
#[derive(Clone, Copy, Debug)]
pub enum Doing<'s> {
    /// Reading once more what a step replaces.
    Reading(&'s Step),
    /// Making a step and reading it back.
    Writing(&'s Step),
}

/// Why an order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// What a step replaces is not what was read.
    #[error("{} changed since {} read: {}", replaced(step).0, replaced(step).1, listed(differences))]
    Changed {
        /// The step, which was not sent.
        step: Step,
        /// The differences in words.
        differences: Vec<String>,
    },
    /// What a step replaces could not be read again.
    #[error("reading {} again failed: {error}", replaced(step).0)]
    Unread {
        /// The step, which was not sent.
        step: Step,
        /// Graph's answer.
        error: GraphError,
    },
    /// A step was not made, or could not be verified.
    #[error("{}: {halted}", step.what())]
    Halted {
        /// The step.
        step: Step,
        /// Graph's answer and the state of the tenant.
        halted: Box<Halted>,
    },
    /// The work stopped, for example by Ctrl-C.
    #[error("stopped {} {}{}", if *sent { "while writing" } else { "before writing" }, step.what(),
        if *sent { "; Graph may or may not have accepted it" } else { "" })]
    Interrupted {
        /// The step.
        step: Step,
        /// Whether it was sent.
        sent: bool,
    },
    /// The work stopped before the first step.
    #[error("stopped before writing")]
    Stopped,
}

impl OrderError {
    fn of(step: &Step, stopped: Stopped) -> Self {
        let step = step.clone();
        match stopped {
            Stopped::Changed(differences) => OrderError::Changed { step, differences },
            Stopped::Unread(error) => OrderError::Unread { step, error },
            Stopped::Halted(halted) => OrderError::Halted { step, halted },
        }
    }
}

/// What a step replaces, and the auxiliary verb for it.
fn replaced(step: &Step) -> (&'static str, &'static str) {
    match step {
        Step::Tenant(_) => ("the settings", "they were"),
        _ => ("the schema", "it was"),
    }
}

/// The result of an order, so far.
#[derive(Debug)]
pub struct Carried {
    steps: Vec<Step>,
    proved: usize,
    /// Whether the step after those was sent, so that it may have been made.
    sent: Cell<bool>,
    known: Known,
    /// Why it stopped, if it did.
    pub error: Option<OrderError>,
}

impl Carried {
    /// The steps that were made and read back.
    pub fn proved(&self) -> &[Step] {
        &self.steps[..self.proved]
    }

    /// The steps that changed the tenant, or may have.
    pub fn begun(&self) -> &[Step] {
        let begun = self.proved.saturating_add(usize::from(self.sent.get()));
        &self.steps[..begun.min(self.steps.len())]
    }

    /// The steps after the one that failed.
    pub fn unattempted(&self) -> &[Step] {
        self.steps.get(self.proved.saturating_add(1)..).unwrap_or_default()
    }

    /// Whether the order paused provisioning, or may have.
    pub fn is_paused(&self) -> bool {
        self.begun().iter().any(is_pause)
    }

    /// Whether anything changed, or may have, that a backup holds. A pause is not such a change.
    pub fn needs_restore(&self) -> bool {
        self.begun().iter().any(|step| !is_pause(step))
    }

    /// Notes that the work stopped before it was done.
    pub fn interrupt(&mut self) {
        let sent = self.sent.get();
        self.error = self.steps.get(self.proved).map(|step| OrderError::Interrupted { step: step.clone(), sent });
    }

    /// The result if the program ends while the next step is sent.
    fn interrupted(&self) -> Self {
        let mut stands = Carried {
            steps: self.steps.clone(),
            proved: self.proved,
            sent: Cell::new(true),
            known: Known::default(),
            error: None,
        };
        stands.interrupt();
        stands
    }
}

fn is_pause(step: &Step) -> bool {
    matches!(step, Step::Pause { .. })
}

impl<'o> Order<'o> {
    /// The order that brings the fixes of a snapshot to the tenant; `None` if there is nothing to write. `before` is the
    /// snapshot, `job` the one whose schema is fixed. The schema comes first: it is the largest change, and the others are
    /// not made if it fails.
    pub fn of_fixes(
        app: &'o LiveApp,
        before: &'o str,
        job: Option<Job>,
        schemas: Option<Schemas>,
        made: &[Made],
    ) -> Option<Self> {
        let job = job?;
        let changed = schemas.filter(Schemas::differ);
        let schema = changed.map(|Schemas { before, after }| Step::Schema { job: job.id.clone(), before, after });
        let mut steps: Vec<Step> = schema.into_iter().collect();
        // Two fixes may make the same change.
        for change in made.iter().filter_map(|made| made.finding.fix.as_ref()?.tenant.clone()).map(Step::Tenant) {
            if !steps.contains(&change) {
                steps.push(change);
            }
        }
        let order = Order {
            name: &app.name,
            principal: app.principal_id()?.to_owned(),
            jobs: vec![job],
            has_several_jobs: app.schemas.len() > 1,
            before,
            steps,
        };
        (!order.steps.is_empty()).then_some(order)
    }

    /// The jobs that are paused first, if that was requested.
    pub fn paused(&self, pause: bool) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(move |job| pause && job.is_on)
    }

    /// Checks that everything that is replaced is still what was read.
    ///
    /// # Errors
    /// When it is not, or cannot be read.
    pub async fn expect_current(&self, app: AppClient<'_>, watch: &impl Watch) -> Result<(), OrderError> {
        let known = Known::of_snapshot(self.before);
        for step in &self.steps {
            let reading = watch.wait(Doing::Reading(step), expect_current(app, step, &known));
            reading.await.map_err(|stopped| OrderError::of(step, stopped))?;
        }
        Ok(())
    }

    /// The steps in order: the pause, if that was requested, then all others.
    pub fn begin(&self, pause: bool) -> Carried {
        let pauses = self.paused(pause).map(|job| Step::Pause { job: job.id.clone() });
        Carried {
            steps: pauses.chain(self.steps.iter().cloned()).collect(),
            proved: 0,
            sent: Cell::new(false),
            known: Known::of_snapshot(self.before),
            error: None,
        }
    }
}

impl Carried {
    /// Makes every step. It stops at the first that fails.
    pub async fn carry_out(&mut self, app: AppClient<'_>, patience: Patience, watch: &impl Watch) {
        while let Some(step) = self.steps.get(self.proved) {
            watch.sending(self.interrupted());
            let sending = Sending { app, patience, known: &self.known, sent: &self.sent };
            match watch.wait(Doing::Writing(step), sending.carry_out(step)).await {
                Ok(proved) => {
                    watch.proved(step, &proved);
                    if let Step::Tenant(TenantChange::Setting { key, value }) = step {
                        self.known.note(key, value);
                    }
                    self.proved = self.proved.saturating_add(1);
                    self.sent.set(false);
                }
                Err(stopped) => {
                    let is_made = matches!(&stopped, Stopped::Halted(halted) if !halted.is_final());
                    self.sent.set(is_made);
                    self.error = Some(OrderError::of(step, stopped));
                    return;
                }
            }
        }
    }
}
