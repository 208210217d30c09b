//! Changes of a tenant, each made once and verified by reading it back.
//!
//! An answer alone proves nothing: an error may follow a change that was made, and a success may come before the change
//! shows. So after every change the tenant is read until it shows the change, and the report says what was read.

use std::fmt;
use std::time::Duration;

use crate::graph::GraphError;
use crate::model::TenantChange;

/// How long to wait until a change is visible, and how often to read.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The longest wait in total.
    pub longest: Duration,
    /// The pause before the second read; every later pause is twice as long as the one before.
    pub first_pause: Duration,
    /// The longest pause between two reads.
    pub longest_pause: Duration,
}

impl Patience {
    /// The usual patience, where nothing may wait longer than `longest`.
    pub fn within(longest: Duration) -> Self {
        Patience {
            longest: longest.min(Duration::from_secs(60)),
            // Most changes show at once; Graph's replicas take up to half a minute.
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(8),
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Start a job.
    Start {
        /// The job's id.
        job: String,
    },
    /// Pause a job.
    Pause {
        /// The job's id.
        job: String,
    },
    /// Replace a job's schema.
    Schema {
        /// The job's id.
        job: String,
        /// The complete schema as it was read.
        before: String,
        /// The complete new schema.
        after: String,
    },
    /// Change something outside the schema.
    Tenant(TenantChange),
}

impl Step {
    /// The name of the step in messages.
    pub fn what(&self) -> String {
        match self {
            Step::Start { .. } => "the start".to_owned(),
            Step::Pause { .. } => "the pause".to_owned(),
            Step::Schema { .. } => "the schema".to_owned(),
            Step::Tenant(TenantChange::Setting { key, .. }) => format!("the setting {key}"),
            Step::Tenant(TenantChange::Assign { name, group, .. }) => {
                format!("the assignment of {}", name.as_ref().unwrap_or(group))
            }
            Step::Tenant(TenantChange::Unassign { name, .. }) => format!("removing the assignment of {name}"),
        }
    }
}

/// The state of the tenant after a change was attempted.
#[derive(Clone, Debug)]
pub enum TenantState {
    /// The state before; the change was not even attempted.
    Untouched,
    /// The state before the change.
    AsBefore,
    /// The state that was written.
    AsWritten,
    /// Neither of these: the deviations from what was written, in words.
    Otherwise(Vec<String>),
    /// What was written is there, but a credential that was there before is gone: the deviations, in words.
    Lost(Vec<String>),
    /// What can be read is as written, but a credential may be the one before: Graph masks both.
    Masked,
    /// Unknown, because reading it failed.
    Unknown(GraphError),
}

/// A change that was made and read back.
#[derive(Clone, Debug)]
pub struct Proved {
    /// The error that Graph answered although it made the change.
    pub despite: Option<GraphError>,
    /// Whether Graph stored parts of a schema that no mapping reads in another form than they were sent.
    pub altered: bool,
}

/// A change that was not made, or could not be verified.
#[derive(Clone, Debug)]
pub struct Halted {
    /// Graph's answer to the change.
    pub answer: Result<(), GraphError>,
    /// The state of the tenant.
    pub state: TenantState,
}

impl Halted {
    /// Whether the change cannot show later: it was not attempted, or Graph refused it and the old state is still there.
    pub fn is_final(&self) -> bool {
        match (&self.answer, &self.state) {
            (_, TenantState::Untouched) => true,
            (Err(error), TenantState::AsBefore) => is_refusal(error),
            _ => false,
        }
    }
}

/// Whether an error means that Graph did not make the change and will not make it later.
pub(super) fn is_refusal(error: &GraphError) -> bool {
    error.status().is_some_and(|status| (400..500).contains(&status) && !matches!(status, 408 | 409 | 499))
}

/// Why a step was not carried out.
#[derive(Clone, Debug)]
pub enum Stopped {
    /// What it replaces is not what was read: the differences, in words. It was not sent.
    Changed(Vec<String>),
    /// What it replaces could not be read again. It was not sent.
    Unread(GraphError),
    /// It was not made, or could not be verified.
    Halted(Box<Halted>),
}

impl From<Halted> for Stopped {
    fn from(halted: Halted) -> Self {
        Stopped::Halted(Box::new(halted))
    }
}

impl Stopped {
    /// The same as the result of a step that replaces nothing.
    pub fn into_halted(self) -> Halted {
        match self {
            Stopped::Halted(halted) => *halted,
            Stopped::Unread(error) => Halted { answer: Err(error), state: TenantState::Untouched },
            Stopped::Changed(differences) => Halted { answer: Ok(()), state: TenantState::Otherwise(differences) },
        }
    }
}

impl fmt::Display for Halted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.answer, &self.state) {
            (Err(error), TenantState::Untouched) => write!(formatter, "not attempted: {error}"),
            (Err(error), state) => write!(formatter, "{}; {state}", answered(error)),
            (Ok(()), state) => write!(formatter, "Graph accepted it; {state}"),
        }
    }
}

/// Graph's answer to a change, in words.
pub fn answered(error: &GraphError) -> String {
    if error.status().is_some() { format!("Graph answered {error}") } else { format!("no answer: {error}") }
}

/// The first of several differences, and the number of the others.
pub(super) fn listed(differences: &[String]) -> String {
    let shown: Vec<&str> = differences.iter().take(5).map(String::as_str).collect();
    let more = match differences.len().saturating_sub(5) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

impl fmt::Display for TenantState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TenantState::Untouched => formatter.write_str("nothing was written"),
            TenantState::AsBefore => formatter.write_str("read back, it is unchanged"),
            TenantState::AsWritten => formatter.write_str("read back, it is as written"),
            TenantState::Otherwise(differences) => {
                write!(formatter, "read back, it is neither as before nor as written: {}", listed(differences))
            }
            TenantState::Lost(differences) => {
                write!(formatter, "read back, it is as written, but a credential is lost: {}", listed(differences))
            }
            TenantState::Masked => {
                formatter.write_str("read back, it does not show which credentials are saved, because Graph masks them")
            }
            TenantState::Unknown(error) => write!(formatter, "its current state is unknown: {error}"),
        }
    }
}
