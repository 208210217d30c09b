//! The requests that Entra's provisioning service sends to a SCIM endpoint, as data.
//!
//! Everything here is pure: a builder takes values and gives a [`Request`], whose path is relative to the tenant URL.
//! Every request carries its [`Origin`]: whether an endpoint must accept this form, whether the form was seen or is
//! inferred, and where.
//!
//! | to | call |
//! |---|---|
//! | search for an object that does not exist, as every cycle and *Test Connection* begin | [`search()`] with a random value |
//! | find an existing object, by each matching attribute in turn | [`searches`] |
//! | read one, ask for a reference, or read a part of all | [`read`], [`has_manager`], [`has_member`], [`page`] |
//! | read what the endpoint says of its attributes | [`schemas`], [`place`] |
//! | create a user or a group | [`create()`], and [`create_as`] for the other forms that were seen |
//! | update one from a [`State`] to another | [`update()`]; [`Update`] says with or without the flag, which operation, which layout |
//! | update one in ways that only the SCIM Validator and older requests have | [`update_nothing`], [`update_in_turn`], [`remove_value`] |
//! | disable and restore a user | [`set_active`] with the state of the user under `IsSoftDeleted`; [`set_active_boolean`] |
//! | set, change and remove a manager | [`set_reference`], [`remove_reference`] |
//! | write app roles | [`State::set_roles`], then [`create()`] and [`update()`]; [`add_roles_as_text`] |
//! | change the members of a group | [`add_members`], [`remove_member`], [`replace_members`], [`add_and_remove_member`] |
//! | delete one | [`delete`] |
//! | all of these for one user of a schema | [`exchanges`] |
//!
//! A [`State`] is what the rows of a mapping give for one object ([`super::Preview::state`]), by target attribute. What is
//! not known of Entra, and so not asserted here: how it chooses between Add and Replace (inferred: Add where the
//! endpoint lacks the attribute, Replace where it differs), in which order it sends operations, whether it sends the flag
//! on to the endpoint, and how it encodes characters in queries besides blanks, quotation marks and `@`.

mod compare;
mod create;
mod exchange;
mod member;
mod origin;
mod reference;
mod roles;
mod search;
mod state;
mod update;

use serde_json::Value as Json;

pub use compare::{Difference, Place, found, place};
pub use create::{Creation, create, create_as};
pub use exchange::{Exchange, Exchanges, REFERENCE_ID, Reason, USER_ID, exchanges};
pub use member::{add_and_remove_member, add_members, remove_member, replace_members};
pub use origin::{Mark, Origin, Weight};
pub use reference::{Reference, Removal, remove_reference, set_reference};
pub use roles::{Role, RoleFunction, add_roles_as_text};
pub use search::{delete, has_manager, has_member, is_usable_id, page, read, schemas, search, searches};
pub use state::{Schemas, State};
pub use update::{
    Operation, Single, Update, not_cleared, remove_value, set_active, set_active_boolean, update, update_in_turn,
    update_nothing,
};

/// The flag in the tenant URL that changes how updates are written.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility>
pub const FLAG: &str = "aadOptscim062020";

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path and the query, relative to the tenant URL: `/Users?filter=userName+eq+%22jane%40example.com%22`.
    pub path: String,
    /// The body, sent as `application/scim+json; charset=utf-8`.
    pub body: Option<Json>,
    /// Where its form comes from.
    pub origin: Origin,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// As it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// How updates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// As a non-gallery app gets them: one operation for each attribute, booleans as text.
    Default,
    /// With [`FLAG`] in the tenant URL: as RFC 7644 has them.
    Flagged,
}

impl Form {
    /// Both, the default first.
    pub const ALL: [Form; 2] = [Form::Default, Form::Flagged];

    /// `without aadOptscim062020`
    pub fn as_str(self) -> &'static str {
        self.of(["without aadOptscim062020", "with aadOptscim062020"])
    }

    /// The one of a pair that belongs to it.
    fn of<T>(self, [default, flagged]: [T; 2]) -> T {
        match self {
            Form::Default => default,
            Form::Flagged => flagged,
        }
    }

    /// The word for an operation.
    fn word(self, operation: Operation) -> &'static str {
        self.of(match operation {
            Operation::Add => ["Add", "add"],
            Operation::Replace => ["Replace", "replace"],
            Operation::Remove => ["Remove", "remove"],
        })
    }
}

#[cfg(test)]
mod tests;
