//! `provlint pause` and `provlint restart`

use clap::{Args, ValueEnum};

use super::consent::Consent;
use super::exit::Exit;
use super::job::AppJob;
use super::live::Live;
use super::problem::Problem;
use super::screen::Screen;
use crate::operation::State;
use crate::report::counts;

/// Pause an app's provisioning.
///
/// Who comes isn't provisioned and who leaves isn't switched off, until provlint start. What is provisioned stays, and
/// so does what Entra knows of it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  provlint pause --app TOTAL")]
pub(super) struct PauseArguments {
    /// The app: its display name, object id or appId.
    #[arg(long, value_name = "NAME|ID")]
    app: String,

    #[command(flatten)]
    consent: Consent,

    #[command(flatten)]
    live: Live,
}

pub(super) fn pause(arguments: &PauseArguments, screen: &Screen) -> Result<Exit, Problem> {
    let connection = arguments.live.connect()?;
    let job = AppJob::find(&connection, &arguments.app)?;
    if matches!(job.standing.state, State::Paused | State::NotStarted | State::NotConfigured) {
        screen.print(&format!("Nothing to pause: provisioning of {} {}\n", job.name, job.standing.state.in_words()))?;
        return Ok(Exit::Done);
    }
    let question = format!("Provisioning of {} {}. Pause it?", job.name, job.standing.state.in_words());
    if !arguments.consent.is_given(&job.subject(), &question)? {
        return Ok(Exit::Findings);
    }
    let pausing = async { job.client(&connection).pause(&job.standing.job).await };
    connection.wait("Pausing", pausing).map_err(|error| job.refused("provisioning could not be paused", &error))?;
    screen.print(&format!("Provisioning of {} is told to pause; a cycle that runs may end first\n", job.name))?;
    Ok(Exit::Done)
}

/// Have an app's provisioning begin anew.
///
/// A full restart forgets whom Entra linked with whom and goes through everybody again, matching them anew: who isn't
/// found by the matching attributes is created a second time.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint restart --app TOTAL\n  provlint restart --app TOTAL --reset quarantine")]
pub(super) struct RestartArguments {
    /// The app: its display name, object id or appId.
    #[arg(long, value_name = "NAME|ID")]
    app: String,

    /// What is forgotten.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = Reset::Watermark)]
    reset: Reset,

    #[command(flatten)]
    consent: Consent,

    #[command(flatten)]
    live: Live,
}

/// What a restart forgets.
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjobrestartcriteria>
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reset {
    /// Everything: the links to objects at the app, errors, quarantine, and how far it came.
    Full,
    /// The errors that are kept for another try.
    Escrows,
    /// How far it came: everybody is gone through again, the links stay.
    Watermark,
    /// The quarantine.
    Quarantine,
}

impl Reset {
    /// Graph's word.
    fn in_graph(self) -> &'static str {
        match self {
            Reset::Full => "Full",
            Reset::Escrows => "Escrows",
            // What failed and what stands in quarantine would stay behind otherwise.
            Reset::Watermark => "Watermark, Escrows, QuarantineState",
            Reset::Quarantine => "QuarantineState",
        }
    }

    /// What follows, in a sentence.
    fn in_words(self) -> &'static str {
        match self {
            Reset::Full => {
                "Everybody is gone through and matched anew, as if they had never been provisioned: who isn't found by the \
                 matching attributes is created a second time."
            }
            Reset::Escrows => "What failed is tried again with the next cycle.",
            Reset::Watermark => {
                "Everybody is gone through again, the errors are tried again, and a quarantine ends. The links to objects at \
                 the app stay."
            }
            Reset::Quarantine => "The quarantine ends. What caused it should be mended first.",
        }
    }
}

pub(super) fn restart(arguments: &RestartArguments, screen: &Screen) -> Result<Exit, Problem> {
    let connection = arguments.live.connect()?;
    let job = AppJob::find(&connection, &arguments.app)?;
    let reset = arguments.reset;
    screen.print(&format!("{}\n", reset.in_words()))?;
    let now = counts(&job.standing);
    let question = format!("Provisioned by {} now: {now}. Restart provisioning?", job.name);
    if !arguments.consent.is_given(&job.subject(), &question)? {
        return Ok(Exit::Findings);
    }
    let restarting = async { job.client(&connection).restart(&job.standing.job, reset.in_graph()).await };
    connection
        .wait("Restarting", restarting)
        .map_err(|error| job.refused("provisioning could not be restarted", &error))?;
    screen.print(&format!(
        "Provisioning of {} is told to restart; provlint status --app {} shows how it fares\n",
        job.name, job.principal
    ))?;
    Ok(Exit::Done)
}
