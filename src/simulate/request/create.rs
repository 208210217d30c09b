//! Requests that create a user or a group.

use serde_json::{Map, Value as Json, json};

use super::origin::{CUSTOMIZE, HOW, POSTMAN, USE_SCIM, VALIDATOR};
use super::roles::ROLE_TYPE;
use super::{Method, Origin, Request, Schemas, State};
use crate::model::ObjectKind;

/// A schema that Entra names for groups, and that has no attributes.
const GROUP_MARKER: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

/// The attributes whose value of the type `work` is the primary one.
const WITH_PRIMARY: [&str; 3] = ["emails", "phoneNumbers", "addresses"];

/// A form in which an object is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation<'a> {
    /// As Microsoft's guide shows it: users name the core schema and the enterprise extension, groups the core schema and
    /// one of Microsoft's own.
    Usual,
    /// `schemas` names the core schema only. For a user with attributes of the enterprise extension it was not seen.
    CoreSchemaOnly,
    /// With `roles: []` for a user, or `members: []` for a group.
    EmptyList,
    /// With `active` as text, `"True"`.
    TextBoolean,
    /// With a manager of this id, as text, under that target attribute.
    WithManager(&'a str, &'a str),
}

/// The request that creates an object with these values.
pub fn create(state: &State) -> Request {
    create_as(state, Creation::Usual)
}

/// The request that creates an object with these values, in one of the forms that were seen.
pub fn create_as(state: &State, creation: Creation<'_>) -> Request {
    let kind = state.schemas.kind();
    let mut schemas = vec![state.schemas.core()];
    match state.schemas {
        _ if creation == Creation::CoreSchemaOnly => {}
        Schemas::EnterpriseUser => schemas.push(ObjectKind::User.urn()),
        Schemas::Group if creation != Creation::EmptyList => schemas.push(GROUP_MARKER),
        Schemas::CoreUser | Schemas::Group => {}
    }
    let mut body = Map::from_iter([("schemas".to_owned(), json!(schemas))]);
    let mut resource = state.resource();
    for name in WITH_PRIMARY {
        mark_primary(resource.get_mut(name));
    }
    name_type(resource.get_mut("roles"));
    match creation {
        Creation::EmptyList => {
            let name = if kind == ObjectKind::User { "roles" } else { "members" };
            resource.entry(name).or_insert_with(|| json!([]));
        }
        Creation::TextBoolean => {
            if let Some(active) = resource.get_mut("active").filter(|active| active.is_boolean()) {
                *active = json!(if *active == json!(true) { "True" } else { "False" });
            }
        }
        Creation::WithManager(target, id) => {
            let mut with = state.clone();
            with.set(target, json!(id));
            resource = with.resource();
        }
        Creation::Usual | Creation::CoreSchemaOnly => {}
    }
    body.extend(resource);
    body.insert("meta".to_owned(), json!({"resourceType": kind.as_str()}));
    Request {
        method: Method::Post,
        path: format!("/{}s", kind.as_str()),
        body: Some(body.into()),
        origin: origin(state, creation),
    }
}

/// Of several values, Entra marks the one of the type `work`: Microsoft's guide, and the requests of the SCIM Validator.
fn mark_primary(values: Option<&mut Json>) {
    let Some(Json::Array(items)) = values else { return };
    if items.iter().any(|item| item.get("primary").is_some()) {
        return;
    }
    let work = items.iter_mut().find(|item| item.get("type").and_then(Json::as_str) == Some("work"));
    if let Some(Json::Object(work)) = work {
        work.insert("primary".to_owned(), json!(true));
    }
}

/// The primary role of a new user has the type of every role that Entra creates.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes#provisioning-a-role-to-a-scim-app>
fn name_type(roles: Option<&mut Json>) {
    let Some(Json::Array(items)) = roles else { return };
    for item in items.iter_mut().filter_map(Json::as_object_mut).filter(|item| item.contains_key("primary")) {
        item.entry("type").or_insert_with(|| json!(ROLE_TYPE));
    }
}

fn origin(state: &State, creation: Creation<'_>) -> Origin {
    let is_group = state.schemas == Schemas::Group;
    match creation {
        Creation::Usual if is_group => Origin::must(&[USE_SCIM]),
        Creation::Usual => Origin::must(&[USE_SCIM, CUSTOMIZE, VALIDATOR]),
        Creation::CoreSchemaOnly | Creation::EmptyList if is_group => {
            Origin::must(&["https://learn.microsoft.com/answers/questions/637791"])
        }
        Creation::CoreSchemaOnly => Origin::must(&[CUSTOMIZE]),
        Creation::EmptyList => Origin::must(&[USE_SCIM]),
        Creation::TextBoolean => Origin::warn(&[POSTMAN, "https://github.com/AzureAD/SCIMReferenceCode/issues/21"]),
        Creation::WithManager(..) => Origin::warn(&["https://github.com/apache/directory-scimple/issues/1242", HOW])
            .but("Microsoft's documentation says that the manager is sent later, in an update of its own"),
    }
}
