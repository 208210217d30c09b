//! Sign-in of a GitHub workflow with a token that GitHub issues.

use std::fmt;

use azure_core::error::{Error, ErrorKind};
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use secrecy::{ExposeSecret, SecretString};

use super::Root;
use super::network::bounded;

/// The audience of a token that GitHub issues for Entra.
/// <https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-azure>
const GITHUB_AUDIENCE: &str = "api://AzureADTokenExchange";

/// A running workflow.
pub(super) struct Workflow {
    pub(super) http: reqwest::Client,
    /// The URL where GitHub issues its tokens, and the credential for it.
    pub(super) url: String,
    pub(super) token: SecretString,
}

impl fmt::Debug for Workflow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Workflow")
    }
}

#[async_trait::async_trait]
impl ClientAssertion for Workflow {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let refused = |reason: String| Error::with_message(ErrorKind::Credential, format!("GitHub: {reason}"));
        let mut url = reqwest::Url::parse(&self.url).map_err(|error| refused(error.to_string()))?;
        // A token is sent over https or to this machine only.
        if Root::new(&url.origin().ascii_serialization()).is_err() {
            return Err(refused("ACTIONS_ID_TOKEN_REQUEST_URL is not https".into()));
        }
        url.query_pairs_mut().append_pair("audience", GITHUB_AUDIENCE);
        let request = self.http.get(url).bearer_auth(self.token.expose_secret());
        let answer = request.send().await.map_err(|error| refused(error.without_url().to_string()))?;
        if !answer.status().is_success() {
            return Err(refused(format!("{}; the job needs `permissions: id-token: write`", answer.status())));
        }
        let body = bounded(answer).await.map_err(|error| refused(error.to_string()))?;
        let body = body.map_err(|error| refused(error.without_url().to_string()))?;
        let body: serde_json::Value = serde_json::from_slice(&body).map_err(|error| refused(error.to_string()))?;
        body["value"].as_str().map(str::to_owned).ok_or_else(|| refused("the answer contains no token".into()))
    }
}
