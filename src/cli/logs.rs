//! `provlint logs`

use std::io::IsTerminal;

use clap::Args;
use jiff::{SignedDuration, Span, Timestamp};

use super::shared::format::one_of;
use super::shared::job::Which;
use super::shared::live::Live;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::running::JobProblem;
use super::terminal::screen::Screen;
use crate::report::{EventReport, Form, LOG_FORMS};

/// Show an app's provisioning log
///
/// Lists every event, then the failures grouped by cause, with remedies. In a pipe each event is a line of JSON. Entra
/// keeps the log for 30 days, or 7 days without a premium licence.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  provlint logs --app TOTAL --since 2h\n  provlint logs --app TOTAL --failed --since 7d\n  \
                        provlint logs --app TOTAL --format jsonl | jq .who"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,

    /// How far back to look: 30m, 24h, 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = since)]
    since: SignedDuration,

    /// Show only failures
    #[arg(long)]
    failed: bool,

    /// Show only this action: create, update, disable, delete, StagedDelete
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,

    /// Format of the output [default: pretty, or jsonl in a pipe]
    #[arg(long, value_name = "FORMAT", value_parser = one_of(LOG_FORMS))]
    format: Option<&'static Form>,

    #[command(flatten)]
    live: Live,
}

/// The longest that Entra keeps the log.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

fn since(typed: &str) -> Result<SignedDuration, String> {
    let span = typed.parse::<Span>().ok();
    let duration = span.and_then(|span| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok());
    let duration = duration.filter(|duration| *duration > SignedDuration::ZERO && *duration <= LONGEST);
    duration.ok_or_else(|| "use a time up to 31d, such as 30m, 24h or 7d: Entra keeps the log for 30 days".to_owned())
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let connection = arguments.live.connect()?;
    let job = arguments.which.find(&connection)?;
    let events = job.events(&connection, Timestamp::now() - arguments.since);
    let mut events = events.map_err(|error| JobProblem::LogUnread { app: job.name.clone(), error })?;
    events.retain(|event| event.failed() || !arguments.failed);
    let wanted = arguments.action.as_deref();
    events.retain(|event| wanted.is_none_or(|wanted| event.action.eq_ignore_ascii_case(wanted)));
    let report = EventReport { events: &events };
    let usual = &LOG_FORMS[if std::io::stdout().is_terminal() { 0 } else { 1 }];
    screen.print(&match arguments.format.unwrap_or(usual) {
        Form::JsonLines => report.json_lines(),
        _ => report.pretty(&screen.out),
    })?;
    Ok(Exit::Done)
}
