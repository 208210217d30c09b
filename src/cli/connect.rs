//! `provlint connect`

use std::cell::Cell;
use std::path::Path;
use std::pin::pin;

use clap::Args;
use futures_util::FutureExt;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::shared::destination::destination;
use super::shared::input::Input;
use super::shared::job::{Which, expect_job, with_snapshot};
use super::shared::judging::{Judge, Requirements, judged};
use super::shared::live::{Connection, Graph, More, runtime};
use super::shared::secret_token::secret;
use super::shared::writing::BackUp;
use super::terminal::advice::advice;
use super::terminal::connecting::{ConnectProblem, ConnectStep, Stop, Why, next};
use super::terminal::consent::Consent;
use super::terminal::exit::Exit;
use super::terminal::interrupt::unless;
use super::terminal::last_words::LastWords;
use super::terminal::problem::Problem;
use super::terminal::running::JobProblem;
use super::terminal::screen::Screen;
use crate::finding::{Finding, Section, Severity};
use crate::graph::{AppClient, ConnectionRequest, LiveApp, Setting};
use crate::model::SynchronizationJob;
use crate::policy::{Level, Policy, Scope};
use crate::report::{ConnectionReport, ConnectionStep, ProbeReport};
use crate::rules::{RuleReport, id};
use crate::scim::{Endpoint, ProbeError, Verdict, probe};
use crate::secret::{TENANT_URL, mask_url};
use crate::tenant::connect::{self, Credential, NOTIFICATION, SCOPE, Steps, unsendable};
use crate::tenant::known::Known;
use crate::tenant::step::{Patience, Proved, Stopped, answered};
use crate::text::shell::{Command, operand};

/// Connect an app: test its tenant URL and secret token, save them, and create the provisioning job
///
/// Checks what you typed, asks the endpoint, creates the provisioning job if there is none, and has Entra test the new
/// credentials. Only if that test passes does it save them, read them back, and have Entra test what is saved. On a
/// connected app this rotates the token: the previous one stays in use until the new one has passed the test. Settings
/// that are missing are saved with it: the scope, the notification address, and the deletion threshold. Provisioning
/// stays off until provlint start. The exit code is 1 if you answer no, or if there are errors in the connection.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        provlint connect --app TOTAL --tenant-url https://total.example.com/scim --token-stdin < token.txt\n  \
                        provlint connect --app TOTAL --token-stdin --dry-run < new-token.txt")]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,

    /// Tenant URL of the app's SCIM endpoint [default: the one that is saved]
    #[arg(long, value_name = "URL")]
    tenant_url: Option<String>,

    /// Read the app's secret token from standard input [default: PROVLINT_SCIM_TOKEN]
    #[arg(long)]
    token_stdin: bool,

    /// Address that gets an email when provisioning fails
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    notify: Option<String>,

    /// Number of deletions in one cycle above which Entra stops and asks
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    delete_threshold: Option<u32>,

    /// Template to create the job from, if the app offers several
    #[arg(long, value_name = "ID")]
    template: Option<String>,

    /// Do not send requests from this machine to the endpoint: only Entra reaches it
    #[arg(long)]
    no_probe: bool,

    /// Show every request, with masked credentials, and change nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    requirements: Requirements,

    #[command(flatten)]
    consent: Consent,

    #[command(flatten)]
    back_up: BackUp,

    #[command(flatten)]
    graph: Graph,
}

/// Reads an email address.
fn address(typed: &str) -> Result<String, String> {
    let is_address = typed.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        && !typed.contains(char::is_whitespace);
    if is_address { Ok(typed.to_owned()) } else { Err("this is not an email address".to_owned()) }
}

/// The rules about what is typed.
const TYPED: [&str; 4] =
    [id::TENANT_URL_INVALID, id::TENANT_URL_MISMATCH, id::TENANT_URL_FLAG, id::SECRET_TOKEN_MALFORMED];

/// The provisioning job to connect.
enum Job {
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

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let token = secret(arguments.token_stdin, "secret token")?;
    let judge = arguments.requirements.judge(&[], screen)?;
    let connection = arguments.graph.connect(false)?;
    let which = &arguments.which;
    let live = connection.read_job(&which.app, which.job.as_deref(), &judge.policies, More::default())?;
    judge.expect_chosen(&live.name)?;
    expect_job(&live, which.job.as_deref())?;
    let plan = arguments.plan(&live, token, &judge, &connection, screen)?;
    if !arguments.no_probe {
        arguments.ask_endpoint(&plan, screen)?;
    }
    let report = ConnectionReport {
        app: &live.name,
        steps: &plan.steps(),
        consequences: &plan.consequences(),
        with_requests: arguments.dry_run,
    };
    if arguments.dry_run {
        screen.print(&report.pretty(&screen.out))?;
        return Ok(Exit::Findings);
    }
    arguments.consent.show(&report.pretty(&screen.out), screen)?;
    let on = if plan.is_on() { "Provisioning is on: the next cycle uses the new connection. " } else { "" };
    let question = format!("{on}Connect {} at {}?", live.name, connection.client().root().host());
    let subject = format!("graph:{}", live.name);
    let asks = || destination(&connection, &live.name, &plan.principal);
    if !arguments.consent.is_given(&subject, &question, asks)? {
        return Ok(Exit::Findings);
    }
    let job = plan.carry_out(arguments, &connection, screen)?;
    arguments.check(&plan, &job, &judge, &connection, screen)
}

/// What is done to connect an app.
struct Plan {
    app: String,
    /// The object id of its service principal.
    principal: String,
    job: Job,
    wanted: connect::Connection,
    /// The settings that are saved now.
    before: Vec<Value>,
    /// The settings to save.
    settings: Vec<Setting>,
    /// The snapshot that was read, for the backup.
    snapshot: String,
}

impl Arguments {
    fn plan(
        &self,
        live: &LiveApp,
        token: SecretString,
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
        let is_sign_in = |setting: &Value| setting["key"].as_str().is_some_and(|key| key.starts_with("Oauth2"));
        if before.iter().any(is_sign_in) {
            return Err(ConnectProblem::OtherSignIn { app: name() }.into());
        }
        let tenant_url = match (&self.tenant_url, connect::value(&before, TENANT_URL)) {
            (Some(typed), _) => typed.clone(),
            (None, Some(saved)) => saved.to_owned(),
            (None, None) => {
                return Err(Problem::Usage {
                    message: format!("{} has no tenant URL yet", live.name),
                    help: "give the URL of the app's SCIM endpoint with --tenant-url; its vendor names it".to_owned(),
                });
            }
        };
        let policy = judge.policy(Some(&live.name), &live.name)?;
        self.judge_typed(&live.name, &tenant_url, &token, policy, judge, screen)?;
        let wanted = connect::Connection {
            tenant_url,
            credential: Credential::Token(token),
            notify: self.notify.clone(),
            delete_threshold: self.delete_threshold,
            assigned_only: policy.scope != Some(Scope::Filtered),
        };
        let job = match there {
            Some(job) => job,
            None => Job::New { template: self.choose_template(&live.name, client, connection)? },
        };
        let settings = wanted.settings(&before);
        Ok(Plan { app: name(), principal, job, wanted, before, settings, snapshot: live.to_exact_text() })
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

    /// Runs the rules over what was typed, before it is sent anywhere.
    fn judge_typed(
        &self,
        app: &str,
        tenant_url: &str,
        token: &SecretString,
        policy: &Policy,
        judge: &Judge,
        screen: &Screen,
    ) -> Result<(), Problem> {
        let typed = json!({
            "provlint": {"snapshot": 1, "exportedAt": Timestamp::now().to_string()},
            "servicePrincipal": {"displayName": app},
            "jobs": [],
            "secrets": [
                {"key": TENANT_URL, "value": tenant_url}, {"key": "SecretToken", "value": token.expose_secret()},
            ],
        });
        let mut judge = judge.clone();
        let is_on = |rule: &&str| policy.levels.get(*rule) != Some(&Level::Off);
        judge.selection.select = TYPED.iter().filter(|rule| is_on(rule)).map(|rule| (*rule).to_owned()).collect();
        if judge.selection.select.is_empty() {
            return Ok(());
        }
        let judgement = judged(&judge, &Input::live(app), &typed.to_string())?;
        show(&judgement.findings, screen);
        match judgement.findings.iter().filter(|found| found.severity == Severity::Error).count() {
            0 => Ok(()),
            count => Err(ConnectProblem::Typed { app: app.to_owned(), count }.into()),
        }
    }

    /// Asks the endpoint what Entra's Test Connection asks.
    fn ask_endpoint(&self, plan: &Plan, screen: &Screen) -> Result<(), Problem> {
        let app = || plan.app.clone();
        let unasked = |reason: String, help: String| ConnectProblem::Unasked { app: app(), reason, help };
        let endpoint =
            Endpoint::new(&plan.wanted.tenant_url).map_err(|error| unasked(error.to_string(), String::new()))?;
        let Credential::Token(token) = &plan.wanted.credential;
        let network = self.graph.network();
        let asking = probe(&endpoint, token, "userName", false, &network, Timestamp::now());
        let checks = runtime()?.block_on(asking).map_err(|error| match error {
            ProbeError::Network(error) => unasked(error.to_string(), advice(&error)),
            error => unasked(error.to_string(), String::new()),
        })?;
        let url = mask_url(&plan.wanted.tenant_url);
        screen.print(&ProbeReport { url: &url, steps: &checks }.pretty())?;
        if checks.iter().any(|check| check.verdict == Verdict::Failed) {
            return Err(ConnectProblem::Endpoint { app: app() }.into());
        }
        Ok(())
    }

    /// Has Entra test what is saved, and shows the findings about the connection.
    fn check(
        &self,
        plan: &Plan,
        job: &str,
        judge: &Judge,
        connection: &Connection,
        screen: &Screen,
    ) -> Result<Exit, Problem> {
        let live = connection.read_job(&plan.principal, Some(job), &judge.policies, More::with_test())?;
        let judgement = judged(judge, &Input::live(&live.name), &live.to_exact_text())?;
        let of_connection = |finding: &&Finding| finding.rule.section == Section::Connection;
        let findings: Vec<Finding> = judgement.findings.iter().filter(of_connection).cloned().collect();
        let tested = &live.snapshot["connectionTest"]["valid"];
        let host = mask_url(&plan.wanted.tenant_url);
        match tested.as_bool() {
            Some(true) => screen.say(&format!(
                "{} is connected to {host}: saved, read back, and accepted by the app when Entra tested what is saved",
                plan.app
            ))?,
            Some(false) => screen.say(&format!(
                "The connection of {} to {host} is saved and read back, but Entra's test of what is saved failed",
                plan.app
            ))?,
            None => screen.say(&format!("The connection of {} to {host} is saved and read back", plan.app))?,
        }
        if plan.was_connected() && tested == true {
            screen.remark("Entra no longer uses the previous token; revoke it at the vendor");
        }
        show(&findings, screen);
        let unknown: Vec<&RuleReport> = judgement
            .rules
            .iter()
            .filter(|report| report.rule.section == Section::Connection && report.is_gap())
            .collect();
        for report in &unknown {
            screen.remark(&format!(
                "{} could not be evaluated: {}",
                report.rule.id,
                report.reason().unwrap_or_default()
            ));
        }
        screen.remark(&next(&format!(
            "provlint guide {}{}",
            connection.flags_to(&self.which.app),
            self.requirements.flags()
        )));
        let has_error = findings.iter().any(|finding| finding.severity == Severity::Error);
        Ok(match (unknown.is_empty(), has_error) {
            (false, _) => Exit::Failed,
            (true, true) => Exit::Findings,
            (true, false) => Exit::Done,
        })
    }

    /// The command that does the same again.
    fn again(&self, connection: &Connection) -> Command {
        let mut command = Command::provlint("connect").option("--app", &self.which.app);
        if let Some(job) = &self.which.job {
            command = command.option("--job", job);
        }
        if let Some(url) = &self.tenant_url {
            command = command.option("--tenant-url", mask_url(url));
        }
        command = command.flag("--token-stdin", true);
        if let Some(address) = &self.notify {
            command = command.option("--notify", address);
        }
        if let Some(threshold) = self.delete_threshold {
            command = command.option("--delete-threshold", threshold.to_string());
        }
        if let Some(template) = &self.template {
            command = command.option("--template", template);
        }
        command.flag("--no-probe", self.no_probe).and(&self.requirements.words()).and(&connection.flags())
    }
}

/// Shows findings as remarks.
fn show(findings: &[Finding], screen: &Screen) {
    for found in findings {
        let help = if found.help.is_empty() { String::new() } else { format!(". {}", found.help) };
        screen.remark(&format!("{}[{}]: {}{help}", found.severity.as_str(), found.rule.id, found.message));
    }
}

impl Plan {
    fn was_connected(&self) -> bool {
        connect::has_credential(&self.before)
    }

    fn is_on(&self) -> bool {
        matches!(self.job, Job::There { is_on: true, .. })
    }

    fn saved_url(&self) -> Option<&str> {
        connect::value(&self.before, TENANT_URL)
    }

    /// The steps, with their requests.
    fn steps(&self) -> Vec<ConnectionStep> {
        let request = |request: ConnectionRequest<'_>| Some(request.masked(&self.principal));
        let (job, credentials) = (self.job.id(), self.wanted.credentials());
        let first = match &self.job {
            Job::There { id, .. } => {
                ConnectionStep { what: format!("The provisioning job {id} exists"), request: None }
            }
            Job::New { template } => ConnectionStep {
                what: format!(
                    "Create a provisioning job from the template {template}; it stays off until provlint start"
                ),
                request: request(ConnectionRequest::CreateJob { template }),
            },
        };
        vec![
            first,
            ConnectionStep {
                what: format!(
                    "Have Entra test the new secret token at {}, without saving it",
                    mask_url(&self.wanted.tenant_url)
                ),
                request: request(ConnectionRequest::Test { job, settings: &credentials }),
            },
            ConnectionStep {
                what: self.saving(),
                request: request(ConnectionRequest::Save { settings: &self.settings }),
            },
            ConnectionStep {
                what: "Read it back, and have Entra test what is saved".to_owned(),
                request: request(ConnectionRequest::TestSaved { job }),
            },
        ]
    }

    /// What is saved, in words.
    fn saving(&self) -> String {
        let is_new = |key: &str, value: &str| {
            let saved = self.before.iter().find(|setting| setting["key"] == key);
            saved.is_none_or(|setting| setting["value"] != value)
        };
        let mut parts = vec![
            match (self.saved_url(), self.was_connected()) {
                (Some(url), true) if url == self.wanted.tenant_url => {
                    "the new secret token, in place of the one before"
                }
                (_, true) => "the tenant URL and the secret token, in place of those before",
                (_, false) => "the tenant URL and the secret token",
            }
            .to_owned(),
        ];
        let of = |key: &str| self.settings.iter().find(|setting| setting.key == key).map(Setting::masked);
        if of(SCOPE).is_some_and(|value| is_new(SCOPE, &value)) {
            parts.push("the scope: only assigned users and groups".to_owned());
        }
        if of(NOTIFICATION).is_some_and(|value| is_new(NOTIFICATION, &value)) {
            parts.extend(self.wanted.notify.as_ref().map(|address| format!("the notification address {address}")));
            let threshold = self.wanted.delete_threshold;
            parts.extend(threshold.map(|threshold| format!("the deletion threshold {threshold}")));
        }
        let others = self.settings.iter().map(|setting| setting.key.as_str());
        let kept: Vec<&str> = others
            .filter(|key| ![TENANT_URL, "SecretToken"].contains(key))
            .filter(|key| self.before.iter().any(|setting| setting["key"] == **key))
            .collect();
        let kept = if kept.is_empty() {
            String::new()
        } else {
            format!("; sent again so that they are kept: {}", kept.join(", "))
        };
        format!("Save {}{kept}", parts.join(", "))
    }

    fn consequences(&self) -> Vec<String> {
        let mut said = Vec::new();
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
    fn carry_out(&self, arguments: &Arguments, connection: &Connection, screen: &Screen) -> Result<String, Problem> {
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
