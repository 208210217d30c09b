//! Sign-in of a person with a code, in a browser on any machine.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code>

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::time::{Duration, OffsetDateTime};
use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, ClientId, DeviceAuthorizationUrl, HttpRequest, HttpResponse, RequestTokenError, Scope,
    StandardDeviceAuthorizationResponse, TokenResponse, TokenUrl,
};

use super::issuer::within_limits;
use super::network::{bounded, innermost};
use super::{GraphError, random_id};

/// The app that a person signs in to with a code.
pub(super) struct DeviceCode {
    http: Transport,
    client: ClientId,
    codes: DeviceAuthorizationUrl,
    tokens: TokenUrl,
    /// Shows the person the code.
    tell: fn(&str),
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DeviceCode").field("client", &self.client).finish_non_exhaustive()
    }
}

impl DeviceCode {
    pub(super) fn new(
        http: reqwest::Client,
        authority: &str,
        tenant: &str,
        client: String,
        tell: fn(&str),
    ) -> Result<Arc<Self>, String> {
        let url = |end: &str| format!("{}/{tenant}/oauth2/v2.0/{end}", authority.trim_end_matches('/'));
        if !authority.starts_with("https://") {
            return Err(format!("{authority} is not https"));
        }
        Ok(Arc::new(DeviceCode {
            http: Transport(http),
            client: ClientId::new(client),
            codes: DeviceAuthorizationUrl::new(url("devicecode")).map_err(|error| error.to_string())?,
            tokens: TokenUrl::new(url("token")).map_err(|error| error.to_string())?,
            tell,
        }))
    }

    async fn sign_in(&self, scope: &str) -> Result<AccessToken, String> {
        let client = BasicClient::new(self.client.clone())
            .set_device_authorization_url(self.codes.clone())
            .set_token_uri(self.tokens.clone())
            // A public client sends its id in the form.
            .set_auth_type(oauth2::AuthType::RequestBody);
        let code: StandardDeviceAuthorizationResponse = client
            .exchange_device_code()
            .add_scope(Scope::new(scope.to_owned()))
            .request_async(&self.http)
            .await
            .map_err(|error| said(&error))?;
        let (place, code_text) = (code.verification_uri().as_str(), code.user_code().secret());
        (self.tell)(&format!("to sign in, open {place} in a browser and enter the code {code_text}"));
        let token = client
            .exchange_device_access_token(&code)
            .request_async(&self.http, tokio::time::sleep, None)
            .await
            .map_err(|error| said(&error))?;
        let lasts = token.expires_in().and_then(|lasts| Duration::try_from(lasts).ok()).unwrap_or_default();
        Ok(AccessToken::new(token.access_token().secret().clone(), OffsetDateTime::now_utc().saturating_add(lasts)))
    }
}

/// The shared HTTP client, adapted to the library.
struct Transport(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Transport {
    type Error = GraphError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, GraphError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let host = request.uri().host().unwrap_or_default().to_owned();
            let mut request =
                reqwest::Request::try_from(request).map_err(|error| GraphError::Setup(innermost(&error)))?;
            if let Ok(id) = random_id().parse() {
                request.headers_mut().insert("client-request-id", id);
            }
            let response = self.0.execute(request).await.map_err(|error| GraphError::of_transport(&host, &error))?;
            let (status, headers) = (response.status(), response.headers().clone());
            let body = bounded(response).await?.map_err(|error| GraphError::of_transport(&host, &error))?;
            let mut answer = HttpResponse::new(within_limits(body));
            *answer.status_mut() = status;
            *answer.headers_mut() = headers;
            Ok(answer)
        })
    }
}

/// The error without the request, which holds the code.
fn said<T: oauth2::ErrorResponse + fmt::Display>(error: &RequestTokenError<GraphError, T>) -> String {
    match error {
        RequestTokenError::ServerResponse(refusal) => refusal.to_string(),
        RequestTokenError::Request(error) => error.to_string(),
        RequestTokenError::Parse(..) => "the answer is not that of a sign-in".into(),
        RequestTokenError::Other(reason) => reason.clone(),
    }
}

#[async_trait]
impl TokenCredential for DeviceCode {
    async fn get_token(&self, scopes: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        self.sign_in(&scopes.join(" ")).await.map_err(|reason| Error::with_message(ErrorKind::Credential, reason))
    }
}
