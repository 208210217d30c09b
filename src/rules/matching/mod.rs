//! How users and groups in Entra ID are matched with those in the app.

pub(super) mod attribute;
pub(super) mod priority;
