//! What is done to a tenant, without a terminal.
//!
//! [`step`] makes one change and proves it by reading it back; [`order`] makes several, each proved before the
//! next; [`restore`] plans how an app becomes as in a backup. Also here: what follows for a running app from a change
//! ([`consequences`]), and what a schema must have before it may replace another ([`lacking`]).

mod consequence;
pub mod order;
pub mod restore;
pub mod step;
mod whole;

pub use consequence::{Touched, consequences};
pub use whole::{lacking, same_values};
