//! `provlint pause` and `provlint restart`

use clap::{Args, ValueEnum};

use super::shared::advice::advice_to_write;
use super::shared::job::Which;
use super::shared::live::{Live, More};
use super::shared::ready::Running;
use super::terminal::consent::Consent;
use super::terminal::exit::Exit;
use super::terminal::problem::{Problem, joined, with_command};
use super::terminal::screen::Screen;
use crate::operation::State;
use crate::report::counts;
use crate::tenant::step::{Step, answered};

/// Pause an app's provisioning.
///
/// New users are not created and leavers are not disabled until provlint start. What is provisioned stays, and so does
/// what Entra knows of it. The exit code is 1 where you answer no.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  provlint pause --app TOTAL")]
pub(super) struct PauseArguments {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    consent: Consent,

    #[command(flatten)]
    live: Live,
}

pub(super) fn pause(arguments: &PauseArguments, screen: &Screen) -> Result<Exit, Problem> {
    let connection = arguments.live.connect()?;
    let job = arguments.which.find(&connection)?;
    let (name, state) = (&job.name, job.standing.state);
    if matches!(state, State::Paused | State::Off | State::NotStarted | State::NotConfigured) {
        screen.say(&format!("Nothing to pause: provisioning of {name} {}", state.in_words()))?;
        return Ok(Exit::Done);
    }
    let question = format!("Provisioning of {name} {}. Pause it?", state.in_words());
    if !arguments.consent.is_given(&job.subject(), &question)? {
        return Ok(Exit::Findings);
    }
    job.tell(&Step::Pause { job: job.standing.job.clone() }, &connection, screen)?;
    screen.say(&format!("Provisioning of {name} is paused; a cycle that runs may end first"))?;
    Ok(Exit::Done)
}

/// Have an app's provisioning begin anew.
///
/// A full restart forgets whom Entra linked with whom and goes through everybody again, matching them anew: who isn't
/// found by the matching attributes is created a second time. Errors stop it. A job that is off is started, not
/// restarted.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint restart --app TOTAL\n  provlint restart --app TOTAL --reset quarantine")]
pub(super) struct RestartArguments {
    #[command(flatten)]
    which: Which,

    /// What Entra resets before it begins anew.
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = Reset::Watermark)]
    reset: Reset,

    /// A group that must be assigned, instead of the policy's; may be repeated.
    #[arg(long = "group", value_name = "NAME|ID")]
    groups: Vec<String>,

    #[command(flatten)]
    running: Running,
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
    fn in_words(self, state: State) -> &'static str {
        let is_in_quarantine = state == State::Quarantine;
        match self {
            Reset::Full => {
                "Everybody is gone through and matched anew, as if they had never been provisioned: who isn't found by the \
                 matching attributes is created a second time."
            }
            Reset::Escrows => "What failed is tried again with the next cycle.",
            Reset::Watermark if is_in_quarantine => {
                "Everybody is gone through again, the errors are tried again, and the quarantine ends. The links to objects \
                 at the app stay."
            }
            Reset::Watermark => {
                "Everybody is gone through again, and the errors are tried again. The links to objects at the app stay."
            }
            Reset::Quarantine if is_in_quarantine => "The quarantine ends. What caused it should be mended first.",
            Reset::Quarantine => "The job is not in quarantine, so that there is nothing to end.",
        }
    }
}

pub(super) fn restart(arguments: &RestartArguments, screen: &Screen) -> Result<Exit, Problem> {
    let judge = arguments.running.requirements.judge(&arguments.groups, screen)?;
    let connection = arguments.running.live.connect()?;
    let job = arguments.which.find(&connection)?;
    let (name, state) = (&job.name, job.standing.state);
    if !state.is_on() && state != State::Paused {
        return Err(Problem::Usage {
            message: format!("{}: provisioning {}, so there is nothing to restart", job.subject(), state.in_words()),
            help: with_command("this starts it", &format!("provlint start {}", job.flags())),
        });
    }
    let live = job.read(&connection, &judge.policies, More::default())?;
    let reason = arguments.running.see(&judge, &live, &job, &arguments.groups, screen)?;
    let reset = arguments.reset;
    arguments.running.consent.show(&format!("{}\n", reset.in_words(state)), screen)?;
    let starts = if state == State::Paused { " This also ends the pause." } else { "" };
    let question = format!("Provisioned by {name} now: {}.{starts} Restart provisioning?", counts(&job.standing));
    if !arguments.running.is_agreed(&job, &question, "restarted", reason, screen)? {
        return Ok(Exit::Findings);
    }
    // Nothing that could be read proves a restart.
    let restarting = async { job.client(&connection).restart(&job.standing.job, reset.in_graph()).await };
    connection.wait("Restarting", restarting).map_err(|error| {
        let look = format!("it may be done all the same; {}", job.look());
        let advice = advice_to_write(&error);
        let known = matches!(error.status(), Some(400..=499));
        let help = joined([if known { "" } else { &look }, advice.as_str()]);
        Problem::Usage { message: format!("{}: the restart: {}", job.subject(), answered(&error)), help }
    })?;
    let look = format!("provlint status {} shows how it fares", job.flags());
    screen.say(&format!("Provisioning of {name} is told to restart; {look}"))?;
    Ok(Exit::Done)
}
