//! Why an app was not connected: what happened, what stands where, and the next command.

use std::fmt;

use super::advice::{advice, advice_to_write};
use crate::graph::GraphError;
use crate::model::Authentication;
use crate::report::counted;
use crate::rules::portal::{self, Page};
use crate::tenant::step::{Halted, Stopped, TenantState, answered};
use crate::text::shell::{Command, Help, with_command};

/// A connection that was not made. `app` is the app's name.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ConnectProblem {
    /// Rules found errors in what was typed.
    #[error("graph:{app}: not connected: {} what was typed must be fixed first", counted(*count, "mistake in"))]
    Typed { app: String, count: usize },
    /// The endpoint does not answer as Entra requires.
    #[error("graph:{app}: not connected: the endpoint does not answer as Entra requires")]
    Endpoint { app: String },
    /// The endpoint could not be asked.
    #[error("graph:{app}: not connected: {reason}")]
    Unasked { app: String, reason: String, help: String },
    /// Graph has no documented settings for this way of signing in to the app.
    #[error("graph:{app}: not connected: Graph cannot configure {way} for Entra's sign-in to an app")]
    OnlyInPortal { app: String, way: Authentication },
    #[error("{app} has no provisioning job, and offers no template to create one from")]
    NoTemplate { app: String },
    #[error("{app} offers {} templates for a provisioning job", ids.len())]
    SeveralTemplates { app: String, ids: Vec<String> },
    #[error("{app} does not offer the template {wanted}")]
    NoSuchTemplate { app: String, wanted: String, ids: Vec<String> },
    /// What is there now could not be read, so that it cannot be kept.
    #[error("graph:{app}: not connected: {part} could not be read: {reason}")]
    Unread { app: String, part: &'static str, reason: String },
    #[error("graph:{app}: not connected: the templates of the app could not be read: {error}")]
    TemplatesUnread { app: String, error: GraphError },
    #[error("graph:{app}: {what}", what = of_stop(&stop.step, &stop.why))]
    Stopped { app: String, stop: Box<Stop> },
}

/// Where the work stopped.
#[derive(Debug)]
pub(in crate::cli) struct Stop {
    pub(in crate::cli) step: ConnectStep,
    pub(in crate::cli) why: Why,
    /// The id of the job that this run created.
    pub(in crate::cli) created: Option<String>,
    /// Whether a connection was saved before.
    pub(in crate::cli) was_connected: bool,
    /// The command that tries again.
    pub(in crate::cli) again: Command,
    /// The command that compares the app with the backup.
    pub(in crate::cli) diff: Command,
}

/// A step that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ConnectStep {
    /// Creating the job.
    Job,
    /// Entra's test of the new credentials.
    Test,
    /// Saving them.
    Save,
}

/// Why a step failed.
#[derive(Debug)]
pub(in crate::cli) enum Why {
    /// It was not made, or could not be verified.
    Stopped(Stopped),
    /// The app rejects the new credentials: Graph's code and message.
    Rejected(String),
    /// Entra could not test the new credentials.
    Untested(GraphError),
    /// Ctrl-C; whether a request of the step was sent that may have changed the tenant.
    Interrupted { sent: bool },
}

impl Why {
    /// The change that was attempted, if one was.
    fn halted(&self) -> Option<&Halted> {
        match self {
            Why::Stopped(Stopped::Halted(halted)) => Some(halted),
            _ => None,
        }
    }
}

impl fmt::Display for ConnectStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            ConnectStep::Job => "creating the provisioning job",
            ConnectStep::Test => "testing the new credentials",
            ConnectStep::Save => "saving the connection",
        })
    }
}

fn of_stop(step: &ConnectStep, why: &Why) -> String {
    match why {
        Why::Stopped(Stopped::Halted(halted)) => format!("{step}: {halted}"),
        Why::Stopped(Stopped::Changed(differences)) => {
            format!("nothing was sent for {step}: the app changed since it was read: {}", differences.join(", "))
        }
        Why::Stopped(Stopped::Unread(error)) => format!("nothing was sent for {step}: reading the app again: {error}"),
        Why::Rejected(reason) => format!("Entra's test of the new credentials failed: {reason}"),
        Why::Untested(error) => format!("Entra did not test the new credentials: {}", answered(error)),
        Why::Interrupted { sent: true } => {
            format!("stopped while {step}; Graph may or may not have accepted it")
        }
        Why::Interrupted { sent: false } => format!("stopped while {step}, before anything was sent for it"),
    }
}

impl ConnectProblem {
    /// What to do.
    pub(in crate::cli) fn help(&self) -> Help {
        let help = Help::default();
        match self {
            ConnectProblem::Typed { .. } => help.sentence(
                "nothing was sent to the app; correct it, or set the severity of a rule in the policy if the vendor requires this",
            ),
            ConnectProblem::Endpoint { .. } => help.sentence(
                "nothing was changed in Entra. Correct the tenant URL or the token, or ask the vendor; --no-probe leaves this \
                 test out, and Entra's own test still follows",
            ),
            ConnectProblem::Unasked { help: advice, .. } => help.sentence(advice.clone()).sentence(
                "nothing was changed in Entra; --no-probe leaves this test out, for an endpoint that only Entra reaches",
            ),
            ConnectProblem::OnlyInPortal { way, .. } => {
                let federation = match way {
                    Authentication::Federation => format!(", {}", portal::choose_federation()),
                    _ => String::new(),
                };
                help.sentence(format!(
                    "nothing was changed. Use the portal: {}{federation}. --auth-method bearer saves a secret token instead",
                    Page::Connectivity.path()
                ))
            }
            ConnectProblem::NoTemplate { .. } => help.sentence(format!(
                "Entra cannot provision to an app that was created under App registrations. Create a second app, which is not in \
                 the gallery, then connect that one. {}",
                portal::new_app()
            )),
            ConnectProblem::SeveralTemplates { ids, .. } | ConnectProblem::NoSuchTemplate { ids, .. } => {
                help.sentence(format!("choose one with --template: {}", ids.join(", ")))
            }
            ConnectProblem::Unread { .. } => help.sentence(
                "nothing was changed: what is saved now must be known, so that it can be kept. provlint auth status shows what \
                 the token may read",
            ),
            ConnectProblem::TemplatesUnread { error, .. } => help.sentence(advice(error)),
            ConnectProblem::Stopped { stop, .. } => stop.help(),
        }
    }
}

impl Stop {
    fn help(&self) -> Help {
        let mut help = Help::default();
        if let Some(job) = &self.created {
            help = help.sentence(format!("the provisioning job {job} was created; it is off and provisions nothing"));
        }
        help = help.sentence(self.stands());
        let advice = match &self.why {
            Why::Stopped(Stopped::Halted(halted)) => halted.answer.as_ref().err().map(|error| match is_not_allowed(error) {
                true => format!(
                    "Graph does not accept one of these settings for this app. Enter the credentials in the portal: {}",
                    Page::Connectivity.path()
                ),
                false => advice_to_write(error),
            }),
            Why::Stopped(Stopped::Unread(error)) => Some(advice(error)),
            Why::Untested(error) => Some(advice_to_write(error)),
            Why::Rejected(_) => {
                Some("check the tenant URL and the token with the vendor; provlint probe shows more".to_owned())
            }
            Why::Stopped(Stopped::Changed(_)) => {
                Some("someone else may have saved this: review it before you try again".to_owned())
            }
            Why::Interrupted { .. } => None,
        };
        help = help.sentence(advice.unwrap_or_default());
        if self.step == ConnectStep::Save && self.why.halted().is_some_and(lost) {
            help = help.commands("this compares the app with the backup", [&self.diff]);
        }
        help.commands("this tries again", [&self.again])
    }

    /// What is saved now.
    fn stands(&self) -> String {
        let halted = self.why.halted();
        let is_sent = match &self.why {
            Why::Interrupted { sent } => *sent,
            _ => halted.is_some_and(|halted| !halted.is_final()),
        };
        match (self.step, is_sent, self.was_connected) {
            (ConnectStep::Save, true, _) if halted.is_some_and(lost) => {
                return format!(
                    "the backup has the previous settings except the credentials: enter what is gone or different again under {}",
                    Page::Connectivity.path()
                );
            }
            (ConnectStep::Save, true, true) => {
                "the previous or the new credentials are saved. Keep the previous ones valid until a run of this command succeeds"
            }
            (ConnectStep::Save, true, false) => {
                "the new connection may be saved; the job is off, so nothing is provisioned"
            }
            (ConnectStep::Job, true, _) => "the job may have been created; it would be off and provision nothing",
            (_, _, true) => "the saved connection is unchanged, so Entra continues to use the previous credentials",
            (_, _, false) => "no connection is saved",
        }
        .to_owned()
    }
}

/// Whether Graph refuses a setting for this app, as Microsoft's own onboarding reports of `Oauth2TokenExchangeUri`.
/// <https://github.com/AzureAD/SCIMReferenceCode> (scim-onboarding.agent.md, 2026-11-30)
fn is_not_allowed(error: &GraphError) -> bool {
    matches!(error, GraphError::Status { code, .. } if code == "NotInAllowList")
}

/// Whether settings differ from what was there and from what was sent.
fn lost(halted: &Halted) -> bool {
    matches!(halted.state, TenantState::Otherwise(_))
}

/// A hint with the next command.
pub(in crate::cli) fn next(command: &str) -> String {
    with_command("Next", command)
}

/// A hint with the command that shows what is left to do.
pub(in crate::cli) fn what_is_left(guide: &str) -> String {
    with_command("What is left to do", guide)
}
