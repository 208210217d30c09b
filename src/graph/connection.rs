//! The connection between Entra and an app: the job, the settings that are saved for it, and Entra's test of them.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::snapshot::is_clear;
use super::{AppClient, GraphError};
use crate::model::GraphRequest;
use crate::secret::mask_url;

/// A template from which a job can be created.
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationtemplate>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobTemplate {
    /// `scim` for a non-gallery app.
    pub id: String,
    /// Whether it is the app's default.
    pub is_default: bool,
}

/// A setting to send.
#[derive(Clone, Debug)]
pub struct Setting {
    /// A key of synchronizationSecretKeyStringValuePair.
    pub key: String,
    /// Its value.
    pub value: SettingValue,
}

/// The value of a setting to send.
#[derive(Clone, Debug)]
pub enum SettingValue {
    /// No credential, except for what a URL may hold.
    Clear(String),
    /// A credential.
    Credential(SecretString),
}

impl Setting {
    /// A setting that is not a credential.
    pub fn clear(key: impl Into<String>, value: impl Into<String>) -> Self {
        Setting { key: key.into(), value: SettingValue::Clear(value.into()) }
    }

    /// A credential.
    pub fn credential(key: impl Into<String>, value: SecretString) -> Self {
        Setting { key: key.into(), value: SettingValue::Credential(value) }
    }

    /// The value as it is shown.
    pub fn masked(&self) -> String {
        match &self.value {
            SettingValue::Clear(value) if is_clear(&self.key) || is_shown(&self.key) || value.is_empty() => {
                mask_url(value)
            }
            SettingValue::Clear(_) | SettingValue::Credential(_) => "*".to_owned(),
        }
    }

    pub(crate) fn exposed(&self) -> &str {
        match &self.value {
            SettingValue::Clear(value) => value,
            SettingValue::Credential(value) => value.expose_secret(),
        }
    }
}

/// Whether a setting that is typed is no credential, although what Graph returns for it is masked.
fn is_shown(key: &str) -> bool {
    ["Oauth2ClientId", "Oauth2TokenExchangeUri", "Oauth2AccessTokenCreationTime"].contains(&key)
}

/// A request about the connection: what is sent, and the same as it is shown.
#[derive(Clone, Copy, Debug)]
pub enum ConnectionRequest<'r> {
    /// Creates a job.
    /// <https://learn.microsoft.com/graph/api/synchronization-synchronization-post-jobs>
    CreateJob {
        /// The template's id.
        template: &'r str,
    },
    /// Makes Entra test credentials without saving them.
    /// <https://learn.microsoft.com/graph/api/synchronization-synchronization-validatecredentials>
    Test {
        /// The job's id; `None` for one that does not exist yet.
        job: Option<&'r str>,
        /// The tenant URL and the credentials.
        settings: &'r [Setting],
    },
    /// Saves settings.
    /// <https://learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization>
    Save {
        /// The settings.
        settings: &'r [Setting],
    },
    /// Makes Entra test what is saved.
    TestSaved {
        /// The job's id; `None` for one that does not exist yet.
        job: Option<&'r str>,
    },
}

impl ConnectionRequest<'_> {
    /// The request with masked credentials. `principal` is the object id of the service principal.
    pub fn masked(self, principal: &str) -> GraphRequest {
        self.request(principal, Setting::masked)
    }

    fn request(self, principal: &str, value: impl Fn(&Setting) -> String) -> GraphRequest {
        let pairs = |settings: &[Setting]| {
            let pair = |setting: &Setting| json!({"key": setting.key, "value": value(setting)});
            Value::from(settings.iter().map(pair).collect::<Vec<_>>())
        };
        let test = |job: Option<&str>| format!("jobs/{}/validateCredentials", job.unwrap_or("{jobId}"));
        let (method, path, body) = match self {
            ConnectionRequest::CreateJob { template } => ("POST", "jobs".to_owned(), json!({"templateId": template})),
            ConnectionRequest::Test { job, settings } => ("POST", test(job), json!({"credentials": pairs(settings)})),
            ConnectionRequest::Save { settings } => ("PUT", "secrets".to_owned(), json!({"value": pairs(settings)})),
            ConnectionRequest::TestSaved { job } => ("POST", test(job), json!({"useSavedCredentials": true})),
        };
        let path = format!("/servicePrincipals/{principal}/synchronization/{path}");
        GraphRequest { method, path, body: Some(body) }
    }
}

impl AppClient<'_> {
    /// The templates from which a job of the app can be created; none for an app that Entra cannot provision to.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn templates(&self) -> Result<Vec<JobTemplate>, GraphError> {
        let found = match self.client().list(&self.path("synchronization/templates")).await {
            Err(error) if error.status() == Some(404) => Vec::new(),
            answer => answer?,
        };
        let template = |one: &Value| {
            let is_default = one["default"].as_bool().unwrap_or_default();
            Some(JobTemplate { id: one["id"].as_str()?.to_owned(), is_default })
        };
        Ok(found.iter().filter_map(template).collect())
    }

    /// Makes one attempt to create a job, which is off; returns its id, if Graph's answer has it.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn create_job(&self, template: &str) -> Result<Option<String>, GraphError> {
        let GraphRequest { path, body, .. } = self.exposed(ConnectionRequest::CreateJob { template });
        let created = self.client().change_and_read(Method::POST, &path, &body.unwrap_or_default()).await?;
        Ok(created["id"].as_str().map(str::to_owned))
    }

    /// Makes one attempt to save settings.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn put_settings(&self, settings: &[Setting]) -> Result<(), GraphError> {
        self.send_whole(&self.exposed(ConnectionRequest::Save { settings })).await
    }

    /// Makes Entra test settings without saving them; repeated after temporary errors, because it changes nothing.
    ///
    /// # Errors
    /// When the app rejects them, or they could not be tested: see [`GraphError::rejection`].
    pub async fn test_settings(&self, job: &str, settings: &[Setting]) -> Result<(), GraphError> {
        self.test(ConnectionRequest::Test { job: Some(job), settings }).await
    }

    /// The same with what is saved.
    ///
    /// # Errors
    /// As [`AppClient::test_settings`].
    pub async fn test_saved(&self, job: &str) -> Result<(), GraphError> {
        self.test(ConnectionRequest::TestSaved { job: Some(job) }).await
    }

    /// A request as it is sent.
    fn exposed(&self, request: ConnectionRequest<'_>) -> GraphRequest {
        request.request(self.principal(), |one| one.exposed().to_owned())
    }

    async fn test(&self, request: ConnectionRequest<'_>) -> Result<(), GraphError> {
        let GraphRequest { path, body, .. } = self.exposed(request);
        self.client().post(&path, &body.unwrap_or_default()).await.map(drop)
    }
}

impl GraphError {
    /// Graph's code and message, where the error of a test means that the app rejects the credentials.
    pub fn rejection(&self) -> Option<(&str, &str)> {
        match self {
            GraphError::Status { code, message, .. } if is_refusal_of_app(code) => Some((code, message)),
            // Every other code objects to the request, or is a fault of Graph: then nothing is known about the credentials.
            _ => None,
        }
    }
}

/// Whether a code of `validateCredentials` means that the app did not accept the credentials. Codes about SCIM have a
/// prefix. <https://github.com/AzureAD/SCIMReferenceCode> (scim-onboarding.agent.md, 2026-11-30)
fn is_refusal_of_app(code: &str) -> bool {
    let code = code.strip_prefix("SystemForCrossDomainIdentityManagement").unwrap_or(code);
    ["CredentialValidationUnavailable", "InvalidCredentials"].iter().any(|refusal| code.eq_ignore_ascii_case(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_request_has_no_credential() {
        let settings = [
            Setting::clear("BaseAddress", "https://x.example.com/scim?token=s3cr3t"),
            Setting::credential("SecretToken", "s3cr3t-token".into()),
            Setting::clear("SyncAll", "false"),
        ];
        for request in [
            ConnectionRequest::Test { job: Some("j"), settings: &settings },
            ConnectionRequest::Save { settings: &settings },
        ] {
            let shown = request.masked("p").body.unwrap().to_string();
            assert!(!shown.contains("s3cr3t") && shown.contains("\"*\""), "{shown}");
        }
        let request = ConnectionRequest::Save { settings: &settings }.masked("p");
        assert_eq!((request.method, request.path.as_str()), ("PUT", "/servicePrincipals/p/synchronization/secrets"));
        assert!(!format!("{:?}", settings[1]).contains("s3cr3t"));
    }
}
