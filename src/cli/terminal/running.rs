//! Why a job was not found or not run, or why waiting for it ended: what happened, and what to do.

use super::advice::{advice_to_read_groups, advice_to_read_log, advice_to_write};
use crate::graph::GraphError;
use crate::operation::{GroupError, State};
use crate::rules::portal::{self, Page};
use crate::tenant::step::{Halted, Step, answered};
use crate::text::shell::{joined, with_command};

/// A command that could not do its work with a job. `app` is the app's name, `flags` are those with which another run
/// finds the job.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum JobProblem {
    #[error("{app} has no provisioning job")]
    NoJob { app: String, guide: String },
    #[error("{app} has no provisioning job {wanted}")]
    NoSuchJob { app: String, wanted: String, ids: Vec<String> },
    #[error("{app} has {} provisioning jobs", ids.len())]
    SeveralJobs { app: String, ids: Vec<String> },
    #[error("{app}: the schema of the job {job} could not be read: {reason}")]
    SchemaUnread { app: String, job: String, reason: String },
    #[error("graph:{app}: not {done}: {count} {} be fixed first", if *count == 1 { "problem must" } else { "problems must" })]
    NotReady { app: String, done: &'static str, count: usize, guide: String },
    #[error("{}", no_group(app, error, why_unread.as_deref()))]
    NoGroup {
        app: String,
        error: GroupError,
        /// Why the assignments could not be read.
        why_unread: Option<String>,
        /// The command that assigns the group.
        assign: String,
    },
    #[error("the members of {group} could not be read: {error}")]
    MembersUnread { group: String, error: GraphError },
    #[error("{user} is not a direct member of {group}")]
    NotMember { user: String, group: String },
    #[error("graph:{app}: the provisioning log could not be read: {error}")]
    LogUnread { app: String, error: GraphError },
    /// The job could not be read while it was watched.
    #[error("graph:{app}: {}: {error}", if error.status() == Some(404) { "the job no longer exists" } else { "the job could not be read; it continues to run" })]
    Lost { app: String, error: GraphError },
    #[error("graph:{app}: stopped waiting; the job continues to run")]
    WaitInterrupted { app: String, flags: String },
    #[error("graph:{app}: the cycle has not ended yet; the job continues to run")]
    WaitTooLong { app: String, flags: String },
    /// Ctrl-C while a start or pause was read back.
    #[error("graph:{app}: stopped waiting for {}; Graph may or may not have accepted it", step.what())]
    StepInterrupted { app: String, step: Step, flags: String },
    /// A start or pause that was not made, or could not be proved.
    #[error("graph:{app}: {}: {halted}", step.what())]
    StepHalted { app: String, step: Step, halted: Halted, flags: String },
    #[error("graph:{app}: provisioning {}, so there is nothing to restart", state.in_words())]
    NothingToRestart { app: String, state: State, flags: String },
    /// The job is not in quarantine because of too many deletions.
    #[error("graph:{app}: accidental deletion prevention holds no deletions back, so there is nothing to allow")]
    NothingHeldBack { app: String, flags: String },
    /// The log does not say who would be removed.
    #[error("graph:{app}: the provisioning log does not list the deletions that are held back (StagedDelete)")]
    HeldBackUnknown { app: String, flags: String },
    #[error("graph:{app}: the restart: {}", answered(error))]
    Restart { app: String, error: GraphError, flags: String },
    /// A call of provisioning on demand that failed.
    #[error("graph:{app}: call {call} of {calls}: {}{}", answered(error), if is_refusal(error) { "" } else { "; it may still have been carried out" })]
    Call { app: String, call: usize, calls: usize, error: GraphError, flags: String },
    /// Ctrl-C between or during calls of provisioning on demand.
    #[error("graph:{app}: stopped after {done} of {calls} calls; the next may still have been carried out")]
    CallsInterrupted { app: String, done: usize, calls: usize, flags: String },
}

/// Whether Graph's answer rules out that the request was carried out.
fn is_refusal(error: &GraphError) -> bool {
    matches!(error.status(), Some(400..=499))
}

fn no_group(app: &str, error: &GroupError, why_unread: Option<&str>) -> String {
    match error {
        GroupError::NoAssignments => {
            let why = why_unread.unwrap_or("no answer");
            format!("the groups that are assigned to {app} could not be read: {why}")
        }
        GroupError::NotAssigned { named, .. } => {
            format!("no group {named} is assigned to {app}, so Entra would skip it")
        }
        GroupError::Ambiguous { .. } => error.to_string(),
    }
}

/// What to do about a group that cannot be provisioned.
fn group_help(error: &GroupError, assign: &str) -> String {
    match error {
        GroupError::NoAssignments => with_command("this shows which permissions the token has", "provlint auth status"),
        GroupError::NotAssigned { assigned, .. } => {
            let assigned = match assigned.as_slice() {
                [] => "no group is assigned".to_owned(),
                names => format!("assigned groups: {}", names.join(", ")),
            };
            joined([assigned, with_command("this assigns the group", assign)])
        }
        GroupError::Ambiguous { ids, .. } => format!("use the object id of one of them: {}", ids.join(", ")),
    }
}

impl JobProblem {
    /// What to do.
    pub(in crate::cli) fn help(&self) -> String {
        let progress = |flags: &str| with_command("this shows its progress", &format!("provlint status {flags}"));
        let result = |flags: &str| with_command("this shows the result", &format!("provlint logs {flags}"));
        match self {
            JobProblem::NoJob { guide, .. } => with_command("this shows how to configure provisioning", guide),
            JobProblem::NoSuchJob { ids, .. } if ids.is_empty() => String::new(),
            JobProblem::NoSuchJob { ids, .. } => format!("available: {}", ids.join(", ")),
            JobProblem::SeveralJobs { ids, .. } => format!("choose one with --job: {}", ids.join(", ")),
            JobProblem::SchemaUnread { .. } => {
                "the schema of another job is not used instead; choose another job with --job".to_owned()
            }
            JobProblem::NotReady { guide, .. } => joined([
                "--force REASON continues despite the problems".to_owned(),
                with_command("this shows what to do", guide),
            ]),
            JobProblem::NoGroup { error, assign, .. } => group_help(error, assign),
            JobProblem::MembersUnread { error, .. } => advice_to_read_groups(error),
            JobProblem::NotMember { .. } => "access depends on membership: add the user to the group first".to_owned(),
            JobProblem::LogUnread { error, .. } => advice_to_read_log(error),
            JobProblem::Lost { error, .. } => advice_to_write(error),
            JobProblem::WaitInterrupted { flags, .. }
            | JobProblem::WaitTooLong { flags, .. }
            | JobProblem::StepInterrupted { flags, .. } => progress(flags),
            JobProblem::StepHalted { halted, flags, .. } => {
                let advice = halted.answer.as_ref().err().map(advice_to_write).unwrap_or_default();
                joined([if halted.is_final() { String::new() } else { progress(flags) }, advice])
            }
            JobProblem::NothingToRestart { flags, .. } => {
                with_command("this starts it", &format!("provlint start {flags}"))
            }
            JobProblem::NothingHeldBack { flags, .. } => {
                with_command("this shows the state of the job", &format!("provlint status {flags}"))
            }
            JobProblem::HeldBackUnknown { flags, .. } => joined([
                format!(
                    "nothing was changed, because who would be removed is unknown; the portal has {} under {}",
                    portal::allow_deletes(),
                    Page::Overview.path()
                ),
                with_command("this shows the log", &format!("provlint logs {flags} --since 30d")),
            ]),
            JobProblem::Restart { error, .. } if is_refusal(error) => advice_to_write(error),
            JobProblem::Restart { error, flags, .. } => {
                joined([format!("it may still have been carried out; {}", progress(flags)), advice_to_write(error)])
            }
            JobProblem::Call { error, .. } if is_refusal(error) => advice_to_write(error),
            JobProblem::Call { error, flags, .. } => joined([result(flags), advice_to_write(error)]),
            JobProblem::CallsInterrupted { flags, .. } => result(flags),
        }
    }
}
