//! `provlint start`

use std::pin::pin;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::shared::cycle::{Ended, WatchTimes, watch};
use super::shared::interval::interval;
use super::shared::job::{AppJob, Which, with_snapshot};
use super::shared::judging::Judge;
use super::shared::live::{Connection, More};
use super::shared::next::Next;
use super::shared::ready::Running;
use super::terminal::advice::{advice_to_read_groups, no_log};
use super::terminal::connecting::next;
use super::terminal::exit::Exit;
use super::terminal::interrupt::rest;
use super::terminal::problem::Problem;
use super::terminal::running::JobProblem;
use super::terminal::screen::Screen;
use crate::graph::LiveApp;
use crate::operation::{Failures, InScope, Standing, State, by_cause, in_scope, initial_cycle_minutes, unhealed};
use crate::report::{StatusReport, counted};
use crate::tenant::step::Step;

/// Check an app, test its connection, and start its provisioning
///
/// Does not start provisioning if the check finds errors, the app rejects the saved credentials, or required
/// configuration could not be read. Shows who is in scope, then asks. --wait waits until the first cycle has ended, then
/// shows how many objects are provisioned and what failed; the exit code is 1 if an object failed or Entra has put the
/// job into quarantine. Ctrl-C ends the wait, not the job.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint start --app TOTAL --wait\n  \
                        provlint start --app TOTAL --yes --group TOTAL-Admin --wait --wait-timeout 30")]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,

    /// Wait until the first cycle has ended
    #[arg(long)]
    wait: bool,

    /// Longest wait, in minutes or with a unit (30, 90s, 2h); the job continues to run
    #[arg(long, value_name = "MINUTES", requires = "wait", value_parser = longest_wait)]
    wait_timeout: Option<Duration>,

    /// Time between two reads of the job, in seconds or with a unit (15, 500ms, 2m)
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = interval)]
    every: Duration,

    /// Group that must be assigned, instead of the policy's groups; may be repeated
    #[arg(long = "group", value_name = "NAME|ID")]
    groups: Vec<String>,

    #[command(flatten)]
    running: Running,
}

/// Reads the longest wait.
fn longest_wait(typed: &str) -> Result<Duration, String> {
    let minutes = typed.parse::<u32>().ok().map(|minutes| SignedDuration::from_mins(minutes.into()));
    let span = || typed.parse::<SignedDuration>().ok();
    let wanted = minutes.or_else(span).filter(|wanted| *wanted > SignedDuration::ZERO && *wanted <= A_WEEK);
    wanted
        .map(|wanted| wanted.unsigned_abs())
        .ok_or_else(|| "use minutes, or a number with s, m or h, up to a week".to_owned())
}

const A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let judge = arguments.running.requirements.judge(&arguments.groups, screen)?;
    let connection = arguments.running.live.connect()?;
    let job = arguments.which.find(&connection)?;
    judge.expect_chosen(&job.name)?;
    let name = &job.name;
    if job.standing.state.is_running() {
        screen.say(&format!("Provisioning of {name} {} already", job.standing.state.in_words()))?;
        let live = job.read(&connection, &judge.policies, More::default())?;
        let is_ready = arguments.running.is_ready(&judge, &live, &job, screen)?;
        let (seen, standing) = match (arguments.wait, job.standing.state) {
            (false, _) => (Exit::Done, None),
            (true, State::InitialCycle) => arguments.watch(&connection, &job, None, screen)?,
            // The first cycle has already ended.
            (true, _) => {
                let exit = arguments.report(&connection, &job, &job.standing, Timestamp::now(), screen)?;
                (exit, Some(job.standing.clone()))
            }
        };
        if seen != Exit::Done || !is_ready {
            return Ok(Exit::Findings);
        }
        screen.remark(&arguments.next(&judge, &connection, &job, (&live, standing.as_ref())));
        return Ok(Exit::Done);
    }
    let live = job.read(&connection, &judge.policies, More::with_test())?;
    let reason = arguments.running.expect_ready(&judge, &live, &job, &arguments.groups, "started", screen)?;
    let (scope, objects) = scope(&connection, &job, &live)?;
    arguments.running.consent.show(&scope, screen)?;
    let question = format!("Start provisioning of {name}?");
    if !arguments.running.is_agreed((&job, &connection), &question, "started", reason, screen)? {
        return Ok(Exit::Findings);
    }
    job.carry_out(Step::Start { job: job.standing.job.clone() }, &connection, screen)?;
    screen.say(&format!("Provisioning of {name} is started"))?;
    let (exit, standing) =
        if arguments.wait { arguments.watch(&connection, &job, objects, screen)? } else { (Exit::Done, None) };
    if exit == Exit::Done {
        screen.remark(&arguments.next(&judge, &connection, &job, (&live, standing.as_ref())));
    }
    Ok(exit)
}

impl Arguments {
    /// A hint with the next command: the one for what is not provisioned yet after the first cycle, or the one that shows
    /// whether that has ended.
    fn next(
        &self,
        judge: &Judge,
        connection: &Connection,
        job: &AppJob,
        (live, standing): (&LiveApp, Option<&Standing>),
    ) -> String {
        match standing {
            None => next(&format!("provlint status {} --watch", job.flags())),
            Some(standing) => {
                let which = &self.which;
                let (app, named, groups) = (which.app.as_str(), which.job.as_deref(), self.groups.as_slice());
                let requirements = self.running.requirements.flags();
                let next = Next { judge, connection, app, job: named, groups, requirements };
                next.hint(&live.to_exact_text(), Some(standing))
            }
        }
    }

    fn watch(
        &self,
        connection: &Connection,
        job: &AppJob,
        objects: Option<u64>,
        screen: &Screen,
    ) -> Result<(Exit, Option<Standing>), Problem> {
        let began = Timestamp::now();
        let times =
            WatchTimes { every: self.every, longest: self.wait_timeout, estimate: objects.map(initial_cycle_minutes) };
        let standing = match watch(connection, job, &job.standing, times, screen)? {
            Ended::Interrupted => return Err(interrupted(job)),
            Ended::TooLong => {
                return Err(JobProblem::WaitTooLong { app: job.name.clone(), flags: job.flags() }.into());
            }
            Ended::Through(standing) | Ended::Stopped(standing) => standing,
        };
        let exit = self.report(connection, job, &standing, began, screen)?;
        Ok((exit, Some(standing)))
    }

    /// Shows what is provisioned and what failed in the cycle that ended.
    fn report(
        &self,
        connection: &Connection,
        job: &AppJob,
        standing: &Standing,
        began: Timestamp,
        screen: &Screen,
    ) -> Result<Exit, Problem> {
        let since = since(began, standing);
        let failures = self.failures(connection, job, standing, since).ok_or_else(|| interrupted(job))?;
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
        // Without the log, the cycle itself must show that nothing failed.
        let last = standing.last.as_ref();
        let nobody_failed = last.is_some_and(|last| {
            last.escrowed == Some(0)
                && last.state.as_deref().is_some_and(|state| state.eq_ignore_ascii_case("Succeeded"))
        });
        let well = report.attention().is_empty() && (failures.is_ok() || nobody_failed);
        Ok(if well { Exit::Done } else { Exit::Findings })
    }

    /// What failed since, grouped, or why the log could not be read; `None` if the user pressed Ctrl-C meanwhile.
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
        // The log lags behind: failures appear in it a little later.
        let has_failures = first.as_ref().is_ok_and(|failures| !failures.is_empty());
        if standing.escrowed() == 0 || has_failures {
            return Some(first);
        }
        let pause = self.every.min(Duration::from_secs(15));
        connection.block_on(rest(pause, &mut pin!(tokio::signal::ctrl_c())))?;
        read()
    }
}

fn interrupted(job: &AppJob) -> Problem {
    JobProblem::WaitInterrupted { app: job.name.clone(), flags: job.flags() }.into()
}

/// Allowed clock skew between Graph and this machine; failures older than that predate the start.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(30);

/// When the cycle began, by the clock of Graph or of this machine, whichever is earlier.
fn since(began: Timestamp, standing: &Standing) -> Timestamp {
    let last = standing.last.as_ref().map(|cycle| cycle.began);
    let earlier = last.into_iter().chain([began]).min().unwrap_or(began);
    earlier.checked_sub(CLOCK_SKEW).unwrap_or(earlier)
}

/// The groups and users in scope as text, and the number of objects and memberships; `None` if that is unknown.
fn scope(connection: &Connection, job: &AppJob, live: &LiveApp) -> Result<(String, Option<u64>), Problem> {
    let (is_set, groups, users) = match with_snapshot(live, in_scope)? {
        InScope::Unknown { reason } => return Ok((format!("Who is in scope is unknown: {reason}\n"), None)),
        InScope::Everyone => return Ok(("In scope: everyone in the tenant\n".to_owned(), None)),
        InScope::Assigned { is_set, groups, users } => (is_set, groups, users),
    };
    let unset = if is_set { "" } else { ", unless the scope setting (SyncAll) includes everyone" };
    let mut page = format!("In scope{unset}:\n");
    let mut objects = Some(0);
    for (name, id) in groups {
        let counting = async { job.client(connection).member_count(&id).await };
        let count = connection.wait("Counting members", counting);
        let members = match &count {
            Ok(count) => counted(usize::try_from(*count).unwrap_or(usize::MAX), "member"),
            Err(error) => format!("number of members unknown: {error}. {}", advice_to_read_groups(error)),
        };
        page.push_str(&format!("  {name}: {members}\n"));
        // The group itself, its members, and their memberships.
        objects =
            objects.zip(count.ok()).map(|(sum, count)| count.saturating_mul(2).saturating_add(1).saturating_add(sum));
    }
    if users > 0 {
        page.push_str(&format!("  {} assigned directly\n", counted(users, "user")));
        objects = objects.map(|sum| sum.saturating_add(u64::try_from(users).unwrap_or(u64::MAX)));
    }
    Ok((page, objects))
}
