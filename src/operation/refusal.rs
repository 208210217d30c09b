//! What an app answered when it refused a request, as Entra quotes it in the reason of an event.

use serde_json::Value;

/// The answer of an app, quoted after "Web Response:".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What the app says itself: the `detail` of a SCIM error (RFC 7644, section 3.12), else a similar member.
    pub detail: Option<String>,
    /// Whether the body is JSON with a message, and not a page or a few words of a server in between.
    pub is_of_app: bool,
}

/// What precedes the body, and what Entra appends to it.
const BEFORE: &str = "Web Response:";
const AFTER: &str = "This operation was retried";

/// Members that say why, the standard one first.
const MESSAGES: [&str; 6] = ["detail", "message", "error_description", "errorMessage", "title", "error"];

impl Refusal {
    /// The answer that a reason quotes; `None` if it quotes none.
    pub fn of(reason: &str) -> Option<Self> {
        let (_, body) = reason.split_once(BEFORE)?;
        let body = body.split(AFTER).next().unwrap_or_default().trim();
        if body.is_empty() || body == "." {
            return None;
        }
        // A value before whatever follows it.
        let first = serde_json::Deserializer::from_str(body).into_iter::<Value>().next();
        let detail = match first {
            Some(Ok(value)) => message(&value, 3),
            // The log shortens long reasons.
            Some(Err(_)) | None => cut_detail(body),
        };
        let is_of_app = detail.is_some();
        let as_it_is = || (!body.starts_with(['<', '{', '['])).then(|| body.trim_end_matches('.').to_owned());
        Some(Refusal { detail: detail.or_else(as_it_is), is_of_app })
    }
}

/// The message in a value, which may be nested.
fn message(value: &Value, depth: usize) -> Option<String> {
    let Some(depth) = depth.checked_sub(1) else { return Some(value.to_string()) };
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Object(members) => {
            let member = |name: &&str| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            let said = MESSAGES.iter().find_map(member).map(|(_, value)| value)?;
            match said {
                Value::Object(inner) if !MESSAGES.iter().any(|name| inner.contains_key(*name)) => {
                    Some(said.to_string())
                }
                said => message(said, depth),
            }
        }
        Value::Array(items) => items.first().and_then(|item| message(item, depth)),
        _ => None,
    }
}

/// The `detail` of a body that was cut off.
fn cut_detail(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("\"detail\"")?;
    let text = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = text.find(|character| {
        let ends = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    });
    let text = text.get(..end.unwrap_or(text.len()))?;
    let whole = serde_json::from_str(&format!("\"{text}\"")).unwrap_or_else(|_| text.to_owned());
    Some(whole).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> (Option<String>, bool) {
        let reason = format!(
            "StatusCode: BadRequest\nMessage: Processing failed.\nWeb Response: \n{body}. This operation was retried 0 times."
        );
        Refusal::of(&reason).map(|refusal| (refusal.detail, refusal.is_of_app)).unwrap()
    }

    #[test]
    fn the_apps_own_words_are_found_in_every_form_of_body() {
        for (body, detail, is_of_app) in [
            (r#"{"schemas": ["x"], "detail": "no \"title\"", "status": "400"}"#, Some("no \"title\""), true),
            (r#"{"detail": {"Operations": {"op": ["wrong"]}}}"#, Some(r#"{"Operations":{"op":["wrong"]}}"#), true),
            (r#"{"error": {"code": "x", "message": "no seat"}}"#, Some("no seat"), true),
            (r#"{"Message": "no seat"}"#, Some("no seat"), true),
            (r#"[{"detail": "no seat"}]"#, Some("no seat"), true),
            (
                r#"{"schemas": ["x"], "status": "400", "detail": "cut off here, at th"#,
                Some("cut off here, at th."),
                true,
            ),
            ("Bad Request", Some("Bad Request"), false),
            ("<html><title>Sign in</title></html>", None, false),
            ("{}", None, false),
            ("{\"deta", None, false),
        ] {
            assert_eq!(of(body), (detail.map(str::to_owned), is_of_app), "{body}");
        }
        for reason in
            ["", "Failed to match an entry", "Web Response:", "Web Response: . This operation was retried 0 times"]
        {
            assert_eq!(Refusal::of(reason), None, "{reason}");
        }
    }
}
