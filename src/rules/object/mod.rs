//! Whether users and groups are provisioned at all.

pub(super) mod actions;
pub(super) mod presence;
