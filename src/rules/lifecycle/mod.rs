//! User names, and whether users are disabled when they lose access.

pub(super) mod active;
pub(super) mod email_may_be_empty;
pub(super) mod guest_user_name;
pub(super) mod manager_reference;
pub(super) mod username_source;
