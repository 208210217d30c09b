//! The wanted state of the connection to an app.

use std::num::NonZeroU32;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use super::file::{Day, scalar};
use crate::model::Authentication;

/// What the connection of one app must be; `None` leaves a setting open. Unlike a tenant URL in `app`, which is a pattern for
/// all apps of a vendor, these are values that can be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WantedConnection {
    /// The tenant URL.
    pub tenant_url: Option<String>,
    /// The tenant URL of an endpoint for tests.
    pub test_url: Option<String>,
    /// The address that gets a message when provisioning fails.
    pub notify: Option<String>,
    /// The deletions in one cycle above which Entra stops.
    pub delete_threshold: Option<u32>,
    /// How Entra signs in to the app.
    pub auth_method: Option<Authentication>,
    /// The last day on which the app accepts the token or client secret, which Graph does not tell.
    pub token_expires: Option<Date>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ConnectionFile {
    tenant_url: Option<HttpsUrl>,
    test_url: Option<HttpsUrl>,
    notify: Option<Address>,
    delete_threshold: Option<NonZeroU32>,
    auth_method: Option<Authentication>,
    token_expires: Option<Day>,
}

impl ConnectionFile {
    /// Overwrites what the file sets.
    pub(super) fn overlay(self, wanted: &mut WantedConnection) {
        wanted.tenant_url = self.tenant_url.map(|url| url.0).or(wanted.tenant_url.take());
        wanted.test_url = self.test_url.map(|url| url.0).or(wanted.test_url.take());
        wanted.notify = self.notify.map(|address| address.0).or(wanted.notify.take());
        wanted.delete_threshold = self.delete_threshold.map(NonZeroU32::get).or(wanted.delete_threshold);
        wanted.auth_method = self.auth_method.or(wanted.auth_method);
        wanted.token_expires = self.token_expires.map(|day| day.0).or(wanted.token_expires);
    }
}

#[derive(Debug)]
struct HttpsUrl(String);

impl<'de> Deserialize<'de> for HttpsUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer, "a URL that begins with https://", |text| match text.strip_prefix("https://") {
            Some(rest) if !rest.is_empty() && !text.contains(char::is_whitespace) => Ok(HttpsUrl(text.to_owned())),
            _ => Err(format!("`{text}` is not a URL that begins with https://")),
        })
    }
}

#[derive(Debug)]
struct Address(String);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer, "an email address", |text| match is_email_address(text) {
            true => Ok(Address(text.to_owned())),
            false => Err(format!("`{text}` is not an email address")),
        })
    }
}

/// Whether a text has the form of one email address.
pub fn is_email_address(text: &str) -> bool {
    let is_filled = |(name, host): (&str, &str)| !name.is_empty() && host.contains('.') && !host.contains('@');
    !text.contains(|c: char| c.is_whitespace() || c == ',' || c == ';') && text.split_once('@').is_some_and(is_filled)
}
