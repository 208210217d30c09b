//! Confirmation before a write.

use std::io::{self, IsTerminal};

use clap::Args;

use super::problem::Problem;
use super::screen::{Screen, tell};
use crate::text::one_line;

/// The flag that skips the confirmation.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing to a tenant")]
pub(in crate::cli) struct Consent {
    /// Do not ask for confirmation
    #[arg(short, long, requires = "app")]
    yes: bool,
}

impl Consent {
    /// The answer in lower case; `y` with --yes. `subject` begins the message of a refusal.
    pub(in crate::cli) fn ask(&self, subject: &str, question: &str) -> Result<String, Problem> {
        if self.yes {
            return Ok("y".to_owned());
        }
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Problem::NoTerminal { subject: subject.to_owned() });
        }
        let mut answer = String::new();
        tell(&format!("{} ", one_line(question)));
        let read = io::stdin().read_line(&mut answer);
        read.map_err(|error| Problem::NoAnswer { subject: subject.to_owned(), error })?;
        Ok(answer.trim().to_lowercase())
    }

    /// Whether the user sees only standard error when asked, so that the plan has to be shown there.
    pub(in crate::cli) fn is_beside_output(&self) -> bool {
        !self.yes && !io::stdout().is_terminal()
    }

    /// Shows what the question is about, where the user sees it.
    pub(in crate::cli) fn show(&self, text: &str, screen: &Screen) -> Result<(), Problem> {
        if self.is_beside_output() {
            tell(text);
            return Ok(());
        }
        screen.print(text)
    }

    /// Whether the user says yes.
    pub(in crate::cli) fn is_given(&self, subject: &str, question: &str) -> Result<bool, Problem> {
        Ok(is_yes(&self.ask(subject, &format!("{question} [y/N]"))?))
    }
}

pub(in crate::cli) fn is_yes(answer: &str) -> bool {
    matches!(answer, "y" | "yes")
}
