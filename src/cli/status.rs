//! `provlint status`

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::shared::cycle::{MOST_FAILED_READS, is_passing};
use super::shared::format::one_of;
use super::shared::interval::interval;
use super::shared::job::{AppJob, Which, standing};
use super::shared::live::{Connection, Live};
use super::terminal::advice::no_log;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::running::JobProblem;
use super::terminal::screen::{Screen, can_be_cleared, clear};
use crate::operation::{RECENT, by_cause, unhealed};
use crate::report::{Form, Offered, PAGE_FORMS, StatusReport};

/// Show the state of an app's provisioning
///
/// Shows whether provisioning is on, the last and next cycle, how many objects are provisioned, quarantine, and the
/// failures of the last 24 hours with their remedies. The exit code is 1 if something needs attention.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint status --app TOTAL\n  provlint status --app TOTAL --watch")]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,

    /// Repeat until Ctrl-C
    #[arg(long)]
    watch: bool,

    /// Time between two reads of the job, in seconds or with a unit (30, 500ms, 2m)
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = interval)]
    every: Duration,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static Form,

    #[command(flatten)]
    live: Live,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let connection = arguments.live.connect()?;
    let mut job = arguments.which.find(&connection)?;
    let (mut failed_reads, mut failed) = (0, None);
    loop {
        let (page, exit) = look(arguments, &job, &connection, screen);
        if arguments.watch && *arguments.format != Form::Json && can_be_cleared(&std::io::stdout()) {
            clear()?;
        }
        screen.print(&page)?;
        if let Some(error) = failed.take() {
            // The page above shows the last state that was read.
            screen.remark(&format!("the job could not be read: {error}"));
        }
        if !arguments.watch {
            return Ok(exit);
        }
        // Without a listener of its own, Ctrl-C ends the program.
        connection.block_on(async { tokio::time::sleep(arguments.every).await });
        let looking = async { job.client(&connection).job(&job.standing.job).await };
        match connection.wait(&format!("Reading {}", job.name), looking) {
            Ok(seen) => {
                job.standing = standing(&seen)?;
                failed_reads = 0;
            }
            // Graph may be busy for a while.
            Err(error) if is_passing(&error) && failed_reads < MOST_FAILED_READS => {
                failed_reads += 1;
                failed = Some(error);
            }
            Err(error) => return Err(JobProblem::Lost { app: job.name.clone(), error }.into()),
        }
    }
}

fn look(arguments: &Arguments, job: &AppJob, connection: &Connection, screen: &Screen) -> (String, Exit) {
    let now = Timestamp::now();
    let (since, flags) = (now - RECENT, job.flags());
    let events = job.events(connection, since).map_err(|error| no_log(&error));
    let failures = events.map(|events| by_cause(&unhealed(&events)));
    let report = StatusReport {
        app: &job.name,
        flags: &flags,
        standing: &job.standing,
        failures: failures.as_deref().map_err(String::as_str),
        since,
        now,
    };
    let exit = if report.attention().is_empty() { Exit::Done } else { Exit::Findings };
    let page = match arguments.format {
        Form::Json if arguments.watch => report.json_line(),
        Form::Json => report.json(),
        _ => report.pretty(&screen.out),
    };
    (page, exit)
}
