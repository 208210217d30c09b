//! A request as it was sent, and its answer.

use serde_json::{Map, Value};

use crate::scim::answer::{detail, member};
use crate::secret;
use crate::simulate::request::Request;
use crate::text::{one_line, shortened};

/// The media type of SCIM (RFC 7644, section 8.1).
pub(super) const SCIM: &str = "application/scim+json";
/// The media type of requests with a body. <https://github.com/pond/scimitar/issues/123>
pub(super) const SENT: &str = "application/scim+json; charset=utf-8";

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type as sent.
    pub kind: String,
    /// The target of a redirect.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The content type without its parameters, in lower case.
    pub fn media(&self) -> String {
        self.kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether the content type is JSON.
    pub fn is_json(&self) -> bool {
        matches!(self.media().as_str(), SCIM | "application/json")
    }

    /// Whether the request succeeded.
    pub fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }

    /// The body as a JSON object.
    pub fn object(&self) -> Option<Map<String, Value>> {
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// The `scimType` of a SCIM error (RFC 7644, section 3.12).
    pub fn scim_type(&self) -> Option<String> {
        member(&self.object()?, "scimType")?.as_str().map(str::to_owned)
    }

    /// The status in words, with what the endpoint itself says.
    pub fn said(&self) -> String {
        let name = reqwest::StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        let said = format!("{} {}", self.status, name.unwrap_or_default()).trim_end().to_owned();
        match detail(&self.body).filter(|_| self.status >= 400) {
            Some(detail) => format!("{said}: \"{}\"", shortened(&secret::mask_shapes(&one_line(&detail)))),
            None if self.status >= 300 && !self.body.is_empty() && !self.is_json() => {
                let media = self.media();
                format!("{said}, as {}", if media.is_empty() { "an unknown type" } else { &media })
            }
            None => said,
        }
    }
}

/// A request and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// What was sent.
    pub ask: Request,
    /// The answer, or why there is none.
    pub answer: Result<Answer, NoAnswer>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAnswer {
    /// As a clause.
    pub reason: String,
    /// Whether asking again would be of no use.
    pub is_final: bool,
}

/// The longest part of a body that is shown.
const SHOWN: usize = 4 << 10;

impl Exchange {
    /// The answer, if there is one with a success status.
    pub fn success(&self) -> Option<&Answer> {
        self.answer.as_ref().ok().filter(|answer| answer.is_success())
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.answer.as_ref().ok().map(|answer| answer.status)
    }

    /// The answer in words: `400 Bad Request: "…"`.
    pub fn said(&self) -> String {
        match &self.answer {
            Ok(answer) => answer.said(),
            Err(NoAnswer { reason, .. }) => format!("no answer: {reason}"),
        }
    }

    /// The request line: `PATCH /Users/1`, readable.
    pub fn line(&self) -> String {
        secret::mask_shapes(&format!("{} {}", self.ask.method.as_str(), self.ask.path))
    }

    /// The body of the request in one line, without credentials.
    pub fn sent_body(&self) -> Option<String> {
        self.ask.body.as_ref().map(|body| secret::mask_shapes(&body.to_string()))
    }

    /// The body of the answer, without credentials and bounded.
    pub fn received_body(&self) -> Option<String> {
        let answer = self.answer.as_ref().ok().filter(|answer| !answer.body.is_empty())?;
        let text = String::from_utf8_lossy(&answer.body);
        let text = secret::mask_shapes(text.trim());
        let end = text.floor_char_boundary(SHOWN);
        Some(if end < text.len() { format!("{}… ({} bytes)", &text[..end], text.len()) } else { text })
    }
}
