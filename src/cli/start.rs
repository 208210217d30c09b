//! `provlint start`

use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::consent::Consent;
use super::cycle::{Ended, Patience, watch};
use super::exit::Exit;
use super::input::Input;
use super::job::{AppJob, no_log};
use super::judged::judged;
use super::judging::{Judge, Judging};
use super::live::{Connection, Live, More};
use super::problem::Problem;
use super::screen::Screen;
use super::writing::advice_to_write;
use crate::finding::{Finding, Section, Severity};
use crate::graph::LiveApp;
use crate::operation::{State, by_cause, initial_cycle_minutes};
use crate::report::StatusReport;
use crate::rules::Judgement;

/// Check an app, test its connection, and start its provisioning.
///
/// Errors stop it, and so do credentials that the app refuses or that couldn't be tested. Then who would be in scope is
/// shown, and you are asked. --wait watches until the first cycle has ended and says who came over and what failed; the
/// exit code is 1 where somebody failed or Entra has put the job into quarantine. Ctrl-C leaves the job running.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint start --app TOTAL --wait\n  \
                        provlint start --app TOTAL --yes --group TOTAL-Admin --wait --wait-timeout 30")]
pub(super) struct Arguments {
    /// The app: its display name, object id or appId.
    #[arg(long, value_name = "NAME|ID")]
    app: String,

    /// Watch until the first cycle has ended.
    #[arg(long)]
    wait: bool,

    /// Minutes to watch at most; the job goes on.
    #[arg(long, value_name = "MINUTES", requires = "wait", value_parser = clap::value_parser!(u64).range(1..=10080))]
    wait_timeout: Option<u64>,

    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,

    /// Start although something is wrong, for a reason that is worth writing down.
    #[arg(long, value_name = "REASON")]
    force: Option<String>,

    #[command(flatten)]
    judging: Judging,

    #[command(flatten)]
    consent: Consent,

    #[command(flatten)]
    live: Live,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let reason = arguments.force.as_deref().map(str::trim);
    if reason == Some("") {
        return Err(Problem::Usage {
            message: "--force takes a reason".into(),
            help: "say in a few words why the app is started with errors".into(),
        });
    }
    let judge = arguments.judging.settle(screen)?;
    let connection = arguments.live.connect()?;
    let live = connection.read(&arguments.app, &judge.policies, More::with_test())?;
    let obstacles = obstacles(&judge, &live)?;
    let id = live.principal_id().unwrap_or_default();
    if !obstacles.is_empty() {
        for obstacle in &obstacles {
            screen.remark(obstacle);
        }
        match reason {
            Some(reason) => screen.remark(&format!("started all the same, because: {reason}")),
            None => {
                return Err(Problem::Usage {
                    message: format!("graph:{}: not started: {} in the way", live.name, things(obstacles.len())),
                    help: format!("provlint guide --app {id} says what to do; --force REASON starts all the same"),
                });
            }
        }
    }
    let job = AppJob::find(&connection, id)?;
    if matches!(job.standing.state, State::Steady | State::InitialCycle) {
        screen.print(&format!("Provisioning of {} {} already\n", job.name, job.standing.state.in_words()))?;
    } else {
        let (scope, objects) = in_scope(&connection, &job, &live);
        screen.print(&scope)?;
        let question = format!("Start provisioning of {}?", job.name);
        if !arguments.consent.is_given(&job.subject(), &question)? {
            return Ok(Exit::Findings);
        }
        let starting = async { job.client(&connection).start(&job.standing.job).await };
        connection
            .wait("Starting", starting)
            .map_err(|error| job.refused("provisioning could not be started", &error))?;
        screen.print(&format!("Provisioning of {} is started\n", job.name))?;
        return if arguments.wait { arguments.watch(&connection, &job, objects, screen) } else { Ok(Exit::Done) };
    }
    if arguments.wait { arguments.watch(&connection, &job, None, screen) } else { Ok(Exit::Done) }
}

impl Arguments {
    fn watch(
        &self,
        connection: &Connection,
        job: &AppJob,
        objects: Option<u64>,
        screen: &Screen,
    ) -> Result<Exit, Problem> {
        let began = Timestamp::now();
        let patience = Patience {
            every: Duration::from_secs(self.every),
            longest: self.wait_timeout.map(|minutes| Duration::from_secs(minutes * 60)),
            estimate: objects.map(initial_cycle_minutes),
        };
        let later = |why: &str| Problem::Usage {
            message: format!("{}: {why}; the job goes on", job.subject()),
            help: format!("provlint status --app {} shows how it fares", job.principal),
        };
        let standing = match watch(connection, job, &job.standing, patience, screen)? {
            Ended::Interrupted => return Err(later("no longer watched")),
            Ended::TooLong(_) => return Err(later("the cycle has not ended yet")),
            Ended::Through(standing) | Ended::Stopped(standing) => standing,
        };
        // The log lags a little behind, and its clock isn't ours.
        let since = began - SignedDuration::from_mins(5);
        let events = job.events(connection, since).map_err(|error| no_log(&error));
        let failures = events.map(|events| by_cause(&events));
        let report = StatusReport {
            app: &job.name,
            standing: &standing,
            failures: failures.as_deref().map_err(String::as_str),
            since,
            now: Timestamp::now(),
        };
        screen.print(&report.pretty(&screen.out))?;
        if standing.state == State::Quarantine {
            screen.print(&format!(
                "The way out: mend what went wrong, then provlint restart --app {} --reset quarantine\n",
                job.principal
            ))?;
        }
        Ok(if report.attention().is_empty() { Exit::Done } else { Exit::Findings })
    }
}

fn things(count: usize) -> String {
    if count == 1 { "one thing is".to_owned() } else { format!("{count} things are") }
}

/// What keeps an app from being started, a sentence each.
fn obstacles(judge: &Judge, live: &LiveApp) -> Result<Vec<String>, Problem> {
    let Judgement { findings, unknown, .. } = judged(judge, &Input::live(&live.name), &live.to_exact_text())?;
    // What is wrong with the job's standing is what starting it ends; that there is none isn't.
    let stops = |finding: &&Finding| {
        let passes = finding.rule.section == Section::Job && finding.rule.id != "provisioning-not-configured";
        finding.severity == Severity::Error && !passes
    };
    let errors = findings.iter().filter(stops).map(|finding| format!("{}: {}", finding.rule.id, finding.message));
    let needed = |(id, _): &&(&str, String)| matches!(*id, "credentials-rejected" | "required-mapping-source");
    let untold = unknown.iter().filter(needed).map(|(id, reason)| format!("{id} is not known: {reason}"));
    Ok(errors.chain(untold).collect())
}

/// Who would be provisioned, for people, and how many objects and memberships that is; `None` where that can't be told.
fn in_scope(connection: &Connection, job: &AppJob, live: &LiveApp) -> (String, Option<u64>) {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let settings = live.snapshot["secrets"].as_array().into_iter().flatten();
    let everybody = settings.clone().any(|setting| {
        setting["key"] == "SyncAll" && setting["value"].as_str().is_some_and(|value| value.eq_ignore_ascii_case("true"))
    });
    if everybody {
        return ("In scope: everybody in the tenant\n".to_owned(), None);
    }
    let assigned = live.snapshot["appRoleAssignedTo"].as_array().into_iter().flatten();
    let (groups, users): (Vec<_>, Vec<_>) = assigned
        .filter(|one| one["principalType"] != "ServicePrincipal")
        .partition(|one| one["principalType"] == "Group");
    let mut page = "In scope:\n".to_owned();
    let mut objects = Some(0);
    for group in groups {
        let counting = async { job.client(connection).member_count(&text(&group["principalId"])).await };
        let count = connection.wait("Counting members", counting);
        let members = match &count {
            Ok(1) => "1 member".to_owned(),
            Ok(count) => format!("{count} members"),
            Err(error) => format!("how many members is not known: {error}; {}", advice_to_write(error)),
        };
        page.push_str(&format!("  {}: {}\n", text(&group["principalDisplayName"]), members.trim_end_matches("; ")));
        // The group itself, its members, and that they are members.
        objects = objects.zip(count.ok()).map(|(sum, count)| sum + 1 + 2 * count);
    }
    if !users.is_empty() {
        let count = u64::try_from(users.len()).unwrap_or_default();
        page.push_str(&format!("  {count} users by themselves\n"));
        objects = objects.map(|sum| sum + count);
    }
    (page, objects)
}
