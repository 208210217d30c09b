//! `provlint man`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::{Screen, document};
use crate::fix::file;
use crate::report::counted;
use crate::text;

/// Print a man page, or write all of them
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint man check | man -l -\n  provlint man --output ~/.local/share/man/man1")]
pub(super) struct Arguments {
    /// Command [default: the page of provlint itself]
    #[arg(conflicts_with = "output")]
    command: Vec<String>,

    /// Write the pages of provlint and of every command to this directory
    #[arg(short, long, value_name = "DIRECTORY")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, program: Command, screen: &Screen) -> Result<Exit, Problem> {
    // A page for `help` would add nothing to the others.
    let mut program = program.disable_help_subcommand(true);
    program.build();
    if let Some(folder) = &arguments.output {
        let failed = |error: io::Error| Problem::Unwritable { path: folder.clone(), error: error.into() };
        fs::create_dir_all(folder).map_err(failed)?;
        let count = write_all(&program, folder)?;
        screen.remark(&format!("wrote {} to {}", counted(count, "page"), text::shown(folder)));
        return Ok(Exit::Done);
    }
    let mut command = &program;
    for name in &arguments.command {
        let known = || shown(command).map(Command::get_name);
        command = shown(command)
            .find(|command| command.get_name() == name)
            .ok_or_else(|| Problem::unknown_name("command", name, known(), "provlint --help"))?;
    }
    let page = page(command).map_err(Problem::output)?;
    document(&page)?;
    Ok(Exit::Done)
}

/// The visible subcommands of a command.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set())
}

/// Writes the pages of a command and of its subcommands, and counts them.
fn write_all(command: &Command, folder: &Path) -> Result<usize, Problem> {
    let path = folder.join(man(command).get_filename());
    let page = page(command).map_err(Problem::output)?;
    file::put(&path, &page).map_err(|error| Problem::Unwritable { path, error })?;
    shown(command).try_fold(1, |count, command| Ok(count + write_all(command, folder)?))
}

fn man(command: &Command) -> Man {
    Man::new(command.clone()).source(concat!("provlint ", env!("CARGO_PKG_VERSION"))).manual("provlint")
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    man(command).render(&mut page)?;
    Ok(page)
}
