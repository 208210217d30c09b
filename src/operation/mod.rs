//! What a running job does, told from what Graph says of it: its standing, its cycles, single events, and what came of
//! provisioning on demand. Nothing here asks Graph or prints.

mod cause;
mod deviation;
mod event;
mod on_demand;
mod pace;
mod quarantine;
mod standing;

pub use crate::model::State;
pub use cause::{Cause, cause};
pub use deviation::{Deviation, deviations};
pub use event::{Event, Failures, by_cause, unhealed};
pub use on_demand::{OnDemand, OnDemandError, OnDemandResult, PropertyChange, ProvisionedObject, ProvisioningStep};
pub use pace::{MEMBERS, Pace};
pub use quarantine::{days_left, reason_in_words};
pub use standing::{Cycle, Quarantine, Standing, in_words, initial_cycle_minutes};
