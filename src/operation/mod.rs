//! What a job does, read from Graph's answers: its state, its cycles, single events, and provisioning on demand.
//! Nothing here sends requests or prints.

// What a server sends must not overflow, whatever it is. Tests compute with their own numbers.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod cause;
mod deviation;
mod event;
mod limit;
mod on_demand;
mod pace;
mod provision;
mod quarantine;
mod refusal;
mod standing;
mod watch;

pub use crate::model::State;
pub use cause::{CODES, Cause, Code, cause};
pub use deviation::{Deviation, deviations};
pub use event::{Event, Failures, RECENT, by_cause, unhealed};
pub use limit::{LIMITS, Limit};
pub use on_demand::{OnDemand, OnDemandError, OnDemandResult, PropertyChange, ProvisionedObject, ProvisioningStep};
pub use pace::Pace;
pub use provision::{Expectation, Group, GroupError, InScope, in_scope, is_id, rule_of, subjects, unmentioned};
pub use quarantine::{STAGED_DELETE, deadline_in_words, holds_deletions_back, reason_in_words};
pub use refusal::Refusal;
pub use standing::{Cycle, Quarantine, Standing, in_words, initial_cycle_minutes};
pub use watch::{Look, line, progress};
