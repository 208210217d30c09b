//! `provlint profiles`

use clap::Args;
use serde_json::json;

use super::shared::candidates;
use super::shared::format::one_of;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::{Screen, document};
use crate::policy::{About, PROFILES, profile};
use crate::report::{Form, Offered, TABLE_FORMS, json_page};
use crate::text::{Lines, Paint};

/// List the built-in profiles, or print one
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint profiles\n  provlint profiles truu-total")]
pub(super) struct Arguments {
    /// Profile to print, as YAML
    #[arg(add = candidates::profiles())]
    profile: Option<String>,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(TABLE_FORMS), default_value = TABLE_FORMS[0].name(), conflicts_with = "profile")]
    format: &'static Form,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    if let Some(name) = &arguments.profile {
        let names = PROFILES.iter().map(|profile| profile.name);
        let found = profile(name).ok_or_else(|| Problem::unknown_name("profile", name, names, "provlint profiles"))?;
        document(found.yaml.as_bytes())?;
        return Ok(Exit::Done);
    }
    let mut list = Vec::new();
    let mut table = String::new();
    for profile in PROFILES {
        let About { title, summary, source, pages, checked_on } = profile.about()?;
        let row = screen.row(&format!("{}  {title}: {summary}", profile.name.bold()), 2);
        table.lines_of(format_args!("{row}\n  {source}"));
        list.push(json!({
            "name": profile.name, "title": title, "summary": summary,
            "source": source, "pages": pages, "checkedOn": checked_on,
        }));
    }
    screen.print(&if *arguments.format == Form::Json { json_page(&list) } else { table })?;
    Ok(Exit::Done)
}
