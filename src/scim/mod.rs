//! A SCIM endpoint, asked as Entra's *Test Connection* asks it.

mod answer;
mod probe;

pub use probe::{Check, Endpoint, EndpointError, ProbeError, Verdict, probe};
