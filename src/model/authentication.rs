//! How Entra signs in to an app, by the settings of the connection.

use std::fmt;

use super::Snapshot;

/// A way of signing in to the app, as the portal offers it.
///
/// The portal stores what it is given under keys of
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationsecretkeystringvaluepair>. Federation
/// stores no secret:
/// <https://github.com/AzureAD/SCIMReferenceCode/blob/master/Workload-Identity-Federation-for-SCIM-Provisioning.md>
/// (2026-06-09).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// A secret token that is sent as it is.
    Bearer,
    /// OAuth2 client credentials: a client ID and a client secret, exchanged for a token.
    ClientCredentials,
    /// Workload identity federation: Entra presents a token of its own and gets one of the app.
    Federation,
    /// Another way, such as a user name and password; what it needs is not documented.
    Other,
}

impl fmt::Display for Authentication {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Authentication::Bearer => "a secret token",
            Authentication::ClientCredentials => "OAuth2 client credentials",
            Authentication::Federation => "workload identity federation",
            Authentication::Other => "another method",
        })
    }
}

/// Keys under which the secret of an OAuth2 client is stored.
const CLIENT_SECRETS: [&str; 2] = ["Oauth2ClientSecret", "ClientSecret"];

impl Snapshot<'_> {
    /// How Entra signs in to the app; `None` if the settings do not tell. What `AuthenticationType` says goes first, as a
    /// secret of an earlier way may still be stored.
    pub fn authentication(&self) -> Option<Authentication> {
        self.named_authentication().or_else(|| {
            if self.has_setting("SecretToken") {
                Some(Authentication::Bearer)
            } else if self.has_client_secret() {
                Some(Authentication::ClientCredentials)
            } else if self.has_setting("Oauth2TokenExchangeUri") {
                Some(Authentication::Federation)
            } else {
                None
            }
        })
    }

    /// What `AuthenticationType` says. Two of its values are published; that of federation is recognised by its words.
    pub fn named_authentication(&self) -> Option<Authentication> {
        let named = self.secret("AuthenticationType").filter(|value| !value.is_empty())?;
        let word: String = named.to_lowercase().chars().filter(|character| character.is_alphanumeric()).collect();
        Some(if word.contains("workload") || word.contains("federat") {
            Authentication::Federation
        } else if word.contains("clientcredential") {
            Authentication::ClientCredentials
        } else if word.contains("authenticationtoken") || word.contains("bearer") || word.contains("secrettoken") {
            Authentication::Bearer
        } else {
            Authentication::Other
        })
    }

    /// Whether the secret of an OAuth2 client is stored.
    pub fn has_client_secret(&self) -> bool {
        CLIENT_SECRETS.iter().any(|key| self.has_setting(key))
    }

    /// Whether a setting is stored and not empty.
    pub fn has_setting(&self, key: &str) -> bool {
        self.secret(key).is_some_and(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_str;

    fn authentication(settings: &[(&str, &str)]) -> Option<Authentication> {
        let secrets: Vec<_> =
            settings.iter().map(|(key, value)| serde_json::json!({"key": key, "value": value})).collect();
        let text = serde_json::json!({"provlint": {"snapshot": 1}, "secrets": secrets}).to_string();
        from_str::<Snapshot<'_>>(&text).unwrap().authentication()
    }

    #[test]
    fn each_way_of_signing_in_is_known_by_its_settings() {
        use Authentication::{Bearer, ClientCredentials, Federation, Other};
        let exchange = ("Oauth2TokenExchangeUri", "https://x.example.com/token");
        for (settings, way) in [
            (&[("SecretToken", "*")][..], Some(Bearer)),
            (&[("Oauth2ClientSecret", "*"), exchange], Some(ClientCredentials)),
            (&[("ClientIdentifier", "a"), ("ClientSecret", "*")], Some(ClientCredentials)),
            (&[("Oauth2ClientId", "a"), exchange], Some(Federation)),
            (&[("AuthenticationType", "AuthenticationToken"), exchange], Some(Bearer)),
            (&[("AuthenticationType", "OAuth2ClientCredentialsGrant")], Some(ClientCredentials)),
            (&[("AuthenticationType", "WorkloadIdentity"), ("SecretToken", "*")], Some(Federation)),
            (&[("AuthenticationType", "workload_identity_federation")], Some(Federation)),
            (&[("AuthenticationType", "Basic"), ("Password", "*")], Some(Other)),
            (&[("AuthenticationType", ""), ("BaseAddress", "https://x.example.com")], None),
        ] {
            assert_eq!(authentication(settings), way, "{settings:?}");
        }
    }
}
