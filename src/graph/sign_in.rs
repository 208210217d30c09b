//! Sign-in with Entra ID: chooses a way that the environment offers, and gets a token with it.
//!
//! The credentials themselves are those of `azure_identity`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions, Transport};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzurePipelinesCredential, AzurePipelinesCredentialOptions,
    ClientAssertionCredential, ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};
use secrecy::{ExposeSecret, SecretString};

use super::azure_cli::AzureCli;
use super::certificate::Certificate;
use super::child::Guarded;
use super::device_code::DeviceCode;
use super::issuer::Issuer;
use super::network::{Limits, Network, innermost};
use super::workflow::Workflow;
use super::{GraphError, Root};
use crate::secret::{mask_shapes, never_show};

/// The metadata service of machines in Azure.
/// <https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service>
const METADATA_SERVICE: &str = "169.254.169.254:80";
/// In Azure it answers within a millisecond or two.
const METADATA_WAIT: Duration = Duration::from_millis(500);
const METADATA_ANSWER: Duration = Duration::from_secs(2);

/// A way to sign in, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInKind {
    /// An app with a client secret.
    ClientSecret,
    /// An app with a certificate.
    Certificate,
    /// An app that trusts tokens of another issuer, in a file.
    FederatedToken,
    /// An app that trusts a GitHub workflow.
    GithubActions,
    /// An app that trusts a service connection of Azure Pipelines.
    AzurePipelines,
    /// The identity of a machine in Azure.
    ManagedIdentity,
    /// The user who is signed in to the Azure CLI.
    AzureCli,
    /// A person, in a browser on any machine; only on request.
    DeviceCode,
}

impl SignInKind {
    /// All of them, in the order in which they are tried.
    pub const ALL: [SignInKind; 8] = [
        SignInKind::ClientSecret,
        SignInKind::Certificate,
        SignInKind::FederatedToken,
        SignInKind::GithubActions,
        SignInKind::AzurePipelines,
        SignInKind::ManagedIdentity,
        SignInKind::AzureCli,
        SignInKind::DeviceCode,
    ];

    /// The word for it, as typed.
    pub fn as_str(self) -> &'static str {
        match self {
            SignInKind::ClientSecret => "client-secret",
            SignInKind::Certificate => "certificate",
            SignInKind::FederatedToken => "federated-token",
            SignInKind::GithubActions => "github-actions",
            SignInKind::AzurePipelines => "azure-pipelines",
            SignInKind::ManagedIdentity => "managed-identity",
            SignInKind::AzureCli => "azure-cli",
            SignInKind::DeviceCode => "device-code",
        }
    }

    /// The variables that it needs; the first of each is Azure's own name.
    fn variables(self) -> &'static [&'static [&'static str]] {
        match self {
            SignInKind::ClientSecret => &[TENANT, CLIENT, SECRET],
            SignInKind::Certificate => &[TENANT, CLIENT, CERTIFICATE],
            SignInKind::FederatedToken => &[TENANT, CLIENT, TOKEN_FILE],
            SignInKind::GithubActions => &[TENANT, CLIENT, GITHUB_URL, GITHUB_TOKEN],
            SignInKind::AzurePipelines => &[TENANT, CLIENT, PIPELINES_URL, PIPELINES_CONNECTION, PIPELINES_TOKEN],
            SignInKind::ManagedIdentity | SignInKind::AzureCli => &[],
            SignInKind::DeviceCode => &[CLIENT],
        }
    }
}

const TENANT: &[&str] = &["AZURE_TENANT_ID", "ARM_TENANT_ID"];
const CLIENT: &[&str] = &["AZURE_CLIENT_ID", "ARM_CLIENT_ID"];
const SECRET: &[&str] = &["AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET"];
const CERTIFICATE: &[&str] = &["AZURE_CLIENT_CERTIFICATE_PATH", "ARM_CLIENT_CERTIFICATE_PATH"];
const TOKEN_FILE: &[&str] = &["AZURE_FEDERATED_TOKEN_FILE", "ARM_OIDC_TOKEN_FILE_PATH"];
const GITHUB_URL: &[&str] = &["ACTIONS_ID_TOKEN_REQUEST_URL", "ARM_OIDC_REQUEST_URL"];
const GITHUB_TOKEN: &[&str] = &["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ARM_OIDC_REQUEST_TOKEN"];
const PIPELINES_URL: &[&str] = &["SYSTEM_OIDCREQUESTURI"];
const PIPELINES_CONNECTION: &[&str] = &[
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
    "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
    "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
];
const PIPELINES_TOKEN: &[&str] = &["SYSTEM_ACCESSTOKEN"];
/// The tenant of the person who signs in.
const ANY_TENANT: &str = "organizations";
const AUTHORITY: &str = "AZURE_AUTHORITY_HOST";
/// The variables in which a host in Azure names the endpoint of its identity. `azure_identity` supports App Service and
/// similar hosts only; in Cloud Shell, which sets the last one, the Azure CLI is signed in.
const IDENTITY_ENDPOINT: &str = "IDENTITY_ENDPOINT";
const IDENTITY_HEADER: &str = "IDENTITY_HEADER";
const SERVICE_FABRIC: &str = "IDENTITY_SERVER_THUMBPRINT";
const OTHER_ENDPOINT: &str = "MSI_ENDPOINT";

/// Why there is no token. No error holds a secret.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SignInError {
    /// The environment does not have what the requested way needs.
    #[error("{} needs {}", kind.as_str(), missing.join(", "))]
    Missing {
        /// The way.
        kind: SignInKind,
        /// The variables that are not set.
        missing: Vec<&'static str>,
    },
    /// The connection could not be set up.
    #[error(transparent)]
    Network(#[from] GraphError),
    /// The Azure CLI gives no token.
    #[error("the Azure CLI gives no token: {reason}")]
    AzureCli {
        /// Whether it is installed, and whether an account is signed in.
        state: AzureCli,
        /// What it says.
        reason: String,
    },
    /// It took too long.
    #[error("{} sign-in did not end within {limit} s", kind.as_str())]
    Timeout {
        /// The way.
        kind: SignInKind,
        /// The limit in seconds.
        limit: u64,
    },
    /// The sign-in could not be set up, or was refused.
    #[error("{} sign-in failed: {reason}", kind.as_str())]
    Failed {
        /// The way.
        kind: SignInKind,
        /// The reason.
        reason: String,
    },
}

/// The environment variables; an empty one counts as not set.
pub(super) type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// A way to sign in that is ready.
pub struct SignIn {
    /// The way.
    pub kind: SignInKind,
    /// The tenant, if it is given.
    pub tenant: Option<String>,
    /// The app that signs in, if it is given.
    pub client: Option<String>,
    /// The issuer of the token.
    pub authority: String,
    credential: Arc<dyn TokenCredential>,
    /// The longest time for a token; `None` where a person signs in.
    limit: Option<Duration>,
    /// Secrets that no message may repeat.
    secrets: Vec<SecretString>,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SignIn").field("kind", &self.kind).field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

impl SignIn {
    /// The requested way, else the first one that the environment offers. `tell` shows a person what to do.
    ///
    /// # Errors
    /// When a variable of the requested way is missing or has an invalid value.
    pub async fn choose(
        asked: Option<SignInKind>,
        root: &Root,
        network: &Network,
        variables: Variables<'_>,
        tell: fn(&str),
    ) -> Result<Self, SignInError> {
        let kind = match asked {
            Some(kind) => kind,
            None => offered(root, variables).await,
        };
        let missing: Vec<_> = kind.variables().iter().filter(|names| first(variables, names).is_none()).collect();
        if !missing.is_empty() {
            return Err(SignInError::Missing { kind, missing: missing.into_iter().map(|names| names[0]).collect() });
        }
        // The metadata service is part of the machine and cannot be reached through a proxy.
        let http = network.http(kind != SignInKind::ManagedIdentity)?.clone();
        let authority = variables(AUTHORITY).unwrap_or_else(|| root.authority().to_owned());
        let authority = if authority.contains("://") { authority } else { format!("https://{authority}") };
        let setup = Setup { kind, authority, limits: network.limits, http, variables, tell };
        setup.ready().map_err(|error| SignInError::Failed { kind, reason: said(&error.to_string(), &setup.secrets()) })
    }

    /// A token for a Graph.
    ///
    /// # Errors
    /// When Entra rejects the sign-in, or cannot be reached.
    pub async fn token(&self, root: &Root) -> Result<SecretString, SignInError> {
        let scope = format!("{root}/.default");
        let scopes = [scope.as_str()];
        let getting = self.credential.get_token(&scopes, None);
        let token = match self.limit {
            None => getting.await,
            Some(limit) => tokio::time::timeout(limit, getting)
                .await
                .map_err(|_| SignInError::Timeout { kind: self.kind, limit: limit.as_secs() })?,
        };
        let token = token.map_err(|error| {
            let reason = said(&reason_of(&error), &self.secrets);
            match self.kind {
                SignInKind::AzureCli => SignInError::AzureCli { state: AzureCli::now(), reason },
                kind => SignInError::Failed { kind, reason },
            }
        })?;
        Ok(SecretString::from(token.token.secret().to_owned()))
    }
}

/// The first way that the environment offers. A variable that is set for one way selects it.
async fn offered(root: &Root, variables: Variables<'_>) -> SignInKind {
    let whole = |kind: &SignInKind| kind.variables().iter().all(|names| first(variables, names).is_some());
    let alone = |kind: &SignInKind| !kind.variables().is_empty() && *kind != SignInKind::DeviceCode;
    let mut by_variables = SignInKind::ALL.into_iter().filter(alone);
    if let Some(kind) = by_variables.find(whole) {
        return kind;
    }
    let set = |name: &str| variables(name).is_some();
    let app_service = set(IDENTITY_ENDPOINT) && set(IDENTITY_HEADER) && !set(SERVICE_FABRIC);
    let hosted = [IDENTITY_ENDPOINT, SERVICE_FABRIC, OTHER_ENDPOINT].into_iter().any(set);
    if app_service || (!hosted && machine_has_identity(root, variables).await) {
        SignInKind::ManagedIdentity
    } else {
        SignInKind::AzureCli
    }
}

/// Whether this is a machine in Azure that has an identity. Most are not, so the request times out soon.
async fn machine_has_identity(root: &Root, variables: Variables<'_>) -> bool {
    let connection = tokio::net::TcpStream::connect(METADATA_SERVICE);
    if !tokio::time::timeout(METADATA_WAIT, connection).await.is_ok_and(|connected| connected.is_ok()) {
        return false;
    }
    let limits = Limits::new(METADATA_ANSWER, Duration::ZERO);
    let url = format!("http://{METADATA_SERVICE}/metadata/identity/oauth2/token");
    let network = Network::new(limits, None);
    let (Ok(client), Ok(mut url)) = (network.http(false), reqwest::Url::parse(&url)) else { return false };
    url.query_pairs_mut().append_pair("api-version", "2019-08-01").append_pair("resource", &root.to_string());
    if let Some(id) = first(variables, CLIENT) {
        url.query_pairs_mut().append_pair("client_id", &id);
    }
    let answer = client.get(url).header("Metadata", "true").send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// The value of the first of several variables that is set.
fn first(variables: Variables<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| variables(name))
}

struct Setup<'v> {
    kind: SignInKind,
    authority: String,
    limits: Limits,
    http: reqwest::Client,
    variables: Variables<'v>,
    tell: fn(&str),
}

impl Setup<'_> {
    fn value(&self, names: &[&str]) -> String {
        first(self.variables, names).unwrap_or_default()
    }

    fn secrets(&self) -> Vec<SecretString> {
        let all = [SECRET, GITHUB_TOKEN, PIPELINES_TOKEN].map(|names| self.value(names));
        all.iter().for_each(|value| never_show(value));
        all.into_iter().filter(|value| !value.is_empty()).map(SecretString::from).collect()
    }

    fn options(&self) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host.clone_from(&self.authority);
        let retry = ExponentialRetryOptions {
            max_retries: 3,
            max_total_elapsed: self.limits.longest_wait.try_into().unwrap_or_default(),
            ..Default::default()
        };
        ClientOptions {
            cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
            transport: Some(Transport::new(Arc::new(Issuer {
                http: self.http.clone(),
                longest_wait: self.limits.longest_wait,
            }))),
            retry: RetryOptions::exponential(retry),
            ..Default::default()
        }
    }

    fn ready(&self) -> azure_core::Result<SignIn> {
        let (tenant, client) = (first(self.variables, TENANT), first(self.variables, CLIENT));
        let (tenant_id, client_id) = (tenant.clone().unwrap_or_default(), client.clone().unwrap_or_default());
        let assertion_options = || ClientAssertionCredentialOptions { client_options: self.options() };
        let credential: Arc<dyn TokenCredential> = match self.kind {
            SignInKind::ClientSecret => {
                let options = ClientSecretCredentialOptions { client_options: self.options() };
                ClientSecretCredential::new(&tenant_id, client_id, Secret::new(self.value(SECRET)), Some(options))?
            }
            SignInKind::Certificate => {
                let audience = format!("{}/{tenant_id}/oauth2/v2.0/token", self.authority.trim_end_matches('/'));
                let path = self.value(CERTIFICATE);
                let certificate = Certificate::read(path.as_ref(), client_id.clone(), audience)
                    .map_err(|reason| Error::with_message(ErrorKind::Credential, reason))?;
                ClientAssertionCredential::new(tenant_id, client_id, certificate, Some(assertion_options()))?
            }
            SignInKind::FederatedToken => WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
                credential_options: assertion_options(),
                client_id: Some(client_id),
                tenant_id: Some(tenant_id),
                token_file_path: Some(self.value(TOKEN_FILE).into()),
            }))?,
            SignInKind::GithubActions => {
                let workflow = Workflow {
                    http: self.http.clone(),
                    url: self.value(GITHUB_URL),
                    token: SecretString::from(self.value(GITHUB_TOKEN)),
                };
                ClientAssertionCredential::new(tenant_id, client_id, workflow, Some(assertion_options()))?
            }
            SignInKind::AzurePipelines => AzurePipelinesCredential::new(
                tenant_id,
                client_id,
                &self.value(PIPELINES_CONNECTION),
                Secret::new(self.value(PIPELINES_TOKEN)),
                Some(AzurePipelinesCredentialOptions { credential_options: assertion_options() }),
            )?,
            SignInKind::ManagedIdentity => ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                user_assigned_id: client.clone().map(UserAssignedId::ClientId),
                client_options: self.options(),
            }))?,
            SignInKind::AzureCli => AzureCliCredential::new(Some(AzureCliCredentialOptions {
                tenant_id: tenant.clone(),
                executor: Some(Arc::new(Guarded)),
                ..AzureCliCredentialOptions::default()
            }))?,
            SignInKind::DeviceCode => {
                let tenant = tenant.as_deref().unwrap_or(ANY_TENANT);
                DeviceCode::new(self.http.clone(), &self.authority, tenant, client_id, self.tell)
                    .map_err(|reason| Error::with_message(ErrorKind::Credential, reason))?
            }
        };
        let (kind, authority, secrets) = (self.kind, self.authority.clone(), self.secrets());
        Ok(SignIn { kind, tenant, client, authority, credential, limit: self.limit(), secrets })
    }

    /// The longest time for a token: one answer of a program, or one of a server after all pauses.
    fn limit(&self) -> Option<Duration> {
        let Limits { timeout, longest_wait, .. } = self.limits;
        match self.kind {
            SignInKind::DeviceCode => None,
            SignInKind::AzureCli => Some(timeout),
            _ => Some(timeout.saturating_add(longest_wait)),
        }
    }
}

/// The message of an error. Where the library says only that it gives up, that of the cause.
fn reason_of(error: &Error) -> String {
    let text = error.to_string();
    let gives_up = ["non-transport error occurred", "retry policy expired"].iter().any(|words| text.contains(words));
    if gives_up { innermost(error) } else { text }
}

/// The message of an error, on one line and without secrets.
fn said(message: &str, secrets: &[SecretString]) -> String {
    let mut text = message.split_whitespace().collect::<Vec<_>>().join(" ");
    // The library adds its own name and a link.
    if let Some((_, inner)) = text.split_once("authentication failed. ") {
        text = inner.split(" To troubleshoot, visit").next().unwrap_or(inner).to_owned();
    }
    for secret in secrets {
        text = text.replace(secret.expose_secret(), "*");
    }
    mask_shapes(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(set: &[(&str, &str)]) -> SignInKind {
        let variables = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(offered(&Root::new("https://graph.microsoft.com").unwrap(), &variables))
    }

    #[test]
    fn the_first_way_whose_variables_are_all_there_is_taken() {
        let app = [("AZURE_TENANT_ID", "t"), ("ARM_CLIENT_ID", "c")];
        let with = |more: &[(&'static str, &'static str)]| chosen(&[&app[..], more].concat());
        let github = [("ACTIONS_ID_TOKEN_REQUEST_URL", "u"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "x")];
        let file = ("AZURE_FEDERATED_TOKEN_FILE", "f");
        assert_eq!(with(&[("ARM_CLIENT_SECRET", "s"), file]), SignInKind::ClientSecret);
        assert_eq!(with(&[file, github[0], github[1]]), SignInKind::FederatedToken);
        assert_eq!(with(&github), SignInKind::GithubActions);
        assert_eq!(
            with(&[github[0], ("IDENTITY_ENDPOINT", "e"), ("IDENTITY_HEADER", "h")]),
            SignInKind::ManagedIdentity
        );
        assert_eq!(with(&[("AZURE_CLIENT_CERTIFICATE_PATH", "p"), file]), SignInKind::Certificate);
        assert_eq!(chosen(&[("AZURE_CLIENT_SECRET", "s"), ("MSI_ENDPOINT", "e")]), SignInKind::AzureCli);
    }

    #[test]
    fn a_refusal_never_repeats_a_secret() {
        let secrets = [SecretString::from("s3cret".to_owned())];
        assert_eq!(said("AADSTS7000215:\n  s3cret is wrong", &secrets), "AADSTS7000215: * is wrong");
        let wrapped = "XCredential authentication failed. no s3cret\nTo troubleshoot, visit https://example.com";
        assert_eq!(said(wrapped, &secrets), "no *");
    }
}
