//! The setting that holds the notification address and the deletion threshold: JSON inside a string.
//! <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationsecretkeystringvaluepair>

use std::fmt;

use serde_json::{Map, Value, json};

/// The key of the setting.
pub const NOTIFICATION: &str = "SyncNotificationSettings";

/// The value of the setting, with members that this program does not know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NotificationSettings(Map<String, Value>);

impl NotificationSettings {
    /// Reads the value of the setting; `None` if it is not a JSON object. A missing value is an empty one.
    pub fn read(value: Option<&str>) -> Option<Self> {
        let Some(text) = value else { return Some(NotificationSettings::default()) };
        match serde_json::from_str(text) {
            Ok(Value::Object(members)) => Some(NotificationSettings(members)),
            Ok(_) | Err(_) => None,
        }
    }

    /// The addresses that get a message; none if messages are disabled.
    pub fn recipients(&self) -> Vec<&str> {
        let enabled = self.0.get("Enabled") == Some(&Value::Bool(true));
        let listed = self.0.get("Recipients").and_then(Value::as_str).filter(|_| enabled).unwrap_or_default();
        listed.split([',', ';', ' ']).filter(|one| one.contains('@')).collect()
    }

    /// Whether messages are enabled.
    pub fn is_enabled(&self) -> bool {
        self.0.get("Enabled") == Some(&Value::Bool(true))
    }

    /// The deletions in one cycle above which Entra stops; `None` if accidental deletion prevention is off.
    pub fn delete_threshold(&self) -> Option<i64> {
        let enabled = self.0.get("DeleteThresholdEnabled") == Some(&Value::Bool(true));
        self.0.get("DeleteThresholdValue").and_then(Value::as_i64).filter(|threshold| enabled && *threshold > 0)
    }

    /// Whether an address gets the messages.
    pub fn notifies(&self, address: &str) -> bool {
        self.recipients().iter().any(|one| one.eq_ignore_ascii_case(address))
    }

    /// The same with an address and a threshold, where they are wanted.
    pub fn with(mut self, notify: Option<&str>, delete_threshold: Option<u32>) -> Self {
        if let Some(address) = notify.filter(|address| !self.notifies(address)) {
            self.0.insert("Enabled".to_owned(), json!(true));
            self.0.insert("Recipients".to_owned(), json!(address));
        }
        if let Some(threshold) = delete_threshold {
            self.0.insert("DeleteThresholdEnabled".to_owned(), json!(true));
            self.0.insert("DeleteThresholdValue".to_owned(), json!(threshold));
        }
        self
    }
}

impl fmt::Display for NotificationSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", Value::Object(self.0.clone()))
    }
}
