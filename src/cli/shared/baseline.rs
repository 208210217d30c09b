//! `--baseline` and `--write-baseline`: known findings, and entries that no longer occur.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::input::read_beside;
use crate::baseline::{Baseline, Entry};
use crate::check::{Known, Record};
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::root::Root;
use crate::cli::terminal::screen::{Screen, tell};
use crate::document;
use crate::fix::file;
use crate::report::counted;
use crate::rules;
use crate::text::{Lines, shown};

/// At most this many entries that no longer occur are listed; more are easier to read as a diff of the rewritten file.
const MOST_LISTED: usize = 10;

/// The flags of a baseline.
#[derive(Debug, Args)]
pub(in crate::cli) struct Baselining {
    /// Report only findings that this file does not list; the others are counted
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write all findings to this file, for later use with --baseline
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,
}

impl Baselining {
    /// Reads the file. A file to be written must not exist, be empty, or be a baseline: no other file is overwritten.
    pub(in crate::cli) fn settle(&self) -> Result<Known, Problem> {
        if let Some(path) = &self.write_baseline {
            let other = match fs::metadata(path) {
                Ok(metadata) if metadata.len() > 0 => read(path).err(),
                _ => None,
            };
            return match other {
                None => Ok(Known::Everything),
                Some(problem) => Err(Problem::NotOverwritten { path: path.clone(), reason: Box::new(problem) }),
            };
        }
        let Some(path) = &self.baseline else { return Ok(Known::Nothing) };
        read(path).map(Known::Listed)
    }

    /// The file that is read.
    pub(in crate::cli) fn read(&self) -> Option<&Path> {
        self.baseline.as_deref()
    }

    /// The file that will be written.
    pub(in crate::cli) fn written(&self) -> Option<&Path> {
        self.write_baseline.as_deref()
    }

    /// Writes the file if that was asked for. `whole` says whether everything could be checked: findings that are missing
    /// from a baseline would be reported as new later.
    pub(in crate::cli) fn write(&self, records: &[Record], whole: bool, screen: &Screen) -> Result<(), Problem> {
        let Some(path) = &self.write_baseline else { return Ok(()) };
        if !whole {
            screen.remark(&format!("{} was not written, because not everything could be checked", shown(path)));
            return Ok(());
        }
        let baseline = found(records);
        file::put(path, baseline.text().as_bytes())
            .map_err(|error| Problem::Unwritable { path: path.clone(), error })?;
        let count: usize = baseline.entries().map(|(_, count)| count).sum();
        screen.remark(&format!("{} lists {}", shown(path), counted(count, "finding")));
        Ok(())
    }
}

/// Lists the entries of the baseline that no longer occur. Ignores entries that this run could not evaluate or did not
/// check.
pub(in crate::cli) fn report_outdated(known: &Known, records: &[Record], root: &Root, screen: &Screen) {
    let Known::Listed(baseline) = known else { return };
    let now = found(records);
    let outdated: Vec<&Entry> = baseline
        .entries()
        .filter(|(entry, _)| match records.iter().find(|record| record.target == entry.target) {
            // A rule that no longer exists finds nothing.
            Some(record) => {
                let is_evaluated =
                    rules::rule(&entry.rule).is_none() || record.evaluated.contains(&entry.rule.as_str());
                is_evaluated && now.count(entry) < baseline.count(entry)
            }
            None => is_gone(&entry.target, root),
        })
        .map(|(entry, _)| entry)
        .collect();
    if outdated.is_empty() {
        return;
    }
    let (entries, occur) =
        if outdated.len() == 1 { ("1 entry", "occurs") } else { (&*format!("{} entries", outdated.len()), "occur") };
    screen.remark(&format!(
        "{entries} of the baseline no longer {occur} as often; once there are no new findings, rewrite it with --write-baseline"
    ));
    let mut list = String::new();
    for entry in outdated.iter().take(MOST_LISTED) {
        list.line(format_args!("  {}: {} at {}", entry.target, entry.rule, entry.subject));
    }
    if outdated.len() > MOST_LISTED {
        list.line(format_args!("  and {} more", outdated.len() - MOST_LISTED));
    }
    tell(&list);
}

/// Whether a file of the baseline was deleted. For an app or standard input that is unknown.
fn is_gone(target: &str, root: &Root) -> bool {
    let path = target.rsplit_once('#').map_or(target, |(path, _)| path);
    let file = Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    file && !path.starts_with("graph:") && !root.holds(path) && !root.holds(target)
}

fn read(path: &Path) -> Result<Baseline, Problem> {
    let name = shown(path);
    let bytes = read_beside(path)?;
    let (_, text) = document::decode(bytes).map_err(|error| Problem::decoding(&name, &error))?;
    Baseline::read(&text).map_err(|error| Problem::NotBaseline { name, error })
}

fn found(records: &[Record]) -> Baseline {
    let mut found = Baseline::default();
    records.iter().for_each(|record| found.join(&record.found));
    found
}
