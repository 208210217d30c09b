//! `provlint man`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::document;

/// Print a man page, or write all of them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint man check | man -l -\n  provlint man --output ~/.local/share/man/man1")]
pub(super) struct Arguments {
    /// The command; without it the page of the program.
    #[arg(conflicts_with = "output")]
    command: Vec<String>,

    /// Write the pages of the program and of each command into this directory.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, program: Command) -> Result<Exit, Problem> {
    // A page on `help` would say less than the others.
    let mut program = program.disable_help_subcommand(true);
    program.build();
    if let Some(folder) = &arguments.output {
        let written = fs::create_dir_all(folder).and_then(|()| write_all(&program, folder));
        written.map_err(|error| Problem::Unwritable { path: folder.clone(), error: error.into() })?;
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

/// The commands below one.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set())
}

/// Writes the page of a command and of all below it.
fn write_all(command: &Command, folder: &Path) -> io::Result<()> {
    fs::write(folder.join(man(command).get_filename()), page(command)?)?;
    shown(command).try_for_each(|command| write_all(command, folder))
}

fn man(command: &Command) -> Man {
    Man::new(command.clone()).source(concat!("provlint ", env!("CARGO_PKG_VERSION"))).manual("provlint")
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    man(command).render(&mut page)?;
    Ok(page)
}
