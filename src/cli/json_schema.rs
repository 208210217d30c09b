//! `provlint json-schema`

use clap::{Args, ValueEnum};

use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::document;
use crate::model::SNAPSHOT_SCHEMA;
use crate::policy::POLICY_SCHEMA;
use crate::report::REPORT_SCHEMA;

/// Print the JSON Schema of a format, for editors and scripts.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint json-schema policy > provlint.schema.json\n  \
                        provlint json-schema report > report.schema.json")]
pub(super) struct Arguments {
    /// The format.
    #[arg(value_enum)]
    format: SchemaFormat,
}

/// What there is a JSON Schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SchemaFormat {
    /// provlint.yaml.
    Policy,
    /// What check --format json writes.
    Report,
    /// What export writes.
    Snapshot,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let schema = match arguments.format {
        SchemaFormat::Policy => POLICY_SCHEMA,
        SchemaFormat::Report => REPORT_SCHEMA,
        SchemaFormat::Snapshot => SNAPSHOT_SCHEMA,
    };
    document(schema.as_bytes())?;
    Ok(Exit::Done)
}
