//! Connects an app: the job, Entra's test of the new credentials, and the settings that are saved.
//!
//! Each step is verified before the next. The saved connection is replaced only by credentials that Entra has tested.
//! Afterwards all settings are compared with what was there before.

use std::cell::{Cell, RefCell};

use serde_json::Value;

use super::connection::Connection;
use super::known::{Known, OF_ENTRA, is_same, values};
use super::send::{Attempt, Repeats, attempts, prove};
use super::state::is_written;
use super::step::{Patience, Proved, Stopped, TenantState, is_refusal};
use crate::graph::{AppClient, GraphError, Setting, SettingValue};
use crate::secret::is_mask;

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
        let answer = attempts(app, self.sent, Repeats::New, expect, attempt).await?;
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
        let repeats = if self.is_new { Repeats::New } else { Repeats::Conflict };
        let answer = attempts(app, self.sent, repeats, expect, attempt).await?;
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
    use super::super::connection::Credential;
    use super::super::known::pairs;
    use super::*;

    #[test]
    fn what_is_read_back_proves_no_more_than_it_shows() {
        let connection = Connection {
            tenant_url: "https://x.example.com/scim".to_owned(),
            credential: Credential::Token("new-token".into()),
            notify: None,
            delete_threshold: None,
            assigned_only: true,
        };
        let sent = connection.settings(&[]);
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
        let at = |url| [("BaseAddress", url), new[1], new[2]];
        assert!(state(&at("https://old.example.com"), &new, Answer::Refused).contains("masks"));
        let third = state(&at("https://old.example.com"), &at("https://third.example.com"), Answer::Accepted);
        assert!(third.ends_with("the setting BaseAddress has another value"), "{third}");
        assert!(state(&new, &at("*"), Answer::Accepted).ends_with("as written"), "a value that Graph masks");
        let other = [&new[..], &[("Password", "*")]].concat();
        assert!(state(&other, &new, Answer::Accepted).ends_with("the setting Password is gone"));
        assert!(state(&new, &other, Answer::Accepted).ends_with("the setting Password was added"));
    }
}
