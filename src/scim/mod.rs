//! Tests a SCIM endpoint with the requests of Entra's *Test Connection*.

mod answer;
mod probe;

pub use probe::{Check, Endpoint, EndpointError, ProbeError, Verdict, probe};
