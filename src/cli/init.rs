//! `provlint init`

use std::io::ErrorKind;
use std::path::PathBuf;

use clap::Args;

use super::shared::candidates;
use super::shared::policies::is_policy_name;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::fix::file::{self, WriteError};
use crate::policy::{self, DEFAULT_PROFILE};
use crate::text::shell::option;
use crate::text::shown;

/// The policy that is written, with `PROFILE` for the profile's name.
const TEMPLATE: &str = include_str!("init.yaml");

/// Write a commented policy file
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint init\n  provlint init --profile truu-total --output policies/total.yaml")]
pub(super) struct Arguments {
    /// Profile to extend
    #[arg(long, value_name = "NAME", default_value = DEFAULT_PROFILE, add = candidates::profiles())]
    profile: String,

    /// File to write; - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "provlint.yaml")]
    output: PathBuf,

    /// Overwrite the file if it exists
    #[arg(long)]
    force: bool,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    policy::default_policy(Some(&arguments.profile))?;
    let text = TEMPLATE.replace("PROFILE", &arguments.profile);
    let path = &arguments.output;
    if path.as_os_str() == "-" {
        screen.print(&text)?;
        return Ok(Exit::Done);
    }
    let written = if arguments.force {
        file::put(path, text.as_bytes())
    } else {
        file::create(path, text.as_bytes()).map_err(WriteError::from)
    };
    match written {
        Ok(()) => {
            let use_it = if is_policy_name(path) {
                "`provlint check` finds it from its folder downwards.".to_owned()
            } else {
                format!("Name it in each run: provlint check PATH{}", option("--policy", &shown(path)))
            };
            screen.print(&format!("Wrote {}. {use_it}\n", shown(path)))?;
            Ok(Exit::Done)
        }
        Err(WriteError::Io(error)) if error.kind() == ErrorKind::AlreadyExists => {
            Err(Problem::Exists { path: path.clone() })
        }
        Err(error) => Err(Problem::Unwritable { path: path.clone(), error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{ChosenBy, Policy};
    use crate::rules;

    #[test]
    fn the_template_is_the_default_policy_and_its_commented_examples_are_valid() {
        let plain = TEMPLATE.replace("PROFILE", DEFAULT_PROFILE);
        let default = Policy { chosen_by: ChosenBy::PolicyFile, ..policy::default_policy(None).unwrap() };
        assert_eq!(policy::read(&plain, None, rules::ids()).unwrap(), [default]);
        // The examples in comments must be valid when the comment sign is removed.
        let opened = |line: &str| match line.strip_prefix('#') {
            Some(example) if !example.starts_with('#') => format!("{example}\n"),
            _ => format!("{line}\n"),
        };
        let opened: String = plain.lines().map(opened).collect();
        let policies = policy::read(&opened, None, rules::ids()).unwrap();
        assert_eq!((policies[0].groups.len(), policies[0].ignore.len()), (2, 1));
    }
}
