//! Which objects flow.

pub(super) mod actions;
pub(super) mod presence;
