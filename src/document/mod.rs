//! Bytes to text to JSON with places.
//!
//! A file is decoded once ([`encoding`]), parsed once into plain serde types by [`strict`], and asked for the
//! places of values ([`place`]) only when something has to be said about them. Nothing here knows what the
//! JSON is about.

pub mod edit;
pub mod encoding;
pub mod inside;
pub mod layout;
pub mod line;
mod parts;
pub mod place;
pub mod pointer;
pub mod strict;
mod style;

pub use edit::{Change, Edit, applied, edits, member, spelt_as};
pub use encoding::{Encoding, decode};
pub use inside::inside_string;
pub use layout::laid_out;
pub use line::{Lines, Position};
pub use place::{Place, locate};
pub use pointer::Pointer;
pub use strict::from_str;
