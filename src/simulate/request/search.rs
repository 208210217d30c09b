//! Requests that change nothing, and the one that deletes.

use std::fmt::Write;

use serde_json::Value as Json;
use url::form_urlencoded::byte_serialize;

use super::origin::{HOW, LOGIC_APP, USE_SCIM};
use super::{Method, Origin, Request};
use crate::model::ObjectKind;
use crate::simulate::Match;

/// The search for objects of which an attribute has a value. With the attribute that comes first in matching precedence
/// and a random value, it is the query with which *Test Connection* and every cycle begin.
pub fn search(kind: ObjectKind, attribute: &str, value: &str) -> Request {
    let filter = encoded(&format!("{attribute} eq {}", Json::from(value)));
    let path = match kind {
        ObjectKind::User => format!("/Users?filter={filter}"),
        ObjectKind::Group => format!("/Groups?excludedAttributes=members&filter={filter}"),
    };
    let unknown = match attribute.contains('[') {
        true => "not published: how Entra encodes the brackets of the attribute",
        false => "",
    };
    let origin = Origin::must(&[
        USE_SCIM,
        "https://github.com/MicrosoftDocs/azure-docs/issues/94189",
        "https://github.com/AzureAD/SCIMReferenceCode/issues/63",
    ]);
    get(path, origin.but(unknown))
}

/// The searches for an existing object, one for each matching attribute that has a value. Entra sends the next one only
/// if the one before found nothing.
pub fn searches(kind: ObjectKind, matching: &[Match]) -> Vec<Request> {
    let search = |found: &Match| {
        let mut request = search(kind, &found.target, found.value.as_deref()?);
        if matching.len() > 1 && request.origin.unknown.is_empty() {
            request.origin = request.origin.but("inferred: each matching attribute has a query of its own");
        }
        Some(request)
    };
    matching.iter().filter_map(search).collect()
}

/// Reads an object, a group without its members.
pub fn read(kind: ObjectKind, id: &str) -> Request {
    let path = match kind {
        ObjectKind::User => object(kind, id),
        ObjectKind::Group => format!("{}?excludedAttributes=members", object(kind, id)),
    };
    get(path, Origin::must(&[USE_SCIM, HOW]))
}

/// Reads a part of the list of all objects; the first one has the number 1 (RFC 7644, section 3.4.2.4).
pub fn page(kind: ObjectKind, start: usize, count: usize) -> Request {
    let origin = Origin::warn(&[LOGIC_APP, USE_SCIM]).but("no request shows that Entra reads lists page by page");
    get(format!("/{}s?startIndex={start}&count={count}", kind.as_str()), origin)
}

/// Reads the schemas of the endpoint, which Entra does for certain apps of the gallery.
pub fn schemas() -> Request {
    let origin = Origin::warn(&[USE_SCIM, LOGIC_APP]);
    get("/Schemas".to_owned(), origin.but("documented for certain apps of the gallery only"))
}

/// Asks whether a user has a manager.
pub fn has_manager(user: &str, manager: &str) -> Request {
    let filter = encoded(&format!("id eq {} and manager eq {}", Json::from(user), Json::from(manager)));
    get(format!("/Users?filter={filter}&attributes=id"), REFERENCE)
}

/// Asks whether a group has a member.
pub fn has_member(group: &str, member: &str) -> Request {
    let filter = encoded(&format!("id eq {} and members eq {}", Json::from(group), Json::from(member)));
    get(format!("/Groups?filter={filter}&attributes=id"), REFERENCE)
}

/// Deletes an object.
pub fn delete(kind: ObjectKind, id: &str) -> Request {
    let origin = Origin::must(&[USE_SCIM, HOW]);
    Request { method: Method::Delete, path: object(kind, id), body: None, origin }
}

const REFERENCE: Origin =
    Origin::warn(&[USE_SCIM]).but("documented, but no request of the last years shows that Entra still sends it");

fn get(path: String, origin: Origin) -> Request {
    Request { method: Method::Get, path, body: None, origin }
}

/// `/Users/7`, with the id as one segment.
pub(super) fn object(kind: ObjectKind, id: &str) -> String {
    let mut path = format!("/{}s/", kind.as_str());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'@' | b':') {
            path.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

/// Whether an id can be part of a path: an empty one, `.` and `..` lead to another object, however they are encoded.
pub fn is_usable_id(id: &str) -> bool {
    !matches!(id, "" | "." | "..")
}

/// A value in a query as Entra encodes it: blanks as `+`, quotation marks as `%22`, `@` as `%40`.
fn encoded(value: &str) -> String {
    byte_serialize(value.as_bytes()).collect()
}
