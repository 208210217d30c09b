//! Help while a policy is written: valid keys and values, and their meaning.
//!
//! Both come from the JSON Schema of policies ([`schema`]); [`cursor`] finds the place of the cursor, also in incomplete
//! YAML.

mod completion;
mod cursor;
mod hover;
mod schema;

pub(super) use completion::complete;
pub(super) use hover::hover;
