//! The connection of an app as it is wanted: how Entra signs in to it, and the settings that are saved for that.
//!
//! Graph's documentation does not say whether saving keeps the settings that are not sent, so those that can be read in
//! clear are sent again.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::known::{OF_ENTRA, is_credential, sent_again, values};
use crate::graph::Setting;
use crate::model::{NOTIFICATION, NotificationSettings};
use crate::secret::{TENANT_URL, expiry, is_credential_key};

/// The setting that says whether everyone is in scope.
pub const SCOPE: &str = "SyncAll";

/// The setting that names the way of signing in. Only the portal is known to write it.
const METHOD: &str = "AuthenticationType";

/// What Entra presents to the app.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A secret token, sent after `Bearer`.
    Token(SecretString),
    /// An OAuth2 client, for which Entra gets tokens.
    Client(OauthClient),
}

/// An OAuth2 client and where it gets its tokens.
///
/// Graph's documentation names the keys only. Measured on a live tenant: with client, secret and token endpoint alone, Entra
/// presents an invalid token and never asks for one; with a first token beside them, its test succeeds and it provisions.
/// <https://github.com/pranems/SCIMServer/blob/main/docs/AUTHENTICATION_GUIDE.md> (section 7.3, 2026-09-17)
#[derive(Clone, Debug)]
pub struct OauthClient {
    /// The client's id.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
    /// The URL that issues tokens to it.
    pub token_endpoint: String,
    /// The first token, and the time when it was issued.
    pub first: Option<(SecretString, Timestamp)>,
}

/// The keys of an OAuth2 client's settings.
const OF_CLIENT: [&str; 3] = ["Oauth2ClientId", "Oauth2ClientSecret", "Oauth2TokenExchangeUri"];
impl Credential {
    /// Its name in messages.
    pub fn what(&self) -> &'static str {
        match self {
            Credential::Token(_) => "secret token",
            Credential::Client(_) => "OAuth2 client",
        }
    }

    /// When it expires, where it says that itself.
    pub fn end(&self) -> Option<Timestamp> {
        match self {
            Credential::Token(token) => expiry(token.expose_secret()),
            Credential::Client(_) => None,
        }
    }

    fn settings(&self) -> Vec<Setting> {
        match self {
            Credential::Token(token) => vec![Setting::credential("SecretToken", token.clone())],
            Credential::Client(client) => {
                let [id, secret, endpoint] = OF_CLIENT;
                let [token, created, ..] = OF_ENTRA;
                let mut settings = vec![
                    Setting::clear(id, &client.id),
                    Setting::credential(secret, client.secret.clone()),
                    Setting::clear(endpoint, &client.token_endpoint),
                ];
                if let Some((first, at)) = &client.first {
                    settings.push(Setting::credential(token, first.clone()));
                    settings.push(Setting::clear(created, at.to_string()));
                }
                settings
            }
        }
    }

    /// The settings of the other way of signing in, which must not stay beside this one.
    fn replaces(&self) -> Vec<&'static str> {
        match self {
            Credential::Token(_) => OF_CLIENT.into_iter().chain(OF_ENTRA).collect(),
            Credential::Client(_) => vec!["SecretToken"],
        }
    }

    /// What `AuthenticationType` says of it, where it is saved.
    /// <https://github.com/AzureAD/SCIMReferenceCode> (scim-onboarding.agent.md, 2026-11-30)
    fn named(&self) -> &'static str {
        match self {
            Credential::Token(_) => "AuthenticationToken",
            Credential::Client(_) => "OAuth2ClientCredentialsGrant",
        }
    }
}

/// The connection that is wanted.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The tenant URL.
    pub tenant_url: String,
    /// The credential.
    pub credential: Credential,
    /// The address that gets a message when provisioning fails; `None` leaves it as it is.
    pub notify: Option<String>,
    /// The deletions in one cycle above which Entra stops; `None` leaves it as it is.
    pub delete_threshold: Option<u32>,
    /// Whether only assigned users and groups come into scope where the scope is not set yet.
    pub assigned_only: bool,
}

impl Connection {
    /// The tenant URL and the credential.
    pub fn credentials(&self) -> Vec<Setting> {
        let mut settings = vec![Setting::clear(TENANT_URL, &self.tenant_url)];
        settings.extend(self.credential.settings());
        settings
    }

    /// What is typed, with its credentials, as rules read it.
    pub fn typed(&self) -> Value {
        let pair = |setting: Setting| json!({"key": setting.key, "value": setting.exposed()});
        Value::from(self.credentials().into_iter().map(pair).collect::<Vec<_>>())
    }

    /// The settings to save where `before` are saved: the credentials, what is missing, and what is there in clear.
    pub fn settings(&self, before: &[Value]) -> Vec<Setting> {
        let mut settings = self.credentials();
        let saved = values(before);
        // An empty value removes a setting.
        let replaced = self.credential.replaces().into_iter().filter(|key| saved.contains_key(key));
        settings.extend(replaced.map(|key| Setting::clear(key, "")));
        if saved.contains_key(METHOD) {
            settings.push(Setting::clear(METHOD, self.credential.named()));
        }
        if self.assigned_only && !saved.contains_key(SCOPE) {
            settings.push(Setting::clear(SCOPE, "false"));
        }
        if let Some(changed) = self.notification(saved.get(NOTIFICATION).copied()) {
            settings.push(Setting::clear(NOTIFICATION, changed));
        }
        let others = sent_again(before, |key| settings.iter().any(|setting| setting.key == key));
        settings.extend(others);
        settings
    }

    /// The new value of the notification settings; `None` if they stay, or are not the JSON that Graph documents.
    fn notification(&self, saved: Option<&str>) -> Option<String> {
        let before = NotificationSettings::read(saved)?;
        let after = before.clone().with(self.notify.as_deref(), self.delete_threshold);
        (after != before).then(|| after.to_string())
    }
}

/// The value of a setting; `None` if it has none.
pub fn value<'s>(settings: &'s [Value], key: &str) -> Option<&'s str> {
    values(settings).get(key).copied()
}

/// Credentials among the saved settings that cannot be sent again, because Graph masks them, and that the new settings do
/// not replace.
pub fn unsendable(before: &[Value], settings: &[Setting]) -> Vec<String> {
    let is_sent = |key: &str| settings.iter().any(|setting| setting.key == key);
    let saved = values(before).into_iter().filter(|(key, value)| !is_sent(key) && is_credential(key, value));
    saved.map(|(key, _)| key.to_owned()).collect()
}

/// Whether one of the settings is a credential.
pub fn has_credential(settings: &[Value]) -> bool {
    values(settings).into_keys().any(is_credential_key)
}

#[cfg(test)]
mod tests {
    use super::super::known::pairs;
    use super::*;

    fn connection() -> Connection {
        Connection {
            tenant_url: "https://x.example.com/scim".to_owned(),
            credential: Credential::Token("new-token".into()),
            notify: None,
            delete_threshold: None,
            assigned_only: true,
        }
    }

    fn shown(settings: &[Setting]) -> Vec<(String, String)> {
        settings.iter().map(|setting| (setting.key.clone(), setting.masked())).collect()
    }

    #[test]
    fn a_new_connection_gets_the_scope_and_a_saved_one_keeps_its_settings() {
        let own = |more: &[(&str, &str)]| {
            let all = [("BaseAddress", "https://x.example.com/scim"), ("SecretToken", "*")];
            all.iter().chain(more).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(shown(&connection().settings(&[])), own(&[("SyncAll", "false")]));
        let saved = pairs(&[
            ("BaseAddress", "https://old.example.com"),
            ("SecretToken", "*"),
            ("SyncAll", "True"),
            ("SkipOutOfScopeDeletions", "false"),
            ("Password", "**"),
            ("Domain", ""),
        ]);
        let settings = connection().settings(&saved);
        assert_eq!(shown(&settings), own(&[("SkipOutOfScopeDeletions", "false"), ("SyncAll", "True")]));
        assert_eq!(unsendable(&saved, &settings), ["Password"]);
        let filtered = Connection { assigned_only: false, ..connection() };
        assert_eq!(shown(&filtered.settings(&[])), own(&[]));
    }

    #[test]
    fn notification_settings_keep_what_is_not_asked_for() {
        let asked = Connection { notify: Some("a@b.c".into()), delete_threshold: Some(50), ..connection() };
        let value = |connection: &Connection, saved: &[(&str, &str)]| {
            let settings = connection.settings(&pairs(saved));
            let found = settings.iter().find(|setting| setting.key == NOTIFICATION).map(Setting::masked);
            found.map(|value| serde_json::from_str::<Value>(&value).unwrap_or(Value::Null))
        };
        let new =
            json!({"Enabled": true, "Recipients": "a@b.c", "DeleteThresholdEnabled": true, "DeleteThresholdValue": 50});
        assert_eq!(value(&asked, &[]), Some(new.clone()));
        assert_eq!(value(&connection(), &[]), None);
        let saved = r#"{"Enabled": false, "HumanResourcesLookaheadQueryEnabled": false}"#;
        let mut both = new;
        both["HumanResourcesLookaheadQueryEnabled"] = json!(false);
        assert_eq!(value(&asked, &[(NOTIFICATION, saved)]), Some(both));
        assert_eq!(value(&asked, &[(NOTIFICATION, "not JSON")]), Some(Value::Null), "it is sent again as it is");
    }
}
