//! Builds a SCIM resource from values.
//!
//! A target attribute is a path: `userName`, `name.givenName`, `emails[type eq "work"].value`,
//! `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department` (RFC 7643, section 3; RFC 7644, section
//! 3.5.2).

use serde_json::{Map, Value as Json, json};

use crate::expression::{Unknown, Value};
use crate::model::AttributeDefinition;

/// The schemas of every user and of every group (RFC 7643, sections 4.1 and 4.2).
pub(super) const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const CORE_GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
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
            Some(colon) => (
                Some(target[..colon].to_owned()).filter(|urn| urn != CORE_USER && urn != CORE_GROUP),
                &target[colon + 1..],
            ),
            None => (None, target),
        };
        let (attribute, filter, behind) = match rest.split_once('[') {
            Some((attribute, rest)) => {
                let (filter, behind) = rest.split_once(']')?;
                let (name, value) = filter.split_once(" eq ")?;
                let value = value.trim();
                // `true` and `"work"` are JSON; anything else is treated as a string.
                let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
                let name = name.trim();
                let value = if name.eq_ignore_ascii_case("primary") { as_boolean(value) } else { value };
                (attribute, Some((name.to_owned(), value)), behind)
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

    /// Whether it is one of several values: `emails[type eq "work"].value`.
    pub(super) fn is_filtered(&self) -> bool {
        self.filter.is_some()
    }

    /// Whether it is an attribute of the core schema, as a whole.
    pub(super) fn is(&self, attribute: &str) -> bool {
        let whole = self.extension.is_none() && self.filter.is_none() && self.sub_attribute.is_none();
        whole && self.attribute.eq_ignore_ascii_case(attribute)
    }

    /// The attribute of the core schema that it is or belongs to.
    pub(super) fn core_attribute(&self) -> Option<&str> {
        self.extension.is_none().then_some(&*self.attribute)
    }

    /// The schema that extends the resource, if the attribute is not of the core schema.
    pub(super) fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    /// The attribute that it is or belongs to.
    pub(super) fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The part of the attribute that it is.
    pub(super) fn sub_attribute(&self) -> Option<&str> {
        self.sub_attribute.as_deref()
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

    /// The values at this place of a resource: several where several elements fit the filter. Names are compared without
    /// regard to case (RFC 7643, section 2.1).
    pub(super) fn find<'v>(&self, resource: &'v Map<String, Json>) -> Vec<&'v Json> {
        let container = match &self.extension {
            Some(urn) => match member(resource, urn).and_then(Json::as_object) {
                Some(extension) => extension,
                None => return Vec::new(),
            },
            None => resource,
        };
        let Some(value) = member(container, &self.attribute) else { return Vec::new() };
        let Some((key, wanted)) = &self.filter else {
            return match &self.sub_attribute {
                None => vec![value],
                Some(name) => value.as_object().and_then(|object| member(object, name)).into_iter().collect(),
            };
        };
        let fits = |item: &&Map<String, Json>| match (member(item, key), wanted) {
            (Some(Json::String(found)), Json::String(wanted)) => found.eq_ignore_ascii_case(wanted),
            (found, wanted) => found == Some(wanted),
        };
        let name = self.sub_attribute.as_deref().unwrap_or("value");
        let items = value.as_array().into_iter().flatten().filter_map(Json::as_object).filter(fits);
        items.map(|item| member(item, name).unwrap_or(&Json::Null)).collect()
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

fn member<'v>(object: &'v Map<String, Json>, name: &str) -> Option<&'v Json> {
    object.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
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

/// `"True"` as `true`: the role that `roles[primary eq "True"].value` writes has `primary: true`.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes#provisioning-a-role-to-a-scim-app>
fn as_boolean(value: Json) -> Json {
    match value.as_str() {
        Some(text) if text.eq_ignore_ascii_case("true") => json!(true),
        Some(text) if text.eq_ignore_ascii_case("false") => json!(false),
        _ => value,
    }
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
            (r#"roles[primary eq "True"].value"#, json!("admin")),
            ("roles[primary eq true].display", json!("Admin")),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", json!("Sales")),
            ("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:badge.number", json!("7")),
            ("urn:ietf:params:scim:schemas:core:2.0:User:title", json!("CEO")),
        ] {
            Path::new(target).unwrap().put(&mut members, value);
        }
        assert_eq!(
            Json::Object(members),
            json!({
                "userName": "jane",
                "name": {"givenName": "Jane", "familyName": "Doe"},
                "emails": [
                    {"type": "work", "value": "jane@example.com"},
                    {"type": "home", "value": "jane@example.org"},
                ],
                "addresses": [{"type": "work", "locality": "Oslo", "country": "NO"}],
                "roles": [{"primary": true, "value": "admin", "display": "Admin"}],
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
