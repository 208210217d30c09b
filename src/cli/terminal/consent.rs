//! Asking before something is done.

use std::io::{self, IsTerminal};

use clap::Args;

use super::problem::Problem;
use super::screen::{Screen, tell};
use crate::text::one_line;

/// Whether to ask.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing to a tenant")]
pub(in crate::cli) struct Consent {
    /// Do it without asking.
    #[arg(short, long, requires = "app")]
    yes: bool,
}

impl Consent {
    /// What somebody answers, in lower case; `y` where that is said already. `subject` begins a refusal.
    pub(in crate::cli) fn ask(&self, subject: &str, question: &str) -> Result<String, Problem> {
        if self.yes {
            return Ok("y".to_owned());
        }
        let undone = |why: String, help: &str| Problem::Usage {
            message: format!("{subject}: nothing was written: {why}"),
            help: help.to_owned(),
        };
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            let help = "--yes goes on without asking, and --dry-run, where there is one, shows what would be written";
            return Err(undone("there is no terminal to ask on".to_owned(), help));
        }
        let mut answer = String::new();
        tell(&format!("{} ", one_line(question)));
        io::stdin().read_line(&mut answer).map_err(|error| undone(error.to_string(), ""))?;
        Ok(answer.trim().to_lowercase())
    }

    /// Whether somebody will be asked who sees standard error alone: what about has to be shown there.
    pub(in crate::cli) fn is_beside_output(&self) -> bool {
        !self.yes && !io::stdout().is_terminal()
    }

    /// Shows what somebody will be asked about, where they see it.
    pub(in crate::cli) fn show(&self, text: &str, screen: &Screen) -> Result<(), Problem> {
        if self.is_beside_output() {
            tell(text);
            return Ok(());
        }
        screen.print(text)
    }

    /// Whether somebody says yes.
    pub(in crate::cli) fn is_given(&self, subject: &str, question: &str) -> Result<bool, Problem> {
        Ok(is_yes(&self.ask(subject, &format!("{question} [y/N]"))?))
    }
}

pub(in crate::cli) fn is_yes(answer: &str) -> bool {
    matches!(answer, "y" | "yes")
}
