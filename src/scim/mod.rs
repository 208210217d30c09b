//! Tests a SCIM endpoint: with the requests of Entra's *Test Connection*, or with all that Entra would send.

// What a server sends must not overflow, whatever it is. Tests compute with their own numbers.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod answer;
mod client_token;
mod endpoint;
mod probe;
pub mod rehearsal;

pub use answer::Answer;
pub use client_token::{TokenError, client_token};
pub use endpoint::{Endpoint, EndpointError};
pub use probe::{Check, ProbeError, Verdict, probe};
