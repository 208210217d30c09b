//! An app of the tenant and its provisioning job.

use serde_json::Value;

use super::live::{Connection, advice};
use super::problem::Problem;
use super::writing::advice_to_write;
use crate::document;
use crate::graph::{AppClient, AppError, GraphError, find_app};
use crate::model::SynchronizationJob;
use crate::operation::{Event, Standing};

/// An app, and the job that provisions it.
pub(super) struct AppJob {
    /// The app's name.
    pub(super) name: String,
    /// The object id of its service principal.
    pub(super) principal: String,
    /// Where its job stands.
    pub(super) standing: Standing,
}

impl AppJob {
    /// Finds an app with its job.
    pub(super) fn find(connection: &Connection, app: &str) -> Result<Self, Problem> {
        let reading = async {
            let found = find_app(connection.client(), app).await?;
            let jobs = AppClient::new(connection.client(), &found.principal).jobs().await?;
            Ok::<_, AppError>((found, jobs))
        };
        let (found, jobs) =
            connection.wait(&format!("Reading {app}"), reading).map_err(|error| connection.problem(&error))?;
        let Some(job) = jobs.first() else {
            return Err(Problem::Usage {
                message: format!("{} has no provisioning job", found.name),
                help: format!("provlint guide --app {} says how to set provisioning up", found.principal),
            });
        };
        Ok(AppJob { standing: standing(job)?, name: found.name, principal: found.principal })
    }

    /// What Graph has for the app.
    pub(super) fn client<'c>(&'c self, connection: &'c Connection) -> AppClient<'c> {
        AppClient::new(connection.client(), &self.principal)
    }

    /// Its name in messages.
    pub(super) fn subject(&self) -> String {
        format!("graph:{}", self.name)
    }

    /// Something that Graph refused to do.
    pub(super) fn refused(&self, what: &str, error: &GraphError) -> Problem {
        Problem::Usage { message: format!("{}: {what}: {error}", self.subject()), help: advice_to_write(error) }
    }

    /// What the provisioning log has since a time, the oldest first; else why it can't be read.
    pub(super) fn events(&self, connection: &Connection, since: jiff::Timestamp) -> Result<Vec<Event>, GraphError> {
        let reading = async { self.client(connection).events(&self.standing.job, since).await };
        let mut events: Vec<Event> =
            connection.wait("Reading the provisioning log", reading)?.iter().map(Event::of).collect();
        events.sort_by_key(|event| event.time);
        Ok(events)
    }
}

/// Where a job stands that Graph told of.
pub(super) fn standing(job: &Value) -> Result<Standing, Problem> {
    let text = job.to_string();
    let job: SynchronizationJob<'_> =
        document::from_str(&text).map_err(|error| Problem::parsing("the job", &text, &error))?;
    Ok(Standing::of(&job))
}

/// Why the provisioning log couldn't be read.
pub(super) fn no_log(error: &GraphError) -> String {
    match error.status() {
        Some(401 | 403) => {
            format!("{error}; it takes ProvisioningLog.Read.All, and for people the role Reports Reader")
        }
        _ => [error.to_string(), advice(error)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("; "),
    }
}
