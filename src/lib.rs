//! provlint checks how Microsoft Entra ID provisions an enterprise application over SCIM.
pub mod document;
pub mod expression;
pub mod finding;
pub mod model;
pub mod nearest;
pub mod policy;
pub mod rules;
pub mod secret;
