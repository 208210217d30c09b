//! `provlint start`

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::shared::advice::{advice_to_read_groups, no_log};
use super::shared::cycle::{Ended, Patience, watch};
use super::shared::job::{AppJob, Which};
use super::shared::live::{Connection, More};
use super::shared::ready::Running;
use super::terminal::exit::Exit;
use super::terminal::interrupt::rest;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::graph::LiveApp;
use crate::operation::{Failures, Standing, State, by_cause, initial_cycle_minutes, unhealed};
use crate::report::{StatusReport, counted};
use crate::tenant::step::Step;

/// Check an app, test its connection, and start its provisioning.
///
/// Errors stop it, and so do credentials that the app refuses, and what couldn't be read. Then who would be in scope is
/// shown, and you are asked. --wait watches until the first cycle has ended and says who came over and what failed; the
/// exit code is 1 where somebody failed or Entra has put the job into quarantine. Ctrl-C leaves the job running.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint start --app TOTAL --wait\n  \
                        provlint start --app TOTAL --yes --group TOTAL-Admin --wait --wait-timeout 30")]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,

    /// Watch until the first cycle has ended.
    #[arg(long)]
    wait: bool,

    /// How long to watch at most, in minutes or with a unit: 30, 90s, 2h; the job goes on.
    #[arg(long, value_name = "MINUTES", requires = "wait", value_parser = patience)]
    wait_timeout: Option<Duration>,

    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,

    /// A group that must be assigned, instead of the policy's; may be repeated.
    #[arg(long = "group", value_name = "NAME|ID")]
    groups: Vec<String>,

    #[command(flatten)]
    running: Running,
}

/// How long somebody wants to wait.
fn patience(typed: &str) -> Result<Duration, String> {
    let minutes = typed.parse::<u32>().ok().map(|minutes| SignedDuration::from_mins(minutes.into()));
    let span = || typed.parse::<SignedDuration>().ok();
    let wanted = minutes.or_else(span).filter(|wanted| *wanted > SignedDuration::ZERO && *wanted <= A_WEEK);
    wanted
        .map(|wanted| wanted.unsigned_abs())
        .ok_or_else(|| "give minutes, or a number with s, m or h, up to a week".to_owned())
}

const A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let judge = arguments.running.requirements.judge(&arguments.groups, screen)?;
    let connection = arguments.running.live.connect()?;
    let job = arguments.which.find(&connection)?;
    let name = &job.name;
    if matches!(job.standing.state, State::Steady | State::InitialCycle) {
        screen.say(&format!("Provisioning of {name} {} already", job.standing.state.in_words()))?;
        let live = job.read(&connection, &judge.policies, More::default())?;
        let well = arguments.running.is_fit(&judge, &live, &job, screen)?;
        let seen = match (arguments.wait, job.standing.state) {
            (false, _) => Exit::Done,
            (true, State::InitialCycle) => arguments.watch(&connection, &job, None, screen)?,
            // The first cycle has ended long since.
            (true, _) => arguments.report(&connection, &job, &job.standing, Timestamp::now(), screen)?,
        };
        return Ok(if well { seen } else { Exit::Findings });
    }
    let live = job.read(&connection, &judge.policies, More::with_test())?;
    let reason = arguments.running.see(&judge, &live, &job, &arguments.groups, screen)?;
    let (scope, objects) = in_scope(&connection, &job, &live);
    arguments.running.consent.show(&scope, screen)?;
    let question = format!("Start provisioning of {name}?");
    if !arguments.running.is_agreed(&job, &question, "started", reason, screen)? {
        return Ok(Exit::Findings);
    }
    job.tell(&Step::Start { job: job.standing.job.clone() }, &connection, screen)?;
    screen.say(&format!("Provisioning of {name} is started"))?;
    if arguments.wait { arguments.watch(&connection, &job, objects, screen) } else { Ok(Exit::Done) }
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
            longest: self.wait_timeout,
            estimate: objects.map(initial_cycle_minutes),
        };
        let standing = match watch(connection, job, &job.standing, patience, screen)? {
            Ended::Interrupted => return Err(later(job, "no longer watched")),
            Ended::TooLong => return Err(later(job, "the cycle has not ended yet")),
            Ended::Through(standing) | Ended::Stopped(standing) => standing,
        };
        self.report(connection, job, &standing, began, screen)
    }

    /// Says who came over and what failed in the cycle that ended.
    fn report(
        &self,
        connection: &Connection,
        job: &AppJob,
        standing: &Standing,
        began: Timestamp,
        screen: &Screen,
    ) -> Result<Exit, Problem> {
        let since = since(began, standing);
        let failures =
            self.failures(connection, job, standing, since).ok_or_else(|| later(job, "no longer watched"))?;
        let flags = job.flags();
        let report = StatusReport {
            app: &job.name,
            flags: &flags,
            standing,
            failures: failures.as_deref().map_err(String::as_str),
            since,
            now: Timestamp::now(),
        };
        screen.print(&report.pretty(&screen.out))?;
        // Without the log, the cycle itself has to say that nobody failed.
        let last = standing.last.as_ref();
        let nobody_failed = last.is_some_and(|last| {
            last.escrowed == Some(0)
                && last.state.as_deref().is_some_and(|state| state.eq_ignore_ascii_case("Succeeded"))
        });
        let well = report.attention().is_empty() && (failures.is_ok() || nobody_failed);
        Ok(if well { Exit::Done } else { Exit::Findings })
    }

    /// What failed since, grouped, or why that can't be read; `None` where somebody pressed Ctrl-C meanwhile.
    fn failures(
        &self,
        connection: &Connection,
        job: &AppJob,
        standing: &Standing,
        since: Timestamp,
    ) -> Option<Result<Vec<Failures>, String>> {
        let read = || {
            let read = job.events_unless_pressed(connection, since)?;
            Some(read.map(|events| by_cause(&unhealed(&events))).map_err(|error| no_log(&error)))
        };
        let first = read()?;
        // The log lags behind: who failed is in it a little later.
        let told = first.as_ref().is_ok_and(|failures| !failures.is_empty());
        if standing.escrowed() == 0 || told {
            return Some(first);
        }
        let pause = Duration::from_secs(self.every.min(15));
        connection.block_on(rest(pause, &mut pin!(tokio::signal::ctrl_c())))?;
        read()
    }
}

/// Why nobody watches any more.
fn later(job: &AppJob, why: &str) -> Problem {
    Problem::Usage { message: format!("{}: {why}; the job goes on", job.subject()), help: job.look() }
}

/// So far may two clocks be apart: what failed before the start is nobody's business any more.
const ODDS: SignedDuration = SignedDuration::from_secs(30);

/// When the cycle began that was watched, by the clock of Graph or by this machine's, whichever is the earlier.
fn since(began: Timestamp, standing: &Standing) -> Timestamp {
    let last = standing.last.as_ref().map(|cycle| cycle.began);
    last.into_iter().chain([began]).min().unwrap_or(began) - ODDS
}

/// Who would be provisioned, for people, and how many objects and memberships that is; `None` where that can't be told.
fn in_scope(connection: &Connection, job: &AppJob, live: &LiveApp) -> (String, Option<u64>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let unread = |part: &str| live.why_unread(part);
    if let Some(reason) = unread("secrets").or_else(|| unread("appRoleAssignedTo")) {
        return (format!("Who is in scope is not known: {reason}\n"), None);
    }
    let mut settings = live.snapshot["secrets"].as_array().into_iter().flatten();
    let sync_all = settings.find(|setting| setting["key"] == "SyncAll").map(|setting| text(&setting["value"]));
    if sync_all.as_deref().is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return ("In scope: everybody in the tenant\n".to_owned(), None);
    }
    let assigned = live.snapshot["appRoleAssignedTo"].as_array().into_iter().flatten();
    let of_kind = |kind: &str| -> BTreeSet<(String, String)> {
        let of_kind = assigned.clone().filter(|one| one["principalType"] == kind);
        of_kind.map(|one| (text(&one["principalDisplayName"]), text(&one["principalId"]))).collect()
    };
    let (groups, users) = (of_kind("Group"), of_kind("User"));
    let unset = if sync_all.is_none_or(|value| value.is_empty()) { ", if SyncAll isn't set to more" } else { "" };
    let mut page = format!("In scope{unset}:\n");
    let mut objects = Some(0);
    for (name, id) in groups {
        let counting = async { job.client(connection).member_count(&id).await };
        let count = connection.wait("Counting members", counting);
        let members = match &count {
            Ok(count) => counted(usize::try_from(*count).unwrap_or(usize::MAX), "member"),
            Err(error) => format!("how many members is not known: {error}. {}", advice_to_read_groups(error)),
        };
        page.push_str(&format!("  {name}: {members}\n"));
        // The group itself, its members, and that they are members.
        objects = objects.zip(count.ok()).map(|(sum, count)| sum + 1 + 2 * count);
    }
    if !users.is_empty() {
        page.push_str(&format!("  {} by themselves\n", counted(users.len(), "user")));
        objects = objects.map(|sum| sum + u64::try_from(users.len()).unwrap_or_default());
    }
    (page, objects)
}
