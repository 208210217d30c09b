//! `provlint fix --app`

use std::time::Duration;

use serde_json::Value;

use super::shared::input::Input;
use super::shared::job::expect_job;
use super::shared::judging::Judge;
use super::shared::live::{Connection, More};
use super::shared::writing::{Decision, Writing, unseen};
use super::terminal::problem::{Problem, with_command};
use super::terminal::screen::Screen;
use crate::check::{One, Origin};
use crate::finding::Finding;
use crate::fix::{Allowed, FixTarget, Plan, plan};
use crate::graph::LiveApp;
use crate::report::write_plan;
use crate::tenant::order::{Job, Order};
use crate::tenant::{Touched, consequences, lacking};

/// How apps are fixed.
pub(super) struct AppFixing<'f> {
    pub(super) judge: &'f Judge,
    pub(super) connection: &'f Connection,
    /// The job whose schema is fixed; `None` for the first.
    pub(super) job: Option<&'f str>,
    pub(super) allowed: Allowed,
    /// `None` for a dry run.
    pub(super) writing: Option<&'f Writing>,
    /// Whether standard output takes a document, so that the plan is shown on standard error.
    pub(super) document: bool,
    pub(super) screen: &'f Screen,
}

/// What came of one file or app. A problem may come when something is written already; the target tells.
pub(super) struct Fixed {
    /// The name as given.
    pub(super) name: String,
    /// `None` where nothing could be planned, or there is nothing to plan for.
    pub(super) target: Option<FixTarget>,
    pub(super) problem: Option<Problem>,
    /// Whether something went wrong after writing had begun.
    pub(super) halted: bool,
}

impl Fixed {
    pub(super) fn new(name: String, planned: Result<Option<FixTarget>, Problem>) -> Self {
        match planned {
            Ok(target) => Fixed { name, target, problem: None, halted: false },
            Err(problem) => Fixed { name, target: None, problem: Some(problem), halted: false },
        }
    }
}

/// An app as it is, and as it is to be.
struct Planned {
    live: LiveApp,
    /// The snapshot with the schemas as Graph spelt them.
    before: String,
    plan: Plan,
    /// The job whose schema is fixed; `None` where there is none.
    job: Option<Job>,
}

impl AppFixing<'_> {
    /// Fixes an app in the tenant, or says what would be done.
    pub(super) fn fix(&self, app: &str) -> Fixed {
        let name = Input::live(app).name;
        let planned = match self.plan(app) {
            Ok(planned) => planned,
            Err(problem) => return Fixed::new(name, Err(problem)),
        };
        let Plan { mut target, schemas, fixed } = planned.plan;
        let order = Order::of_fixes(&planned.live, &planned.before, planned.job, schemas, &fixed.made);
        let problem = match (self.writing, order) {
            (Some(writing), Some(order)) => self.write(writing, &order, &mut target).err(),
            _ => None,
        };
        target.error = problem.as_ref().map(Problem::headline);
        let halted = problem.is_some() && target.backup.is_some();
        // The rest is done, and yet not all that was asked for.
        let undone = target.undone.as_ref().map(|undone| Problem::Usage {
            message: format!("graph:{}: {undone}", planned.live.name),
            help: "see provlint auth status for what the token may read; --ignore leaves a rule out".into(),
        });
        Fixed { name, target: Some(target), problem: problem.or(undone), halted }
    }

    fn plan(&self, app: &str) -> Result<Planned, Problem> {
        let live = self.connection.read_job(app, self.job, &self.judge.policies, More::default())?;
        expect_job(&live, self.job)?;
        let before = live.to_exact_text();
        let origin = Origin::live(&live.name);
        let one = One::read(&origin.name, &before)?;
        let mut plan = plan(self.judge, &origin, &before, std::slice::from_ref(&one.resource), self.allowed)?;
        let job = one.resource.schema().and_then(|(_, _, job)| Job::of(job?));
        plan.target.consequences = self.consequences(&one, &plan)?;
        if plan.target.made.is_empty() {
            return Ok(Planned { live, before, plan, job });
        }
        let changed = plan.schemas.as_ref().filter(|schemas| schemas.differ());
        let changed: Option<Value> = changed.and_then(|schemas| serde_json::from_str(&schemas.after).ok());
        if let Some(part) = changed.as_ref().and_then(lacking) {
            return Err(Problem::Usage {
                message: format!("{}: Graph returned only a part of the schema, without {part}", origin.name),
                help: "nothing was written, because a write replaces the whole schema; run the command again".into(),
            });
        }
        if live.schemas.len() > 1 {
            let id = job.as_ref().map(|job| job.id.as_str()).unwrap_or_default();
            let jobs = live.schemas.len();
            let said = format!("The app has {jobs} provisioning jobs; only {id} is fixed.");
            plan.target.consequences.insert(0, said);
        }
        Ok(Planned { live, before, plan, job })
    }

    /// The consequences of a plan for a running app.
    fn consequences(&self, one: &One<'_>, plan: &Plan) -> Result<Vec<String>, Problem> {
        let policy = self.judge.policy(one.app_name(), one.name)?;
        let job = one.resource.schema().and_then(|(_, _, job)| job);
        let (Some(job), Some(schemas)) = (job, &plan.schemas) else { return Ok(Vec::new()) };
        let value = |text: &str| serde_json::from_str::<Value>(text).ok();
        let (Some(before), Some(after)) = (value(&schemas.before), value(&schemas.after)) else {
            return Ok(Vec::new());
        };
        Ok(consequences(&Touched::by_fixes(&plan.fixed.made, &before, &after), job, &policy.vendor))
    }

    /// Shows, asks, writes, and checks again.
    fn write(&self, writing: &Writing, order: &Order<'_>, target: &mut FixTarget) -> Result<(), Problem> {
        let elsewhere = self.document || writing.is_beside_output();
        let shown = self.screen.show(elsewhere, |style, out| write_plan(target, style, out));
        shown.map_err(|error| unseen(order, error))?;
        target.shown = !elsewhere;
        let Decision::Write { pause } = writing.decide(order, self.connection)? else { return Ok(()) };
        let written = writing.carry_out(order, pause, self.connection, self.screen);
        (target.backup, target.done, target.start) = (written.backup, written.done, written.start);
        if let Some(problem) = written.problem {
            return Err(problem);
        }
        target.written = true;
        let again = self.plan_again(order, target).map_err(|problem| Problem::Usage {
            message: format!(
                "graph:{} is written and read back, but could not be checked again: {problem}",
                order.name
            ),
            help: with_command("this does", &format!("provlint check {}", self.connection.flags_to(&order.principal))),
        })?;
        target.left = again.plan.target.left;
        (target.unknown, target.undone) = (again.plan.target.unknown, again.plan.target.undone);
        target.left.extend(again.plan.target.made.into_iter().map(|made| made.finding));
        Ok(())
    }

    /// Reads the app again after the write, and once more if a fix does not show everywhere yet.
    fn plan_again(&self, order: &Order<'_>, target: &FixTarget) -> Result<Planned, Problem> {
        let again = self.plan(&order.principal)?;
        let mut made = again.plan.target.made.iter().map(|made| &made.finding);
        let was_made = |found: &Finding| {
            let same = |made: &Finding| (made.rule.id, &made.subject) == (found.rule.id, &found.subject);
            target.made.iter().any(|made| same(&made.finding))
        };
        if !made.any(was_made) {
            return Ok(again);
        }
        let pause = Duration::from_secs(5).min(self.connection.client().longest_wait());
        self.connection.wait("Waiting for what was written to show", async { tokio::time::sleep(pause).await });
        self.plan(&order.principal)
    }
}
