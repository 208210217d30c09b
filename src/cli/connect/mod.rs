//! `provlint connect`

mod credential;
mod expiry;
mod steps;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use secrecy::SecretString;
use serde_json::json;

use self::credential::AppSignIn;
use self::expiry::Expiry;
use self::steps::{Job, Plan};
use crate::cli::shared::destination::destination;
use crate::cli::shared::input::Input;
use crate::cli::shared::job::{Which, expect_job, with_snapshot};
use crate::cli::shared::judging::{Judge, Requirements, judged};
use crate::cli::shared::live::{Connection, Graph, More, runtime};
use crate::cli::shared::writing::BackUp;
use crate::cli::terminal::advice::advice;
use crate::cli::terminal::connecting::{ConnectProblem, next};
use crate::cli::terminal::consent::Consent;
use crate::cli::terminal::exit::Exit;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::running::JobProblem;
use crate::cli::terminal::screen::Screen;
use crate::finding::{Finding, Section, Severity};
use crate::graph::{AppClient, LiveApp};
use crate::model::SynchronizationJob;
use crate::policy::{Level, Policy, Scope, is_email_address};
use crate::report::{ConnectionReport, ProbeReport};
use crate::rules::{RuleReport, id};
use crate::scim::{Endpoint, ProbeError, TokenError, Verdict, client_token, probe};
use crate::secret::{TENANT_URL, mask_url};
use crate::tenant::connect::{self, Credential};
use crate::text::shell::Command;

/// Connect an app: test its tenant URL and secret token, save them, and create the provisioning job
///
/// Checks what you typed, asks the endpoint, creates the provisioning job if there is none, and has Entra test the new
/// credentials. Only if that test passes does it save them, read them back, and have Entra test what is saved. On a
/// connected app this rotates the token: the previous one stays in use until the new one has passed the test. Settings
/// that are missing are saved with it: the scope, the notification address, and the deletion threshold. Provisioning
/// stays off until provlint start. The exit code is 1 if you answer no, or if there are errors in the connection.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        cat token.txt | provlint connect --app TOTAL --tenant-url https://total.example.com/scim --token-stdin\n  \
                        cat new-token.txt | provlint connect --app TOTAL --token-stdin --expires 2027-06-30\n  \
                        cat secret.txt | provlint connect --app TOTAL --tenant-url https://total.example.com/scim --auth-method oauth2 --client-id entra --token-endpoint https://total.example.com/token --token-stdin")]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,

    /// Tenant URL of the app's SCIM endpoint [default: that of the policy, else the one that is saved]
    #[arg(long, value_name = "URL")]
    tenant_url: Option<String>,

    #[command(flatten)]
    sign_in: AppSignIn,

    /// Last day of the new token or client secret; written into the policy file, so that check warns before
    #[arg(long, value_name = "DATE")]
    expires: Option<Date>,

    /// Address that gets an email when provisioning fails [default: that of the policy]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    notify: Option<String>,

    /// Number of deletions in one cycle above which Entra stops and asks [default: that of the policy]
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
    if is_email_address(typed) { Ok(typed.to_owned()) } else { Err("this is not an email address".to_owned()) }
}

/// The rules about what is typed.
const TYPED: [&str; 5] = [
    id::TENANT_URL_INVALID,
    id::TENANT_URL_MISMATCH,
    id::TENANT_URL_FLAG,
    id::SECRET_TOKEN_MALFORMED,
    id::SECRET_TOKEN_EXPIRING,
];

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let secret = arguments.sign_in.secret()?;
    let judge = arguments.requirements.judge(&[], screen)?;
    let connection = arguments.graph.connect(false)?;
    let which = &arguments.which;
    let live = connection.read_job(&which.app, which.job.as_deref(), &judge.policies, More::default())?;
    judge.expect_chosen(&live.name)?;
    expect_job(&live, which.job.as_deref())?;
    let mut plan = arguments.plan(&live, secret, &judge, &connection, screen)?;
    if !arguments.no_probe {
        arguments.ask_endpoint(&mut plan, screen)?;
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
    let is_noted = plan.expiry.as_ref().is_none_or(|expiry| expiry.write(screen));
    if let (None, Some(end)) = (arguments.expires, plan.wanted.credential.end()) {
        let day = end.strftime("%Y-%m-%d");
        screen.remark(&format!(
            "the token itself says that it expires on {day}, which Graph does not show: --expires {day} writes that into the policy"
        ));
    }
    let judge = arguments.requirements.again(&judge)?;
    let exit = arguments.check(&plan, &job, &judge, &connection, screen)?;
    Ok(if is_noted { exit } else { Exit::Failed })
}

impl Arguments {
    fn plan(
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
        let tenant_url = match (named, connect::value(&before, TENANT_URL)) {
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
        let wanted = connect::Connection {
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

    /// Runs the rules over what was typed, before it is sent anywhere.
    fn judge_typed(
        &self,
        app: &str,
        wanted: &connect::Connection,
        policy: &Policy,
        judge: &Judge,
        screen: &Screen,
    ) -> Result<(), Problem> {
        let typed = json!({
            "provlint": {"snapshot": 1, "exportedAt": Timestamp::now().to_string()},
            "servicePrincipal": {"displayName": app},
            "jobs": [],
            "secrets": wanted.typed(),
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

    /// Asks the endpoint what Entra's Test Connection asks; for an OAuth2 client with a first token, which is then saved too.
    fn ask_endpoint(&self, plan: &mut Plan, screen: &Screen) -> Result<(), Problem> {
        let app = plan.app.clone();
        let unasked = |reason: String, help: String| ConnectProblem::Unasked { app: app.clone(), reason, help };
        let endpoint = |url: &str| Endpoint::new(url).map_err(|error| unasked(error.to_string(), String::new()));
        let network = self.graph.network();
        let token = match &mut plan.wanted.credential {
            Credential::Token(token) => token.clone(),
            Credential::Client(client) => {
                let issuer = endpoint(&client.token_endpoint)?;
                let asking = client_token(&issuer, &client.id, &client.secret, &network);
                let token = runtime()?.block_on(asking).map_err(|error| match error {
                    TokenError::Network(error) => unasked(error.to_string(), advice(&error)),
                    error => unasked(error.to_string(), "check client ID, client secret and token endpoint".to_owned()),
                })?;
                client.first = Some((token.clone(), Timestamp::now()));
                screen.remark(&format!(
                    "the token endpoint {} issues tokens to the client",
                    mask_url(&client.token_endpoint)
                ));
                token
            }
        };
        plan.settings = plan.wanted.settings(&plan.before);
        let asked = endpoint(&plan.wanted.tenant_url)?;
        let asking = probe(&asked, &token, "userName", false, &network, Timestamp::now());
        let checks = runtime()?.block_on(asking).map_err(|error| match error {
            ProbeError::Network(error) => unasked(error.to_string(), advice(&error)),
            error => unasked(error.to_string(), String::new()),
        })?;
        let url = mask_url(&plan.wanted.tenant_url);
        screen.print(&ProbeReport { url: &url, steps: &checks }.pretty())?;
        if checks.iter().any(|check| check.verdict == Verdict::Failed) {
            return Err(ConnectProblem::Endpoint { app }.into());
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
            screen.remark("Entra no longer uses the previous credentials; revoke them at the vendor");
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
        command = self.sign_in.again(command);
        if let Some(address) = &self.notify {
            command = command.option("--notify", address);
        }
        if let Some(threshold) = self.delete_threshold {
            command = command.option("--delete-threshold", threshold.to_string());
        }
        if let Some(template) = &self.template {
            command = command.option("--template", template);
        }
        if let Some(day) = self.expires {
            command = command.option("--expires", day.to_string());
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
