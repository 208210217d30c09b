//! provlint checks how Microsoft Entra ID provisions an enterprise application over SCIM.
//!
//! Data flows one way: input → [`model`] → [`rules`] → [`check`] → [`report`] or [`fix`]. Only [`cli`] writes to
//! the terminal and handles command-line arguments. `docs/architecture.md` describes the rooms.

pub mod baseline;
pub mod check;
pub mod cli;
pub mod document;
pub mod expression;
pub mod finding;
pub mod fix;
pub mod graph;
pub mod guide;
pub mod inspection;
pub mod lsp;
pub mod model;
pub mod operation;
pub mod policy;
pub mod report;
pub mod rules;
pub mod scim;
pub mod secret;
pub mod simulate;
pub mod tenant;
pub mod text;
