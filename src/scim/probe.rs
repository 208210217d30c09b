//! Searches an endpoint for a user and a group that do not exist, with the right token and with a wrong one.
//!
//! Entra does the same for *Test Connection*:
//! <https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups>.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::answer::{EmptyList, SCIM, detail, empty_list};
use super::rehearsal::{Extra, Halt, SentAs, Session, Tape, Waits};
use super::{Answer, Endpoint};
use crate::graph::{GraphError, Network, random_id};
use crate::model::ObjectKind;
use crate::secret;
use crate::simulate::request::search;

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it should be.
    Passed,
    /// Entra accepts it, but it should be fixed.
    Warning,
    /// Entra's test would fail, or the endpoint is not secure.
    Failed,
    /// It could not be determined.
    Unknown,
}

impl Verdict {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Warning => "warning",
            Verdict::Failed => "failed",
            Verdict::Unknown => "unknown",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// `token`, `tls`, `headers`, `status`, `content-type`, `list-response`, `groups` or `wrong-token`.
    pub name: &'static str,
    /// Its result.
    pub verdict: Verdict,
    /// What was found.
    pub said: String,
    /// What to do, or what to ask of the vendor; empty if there is nothing to do.
    pub advice: String,
}

/// Why an endpoint could not be tested.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProbeError {
    /// The token has characters that a header cannot have.
    #[error("the token has characters that cannot be sent")]
    Token,
    /// It cannot be reached.
    #[error(transparent)]
    Network(#[from] GraphError),
}

/// Whether it is the answer that Entra needs to a search for something that does not exist.
fn is_right(answer: &Answer, what: &str) -> bool {
    answer.status == 200 && answer.is_json() && empty_list(&answer.body, what).is_ok()
}

/// Searches for what does not exist, and never waits.
struct Searches<'s> {
    session: Session<'s>,
    /// The attribute by which Entra matches users.
    attribute: &'s str,
}

/// Sends the queries of Entra with the token, and one with a wrong token. `attribute` is the one by which Entra matches
/// users; `groups` says whether groups are provisioned too.
///
/// # Errors
/// When the endpoint cannot be reached.
pub async fn probe(
    endpoint: &Endpoint,
    token: &SecretString,
    attribute: &str,
    groups: bool,
    network: &Network,
    now: Timestamp,
) -> Result<Vec<Check>, ProbeError> {
    let (_stop, stopping) = watch::channel(false);
    let searches = |token| -> Result<Searches<'_>, GraphError> {
        let waits = Waits { busy: Duration::ZERO, settle: Duration::ZERO };
        let session = Session::new(endpoint, token, random_id(), network, waits, stopping.clone(), Tape::Off)?;
        Ok(Searches { session, attribute })
    };
    let (mut steps, token) = (Vec::new(), token.expose_secret());
    let typed = SecretString::from(token.trim_end_matches(['\r', '\n']).to_owned());
    let cleaned = SecretString::from(secret::bare(token));
    let fault = secret::malformed(token, now);
    // Entra sends what was entered. A few vendors want a token that begins with Bearer.
    let begins_with_bearer = secret::begins_with_bearer(token);
    let as_typed =
        if begins_with_bearer { searches(&typed)?.users(SentAs::OfEntra).await? } else { Err(String::new()) };
    let is_taken_as_typed = as_typed.as_ref().is_ok_and(|answer| answer.status == 200);
    let searches = searches(if is_taken_as_typed { &typed } else { &cleaned })?;
    steps.push(match fault {
        Some(wrong) if is_taken_as_typed => step(
            "token",
            Verdict::Warning,
            format!("the token {wrong}; this endpoint accepts it that way"),
            "enter it in the portal exactly like this, if the vendor's guide says so",
        ),
        Some(wrong) => step(
            "token",
            Verdict::Failed,
            format!("the token {wrong}"),
            "enter only the token itself, as the vendor shows it, or create a new one",
        ),
        None => step("token", Verdict::Passed, "the token is well-formed", ""),
    });
    let asked = if is_taken_as_typed { as_typed } else { searches.users(SentAs::OfEntra).await? };
    let answer = match asked {
        Ok(answer) => answer,
        Err(_) if searches.takes_newer_tls().await => {
            steps.push(step(
                "tls",
                Verdict::Failed,
                format!("{} does not offer TLS 1.2, the newest version that Entra uses", endpoint.host()),
                "ask the vendor to offer TLS 1.2 besides newer versions",
            ));
            return Ok(steps);
        }
        Err(reason) => {
            steps.push(step(
                "tls",
                Verdict::Failed,
                format!("no secure connection to {}: {reason}", endpoint.host()),
                "ask the vendor for a certificate of a public authority for this host, and for TLS 1.2",
            ));
            return Ok(steps);
        }
    };
    if endpoint.is_https() {
        let said = "the connection is secure, with TLS 1.2 and a trusted certificate";
        steps.push(step("tls", Verdict::Passed, said, ""));
    }
    if !is_right(&answer, "users")
        && let Some(headers) = searches.missing_headers().await?
    {
        let without = match answer.status {
            200 => "no SCIM list".to_owned(),
            status => status.to_string(),
        };
        steps.push(step(
            "headers",
            Verdict::Failed,
            format!("{without} without {headers}, but 200 and a list with it: Entra does not send it"),
            &format!("ask the vendor to answer requests without {headers}; a firewall or proxy before the endpoint may be the cause"),
        ));
    }
    // With a wrong token, the endpoint shows whether it knows the right one.
    let wrong = match answer.status {
        200 | 401 | 403 => Some(searches.users(SentAs::WrongToken).await?),
        _ => None,
    };
    let wrong_status = wrong.as_ref().and_then(|wrong| wrong.as_ref().ok()).map(|wrong| wrong.status);
    steps.push(status(&answer, wrong_status));
    if answer.status == 200 {
        steps.push(content_type(&answer));
        steps.push(match empty_list(&answer.body, "users") {
            Ok(EmptyList::Right) => step("list-response", Verdict::Passed, "a ListResponse without resources", ""),
            Ok(other) => {
                step("list-response", Verdict::Warning, format!("an empty list, but {}", doubt(other)), LIST_ADVICE)
            }
            Err(wrong) => step("list-response", Verdict::Failed, wrong, LIST_ADVICE),
        });
    }
    if groups {
        steps.push(match answer.status {
            200 => groups_step(searches.groups().await?),
            _ => step("groups", Verdict::Unknown, "not tested, because the search for users fails", ""),
        });
    }
    steps.push(match (answer.status, wrong) {
        (200, Some(wrong)) => wrong_token(wrong),
        _ => step("wrong-token", Verdict::Unknown, "not tested, because the right token is not accepted", ""),
    });
    Ok(steps)
}

const LIST_ADVICE: &str =
    "ask the vendor for a ListResponse as in RFC 7644, section 3.4.2, with totalResults 0 if nothing matches";

fn step(name: &'static str, verdict: Verdict, said: impl Into<String>, advice: &str) -> Check {
    Check { name, verdict, said: said.into(), advice: advice.to_owned() }
}

/// The check of the status. `wrong_token` is the status with a wrong token.
fn status(answer: &Answer, wrong_token: Option<u16>) -> Check {
    let said = answer.said();
    let wants_basic = answer.challenge.as_ref().is_some_and(|challenge| {
        let challenge = challenge.to_lowercase();
        challenge.contains("basic") && !challenge.contains("bearer")
    });
    let advice = match answer.status {
        200 => return step("status", Verdict::Passed, said, ""),
        300..400 => {
            let to = answer.location.as_deref().unwrap_or("another place");
            let said = format!("{said}: a redirect to {to}; the token is not sent there");
            return step("status", Verdict::Failed, said, "use a tenant URL that answers without a redirect");
        }
        401 if wants_basic => {
            let said = format!("{said}: the endpoint wants Basic authentication, a user name and a password");
            let advice =
                "Entra sends a Bearer token only: ask the vendor for a token, or for an endpoint that takes one";
            return step("status", Verdict::Failed, said, advice);
        }
        403 if wrong_token == Some(401) => {
            let said = format!("{said}: the endpoint knows the token, but the token may not read users");
            let advice =
                "ask the vendor which role or permission the token's account needs for SCIM; the token itself is right";
            return step("status", Verdict::Failed, said, advice);
        }
        403 if !answer.is_json() => {
            "the answer does not come from the endpoint, but for example from a firewall: ask the vendor to let Entra's \
             requests through; else check the token and its rights"
        }
        401 => "the token is not accepted: check that it is the right one and still valid, or create a new one",
        403 => {
            "the token is not accepted, or its rights do not suffice: ask the vendor which role it needs, or create a new one"
        }
        404 if answer.media() == SCIM || detail(&answer.body).is_some() => {
            "Entra requires 200 and an empty list where no user matches, and takes 404 for a fault of the endpoint: ask \
             the vendor; check also that the tenant URL ends before /Users, which Entra appends"
        }
        404 => {
            "Entra appends /Users to the tenant URL: check that the URL ends before it; if it does, ask the vendor \
             to answer a query that matches no user with 200 and an empty list"
        }
        400 => "ask the vendor to support filters like `userName eq \"…\"` (RFC 7644, section 3.4.2.2)",
        500.. => "ask the vendor: the endpoint fails",
        _ => "ask the vendor to answer a query that matches no user with 200 and an empty list",
    };
    step("status", Verdict::Failed, said, advice)
}

/// The check of /Groups. Without it, cycles with an enabled mapping of groups go into quarantine:
/// <https://github.com/grokability/snipe-it/issues/11913>.
fn groups_step(answer: Result<Answer, String>) -> Check {
    let answer = match answer {
        Ok(answer) => answer,
        Err(reason) => return step("groups", Verdict::Unknown, reason, ""),
    };
    if answer.status != 200 {
        let advice = "if the app takes no groups, disable the mapping of groups; with the mapping, Entra puts the job \
                      into quarantine. Else ask the vendor to answer a search for a group that does not exist with 200 and \
                      an empty list";
        return step("groups", Verdict::Failed, format!("/Groups answers {}", answer.said()), advice);
    }
    match empty_list(&answer.body, "groups") {
        Ok(EmptyList::Right) => {
            step("groups", Verdict::Passed, "/Groups answers with a ListResponse without resources", "")
        }
        Ok(other) => step(
            "groups",
            Verdict::Warning,
            format!("/Groups answers with an empty list, but {}", doubt(other)),
            LIST_ADVICE,
        ),
        Err(wrong) => step(
            "groups",
            Verdict::Failed,
            format!("/Groups: {wrong}"),
            "ask the vendor to support filters like `displayName eq \"…\"` on /Groups (RFC 7644, section 3.4.2.2)",
        ),
    }
}

/// What is not right about an empty list, and what Entra makes of it.
fn doubt(list: EmptyList) -> String {
    match list {
        EmptyList::Right => String::new(),
        EmptyList::OtherSchemas => "its `schemas` are not those of a ListResponse; Entra accepts that".to_owned(),
        EmptyList::Doubtful(what) => format!("{what}; whether Entra accepts that is not published"),
    }
}

fn content_type(answer: &Answer) -> Check {
    let media = answer.media();
    match media.as_str() {
        SCIM => step("content-type", Verdict::Passed, SCIM, ""),
        "application/json" => step(
            "content-type",
            Verdict::Warning,
            "application/json",
            "ask the vendor for application/scim+json, as RFC 7644 requires (section 3.1)",
        ),
        "" => step("content-type", Verdict::Failed, "none", "ask the vendor for application/scim+json"),
        other => step(
            "content-type",
            Verdict::Failed,
            other,
            "the answer does not come from a SCIM endpoint, but for example from a sign-in page: check the tenant URL",
        ),
    }
}

fn wrong_token(answer: Result<Answer, String>) -> Check {
    match answer {
        Ok(Answer { status: 401, .. }) => step("wrong-token", Verdict::Passed, "401 Unauthorized, as it should be", ""),
        Ok(Answer { status: 403, .. }) => {
            step("wrong-token", Verdict::Warning, "403 Forbidden", "ask the vendor for 401 (RFC 7644, section 3.12)")
        }
        Ok(Answer { status: 200..300, .. }) => step(
            "wrong-token",
            Verdict::Failed,
            "an invented token is accepted: anyone can read and change the app's users",
            "report this to the vendor at once, and do not provision to this endpoint until it rejects wrong tokens",
        ),
        Ok(Answer { status, .. }) => step(
            "wrong-token",
            Verdict::Warning,
            format!("{status}"),
            "ask the vendor to reject wrong tokens with 401 (RFC 7644, section 3.12)",
        ),
        Err(reason) => step("wrong-token", Verdict::Unknown, reason, ""),
    }
}

impl Searches<'_> {
    /// Searches for a user; the inner error is that of a connection that is not secure.
    async fn users(&self, form: SentAs) -> Result<Result<Answer, String>, ProbeError> {
        self.ask(ObjectKind::User, self.attribute, form).await
    }

    /// The same for a group.
    async fn groups(&self) -> Result<Result<Answer, String>, ProbeError> {
        self.ask(ObjectKind::Group, "displayName", SentAs::OfEntra).await
    }

    /// Whether a connection with a newer version than TLS 1.2 succeeds.
    async fn takes_newer_tls(&self) -> bool {
        self.users(SentAs::WithoutToken).await.is_ok_and(|answer| answer.is_ok())
    }

    /// The header without which a search fails and with which it succeeds, or all of them if no single one is enough;
    /// `None` if it fails with them, too.
    async fn missing_headers(&self) -> Result<Option<String>, ProbeError> {
        let helps = |answer: Result<Answer, String>| answer.is_ok_and(|answer| is_right(&answer, "users"));
        if !helps(self.users(SentAs::Usual).await?) {
            return Ok(None);
        }
        for extra in Extra::ALL {
            if helps(self.users(SentAs::With(extra)).await?) {
                return Ok(Some(format!("the header {}", extra.as_str())));
            }
        }
        Ok(Some(format!("the headers {}", Extra::ALL.map(Extra::as_str).join(", "))))
    }

    async fn ask(&self, kind: ObjectKind, attribute: &str, form: SentAs) -> Result<Result<Answer, String>, ProbeError> {
        match self.session.ask(&search(kind, attribute, &random_id()), form).await {
            Ok(Ok(answer)) => Ok(Ok(answer)),
            Ok(Err(lost)) => match lost.tls {
                Some(reason) => Ok(Err(reason)),
                None => Err(lost.error.into()),
            },
            Err(Halt::Network(error)) => Err(error.into()),
            // A probe has nothing else that could end it: it neither records nor creates.
            Err(_) => Err(ProbeError::Token),
        }
    }
}
