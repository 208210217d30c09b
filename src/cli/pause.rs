//! `provlint pause` and `provlint restart`

use std::collections::HashSet;

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use super::shared::job::{AppJob, Which};
use super::shared::live::{Connection, Live, More};
use super::shared::ready::Running;
use super::terminal::consent::Consent;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::running::JobProblem;
use super::terminal::screen::Screen;
use crate::operation::{Event, STAGED_DELETE, State};
use crate::report::counted;
use crate::tenant::step::Step;

/// Pause an app's provisioning
///
/// New users are not created and leavers are not disabled until provlint start. Provisioned objects, and Entra's links to
/// them, are kept. The exit code is 1 if you answer no.
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
    if !arguments.consent.is_given(&job.subject(), &question, || job.destination(&connection))? {
        return Ok(Exit::Findings);
    }
    job.carry_out(Step::Pause { job: job.standing.job.clone() }, &connection, screen)?;
    screen.say(&format!("Provisioning of {name} is paused; a cycle that is running may finish first"))?;
    Ok(Exit::Done)
}

/// Restart an app's provisioning
///
/// A full restart removes the links between objects in Entra and in the app, then evaluates and matches all objects again:
/// objects that the matching attributes do not find are created a second time. Does not restart if the check finds
/// errors. A job that is off has to be started, not restarted. --reset force-deletes, with --unsafe, allows the deletions
/// that accidental deletion prevention holds back, as Allow deletes does in the portal; it lists them first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint restart --app TOTAL\n  provlint restart --app TOTAL --reset quarantine")]
pub(super) struct RestartArguments {
    #[command(flatten)]
    which: Which,

    /// What Entra resets
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = Reset::Watermark)]
    reset: Reset,

    /// Accept a reset that removes users and groups from the app
    #[arg(long = "unsafe")]
    allow_unsafe: bool,

    /// Group that must be assigned, instead of the policy's groups; may be repeated
    #[arg(long = "group", value_name = "NAME|ID")]
    groups: Vec<String>,

    #[command(flatten)]
    running: Running,
}

/// What a restart resets.
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjobrestartcriteria>
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reset {
    /// Everything: links to objects in the app, failed objects, quarantine, and progress
    Full,
    /// Objects that failed and will be retried
    Escrows,
    /// Progress: all objects are evaluated again, links are kept
    Watermark,
    /// The quarantine
    Quarantine,
    /// Nothing; Entra makes the deletions that it holds back (Allow deletes in the portal)
    ForceDeletes,
}

/// What a restart means while accidental deletion prevention holds deletions back.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions>
fn held_back(flags: &str) -> String {
    format!(
        "Accidental deletion prevention holds deletions back. A restart does not decide about them: unless the users and groups \
         are assigned and in scope again, Entra tries to remove them again.\n\
         These are waiting: provlint logs {flags} --action StagedDelete\n\
         Let Entra remove them: provlint restart {flags} --reset force-deletes --unsafe\n"
    )
}

impl Reset {
    /// Graph's word.
    fn in_graph(self) -> &'static str {
        match self {
            Reset::Full => "Full",
            Reset::Escrows => "Escrows",
            // Without these, failed objects and the quarantine would remain.
            Reset::Watermark => "Watermark, Escrows, QuarantineState",
            Reset::Quarantine => "QuarantineState",
            Reset::ForceDeletes => "ForceDeletes",
        }
    }

    /// The effect of the restart, in words.
    fn in_words(self, state: State) -> &'static str {
        let is_in_quarantine = state == State::Quarantine;
        match self {
            Reset::Full => {
                "All objects are evaluated and matched again, as if they had never been provisioned: objects that the \
                 matching attributes do not find are created a second time."
            }
            Reset::Escrows => "Failed objects are retried in the next cycle.",
            Reset::Watermark if is_in_quarantine => {
                "All objects are evaluated again, failed objects are retried, and the quarantine ends. The links to objects \
                 in the app are kept."
            }
            Reset::Watermark => {
                "All objects are evaluated again, and failed objects are retried. The links to objects in the app are kept."
            }
            Reset::Quarantine if is_in_quarantine => "The quarantine ends. Fix its cause first.",
            Reset::Quarantine => "The job is not in quarantine, so there is nothing to end.",
            Reset::ForceDeletes => "Entra disables or deletes these users and groups in the app.",
        }
    }
}

pub(super) fn restart(arguments: &RestartArguments, screen: &Screen) -> Result<Exit, Problem> {
    let judge = arguments.running.requirements.judge(&arguments.groups, screen)?;
    let connection = arguments.running.live.connect()?;
    let job = arguments.which.find(&connection)?;
    judge.expect_chosen(&job.name)?;
    let (name, state) = (&job.name, job.standing.state);
    if !state.is_on() && state != State::Paused {
        return Err(JobProblem::NothingToRestart { app: name.clone(), state, flags: job.flags() }.into());
    }
    let reset = arguments.reset;
    let held = match reset {
        Reset::ForceDeletes => Some(arguments.held_back(&job, &connection)?),
        _ => None,
    };
    let live = job.read(&connection, &judge.policies, More::default())?;
    let reason = arguments.running.expect_ready(&judge, &live, &job, &arguments.groups, "restarted", screen)?;
    if let Some(held) = &held {
        arguments.running.consent.show(&held.iter().map(|who| format!("  {who}\n")).collect::<String>(), screen)?;
    } else if job.standing.holds_deletions_back() {
        arguments.running.consent.show(&held_back(&job.flags()), screen)?;
    }
    arguments.running.consent.show(&format!("{}\n", reset.in_words(state)), screen)?;
    let starts = if state == State::Paused { " This also ends the pause." } else { "" };
    let question = match &held {
        Some(held) => format!("Let Entra remove {} from {name}?", counted(held.len(), "user or group")),
        None => format!("Provisioned by {name} now: {}.{starts} Restart provisioning?", job.standing.counts_in_words()),
    };
    if !arguments.running.is_agreed((&job, &connection), &question, "restarted", reason, screen)? {
        return Ok(Exit::Findings);
    }
    // Nothing that can be read back proves a restart.
    let restarting = async { job.client(&connection).restart(&job.standing.job, reset.in_graph()).await };
    let requested = connection.wait("Restarting", restarting);
    requested.map_err(|error| JobProblem::Restart { app: name.clone(), error, flags: job.flags() })?;
    let look = format!("provlint status {} shows its progress", job.flags());
    screen.say(&format!("Restart of provisioning of {name} requested; {look}"))?;
    Ok(Exit::Done)
}

impl RestartArguments {
    /// The users and groups whose deletion accidental deletion prevention holds back, each once.
    /// <https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions>
    fn held_back(&self, job: &AppJob, connection: &Connection) -> Result<Vec<String>, Problem> {
        let app = || job.name.clone();
        if !job.standing.holds_deletions_back() || job.standing.state != State::Quarantine {
            return Err(JobProblem::NothingHeldBack { app: app(), flags: job.flags() }.into());
        }
        if !self.allow_unsafe {
            return Err(Problem::Usage {
                message: "--reset force-deletes removes users and groups from the app, so it requires --unsafe"
                    .to_owned(),
                help: format!(
                    "decide first: provlint logs {} --since 7d shows the events StagedDelete. If the users and groups should \
                     stay, assign them again, or bring them back into scope",
                    job.flags()
                ),
            });
        }
        let events = job.events(connection, Timestamp::now() - KEPT);
        let events = events.map_err(|error| JobProblem::LogUnread { app: app(), error })?;
        let since = job.standing.quarantine.as_ref().and_then(|quarantine| quarantine.since);
        // The cycle that held them back began before the quarantine.
        let since = since.and_then(|since| since.checked_sub(SignedDuration::from_hours(24)).ok());
        let is_held = |event: &&Event| {
            STAGED.iter().any(|action| event.action.eq_ignore_ascii_case(action))
                && since.is_none_or(|since| event.time.is_none_or(|time| time >= since))
        };
        let mut seen = HashSet::new();
        let named = |event: &Event| {
            let kind = event.kind.as_ref().map(|kind| format!("{} ", kind.to_lowercase())).unwrap_or_default();
            format!("{kind}{}", event.who)
        };
        let held: Vec<String> =
            events.iter().filter(is_held).map(named).filter(|who| seen.insert(who.clone())).collect();
        if held.is_empty() {
            return Err(JobProblem::HeldBackUnknown { app: app(), flags: job.flags() }.into());
        }
        Ok(held)
    }
}

/// The actions of the log under which Entra lists what it holds back.
const STAGED: [&str; 2] = [STAGED_DELETE, "StagedAction"];
/// As far back as Entra keeps the log.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
