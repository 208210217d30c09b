//! Requests that set, change and remove a reference, the manager of a user.

use serde_json::{Value as Json, json};

use super::origin::{USE_SCIM, VALIDATOR};
use super::update::{operation, patch};
use super::{Form, Operation, Origin, Request};
use crate::model::ObjectKind;

/// How the id of the referenced object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// `"7"`: what Entra sends.
    Text,
    /// `{"value": "7"}`: what the SCIM Validator also sends.
    Object,
    /// `[{"$ref": …, "value": "7"}]` under the path `manager`: an older example of Microsoft's guide.
    List,
}

/// How a reference is removed. Which of these Entra sends is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Replaced by `""`.
    EmptyText,
    /// Replaced by `{"value": ""}`.
    EmptyObject,
    /// Replaced by `null`.
    Null,
    /// Removed by its path.
    Path,
}

impl Removal {
    /// All of them, the likeliest first.
    pub const ALL: [Removal; 4] = [Removal::EmptyText, Removal::EmptyObject, Removal::Path, Removal::Null];
}

/// The request that lets the user `id` refer to the user `to`, by the target attribute that the schema maps, usually
/// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager`. Entra sends it after both exist. `only` is
/// [`Operation::Add`] for a first manager and [`Operation::Replace`] for a change.
pub fn set_reference(id: &str, target: &str, to: &str, reference: Reference, form: Form, only: Operation) -> Request {
    let word = form.word(only);
    let one = match reference {
        Reference::Text => operation(word, target, json!(to)),
        Reference::Object => operation(word, target, json!({"value": to})),
        Reference::List => operation(word, last(target), json!([{"$ref": format!("../Users/{to}"), "value": to}])),
    };
    let origin = match (reference, form) {
        (Reference::Text, Form::Default) => {
            Origin::must(&["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/686", VALIDATOR])
        }
        (Reference::Text, Form::Flagged) => Origin::must(&[VALIDATOR]),
        (Reference::Object, _) => Origin::warn(&[VALIDATOR]),
        (Reference::List, _) => Origin::warn(&[USE_SCIM]).but("an old example of the guide; no request shows it"),
    };
    patch(ObjectKind::User, id, vec![one], origin)
}

/// The request that removes a reference of the user `id`.
pub fn remove_reference(id: &str, target: &str, removal: Removal, form: Form) -> Request {
    let replaced = |value: Json| operation(form.word(Operation::Replace), target, value);
    let one = match removal {
        Removal::EmptyText => replaced(json!("")),
        Removal::EmptyObject => replaced(json!({"value": ""})),
        Removal::Null => replaced(Json::Null),
        Removal::Path => json!({"op": form.word(Operation::Remove), "path": target}),
    };
    let origin = Origin::warn(&[VALIDATOR, "https://github.com/thomaspoignant/scim-patch/issues/453"]);
    patch(ObjectKind::User, id, vec![one], origin.but("not published: the form in which Entra removes a manager"))
}

/// The name of the attribute without its schema.
fn last(target: &str) -> &str {
    target.rsplit(':').next().unwrap_or(target)
}
