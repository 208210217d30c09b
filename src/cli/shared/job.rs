//! An app of the tenant and its provisioning job.

use std::cell::Cell;

use clap::Args;
use jiff::Timestamp;
use serde_json::Value;

use super::destination::destination;
use super::live::{Connection, More};
use super::policies::Policies;
use crate::check::CheckError;
use crate::cli::terminal::interrupt::unless_pressed;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::running::JobProblem;
use crate::cli::terminal::screen::Screen;
use crate::document;
use crate::graph::{AppClient, AppError, GraphError, LiveApp, find_app};
use crate::model::{Snapshot, SynchronizationJob};
use crate::operation::{Event, Standing};
use crate::tenant::known::Known;
use crate::tenant::send::Sending;
use crate::tenant::step::{Patience, Step, answered};
use crate::text::shell::option;

/// Selects a job of an app.
#[derive(Debug, Args)]
pub(in crate::cli) struct Which {
    /// App in the tenant: display name, object id or appId
    #[arg(long, value_name = "NAME|ID")]
    pub(in crate::cli) app: String,

    /// ID of its provisioning job, if it has several
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) job: Option<String>,
}

/// An app, and the job that provisions it.
pub(in crate::cli) struct AppJob {
    /// The app's name.
    pub(in crate::cli) name: String,
    /// The object id of its service principal.
    pub(in crate::cli) principal: String,
    /// The state of its job.
    pub(in crate::cli) standing: Standing,
    /// The flags with which another run finds the app.
    pub(in crate::cli) app_flags: String,
    /// The flag with which it finds the job, if the app has several.
    pub(in crate::cli) job_flag: String,
}

impl Which {
    /// Finds the job.
    pub(in crate::cli) fn find(&self, connection: &Connection) -> Result<AppJob, Problem> {
        let app = &self.app;
        let reading = async {
            let found = find_app(connection.client(), app).await?;
            let jobs = AppClient::new(connection.client(), &found.principal).jobs().await?;
            Ok::<_, AppError>((found, jobs))
        };
        let (found, jobs) =
            connection.wait(&format!("Reading {app}"), reading).map_err(|error| connection.problem(error))?;
        let ids: Vec<&str> = jobs.iter().filter_map(|job| job["id"].as_str()).collect();
        let job = match (jobs.as_slice(), &self.job) {
            ([], _) => {
                let guide = format!("provlint guide {}", connection.flags_to(app));
                return Err(JobProblem::NoJob { app: found.name, guide }.into());
            }
            (jobs, Some(id)) => jobs
                .iter()
                .find(|job| job["id"].as_str() == Some(id))
                .ok_or_else(|| no_such_job(&found.name, id, &ids))?,
            ([only], None) => only,
            (_, None) => {
                let ids = ids.iter().map(|id| (*id).to_owned()).collect();
                return Err(JobProblem::SeveralJobs { app: found.name, ids }.into());
            }
        };
        Ok(AppJob {
            standing: standing(job)?,
            name: found.name,
            principal: found.principal,
            app_flags: connection.flags_to(app),
            job_flag: self.job.as_ref().map(|job| option("--job", job)).unwrap_or_default(),
        })
    }
}

impl AppJob {
    /// Graph's endpoints of the app.
    pub(in crate::cli) fn client<'c>(&'c self, connection: &'c Connection) -> AppClient<'c> {
        AppClient::new(connection.client(), &self.principal)
    }

    /// Reads everything about the app, to check the schema of this job.
    pub(in crate::cli) fn read(
        &self,
        connection: &Connection,
        policies: &Policies,
        more: More,
    ) -> Result<LiveApp, Problem> {
        connection.read_job(&self.principal, Some(&self.standing.job), policies, more)
    }

    /// The flags with which another run finds the job.
    pub(in crate::cli) fn flags(&self) -> String {
        format!("{}{}", self.app_flags, self.job_flag)
    }

    /// Its name in questions and messages.
    pub(in crate::cli) fn subject(&self) -> String {
        format!("graph:{}", self.name)
    }

    /// What a question before a write names.
    pub(in crate::cli) fn destination(&self, connection: &Connection) -> String {
        destination(connection, &self.name, &self.principal)
    }

    /// Starts or pauses the job, and reads it until it has changed.
    pub(in crate::cli) fn carry_out(
        &self,
        step: Step,
        connection: &Connection,
        screen: &Screen,
    ) -> Result<(), Problem> {
        let patience = Patience::within(connection.client().longest_wait());
        let (known, sent) = (Known::default(), Cell::new(false));
        let sending = Sending { app: self.client(connection), patience, known: &known, sent: &sent };
        let changing = unless_pressed(sending.carry_out(&step));
        let (app, flags) = (self.name.clone(), self.flags());
        match connection.wait("Waiting for the job", changing) {
            None => Err(JobProblem::StepInterrupted { app, step, flags }.into()),
            Some(Ok(proved)) => {
                if let Some(error) = proved.despite {
                    screen.remark(&format!(
                        "{}: {}; reading the job back shows that it was done",
                        step.what(),
                        answered(&error)
                    ));
                }
                Ok(())
            }
            Some(Err(stopped)) => {
                Err(JobProblem::StepHalted { app, step, halted: stopped.into_halted(), flags }.into())
            }
        }
    }

    /// The events of the provisioning log since a time, the oldest first.
    pub(in crate::cli) fn events(&self, connection: &Connection, since: Timestamp) -> Result<Vec<Event>, GraphError> {
        connection.wait(READING_LOG, self.read_events(self.client(connection), since))
    }

    /// Like [`AppJob::events`]; `None` if the user pressed Ctrl-C meanwhile.
    pub(in crate::cli) fn events_unless_pressed(
        &self,
        connection: &Connection,
        since: Timestamp,
    ) -> Option<Result<Vec<Event>, GraphError>> {
        connection.wait(READING_LOG, unless_pressed(self.read_events(self.client(connection), since)))
    }

    async fn read_events(&self, client: AppClient<'_>, since: Timestamp) -> Result<Vec<Event>, GraphError> {
        let read = client.events(&self.standing.job, since).await?;
        let mut events: Vec<Event> = read.iter().map(Event::of).collect();
        events.sort_by_key(|event| event.time);
        Ok(events)
    }
}

/// Checks that an app that was read has the requested job, which then comes first, and that the schema that is checked
/// is that of the first job. Which of several schemas is checked must not depend on which of them could be read.
pub(in crate::cli) fn expect_job(live: &LiveApp, wanted: Option<&str>) -> Result<(), Problem> {
    let first = live.snapshot["jobs"][0]["id"].as_str().unwrap_or_default();
    if live.schemas.len() > 1
        && live.schemas.first().is_some_and(Option::is_none)
        && wanted.is_none_or(|id| id == first)
    {
        let reason = live.why_unread("schema").unwrap_or("no answer").to_owned();
        return Err(JobProblem::SchemaUnread { app: live.name.clone(), job: first.to_owned(), reason }.into());
    }
    let jobs = live.snapshot["jobs"].as_array();
    let (Some(wanted), Some(jobs)) = (wanted, jobs) else { return Ok(()) };
    let ids: Vec<&str> = jobs.iter().filter_map(|job| job["id"].as_str()).collect();
    if ids.first() == Some(&wanted) { Ok(()) } else { Err(no_such_job(&live.name, wanted, &ids)) }
}

fn no_such_job(app: &str, wanted: &str, ids: &[&str]) -> Problem {
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    JobProblem::NoSuchJob { app: app.to_owned(), wanted: wanted.to_owned(), ids }.into()
}

/// Calls `look` with the snapshot of an app that was read, without the schemas.
pub(in crate::cli) fn with_snapshot<T>(live: &LiveApp, look: impl FnOnce(&Snapshot<'_>) -> T) -> Result<T, Problem> {
    let text = live.snapshot.to_string();
    let snapshot: Snapshot<'_> =
        document::from_str(&text).map_err(|error| CheckError::parsing(&live.name, &text, &error))?;
    Ok(look(&snapshot))
}

const READING_LOG: &str = "Reading the provisioning log";

/// The state of a job in Graph's answer.
pub(in crate::cli) fn standing(job: &Value) -> Result<Standing, Problem> {
    let text = job.to_string();
    let job: SynchronizationJob<'_> =
        document::from_str(&text).map_err(|error| CheckError::parsing("the job", &text, &error))?;
    Ok(Standing::of(&job))
}
