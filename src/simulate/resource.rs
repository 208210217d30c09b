//! Builds a SCIM resource from values.
//!
//! A target attribute is a path: `userName`, `name.givenName`, `emails[type eq "work"].value`,
//! `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department` (RFC 7643, section 3; RFC 7644, section
//! 3.5.2).

use serde_json::{Map, Value as Json, json};

use crate::expression::{Unknown, Value};
use crate::model::AttributeDefinition;

/// The schema of every user (RFC 7643, section 4.1).
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// Multi-valued attributes whose values are objects (RFC 7643, section 4.1.2).
const COMPLEX: [&str; 9] =
    ["emails", "phoneNumbers", "ims", "photos", "addresses", "groups", "entitlements", "roles", "x509Certificates"];

/// The place of a value in a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// The schema that extends the resource; `None` for the core.
    extension: Option<String>,
    attribute: String,
    /// `type eq "work"`: which of several values.
    filter: Option<(String, Json)>,
    sub_attribute: Option<String>,
}

impl Path {
    /// Parses the name of a target attribute; `None` where it is not a valid path.
    pub(super) fn new(target: &str) -> Option<Self> {
        let bracket = target.find('[').unwrap_or(target.len());
        let (extension, rest) = match target[..bracket].rfind(':') {
            Some(colon) => (Some(target[..colon].to_owned()).filter(|urn| urn != CORE), &target[colon + 1..]),
            None => (None, target),
        };
        let (attribute, filter, behind) = match rest.split_once('[') {
            Some((attribute, rest)) => {
                let (filter, behind) = rest.split_once(']')?;
                let (name, value) = filter.split_once(" eq ")?;
                let value = value.trim();
                // `true` and `"work"` are JSON; anything else is treated as a string.
                let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
                (attribute, Some((name.trim().to_owned(), value)), behind)
            }
            None => rest
                .split_once('.')
                .map_or((rest, None, ""), |(attribute, _)| (attribute, None, &rest[attribute.len()..])),
        };
        let sub_attribute = match behind {
            "" => None,
            behind => Some(behind.strip_prefix('.')?.to_owned()),
        };
        let named = |name: &str| !name.is_empty() && !name.contains(['[', ']', ' ', '"']);
        let plain = named(attribute) && sub_attribute.as_deref().is_none_or(|name| named(name) && !name.contains('.'));
        plain.then(|| Path { extension, attribute: attribute.to_owned(), filter, sub_attribute })
    }

    /// Puts a value into a resource, replacing a scalar where an object is needed.
    pub(super) fn put(&self, resource: &mut Map<String, Json>, value: Json) {
        let container = match &self.extension {
            Some(urn) => object(resource.entry(urn.as_str()).or_insert_with(|| json!({}))),
            None => resource,
        };
        let place = container.entry(self.attribute.as_str()).or_insert(Json::Null);
        match (&self.filter, &self.sub_attribute) {
            (None, None) => *place = value,
            (None, Some(name)) => drop(object(place).insert(name.clone(), value)),
            (Some((key, wanted)), name) => {
                if !place.is_array() {
                    *place = json!([]);
                }
                let Json::Array(items) = place else { return };
                let at = items.iter().position(|item| item.get(key) == Some(wanted)).unwrap_or_else(|| {
                    items.push(json!({key: wanted}));
                    items.len() - 1
                });
                object(&mut items[at]).insert(name.as_deref().unwrap_or("value").to_owned(), value);
            }
        }
    }

    /// A value in the SCIM type that the target's attribute list gives.
    ///
    /// # Errors
    /// When it has another type, which Entra or the app rejects.
    pub(super) fn convert(&self, value: &Value, definition: Option<&AttributeDefinition<'_>>) -> Result<Json, Unknown> {
        let kind = definition.and_then(|definition| definition.kind.as_deref()).unwrap_or_default();
        let boolean = kind.eq_ignore_ascii_case("Boolean") || (definition.is_none() && self.attribute == "active");
        let complex =
            self.filter.is_none() && self.sub_attribute.is_none() && COMPLEX.contains(&self.attribute.as_str());
        let several = definition.and_then(|definition| definition.multivalued);
        match value {
            Value::Text(text) if boolean => match text.to_ascii_lowercase().as_str() {
                "true" => Ok(json!(true)),
                "false" => Ok(json!(false)),
                _ => Err(Unknown::new(format!("the target expects True or False but gets \"{text}\""))),
            },
            Value::Text(text) if kind.eq_ignore_ascii_case("Integer") => match text.trim().parse::<i64>() {
                Ok(number) => Ok(json!(number)),
                Err(_) => Err(Unknown::new(format!("the target expects an integer but gets \"{text}\""))),
            },
            Value::Number(number) if !kind.eq_ignore_ascii_case("Integer") => Ok(json!(number.to_string())),
            Value::List(_) if several == Some(false) => {
                Err(Unknown::new("several values for a single-valued target: SchemaPropertyCanOnlyAcceptValue"))
            }
            Value::List(items) if complex => Ok(items.iter().map(|item| json!({"value": item})).collect()),
            Value::Text(text) if complex => Ok(json!([{"value": text}])),
            Value::Text(text) if several == Some(true) => Ok(json!([text])),
            value => Ok(value.to_json()),
        }
    }
}

fn object(value: &mut Json) -> &mut Map<String, Json> {
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Json::Object(members) => members,
        _ => unreachable!("it was made an object two lines above"),
    }
}

/// The resource with its `schemas`, which name the core and every extension that has a value.
pub(super) fn with_schemas(members: Map<String, Json>) -> Json {
    let extensions = members.keys().filter(|name| name.starts_with("urn:")).map(String::as_str);
    let schemas: Vec<&str> = [CORE].into_iter().chain(extensions).collect();
    let mut resource = Map::from_iter([("schemas".to_owned(), json!(schemas))]);
    resource.extend(members);
    Json::Object(resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_unfold_as_rfc_7643_has_them() {
        let mut members = Map::new();
        for (target, value) in [
            ("userName", json!("jane")),
            ("name.givenName", json!("Jane")),
            ("name.familyName", json!("Doe")),
            (r#"emails[type eq "work"].value"#, json!("jane@example.com")),
            (r#"emails[type eq "home"].value"#, json!("jane@example.org")),
            (r#"addresses[type eq "work"].locality"#, json!("Oslo")),
            (r#"addresses[type eq "work"].country"#, json!("NO")),
            ("roles[primary eq true].value", json!("admin")),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", json!("Sales")),
            ("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:badge.number", json!("7")),
            ("urn:ietf:params:scim:schemas:core:2.0:User:title", json!("CEO")),
        ] {
            Path::new(target).unwrap().put(&mut members, value);
        }
        assert_eq!(
            with_schemas(members),
            json!({
                "schemas": [
                    "urn:ietf:params:scim:schemas:core:2.0:User",
                    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                    "urn:ietf:params:scim:schemas:extension:contoso:2.0:User",
                ],
                "userName": "jane",
                "name": {"givenName": "Jane", "familyName": "Doe"},
                "emails": [
                    {"type": "work", "value": "jane@example.com"},
                    {"type": "home", "value": "jane@example.org"},
                ],
                "addresses": [{"type": "work", "locality": "Oslo", "country": "NO"}],
                "roles": [{"primary": true, "value": "admin"}],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"},
                "urn:ietf:params:scim:schemas:extension:contoso:2.0:User": {"badge": {"number": "7"}},
                "title": "CEO",
            })
        );
    }

    #[test]
    fn what_is_no_path_is_none() {
        for target in
            ["", "emails[type]", "emails[type eq \"x\"", "a.b.c", "emails[type eq \"x\"]value", "two words", "urn:x:"]
        {
            assert_eq!(Path::new(target), None, "{target}");
        }
    }
}
