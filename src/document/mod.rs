//! From bytes to text to JSON with places.
//!
//! A file is decoded once ([`encoding`]) and parsed once into plain serde types by [`strict`]. The places of values
//! ([`place`]) are looked up only when they are needed. This room works with any JSON.

pub mod edit;
pub mod encoding;
pub mod inside;
pub mod layout;
pub mod line;
mod parts;
pub mod place;
pub mod pointer;
pub mod sound;
pub mod strict;
pub mod strings;
mod style;

pub use edit::{Change, Edit, applied, edits, member, spelt_as};
pub use encoding::{Encoding, decode};
pub use inside::inside_string;
pub use layout::laid_out;
pub use line::{Lines, Position};
pub use place::{Place, locate};
pub use pointer::Pointer;
pub use sound::is_sound;
pub use strict::from_str;
