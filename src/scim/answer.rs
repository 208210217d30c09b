//! The answer of an endpoint to a query that matches no user.

use serde_json::{Map, Value};

/// The URN of a list of resources (RFC 7644, section 3.4.2).
const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Checks that a body is the answer that RFC 7644 requires to a query that matches no user.
///
/// # Errors
/// What is wrong, as a clause.
pub(super) fn empty_list(body: &[u8]) -> Result<(), String> {
    let value: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON".to_owned())?;
    let Some(list) = value.as_object() else { return Err("the body is not a JSON object".to_owned()) };
    let schemas = member(list, "schemas").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if !schemas.iter().any(|urn| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(LIST_RESPONSE))) {
        return Err(format!("the body's `schemas` lack {LIST_RESPONSE}"));
    }
    let total = match member(list, "totalResults") {
        Some(Value::Number(total)) => total.as_u64(),
        Some(_) => return Err("`totalResults` is not a number".to_owned()),
        None => return Err("`totalResults` is missing".to_owned()),
    };
    let resources = match member(list, "Resources") {
        None => 0,
        Some(Value::Array(resources)) => resources.len(),
        Some(_) => return Err("`Resources` is not a list".to_owned()),
    };
    match total {
        Some(0) if resources == 0 => Ok(()),
        _ => Err("it returns users although none has this value: the filter is ignored".to_owned()),
    }
}

/// A member by name: attribute names are case-insensitive (RFC 7643, section 2.1).
fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_is_what_rfc_7644_says_it_is() {
        let urn = LIST_RESPONSE;
        for (body, said) in [
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 0, "Resources": []}}"#), None),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 0}}"#), None),
            (format!(r#"{{"Schemas": ["{urn}"], "TotalResults": 0, "resources": []}}"#), None),
            (r#"{"totalResults": 0, "Resources": []}"#.to_owned(), Some("`schemas` lack")),
            (format!(r#"{{"schemas": ["{urn}"], "Resources": []}}"#), Some("`totalResults` is missing")),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": "0"}}"#), Some("not a number")),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 0, "Resources": {{}}}}"#), Some("not a list")),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 3, "Resources": [{{}}]}}"#), Some("ignored")),
            (format!(r#"{{"schemas": ["{urn}"], "totalResults": 0, "Resources": [{{}}]}}"#), Some("ignored")),
            ("[]".to_owned(), Some("not a JSON object")),
            ("<html>".to_owned(), Some("not JSON")),
        ] {
            let found = empty_list(body.as_bytes()).err();
            match said {
                None => assert_eq!(found, None, "{body}"),
                Some(said) => assert!(found.as_deref().is_some_and(|found| found.contains(said)), "{body}: {found:?}"),
            }
        }
    }
}
