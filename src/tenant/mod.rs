//! Changes to a tenant, without a terminal.
//!
//! [`send`] makes one change ([`step`]) and verifies it by reading it back; [`order`] makes several, each verified before
//! the next; [`restore`] plans how an app is restored from a backup; [`connect`] connects an app. Also here: the consequences of a change for a running
//! app ([`consequences`]), and what a schema must have before it may replace another ([`lacking`]).

// What a server sends must not overflow, whatever it is. Tests compute with their own numbers.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

pub mod connect;
pub mod connection;
mod consequence;
pub mod known;
pub mod order;
pub mod restore;
pub mod send;
mod state;
pub mod step;
mod touched;
mod whole;

pub use consequence::consequences;
pub use touched::Touched;
pub use whole::{lacking, same_values};
