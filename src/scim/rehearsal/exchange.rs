//! A request as it was sent, and its answer.

use crate::scim::Answer;
use crate::secret;
use crate::simulate::request::Request;

/// The media type of requests with a body. <https://github.com/pond/scimitar/issues/123>
pub(super) const SENT: &str = "application/scim+json; charset=utf-8";

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

    /// The answer in words: `400 Bad Request: "…"`, or `403 Forbidden, as text/html` where something else answers.
    pub fn said(&self) -> String {
        match &self.answer {
            Ok(answer) if answer.is_foreign() => {
                let media = answer.media();
                format!("{}, as {}", answer.said(), if media.is_empty() { "an unknown type" } else { &media })
            }
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
