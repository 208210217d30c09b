//! `provlint lsp`

use std::fs;
use std::io::{self, BufWriter};
use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::shared::candidates;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::lsp::{Checker, Server, wire};

/// Serve an editor: findings, quick fixes and explanations while you type
///
/// Speaks the Language Server Protocol on standard input and output, for schemas, snapshots and provlint.yaml.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  provlint lsp   # started by an editor; docs/editors.md has the settings")]
pub(super) struct Arguments {
    /// Policy file [default: the nearest provlint.yaml or .provlint.yaml, from the file's directory upwards]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Profile with the vendor's requirements, instead of the policy's
    #[arg(long, value_name = "NAME", add = candidates::profiles())]
    profile: Option<String>,

    /// Accepted for compatibility with editors; stdio is always used
    #[arg(long, hide = true)]
    stdio: bool,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    if io::IsTerminal::is_terminal(&io::stdin()) {
        screen.remark("this command is for editors; docs/editors.md has the settings");
    }
    let policy = arguments.policy.as_deref().map(absolute).transpose()?;
    let mut server = Server::new(Checker { policy, profile: arguments.profile.clone() });
    let (mut input, mut output) = (io::stdin().lock(), BufWriter::new(io::stdout().lock()));
    while let Some(message) = wire::read(&mut input).map_err(Problem::EditorMessage)? {
        let answer = server.receive(&message);
        for message in &answer.messages {
            wire::write(&mut output, message).map_err(Problem::output)?;
        }
        if let Some(in_order) = answer.end {
            // The protocol requires exit code 1 if `exit` came without `shutdown`.
            return Ok(if in_order { Exit::Done } else { Exit::Findings });
        }
    }
    Ok(Exit::Done)
}

/// The path in the form in which editors name files.
fn absolute(path: &Path) -> Result<PathBuf, Problem> {
    let absolute = std::path::absolute(path).map_err(|error| Problem::reading(path, error))?;
    let climbs = absolute.components().any(|part| part == Component::ParentDir);
    // With symbolic links, only the file system knows where `..` leads.
    Ok(if climbs { fs::canonicalize(&absolute).unwrap_or(absolute) } else { absolute })
}
