//! `provlint json-schema`

use clap::{Args, ValueEnum};

use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::document;
use crate::model::SNAPSHOT_SCHEMA;
use crate::policy::POLICY_SCHEMA;
use crate::report::REPORT_SCHEMA;

/// Print the JSON Schema of a format, for editors and scripts
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint json-schema policy > provlint.schema.json\n  \
                        provlint json-schema report > report.schema.json")]
pub(super) struct Arguments {
    /// Format
    #[arg(value_enum)]
    format: SchemaFormat,
}

/// The formats with a JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SchemaFormat {
    /// provlint.yaml
    Policy,
    /// check --format json
    Report,
    /// The file that export writes
    Snapshot,
    /// fix --format json
    Fix,
    /// diff --format json
    Diff,
    /// preview --format json
    Preview,
    /// guide --format json
    Guide,
    /// status --format json
    Status,
    /// A line of logs --format jsonl
    Logs,
    /// provision --format json
    Provision,
    /// probe --format json
    Probe,
    /// rehearse --format json
    Rehearsal,
    /// auth status --format json
    Auth,
    /// profiles --format json
    Profiles,
    /// rules --format json
    Rules,
    /// eval --format json
    Eval,
}

macro_rules! schema {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schemas/", $name, ".schema.json"))
    };
}

impl SchemaFormat {
    fn schema(self) -> &'static str {
        match self {
            SchemaFormat::Policy => POLICY_SCHEMA,
            SchemaFormat::Report => REPORT_SCHEMA,
            SchemaFormat::Snapshot => SNAPSHOT_SCHEMA,
            SchemaFormat::Fix => schema!("fix"),
            SchemaFormat::Diff => schema!("diff"),
            SchemaFormat::Preview => schema!("preview"),
            SchemaFormat::Guide => schema!("guide"),
            SchemaFormat::Status => schema!("status"),
            SchemaFormat::Logs => schema!("logs"),
            SchemaFormat::Provision => schema!("provision"),
            SchemaFormat::Probe => schema!("probe"),
            SchemaFormat::Rehearsal => schema!("rehearsal"),
            SchemaFormat::Auth => schema!("auth"),
            SchemaFormat::Profiles => schema!("profiles"),
            SchemaFormat::Rules => schema!("rules"),
            SchemaFormat::Eval => schema!("eval"),
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    document(arguments.format.schema().as_bytes())?;
    Ok(Exit::Done)
}
