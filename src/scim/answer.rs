//! The answers of an endpoint.

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use serde_json::{Map, Value};

use crate::graph::{GraphError, bounded};
use crate::secret;
use crate::text::{one_line, shortened};

/// The media type of SCIM (RFC 7644, section 8.1).
pub(super) const SCIM: &str = "application/scim+json";

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type as sent.
    pub kind: String,
    /// The target of a redirect.
    pub location: Option<String>,
    /// The ways of signing in that the endpoint offers.
    pub challenge: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads a response. The inner error is that of the connection.
    ///
    /// # Errors
    /// If the body is too large.
    pub(super) async fn of(response: Response) -> Result<reqwest::Result<Self>, GraphError> {
        let status = response.status().as_u16();
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(secret::mask_shapes);
        let (kind, location) = (text(CONTENT_TYPE).unwrap_or_default(), text(LOCATION));
        let challenges = response.headers().get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        let challenge = Some(challenges.collect::<Vec<_>>().join(", ")).filter(|challenge| !challenge.is_empty());
        let body = bounded(response).await?;
        Ok(body.map(|body| Answer { status, kind, location, challenge, body }))
    }

    /// The content type without its parameters, in lower case.
    pub fn media(&self) -> String {
        self.kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether it is JSON, and so of the endpoint itself and not of a server before it.
    pub fn is_json(&self) -> bool {
        matches!(self.media().as_str(), SCIM | "application/json")
    }

    /// Whether the request succeeded.
    pub fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }

    /// Whether something in between answered, such as a firewall: a failure with a page that is not JSON and gives no reason.
    pub(super) fn is_foreign(&self) -> bool {
        let says_why = self.status >= 400 && detail(&self.body).is_some();
        self.status >= 300 && !self.body.is_empty() && !self.is_json() && !says_why
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
            None => said,
        }
    }
}

/// The URN of a list of resources (RFC 7644, section 3.4.2).
const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// An answer to a query that matches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EmptyList {
    /// As RFC 7644 requires.
    Right,
    /// Without resources, but with the `schemas` of something else. Entra provisions to such endpoints:
    /// <https://github.com/ssoready/ssoready/pull/232>.
    OtherSchemas,
    /// Without resources, but not as RFC 7644 requires it: this is wrong. Whether Entra accepts it is not published.
    Doubtful(&'static str),
}

/// Checks that a body is the answer that RFC 7644 requires to a query that matches nothing. `what` names what was
/// searched for: `users`.
///
/// # Errors
/// What is wrong, as a clause.
pub(super) fn empty_list(body: &[u8], what: &str) -> Result<EmptyList, String> {
    let value: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON".to_owned())?;
    let Some(list) = value.as_object() else { return Err("the body is not a JSON object".to_owned()) };
    let schemas = member(list, "schemas").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_list = schemas.iter().any(|urn| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(LIST_RESPONSE)));
    if is_error(list) {
        return Err("the body is a SCIM error, although the status is 200".to_owned());
    }
    // Null is the same as absent (RFC 7643, section 2.5).
    let resources = match member(list, "Resources") {
        None | Some(Value::Null) => None,
        Some(Value::Array(resources)) => Some(resources.len()),
        Some(_) => return Err("`Resources` is not a list".to_owned()),
    };
    let mut doubt = None;
    let total = match member(list, "totalResults") {
        Some(Value::Number(total)) => total.as_u64(),
        Some(Value::String(total)) if total == "0" => {
            doubt = Some("`totalResults` is a text");
            Some(0)
        }
        None | Some(Value::Null) if resources == Some(0) => {
            doubt = Some("`totalResults` is missing");
            Some(0)
        }
        Some(Value::Null) | None => return Err("`totalResults` is missing".to_owned()),
        Some(_) => return Err("`totalResults` is not a number".to_owned()),
    };
    match (total, resources.unwrap_or_default()) {
        (Some(0), 0) => Ok(match doubt {
            Some(doubt) => EmptyList::Doubtful(doubt),
            None if is_list => EmptyList::Right,
            None => EmptyList::OtherSchemas,
        }),
        _ => Err(format!("it returns {what} although none has this value: the filter is ignored")),
    }
}

/// Whether an object is a SCIM error (RFC 7644, section 3.12).
pub(super) fn is_error(object: &Map<String, Value>) -> bool {
    let schemas = member(object, "schemas").and_then(Value::as_array);
    schemas.into_iter().flatten().any(|urn| urn.as_str().is_some_and(|urn| urn.to_lowercase().ends_with(":error")))
}

/// The `detail` of a SCIM error (RFC 7644, section 3.12).
pub(super) fn detail(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let text = member(value.as_object()?, "detail")?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A member by name: attribute names are case-insensitive (RFC 7643, section 2.1).
pub(super) fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_the_schemas_of_something_else_is_accepted() {
        for schemas in [r#"["urn:ietf:params:scim:schemas:core:2.0:User"]"#, "[]", "null", "\"x\""] {
            let body = format!(r#"{{"schemas": {schemas}, "totalResults": 0, "resources": []}}"#);
            assert_eq!(empty_list(body.as_bytes(), "users"), Ok(EmptyList::OtherSchemas), "{schemas}");
        }
        assert_eq!(empty_list(br#"{"totalResults": 0}"#, "users"), Ok(EmptyList::OtherSchemas));
        assert!(empty_list(br#"{"totalResults": 1, "Resources": [{}]}"#, "groups").unwrap_err().contains("groups"));
    }

    #[test]
    fn a_list_that_is_wrong_in_a_way_that_entra_may_accept_is_doubtful() {
        for body in [r#"{"totalResults": "0", "Resources": []}"#, r#"{"Resources": []}"#] {
            let found = empty_list(body.as_bytes(), "users");
            assert!(matches!(found, Ok(EmptyList::Doubtful(_))), "{body}: {found:?}");
        }
    }

    #[test]
    fn an_empty_list_is_what_rfc_7644_says_it_is() {
        let urn = LIST_RESPONSE;
        for (body, said) in [
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 0, "Resources": []}}"#), None),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 0}}"#), None),
            (format!(r#"{{"Schemas": ["{urn}"], "TotalResults": 0, "resources": []}}"#), None),
            (
                r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": "no"}"#.to_owned(),
                Some("SCIM error"),
            ),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 0, "Resources": null}}"#), None),
            (format!(r#"{{"schemas": ["{urn}"]}}"#), Some("`totalResults` is missing")),
            (format!(r#"{{"schemas": ["{urn}"], "Resources": null}}"#), Some("`totalResults` is missing")),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": "7"}}"#), Some("not a number")),
            (format!(r#"{{"schemas": ["{urn}"], "Resources": [{{}}]}}"#), Some("`totalResults` is missing")),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 0, "Resources": {{}}}}"#), Some("not a list")),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 3, "Resources": [{{}}]}}"#), Some("ignored")),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 0, "Resources": [{{}}]}}"#), Some("ignored")),
            ("[]".to_owned(), Some("not a JSON object")),
            ("<html>".to_owned(), Some("not JSON")),
        ] {
            let found = empty_list(body.as_bytes(), "users").err();
            match said {
                None => assert_eq!(found, None, "{body}"),
                Some(said) => assert!(found.as_deref().is_some_and(|found| found.contains(said)), "{body}: {found:?}"),
            }
        }
    }
}
