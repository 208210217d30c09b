//! `provlint status`

use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::shared::cycle::{MOST_UNSEEN, is_passing};
use super::shared::format::one_of;
use super::shared::job::{AppJob, Which, no_log, standing};
use super::shared::live::{Connection, Live};
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::{Screen, can_be_cleared, clear};
use crate::operation::{by_cause, unhealed};
use crate::report::{Form, Offered, PAGE_FORMS, StatusReport};

/// How far back failures are looked for.
pub(super) const LATELY: SignedDuration = SignedDuration::from_hours(24);

/// Show where an app's provisioning stands.
///
/// Whether it is on, when it ran and when it runs next, who is provisioned, what is in quarantine and until when, what
/// failed in the last day and what helps. The exit code is 1 where it needs attention.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint status --app TOTAL\n  provlint status --app TOTAL --watch")]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,

    /// Show it again and again, until Ctrl-C.
    #[arg(long)]
    watch: bool,

    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,

    /// The form of the output.
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static Form,

    #[command(flatten)]
    live: Live,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let connection = arguments.live.connect()?;
    let mut job = arguments.which.find(&connection)?;
    let (mut unseen, mut failed) = (0, None);
    loop {
        let (page, exit) = look(arguments, &job, &connection, screen);
        if arguments.watch && *arguments.format != Form::Json && can_be_cleared(&std::io::stdout()) {
            // Back to the top, and away with what was there.
            clear()?;
        }
        screen.print(&page)?;
        if let Some(error) = failed.take() {
            // What is shown is what was seen last.
            screen.remark(&format!("the job could not be looked at: {error}"));
        }
        if !arguments.watch {
            return Ok(exit);
        }
        // Ctrl-C ends the program here as anywhere.
        std::thread::sleep(Duration::from_secs(arguments.every));
        let looking = async { job.client(&connection).job(&job.standing.job).await };
        match connection.wait(&format!("Reading {}", job.name), looking) {
            Ok(seen) => {
                job.standing = standing(&seen)?;
                unseen = 0;
            }
            // Graph may be busy for a while.
            Err(error) if is_passing(&error) && unseen < MOST_UNSEEN => {
                unseen += 1;
                failed = Some(error);
            }
            Err(error) => return Err(job.refused("the job could not be looked at", &error)),
        }
    }
}

fn look(arguments: &Arguments, job: &AppJob, connection: &Connection, screen: &Screen) -> (String, Exit) {
    let now = Timestamp::now();
    let (since, flags) = (now - LATELY, job.flags());
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
