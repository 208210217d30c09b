//! The steps of a rehearsal, in the order in which they are played: one entry a step.

mod active;
mod connection;
mod creation;
mod deletion;
mod groups;
mod listing;
mod manager;
mod members;
mod roles;
mod search;
mod single;
mod update;

use std::pin::Pin;

use super::session::Halt;
use super::stage::Stage;
use super::verdict::Outcome;

type Playing<'p> = Pin<Box<dyn Future<Output = Result<Outcome, Halt>> + 'p>>;

/// A step.
pub struct Step {
    /// Its name, which stays the same.
    pub id: &'static str,
    /// What it does, in words.
    pub title: &'static str,
    pub(super) play: for<'a, 'b> fn(&'a mut Stage<'b>) -> Playing<'a>,
}

macro_rules! steps {
    ($($id:literal $title:literal $($play:ident)::+;)*) => {
        &[$(Step { id: $id, title: $title, play: |stage| Box::pin($($play)::+(stage)) },)*]
    };
}

/// Before anything is made, and what users are made.
pub static OPENING: &[Step] = steps! {
    "connection" "Search for a user that does not exist, as Test Connection does" connection::connection;
    "media-type" "Answer with the media type of SCIM" connection::media_type;
    "wrong-token" "Send a token that no one issued" connection::wrong_token;
    "empty-user-query" "Search for users that do not exist, by each matching attribute" connection::empty_user_query;
    "empty-group-query" "Search for a group that does not exist" connection::empty_group_query;
    "flag-in-query" "Search with the flag in the query" connection::flag_in_query;
    "create-user" "Create a user with every mapped attribute" creation::create_user;
    "keep-external-id" "Read the user's externalId back" creation::keep_external_id;
    "keep-values" "Read every mapped attribute of the user back" creation::keep_values;
    "create-user-short" "Create a user without phone numbers and addresses" creation::create_short;
    "create-user-text-active" "Create a user with active as text" creation::create_text_active;
    "find-user" "Find the user by each matching attribute" search::find_user;
    "find-user-other-case" "Find the user by a name in another case" search::find_user_other_case;
    "find-user-apostrophe" "Find a user whose name has an apostrophe" search::find_apostrophe;
    "duplicate-user" "Create the user once more" creation::duplicate_user;
};

/// Updates of users, in each state of the flag.
pub static UPDATES: &[Step] = steps! {
    "disable-user" "Disable a user who left" active::disable;
    "find-disabled-user" "Find the disabled user" active::find_disabled;
    "restore-user" "Restore the user" active::restore;
    "disable-user-add" "Disable a user with the operation Add" active::disable_by_adding;
    "replace-values" "Change every mapped attribute with Replace" update::replace_values;
    "add-values" "Change every mapped attribute with Add" update::add_values;
    "change-one-value" "Change one attribute" single::change;
    "add-one-value" "Change one attribute with Add" single::add;
    "change-one-value-without-path" "Change one attribute with an operation that has no path" single::change_without_path;
    "keep-other-parts" "Change a part of an attribute, and keep the others" single::keep_parts;
    "disable-user-with-change" "Disable a user who left, and change another attribute at once" active::disable_with_change;
    "add-missing-values" "Add phone numbers, addresses and other values that the user does not have" update::add_missing;
    "add-external-id" "Set externalId of the user with Add" single::add_external_id;
    "rename-user" "Change userName" update::rename_user;
    "write-roles" "Write app roles" roles::write;
    "clear-value" "Empty an attribute" single::clear;
    "set-manager" "Set the manager" manager::set;
    "change-manager" "Change the manager" manager::change;
    "remove-manager" "Remove the manager" manager::remove;
    "set-manager-object" "Set the manager as an object" manager::set_object;
};

/// A group.
pub static GROUP: &[Step] = steps! {
    "create-group" "Create a group" groups::create;
    "keep-group-values" "Read every mapped attribute of the group back" groups::keep_values;
    "find-group" "Find the group by each matching attribute" search::find_group;
    "find-group-other-case" "Find the group by its name in another case" search::find_group_other_case;
    "duplicate-group" "Create the group once more" groups::duplicate;
};

/// Changes of the group, in each state of the flag.
pub static MEMBERS: &[Step] = steps! {
    "add-members" "Add two members with one operation" members::add;
    "add-member-again" "Add a member who is one already" members::add_again;
    "read-group-without-members" "Read the group without its members" groups::read_without_members;
    "remove-member" "Remove one of two members" members::remove;
    "keep-membership" "Disable and restore a member" members::keep_while_disabled;
    "change-group-values" "Change every mapped attribute of the group" groups::change_values;
    "add-group-external-id" "Set externalId of the group with Add" groups::add_external_id;
    "rename-group" "Change displayName of the group" groups::rename;
};

/// Requests that only older versions and the SCIM Validator send, and deletion.
pub static CLOSING: &[Step] = steps! {
    "replace-members" "Set all members at once" members::replace;
    "query-member" "Ask whether a user is a member" members::query;
    "query-manager" "Ask whether a user has a manager" manager::query;
    "disable-user-boolean" "Disable a user with Replace and a boolean" active::disable_by_boolean;
    "replace-missing-values" "Set values that the user does not have with Replace" update::replace_missing;
    "change-one-value-twice" "Change one attribute twice in one request" single::change_in_turn;
    "change-nothing" "Send an update without operations" single::change_nothing;
    "remove-value" "Remove one of several values" single::remove;
    "list-users" "Read the list of users page by page" listing::pages;
    "schemas" "Describe every mapped attribute in /Schemas" listing::schemas;
    "delete-group" "Delete the group" deletion::delete_group;
    "delete-group-again" "Delete the group once more" deletion::delete_group_again;
    "create-group-again" "Create the deleted group again, with an empty list of members" deletion::create_group_again;
    "delete-user" "Delete the user" deletion::delete_user;
    "delete-user-again" "Delete the user once more" deletion::delete_again;
    "create-user-again" "Create the deleted user again" deletion::create_again;
    "create-user-with-manager" "Create a user with a manager" deletion::create_with_manager;
    "create-user-with-empty-roles" "Create a user with an empty list of roles" deletion::create_with_empty_roles;
    "create-user-with-roles" "Create a user with an app role" roles::create;
    "rate" "Send requests one after the other" connection::rate;
};

/// Every step.
pub fn all() -> impl Iterator<Item = &'static Step> {
    [OPENING, UPDATES, GROUP, MEMBERS, CLOSING].into_iter().flatten()
}

/// Why a step that needs a user is not run.
const NO_USER: &str = "no user could be created";
/// Why a step that needs a user who was deleted is not run.
const NO_DELETED_USER: &str = "no user could be deleted";
/// Why a step that needs a group is not run.
const NO_GROUP: &str = "no group could be created";
