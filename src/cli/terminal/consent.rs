//! Confirmation before a write.

use std::io::{self, IsTerminal};

use clap::Args;

use super::interrupt::line_unless_pressed;
use super::problem::Problem;
use super::screen::{Screen, note, tell};
use crate::text::one_line;

/// The flag that skips the confirmation.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing to a tenant")]
pub(in crate::cli) struct Consent {
    /// Do not ask for confirmation
    #[arg(short, long, requires = "app")]
    yes: bool,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Answer {
    Yes,
    No,
    /// Pause first, then write.
    Pause,
}

/// A question.
pub(in crate::cli) struct Question<'q> {
    /// What is written to, in messages.
    pub(in crate::cli) subject: &'q str,
    pub(in crate::cli) text: &'q str,
    /// Whether [`Answer::Pause`] is offered.
    pub(in crate::cli) offers_pause: bool,
}

impl Consent {
    /// For a command with a flag of its own.
    pub(in crate::cli) fn of(yes: bool) -> Self {
        Consent { yes }
    }

    /// Asks until there is an answer; --yes answers yes. `destination` gives the lines before the question, and is called
    /// only if there is someone to ask.
    pub(in crate::cli) fn ask(
        &self,
        question: &Question<'_>,
        destination: impl FnOnce() -> String,
    ) -> Result<Answer, Problem> {
        if self.yes {
            return Ok(Answer::Yes);
        }
        let subject = question.subject;
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Problem::NoTerminal { subject: subject.to_owned() });
        }
        let choice = if question.offers_pause { "y/N, or p to pause provisioning first" } else { "y/N" };
        tell(&destination());
        loop {
            tell(&format!("{} [{choice}] ", one_line(question.text)));
            let read = line_unless_pressed();
            match read.map_err(|error| Problem::NoAnswer { subject: subject.to_owned(), error })? {
                None | Some((0, _)) => tell("\n"),
                Some((_, typed)) => match question.answer(&typed) {
                    Some(Answer::No) => {}
                    Some(answer) => return Ok(answer),
                    None => {
                        tell(if question.offers_pause { "Answer y, n or p.\n" } else { "Answer y or n.\n" });
                        continue;
                    }
                },
            }
            note(&format!("nothing was written: {subject} is unchanged"));
            return Ok(Answer::No);
        }
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
    pub(in crate::cli) fn is_given(
        &self,
        subject: &str,
        text: &str,
        destination: impl FnOnce() -> String,
    ) -> Result<bool, Problem> {
        let question = Question { subject, text, offers_pause: false };
        Ok(self.ask(&question, destination)? == Answer::Yes)
    }
}

impl Question<'_> {
    /// What was typed, as an answer; `None` if it is none. The default is no.
    fn answer(&self, typed: &str) -> Option<Answer> {
        match typed.trim().to_lowercase().as_str() {
            "y" | "yes" => Some(Answer::Yes),
            "" | "n" | "no" => Some(Answer::No),
            "p" | "pause" if self.offers_pause => Some(Answer::Pause),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes_and_what_is_neither_is_no_answer() {
        let answers = |offers_pause: bool, typed: &[&str]| -> Vec<Option<Answer>> {
            let question = Question { subject: "graph:TOTAL", text: "Write?", offers_pause };
            typed.iter().map(|typed| question.answer(typed)).collect()
        };
        assert_eq!(answers(false, &["y\n", " YES \r\n"]), [Some(Answer::Yes); 2]);
        assert_eq!(answers(false, &["\n", "n", "No\n"]), [Some(Answer::No); 3]);
        assert_eq!(answers(false, &["p", "ye", "yep", "1", "ok"]), [None; 5]);
        assert_eq!(answers(true, &["P", "pause"]), [Some(Answer::Pause); 2]);
    }
}
