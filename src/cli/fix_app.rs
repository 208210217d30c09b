//! `provlint fix --app`

use std::time::Duration;

use serde_json::Value;

use super::shared::input::Input;
use super::shared::job::expect_job;
use super::shared::judging::{Judge, Judging};
use super::shared::live::{Connection, More};
use super::shared::next::Next;
use super::shared::writing::{Decision, Repeat, Writing, not_shown};
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use super::terminal::wording::FixProblem;
use crate::check::{CheckError, One, Origin};
use crate::finding::{Applicability, Finding};
use crate::fix::{Allowed, FixTarget, Plan, plan};
use crate::graph::LiveApp;
use crate::inspection::Inspection;
use crate::report::write_plan;
use crate::tenant::order::{Job, Order};
use crate::tenant::{Touched, consequences, lacking};
use crate::text::shell::Command;

/// How apps are fixed.
pub(super) struct AppFixing<'f> {
    pub(super) judge: &'f Judge,
    pub(super) connection: &'f Connection,
    /// The job whose schema is fixed; `None` for every job.
    pub(super) job: Option<&'f str>,
    /// Whether another job of the app is fixed too, with what is not about a job.
    pub(super) is_beside: bool,
    pub(super) allowed: Allowed,
    /// `None` for a dry run.
    pub(super) writing: Option<&'f Writing>,
    pub(super) judging: &'f Judging,
    /// Whether standard output is for a document, so that the plan is shown on standard error.
    pub(super) document: bool,
    pub(super) screen: &'f Screen,
}

/// The result of fixing one file or app. A problem can occur after something was written, which `target` shows.
pub(super) struct FixOutcome {
    /// The name as given.
    pub(super) name: String,
    /// `None` if no plan could be made, or the file holds nothing to fix.
    pub(super) target: Option<FixTarget>,
    pub(super) problem: Option<Problem>,
    /// Whether something went wrong after writing had begun.
    pub(super) halted: bool,
    /// A hint with the next command for an app in the tenant.
    pub(super) next: Option<String>,
}

impl FixOutcome {
    pub(super) fn new(name: String, planned: Result<Option<FixTarget>, Problem>) -> Self {
        match planned {
            Ok(target) => FixOutcome { name, target, problem: None, halted: false, next: None },
            Err(problem) => FixOutcome { name, target: None, problem: Some(problem), halted: false, next: None },
        }
    }
}

/// An app that was read, and the plan to fix it.
struct Planned {
    live: LiveApp,
    /// The snapshot with the schemas as Graph spelt them.
    before: String,
    plan: Plan,
    /// The job whose schema is fixed; `None` if the app has none.
    job: Option<Job>,
    /// The ids of the other jobs.
    others: Vec<String>,
}

impl AppFixing<'_> {
    /// Fixes an app in the tenant, or plans it for a dry run: each of its jobs by itself.
    pub(super) fn fix(&self, app: &str) -> Vec<FixOutcome> {
        let (first, others) = self.fix_job(app);
        let mut outcomes = vec![first];
        for job in others {
            if let Some(before) = outcomes.iter().find(|before| before.halted) {
                let (app, failed) = (format!("{app}, job {job}"), before.name.clone());
                let problem = FixProblem::NotAttempted { app, failed };
                outcomes.push(FixOutcome::new(Input::live(&job).name, Err(problem.into())));
                continue;
            }
            let (next, _) = AppFixing { job: Some(&job), is_beside: true, ..*self }.fix_job(app);
            outcomes.push(next);
        }
        outcomes
    }

    /// Fixes one job; also returns the ids of the others, unless a job was named.
    fn fix_job(&self, app: &str) -> (FixOutcome, Vec<String>) {
        let name = Input::live(app).name;
        let planned = match self.plan(app) {
            Ok(planned) => planned,
            Err(problem) => return (FixOutcome::new(name, Err(problem)), Vec::new()),
        };
        let others = if self.job.is_none() { planned.others } else { Vec::new() };
        let Plan { mut target, schemas, fixed } = planned.plan;
        let order = Order::of_fixes(&planned.live, &planned.before, planned.job, schemas, &fixed.made);
        let written = match (self.writing, order) {
            (Some(writing), Some(order)) => self.write(writing, &order, app, &mut target),
            _ => Ok(None),
        };
        let next = Next {
            judge: self.judge,
            connection: self.connection,
            app,
            job: self.job,
            groups: self.judging.groups(),
            requirements: self.judging.requirements().to_string(),
        };
        let now = written.as_ref().ok().and_then(Option::as_deref).unwrap_or(&planned.before);
        // An app with several jobs has several next commands.
        let hint = || if others.is_empty() { next.hint(now, None) } else { next.guide() };
        let next = self.writing.map(|_| hint());
        let problem = written.err();
        target.error = problem.as_ref().map(ToString::to_string);
        let halted = problem.is_some() && target.backup.is_some();
        // A fix that was requested could not be planned.
        let incomplete = target
            .undone
            .clone()
            .map(|reason| Problem::from(FixProblem::Incomplete { app: planned.live.name.clone(), reason }));
        (FixOutcome { name, target: Some(target), problem: problem.or(incomplete), halted, next }, others)
    }

    fn plan(&self, app: &str) -> Result<Planned, Problem> {
        let live = self.connection.read_job(app, self.job, &self.judge.policies, More::default())?;
        if self.writing.is_some() {
            self.judge.expect_chosen(&live.name)?;
        }
        expect_job(&live, self.job)?;
        let before = live.to_exact_text();
        let origin = Origin::live(&live.name);
        let one = One::read(&origin.name, &before)?;
        let inspection = Inspection::of(&before);
        let resources = inspection.read().map_err(|error| CheckError::reading(&origin.name, &inspection, &error))?;
        let mut jobs = one.jobs().into_iter().map(str::to_owned);
        let judge = Judge { job: jobs.next(), beside: self.is_beside, ..self.judge.clone() };
        let others: Vec<String> = jobs.collect();
        let mut plan = plan(&judge, &origin, &before, &inspection, &resources, self.allowed)?;
        let job = one.resource.schema().and_then(|(_, _, job)| Job::of(job?));
        plan.target.consequences = self.consequences(&one, &plan)?;
        if plan.target.made.is_empty() {
            return Ok(Planned { live, before, plan, job, others });
        }
        let changed = plan.schemas.as_ref().filter(|schemas| schemas.differ());
        let changed: Option<Value> = changed.and_then(|schemas| serde_json::from_str(&schemas.after).ok());
        if let Some(part) = changed.as_ref().and_then(lacking) {
            return Err(FixProblem::PartialSchema { app: live.name, part }.into());
        }
        if live.schemas.len() > 1 {
            let id = job.as_ref().map(|job| job.id.as_str()).unwrap_or_default();
            let jobs = live.schemas.len();
            let remark = format!("The app has {jobs} provisioning jobs; this is for {id}.");
            plan.target.consequences.insert(0, remark);
        }
        Ok(Planned { live, before, plan, job, others })
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

    /// Shows, asks, writes, and checks again; returns the snapshot after the write, if there was one.
    fn write(
        &self,
        writing: &Writing,
        order: &Order<'_>,
        app: &str,
        target: &mut FixTarget,
    ) -> Result<Option<String>, Problem> {
        let on_error = self.document || writing.is_beside_output();
        let shown = self.screen.show(on_error, |style, out| write_plan(target, style, out));
        shown.map_err(|error| not_shown(order, error))?;
        target.shown = !on_error;
        let Decision::Write { pause } = writing.decide(order, self.connection)? else { return Ok(None) };
        let written = writing.carry_out(order, pause, (self.connection, &self.repeat(app)), self.screen);
        (target.backup, target.done, target.start) = (written.backup, written.done, written.start);
        if let Some(problem) = written.problem {
            return Err(problem);
        }
        target.written = true;
        let again = self.plan_again(order, target).map_err(|problem| FixProblem::NotCheckedAgain {
            app: order.name.to_owned(),
            problem: Box::new(problem),
            check: format!("provlint check {}", self.connection.flags_to(&order.principal)),
        })?;
        target.left = again.plan.target.left;
        (target.rules, target.undone) = (again.plan.target.rules, again.plan.target.undone);
        target.left.extend(again.plan.target.made.into_iter().map(|made| made.finding));
        Ok(Some(again.before))
    }

    /// The command that fixes the same again.
    fn repeat(&self, app: &str) -> Repeat {
        let fix = Command::provlint("fix").option("--app", app);
        let fix = self.job.into_iter().fold(fix, |fix, job| fix.option("--job", job));
        let Allowed { worst, tenant } = self.allowed;
        let fix = fix
            .flag("--unsafe", worst == Applicability::Unsafe)
            .flag("--assign-groups", tenant.assign)
            .flag("--remove-unexpected", tenant.unassign)
            .and(&self.judging.again(self.judging.groups()))
            .and(&self.connection.flags());
        Repeat { requirements: self.judging.requirements(), again: Some(fix) }
    }

    /// Reads the app again after the write, and once more if a fix does not show yet.
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
        self.connection.wait("Waiting for the changes to show", async { tokio::time::sleep(pause).await });
        self.plan(&order.principal)
    }
}
