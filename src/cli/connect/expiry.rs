//! The last day of the token, which the policy file names because Graph does not tell it.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::check::Judge;
use crate::cli::shared::input::read_beside;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::document;
use crate::fix::diff::{Sign, hunks};
use crate::fix::file;
use crate::policy;
use crate::report::ConnectionStep;
use crate::rules;
use crate::text::shell::operand;

/// Where the day is written.
pub(super) enum Expiry {
    /// Into this policy file.
    File(Box<Edit>),
    /// Nowhere, because there is no policy file, or its form is not certain; a person adds it.
    ByHand { day: Date, file: Option<PathBuf> },
    /// The policy file has it already.
    There,
}

/// The entry of a policy file that names the day.
fn line(day: Date) -> String {
    format!("connection: {{ token-expires: {day} }}")
}

/// A change of the policy file.
pub(super) struct Edit {
    day: Date,
    path: PathBuf,
    /// The file as it was read.
    before: Vec<u8>,
    after: Vec<u8>,
    /// The lines that change, with the sign of a diff.
    lines: Vec<String>,
}

impl Expiry {
    /// Plans to write `day` into the policy file for an app.
    pub(super) fn plan(day: Date, file: Option<PathBuf>, judge: &Judge, app: &str) -> Result<Self, Problem> {
        let Some(path) = file else { return Ok(Expiry::ByHand { day, file: None }) };
        let before = read_beside(&path)?;
        let name = path.display().to_string();
        let decoded = document::decode(before.clone()).map_err(|error| Problem::decoding(&name, &error))?;
        let (encoding, yaml) = decoded;
        let index = judge.policies.index(Some(app), app);
        let Some(edited) = index.and_then(|index| policy::with_token_expires(&yaml, index, day, rules::ids())) else {
            return Ok(Expiry::ByHand { day, file: Some(path) });
        };
        if edited == yaml {
            return Ok(Expiry::There);
        }
        let lines = changed_lines(&yaml, &edited);
        Ok(Expiry::File(Box::new(Edit { day, path, before, after: encoding.encode(&edited), lines })))
    }

    /// The step, as it is shown.
    pub(super) fn step(&self) -> Option<ConnectionStep> {
        match self {
            Expiry::File(edit) => {
                let what = format!("Write the last day of the new credential into {}", operand(&edit.path));
                Some(ConnectionStep::in_file(what, edit.lines.clone()))
            }
            Expiry::ByHand { .. } | Expiry::There => None,
        }
    }

    /// Writes the day; says what is left to do, and whether it is written or need not be.
    pub(super) fn write(&self, screen: &Screen) -> bool {
        match self {
            Expiry::File(edit) => match file::replace(&edit.path, &edit.before, &edit.after) {
                Ok(()) => {
                    screen.remark(&format!("the last day of the new credential: written into {}", operand(&edit.path)));
                    true
                }
                Err(error) => {
                    screen.remark(&format!(
                        "the connection is saved, but {} could not be written: {error}. Add this yourself: {}",
                        operand(&edit.path),
                        line(edit.day)
                    ));
                    false
                }
            },
            Expiry::ByHand { day, file } => {
                let place = match file {
                    Some(path) => format!("{}, for this app", operand(path)),
                    None => "a policy file, provlint.yaml (provlint init writes one)".to_owned(),
                };
                screen.remark(&format!(
                    "Graph does not tell when the credential expires. To be warned, add this to {place}: {}",
                    line(*day)
                ));
                true
            }
            Expiry::There => true,
        }
    }
}

/// The lines that differ, each with the sign of a diff.
fn changed_lines(before: &str, after: &str) -> Vec<String> {
    let lines = hunks(before, after, &[]).into_iter().flat_map(|hunk| hunk.lines);
    let changed = lines.filter(|(sign, _)| *sign != Sign::Same);
    changed.map(|(sign, line)| format!("{}{}", sign.as_char(), line.trim_end_matches(['\r', '\n']))).collect()
}
