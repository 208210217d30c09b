//! A policy while somebody writes it: what may stand where, and what it is for.
//!
//! Both come from the JSON Schema of policies ([`schema`]); [`cursor`] says where in the YAML somebody is, also while it
//! can't be read whole.

mod completion;
mod cursor;
mod hover;
mod schema;

pub(super) use completion::complete;
pub(super) use hover::hover;
