//! The JSON Schema of a policy, for editors.

/// Describes every key and its accepted values. `tests/it/schemas.rs` keeps its lists of rules and profiles current.
pub const POLICY_SCHEMA: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schemas/policy.schema.json"));
