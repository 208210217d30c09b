//! Changes of one app that are made in order, each verified before the next.

use super::step::{Halted, Patience, Proved, Step, carry_out, is_current};
use crate::fix::{Made, Schemas};
use crate::graph::{AppClient, GraphError, LiveApp};
use crate::model::SynchronizationJob;

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
}

/// A piece of work.
#[derive(Clone, Copy, Debug)]
pub enum Doing<'s> {
    /// Reading the schema that a step replaces once more.
    Reading,
    /// Making a step and reading it back.
    Writing(&'s Step),
}

/// Why an order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The schema that a step replaces is not the one that was read.
    #[error("the schema changed since it was read")]
    Changed {
        /// The step, which was not started.
        step: Step,
    },
    /// The schema could not be read again.
    #[error("reading the schema again failed: {error}")]
    Unread {
        /// The step, which was not started.
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
}

/// The result of an order.
#[derive(Debug)]
pub struct Carried {
    steps: Vec<Step>,
    proved: usize,
    begun: usize,
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
        &self.steps[..self.begun]
    }

    /// Whether the order paused provisioning, or may have.
    pub fn is_paused(&self) -> bool {
        self.begun().iter().any(is_pause)
    }

    /// Whether anything changed, or may have, that a backup holds. A pause is not such a change.
    pub fn needs_restore(&self) -> bool {
        self.begun().iter().any(|step| !is_pause(step))
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
        let others = made.iter().filter_map(|made| made.finding.fix.as_ref()?.tenant.clone());
        let steps: Vec<Step> = schema.into_iter().chain(others.map(Step::Tenant)).collect();
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

    /// Checks that every schema that is replaced is still the one that was read.
    ///
    /// # Errors
    /// When one is not, or cannot be read.
    pub async fn expect_current(&self, app: AppClient<'_>, watch: &impl Watch) -> Result<(), OrderError> {
        for step in &self.steps {
            expect_current(app, step, watch).await?;
        }
        Ok(())
    }

    /// Pauses provisioning, if that was requested, then makes every step. It stops at the first that fails.
    pub async fn carry_out(&self, app: AppClient<'_>, pause: bool, patience: Patience, watch: &impl Watch) -> Carried {
        let pauses = self.paused(pause).map(|job| Step::Pause { job: job.id.clone() });
        let steps = pauses.chain(self.steps.iter().cloned()).collect();
        let mut carried = Carried { steps, proved: 0, begun: 0, error: None };
        carried.error = carried.go_on(app, patience, watch).await.err();
        carried
    }
}

impl Carried {
    async fn go_on(&mut self, app: AppClient<'_>, patience: Patience, watch: &impl Watch) -> Result<(), OrderError> {
        for (number, step) in self.steps.iter().enumerate() {
            // While the earlier steps ran, another person may have changed the schema.
            if number > 0 {
                expect_current(app, step, watch).await?;
            }
            match watch.wait(Doing::Writing(step), carry_out(app, step, patience)).await {
                Ok(proved) => {
                    watch.proved(step, &proved);
                    (self.proved, self.begun) = (number + 1, number + 1);
                }
                Err(halted) => {
                    self.begun = if halted.is_final() { number } else { number + 1 };
                    return Err(OrderError::Halted { step: step.clone(), halted: Box::new(halted) });
                }
            }
        }
        Ok(())
    }
}

async fn expect_current(app: AppClient<'_>, step: &Step, watch: &impl Watch) -> Result<(), OrderError> {
    match watch.wait(Doing::Reading, is_current(app, step)).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(OrderError::Changed { step: step.clone() }),
        Err(error) => Err(OrderError::Unread { step: step.clone(), error }),
    }
}
