//! `provlint fix --app`

use std::time::Duration;

use serde_json::Value;

use super::mending::{Allowed, Plan, plan};
use super::schema_text::schema_span;
use super::shared::input::Input;
use super::shared::job::expect_job;
use super::shared::judging::Judge;
use super::shared::live::{Connection, More};
use super::shared::writing::{Decision, Writing, unseen};
use super::terminal::problem::{Problem, with_command};
use super::terminal::screen::Screen;
use crate::finding::Finding;
use crate::graph::LiveApp;
use crate::model;
use crate::report::{FixTarget, write_plan};
use crate::tenant::lacking;
use crate::tenant::order::{Job, Order};

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
}

impl AppFixing<'_> {
    /// Fixes an app in the tenant, or says what would be done.
    pub(super) fn fix(&self, app: &str) -> Fixed {
        let name = Input::live(app).name;
        let planned = match self.plan(app) {
            Ok(planned) => planned,
            Err(problem) => return Fixed::new(name, Err(problem)),
        };
        let mut target = planned.plan.target;
        let order = Order::of_fixes(&planned.live, &planned.before, &planned.plan.mended);
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
        let input = Input::live(&live.name);
        // An app that was named is never passed over.
        let nothing = || Problem::NothingToCheck { name: input.name.clone() };
        let mut plan = plan(self.judge, &input, &before, self.allowed)?.ok_or_else(nothing)?;
        if plan.target.made.is_empty() {
            return Ok(Planned { live, before, plan });
        }
        let schema = |text: &str| schema_span(text).map(|span| text[span].to_owned());
        let changed = schema(&plan.mended.text).filter(|after| schema(&before).as_ref() != Some(after));
        let changed: Option<Value> = changed.and_then(|schema| serde_json::from_str(&schema).ok());
        if let Some(part) = changed.as_ref().and_then(lacking) {
            return Err(Problem::Usage {
                message: format!("{}: Graph gave a part of the schema, without {part}", input.name),
                help: "what is written replaces all that is there, so nothing is written; run the command again".into(),
            });
        }
        if live.schemas.len() > 1 {
            let resources = model::read(&before).unwrap_or_default();
            let job = resources.first().and_then(Job::judged).map(|job| job.id).unwrap_or_default();
            let jobs = live.schemas.len();
            let said = format!("The app has {jobs} provisioning jobs; {job} alone is fixed.");
            plan.target.consequences.insert(0, said);
        }
        Ok(Planned { live, before, plan })
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
        let again = self.plan_anew(order, target).map_err(|problem| Problem::Usage {
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

    /// Reads again what was written; once more where what was mended doesn't show so everywhere yet.
    fn plan_anew(&self, order: &Order<'_>, target: &FixTarget) -> Result<Planned, Problem> {
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
