//! The endpoint is asked what Entra's test asks.

use jiff::Timestamp;

use super::Arguments;
use super::steps::Plan;
use crate::cli::shared::endpoint::Searched;
use crate::cli::shared::live::runtime;
use crate::cli::terminal::advice::advice;
use crate::cli::terminal::connecting::ConnectProblem;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::report::ProbeReport;
use crate::scim::{Endpoint, ProbeError, TokenError, Verdict, client_token, probe};
use crate::secret::mask_url;
use crate::tenant::connection::Credential;

/// What to check if a token endpoint gives no token.
const CLIENT: &str = "check client ID, client secret and token endpoint. Graph has no setting for a scope, so the token endpoint \
                      must issue tokens to requests without one";

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
        let attribute = searched.attribute.as_deref().unwrap_or("userName");
        let asking = probe(&asked, &token, attribute, searched.groups == Some(true), &network, Timestamp::now());
        let checks = runtime()?.block_on(asking).map_err(|error| match error {
            ProbeError::Network(error) => unasked(error.to_string(), advice(&error)),
            error => unasked(error.to_string(), String::new()),
        })?;
        let url = mask_url(&plan.wanted.tenant_url);
        screen.print(&ProbeReport { url: &url, steps: &checks }.pretty())?;
        // Entra's test accepts an app without groups, and their mapping can be switched off before the start.
        if checks.iter().any(|check| check.verdict == Verdict::Failed && check.name != "groups") {
            return Err(ConnectProblem::Endpoint { app }.into());
        }
        Ok(())
    }
}
