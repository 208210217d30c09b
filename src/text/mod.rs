//! Text for people: output streams, colours, printable characters, shortening, folding, paths, shell words, Markdown, and the nearest
//! name to a typing mistake. This room does not depend on what a text is about.

pub mod fold;
mod look_alike;
pub mod markdown;
mod nearest;
mod outlet;
mod paint;
mod path;
mod printable;
mod quoting;
pub mod shell;
mod shorten;

pub use look_alike::{look_alikes, without_look_alikes};
pub use nearest::nearest;
pub use outlet::{Lines, Outlet, one_line};
pub use paint::{Color, Paint, Painted, adopted, between_marks};
pub use path::shown;
pub use printable::{has_no_width, is_unprintable, printable, printable_in_place, printable_line, printable_lines};
pub use shorten::shortened;
