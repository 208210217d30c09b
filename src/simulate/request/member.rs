//! Requests that change the members of a group.

use serde_json::{Value as Json, json};

use super::origin::{COMPATIBILITY, USE_SCIM, VALIDATOR};
use super::update::{operation, patch};
use super::{Form, Operation, Origin, Request};
use crate::model::ObjectKind;

const MEMBERS: &str = "members";

/// The request that adds users, by their ids at the endpoint, to a group.
pub fn add_members(group: &str, users: &[&str], form: Form) -> Request {
    let value = |user: &&str| match form {
        Form::Default => json!({"$ref": null, "value": user}),
        Form::Flagged => json!({"value": user}),
    };
    let one = operation(form.word(Operation::Add), MEMBERS, users.iter().map(value).collect());
    let origin = match form {
        Form::Default => Origin::must(&[USE_SCIM]),
        Form::Flagged => Origin::must(&[VALIDATOR]).inferred(
            "inferred: the page about the flag does not show how a member is added; the SCIM Validator does it like this",
        ),
    };
    patch(ObjectKind::Group, group, vec![one], origin)
}

/// The request that removes one user from a group, and no other.
pub fn remove_member(group: &str, user: &str, form: Form) -> Request {
    let one = match form {
        Form::Default => operation(form.word(Operation::Remove), MEMBERS, json!([{"value": user}])),
        Form::Flagged => json!({"op": form.word(Operation::Remove), "path": one_of(user)}),
    };
    let origin = match form {
        Form::Default => Origin::must(&[USE_SCIM, COMPATIBILITY]),
        Form::Flagged => Origin::must(&[COMPATIBILITY, VALIDATOR]),
    };
    patch(ObjectKind::Group, group, vec![one], origin)
}

/// The request with which the SCIM Validator sets all members of a group. Entra does not send it.
pub fn replace_members(group: &str, users: &[&str]) -> Request {
    let value: Json = users.iter().map(|user| json!({"value": user})).collect();
    let one = operation(Form::Flagged.word(Operation::Replace), MEMBERS, value);
    patch(ObjectKind::Group, group, vec![one], Origin::warn(&[VALIDATOR]))
}

/// The request with which the SCIM Validator adds and removes one member at once. Entra does not send it.
pub fn add_and_remove_member(group: &str, user: &str) -> Request {
    let form = Form::Flagged;
    let add = operation(form.word(Operation::Add), MEMBERS, json!([{"value": user}]));
    let remove = json!({"op": form.word(Operation::Remove), "path": one_of(user)});
    patch(ObjectKind::Group, group, vec![add, remove], Origin::warn(&[VALIDATOR]))
}

/// `members[value eq "7"]`
fn one_of(user: &str) -> String {
    format!("{MEMBERS}[value eq {}]", Json::from(user))
}
