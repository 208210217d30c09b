//! Requests that update an object.

use serde_json::{Map, Value as Json, json};

use super::origin::{COMPATIBILITY, CUSTOMIZE, POSTMAN, USE_SCIM, VALIDATOR};
use super::search::object;
use super::state::Attribute;
use super::{Form, Method, Origin, Request, State};
use crate::model::ObjectKind;

/// An operation of a PATCH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `Add`
    Add,
    /// `Replace`
    Replace,
    /// `Remove`
    Remove,
}

/// How an update is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update {
    /// With or without the flag.
    pub form: Form,
    /// The only operation to use, where both are to be tried. `None`: Add for attributes that the object lacks, Replace
    /// for those that differ, which is how Entra is inferred to choose.
    pub only: Option<Operation>,
    /// How a single attribute is written with the flag.
    pub single: Single,
}

/// How a single attribute is written with the flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Single {
    /// With its path, as Microsoft's page about the flag shows it.
    WithPath,
    /// In an object without a path, as several attributes are, and as the SCIM Validator writes it.
    Pathless,
}

impl Update {
    /// As Entra writes it, as far as is known.
    pub fn new(form: Form) -> Self {
        Update { form, only: None, single: Single::WithPath }
    }
}

/// The request that updates the object with this id from one state to another; `None` where nothing is to be sent. All
/// changes of an object are in one request.
///
/// Values that are gone are not removed: see [`not_cleared`].
pub fn update(id: &str, before: &State, after: &State, how: Update) -> Option<Request> {
    let changed = after.attributes.iter().filter_map(|attribute| {
        let operation = attribute.operation(before.attribute(&attribute.target))?;
        Some((how.only.unwrap_or(operation), attribute))
    });
    let changed: Vec<(Operation, &Attribute)> = changed.collect();
    let operations = operations(&changed, how);
    let origin = origin(&changed, how);
    (!operations.is_empty()).then(|| patch(after.schemas.kind(), id, operations, origin))
}

/// The target attributes that have a value before and none after. Entra does not send empty values, so the endpoint
/// keeps the old one.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/known-issues>,
/// <https://learn.microsoft.com/entra/identity/app-provisioning/clear-attribute-values> (2026-08)
pub fn not_cleared<'s>(before: &'s State, after: &State) -> Vec<&'s str> {
    let gone = before.attributes.iter().filter(|attribute| after.attribute(&attribute.target).is_none());
    gone.map(|attribute| &*attribute.target).collect()
}

/// The request that sets `active` alone, to the value in `state`; `None` where it has none. Entra disables a user with the
/// state of that user under `IsSoftDeleted`, and restores with the state before
/// ([`crate::simulate::User::with_soft_deleted`]).
pub fn set_active(id: &str, state: &State, how: Update) -> Option<Request> {
    let active = state.attributes.iter().find(|attribute| attribute.path.is("active"))?;
    let changed = [(how.only.unwrap_or(Operation::Replace), active)];
    Some(patch(state.schemas.kind(), id, operations(&changed, how), active_origin(how)))
}

/// The same without the flag and with a boolean, as Microsoft's guide prints it.
pub fn set_active_boolean(id: &str, state: &State) -> Option<Request> {
    let active = state.attributes.iter().find(|attribute| attribute.path.is("active"))?;
    let one = operation(Form::Default.word(Operation::Replace), &active.target, active.value.clone());
    let origin = Origin::warn(&[USE_SCIM, POSTMAN]).but("requests of Entra without the flag have a text instead");
    Some(patch(state.schemas.kind(), id, vec![one], origin))
}

/// An update without operations, which the SCIM Validator sends where it finds nothing to change.
pub fn update_nothing(kind: ObjectKind, id: &str) -> Request {
    patch(kind, id, Vec::new(), Origin::warn(&["https://github.com/scimmyjs/scimmy/issues/59"]))
}

/// An update that replaces an attribute by several values in turn, as the SCIM Validator does: the last one counts
/// (RFC 7644, section 3.5.2).
pub fn update_in_turn(kind: ObjectKind, id: &str, target: &str, values: &[Json], form: Form) -> Request {
    let one = |value: &Json| operation(form.word(Operation::Replace), target, value.clone());
    patch(kind, id, values.iter().map(one).collect(), Origin::warn(&[VALIDATOR]))
}

/// The request that removes a value, named once more.
pub fn remove_value(kind: ObjectKind, id: &str, target: &str, value: &Json, form: Form) -> Request {
    let one = operation(form.word(Operation::Remove), target, value.clone());
    let origin = Origin::warn(&["https://github.com/AzureAD/SCIMReferenceCode/issues/87"])
        .but("Microsoft's documentation says that Entra does not clear values");
    patch(kind, id, vec![one], origin)
}

pub(super) fn patch(kind: ObjectKind, id: &str, operations: Vec<Json>, origin: Origin) -> Request {
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    Request { method: Method::Patch, path: object(kind, id), body: Some(body), origin }
}

/// One operation.
pub(super) fn operation(word: &str, path: &str, value: Json) -> Json {
    json!({"op": word, "path": path, "value": value})
}

fn operations(changed: &[(Operation, &Attribute)], how: Update) -> Vec<Json> {
    let form = how.form;
    let word = |operation, attribute: &Attribute| attribute.words.map_or(form.word(operation), |words| form.of(words));
    let with_path = |operation, attribute: &Attribute| {
        let unflagged = attribute.unflagged.as_ref().filter(|_| form == Form::Default);
        let value = unflagged.unwrap_or(&attribute.value).clone();
        operation_of(word(operation, attribute), attribute, value)
    };
    if form == Form::Default {
        return changed.iter().map(|(operation, attribute)| with_path(*operation, attribute)).collect();
    }
    // Attributes among several values keep their paths, and come first.
    let keeps_path = |attribute: &Attribute| attribute.path.is_filtered() || attribute.words.is_some();
    let (own, rest): (Vec<_>, Vec<_>) = changed.iter().partition(|(_, attribute)| keeps_path(attribute));
    let mut operations: Vec<Json> =
        own.into_iter().map(|(operation, attribute)| with_path(operation, attribute)).collect();
    for operation in [Operation::Add, Operation::Replace] {
        let together: Vec<&Attribute> =
            rest.iter().filter(|(known, _)| *known == operation).map(|(_, attribute)| *attribute).collect();
        match together.as_slice() {
            [] => {}
            [single] if how.single == Single::WithPath => operations.push(with_path(operation, single)),
            several => {
                let value: Map<String, Json> =
                    several.iter().map(|attribute| (attribute.target.clone(), attribute.value.clone())).collect();
                operations.push(json!({"op": form.word(operation), "value": value}));
            }
        }
    }
    operations
}

fn operation_of(word: &str, attribute: &Attribute, value: Json) -> Json {
    operation(word, &attribute.target, value)
}

const CHOICE: &str = "inferred: Entra sends Add for attributes that the app lacks, and Replace for those that differ";

fn origin(changed: &[(Operation, &Attribute)], how: Update) -> Origin {
    let is_single_pathless = how.form == Form::Flagged && how.single == Single::Pathless && changed.len() == 1;
    let has_roles = changed.iter().any(|(_, attribute)| attribute.path.core_attribute() == Some("roles"));
    let origin = match how.form {
        _ if is_single_pathless => Origin::warn(&[VALIDATOR]),
        _ if has_roles => Origin::must(&[COMPATIBILITY, CUSTOMIZE]),
        Form::Default => Origin::must(&[
            COMPATIBILITY,
            "https://github.com/rancher/rancher/issues/54025",
            "https://github.com/thomaspoignant/scim-patch/issues/176",
        ]),
        Form::Flagged => Origin::must(&[
            COMPATIBILITY,
            "https://github.com/pond/scimitar/issues/69",
            "https://github.com/thomaspoignant/scim-patch/issues/132",
        ]),
    };
    if how.only.is_none() { origin.inferred(CHOICE) } else { origin }
}

fn active_origin(how: Update) -> Origin {
    match (how.form, how.only) {
        (Form::Default, Some(Operation::Add)) => Origin::must(&[
            "https://github.com/rancher/rancher/issues/54025",
            "https://github.com/getsentry/sentry/issues/84941",
        ]),
        (Form::Default, _) => Origin::must(&[
            COMPATIBILITY,
            "https://github.com/rancher/rancher/issues/52996",
            "https://github.com/scimmyjs/scimmy/issues/51",
        ]),
        (Form::Flagged, _) if how.single == Single::Pathless => {
            Origin::warn(&["https://github.com/scimmyjs/scimmy/issues/10", VALIDATOR])
        }
        (Form::Flagged, Some(Operation::Add)) => Origin::must(&[COMPATIBILITY, USE_SCIM])
            .inferred("inferred: no request shows Add for `active` with the flag"),
        (Form::Flagged, _) => Origin::must(&[COMPATIBILITY]),
    }
}
