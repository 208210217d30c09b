//! Gets an access token from an app's token endpoint, as Entra does for an OAuth2 client.

use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::form_urlencoded;

use super::Endpoint;
use crate::graph::{GraphError, Network, bounded, tls_error};
use crate::secret::{mask_shapes, never_show};
use crate::text::{one_line, shortened};

/// Why a token endpoint gave no token.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TokenError {
    /// It refused the client.
    #[error("the token endpoint answered {status}{said}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error that it names, after a colon.
        said: String,
    },
    /// Its answer has no token that Entra can present.
    #[error("the token endpoint answered {0}")]
    NoToken(&'static str),
    /// The connection is not secure.
    #[error("no secure connection to {host}: {reason}")]
    Tls {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// It cannot be reached.
    #[error(transparent)]
    Network(#[from] GraphError),
}

/// Where the credentials of a client stand in a request (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Location {
    Header,
    Body,
}

/// Gets a token for a client (RFC 6749, section 4.4). Its credentials are sent in the header; if the endpoint refuses that, in
/// the body, as some endpoints require.
///
/// # Errors
/// See [`TokenError`].
pub async fn client_token(
    endpoint: &Endpoint,
    id: &str,
    secret: &SecretString,
    network: &Network,
) -> Result<SecretString, TokenError> {
    match ask(endpoint, id, secret, network, Location::Header).await {
        Err(TokenError::Refused { status: 400 | 401, .. }) => ask(endpoint, id, secret, network, Location::Body).await,
        answer => answer,
    }
}

async fn ask(
    endpoint: &Endpoint,
    id: &str,
    secret: &SecretString,
    network: &Network,
    location: Location,
) -> Result<SecretString, TokenError> {
    // The endpoint may send the secret back.
    never_show(secret.expose_secret());
    let (url, host) = (endpoint.base().clone(), endpoint.host());
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    let mut request = network.http(endpoint.is_https())?.post(url);
    match location {
        Location::Header => request = request.header(AUTHORIZATION, basic(id, secret)?),
        Location::Body => {
            form.append_pair("client_id", id).append_pair("client_secret", secret.expose_secret());
        }
    }
    let request =
        request.header("content-type", "application/x-www-form-urlencoded").header("accept", "application/json");
    let response = request.body(form.finish()).send().await.map_err(|error| match tls_error(&error) {
        Some(reason) => TokenError::Tls { host: host.to_owned(), reason },
        None => GraphError::of_transport(host, &error).into(),
    })?;
    let status = response.status();
    let body = bounded(response).await?.map_err(|error| GraphError::of_transport(host, &error))?;
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    if !status.is_success() {
        let named = ["error", "error_description"].map(|key| answer[key].as_str().unwrap_or_default());
        let named: Vec<&str> = named.into_iter().filter(|part| !part.is_empty()).collect();
        let said = mask_shapes(&one_line(&named.join(": ")));
        let said = if said.is_empty() { said } else { format!(": {}", shortened(&said)) };
        return Err(TokenError::Refused { status: status.as_u16(), said });
    }
    let token = answer["access_token"].as_str().filter(|token| !token.is_empty());
    let token = token.ok_or(TokenError::NoToken("without an access token"))?;
    never_show(token);
    match answer["token_type"].as_str() {
        Some(kind) if kind.eq_ignore_ascii_case("bearer") => Ok(SecretString::from(token)),
        _ => Err(TokenError::NoToken("with a token of another type than Bearer, which Entra cannot present")),
    }
}

/// The header with the client's credentials, each encoded as in a form.
fn basic(id: &str, secret: &SecretString) -> Result<HeaderValue, TokenError> {
    use base64::Engine;
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = SecretString::from(format!("{}:{}", encoded(id), encoded(secret.expose_secret())));
    let text = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair.expose_secret()));
    never_show(&text["Basic ".len()..]);
    let value = HeaderValue::from_str(&text);
    let mut value = value.map_err(|_| TokenError::NoToken("nothing: the client cannot be named in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}
