//! `provlint completions`, and the answers to a shell that asks for completions.
//!
//! The script only calls this program, so that rules and profiles are always those of the installed version.

use std::env;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;
use clap_complete::env::{CompleteEnv, Shells};

use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::document;

/// The variable that a shell sets to ask for completions.
const VARIABLE: &str = "PROVLINT_COMPLETE";

/// Print a completion script for a shell
///
/// The script asks provlint for completions, including rule ids and profiles.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  echo 'source <(provlint completions bash)' >> ~/.bashrc\n  \
                        provlint completions fish > ~/.config/fish/completions/provlint.fish\n  \
                        provlint completions powershell >> $PROFILE")]
pub(super) struct Arguments {
    /// Shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let shells = Shells::builtins();
    let mut script = Vec::new();
    if let Some(shell) = shells.completer(&arguments.shell.to_string()) {
        let written = shell.write_registration(VARIABLE, "provlint", "provlint", "provlint", &mut script);
        written.map_err(Problem::output)?;
    }
    document(format!("{}\n", String::from_utf8_lossy(&script).trim()).as_bytes())?;
    Ok(Exit::Done)
}

/// Answers a shell that asks for completions; `None` in a normal run.
pub(super) fn answer(command: fn() -> Command) -> Option<ExitCode> {
    let folder = env::current_dir().ok();
    let asked = CompleteEnv::with_factory(command).var(VARIABLE).bin("provlint").completer("provlint");
    match asked.try_complete(env::args_os(), folder.as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(Exit::Done.into()),
        Err(error) => {
            let _ = error.print();
            Some(Exit::Failed.into())
        }
    }
}
