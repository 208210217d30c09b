//! The tenant URL of an endpoint, as it is typed.

use crate::cli::terminal::problem::Problem;
use crate::scim::Endpoint;

pub(in crate::cli) fn endpoint(typed: &str) -> Result<Endpoint, Problem> {
    Endpoint::new(typed).map_err(|error| Problem::Usage {
        message: error.to_string(),
        help: "give the tenant URL as in the portal, https://…; plain http is accepted for this machine only".into(),
    })
}
