//! Connects an app: the job, Entra's test of the new credentials, and the settings that are saved.
//!
//! Each step is verified before the next. The saved connection is replaced only by credentials that Entra has tested.
//! Graph's documentation does not say whether saving keeps the settings that are not sent, so those that can be read in
//! clear are sent again, and all are compared with what was there before.

use std::cell::{Cell, RefCell};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::known::{Known, is_same, values};
use super::send::{Attempt, attempts, prove};
use super::state::is_written;
use super::step::{Patience, Proved, Stopped, TenantState, is_refusal};
use crate::graph::{AppClient, GraphError, Setting, SettingValue};
use crate::model::{NOTIFICATION, NotificationSettings};
use crate::secret::{TENANT_URL, expiry, is_credential_key, is_mask};

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
/// The settings that Entra renews by itself.
const OF_ENTRA: [&str; 4] =
    ["Oauth2AccessToken", "Oauth2AccessTokenCreationTime", "Oauth2RefreshToken", "TokenExpiration"];

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
        let sent: Vec<String> = settings.iter().map(|setting| setting.key.clone()).collect();
        let kept = saved
            .into_iter()
            .filter(|(key, value)| !sent.iter().any(|sent| sent == key) && !is_mask(value) && !is_credential_key(key));
        settings.extend(kept.map(|(key, value)| Setting::clear(key, value)));
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
    values(before).into_keys().filter(|key| !is_sent(key)).map(str::to_owned).collect()
}

/// Whether one of the settings is a credential.
pub fn has_credential(settings: &[Value]) -> bool {
    values(settings).into_keys().any(is_credential_key)
}

/// What is known of the answer to a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Accepted,
    Refused,
    Unclear,
}

/// The state of the settings after `sent` was to replace `before`.
fn connection_state(before: &[Value], found: &[Value], sent: &[Setting], answer: Answer) -> TenantState {
    let (old, new) = (values(before), values(found));
    let mut keys: Vec<&str> = old.keys().chain(new.keys()).copied().collect();
    keys.extend(sent.iter().map(|setting| setting.key.as_str()));
    keys.sort_unstable();
    keys.dedup();
    let differing: Vec<String> = keys
        .into_iter()
        .filter(|key| !OF_ENTRA.contains(key))
        .filter_map(|key| {
            let (old, new) = (old.get(key).copied(), new.get(key).copied());
            let wanted = match sent.iter().find(|setting| setting.key == key).map(|setting| &setting.value) {
                Some(SettingValue::Credential(_)) if new.is_some() => return None,
                Some(SettingValue::Credential(_)) => return Some(format!("the setting {key} is missing")),
                // Graph may mask the client's id, too.
                Some(SettingValue::Clear(_)) if new.is_some_and(is_mask) => return None,
                Some(SettingValue::Clear(value)) => Some(value.as_str()).filter(|value| !value.is_empty()),
                None => old,
            };
            match (wanted, new) {
                (Some(wanted), Some(new)) if is_same(wanted, new) => None,
                (None, None) => None,
                (Some(_), None) => Some(format!("the setting {key} is gone")),
                (None, Some(_)) => Some(format!("the setting {key} was added")),
                (Some(_), Some(_)) => Some(format!("the setting {key} has another value")),
            }
        })
        .collect();
    let is_unchanged = old == new;
    if !differing.is_empty() {
        return if is_unchanged { TenantState::AsBefore } else { TenantState::Otherwise(differing) };
    }
    // Graph masks credentials: a new one looks like the one that it replaces.
    let shows = sent.iter().any(|one| {
        matches!(one.value, SettingValue::Credential(_))
            && !old.contains_key(one.key.as_str())
            && new.contains_key(one.key.as_str())
    });
    match answer {
        Answer::Accepted => TenantState::AsWritten,
        _ if shows => TenantState::AsWritten,
        Answer::Refused if is_unchanged => TenantState::AsBefore,
        Answer::Refused | Answer::Unclear => TenantState::Masked,
    }
}

/// The steps of connecting an app.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'s> {
    /// The app.
    pub app: AppClient<'s>,
    /// How long to wait until a change is visible.
    pub patience: Patience,
    /// Whether the job was just created, so that Graph may refuse for a while.
    pub is_new: bool,
    /// Set once a request was sent that may have changed the tenant.
    pub sent: &'s Cell<bool>,
}

impl Steps<'_> {
    /// Creates a job and returns its id.
    ///
    /// # Errors
    /// When it was not created, that could not be verified, or another person created one meanwhile.
    pub async fn create_job(self, template: &str) -> Result<(String, Proved), Stopped> {
        let app = self.app;
        let named = RefCell::new(None);
        let expect = async |is_repeated: bool| {
            let jobs = app.jobs().await.map_err(Stopped::Unread)?;
            match (jobs.is_empty(), is_repeated) {
                (true, _) => Ok(Attempt::Send),
                (false, true) => Ok(Attempt::Done),
                (false, false) => Err(Stopped::Changed(vec!["it has a provisioning job now".to_owned()])),
            }
        };
        let attempt = async || app.create_job(template).await.map(|id| drop(named.replace(id)));
        let answer = attempts(app, self.sent, true, expect, attempt).await?;
        let named = named.into_inner();
        let found = RefCell::new(String::new());
        let look = async || {
            let jobs = app.jobs().await?;
            let mut ids = jobs.iter().filter_map(|job| job["id"].as_str());
            let created = ids.find(|id| named.as_deref().is_none_or(|named| named == *id));
            found.replace(created.unwrap_or_default().to_owned());
            Ok(if created.is_some() { TenantState::AsWritten } else { TenantState::AsBefore })
        };
        let proved = prove(app, self.patience, answer, look).await?;
        Ok((found.into_inner(), proved))
    }

    /// Makes Entra test settings without saving them.
    ///
    /// # Errors
    /// As [`AppClient::test_settings`].
    pub async fn test(self, job: &str, settings: &[Setting]) -> Result<(), GraphError> {
        let mut attempts = self.app.client().attempts();
        loop {
            match self.app.test_settings(job, settings).await {
                Err(error) if self.is_new && attempts.wait_to_change_new(&error).await => {}
                tested => return tested,
            }
        }
    }

    /// The settings that are saved.
    async fn saved(self) -> Result<Vec<Value>, GraphError> {
        let mut attempts = self.app.client().attempts();
        loop {
            match self.app.settings().await {
                // Before anything is saved, Graph may not find any settings.
                Err(error) if self.is_new && error.status() == Some(404) => return Ok(Vec::new()),
                Err(error) if self.is_new && attempts.wait_to_change_new(&error).await => {}
                found => return found,
            }
        }
    }

    /// Saves a connection where `known` is saved, and reads it back.
    ///
    /// # Errors
    /// When it was not saved, that could not be verified, or another person changed the settings meanwhile.
    pub async fn save(self, connection: &Connection, known: &Known) -> Result<Proved, Stopped> {
        let app = self.app;
        // The settings before the attempt, and those that it sends.
        let state = RefCell::new((Vec::new(), Vec::new()));
        let expect = async |is_repeated: bool| {
            let found = self.saved().await.map_err(Stopped::Unread)?;
            let is_made = |(before, sent): &(Vec<Value>, Vec<Setting>)| {
                is_written(&connection_state(before, &found, sent, Answer::Unclear))
            };
            if is_repeated && is_made(&state.borrow()) {
                return Ok(Attempt::Done);
            }
            let differing = known.differing(&found);
            if !differing.is_empty() {
                return Err(Stopped::Changed(differing));
            }
            let sent = connection.settings(&found);
            state.replace((found, sent));
            Ok(Attempt::Send)
        };
        let attempt = async || {
            let sent = state.borrow().1.clone();
            app.put_settings(&sent).await
        };
        let answer = attempts(app, self.sent, self.is_new, expect, attempt).await?;
        let (before, sent) = state.into_inner();
        let how = match &answer {
            Ok(()) => Answer::Accepted,
            Err(error) if is_refusal(error) => Answer::Refused,
            Err(_) => Answer::Unclear,
        };
        let look = async || Ok(connection_state(&before, &self.saved().await?, &sent, how));
        Ok(prove(app, self.patience, answer, look).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<Value> {
        pairs.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
    }

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

    #[test]
    fn what_is_read_back_proves_no_more_than_it_shows() {
        let sent = connection().settings(&[]);
        let state = |before: &[(&str, &str)], found: &[(&str, &str)], answer| {
            connection_state(&pairs(before), &pairs(found), &sent, answer).to_string()
        };
        let new = [("BaseAddress", "https://x.example.com/scim"), ("SecretToken", "*"), ("SyncAll", "False")];
        assert!(state(&[], &new, Answer::Unclear).ends_with("as written"));
        assert!(state(&[], &[], Answer::Accepted).ends_with("unchanged"));
        assert!(state(&[], &new[..1], Answer::Accepted).contains("the setting SecretToken is missing"));
        // A rotation: the same settings, and another token behind the mask.
        assert!(state(&new, &new, Answer::Accepted).ends_with("as written"));
        assert!(state(&new, &new, Answer::Refused).ends_with("unchanged"));
        assert!(state(&new, &new, Answer::Unclear).contains("masks"));
        let other = [&new[..], &[("Password", "*")]].concat();
        assert!(state(&other, &new, Answer::Accepted).ends_with("the setting Password is gone"));
        assert!(state(&new, &other, Answer::Accepted).ends_with("the setting Password was added"));
    }
}
