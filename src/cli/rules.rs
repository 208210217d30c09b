//! `provlint rules`

use clap::Args;
use serde_json::json;

use super::shared::format::one_of;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::report::{Form, Offered, TABLE_FORMS, json_page};
use crate::rules::RULES;
use crate::text::{Lines, Paint};

/// List every rule
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint rules\n  provlint rules --format json | jq -r '.[].id'")]
pub(super) struct Arguments {
    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(TABLE_FORMS), default_value = TABLE_FORMS[0].name())]
    format: &'static Form,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let text = if *arguments.format == Form::Json { as_json() } else { as_table(screen) };
    screen.print(&text)?;
    Ok(Exit::Done)
}

fn as_json() -> String {
    let rules: Vec<_> = RULES
        .iter()
        .map(|rule| {
            let rule = &rule.metadata;
            json!({
                "id": rule.id,
                "section": rule.section.as_str(),
                "severity": rule.severity.as_str(),
                "fix": rule.fix.as_str(),
                "evidence": rule.evidence.iter().map(|evidence| evidence.as_str()).collect::<Vec<_>>(),
                "summary": rule.summary,
                "url": rule.url(),
            })
        })
        .collect();
    json_page(&rules)
}

fn as_table(screen: &Screen) -> String {
    let mut table = String::new();
    let width = RULES.iter().map(|rule| rule.metadata.id.len()).max().unwrap_or_default();
    let mut section = None;
    for rule in RULES {
        let rule = &rule.metadata;
        if section != Some(rule.section) {
            let gap = if section.is_some() { "\n" } else { "" };
            table.lines_of(format_args!("{gap}{}", rule.section.as_str().bold()));
            section = Some(rule.section);
        }
        let row = format!("  {:width$}  {:7}  {}", rule.id, rule.severity, rule.summary);
        table.lines_of(screen.row(&row, width + 13));
    }
    table.push_str("\nprovlint explain RULE explains a rule.\n");
    table
}
