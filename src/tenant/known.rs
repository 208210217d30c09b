//! The settings of an app as they were read, which a change of one of them must not overwrite.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::graph::{Setting, masked};
use crate::secret::{is_credential_key, is_mask};

/// The settings that Entra renews by itself.
pub(super) const OF_ENTRA: [&str; 4] =
    ["Oauth2AccessToken", "Oauth2AccessTokenCreationTime", "Oauth2RefreshToken", "TokenExpiration"];

/// The token endpoint of an OAuth2 client. Graph refuses it for some apps, which must not keep another setting from being
/// saved. <https://github.com/AzureAD/SCIMReferenceCode> (scim-onboarding.agent.md, 2026-11-30)
const TOKEN_ENDPOINT: &str = "Oauth2TokenExchangeUri";

/// The settings as they were read, with credentials masked. `None` where they are not compared.
#[derive(Clone, Debug, Default)]
pub struct Known(Option<BTreeMap<String, String>>);

impl Known {
    /// The settings in the text of a snapshot.
    pub fn of_snapshot(snapshot: &str) -> Self {
        let snapshot: Value = serde_json::from_str(snapshot).unwrap_or_default();
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        Known(snapshot["secrets"].as_array().map(|settings| values(settings).into_iter().map(owned).collect()))
    }

    /// A setting that provlint wrote and read back.
    pub(super) fn note(&mut self, key: &str, value: &str) {
        if let Some(settings) = &mut self.0 {
            settings.insert(key.to_owned(), value.to_owned());
            settings.retain(|_, value| !value.is_empty());
        }
    }

    /// The differences to the settings as Graph gives them now, in words.
    pub(super) fn differing(&self, now: &[Value]) -> Vec<String> {
        let Some(before) = &self.0 else { return Vec::new() };
        let now = masked(now.to_vec());
        let now = values(now.as_array().map(Vec::as_slice).unwrap_or_default());
        let mut keys: Vec<&str> = before.keys().map(String::as_str).chain(now.keys().copied()).collect();
        keys.retain(|key| !OF_ENTRA.contains(key));
        keys.sort_unstable();
        keys.dedup();
        let changed = keys.into_iter().filter_map(|key| match (before.get(key), now.get(key)) {
            (Some(old), Some(new)) if is_same(old, new) => None,
            (Some(_), Some(_)) => Some(format!("the setting {key} differs")),
            (None, _) => Some(format!("the setting {key} was added")),
            (_, None) => Some(format!("the setting {key} is missing")),
        });
        changed.collect()
    }
}

/// The settings that have a value, by key.
pub(super) fn values(settings: &[Value]) -> BTreeMap<&str, &str> {
    let filled = settings.iter().filter_map(|setting| {
        let value = setting["value"].as_str().filter(|value| !value.is_empty())?;
        Some((setting["key"].as_str()?, value))
    });
    filled.collect()
}

/// The saved settings that are sent again, as they are, beside those that `is_sent` names: Graph's documentation does not say
/// whether it keeps what is not sent. A credential is never among them, because Graph shows only a mask of it, and nothing
/// that Entra may have renewed meanwhile.
/// <https://learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization>
pub(super) fn sent_again(saved: &[Value], is_sent: impl Fn(&str) -> bool) -> Vec<Setting> {
    let others = values(saved).into_iter().filter(|(key, value)| {
        !is_sent(key) && !is_credential(key, value) && !OF_ENTRA.contains(key) && *key != TOKEN_ENDPOINT
    });
    others.map(|(key, value)| Setting::clear(key, value)).collect()
}

/// Whether a saved setting is a credential: by its key, or because Graph masks it.
pub(super) fn is_credential(key: &str, value: &str) -> bool {
    is_mask(value) || is_credential_key(key)
}

/// Settings as Graph gives them.
#[cfg(test)]
pub(super) fn pairs(pairs: &[(&str, &str)]) -> Vec<Value> {
    pairs.iter().map(|(key, value)| serde_json::json!({"key": key, "value": value})).collect()
}

/// Whether two values of a setting mean the same. Graph may spell a switch in another case than it was sent, and JSON with its
/// members in another order or with those that are off.
pub(super) fn is_same(old: &str, new: &str) -> bool {
    let is_switch = ["true", "false"].iter().any(|word| word.eq_ignore_ascii_case(old));
    let members = |text: &str| {
        let mut members = serde_json::from_str::<serde_json::Map<String, Value>>(text).ok()?;
        members.retain(|_, value| !matches!(value, Value::Null | Value::Bool(false)) && *value != "");
        Some(members)
    };
    old == new
        || (is_switch && old.eq_ignore_ascii_case(new))
        || members(old).is_some_and(|old| members(new).is_some_and(|new| old == new))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_mask_and_nothing_that_entra_renews_is_sent_again() {
        let saved = pairs(&[
            ("BaseAddress", "https://x"),
            ("SyncAll", "true"),
            ("Domain", "**"),
            ("Password", "shown-by-mistake"),
            ("Oauth2AccessTokenCreationTime", "2026-11-30T12:00:00Z"),
            ("Oauth2TokenExchangeUri", "https://x/token"),
            ("AuthenticationType", "AuthenticationToken"),
            ("SkipOutOfScopeDeletions", ""),
        ]);
        let sent = sent_again(&saved, |key| key == "SyncAll");
        let sent: Vec<(&str, String)> = sent.iter().map(|one| (one.key.as_str(), one.masked())).collect();
        assert_eq!(
            sent,
            [("AuthenticationType", "AuthenticationToken".to_owned()), ("BaseAddress", "https://x".to_owned())]
        );
    }

    #[test]
    fn a_setting_that_another_person_saved_is_noticed_and_an_own_one_is_not() {
        let snapshot = json!({"secrets": [
            {"key": "BaseAddress", "value": "https://x"}, {"key": "SecretToken", "value": "*"}, {"key": "SyncAll", "value": "true"},
        ]});
        let mut known = Known::of_snapshot(&snapshot.to_string());
        let now = |sync_all: &str, address: &str| {
            vec![
                json!({"key": "SyncAll", "value": sync_all}),
                json!({"key": "SecretToken", "value": "a-token"}),
                json!({"key": "BaseAddress", "value": address}),
                json!({"key": "Domain", "value": ""}),
            ]
        };
        assert_eq!(known.differing(&now("True", "https://x")), [""; 0]);
        assert_eq!(known.differing(&now("true", "https://X")), ["the setting BaseAddress differs"]);
        assert_eq!(known.differing(&now("false", "https://x")), ["the setting SyncAll differs"]);
        known.note("SyncAll", "false");
        assert_eq!(known.differing(&now("False", "https://x")), [""; 0]);
        let sent = r#"{"Enabled":true,"Recipients":"a@b.c"}"#;
        assert!(is_same(sent, r#"{"Recipients": "a@b.c", "DeleteThresholdEnabled": false, "Enabled": true}"#));
        assert!(!is_same(sent, r#"{"Enabled":true,"Recipients":"x@b.c"}"#) && !is_same(sent, "{}"));
        assert_eq!(
            known.differing(&[]),
            [
                "the setting BaseAddress is missing",
                "the setting SecretToken is missing",
                "the setting SyncAll is missing"
            ]
        );
        assert_eq!(Known::of_snapshot("{}").differing(&now("x", "y")), [""; 0], "settings that were not read");
    }
}
