//! Asks Graph.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{GraphError, Root};

/// No answer about an app has a tenth of this.
const LARGEST_MIB: usize = 64;
/// How many pages are followed: at 999 a page, more than any tenant has objects.
const MOST_PAGES: usize = 10_000;
/// The most requests in one batch, by <https://learn.microsoft.com/graph/json-batching>.
const BATCH: usize = 20;

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For one answer.
    pub timeout: Duration,
    /// For all waiting between attempts of one request.
    pub longest_wait: Duration,
}

/// A client of one Graph, with a token for it.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    root: Root,
    token: SecretString,
    limits: Limits,
    /// Told when an answer has to be waited for.
    note: fn(&str),
}

impl Client {
    /// Sets a client up. `authorities` is a file of certificates (PEM) to trust besides the system's.
    ///
    /// # Errors
    /// When the token can't stand in a header, the certificates can't be read, or there are none at all.
    pub fn new(
        root: Root,
        token: SecretString,
        limits: Limits,
        authorities: Option<&Path>,
        note: fn(&str),
    ) -> Result<Self, GraphError> {
        // Plain http stays on this machine: a proxy would see the token.
        let http = http(limits, authorities, root.is_secure())?;
        if HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).is_err() {
            return Err(GraphError::Setup("the token has characters that no token has".into()));
        }
        Ok(Client { http, root, token, limits, note })
    }

    /// Where it asks.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// What `GET path` gives; `path` begins behind the version.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn get(&self, path: &str) -> Result<Value, GraphError> {
        self.ask(Method::GET, self.url(path)?, None).await
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
            if let Value::Array(found) = page["value"].take() {
                elements.extend(found);
            }
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
        let mut answers = Vec::with_capacity(paths.len());
        for paths in paths.chunks(BATCH) {
            let mut missing: Vec<usize> = (0..paths.len()).collect();
            let mut found: Vec<Result<Value, GraphError>> = paths.iter().map(|_| Err(missing_part())).collect();
            let begun = Instant::now();
            for attempt in 0_u32.. {
                let requests: Vec<Value> = missing
                    .iter()
                    .map(|index| json!({"id": index.to_string(), "method": "GET", "url": paths[*index]}))
                    .collect();
                let body = json!({"requests": requests});
                let mut answer = self.ask(Method::POST, self.url("/$batch")?, Some(&body)).await?;
                for index in &missing {
                    found[*index] = part(&mut answer, *index);
                }
                // Parts are throttled one by one, and asked for again by themselves.
                missing.retain(|index| found[*index].as_ref().is_err_and(GraphError::is_passing));
                let asked = missing.iter().filter_map(|index| found[*index].as_ref().err().and_then(retry_after)).max();
                let pause = asked.unwrap_or(Duration::from_secs(1 << attempt.min(5)));
                if missing.is_empty() || attempt == 5 || begun.elapsed() + pause > self.limits.longest_wait {
                    break;
                }
                (self.note)(&format!("Graph asks to wait {} s", pause.as_secs()));
                tokio::time::sleep(pause).await;
            }
            answers.append(&mut found);
        }
        Ok(answers)
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
    async fn ask(&self, method: Method, url: Url, body: Option<&Value>) -> Result<Value, GraphError> {
        let begun = Instant::now();
        let attempts = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(30))
            .with_max_times(5);
        (|| self.ask_once(method.clone(), url.clone(), body))
            .retry(attempts)
            .when(GraphError::is_passing)
            .adjust(|error, pause| {
                let pause = retry_after(error).or(pause)?;
                (begun.elapsed() + pause <= self.limits.longest_wait).then_some(pause)
            })
            .notify(|error, pause| (self.note)(&format!("{error}; again in {:.0} s", pause.as_secs_f64().ceil())))
            .await
    }

    async fn ask_once(&self, method: Method, url: Url, body: Option<&Value>) -> Result<Value, GraphError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", self.token.expose_secret()))
            .map_err(|_| GraphError::Setup("the token has characters that no token has".into()))?;
        authorization.set_sensitive(true);
        let id = uuid::Builder::from_random_bytes(fastrand::u128(..).to_le_bytes()).into_uuid().to_string();
        let mut request = self
            .http
            .request(method, url)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json")
            .header("client-request-id", &id);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let failed = |error: reqwest::Error| {
            if error.is_timeout() {
                GraphError::Timeout { host: host.clone() }
            } else {
                GraphError::Unreachable { host: host.clone(), reason: innermost(&error) }
            }
        };
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_redirection() {
            let to = headers.get("location").and_then(|location| location.to_str().ok()).unwrap_or("another place");
            let host = Url::parse(to).ok().and_then(|url| url.host_str().map(str::to_owned));
            return Err(GraphError::Elsewhere { host: host.unwrap_or_else(|| to.to_owned()) });
        }
        let bytes = bounded(response).await?.map_err(failed)?;
        let request_id = text(&headers, "request-id").unwrap_or(id);
        let parsed = serde_json::from_slice::<Value>(&bytes);
        if !status.is_success() {
            let body = parsed.unwrap_or(Value::Null);
            return Err(GraphError::of_status(status.as_u16(), &body, request_id, retry_after_header(&headers)));
        }
        parsed.map_err(|_| GraphError::NotJson {
            status: status.as_u16(),
            kind: text(&headers, "content-type").unwrap_or_else(|| "something unnamed".into()),
        })
    }
}

/// A client that follows no redirect; `proxied` if it heeds the proxy of the surroundings.
pub(super) fn http(limits: Limits, authorities: Option<&Path>, proxied: bool) -> Result<reqwest::Client, GraphError> {
    let setup = |reason: String| GraphError::Setup(reason);
    // Another part of the process may have chosen a provider before; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("provlint/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(limits.timeout.min(Duration::from_secs(15)))
        .timeout(limits.timeout);
    if !proxied {
        builder = builder.no_proxy();
    }
    if let Some(path) = authorities {
        let pem = std::fs::read(path).map_err(|error| setup(format!("{}: {error}", path.display())))?;
        let certificates = reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|error| setup(format!("{}: {error}", path.display())))?;
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|error| setup(innermost(&error)))
}

/// The whole answer, if it has an end within bounds.
pub(super) async fn bounded(mut response: Response) -> Result<Result<Vec<u8>, reqwest::Error>, GraphError> {
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

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn retry_after(error: &GraphError) -> Option<Duration> {
    if let GraphError::Status { retry_after, .. } = error { *retry_after } else { None }
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

/// The answer to a part of a batch.
fn part(answer: &mut Value, index: usize) -> Result<Value, GraphError> {
    let id = index.to_string();
    let parts = answer["responses"].as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
    let Some(part) = parts.iter_mut().find(|part| part["id"].as_str() == Some(&id)) else { return Err(missing_part()) };
    let status = part["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(502);
    let body = part["body"].take();
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let wait = &part["headers"]["Retry-After"];
    let seconds = wait.as_u64().or_else(|| wait.as_str()?.parse().ok());
    Err(GraphError::of_status(status, &body, String::new(), seconds.map(Duration::from_secs)))
}

/// What an error says at its root, without the URL in it.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
