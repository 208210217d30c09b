//! `provlint connect`

mod credential;
mod endpoint;
mod expiry;
mod plan;
mod steps;
mod typed;

use clap::Args;
use jiff::civil::Date;

use self::credential::AppSignIn;
use self::steps::Plan;
use crate::check::One;
use crate::cli::shared::destination::destination;
use crate::cli::shared::endpoint::Searched;
use crate::cli::shared::input::Input;
use crate::cli::shared::job::{Which, expect_job};
use crate::cli::shared::judging::{Judge, Requirements, judged};
use crate::cli::shared::live::{Connection, Graph, More};
use crate::cli::shared::next::Next;
use crate::cli::shared::writing::BackUp;
use crate::cli::terminal::consent::Consent;
use crate::cli::terminal::exit::Exit;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::finding::{Finding, Section, Severity};
use crate::policy::is_email_address;
use crate::report::ConnectionReport;
use crate::rules::RuleReport;
use crate::secret::mask_url;
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
        // Without a job, the mappings are those of its template, which are not read.
        let searched = One::read(&plan.app, &plan.snapshot).and_then(|one| Searched::by(&one, &judge.policies));
        let searched = searched.unwrap_or_default();
        arguments.ask_endpoint(&mut plan, &searched, screen)?;
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
        let snapshot = live.to_exact_text();
        let judgement = judged(judge, &Input::live(&live.name), &snapshot)?;
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
        let (app, job, requirements) = (&*self.which.app, self.which.job.as_deref(), self.requirements.flags());
        let next = Next { judge, connection, app, job, groups: &[], requirements };
        screen.remark(&next.hint(&snapshot, None));
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
