//! The endpoint of an app: its tenant URL as it is typed, and what Entra searches it for.

use super::policies::Policies;
use crate::check::{CheckError, One};
use crate::cli::terminal::problem::Problem;
use crate::model::ObjectKind;
use crate::scim::Endpoint;

pub(in crate::cli) fn endpoint(typed: &str) -> Result<Endpoint, Problem> {
    Endpoint::new(typed).map_err(|error| Problem::Usage {
        message: error.to_string(),
        help: "give the tenant URL as in the portal, https://…; plain http is accepted for this machine only".into(),
    })
}

/// What Entra searches an endpoint for.
#[derive(Debug, Default)]
pub(in crate::cli) struct Searched {
    /// The attribute that users are matched on.
    pub(in crate::cli) attribute: Option<String>,
    /// Whether groups are provisioned; `None` where nothing says so.
    pub(in crate::cli) groups: Option<bool>,
}

impl Searched {
    /// What the mappings of a schema say. A policy without groups has their mapping switched off before anything starts.
    pub(in crate::cli) fn by(one: &One<'_>, policies: &Policies) -> Result<Self, CheckError> {
        let attribute =
            one.with_plan(policies, ObjectKind::User, |plan, _| plan.first_matching().map(str::to_owned))?;
        let groups = one.with_plan(policies, ObjectKind::Group, |plan, policy| {
            plan.is_enabled() && policy.group.enabled != Some(false)
        });
        let groups = match groups {
            Ok(are_provisioned) => are_provisioned,
            Err(CheckError::NoMapping { .. }) => false,
            Err(error) => return Err(error),
        };
        Ok(Searched { attribute, groups: Some(groups) })
    }
}
