//! The enterprise application itself.

pub(super) mod client_secret;
pub(super) mod duplicate_app_role;
pub(super) mod licence_missing;
pub(super) mod not_provisionable;
pub(super) mod owner_missing;
pub(super) mod principal;
pub(super) mod sign_in_identity;
pub(super) mod tenant_kind;

/// The subject of findings about the app.
const SUBJECT: &str = "app";
