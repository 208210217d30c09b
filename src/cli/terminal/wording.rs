//! Typed failures of a tenant in words: what happened, and what to do.

use std::io;

use super::advice::{PIPE_TOKEN, advice, advice_to_write, no_network, no_token};
use super::problem::Problem;
use crate::graph::{AppError, AzureCli, CLOUDS, Candidate, GraphError, Need, RootError, SignInError};
use crate::model::TenantChange;
use crate::rules::portal::Page;
use crate::tenant::order::OrderError;
use crate::tenant::restore::RestoreError;
use crate::tenant::step::{Halted, Step, TenantState};
use crate::text::shell::{Command, Help, with_command};

/// A failure of Microsoft Graph, or on the way to it.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum GraphProblem {
    #[error("{}", of_app(host, error))]
    App { host: String, error: AppError },
    #[error("there is no user {user}")]
    NoUser { user: String, help: String },
    #[error("{error}")]
    UserForbidden { error: GraphError },
    #[error("{0}")]
    Network(GraphError),
    #[error("{}", of_sign_in(.0))]
    SignIn(SignInError),
    #[error("{0}")]
    Root(RootError),
    #[error("standard input holds no token")]
    NoToken,
    #[error("the connection could not be set up: {0}")]
    Runtime(io::Error),
}

fn of_app(host: &str, error: &AppError) -> String {
    match error {
        AppError::Graph(error) => format!("{host}: {error}"),
        error => error.to_string(),
    }
}

fn of_sign_in(error: &SignInError) -> String {
    match error {
        SignInError::AzureCli { state: AzureCli::NotInstalled, .. } => {
            "there is no token for Microsoft Graph, and the Azure CLI is not installed, or not on the PATH".to_owned()
        }
        SignInError::AzureCli { state: AzureCli::SignedOut, .. } => {
            "there is no token for Microsoft Graph, and no account is signed in to the Azure CLI".to_owned()
        }
        SignInError::AzureCli { state: AzureCli::SignedIn, reason } => {
            format!("the account that is signed in to the Azure CLI gets no token for Microsoft Graph: {reason}")
        }
        error => error.to_string(),
    }
}

impl GraphProblem {
    /// What to do.
    pub(in crate::cli) fn help(&self) -> String {
        match self {
            GraphProblem::App { error, .. } => to_find(error),
            GraphProblem::NoUser { help, .. } => help.clone(),
            GraphProblem::UserForbidden { .. } => Need::Users.to_grant(),
            GraphProblem::Network(_) => no_network(),
            GraphProblem::SignIn(error) => no_token(error),
            GraphProblem::Root(_) => {
                format!("the root looks like {}; plain http is for this machine only", CLOUDS[0].1)
            }
            GraphProblem::NoToken => PIPE_TOKEN.to_owned(),
            GraphProblem::Runtime(_) => String::new(),
        }
    }
}

/// How to find an app.
fn to_find(error: &AppError) -> String {
    let list = |candidates: &[Candidate]| {
        let named = candidates.iter().map(|app| format!("{} ({})", app.display_name, app.id));
        named.collect::<Vec<_>>().join(", ")
    };
    match error {
        AppError::Missing { candidates, .. } if candidates.is_empty() => {
            "give the display name as the portal shows it, the object id of the enterprise application, or its appId"
                .to_owned()
        }
        AppError::Missing { candidates, .. } => format!("similar names: {}", list(candidates)),
        AppError::Ambiguous { candidates, .. } => format!("give the object id of one of them: {}", list(candidates)),
        AppError::Graph(error) => advice(error),
    }
}

/// Changes of an app that failed, all or some of them.
#[derive(Debug, thiserror::Error)]
#[error("graph:{app}: {}", of_order(error, *.begun))]
pub(in crate::cli) struct Unfinished {
    /// The app's name.
    pub(in crate::cli) app: String,
    /// Why.
    pub(in crate::cli) error: OrderError,
    /// Whether the order was checked and backed up, so that changes began.
    pub(in crate::cli) begun: bool,
    /// The changes that were made and read back.
    pub(in crate::cli) done: Vec<String>,
    /// The changes after the one that failed.
    pub(in crate::cli) unattempted: Vec<String>,
    /// The command that undoes what changed, or may have.
    pub(in crate::cli) restore: Option<Command>,
    /// The commands that start provisioning again, if it was paused.
    pub(in crate::cli) start: Vec<Command>,
    /// The command that shows whether a change has taken effect since.
    pub(in crate::cli) diff: Option<Command>,
    /// The command that saves the app's credential again; `None` if only the portal can.
    pub(in crate::cli) connect: Option<Command>,
    /// The command that does the same again: what is made already is not made twice.
    pub(in crate::cli) again: Option<Command>,
}

fn of_order(error: &OrderError, begun: bool) -> String {
    match error {
        OrderError::Halted { .. } => error.to_string(),
        OrderError::Changed { step, .. } | OrderError::Unread { step, .. } if begun => {
            format!("{} was not written: {error}", step.what())
        }
        OrderError::Interrupted { .. } if begun => error.to_string(),
        _ => format!("nothing was written: {error}"),
    }
}

const UNTOUCHED: &str = "nothing in the tenant was changed, so the backup is not needed";

impl Unfinished {
    /// What to do.
    pub(in crate::cli) fn help(&self) -> Help {
        let help = match self.done.as_slice() {
            [] => Help::default(),
            done => Help::default().sentence(format!("written before that, and read back: {}", done.join(", "))),
        };
        let help = match self.unattempted.as_slice() {
            [] => help,
            left => help.sentence(format!("not written: {}", left.join(", "))),
        };
        let help = match &self.error {
            OrderError::Changed { .. } => {
                let help = help.sentence("someone else may have saved this: review it before you try again");
                help.commands("this compares it with the backup", &self.diff)
            }
            OrderError::Unread { error, .. } => help.sentence(advice(error)),
            // A comparison with the backup does not show a pause.
            OrderError::Interrupted { step: Step::Pause { .. }, sent: true } => help,
            OrderError::Interrupted { sent: true, .. } => {
                help.commands("this shows whether it was written", &self.diff)
            }
            OrderError::Interrupted { .. } if self.begun && self.done.is_empty() => help.sentence(UNTOUCHED),
            OrderError::Interrupted { .. } | OrderError::Stopped => help,
            OrderError::Halted { step, halted } => self.after(help, step, halted),
        };
        help.commands("this restores the state before", &self.restore)
            .commands("provisioning stays paused; this starts it", &self.start)
            .commands("this tries again", &self.again)
    }

    /// What to do after a step that was not made, or could not be proved.
    fn after(&self, mut help: Help, step: &Step, halted: &Halted) -> Help {
        let is_final = halted.is_final();
        if is_final && self.done.is_empty() {
            help = help.sentence(UNTOUCHED);
        }
        if matches!(halted.state, TenantState::AsBefore) && !is_final {
            help = help.commands("the change may still come; this shows whether it has", &self.diff);
        }
        let page = Page::Connectivity.path();
        match (&halted.state, &self.connect) {
            (TenantState::Lost(_), connect) => {
                help = help.sentence("Entra cannot sign in to the app until its credential is saved again");
                help = match connect {
                    Some(connect) => help.commands("this has Entra test it, and saves it", [connect]),
                    None => help.sentence(format!("enter it under {page}")),
                };
            }
            (TenantState::Otherwise(_), _) if matches!(step, Step::Tenant(TenantChange::Setting { .. })) => {
                help = help.sentence(format!(
                    "enter what is gone or different again under {page}; the backup has all but the credentials"
                ));
            }
            _ => {}
        }
        help.sentence(halted.answer.as_ref().err().map(advice_to_write).unwrap_or_default())
    }
}

/// A file or app that was not fixed, or not completely.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum FixProblem {
    /// Everything else is done. `reason` names the fix and what is missing.
    #[error("graph:{app}: {reason}")]
    Incomplete { app: String, reason: String },
    #[error("graph:{app}: Graph returned only a part of the schema, without {part}")]
    PartialSchema { app: String, part: String },
    /// `check` is the command that checks the app.
    #[error("graph:{app} is written and read back, but could not be checked again: {problem}")]
    NotCheckedAgain { app: String, problem: Box<Problem>, check: String },
    /// `failed` is an app before it, whose error may occur with this app too.
    #[error("{app} was not changed, because {failed} failed")]
    NotAttempted { app: String, failed: String },
    #[error("{name}: no patch is possible: {reason}")]
    NoPatch { name: String, reason: NoPatch },
}

/// Why the changes of a file cannot be shown as a patch.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum NoPatch {
    #[error("it is UTF-16, which patches do not support")]
    Utf16,
    #[error("it would show a credential")]
    Credential,
    #[error("it is not a file")]
    NoFile,
    #[error("{0}")]
    Path(io::Error),
    #[error("it is outside the working directory")]
    Outside,
    #[error("its name is not UTF-8")]
    Name,
}

impl FixProblem {
    /// What to do.
    pub(in crate::cli) fn help(&self) -> String {
        match self {
            FixProblem::Incomplete { .. } => {
                "provlint auth status shows what the token may read; --ignore skips a rule".to_owned()
            }
            FixProblem::PartialSchema { .. } => {
                "nothing was written, because a write replaces the whole schema; run the command again".to_owned()
            }
            FixProblem::NotCheckedAgain { check, .. } => with_command("this does", check),
            FixProblem::NotAttempted { .. } => String::new(),
            FixProblem::NoPatch { .. } => "the other formats show the same changes".to_owned(),
        }
    }
}

/// What to do if a backup cannot be restored.
pub(super) fn to_restore(error: &RestoreError) -> &'static str {
    match error {
        RestoreError::Spelling { .. } | RestoreError::Incomplete { .. } => {
            "export it again, complete: with Download in the portal, or with provlint export"
        }
        RestoreError::OtherApp { .. } | RestoreError::UnknownApp { .. } => {
            "check that this app has the same attributes, then accept the backup with --from-another-app"
        }
        RestoreError::NoJob { .. } => "provlint auth status shows what the token may read",
        RestoreError::NoSchema { .. } => "the snapshot says in `unread` what could not be read",
        RestoreError::OtherJob { .. } => "--from-another-app accepts it for the app's only job",
    }
}
