//! The steps that connect an app: in words before they are made, then carried out.

use std::cell::Cell;
use std::path::Path;
use std::pin::pin;

use futures_util::FutureExt;
use serde_json::Value;

use super::Arguments;
use super::expiry::Expiry;
use crate::cli::shared::live::Connection;
use crate::cli::terminal::connecting::{ConnectProblem, ConnectStep, Stop, Why};
use crate::cli::terminal::interrupt::unless;
use crate::cli::terminal::last_words::LastWords;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::graph::{AppClient, ConnectionRequest, Setting, SettingValue};
use crate::model::NOTIFICATION;
use crate::report::ConnectionStep;
use crate::secret::{TENANT_URL, mask_url};
use crate::tenant::connect::Steps;
use crate::tenant::connection::{self, Credential, OauthClient, SCOPE, has_credential, unsendable, value};
use crate::tenant::known::Known;
use crate::tenant::step::{Patience, Proved, Stopped, answered};
use crate::text::shell::{Command, operand};

/// The provisioning job to connect.
pub(super) enum Job {
    /// It exists.
    There { id: String, is_on: bool, has_run: bool },
    /// It is created from this template.
    New { template: String },
}

impl Job {
    fn id(&self) -> Option<&str> {
        match self {
            Job::There { id, .. } => Some(id),
            Job::New { .. } => None,
        }
    }
}

/// What is done to connect an app.
pub(super) struct Plan {
    pub(super) app: String,
    /// The object id of its service principal.
    pub(super) principal: String,
    pub(super) job: Job,
    pub(super) wanted: connection::Connection,
    /// The settings that are saved now.
    pub(super) before: Vec<Value>,
    /// The settings to save.
    pub(super) settings: Vec<Setting>,
    /// The snapshot that was read, for the backup.
    pub(super) snapshot: String,
    /// Where the last day of the credential is written, if it was named.
    pub(super) expiry: Option<Expiry>,
}

impl Plan {
    pub(super) fn was_connected(&self) -> bool {
        has_credential(&self.before)
    }

    pub(super) fn is_on(&self) -> bool {
        matches!(self.job, Job::There { is_on: true, .. })
    }

    /// Whether the credentials of another way of signing in are removed.
    fn changes_method(&self) -> bool {
        self.settings.iter().any(|one| matches!(&one.value, SettingValue::Clear(value) if value.is_empty()))
    }

    fn saved_url(&self) -> Option<&str> {
        value(&self.before, TENANT_URL)
    }

    /// The steps, with their requests.
    pub(super) fn steps(&self) -> Vec<ConnectionStep> {
        let by = |what: String, request: ConnectionRequest<'_>| {
            ConnectionStep::by_request(what, request.masked(&self.principal))
        };
        let (job, credentials) = (self.job.id(), self.wanted.credentials());
        let first = match &self.job {
            Job::There { id, .. } => ConnectionStep::done(format!("The provisioning job {id} exists")),
            Job::New { template } => by(
                format!("Create a provisioning job from the template {template}; it stays off until provlint start"),
                ConnectionRequest::CreateJob { template },
            ),
        };
        let test = format!(
            "Have Entra test the new {} at {}, without saving it",
            self.wanted.credential.what(),
            mask_url(&self.wanted.tenant_url)
        );
        let steps = [
            first,
            by(test, ConnectionRequest::Test { job, settings: &credentials }),
            by(self.saving(), ConnectionRequest::Save { settings: &self.settings }),
            by("Read it back, and have Entra test what is saved".to_owned(), ConnectionRequest::TestSaved { job }),
        ];
        steps.into_iter().chain(self.expiry.as_ref().and_then(Expiry::step)).collect()
    }

    /// What is saved, in words.
    fn saving(&self) -> String {
        let is_new = |key: &str, value: &str| {
            let saved = self.before.iter().find(|setting| setting["key"] == key);
            saved.is_none_or(|setting| setting["value"] != value)
        };
        let what = self.wanted.credential.what();
        let mut parts = vec![match (self.saved_url(), self.was_connected()) {
            (Some(url), true) if url == self.wanted.tenant_url => {
                format!(
                    "the new {what}, in place of {}",
                    if self.changes_method() { "the previous credentials" } else { "the one before" }
                )
            }
            (_, true) => format!("the tenant URL and the {what}, in place of those before"),
            (_, false) => format!("the tenant URL and the {what}"),
        }];
        let of = |key: &str| self.settings.iter().find(|setting| setting.key == key).map(Setting::masked);
        if of(SCOPE).is_some_and(|value| is_new(SCOPE, &value)) {
            parts.push("the scope: only assigned users and groups".to_owned());
        }
        if of(NOTIFICATION).is_some_and(|value| is_new(NOTIFICATION, &value)) {
            parts.extend(self.wanted.notify.as_ref().map(|address| format!("the notification address {address}")));
            let threshold = self.wanted.delete_threshold;
            parts.extend(threshold.map(|threshold| format!("the deletion threshold {threshold}")));
        }
        let credentials = self.wanted.credentials();
        let is_new_one = |key: &&str| credentials.iter().any(|one| one.key == **key);
        let is_removed = |one: &&Setting| matches!(&one.value, SettingValue::Clear(value) if value.is_empty());
        let removed: Vec<&str> = self.settings.iter().filter(is_removed).map(|one| one.key.as_str()).collect();
        if !removed.is_empty() {
            parts.push(format!("without {}", removed.join(", ")));
        }
        let is_kept = |one: &&Setting| value(&self.before, &one.key) == Some(one.exposed());
        let others = self.settings.iter().filter(is_kept).map(|setting| setting.key.as_str());
        let kept: Vec<&str> = others.filter(|key| !is_new_one(key)).collect();
        let kept = if kept.is_empty() {
            String::new()
        } else {
            format!("; sent again so that they are kept: {}", kept.join(", "))
        };
        format!("Save {}{kept}", parts.join(", "))
    }

    pub(super) fn consequences(&self) -> Vec<String> {
        let mut said = Vec::new();
        if let Credential::Client(OauthClient { first: None, .. }) = &self.wanted.credential {
            said.push(
                "No first access token is saved, because only Entra reaches the endpoints. Measured on a live tenant, Entra \
                 does not ask for the first one itself: its test shows whether it does for this app."
                    .to_owned(),
            );
        }
        let lost = unsendable(&self.before, &self.settings);
        if !lost.is_empty() {
            said.push(format!(
                "Graph masks {}, so it is not sent again. Microsoft does not document whether Graph keeps it: all settings are \
                 read back and compared.",
                lost.join(", ")
            ));
        }
        if let (Some(url), Job::There { has_run: true, .. }) = (self.saved_url(), &self.job)
            && url != self.wanted.tenant_url
        {
            said.push(format!(
                "The tenant URL changes from {}. Entra keeps its links to the objects there: if the new endpoint does not \
                 have the same objects, run provlint restart --reset full afterwards.",
                mask_url(url)
            ));
        }
        said
    }

    /// Creates the job if there is none, tests the new credentials, and saves them; returns the job's id.
    pub(super) fn carry_out(
        &self,
        arguments: &Arguments,
        connection: &Connection,
        screen: &Screen,
    ) -> Result<String, Problem> {
        let file = arguments.back_up.write(&self.app, &self.snapshot)?;
        screen.remark(&format!("backup: {}; it holds no credentials", operand(&file)));
        let sent = Cell::new(false);
        let mut work = Work {
            plan: self,
            arguments,
            connection,
            file: &file,
            created: None,
            sent: &sent,
            words: LastWords::new(),
            screen,
        };
        // One listener for all of it, so that Ctrl-C between two requests counts too.
        let mut pressed = pin!(tokio::signal::ctrl_c().fuse());
        let job = match &self.job {
            Job::There { id, .. } => id.clone(),
            Job::New { template } => {
                let steps = work.begin(ConnectStep::Job);
                let creating = connection.wait("Creating the job", unless(steps.create_job(template), &mut pressed));
                let (id, proved) = work.ended(ConnectStep::Job, creating)?;
                screen.remark(&format!(
                    "the provisioning job {id}:{} created and read back; it is off",
                    despite(&proved)
                ));
                work.created = Some(id.clone());
                id
            }
        };
        let steps = work.begin(ConnectStep::Test);
        let credentials = self.wanted.credentials();
        let testing = connection
            .wait("Waiting for Entra to test the credentials", unless(steps.test(&job, &credentials), &mut pressed));
        match testing {
            None => return Err(work.stop(ConnectStep::Test, Why::Interrupted { sent: false })),
            Some(Ok(())) => screen.remark("Entra tested the new credentials: the app accepts them"),
            Some(Err(error)) => {
                let why = match error.rejection() {
                    Some((code, "")) => Why::Rejected(code.to_owned()),
                    Some((code, message)) => Why::Rejected(format!("{code}: {message}")),
                    None => Why::Untested(error),
                };
                return Err(work.stop(ConnectStep::Test, why));
            }
        }
        // A new job may come with settings of its own.
        let known = if work.created.is_some() { Known::default() } else { Known::of_snapshot(&self.snapshot) };
        let steps = work.begin(ConnectStep::Save);
        let saving = connection.wait("Saving the connection", unless(steps.save(&self.wanted, &known), &mut pressed));
        let proved = work.ended(ConnectStep::Save, saving)?;
        screen.remark(&format!("the connection:{} saved and read back", despite(&proved)));
        Ok(job)
    }
}

/// Graph's error, if it made a change all the same.
fn despite(proved: &Proved) -> String {
    proved.despite.as_ref().map(|error| format!(" {}; it is", answered(error))).unwrap_or_default()
}

/// The work on an app, so far.
struct Work<'w> {
    plan: &'w Plan,
    arguments: &'w Arguments,
    connection: &'w Connection,
    /// The backup.
    file: &'w Path,
    /// The id of the job that was created.
    created: Option<String>,
    sent: &'w Cell<bool>,
    words: LastWords,
    screen: &'w Screen,
}

impl<'w> Work<'w> {
    /// Begins a step: nothing is sent for it yet.
    fn begin(&self, step: ConnectStep) -> Steps<'w> {
        self.sent.set(false);
        // If the program fails, a request may be on its way.
        let sent = step != ConnectStep::Test;
        self.words.set(self.screen.rendered(&self.stop(step, Why::Interrupted { sent })));
        Steps {
            app: AppClient::new(self.connection.client(), &self.plan.principal),
            patience: Patience::within(self.connection.client().longest_wait()),
            is_new: self.created.is_some(),
            sent: self.sent,
        }
    }

    /// The result of a step; `None` for one that Ctrl-C ended.
    fn ended<T>(&self, step: ConnectStep, result: Option<Result<T, Stopped>>) -> Result<T, Problem> {
        match result {
            Some(Ok(value)) => Ok(value),
            Some(Err(stopped)) => Err(self.stop(step, Why::Stopped(stopped))),
            None => Err(self.stop(step, Why::Interrupted { sent: self.sent.get() })),
        }
    }

    fn stop(&self, step: ConnectStep, why: Why) -> Problem {
        let diff = Command::provlint("diff").operand(self.file).option("--app", &self.plan.principal);
        let stop = Stop {
            step,
            why,
            created: self.created.clone(),
            was_connected: self.plan.was_connected(),
            again: self.arguments.again(self.connection),
            diff: diff.and(&self.connection.flags()),
        };
        ConnectProblem::Stopped { app: self.plan.app.clone(), stop: Box::new(stop) }.into()
    }
}
