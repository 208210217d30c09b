//! The way out of this machine: one HTTP client for everything, set up when first needed.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::GraphError;

/// No answer about an app has a tenth of this.
const LARGEST_MIB: usize = 64;

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For one answer.
    pub timeout: Duration,
    /// For all waiting between attempts of one request.
    pub longest_wait: Duration,
}

/// How hosts are reached, those of Graph and those who issue tokens for it.
#[derive(Debug)]
pub struct Network {
    pub(super) limits: Limits,
    authorities: Option<PathBuf>,
    direct: OnceCell<reqwest::Client>,
    proxied: OnceCell<reqwest::Client>,
}

impl Network {
    /// Nothing is set up yet. `authorities` is a file of certificates (PEM) to trust besides the system's.
    pub fn new(limits: Limits, authorities: Option<PathBuf>) -> Self {
        Network { limits, authorities, direct: OnceCell::new(), proxied: OnceCell::new() }
    }

    /// A client that follows no redirect; `proxied` if it heeds the proxy of the surroundings.
    pub(crate) fn http(&self, proxied: bool) -> Result<&reqwest::Client, GraphError> {
        let cell = if proxied { &self.proxied } else { &self.direct };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = self.build(proxied)?;
        Ok(cell.get_or_init(|| client))
    }

    fn build(&self, proxied: bool) -> Result<reqwest::Client, GraphError> {
        let setup = |reason: String| GraphError::Setup(reason);
        // Another part of the process may have chosen a provider before; any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("provlint/", env!("CARGO_PKG_VERSION")))
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

/// A token as it stands in a header, which no log shows; `None` for one that can't.
pub(crate) fn bearer(token: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The whole answer, if it has an end within bounds.
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

/// What an error says at its root, without the URL in it.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// What TLS says, where it is what stood in the way.
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
