//! `provlint completions`

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::exit::Exit;
use super::problem::Problem;
use super::screen::Screen;

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint completions bash > /etc/bash_completion.d/provlint\n  \
                        provlint completions powershell >> $PROFILE")]
pub(super) struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen, command: &mut Command) -> Result<Exit, Problem> {
    let mut script = Vec::new();
    generate(arguments.shell, command, "provlint", &mut script);
    screen.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
