//! A tenant URL, and the addresses of requests below it.

use url::Url;

use crate::graph::is_loopback;
use crate::secret;
use crate::simulate::request::{FLAG, Form, Request};

/// A tenant URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Without the flag.
    base: Url,
    form: Form,
}

/// Why a token cannot be sent to a tenant URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is not a URL.
    #[error("`{0}` is not a URL")]
    NotAUrl(String),
    /// It is not https, and not an address of this machine.
    #[error("`{0}` is not https; the token would be sent unencrypted")]
    Open(String),
    /// It holds a user name or password.
    #[error("the tenant URL holds a user name or password; provlint sends only the token")]
    Credentials,
}

impl Endpoint {
    /// Parses a tenant URL as entered in the portal, with or without Entra's flag [`FLAG`]. Whether Entra sends the flag on
    /// to the endpoint is not published; requests of this program do not have it.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub fn new(typed: &str) -> Result<Self, EndpointError> {
        let mut url = Url::parse(typed.trim()).map_err(|_| EndpointError::NotAUrl(secret::mask_url(typed)))?;
        let Some(host) = url.host_str().map(str::to_owned) else {
            return Err(EndpointError::NotAUrl(secret::mask_url(typed)));
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::Credentials);
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&host)) {
            return Err(EndpointError::Open(secret::mask_url(typed)));
        }
        url.set_fragment(None);
        let parts: Vec<&str> = url.query().unwrap_or_default().split('&').filter(|part| !part.is_empty()).collect();
        let is_flag = |part: &&str| part.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case(FLAG));
        let form = if parts.iter().any(is_flag) { Form::Flagged } else { Form::Default };
        let others: Vec<&str> = parts.into_iter().filter(|part| !is_flag(part)).collect();
        let others = others.join("&");
        url.set_query(Some(&*others).filter(|query| !query.is_empty()));
        Ok(Endpoint { base: url, form })
    }

    /// Whether the flag was in it, which says how Entra writes updates.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The address of a request: its path after that of the tenant URL, its query after what else the tenant URL asks for.
    pub fn url(&self, request: &Request) -> Url {
        let mut url = self.base.clone();
        let (path, query) =
            request.path.split_once('?').map_or((&*request.path, None), |(path, query)| (path, Some(query)));
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let both: Vec<&str> = self.base.query().into_iter().chain(query).collect();
        url.set_query(Some(&*both.join("&")).filter(|query| !query.is_empty()));
        url
    }

    /// The URL itself, without the flag.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// Whether requests are encrypted, and so may go through a proxy.
    pub(crate) fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The host.
    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ObjectKind;
    use crate::simulate::request::{read, search};

    #[test]
    fn requests_go_below_the_tenant_url_without_the_flag() {
        let users = search(ObjectKind::User, "userName", "a b");
        for (typed, form, expected) in [
            ("https://x.example/scim", Form::Default, "https://x.example/scim/Users?filter=userName+eq+%22a+b%22"),
            ("https://x.example/scim/", Form::Default, "https://x.example/scim/Users?filter=userName+eq+%22a+b%22"),
            ("https://x.example", Form::Default, "https://x.example/Users?filter=userName+eq+%22a+b%22"),
            (
                "https://x.example/v2/?aadOptscim062020",
                Form::Flagged,
                "https://x.example/v2/Users?filter=userName+eq+%22a+b%22",
            ),
            (
                "https://x.example/v2?org=1&AADOptSCIM062020=true#x",
                Form::Flagged,
                "https://x.example/v2/Users?org=1&filter=userName+eq+%22a+b%22",
            ),
        ] {
            let endpoint = Endpoint::new(typed).unwrap();
            assert_eq!((endpoint.form(), endpoint.url(&users).as_str()), (form, expected), "{typed}");
        }
        let endpoint = Endpoint::new("https://x.example/scim").unwrap();
        for (id, expected) in [("7", "Users/7"), ("a/../b?c", "Users/a%2F..%2Fb%3Fc"), ("a\\..", "Users/a%5C..")] {
            let url = endpoint.url(&read(ObjectKind::User, id));
            assert_eq!(url.as_str(), format!("https://x.example/scim/{expected}"), "{id}");
        }
    }
}
