//! Searches an endpoint for a user that does not exist, with the right token and with a wrong one.
//!
//! Entra does the same for *Test Connection*:
//! <https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups>.

use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::answer::empty_list;
use crate::graph::{GraphError, Network, bearer, bounded, is_loopback, random_id, tls_error};
use crate::secret;

/// The media type of SCIM (RFC 7644, section 8.1).
const SCIM: &str = "application/scim+json";
/// The feature flag that Entra reads from the tenant URL and does not send.
const FLAG: &str = "aadOptscim062020";

/// A tenant URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(Url);

/// Why a token cannot be sent to a tenant URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is not a URL.
    #[error("`{0}` is not a URL")]
    NotAUrl(String),
    /// It is not https, and not an address of this machine.
    #[error("`{0}` is not https; the token would be sent unencrypted")]
    Open(String),
    /// It holds a user name or password.
    #[error("the tenant URL holds a user name or password; provlint sends only the token")]
    Credentials,
}

impl Endpoint {
    /// Parses a tenant URL as entered in the portal, with or without Entra's feature flag.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub fn new(typed: &str) -> Result<Self, EndpointError> {
        let mut url = Url::parse(typed.trim()).map_err(|_| EndpointError::NotAUrl(secret::mask_url(typed)))?;
        let Some(host) = url.host_str().map(str::to_owned) else {
            return Err(EndpointError::NotAUrl(secret::mask_url(typed)));
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::Credentials);
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&host)) {
            return Err(EndpointError::Open(secret::mask_url(typed)));
        }
        url.set_fragment(None);
        if url.query().is_some_and(|query| query.eq_ignore_ascii_case(FLAG)) {
            url.set_query(None);
        }
        Ok(Endpoint(url))
    }

    /// The query for a user whose attribute has that value.
    fn query(&self, attribute: &str, value: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/Users", self.0.path().trim_end_matches('/')));
        url.query_pairs_mut().append_pair("filter", &format!("{attribute} eq \"{value}\""));
        url
    }

    fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it should be.
    Passed,
    /// Entra accepts it, but it should be fixed.
    Warning,
    /// Entra's test would fail, or the endpoint is not secure.
    Failed,
    /// It could not be determined.
    Unknown,
}

impl Verdict {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Warning => "warning",
            Verdict::Failed => "failed",
            Verdict::Unknown => "unknown",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// `token`, `tls`, `status`, `content-type`, `list-response` or `wrong-token`.
    pub name: &'static str,
    /// Its result.
    pub verdict: Verdict,
    /// What was found.
    pub said: String,
    /// What to do, or what to ask of the vendor; empty if there is nothing to do.
    pub advice: String,
}

/// Why an endpoint could not be tested.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProbeError {
    /// The token has characters that a header cannot have.
    #[error("the token has characters that cannot be sent")]
    Token,
    /// It cannot be reached.
    #[error(transparent)]
    Network(#[from] GraphError),
}

/// The answer of an endpoint.
struct Answer {
    status: u16,
    kind: String,
    location: Option<String>,
    body: Vec<u8>,
}

/// Sends the query with the token, and with a wrong one. `attribute` is the one by which Entra matches users.
///
/// # Errors
/// When the endpoint cannot be reached.
pub async fn probe(
    endpoint: &Endpoint,
    token: &SecretString,
    attribute: &str,
    network: &Network,
    now: Timestamp,
) -> Result<Vec<Check>, ProbeError> {
    let mut steps = Vec::new();
    let typed = token.expose_secret();
    match secret::malformed(typed, now) {
        Some(wrong) => steps.push(step(
            "token",
            Verdict::Failed,
            format!("the token {wrong}"),
            "enter only the token itself, as the vendor shows it, or create a new one",
        )),
        None => steps.push(step("token", Verdict::Passed, "the token is well-formed", "")),
    }
    let bare = SecretString::from(secret::bare(typed));
    let answer = match ask(endpoint, &bare, attribute, network).await? {
        Ok(answer) => answer,
        Err(reason) => {
            steps.push(step(
                "tls",
                Verdict::Failed,
                format!("no secure connection to {}: {reason}", endpoint.host()),
                "ask the vendor for a certificate of a public authority for this host, and for TLS 1.2 or later",
            ));
            return Ok(steps);
        }
    };
    if endpoint.0.scheme() == "https" {
        let said = "the connection is secure, with a trusted certificate";
        steps.push(step("tls", Verdict::Passed, said, ""));
    }
    steps.push(status(&answer));
    if answer.status == 200 {
        steps.push(content_type(&answer));
        steps.push(match empty_list(&answer.body) {
            Ok(()) => step("list-response", Verdict::Passed, "a ListResponse without resources", ""),
            Err(wrong) => step(
                "list-response",
                Verdict::Failed,
                wrong,
                "ask the vendor for a ListResponse as in RFC 7644, section 3.4.2, with totalResults 0 if no user matches",
            ),
        });
    }
    steps.push(match answer.status {
        200 => wrong_token(ask(endpoint, &SecretString::from(random_id()), attribute, network).await?),
        _ => step("wrong-token", Verdict::Unknown, "not tested, because the right token is not accepted", ""),
    });
    Ok(steps)
}

fn step(name: &'static str, verdict: Verdict, said: impl Into<String>, advice: &str) -> Check {
    Check { name, verdict, said: said.into(), advice: advice.to_owned() }
}

fn status(answer: &Answer) -> Check {
    let name = reqwest::StatusCode::from_u16(answer.status).ok().and_then(|status| status.canonical_reason());
    let said = format!("{} {}", answer.status, name.unwrap_or_default()).trim_end().to_owned();
    let advice = match answer.status {
        200 => return step("status", Verdict::Passed, said, ""),
        300..400 => {
            let to = answer.location.as_deref().unwrap_or("another place");
            let said = format!("{said}: a redirect to {to}; the token is not sent there");
            return step("status", Verdict::Failed, said, "use a tenant URL that answers without a redirect");
        }
        401 | 403 => "the token is not accepted: check that it is the right one and still valid, or create a new one",
        404 => {
            "Entra appends /Users to the tenant URL: check that the URL ends before it; if it does, ask the vendor \
             to answer a query that matches no user with 200 and an empty list"
        }
        400 => "ask the vendor to support filters like `userName eq \"…\"` (RFC 7644, section 3.4.2.2)",
        500.. => "ask the vendor: the endpoint fails",
        _ => "ask the vendor to answer a query that matches no user with 200 and an empty list",
    };
    step("status", Verdict::Failed, said, advice)
}

fn content_type(answer: &Answer) -> Check {
    let media = answer.kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media.as_str() {
        SCIM => step("content-type", Verdict::Passed, SCIM, ""),
        "application/json" => step(
            "content-type",
            Verdict::Warning,
            "application/json",
            "ask the vendor for application/scim+json, as RFC 7644 requires (section 3.1)",
        ),
        "" => step("content-type", Verdict::Failed, "none", "ask the vendor for application/scim+json"),
        other => step(
            "content-type",
            Verdict::Failed,
            other,
            "the answer does not come from a SCIM endpoint, but for example from a sign-in page: check the tenant URL",
        ),
    }
}

fn wrong_token(answer: Result<Answer, String>) -> Check {
    match answer {
        Ok(Answer { status: 401, .. }) => step("wrong-token", Verdict::Passed, "401 Unauthorized, as it should be", ""),
        Ok(Answer { status: 403, .. }) => {
            step("wrong-token", Verdict::Warning, "403 Forbidden", "ask the vendor for 401 (RFC 7644, section 3.12)")
        }
        Ok(Answer { status: 200..300, .. }) => step(
            "wrong-token",
            Verdict::Failed,
            "an invented token is accepted: anyone can read and change the app's users",
            "report this to the vendor at once, and do not provision to this endpoint until it rejects wrong tokens",
        ),
        Ok(Answer { status, .. }) => step(
            "wrong-token",
            Verdict::Warning,
            format!("{status}"),
            "ask the vendor to reject wrong tokens with 401 (RFC 7644, section 3.12)",
        ),
        Err(reason) => step("wrong-token", Verdict::Unknown, reason, ""),
    }
}

/// Sends the query once; the inner error is that of a connection that is not secure.
async fn ask(
    endpoint: &Endpoint,
    token: &SecretString,
    attribute: &str,
    network: &Network,
) -> Result<Result<Answer, String>, ProbeError> {
    let authorization = bearer(token).ok_or(ProbeError::Token)?;
    // Plain http stays on this machine: a proxy would see the token.
    let http = network.http(endpoint.0.scheme() == "https")?;
    let request = http
        .get(endpoint.query(attribute, &random_id()))
        .header(AUTHORIZATION, authorization)
        .header(ACCEPT, SCIM)
        .header(CONTENT_TYPE, SCIM);
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) => {
            return match tls_error(&error) {
                Some(reason) => Ok(Err(reason)),
                None => Err(GraphError::of_transport(endpoint.host(), &error).into()),
            };
        }
    };
    let status = response.status().as_u16();
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(secret::mask_shapes);
    let (kind, location) = (text(CONTENT_TYPE).unwrap_or_default(), text(LOCATION));
    let body = bounded(response).await?;
    let body = body.map_err(|error| GraphError::of_transport(endpoint.host(), &error))?;
    Ok(Ok(Answer { status, kind, location, body }))
}
