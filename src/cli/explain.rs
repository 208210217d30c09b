//! `provlint explain`

use clap::Args;

use super::shared::candidates;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::{report, rules};

/// Explain a rule: what goes wrong, the steps in the portal, an example
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  provlint explain required-mapping-source")]
pub(super) struct Arguments {
    /// ID of the rule
    #[arg(add = candidates::rules())]
    rule: String,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let Some(rule) = rules::rule(&arguments.rule) else {
        return Err(Problem::unknown_name("rule", &arguments.rule, rules::ids(), "provlint rules"));
    };
    screen.print(&report::explained(&rule.metadata, &screen.out))?;
    Ok(Exit::Done)
}
