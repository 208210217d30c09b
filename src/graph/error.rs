//! Errors of Graph.

use std::time::Duration;

use serde_json::Value;

use super::network::innermost;
use crate::secret;

/// Why there is no usable answer from Graph. No error holds a token.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GraphError {
    /// The client could not be set up.
    #[error("the connection could not be set up: {0}")]
    Setup(String),
    /// The connection failed.
    #[error("{host} could not be reached: {reason}")]
    Unreachable {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// The connection broke before the answer was complete.
    #[error("the connection to {host} broke: {reason}")]
    Broken {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// The answer took too long.
    #[error("{host} did not answer in time")]
    Timeout {
        /// The host.
        host: String,
    },
    /// The answer is too large.
    #[error("the answer has more than {limit} MiB")]
    TooLarge {
        /// The limit in MiB.
        limit: usize,
    },
    /// The answer has too many values.
    #[error("the answer has more than {limit} values")]
    TooManyValues {
        /// The limit.
        limit: usize,
    },
    /// The pages of a list are too large together.
    #[error("the pages of the answer have more than {limit} MiB")]
    LongList {
        /// The limit in MiB.
        limit: usize,
    },
    /// The answer is not JSON.
    #[error("the answer ({status}) is {kind}, not JSON: a proxy or sign-in page answered instead of Graph")]
    NotJson {
        /// The HTTP status.
        status: u16,
        /// The content type.
        kind: String,
    },
    /// Graph answered with an error.
    #[error("{}", said(*status, code, message))]
    Status {
        /// The HTTP status.
        status: u16,
        /// Graph's code.
        code: String,
        /// Graph's message.
        message: String,
        /// The id with which Microsoft support can find the request.
        request_id: String,
        /// The time that Graph asks to wait.
        retry_after: Option<Duration>,
    },
    /// A next link or redirect leads to another host, which must not get the token.
    #[error("Graph's answer leads to {host}, which must not get the token")]
    Elsewhere {
        /// The other host.
        host: String,
    },
    /// Graph returned only the ids of objects, because the caller may not read the rest.
    #[error("Graph returned only the ids of {count} users")]
    Hidden {
        /// The number of objects.
        count: usize,
    },
    /// The pages of a list repeat or never end.
    #[error("the pages of the answer never end")]
    EndlessPages,
    /// The user pressed Ctrl-C.
    #[error("stopped by Ctrl-C")]
    Interrupted,
}

/// `403 Forbidden: Authorization_RequestDenied: Insufficient privileges`
fn said(status: u16, code: &str, message: &str) -> String {
    let reason = reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let status = format!("{status} {}", reason.unwrap_or("(no HTTP status)"));
    let parts = [status.as_str(), code, message].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(": ")
}

impl GraphError {
    /// A failure before the answer was complete.
    pub(crate) fn of_transport(host: &str, error: &reqwest::Error) -> Self {
        let host = host.to_owned();
        let reason = innermost(error);
        match (error.is_timeout(), error.is_connect()) {
            (true, _) => GraphError::Timeout { host },
            (false, true) => GraphError::Unreachable { host, reason },
            (false, false) => GraphError::Broken { host, reason },
        }
    }

    /// An answer with an error status. Graph wraps errors of provisioning as JSON inside the message.
    pub(super) fn of_status(status: u16, body: &Value, request_id: String, retry_after: Option<Duration>) -> Self {
        let error = &body["error"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (mut code, mut message) = (text(&error["code"]), text(&error["message"]));
        if let Ok(inner) = serde_json::from_str::<Value>(&message)
            && inner.is_object()
        {
            let wrapped = if inner["error"].is_object() { &inner["error"] } else { &inner };
            let inner_code = text(&wrapped["code"]);
            if !inner_code.is_empty() {
                code = inner_code;
            }
            message = [&wrapped["message"], &wrapped["Message"]]
                .into_iter()
                .map(text)
                .find(|said| !said.is_empty())
                .unwrap_or_default();
        }
        let id = &error["innerError"]["request-id"];
        let request_id = if request_id.is_empty() { text(id) } else { request_id };
        GraphError::Status {
            status,
            code: secret::mask_shapes(&code),
            // Entra passes on the app's answer, which may hold credentials.
            message: secret::mask_shapes(message.replace(['\r', '\n'], " ").trim()),
            request_id: secret::mask_shapes(&request_id),
            retry_after,
        }
    }

    /// A link or redirect to another place; its host, if it has one, and no credential that it repeats.
    pub(super) fn elsewhere(link: &str) -> Self {
        let host = reqwest::Url::parse(link).ok().and_then(|url| url.host_str().map(str::to_owned));
        GraphError::Elsewhere { host: secret::mask_shapes(host.as_deref().unwrap_or(link)) }
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            GraphError::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The time that Graph asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        if let GraphError::Status { retry_after, .. } = self { *retry_after } else { None }
    }

    /// Whether Graph throttled the request without looking at it: <https://learn.microsoft.com/graph/throttling>.
    pub(super) fn is_throttled(&self) -> bool {
        self.status() == Some(429)
    }

    /// Whether the same request may succeed later: <https://learn.microsoft.com/graph/throttling>.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            GraphError::Status { status, .. } => matches!(status, 429 | 500 | 502 | 503 | 504 | 509),
            GraphError::Unreachable { .. } | GraphError::Broken { .. } | GraphError::Timeout { .. } => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_error_inside_a_message_is_unwrapped() {
        let said = |body: Value| GraphError::of_status(400, &body, String::new(), None).to_string();
        let inner = "{\r\n \"error\":{\r\n \"code\":\"InvalidNotificationSettings\",\"message\":null}}";
        assert_eq!(
            said(json!({"error": {"code": "UnknownError", "message": inner}})),
            "400 Bad Request: InvalidNotificationSettings"
        );
        let inner = "{\"Message\":\"No HTTP resource was found\"}";
        assert_eq!(
            said(json!({"error": {"code": "UnknownError", "message": inner}})),
            "400 Bad Request: UnknownError: No HTTP resource was found"
        );
        assert_eq!(
            said(json!({"error": {"code": "BadRequest", "message": "x\r\ny"}})),
            "400 Bad Request: BadRequest: x  y"
        );
        assert_eq!(said(json!([])), "400 Bad Request");
    }
}
