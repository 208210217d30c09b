//! The answers of token issuers, as the libraries that read them can bear them.
//!
//! Those libraries add the lifetime that an issuer names to the time of today, and wait as long as it asks.

use std::time::Duration;

use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::HeaderName;
use azure_core::http::{AsyncRawResponse, HttpClient, Request};
use futures_util::StreamExt;
use serde_json::Value;

use super::GraphError;
use super::client::retry_after;
use super::network::LARGEST_MIB;

const RETRY_AFTER: HeaderName = HeaderName::from_static("retry-after");
/// No token lives longer.
const A_YEAR: u64 = 365 * 24 * 60 * 60;
/// No device code is asked about less often.
const A_MINUTE: u64 = 60;

/// The shared HTTP client, adapted to `azure_core`.
#[derive(Debug)]
pub(super) struct Issuer {
    pub(super) http: reqwest::Client,
    /// The longest pause before another attempt.
    pub(super) longest_wait: Duration,
}

#[async_trait::async_trait]
impl HttpClient for Issuer {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let (status, mut headers, mut body) = self.http.execute_request(request).await?.deconstruct();
        if let Some(pause) = headers.remove(RETRY_AFTER) {
            let pause = retry_after(pause.as_str(), jiff::Timestamp::now());
            if pause.is_some_and(|pause| pause > self.longest_wait) {
                let reason = format!("{status}; the server asks to wait longer than --max-wait allows");
                return Err(Error::with_message(ErrorKind::Credential, reason));
            }
            // The library reads dates that are none, and waits for them.
            if let Some(pause) = pause {
                headers.insert(RETRY_AFTER, pause.as_secs().to_string());
            }
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk?);
            if bytes.len() > LARGEST_MIB << 20 {
                let reason = GraphError::TooLarge { limit: LARGEST_MIB }.to_string();
                return Err(Error::with_message(ErrorKind::Credential, reason));
            }
        }
        Ok(AsyncRawResponse::from_bytes(status, headers, within_limits(bytes)))
    }
}

/// An answer whose times are within reason; any other answer stays as it is.
pub(super) fn within_limits(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(Value::Object(mut answer)) = serde_json::from_slice(&bytes) else { return bytes };
    let mut is_changed = false;
    for (name, most) in [("expires_in", A_YEAR), ("ext_expires_in", A_YEAR), ("interval", A_MINUTE)] {
        let Some(Value::Number(number)) = answer.get_mut(name) else { continue };
        let bounded = match (number.as_u64(), number.as_i64()) {
            (Some(seconds), _) => seconds.min(most),
            (None, Some(_)) => 0,
            // Not a whole number: the library objects to it.
            (None, None) => continue,
        };
        is_changed |= number.as_u64() != Some(bounded);
        *number = bounded.into();
    }
    if is_changed { Value::Object(answer).to_string().into_bytes() } else { bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_that_an_issuer_names_overflows() {
        let bounded = |text: &str| String::from_utf8(within_limits(text.into())).unwrap();
        for (sent, read) in [
            (r#"{"expires_in": 3599,  "interval": 5}"#, r#"{"expires_in": 3599,  "interval": 5}"#),
            (r#"{"expires_in":9223372036854775807,"x":1}"#, r#"{"expires_in":31536000,"x":1}"#),
            (r#"{"expires_in":-9223372036854775808}"#, r#"{"expires_in":0}"#),
            (r#"{"interval":18446744073709551615}"#, r#"{"interval":60}"#),
            (r#"{"expires_in":1e300}"#, r#"{"expires_in":1e300}"#),
            (r#"{"expires_in":"soon"}"#, r#"{"expires_in":"soon"}"#),
            ("[1]", "[1]"),
            ("<html>", "<html>"),
        ] {
            assert_eq!(bounded(sent), read);
        }
    }
}
