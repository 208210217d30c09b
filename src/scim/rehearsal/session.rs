//! Sends requests as Entra sends them, one at a time.
//!
//! A rehearsal waits and records what it sends; a probe asks once and takes what comes. Nothing is known of what Entra does
//! with Retry-After, so waiting here is politeness, not a part of the rehearsal.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::{Client, Method};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::time::Instant;

use super::exchange::{Exchange, NoAnswer, SENT};
use super::tape::{Tape, TapeError};
use crate::graph::{GraphError, Network, bearer, retry_after, tls_error};
use crate::scim::answer::SCIM;
use crate::scim::{Answer, Endpoint};
use crate::secret;
use crate::simulate::request::{self, Request};

/// The first pause after 429 if the endpoint names none; each later one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// What every attempt counts at least, so that an endpoint that is busy for 0 seconds is not asked for ever.
const LEAST_PAUSE: Duration = Duration::from_millis(50);

/// The header by which some endpoints recognise Entra, so that they treat its requests otherwise:
/// <https://github.com/bitwarden/server/blob/main/bitwarden_license/src/Scim/Context/ScimContext.cs>. Its value was `5.0` at
/// first (<https://github.com/MicrosoftDocs/azure-docs/issues/21660>, 2019) and is now of this form; the time and the id here
/// are made up.
const AD_SCIM_VERSION: (HeaderName, &str) = (
    HeaderName::from_static("adscimversion"),
    "Date:2026-01-01T00:00:00.0000000Z, ActivityId:00000000-0000-4000-8000-000000000000",
);

/// How long an answer is awaited after Ctrl-C.
const GRACE: Duration = Duration::from_secs(5);

/// Why a rehearsal ends early.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// Ctrl-C.
    #[error("stopped by Ctrl-C")]
    Stopped,
    /// The token has characters that a header cannot have.
    #[error("the token has characters that cannot be sent")]
    Token,
    /// The endpoint can no longer be reached.
    #[error(transparent)]
    Network(#[from] GraphError),
    /// The endpoint knows no such token, or it has too few rights.
    #[error("the endpoint refuses the token: {0}; check the token and the tenant URL in the vendor's guide")]
    Refused(String),
    /// The endpoint does not answer, or no longer.
    #[error("the endpoint does not answer: {0}")]
    Lost(String),
    /// A recording does not fit, or cannot be written.
    #[error(transparent)]
    Tape(#[from] TapeError),
    /// What is made could not be written down, so it is not made.
    #[error("what is made on the endpoint could not be written to a file: {0}")]
    Ledger(String),
}

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As Entra sends it: without a User-Agent, and on a GET with no more than the token and `ADSCIMVersion`.
    /// <https://github.com/kortix-ai/suna/pull/7297> (2026-09), <https://github.com/MicrosoftDocs/azure-docs/issues/94189>
    OfEntra,
    /// As other clients send it.
    Usual,
    /// As Entra sends it, with one header that other clients send.
    With(Extra),
    /// As Entra sends it, but with another token.
    WrongToken,
    /// As other clients send it, without a token: this shows whether a connection is possible.
    WithoutToken,
}

/// A header that other clients send and Entra does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// `User-Agent`
    UserAgent,
    /// `Accept`
    Accept,
    /// `Content-Type`, on a GET
    ContentType,
}

impl Extra {
    /// All of them.
    pub const ALL: [Extra; 3] = [Extra::UserAgent, Extra::Accept, Extra::ContentType];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Extra::UserAgent => "User-Agent",
            Extra::Accept => "Accept",
            Extra::ContentType => "Content-Type",
        }
    }

    fn header(self) -> (HeaderName, &'static str) {
        match self {
            Extra::UserAgent => (USER_AGENT, concat!("provlint/", env!("CARGO_PKG_VERSION"))),
            Extra::Accept => (ACCEPT, SCIM),
            Extra::ContentType => (CONTENT_TYPE, SCIM),
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(in crate::scim) struct Lost {
    /// What failed.
    pub(in crate::scim) error: GraphError,
    /// Why no secure connection could be made, if that is the reason.
    pub(in crate::scim) tls: Option<String>,
}

/// The waits of a session.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// Longest total wait while the endpoint answers 429.
    pub busy: Duration,
    /// Before something is read again that did not show.
    pub settle: Duration,
}

/// A connection to an endpoint.
#[derive(Debug)]
pub struct Session<'s> {
    endpoint: &'s Endpoint,
    token: &'s SecretString,
    /// A token that no one issued.
    wrong_token: SecretString,
    network: &'s Network,
    bare: Client,
    waits: Waits,
    stop: watch::Receiver<bool>,
    tape: RefCell<Tape>,
    waited: Cell<Duration>,
    busy: Cell<usize>,
    sent: Cell<usize>,
    /// Waits for something to show that were in vain.
    in_vain: Cell<usize>,
}

/// After so many waits in vain, the endpoint shows at once what it has.
const ENOUGH: usize = 3;

impl<'s> Session<'s> {
    /// Sends nothing yet. `stop` becomes true when the user wants the rehearsal to end.
    ///
    /// # Errors
    /// If no client can be made.
    pub fn new(
        endpoint: &'s Endpoint,
        token: &'s SecretString,
        wrong_token: String,
        network: &'s Network,
        waits: Waits,
        stop: watch::Receiver<bool>,
        tape: Tape,
    ) -> Result<Self, GraphError> {
        // Plain http stays on this machine: a proxy would see the token.
        let bare = network.bare_http(endpoint.is_https())?;
        Ok(Session {
            endpoint,
            token,
            wrong_token: SecretString::from(wrong_token),
            network,
            bare,
            waits,
            stop,
            tape: RefCell::new(tape),
            waited: Cell::default(),
            busy: Cell::default(),
            sent: Cell::default(),
            in_vain: Cell::default(),
        })
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &'s Endpoint {
        self.endpoint
    }

    /// How often the endpoint answered 429.
    pub fn was_busy(&self) -> usize {
        self.busy.get()
    }

    /// How many requests were sent.
    pub fn sent(&self) -> usize {
        self.sent.get()
    }

    /// The same, for what must be done although the user wants to end: cleaning up. `stop` is a new wish to end.
    #[must_use]
    pub fn resumed(self, stop: watch::Receiver<bool>) -> Self {
        Session { stop, waited: Cell::default(), ..self }
    }

    /// Sends a request as Entra does.
    ///
    /// # Errors
    /// See [`Halt`]. A request without an answer is no error.
    pub async fn send(&self, ask: Request) -> Result<Exchange, Halt> {
        self.send_as(ask, Form::OfEntra).await
    }

    /// Sends a request in a form.
    ///
    /// # Errors
    /// As [`Session::send`].
    pub async fn send_as(&self, ask: Request, form: Form) -> Result<Exchange, Halt> {
        let mut pause = FIRST_PAUSE;
        loop {
            if *self.stop.borrow() {
                return Err(Halt::Stopped);
            }
            let played = self.tape.borrow_mut().next(&ask, form)?;
            if let Some(answer) = played {
                return Ok(Exchange { ask, answer });
            }
            let mut stop = self.stop.clone();
            let ended = async {
                let _ = stop.wait_for(|stop| *stop).await;
                tokio::time::sleep(GRACE).await;
            };
            // What was begun is finished, so that what it made is known; but not for ever.
            let (answer, asked) = tokio::select! {
                done = self.once(&ask, form) => done?,
                () = ended => return Err(Halt::Stopped),
            };
            let answer = answer.map_err(NoAnswer::from);
            if answer.as_ref().is_ok_and(|answer| answer.status == 429) {
                self.busy.set(self.busy.get().saturating_add(1));
                let wait = asked.unwrap_or(pause);
                let waited = self.waited.get().saturating_add(wait.max(LEAST_PAUSE));
                if waited <= self.waits.busy {
                    self.waited.set(waited);
                    self.rest(wait).await?;
                    pause = pause.saturating_mul(2);
                    continue;
                }
            }
            let exchange = Exchange { ask, answer };
            self.tape.borrow_mut().keep(&exchange, form)?;
            return Ok(exchange);
        }
    }

    /// Sends a request once, whatever the endpoint answers, and records nothing.
    ///
    /// # Errors
    /// If the token cannot be sent, or no client can be made.
    pub(in crate::scim) async fn ask(&self, ask: &Request, form: Form) -> Result<Result<Answer, Lost>, Halt> {
        Ok(self.once(ask, form).await?.0)
    }

    /// Sends a request once. The second value is the wait that the endpoint asks for.
    async fn once(&self, ask: &Request, form: Form) -> Result<(Result<Answer, Lost>, Option<Duration>), Halt> {
        let token = if form == Form::WrongToken { &self.wrong_token } else { self.token };
        let url = self.endpoint.url(ask);
        let method = match ask.method {
            request::Method::Get => Method::GET,
            request::Method::Post => Method::POST,
            request::Method::Patch => Method::PATCH,
            request::Method::Delete => Method::DELETE,
        };
        let mut request = match form {
            Form::OfEntra | Form::WrongToken | Form::With(_) => {
                self.bare.request(method, url).header(AD_SCIM_VERSION.0, AD_SCIM_VERSION.1)
            }
            Form::Usual | Form::WithoutToken => {
                let http = self.network.http(self.endpoint.is_https())?;
                http.request(method, url).header(ACCEPT, SCIM).header(CONTENT_TYPE, SCIM)
            }
        };
        if let Form::With(extra) = form {
            let (name, value) = extra.header();
            request = request.header(name, value);
        }
        if let Some(body) = &ask.body {
            request = request.header(CONTENT_TYPE, HeaderValue::from_static(SENT)).body(body.to_string());
        }
        if form != Form::WithoutToken {
            request = request.header(AUTHORIZATION, bearer(token).ok_or(Halt::Token)?);
        }
        self.sent.set(self.sent.get().saturating_add(1));
        let host = self.endpoint.host();
        let of_transport =
            |error: &reqwest::Error| Lost { error: GraphError::of_transport(host, error), tls: tls_error(error) };
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Ok((Err(of_transport(&error)), None)),
        };
        let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let wait = wait.and_then(|value| retry_after(value, jiff::Timestamp::now()));
        Ok(match Answer::of(response).await {
            Ok(Ok(answer)) => (Ok(answer), wait),
            Ok(Err(error)) => (Err(of_transport(&error)), None),
            Err(error) => (Err(Lost { error, tls: None }), None),
        })
    }

    /// Waits before something is read again, unless waiting never helped; false if it did not wait.
    ///
    /// # Errors
    /// If the user wants to end.
    pub async fn settle(&self) -> Result<bool, Halt> {
        if self.in_vain.get() >= ENOUGH || self.tape.borrow().is_played() {
            return Ok(self.tape.borrow().is_played() && self.in_vain.get() < ENOUGH);
        }
        self.rest(self.waits.settle).await?;
        Ok(true)
    }

    /// Notes whether waiting helped.
    pub fn settled(&self, helped: bool) {
        self.in_vain.set(if helped { 0 } else { self.in_vain.get().saturating_add(1) });
    }

    /// Waits for nothing to show from now on; returns what to continue with.
    pub(super) fn settle_never(&self) -> usize {
        self.in_vain.replace(ENOUGH)
    }

    /// Continues as before.
    pub(super) fn settle_again(&self, before: usize) {
        self.in_vain.set(before);
    }

    async fn rest(&self, pause: Duration) -> Result<(), Halt> {
        let mut stop = self.stop.clone();
        let end = Instant::now().checked_add(pause);
        let rest = async {
            match end {
                Some(end) => tokio::time::sleep_until(end).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = rest => Ok(()),
            Ok(_) = stop.wait_for(|stop| *stop) => Err(Halt::Stopped),
        }
    }
}

impl From<Lost> for NoAnswer {
    fn from(lost: Lost) -> Self {
        let is_final = matches!(lost.error, GraphError::TooLarge { .. });
        NoAnswer { is_final, reason: secret::mask_shapes(&lost.error.to_string()) }
    }
}
