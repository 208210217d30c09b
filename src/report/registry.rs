//! The values of `--format`: one list for each kind of command, also used for help and shell completions.

use std::io;

use super::{Run, Style};
use crate::text::Outlet;

/// A value of `--format`.
pub trait Offered {
    /// The word for `--format`.
    fn name(&self) -> &'static str;

    /// One line for `--help`.
    fn about(&self) -> &'static str;
}

/// A format of a run, or of another report of a command.
#[derive(Debug)]
pub struct Format<R = Run> {
    /// The word for `--format`.
    pub name: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    /// Whether programs read it: such a format is written even if nothing could be checked.
    pub document: bool,
    /// Writes a run.
    pub write: fn(&R, &Style, &mut Outlet<'_>) -> io::Result<()>,
}

impl<R> Offered for Format<R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }
}

/// The formats of commands that report one page for people or one document for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A page for people.
    Pretty,
    /// A table for people.
    Table,
    /// One JSON document.
    Json,
    /// One JSON document per line.
    JsonLines,
}

impl Offered for Form {
    fn name(&self) -> &'static str {
        match self {
            Form::Pretty => "pretty",
            Form::Table => "table",
            Form::Json => "json",
            Form::JsonLines => "jsonl",
        }
    }

    fn about(&self) -> &'static str {
        match self {
            Form::Pretty => "a page, for people",
            Form::Table => "a table, for people",
            Form::Json => "JSON, for scripts",
            Form::JsonLines => "one line of JSON per event",
        }
    }
}

/// The formats of a command that answers with a page; the first is the default.
pub static PAGE_FORMS: &[Form] = &[Form::Pretty, Form::Json];

/// The formats of a command that answers with a table; the first is the default.
pub static TABLE_FORMS: &[Form] = &[Form::Table, Form::Json];

/// The formats of the provisioning log; the second is the default in a pipe.
pub static LOG_FORMS: &[Form] = &[Form::Pretty, Form::JsonLines];
