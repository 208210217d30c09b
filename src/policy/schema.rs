//! The JSON Schema of a policy, for editors.

/// Every key with what it is for, every word that it may have. Its lists of rules and profiles are kept current by
/// `tests/schemas.rs`.
pub const POLICY_SCHEMA: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schemas/policy.schema.json"));
