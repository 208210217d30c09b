//! `provlint export`

use std::path::PathBuf;

use clap::Args;

use super::shared::live::{Live, More};
use super::shared::policies::Policies;
use super::terminal::exit::Exit;
use super::terminal::output::refuse_overwriting;
use super::terminal::problem::Problem;
use super::terminal::screen::{Screen, document};
use crate::fix::file;
use crate::report::json_page;
use crate::text::shown;

/// Write everything about an app's provisioning to one file, a snapshot
///
/// The snapshot holds the enterprise application, the jobs with their schemas, the connection settings with masked
/// credentials, the assignments and the assigned groups, as Microsoft Graph returns them. `provlint check` reads it
/// offline. It lists the parts that could not be read, with the reason; then the exit code is 2, unless only the tenant's
/// licences are missing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint export --app TOTAL -o total.json\n  \
                        provlint export --app 5f2c0a61-0000-4000-8000-000000000001 | provlint check -")]
pub(super) struct Arguments {
    /// App in the tenant: display name, object id or appId
    #[arg(long, value_name = "NAME|ID", group = "live")]
    app: String,

    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Policy file whose groups are looked up by name [default: the nearest provlint.yaml or .provlint.yaml, from the
    /// working directory upwards]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Group to look up, instead of the policy's groups; may be repeated
    #[arg(long = "group", value_name = "NAME|ID")]
    groups: Vec<String>,

    /// Do not print what was written
    #[arg(short, long)]
    quiet: bool,

    #[command(flatten)]
    more: More,

    #[command(flatten)]
    live: Live,
}

/// The part that few tokens may read, and that one rule needs.
const OPTIONAL: &str = "subscribedSkus";

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let policies = Policies::load(arguments.policy.as_deref(), None, &arguments.groups)?;
    if let Some(path) = &arguments.output {
        let read: Vec<_> =
            Policies::file(arguments.policy.as_deref())?.into_iter().chain(arguments.live.file()).collect();
        refuse_overwriting(&[path], &read)?;
    }
    let app = arguments.live.connect()?.read(&arguments.app, &policies, arguments.more)?;
    let mut unread = Vec::new();
    for (part, reason) in app.snapshot["provlint"]["unread"].as_object().into_iter().flatten() {
        let reason = reason.as_str().unwrap_or_default();
        if part == OPTIONAL {
            screen.remark(&format!("{part} could not be read, which is optional: {reason}"));
        } else {
            screen.remark(&format!("{part} could not be read: {reason}"));
            unread.push(part.clone());
        }
    }
    let name = app.name.clone();
    let text = json_page(&app.into_snapshot());
    match &arguments.output {
        // As in a file, so that it can be restored.
        None => document(text.as_bytes())?,
        Some(path) if path.as_os_str() == "-" => document(text.as_bytes())?,
        Some(path) => {
            file::put(path, text.as_bytes()).map_err(|error| Problem::Unwritable { path: path.clone(), error })?;
            if !arguments.quiet {
                screen.remark(&format!("wrote {} (a snapshot of {})", shown(path), name));
            }
        }
    }
    if unread.is_empty() { Ok(Exit::Done) } else { Err(Problem::PartlyExported { app: name, unread }) }
}
