//! How objects are joined.

pub(super) mod attribute;
pub(super) mod priority;
