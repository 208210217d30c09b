//! What a file is instead of a schema or a snapshot, and what to give instead of it.

use serde_json::Value;

use crate::baseline::Baseline;
use crate::document;
use crate::inspection::Inspection;
use crate::secret::Masked;
use crate::text::shortened;

/// Larger files are not read a second time to say what they are.
const LARGEST: usize = 16 << 20;
/// The most keys that are listed.
const MOST_KEYS: usize = 4;

const FROM_PORTAL: &str = "a schema has synchronizationRules; download it from the portal (provlint --help says where)";
const WITH_USER: &str = "to see what Entra would send for these users: provlint preview SCHEMA --user FILE";
const AS_POLICY: &str = "to check a schema by it: provlint check SCHEMA --policy FILE";

/// A file of another kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherKind {
    /// What it is: `a web page`.
    pub what: String,
    /// What to give instead, or what this is for.
    pub instead: String,
}

impl OtherKind {
    fn new(what: impl Into<String>, instead: impl Into<String>) -> Self {
        OtherKind { what: what.into(), instead: instead.into() }
    }

    /// The kind of a text that is not JSON; `None` for what may be JSON with a mistake in it.
    pub fn of_text(name: &str, inspection: &Inspection<'_>) -> Option<Self> {
        let text: &str = &inspection.text;
        let start = text.trim_start();
        if start.is_empty() || start.starts_with(['{', '[', '/', '\u{201c}', '\u{201d}']) {
            return None;
        }
        if start.starts_with('"') {
            return of_table(start);
        }
        if start.starts_with('<') {
            return Some(of_markup(start));
        }
        if start.starts_with("HTTP/") {
            return Some(OtherKind::new("an HTTP answer with its headers", "save only the body: curl without -i"));
        }
        if inspection.is_token {
            return Some(OtherKind::new(
                "an access token",
                "delete the file; pass a token with --token-stdin or PROVLINT_ACCESS_TOKEN, and name the app with --app",
            ));
        }
        let has_extension = |extensions: &[&str]| {
            let name = name.to_ascii_lowercase();
            extensions.iter().any(|extension| name.ends_with(extension))
        };
        if has_extension(&[".md", ".markdown"]) {
            return Some(OtherKind::new("Markdown", FROM_PORTAL));
        }
        of_yaml(start).or_else(|| of_table(start)).or_else(|| {
            let is_markdown = start.starts_with("# ") || start.starts_with("```");
            Some(OtherKind::new(if is_markdown { "Markdown" } else { "plain text" }, FROM_PORTAL))
        })
    }

    /// The kind of a JSON text.
    pub fn of_json(text: &Masked<'_>) -> Option<Self> {
        if text.len() > LARGEST {
            return None;
        }
        let value: Value = document::from_str(text).ok()?;
        if Baseline::read(text).is_ok() {
            let instead = "to check a schema without the findings that it lists: provlint check SCHEMA --baseline FILE";
            return Some(OtherKind::new("a baseline of provlint", instead));
        }
        let list = value["value"].as_array().or_else(|| value.as_array());
        if let Some([]) = list.map(Vec::as_slice) {
            return Some(OtherKind::new(
                "an empty list",
                "Graph found nothing; check the address that it was asked for",
            ));
        }
        let one = list.and_then(|list| list.first()).unwrap_or(&value);
        let has = |key: &str| !one[key].is_null();
        if has("userPrincipalName") {
            return Some(OtherKind::new(if list.is_some() { "a list of users" } else { "a user" }, WITH_USER));
        }
        if has("tool") && has("targets") && has("version") {
            return Some(OtherKind::new("a report of provlint", "check the file that the report is about"));
        }
        if has("runs") && has("version") {
            return Some(OtherKind::new("a SARIF report", "check the file that the report is about"));
        }
        if has("appId") {
            let instead = "to get everything that a check needs: provlint export --app NAME -o FILE";
            return Some(OtherKind::new("an app without its provisioning", instead));
        }
        if has("templateId") && has("schedule") {
            let instead = "its schema is at …/synchronization/jobs/ID/schema; provlint export --app NAME reads both";
            return Some(OtherKind::new("a provisioning job without its schema", instead));
        }
        if has("attributeMappings") || has("targetAttributeName") {
            return Some(OtherKind::new(
                "a part of a schema",
                "a check needs the whole schema, with synchronizationRules",
            ));
        }
        // As they are in the file: the strict reader turns PowerShell's spelling into Graph's.
        let spelt: Value = serde_json::from_str(text).ok()?;
        let keys = spelt.as_object().map(keys).filter(|keys| !keys.is_empty())?;
        Some(OtherKind::new("JSON of another kind", format!("its keys are {keys}; {FROM_PORTAL}")))
    }
}

fn of_markup(text: &str) -> OtherKind {
    let start: String = text.chars().take(1000).collect::<String>().to_ascii_lowercase();
    if start.contains("<html") || start.starts_with("<!doctype html") {
        let instead = "perhaps a sign-in page was saved instead of the download; sign in and download the schema again";
        return OtherKind::new("a web page", instead);
    }
    OtherKind::new("XML", FROM_PORTAL)
}

/// A document whose first line of content is a key.
fn of_yaml(text: &str) -> Option<OtherKind> {
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with(['#', '%']));
    let first = lines.find(|line| *line != "---")?;
    key(first)?;
    let is_policy = ["profile", "policies", "mappings", "rules", "ignore", "app", "groups"];
    if text.lines().filter_map(key).any(|key| is_policy.contains(&key)) {
        return Some(OtherKind::new("a policy", AS_POLICY));
    }
    Some(OtherKind::new("YAML", FROM_PORTAL))
}

/// The key of a line without indentation.
fn key(line: &str) -> Option<&str> {
    let (key, value) = line.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_key = !key.is_empty() && key.chars().all(plain);
    (is_key && (value.is_empty() || value.starts_with(' '))).then_some(key)
}

/// Rows of cells.
fn of_table(text: &str) -> Option<OtherKind> {
    let mut lines = text.lines();
    let (header, row) = (lines.next()?, lines.next()?);
    let cells = |separator: char| (header.matches(separator).count(), row.matches(separator).count());
    let is_table = [',', ';', '\t'].into_iter().any(|separator| matches!(cells(separator), (1.., 1..)));
    if !is_table {
        return None;
    }
    let letters: String = header.chars().filter(char::is_ascii_alphanumeric).collect();
    if letters.to_ascii_lowercase().contains("userprincipalname") {
        return Some(OtherKind::new("a list of users (CSV)", WITH_USER));
    }
    Some(OtherKind::new("CSV", format!("users in CSV are for provlint preview SCHEMA --user FILE; {FROM_PORTAL}")))
}

fn keys(members: &serde_json::Map<String, Value>) -> String {
    let mut shown: Vec<String> = members.keys().take(MOST_KEYS).map(|key| shortened(key).into_owned()).collect();
    if members.len() > MOST_KEYS {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";

    #[test]
    fn a_text_that_is_not_json_is_recognised() {
        for (name, text, what) in [
            ("README.md", "# TOTAL\n\nmappings: see below", "Markdown"),
            ("notes", "# TOTAL\n\nSee below.\n", "Markdown"),
            ("a.html", "<!DOCTYPE html><title>Sign in</title>", "a web page"),
            ("a.xml", "<?xml version=\"1.0\"?><x/>", "XML"),
            ("p.yaml", "# yaml\n---\nversion: 1\nprofile: truu-total\n", "a policy"),
            ("c.yml", "on:\n  push:\n", "YAML"),
            ("u.csv", "\"userPrincipalName\",\"mail\"\na,b\n", "a list of users (CSV)"),
            ("m.csv", "target;source\ntitle;jobTitle\n", "CSV"),
            ("t", TOKEN, "an access token"),
            ("a", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}", "an HTTP answer with its headers"),
            ("a.txt", "hello", "plain text"),
        ] {
            assert_eq!(
                OtherKind::of_text(name, &Inspection::of(text)).map(|kind| kind.what).as_deref(),
                Some(what),
                "{name}"
            );
        }
        for json in ["{\"a\": 1,}", "[", " \n", "// comment\n{}", "\u{201c}a\u{201d}"] {
            assert_eq!(OtherKind::of_text("a.json", &Inspection::of(json)), None, "{json}");
        }
    }

    #[test]
    fn json_of_another_kind_is_recognised() {
        for (text, what) in [
            (r#"{"value": [{"userPrincipalName": "a"}]}"#, "a list of users"),
            (r#"{"userPrincipalName": "a"}"#, "a user"),
            (r#"{"version": 1, "findings": []}"#, "a baseline of provlint"),
            (r#"{"value": []}"#, "an empty list"),
            (r#"{"appId": "x"}"#, "an app without its provisioning"),
            (r#"{"value": [{"templateId": "scim", "schedule": {}}]}"#, "a provisioning job without its schema"),
            (r#"{"attributeMappings": []}"#, "a part of a schema"),
            (r#"{"Logging": {}}"#, "JSON of another kind"),
        ] {
            assert_eq!(
                OtherKind::of_json(&Inspection::of(text).text).map(|kind| kind.what).as_deref(),
                Some(what),
                "{text}"
            );
        }
        let settings = OtherKind::of_json(&Inspection::of(r#"{"Logging": {}, "include": []}"#).text).unwrap();
        assert!(settings.instead.starts_with("its keys are Logging, include; "), "{settings:?}");
        assert_eq!(OtherKind::of_json(&Inspection::of("1").text), None);
    }
}
