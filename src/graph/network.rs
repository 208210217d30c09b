//! The HTTP client for all requests, created when it is first needed.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::GraphError;
use crate::secret::never_show;

/// Several times the largest known answer, a page of a thousand users.
pub(super) const LARGEST_MIB: usize = 16;

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For one answer.
    pub timeout: Duration,
    /// Between all attempts of one request together.
    pub longest_wait: Duration,
    /// Between the first two attempts, unless Graph names a time; every later pause is twice as long.
    pub first_pause: Duration,
}

impl Limits {
    /// Limits with the usual first pause.
    pub fn new(timeout: Duration, longest_wait: Duration) -> Self {
        Limits { timeout, longest_wait, first_pause: Duration::from_millis(100) }
    }
}

/// How hosts are reached: Graph, and those that issue tokens for it.
#[derive(Debug)]
pub struct Network {
    pub(super) limits: Limits,
    authorities: Option<PathBuf>,
    direct: OnceCell<reqwest::Client>,
    proxied: OnceCell<reqwest::Client>,
}

impl Network {
    /// Creates no client yet. `authorities` is a file of certificates (PEM) to trust besides the system's.
    pub fn new(limits: Limits, authorities: Option<PathBuf>) -> Self {
        Network { limits, authorities, direct: OnceCell::new(), proxied: OnceCell::new() }
    }

    /// A client that follows no redirect; `proxied` if it uses the proxy of the environment.
    pub(crate) fn http(&self, proxied: bool) -> Result<&reqwest::Client, GraphError> {
        let cell = if proxied { &self.proxied } else { &self.direct };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let agent = concat!("provlint/", env!("CARGO_PKG_VERSION"));
        let client = self.build(proxied, |builder| builder.user_agent(agent))?;
        Ok(cell.get_or_init(|| client))
    }

    /// A client like Entra's provisioning service: it sends no header of its own accord but `Accept: */*`, and offers
    /// TLS 1.2 as the newest version.
    /// <https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups#security-requirements>
    pub(crate) fn bare_http(&self, proxied: bool) -> Result<reqwest::Client, GraphError> {
        self.build(proxied, |builder| builder.no_gzip().tls_version_max(reqwest::tls::Version::TLS_1_2))
    }

    fn build(
        &self,
        proxied: bool,
        with: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<reqwest::Client, GraphError> {
        let setup = |reason: String| GraphError::Setup(reason);
        // Another part of the process may have installed a provider already; that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = with(reqwest::Client::builder())
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.limits.timeout.min(Duration::from_secs(15)))
            .timeout(self.limits.timeout);
        if !proxied {
            builder = builder.no_proxy();
        }
        if let Some(path) = &self.authorities {
            let pem = std::fs::read(path).map_err(|error| setup(format!("{}: {error}", path.display())))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem)
                .map_err(|error| setup(format!("{}: {error}", path.display())))?;
            builder = builder.tls_certs_merge(certificates);
        }
        builder.build().map_err(|error| setup(innermost(&error)))
    }
}

/// A token as a header that no log shows; `None` if it has characters that a header cannot have.
pub(crate) fn bearer(token: &SecretString) -> Option<HeaderValue> {
    // Whoever gets the token may send it back.
    never_show(token.expose_secret());
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The whole answer, unless it is too large.
pub(crate) async fn bounded(mut response: Response) -> Result<Result<Vec<u8>, reqwest::Error>, GraphError> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(Ok(bytes)),
            Err(error) => return Ok(Err(error)),
        }
        if bytes.len() > LARGEST_MIB << 20 {
            return Err(GraphError::TooLarge { limit: LARGEST_MIB });
        }
    }
}

/// The message of an error's innermost cause, which does not repeat the URL.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// The TLS error that caused a failure, if one did.
pub(crate) fn tls_error(error: &reqwest::Error) -> Option<String> {
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Some(error.to_string());
        }
        // The source of an I/O error is that of what it wraps, not the thing itself.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}
