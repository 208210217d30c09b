//! The HTTP client for Graph: requests, pages, batches, retries.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::batch::Batches;
use super::network::{Limits, Network, bearer, bounded};
use super::{GraphError, Root, SignIn, SignInKind, random_id};
use crate::document::is_sound;
use crate::secret::mask_shapes;

/// The most pages that are followed; at 999 objects a page, more than any tenant has.
const MOST_PAGES: usize = 10_000;
/// The most values in one answer: a page of a thousand users with forty properties has a tenth of that. A value takes up to
/// fifty times the memory of its text.
const MOST_VALUES: usize = 500_000;
/// The most bytes of all pages of one list, in MiB.
const LONGEST_LIST_MIB: usize = 128;
/// How often a request is repeated.
pub(super) const MOST_REPEATS: u32 = 9;
/// The longest pause between two attempts, unless Graph names a longer one.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(16);
/// After the first note, a shorter pause is over before another one is read.
pub(super) const WORTH_A_NOTE: Duration = Duration::from_secs(1);
/// How long an app or job may be new to some of Graph's replicas.
const SETTLING: Duration = Duration::from_secs(30);
/// The number of requests that wait for an answer at the same time. Graph documents no limit for reading directory objects
/// besides its resource units; the backend of provisioning publishes none at all.
pub(super) const AT_A_TIME: usize = 32;

/// A client of one Graph, with a token for it.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    root: Root,
    token: Mutex<SecretString>,
    /// Renews an expired token; `None` for a token that the user passed.
    sign_in: Option<SignIn>,
    pub(super) limits: Limits,
    /// Called when a request has to wait.
    pub(super) note: fn(&str),
    pub(super) batches: Batches,
    slots: Semaphore,
}

impl Client {
    /// Creates a client.
    ///
    /// # Errors
    /// When the token cannot be sent in a header, or no certificates can be read.
    pub fn new(root: Root, token: SecretString, network: &Network, note: fn(&str)) -> Result<Self, GraphError> {
        // Plain http stays on this machine: a proxy would see the token.
        let http = network.http(root.is_secure())?.clone();
        bearer(&token).ok_or_else(odd_token)?;
        Ok(Client {
            http,
            root,
            token: Mutex::new(token),
            sign_in: None,
            limits: network.limits,
            note,
            batches: Batches::default(),
            slots: Semaphore::new(AT_A_TIME),
        })
    }

    /// With a way to sign in again when the token expires.
    #[must_use]
    pub fn renewed_by(mut self, sign_in: Option<SignIn>) -> Self {
        // A device code needs a person, who must not be asked a second time.
        self.sign_in = sign_in.filter(|sign_in| sign_in.kind != SignInKind::DeviceCode);
        self
    }

    pub(super) fn token(&self) -> SecretString {
        // The token is replaced as a whole, so it is valid even after a panic elsewhere.
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gets a new token to replace a rejected one; false if there is none.
    async fn renew(&self, refused: &SecretString) -> bool {
        let Some(sign_in) = &self.sign_in else { return false };
        // The library caches tokens, so it may return the same one.
        let Ok(token) = sign_in.token(&self.root).await else { return false };
        let is_new = token.expose_secret() != refused.expose_secret();
        if is_new {
            *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
        }
        is_new
    }

    /// The Graph that it sends requests to.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The longest wait in total between all attempts, and for a change to become visible.
    pub fn longest_wait(&self) -> Duration {
        self.limits.longest_wait
    }

    /// The longest time for one answer.
    pub fn longest_answer(&self) -> Duration {
        self.limits.timeout
    }

    /// Sends `GET path`; `path` begins after the version.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn get(&self, path: &str) -> Result<Value, GraphError> {
        self.ask(Method::GET, self.url(path)?, None).await
    }

    /// Sends `GET path` to the preview of Graph, which alone has some resources.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn get_beta(&self, path: &str) -> Result<Value, GraphError> {
        let url = self.root.beta_url(path).ok_or_else(|| GraphError::Elsewhere { host: path.to_owned() })?;
        self.ask(Method::GET, url, None).await
    }

    /// The answer to `GET path` as Graph spells it.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn get_text(&self, path: &str) -> Result<String, GraphError> {
        let answer = self.retried(Method::GET, self.url(path)?, None, GraphError::is_passing).await?;
        answer.text()
    }

    /// Makes one attempt to change something, with the present token. Nothing is repeated here: before a second attempt,
    /// the caller reads again what the change replaces. See [`Attempts`].
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn change(&self, method: Method, path: &str, body: Option<&str>) -> Result<(), GraphError> {
        self.ask_with(&self.token(), method, self.url(path)?, body).await.map(drop)
    }

    /// The same, and returns the answer.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn change_and_read(&self, method: Method, path: &str, body: &Value) -> Result<Value, GraphError> {
        self.ask_with(&self.token(), method, self.url(path)?, Some(&body.to_string())).await?.value()
    }

    /// Changes something that replaces nothing, and returns the answer. The request is repeated only with a new token.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn change_once(&self, method: Method, path: &str, body: &Value) -> Result<Value, GraphError> {
        let body = body.to_string();
        self.ask_once(method, self.url(path)?, Some(&body)).await?.value()
    }

    /// The attempts of one request, the first of which begins now.
    pub fn attempts(&self) -> Attempts<'_> {
        let pauses = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.limits.first_pause)
            .with_max_delay(LONGEST_PAUSE)
            .with_max_times(MOST_REPEATS as usize);
        Attempts { client: self, begun: Instant::now(), pauses: pauses.build(), is_first: true, is_renewed: false }
    }

    /// The number that a `…/$count` returns.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn count(&self, path: &str) -> Result<u64, GraphError> {
        let answer = self.retried(Method::GET, self.url(path)?, None, GraphError::is_passing).await?;
        let text = String::from_utf8_lossy(&answer.bytes);
        let not_a_number = |_| GraphError::NotJson { status: answer.status.as_u16(), kind: answer.kind.clone() };
        text.trim().trim_start_matches('\u{feff}').parse().map_err(not_a_number)
    }

    /// Sends `body` to a path. The request is repeated after a lost answer, so it must not change anything.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, GraphError> {
        self.ask(Method::POST, self.url(path)?, Some(&body.to_string())).await
    }

    /// All elements of a list, over all its pages.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn list(&self, path: &str) -> Result<Vec<Value>, GraphError> {
        let first = self.get(path).await?;
        self.rest_of(first).await
    }

    /// The next page of a list, of which `read` bytes were read.
    async fn page(&self, url: Url, read: &mut usize) -> Result<Value, GraphError> {
        let answer = self.retried(Method::GET, url, None, GraphError::is_passing).await?;
        *read = read.saturating_add(answer.bytes.len());
        if *read > LONGEST_LIST_MIB << 20 {
            return Err(GraphError::LongList { limit: LONGEST_LIST_MIB });
        }
        answer.value()
    }

    /// The elements of a first page and of all that follow.
    pub(super) async fn rest_of(&self, first: Value) -> Result<Vec<Value>, GraphError> {
        let mut elements = Vec::new();
        let mut seen = HashSet::new();
        let mut read = 0;
        let mut page = first;
        loop {
            let next = page["@odata.nextLink"].as_str().map(str::to_owned);
            elements.extend(taken(&mut page, "value"));
            let Some(next) = next else { return Ok(elements) };
            if !seen.insert(next.clone()) || seen.len() > MOST_PAGES {
                return Err(GraphError::EndlessPages);
            }
            page = self.page(self.own(&next)?, &mut read).await?;
        }
    }

    pub(super) fn url(&self, path: &str) -> Result<Url, GraphError> {
        self.root.url(path).ok_or_else(|| GraphError::Elsewhere { host: path.to_owned() })
    }

    /// A link from an answer, if it leads to the same Graph.
    fn own(&self, link: &str) -> Result<Url, GraphError> {
        let own = Url::parse(link).ok().filter(|url| self.root.holds(url));
        own.ok_or_else(|| GraphError::elsewhere(link))
    }

    /// Sends a request, and repeats it after temporary errors.
    pub(super) async fn ask(&self, method: Method, url: Url, body: Option<&str>) -> Result<Value, GraphError> {
        self.retried(method, url, body, GraphError::is_passing).await?.value()
    }

    /// Sends a request, and repeats it after the errors that `again` accepts.
    async fn retried(
        &self,
        method: Method,
        url: Url,
        body: Option<&str>,
        again: fn(&GraphError) -> bool,
    ) -> Result<Answer, GraphError> {
        let mut attempts = self.attempts();
        loop {
            match self.ask_once(method.clone(), url.clone(), body).await {
                Err(error) if again(&error) && attempts.wait(&error).await => {}
                answer => return answer,
            }
        }
    }

    /// Sends a request, and repeats it with a new token if the first one has expired: Graph did nothing then.
    async fn ask_once(&self, method: Method, url: Url, body: Option<&str>) -> Result<Answer, GraphError> {
        let token = self.token();
        let answer = self.ask_with(&token, method.clone(), url.clone(), body).await;
        match &answer {
            Err(error) if error.status() == Some(401) && self.renew(&token).await => {
                self.ask_with(&self.token(), method, url, body).await
            }
            _ => answer,
        }
    }

    async fn ask_with(
        &self,
        token: &SecretString,
        method: Method,
        url: Url,
        body: Option<&str>,
    ) -> Result<Answer, GraphError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let is_count = url.path().ends_with("/$count");
        let counts = is_count || counts(url.as_str());
        let authorization = bearer(token).ok_or_else(odd_token)?;
        let id = random_id();
        let mut request = self
            .http
            .request(method, url)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, if is_count { "text/plain" } else { "application/json" })
            .header("client-request-id", &id);
        if counts {
            // <https://learn.microsoft.com/graph/aad-advanced-queries>
            request = request.header("ConsistencyLevel", "eventual");
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_owned());
        }
        let failed = |error: reqwest::Error| GraphError::of_transport(&host, &error);
        // The semaphore is never closed.
        let _slot = self.slots.acquire().await;
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_redirection() {
            let to = headers.get("location").and_then(|location| location.to_str().ok()).unwrap_or("another place");
            return Err(GraphError::elsewhere(to));
        }
        let bytes = bounded(response).await?.map_err(failed)?;
        if !status.is_success() {
            let request_id = text(&headers, "request-id").unwrap_or(id);
            let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            return Err(GraphError::of_status(status.as_u16(), &body, request_id, retry_after_header(&headers)));
        }
        let kind = text(&headers, "content-type").unwrap_or_else(|| "an unknown type".into());
        Ok(Answer { status, kind, bytes })
    }
}

/// Whether a request asks Graph to count, which needs a header:
/// <https://learn.microsoft.com/graph/aad-advanced-queries>.
pub(super) fn counts(url: &str) -> bool {
    url.contains("$count=true") || url.contains("%24count=true")
}

/// The attempts of one request, and the pauses between them.
#[derive(Debug)]
pub struct Attempts<'c> {
    client: &'c Client,
    begun: Instant,
    pauses: <ExponentialBuilder as BackoffBuilder>::Backoff,
    is_first: bool,
    is_renewed: bool,
}

impl Attempts<'_> {
    /// Waits before a change is sent again; false if it must not be. A change is repeated only where Graph answers that it
    /// did nothing, because it is busy or the token has expired: after a lost answer it is unknown what was done.
    pub async fn wait_to_change(&mut self, error: &GraphError) -> bool {
        if error.status() == Some(401) && !self.is_renewed {
            self.is_renewed = true;
            return self.client.renew(&self.client.token()).await;
        }
        error.is_throttled() && self.wait(error).await
    }

    /// The same for settings. Graph answers 409 while it still stores another change of them; that did nothing either.
    pub async fn wait_to_change_settings(&mut self, error: &GraphError) -> bool {
        if error.status() == Some(409) { self.wait(error).await } else { self.wait_to_change(error).await }
    }

    /// The same for what belongs to an app or job that was just created: not all of Graph's replicas know it at once, and
    /// those that do not answer 403, 404 or 409.
    pub async fn wait_to_change_new(&mut self, error: &GraphError) -> bool {
        let is_settling = matches!(error.status(), Some(403 | 404 | 409)) && self.begun.elapsed() < SETTLING;
        if is_settling { self.wait(error).await } else { self.wait_to_change(error).await }
    }

    /// Waits as long as Graph asks, or a little longer each time; false if there is no time left for another attempt.
    async fn wait(&mut self, error: &GraphError) -> bool {
        let Some(usual) = self.pauses.next() else { return false };
        let pause = error.retry_after().unwrap_or(usual);
        if self.begun.elapsed().saturating_add(pause) > self.client.limits.longest_wait {
            return false;
        }
        if self.is_first || pause >= WORTH_A_NOTE {
            (self.client.note)(&format!("{error}; trying again in {:.0} s", pause.as_secs_f64().ceil()));
        }
        self.is_first = false;
        tokio::time::sleep(pause).await;
        true
    }
}

/// An answer with a success status.
struct Answer {
    status: StatusCode,
    /// Its content type.
    kind: String,
    bytes: Vec<u8>,
}

impl Answer {
    fn value(&self) -> Result<Value, GraphError> {
        if self.status == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        self.expect_few()?;
        serde_json::from_slice(&self.bytes).map_err(|_| self.not_json())
    }

    /// The JSON as it came.
    fn text(self) -> Result<String, GraphError> {
        self.expect_few()?;
        match std::str::from_utf8(&self.bytes) {
            Ok(text) if is_sound(text) => Ok(text.to_owned()),
            _ => Err(self.not_json()),
        }
    }

    fn expect_few(&self) -> Result<(), GraphError> {
        // Commas in texts count, too.
        let count = memchr::memchr3_iter(b',', b'{', b'[', &self.bytes).count();
        if count > MOST_VALUES { Err(GraphError::TooManyValues { limit: MOST_VALUES }) } else { Ok(()) }
    }

    fn not_json(&self) -> GraphError {
        GraphError::NotJson { status: self.status.as_u16(), kind: self.kind.clone() }
    }
}

fn odd_token() -> GraphError {
    GraphError::Setup("the token has invalid characters".into())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(mask_shapes)
}

/// The pause that a header asks for.
fn retry_after_header(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers.get(RETRY_AFTER)?.to_str().ok()?, jiff::Timestamp::now())
}

/// Seconds, or a date (RFC 9110, section 10.2.3). A number too large to count is a pause without end, and a time that is
/// over is none.
pub(crate) fn retry_after(value: &str, now: jiff::Timestamp) -> Option<Duration> {
    let value = value.trim();
    let digits = value.strip_prefix('-').unwrap_or(value);
    if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        let is_over = value.starts_with('-');
        return Some(if is_over { Duration::ZERO } else { Duration::from_secs(digits.parse().unwrap_or(u64::MAX)) });
    }
    // A wrong day of the week does not make it another date.
    let date = jiff::fmt::rfc2822::parse(value.split_once(", ").map_or(value, |(_, date)| date)).ok()?;
    Some(Duration::try_from(date.timestamp().duration_since(now)).unwrap_or_default())
}

/// Takes the list at a key; an empty list if it is missing.
pub(super) fn taken(object: &mut Value, key: &str) -> Vec<Value> {
    match object.get_mut(key).map(Value::take) {
        Some(Value::Array(elements)) => elements,
        _ => Vec::new(),
    }
}

/// Sorts objects by a text that each has, because Graph promises no order.
pub(super) fn sort(objects: &mut [Value], key: &str) {
    objects.sort_by(|left, right| left[key].as_str().cmp(&right[key].as_str()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pause_that_a_server_asks_for_overflows() {
        let now = "2026-10-05T10:00:00Z".parse().unwrap();
        for (value, seconds) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("18446744073709551615", Some(u64::MAX)),
            ("99999999999999999999999999", Some(u64::MAX)),
            ("-1", Some(0)),
            ("-18446744073709551616", Some(0)),
            ("Mon, 05 Oct 2026 10:00:09 GMT", Some(9)),
            ("Mon, 01 Jan 0001 00:00:00 GMT", Some(0)),
            ("Fri, 30 Dec 9999 21:00:00 GMT", Some(251_611_009_200)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", None),
            ("NaN", None),
            ("1e9", None),
            ("1.5", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }
}
