//! Asks Graph.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::network::{Limits, Network, bearer, bounded};
use super::{GraphError, Root, SignIn, SignInKind, random_id};

/// How many pages are followed: at 999 a page, more than any tenant has objects.
const MOST_PAGES: usize = 10_000;
/// The most requests in one batch, by <https://learn.microsoft.com/graph/json-batching>.
const BATCH: usize = 20;
/// How many requests are under way at a time.
pub(super) const CONCURRENCY: usize = 6;

/// A client of one Graph, with a token for it.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    root: Root,
    token: Mutex<SecretString>,
    /// What gives a new token where the first one is over; `None` for one that was handed over.
    sign_in: Option<SignIn>,
    limits: Limits,
    /// Told when an answer has to be waited for.
    note: fn(&str),
}

impl Client {
    /// Sets a client up.
    ///
    /// # Errors
    /// When the token can't stand in a header, the certificates can't be read, or there are none at all.
    pub fn new(root: Root, token: SecretString, network: &Network, note: fn(&str)) -> Result<Self, GraphError> {
        // Plain http stays on this machine: a proxy would see the token.
        let http = network.http(root.is_secure())?.clone();
        bearer(&token).ok_or_else(odd_token)?;
        Ok(Client { http, root, token: Mutex::new(token), sign_in: None, limits: network.limits, note })
    }

    /// With a way to sign in again, for what takes longer than a token holds.
    #[must_use]
    pub fn renewed_by(mut self, sign_in: Option<SignIn>) -> Self {
        // A person who signs in by a code isn't asked a second time.
        self.sign_in = sign_in.filter(|sign_in| sign_in.kind != SignInKind::DeviceCode);
        self
    }

    fn token(&self) -> SecretString {
        // A token is put there whole, whatever became of who did it.
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether there is another token than the one that was refused.
    async fn renew(&self, refused: &SecretString) -> bool {
        let Some(sign_in) = &self.sign_in else { return false };
        // The library keeps a token until it is over, so it may give the same once more.
        let Ok(token) = sign_in.token(&self.root).await else { return false };
        let is_new = token.expose_secret() != refused.expose_secret();
        if is_new {
            *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
        }
        is_new
    }

    /// Where it asks.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// How long to wait for what takes its time, all in all.
    pub fn longest_wait(&self) -> Duration {
        self.limits.longest_wait
    }

    /// How long one answer may take.
    pub fn longest_answer(&self) -> Duration {
        self.limits.timeout
    }

    /// What `GET path` gives; `path` begins behind the version.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn get(&self, path: &str) -> Result<Value, GraphError> {
        self.ask(Method::GET, self.url(path)?, None).await
    }

    /// What `GET path` gives, as Graph spells it: a JSON text.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn get_text(&self, path: &str) -> Result<String, GraphError> {
        let answer = self.retried(Method::GET, self.url(path)?, None, GraphError::is_passing).await?;
        answer.value()?;
        Ok(String::from_utf8_lossy(&answer.bytes).into_owned())
    }

    /// Changes something. It is repeated only where Graph says that it was too busy to look at the request: an answer
    /// that is lost says nothing of what was done.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn change(&self, method: Method, path: &str, body: Option<String>) -> Result<(), GraphError> {
        self.retried(method, self.url(path)?, body.as_deref(), GraphError::is_throttled).await.map(drop)
    }

    /// Changes something, and gives the answer. It is never repeated.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn change_once(&self, method: Method, path: &str, body: &Value) -> Result<Value, GraphError> {
        let body = body.to_string();
        self.ask_once(method, self.url(path)?, Some(&body)).await?.value()
    }

    /// How many a `…/$count` counts.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub(super) async fn count(&self, path: &str) -> Result<u64, GraphError> {
        let answer = self.retried(Method::GET, self.url(path)?, None, GraphError::is_passing).await?;
        let text = String::from_utf8_lossy(&answer.bytes);
        let not_a_number = |_| GraphError::NotJson { status: answer.status.as_u16(), kind: answer.kind.clone() };
        text.trim().trim_start_matches('\u{feff}').parse().map_err(not_a_number)
    }

    /// Sends `body` to a path; what comes back is nothing in many cases.
    ///
    /// It is repeated where the answer is lost, so it is for actions that change nothing.
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

    /// The elements of a first page and of those behind it.
    pub(super) async fn rest_of(&self, first: Value) -> Result<Vec<Value>, GraphError> {
        let mut elements = Vec::new();
        let mut seen = HashSet::new();
        let mut page = first;
        loop {
            let next = page["@odata.nextLink"].as_str().map(str::to_owned);
            elements.extend(taken(&mut page, "value"));
            let Some(next) = next else { return Ok(elements) };
            if !seen.insert(next.clone()) || seen.len() > MOST_PAGES {
                return Err(GraphError::EndlessPages);
            }
            page = self.ask(Method::GET, self.own(&next)?, None).await?;
        }
    }

    /// The answers to several `GET`s, asked for in as few requests as will do, in their order.
    ///
    /// # Errors
    /// When a batch as a whole fails; what fails of its parts stands in their places.
    pub async fn get_all(&self, paths: &[String]) -> Result<Vec<Result<Value, GraphError>>, GraphError> {
        let batches = stream::iter(paths.chunks(BATCH)).map(|paths| self.batch(paths)).buffered(CONCURRENCY);
        Ok(batches.try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
    }

    /// The answers to several `GET`s, without what isn't there any more.
    ///
    /// # Errors
    /// When one of them fails in another way.
    pub(super) async fn get_existing(&self, paths: &[String]) -> Result<Vec<Value>, GraphError> {
        let answers = self.get_all(paths).await?.into_iter();
        answers.filter(|answer| !answer.as_ref().is_err_and(|error| error.status() == Some(404))).collect()
    }

    /// The answers to as many `GET`s as a batch takes.
    async fn batch(&self, paths: &[String]) -> Result<Vec<Result<Value, GraphError>>, GraphError> {
        let mut missing: Vec<usize> = (0..paths.len()).collect();
        let mut found: Vec<Result<Value, GraphError>> = paths.iter().map(|_| Err(missing_part())).collect();
        let begun = Instant::now();
        for attempt in 0_u32.. {
            let requests: Vec<Value> = missing
                .iter()
                .map(|index| json!({"id": index.to_string(), "method": "GET", "url": paths[*index]}))
                .collect();
            let body = json!({"requests": requests}).to_string();
            let mut answer = self.ask(Method::POST, self.url("/$batch")?, Some(&body)).await?;
            for index in &missing {
                found[*index] = part(&mut answer, *index);
            }
            // Parts are throttled one by one, and asked for again by themselves.
            missing.retain(|index| found[*index].as_ref().is_err_and(GraphError::is_passing));
            let asked =
                missing.iter().filter_map(|index| found[*index].as_ref().err().and_then(GraphError::retry_after)).max();
            let pause = asked.unwrap_or(Duration::from_secs(1 << attempt.min(5)));
            if missing.is_empty() || attempt == 5 || begun.elapsed() + pause > self.limits.longest_wait {
                break;
            }
            (self.note)(&format!("Graph asks to wait {} s", pause.as_secs()));
            tokio::time::sleep(pause).await;
        }
        Ok(found)
    }

    fn url(&self, path: &str) -> Result<Url, GraphError> {
        self.root.url(path).ok_or_else(|| GraphError::Elsewhere { host: path.to_owned() })
    }

    /// A link from an answer, if it leads to the same place.
    fn own(&self, link: &str) -> Result<Url, GraphError> {
        let url = Url::parse(link).map_err(|_| GraphError::Elsewhere { host: link.to_owned() })?;
        if self.root.holds(&url) {
            return Ok(url);
        }
        Err(GraphError::Elsewhere { host: url.host_str().unwrap_or(link).to_owned() })
    }

    /// Asks, and asks again where that may help.
    async fn ask(&self, method: Method, url: Url, body: Option<&str>) -> Result<Value, GraphError> {
        self.retried(method, url, body, GraphError::is_passing).await?.value()
    }

    /// Asks, and asks again after errors for which that is right.
    async fn retried(
        &self,
        method: Method,
        url: Url,
        body: Option<&str>,
        again: fn(&GraphError) -> bool,
    ) -> Result<Answer, GraphError> {
        let begun = Instant::now();
        let attempts = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(30))
            .with_max_times(5);
        (|| self.ask_once(method.clone(), url.clone(), body))
            .retry(attempts)
            .when(again)
            .adjust(|error, pause| {
                let pause = error.retry_after().or(pause)?;
                (begun.elapsed() + pause <= self.limits.longest_wait).then_some(pause)
            })
            .notify(|error, pause| (self.note)(&format!("{error}; again in {:.0} s", pause.as_secs_f64().ceil())))
            .await
    }

    /// Asks; once more with another token, where the first one is over: it was not looked at then.
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
        let authorization = bearer(token).ok_or_else(odd_token)?;
        let id = random_id();
        let mut request = self
            .http
            .request(method, url)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, if is_count { "text/plain" } else { "application/json" })
            .header("client-request-id", &id);
        if is_count {
            // <https://learn.microsoft.com/graph/aad-advanced-queries>
            request = request.header("ConsistencyLevel", "eventual");
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_owned());
        }
        let failed = |error: reqwest::Error| GraphError::of_transport(&host, &error);
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_redirection() {
            let to = headers.get("location").and_then(|location| location.to_str().ok()).unwrap_or("another place");
            let host = Url::parse(to).ok().and_then(|url| url.host_str().map(str::to_owned));
            return Err(GraphError::Elsewhere { host: host.unwrap_or_else(|| to.to_owned()) });
        }
        let bytes = bounded(response).await?.map_err(failed)?;
        if !status.is_success() {
            let request_id = text(&headers, "request-id").unwrap_or(id);
            let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            return Err(GraphError::of_status(status.as_u16(), &body, request_id, retry_after_header(&headers)));
        }
        let kind = text(&headers, "content-type").unwrap_or_else(|| "something unnamed".into());
        Ok(Answer { status, kind, bytes })
    }
}

/// An answer that is no error.
struct Answer {
    status: StatusCode,
    /// What it says that it is.
    kind: String,
    bytes: Vec<u8>,
}

impl Answer {
    fn value(&self) -> Result<Value, GraphError> {
        if self.status == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.bytes)
            .map_err(|_| GraphError::NotJson { status: self.status.as_u16(), kind: self.kind.clone() })
    }
}

fn odd_token() -> GraphError {
    GraphError::Setup("the token has characters that no token has".into())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Seconds, or a date (RFC 9110, section 10.2.3).
fn retry_after_header(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?;
    let pause = date.timestamp().duration_since(jiff::Timestamp::now());
    Some(Duration::try_from(pause).unwrap_or_default())
}

/// Graph answered a batch, and forgot a part of it.
pub(super) fn missing_part() -> GraphError {
    let body = json!({"error": {"code": "a part of the batch has no answer"}});
    GraphError::of_status(502, &body, String::new(), None)
}

/// The list that stands under a key, taken out; none where something else does.
pub(super) fn taken(object: &mut Value, key: &str) -> Vec<Value> {
    match object.get_mut(key).map(Value::take) {
        Some(Value::Array(elements)) => elements,
        _ => Vec::new(),
    }
}

/// Puts objects in the order of a text that each has, since theirs is not Graph's promise.
pub(super) fn sort(objects: &mut [Value], key: &str) {
    objects.sort_by(|left, right| left[key].as_str().cmp(&right[key].as_str()));
}

/// The answer to a part of a batch.
fn part(answer: &mut Value, index: usize) -> Result<Value, GraphError> {
    let id = index.to_string();
    let parts = answer.get_mut("responses").and_then(Value::as_array_mut);
    let part = parts.and_then(|parts| parts.iter_mut().find(|part| part["id"].as_str() == Some(&id)));
    let Some(part) = part else { return Err(missing_part()) };
    let status = part["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(502);
    let body = part.get_mut("body").map(Value::take).unwrap_or_default();
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let wait = &part["headers"]["Retry-After"];
    let seconds = wait.as_u64().or_else(|| wait.as_str()?.parse().ok());
    Err(GraphError::of_status(status, &body, String::new(), seconds.map(Duration::from_secs)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_is_none_has_no_answers() {
        for odd in
            [json!(null), json!("x"), json!([1]), json!({"responses": 3}), json!({"responses": ["0", {"id": 0}]})]
        {
            assert!(part(&mut odd.clone(), 0).is_err(), "{odd}");
        }
        let mut bare = json!({"responses": [{"id": "0", "status": 200}]});
        assert_eq!(part(&mut bare, 0).ok(), Some(Value::Null));
    }
}
