//! What is done to connect an app, by what is there.

use secrecy::SecretString;

use super::Arguments;
use super::expiry::Expiry;
use super::steps::{Job, Plan};
use crate::cli::shared::job::with_snapshot;
use crate::cli::shared::judging::Judge;
use crate::cli::shared::live::Connection;
use crate::cli::terminal::connecting::ConnectProblem;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::running::JobProblem;
use crate::cli::terminal::screen::Screen;
use crate::graph::{AppClient, LiveApp};
use crate::model::SynchronizationJob;
use crate::policy::Scope;
use crate::secret::TENANT_URL;
use crate::tenant::connection::{self, value};

impl Arguments {
    pub(super) fn plan(
        &self,
        live: &LiveApp,
        secret: SecretString,
        judge: &Judge,
        connection: &Connection,
        screen: &Screen,
    ) -> Result<Plan, Problem> {
        let name = || live.name.clone();
        let principal = live.principal_id().unwrap_or_default().to_owned();
        let client = AppClient::new(connection.client(), &principal);
        let unread = |key: &str, part: &'static str| {
            let reason = live.why_unread(key).unwrap_or("no answer").to_owned();
            ConnectProblem::Unread { app: name(), part, reason }
        };
        let there = with_snapshot(live, |snapshot| snapshot.jobs.as_deref().map(|jobs| self.existing(&name(), jobs)))?;
        let there = there.ok_or_else(|| unread("jobs", "its provisioning jobs"))??;
        let saved = live.snapshot["secrets"].as_array().ok_or_else(|| unread("secrets", "its settings"))?;
        // The snapshot holds masks, and a setting that is no credential is sent again as it is.
        let before = match saved.is_empty() {
            true => Vec::new(),
            false => connection.wait("Reading the settings", client.settings()).map_err(|error| {
                ConnectProblem::Unread { app: name(), part: "its settings", reason: error.to_string() }
            })?,
        };
        let policy = judge.policy(Some(&live.name), &live.name)?;
        let by_policy = &policy.connection;
        let way = with_snapshot(live, |snapshot| snapshot.authentication())?;
        let credential = self.sign_in.credential(&live.name, secret, by_policy.auth_method, way)?;
        let named = self.tenant_url.as_ref().or(by_policy.tenant_url.as_ref());
        let tenant_url = match (named, value(&before, TENANT_URL)) {
            (Some(named), _) => named.clone(),
            (None, Some(saved)) => saved.to_owned(),
            (None, None) => {
                return Err(Problem::Usage {
                    message: format!("{} has no tenant URL yet", live.name),
                    help: "give the URL of the app's SCIM endpoint with --tenant-url, or as connection.tenant-url in the policy; \
                           its vendor names it"
                        .to_owned(),
                });
            }
        };
        let wanted = connection::Connection {
            tenant_url,
            credential,
            notify: self.notify.clone().or_else(|| by_policy.notify.clone()),
            delete_threshold: self.delete_threshold.or(by_policy.delete_threshold),
            assigned_only: policy.scope != Some(Scope::Filtered),
        };
        self.judge_typed(&live.name, &wanted, policy, judge, screen)?;
        let expiry = match self.expires {
            Some(day) => Some(Expiry::plan(day, self.requirements.file()?, judge, &live.name)?),
            None => None,
        };
        let job = match there {
            Some(job) => job,
            None => Job::New { template: self.choose_template(&live.name, client, connection)? },
        };
        let settings = wanted.settings(&before);
        let snapshot = live.to_exact_text();
        Ok(Plan { app: name(), principal, job, wanted, before, settings, snapshot, expiry })
    }

    /// The job that is there.
    fn existing(&self, app: &str, jobs: &[SynchronizationJob<'_>]) -> Result<Option<Job>, Problem> {
        let ids = || jobs.iter().filter_map(|job| job.id.as_deref());
        match (jobs, &self.which.job) {
            ([], _) => Ok(None),
            ([_, _, ..], None) => {
                let ids = ids().map(str::to_owned).collect();
                Err(JobProblem::SeveralJobs { app: app.to_owned(), ids }.into())
            }
            ([job, ..], _) => {
                let has_run = job.status.as_ref().is_some_and(|status| status.last_execution.is_some());
                let id = job.id.as_deref().unwrap_or_default().to_owned();
                Ok(Some(Job::There { id, is_on: job.is_on(), has_run }))
            }
        }
    }

    /// The template for a new job.
    fn choose_template(
        &self,
        app: &str,
        client: AppClient<'_>,
        connection: &Connection,
    ) -> Result<String, ConnectProblem> {
        let app = || app.to_owned();
        let templates = connection
            .wait("Reading the templates", client.templates())
            .map_err(|error| ConnectProblem::TemplatesUnread { app: app(), error })?;
        let ids: Vec<String> = templates.iter().map(|template| template.id.clone()).collect();
        if ids.is_empty() {
            return Err(ConnectProblem::NoTemplate { app: app() });
        }
        if let Some(wanted) = &self.template {
            return match ids.contains(wanted) {
                true => Ok(wanted.clone()),
                false => Err(ConnectProblem::NoSuchTemplate { app: app(), wanted: wanted.clone(), ids }),
            };
        }
        // The template of non-gallery apps.
        let scim = templates.iter().find(|template| template.id == "scim");
        let mut defaults = templates.iter().filter(|template| template.is_default);
        let default = || defaults.next().filter(|_| defaults.next().is_none());
        match (templates.as_slice(), scim.or_else(default)) {
            (_, Some(template)) | ([template], None) => Ok(template.id.clone()),
            _ => Err(ConnectProblem::SeveralTemplates { app: app(), ids }),
        }
    }
}
