//! Texts for people: how they leave the program, what of them can be printed, how long ones are quoted, how a shell or
//! Markdown reads them, and which name is nearest to a typing mistake. Nothing here knows what a text is about.

pub mod markdown;
mod nearest;
mod outlet;
mod paint;
mod printable;
pub mod shell;
mod shorten;

pub use nearest::nearest;
pub use outlet::{Lines, Outlet, one_line};
pub use paint::{Color, Paint, Painted, adopted, between_marks};
pub use printable::{has_no_width, printable, printable_in_place, printable_line, printable_lines, steers};
pub use shorten::shortened;
