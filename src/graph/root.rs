//! The root URL of a Graph, by cloud.

use std::fmt;

use reqwest::Url;

/// The clouds by name, with their Graph roots.
/// <https://learn.microsoft.com/graph/deployments>
pub const CLOUDS: [(&str, &str); 4] = [
    ("global", "https://graph.microsoft.com"),
    ("usgov", "https://graph.microsoft.us"),
    ("usgov-dod", "https://dod-graph.microsoft.us"),
    ("china", "https://microsoftgraph.chinacloudapi.cn"),
];

/// The issuer of tokens for the host of a Graph; for any other Graph it is the global one.
/// <https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>
const AUTHORITIES: [(&str, &str); 3] = [
    ("graph.microsoft.us", "https://login.microsoftonline.us"),
    ("dod-graph.microsoft.us", "https://login.microsoftonline.us"),
    ("microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn"),
];

/// The root of a Graph: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root(Url);

/// Why a text is not a root that a token may be sent to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootError {
    /// It is not a URL.
    #[error("`{0}` is not a URL")]
    NotAUrl(String),
    /// It is neither https nor this machine.
    #[error("`{0}` is not https; the token would be sent unencrypted")]
    Open(String),
    /// It has more than scheme, host and port.
    #[error("`{0}` has a path; give only scheme, host and port")]
    MoreThanHost(String),
}

impl Root {
    /// Reads a root as typed. A version at its end, `/v1.0`, is accepted.
    ///
    /// # Errors
    /// See [`RootError`].
    pub fn new(typed: &str) -> Result<Self, RootError> {
        let text = typed.trim().trim_end_matches('/').trim_end_matches("/v1.0");
        let url = Url::parse(text).map_err(|_| RootError::NotAUrl(typed.to_owned()))?;
        let Some(host) = url.host_str() else { return Err(RootError::NotAUrl(typed.to_owned())) };
        let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        if !plain || url.fragment().is_some() || url.path() != "/" {
            return Err(RootError::MoreThanHost(typed.to_owned()));
        }
        let here = is_loopback(host);
        match url.scheme() {
            "https" => Ok(Root(url)),
            "http" if here => Ok(Root(url)),
            _ => Err(RootError::Open(typed.to_owned())),
        }
    }

    /// The URL of a path after the version.
    pub(super) fn url(&self, path: &str) -> Option<Url> {
        self.of_version("v1.0", path)
    }

    /// The URL of a path that only the preview of Graph has.
    pub(super) fn beta_url(&self, path: &str) -> Option<Url> {
        self.of_version("beta", path)
    }

    fn of_version(&self, version: &str, path: &str) -> Option<Url> {
        self.0.join(&format!("/{version}{path}")).ok().filter(|url| self.holds(url))
    }

    /// Whether a URL leads to the same scheme, host and port.
    pub(super) fn holds(&self, url: &Url) -> bool {
        let place =
            |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
        place(url) == place(&self.0) && url.username().is_empty() && url.password().is_none()
    }

    /// Whether the connection is encrypted.
    pub(super) fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The issuer of tokens for it.
    pub fn authority(&self) -> &'static str {
        let known = AUTHORITIES.iter().find(|(host, _)| *host == self.host());
        known.map_or("https://login.microsoftonline.com", |(_, authority)| authority)
    }

    /// The host, for messages.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl fmt::Display for Root {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_go_over_https_or_stay_on_this_machine() {
        for typed in [
            "https://graph.microsoft.com",
            "https://graph.microsoft.com/v1.0/",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:80",
        ] {
            assert!(Root::new(typed).is_ok(), "{typed}: {:?}", Root::new(typed));
        }
        for typed in [
            "http://graph.microsoft.com",
            "graph.microsoft.com",
            "ftp://localhost",
            "https://user@graph.microsoft.com",
            "https://graph.microsoft.com/beta",
            "https://graph.microsoft.com?x",
            "http://127.0.0.1.example.com",
            "",
        ] {
            assert!(Root::new(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_url_that_leads_elsewhere_is_not_of_the_root() {
        let root = Root::new("https://graph.microsoft.com").unwrap();
        let holds = |url: &str| root.holds(&Url::parse(url).unwrap());
        assert!(holds("https://graph.microsoft.com/v1.0/users?$skiptoken=x"));
        assert!(holds("https://graph.microsoft.com:443/"));
        for url in [
            "http://graph.microsoft.com/",
            "https://graph.microsoft.com:444/",
            "https://graph.microsoft.com.example.com/",
            "https://graph.microsoft.com@example.com/",
            "https://x@graph.microsoft.com/",
        ] {
            assert!(!holds(url), "{url}");
        }
    }
}
