//! `provlint explain`

use clap::Args;

use super::shared::candidates;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::rules;
use crate::text::{Lines, Paint};

/// Explain a rule: what goes wrong, an example, the steps in the portal
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
    let metadata = &rule.metadata;
    let mut text = String::new();
    for line in metadata.markdown().lines() {
        let line = if line.starts_with('#') { line.bold().to_string() } else { line.to_owned() };
        text.line(line);
        if text.lines().count() == 1 {
            text.lines_of(format_args!(
                "\nsection {}, {} by default, fix {}",
                metadata.section.as_str(),
                metadata.severity,
                metadata.fix.as_str()
            ));
        }
    }
    screen.print(&text)?;
    Ok(Exit::Done)
}
