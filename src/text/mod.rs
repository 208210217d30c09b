//! Texts for people: what of a text can be printed, how long ones are quoted, what a shell or Markdown makes of one, and
//! which name somebody probably meant. Nothing here knows what a text is about.

pub mod markdown;
mod nearest;
mod printable;
pub mod shell;
mod shorten;

pub use nearest::nearest;
pub use printable::{printable, printable_in_place, printable_line, printable_lines, steers};
pub use shorten::shortened;
