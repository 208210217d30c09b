//! `provlint json-schema`

use clap::Args;

use super::exit::Exit;
use super::problem::Problem;
use super::screen::Screen;
use crate::model::SNAPSHOT_SCHEMA;

/// Print the JSON Schema of a format, for editors and scripts.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  provlint json-schema snapshot > snapshot.schema.json")]
pub(super) struct Arguments {
    /// The format.
    #[arg(value_name = "FORMAT", value_parser = ["snapshot"])]
    format: String,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    // clap lets nothing else pass.
    debug_assert_eq!(arguments.format, "snapshot");
    screen.print(SNAPSHOT_SCHEMA)?;
    Ok(Exit::Done)
}
