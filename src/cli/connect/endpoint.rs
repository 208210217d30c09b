//! The endpoint is asked what Entra's test asks.

use jiff::Timestamp;

use super::Arguments;
use super::steps::Plan;
use crate::check::Judge;
use crate::cli::shared::live::runtime;
use crate::cli::shared::schema_text::SchemaText;
use crate::cli::terminal::advice::advice;
use crate::cli::terminal::connecting::ConnectProblem;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::graph::LiveApp;
use crate::model::ObjectKind;
use crate::report::ProbeReport;
use crate::scim::{Endpoint, ProbeError, TokenError, Verdict, client_token, probe};
use crate::secret::mask_url;
use crate::tenant::connection::Credential;

/// What to check if a token endpoint gives no token.
const CLIENT: &str = "check client ID, client secret and token endpoint. Graph has no setting for a scope, so the token endpoint \
                      must issue tokens to requests without one";

/// What Entra searches for.
pub(super) struct Searched {
    /// The attribute that users are matched on.
    attribute: String,
    /// Whether groups are provisioned.
    groups: bool,
}

impl Searched {
    /// What the mappings of an app say; without a job, they are those of its template, which are not read.
    pub(super) fn of(live: &LiveApp, judge: &Judge) -> Result<Self, Problem> {
        let schema = SchemaText { name: live.name.clone(), text: live.to_exact_text() };
        let (one, policies) = (schema.one()?, &judge.policies);
        let attribute = one.with_plan(policies, ObjectKind::User, |plan, _| plan.first_matching().map(str::to_owned));
        // A policy without groups switches their mapping off before provisioning is started.
        let groups = one.with_plan(policies, ObjectKind::Group, |plan, policy| {
            plan.is_enabled() && policy.group.enabled != Some(false)
        });
        Ok(Searched {
            attribute: attribute.ok().flatten().unwrap_or_else(|| "userName".to_owned()),
            groups: groups.unwrap_or_default(),
        })
    }
}

impl Arguments {
    /// Asks the endpoint what Entra's Test Connection asks; for an OAuth2 client with a first token, which is then saved too.
    pub(super) fn ask_endpoint(&self, plan: &mut Plan, searched: &Searched, screen: &Screen) -> Result<(), Problem> {
        let app = plan.app.clone();
        let unasked = |reason: String, help: String| ConnectProblem::Unasked { app: app.clone(), reason, help };
        let endpoint = |url: &str| Endpoint::new(url).map_err(|error| unasked(error.to_string(), String::new()));
        let network = self.graph.network();
        let token = match &mut plan.wanted.credential {
            Credential::Token(token) => token.clone(),
            Credential::Client(client) => {
                let issuer = endpoint(&client.token_endpoint)?;
                let asking = client_token(&issuer, &client.id, &client.secret, &network);
                let token = runtime()?.block_on(asking).map_err(|error| match error {
                    TokenError::Network(error) => unasked(error.to_string(), advice(&error)),
                    error => unasked(error.to_string(), CLIENT.to_owned()),
                })?;
                client.first = Some((token.clone(), Timestamp::now()));
                screen.remark(&format!(
                    "the token endpoint {} issues tokens to the client",
                    mask_url(&client.token_endpoint)
                ));
                token
            }
        };
        plan.settings = plan.wanted.settings(&plan.before);
        let asked = endpoint(&plan.wanted.tenant_url)?;
        let asking = probe(&asked, &token, &searched.attribute, searched.groups, &network, Timestamp::now());
        let checks = runtime()?.block_on(asking).map_err(|error| match error {
            ProbeError::Network(error) => unasked(error.to_string(), advice(&error)),
            error => unasked(error.to_string(), String::new()),
        })?;
        let url = mask_url(&plan.wanted.tenant_url);
        screen.print(&ProbeReport { url: &url, steps: &checks }.pretty())?;
        if checks.iter().any(|check| check.verdict == Verdict::Failed) {
            return Err(ConnectProblem::Endpoint { app }.into());
        }
        Ok(())
    }
}
