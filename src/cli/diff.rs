//! `provlint diff`

use std::path::{Path, PathBuf};

use clap::Args;

use super::shared::format::one_of;
use super::shared::input::one_standard_input;
use super::shared::live::{Live, More};
use super::shared::policies::Policies;
use super::shared::schema_text::SchemaText;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::check;
use crate::report::{DIFFERENCE_FORMATS, DifferenceReport, Format};

/// Show the changes between two schemas, in mapping terms
///
/// Compares files, snapshots, or a file with an app in the tenant: the mapping rows, the object mappings, their scope,
/// and the attribute lists of both sides. Ignores the order of rows, ids, versions, and different ways to write an empty
/// value. The exit code is 1 if anything differs, which detects drift.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint diff before.json after.json\n  \
                        provlint diff total.json --app TOTAL\n  \
                        provlint diff before.json after.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"")]
pub(super) struct Arguments {
    /// Old schema or snapshot, or - for standard input
    #[arg(value_name = "A")]
    old: PathBuf,

    /// New schema or snapshot
    #[arg(value_name = "B", required_unless_present = "app", conflicts_with = "app")]
    new: Option<PathBuf>,

    /// App in the tenant instead of B: display name, object id or appId
    #[arg(long, value_name = "NAME|ID")]
    app: Option<String>,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(DIFFERENCE_FORMATS), default_value = DIFFERENCE_FORMATS[0].name)]
    format: &'static Format<DifferenceReport>,

    #[command(flatten)]
    live: Live,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    one_standard_input([Some(arguments.old.as_path()), arguments.new.as_deref()].into_iter().flatten())?;
    let old = SchemaText::read(&arguments.old)?;
    let new = match (&arguments.app, &arguments.new) {
        (Some(app), _) => {
            // A broken policy must not prevent a comparison.
            let policies = Policies::built_in();
            SchemaText::live(arguments.live.connect()?.read(app, &policies, More::default())?)
        }
        (None, path) => SchemaText::read(path.as_deref().unwrap_or(Path::new("-")))?,
    };
    let found = check::differences(&old.one()?, &new.one()?)?;
    let sides = [old.inspection(), new.inspection()];
    let report = DifferenceReport::new(old.name.clone(), new.name.clone(), &found, &sides);
    let written = screen.show(false, |style, out| (arguments.format.write)(&report, style, out));
    written.map_err(Problem::output)?;
    Ok(if report.is_empty() { Exit::Done } else { Exit::Findings })
}
