//! Recordings: requests and answers without credentials, to be judged again elsewhere.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::exchange::{Exchange, NoAnswer};
use super::session::Form;
use crate::scim::Answer;
use crate::secret;
use crate::simulate::request::Request;

/// Why a recording cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// A request is not the recorded one.
    #[error("the recording has other requests: expected {expected}, found {found}")]
    Differs {
        /// What is sent now.
        expected: String,
        /// What was recorded.
        found: String,
    },
    /// A file of the recording is not one.
    #[error("the recording is damaged: {0}")]
    Damaged(String),
    /// It could not be written.
    #[error("the recording could not be written: {0}")]
    Unwritten(String),
}

/// Takes one exchange as JSON text.
pub type Keep = dyn FnMut(&str) -> std::io::Result<()>;

/// What becomes of requests besides being sent.
pub enum Tape {
    /// Nothing.
    Off,
    /// They are recorded.
    Record(Box<Keep>),
    /// They are not sent: these are the answers.
    Play(VecDeque<Value>),
}

impl std::fmt::Debug for Tape {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Tape::Off => "Off",
            Tape::Record(_) => "Record",
            Tape::Play(_) => "Play",
        })
    }
}

impl Tape {
    /// Whether answers come from a recording.
    pub(super) fn is_played(&self) -> bool {
        matches!(self, Tape::Play(_))
    }

    /// The recorded answer; `None` if the request must be sent.
    pub(super) fn next(&mut self, ask: &Request, form: Form) -> Result<Option<Result<Answer, NoAnswer>>, TapeError> {
        let Tape::Play(recorded) = self else { return Ok(None) };
        let expected = asked(ask, form);
        let found = recorded.pop_front();
        let request = found.as_ref().map(|found| &found["request"]);
        if request != Some(&expected) {
            let line = |request: &Value| match (request["method"].as_str(), request["path"].as_str()) {
                (Some(method), Some(path)) => format!("{method} {path}"),
                _ => "nothing".to_owned(),
            };
            let found = request.map_or_else(|| "its end".to_owned(), line);
            return Err(TapeError::Differs { expected: line(&expected), found });
        }
        let answer = found.map(|mut found| found["answer"].take()).unwrap_or_default();
        if let Some(reason) = answer["lost"].as_str() {
            let is_final = answer["final"] == json!(true);
            return Ok(Some(Err(NoAnswer { reason: reason.to_owned(), is_final })));
        }
        let damaged =
            || TapeError::Damaged(format!("the answer to {} {} has no status", ask.method.as_str(), ask.path));
        let status = answer["status"].as_u64().and_then(|status| u16::try_from(status).ok()).ok_or_else(damaged)?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        Ok(Some(Ok(Answer {
            status,
            kind: text("contentType").unwrap_or_default(),
            location: text("location"),
            body: text("body").unwrap_or_default().into_bytes(),
            ..Answer::default()
        })))
    }

    /// Records an exchange.
    pub(super) fn keep(&mut self, exchange: &Exchange, form: Form) -> Result<(), TapeError> {
        let Tape::Record(keep) = self else { return Ok(()) };
        let answer = match &exchange.answer {
            Ok(answer) => json!({
                "status": answer.status,
                "contentType": answer.kind,
                "location": answer.location,
                "body": secret::mask_shapes(&String::from_utf8_lossy(&answer.body)),
            }),
            Err(lost) => json!({"lost": lost.reason, "final": lost.is_final}),
        };
        let page = json!({"request": asked(&exchange.ask, form), "answer": answer});
        keep(&format!("{page:#}\n")).map_err(|error| TapeError::Unwritten(error.to_string()))
    }
}

/// A request without credentials, as a recording has it.
fn asked(ask: &Request, form: Form) -> Value {
    let form = match form {
        Form::OfEntra => "entra",
        Form::Usual => "usual",
        Form::With(extra) => extra.as_str(),
        Form::WrongToken => "wrong-token",
        Form::WithoutToken => "without-token",
    };
    json!({"method": ask.method.as_str(), "path": secret::mask_shapes(&ask.path), "form": form, "body": ask.body})
}
