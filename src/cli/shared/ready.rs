//! The check before an app's job is started, restarted or used for provisioning on demand.

use clap::Args;

use super::input::Input;
use super::job::AppJob;
use super::judging::{Judge, Requirements, judged};
use super::live::{Connection, Live};
use crate::cli::terminal::connecting::what_is_left;
use crate::cli::terminal::consent::Consent;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::running::JobProblem;
use crate::cli::terminal::screen::Screen;
use crate::graph::LiveApp;
use crate::guide::{Obstacle, obstacles};
use crate::text::shell::options;

/// The flags of every command that runs a job.
#[derive(Debug, Args)]
pub(in crate::cli) struct Running {
    #[command(flatten)]
    pub(in crate::cli) requirements: Requirements,

    /// Continue despite problems; the reason is printed
    #[arg(long, value_name = "REASON")]
    force: Option<String>,

    #[command(flatten)]
    pub(in crate::cli) consent: Consent,

    #[command(flatten)]
    pub(in crate::cli) live: Live,
}

impl Running {
    /// A hint with the command that shows what is left to do for a job's app.
    pub(in crate::cli) fn next(&self, job: &AppJob, groups: &[String]) -> String {
        what_is_left(&self.guide(job, groups))
    }

    /// Fails if the job is not ready, unless there is a reason to continue, which is returned. `groups` are the groups
    /// named on the command line, `done` says what the command does: `started`.
    pub(in crate::cli) fn expect_ready<'f>(
        &'f self,
        judge: &Judge,
        live: &LiveApp,
        job: &AppJob,
        groups: &[String],
        done: &'static str,
        screen: &Screen,
    ) -> Result<Option<&'f str>, Problem> {
        let reason = self.reason()?;
        let obstacles = self.report_obstacles(judge, live, job, screen)?;
        match (obstacles.len(), reason) {
            (0, _) => Ok(None),
            (_, Some(reason)) => Ok(Some(reason)),
            (count, None) => {
                Err(JobProblem::NotReady { app: live.name.clone(), done, count, guide: self.guide(job, groups) }.into())
            }
        }
    }

    /// Prints and returns the problems that must be fixed before the job runs.
    fn report_obstacles(
        &self,
        judge: &Judge,
        live: &LiveApp,
        job: &AppJob,
        screen: &Screen,
    ) -> Result<Vec<Obstacle>, Problem> {
        let obstacles = obstacles_of(judge, live, &job.standing.job)?;
        for obstacle in &obstacles {
            screen.remark(&obstacle.to_string());
        }
        Ok(obstacles)
    }

    /// The command that shows what to do.
    fn guide(&self, job: &AppJob, groups: &[String]) -> String {
        let groups = options("--group", groups);
        format!("provlint guide {}{}{groups}", job.flags(), self.requirements.flags())
    }

    /// Whether a job that is already on is ready, or there is a reason to accept its problems; prints them.
    pub(in crate::cli) fn is_ready(
        &self,
        judge: &Judge,
        live: &LiveApp,
        job: &AppJob,
        screen: &Screen,
    ) -> Result<bool, Problem> {
        let reason = self.reason()?;
        let obstacles = self.report_obstacles(judge, live, job, screen)?;
        Ok(obstacles.is_empty() || reason.is_some())
    }

    /// The reason to continue despite problems.
    fn reason(&self) -> Result<Option<&str>, Problem> {
        let reason = self.force.as_deref().map(str::trim);
        if reason == Some("") {
            return Err(Problem::Usage {
                message: "--force requires a reason".into(),
                help: "say in a few words why you continue despite the problems".into(),
            });
        }
        Ok(reason)
    }

    /// Asks for consent, and prints the reason if the job is `done` despite problems.
    pub(in crate::cli) fn is_agreed(
        &self,
        (job, connection): (&AppJob, &Connection),
        question: &str,
        done: &str,
        reason: Option<&str>,
        screen: &Screen,
    ) -> Result<bool, Problem> {
        let agreed = self.consent.is_given(&job.subject(), question, || job.destination(connection))?;
        if let (true, Some(reason)) = (agreed, reason) {
            screen.remark(&format!("{done} despite problems, because: {reason}"));
        }
        Ok(agreed)
    }
}

/// The problems that must be fixed before an app's job runs.
fn obstacles_of(judge: &Judge, live: &LiveApp, job: &str) -> Result<Vec<Obstacle>, Problem> {
    let judgement = judged(judge, &Input::live(&live.name), &live.to_exact_text())?;
    let jobs = live.snapshot["jobs"].as_array().into_iter().flatten();
    let with_schema = jobs.zip(&live.schemas).find(|(_, schema)| schema.is_some());
    let judged = with_schema.map(|(job, _)| job["id"].as_str().unwrap_or_default());
    Ok(obstacles(&judgement, judged, job))
}
