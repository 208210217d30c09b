//! `--baseline` and `--write-baseline`: what is known already, and what of it is over.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::root::Root;
use crate::baseline::{Baseline, Entry};
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::{Screen, tell};
use crate::document;
use crate::fix::file;
use crate::report::counted;
use crate::rules;
use crate::text::Lines;

/// How many entries that are over are named; a longer list is better read as the diff of the file written anew.
const MOST: usize = 10;

/// The flags.
#[derive(Debug, Args)]
pub(in crate::cli) struct Baselining {
    /// Report only what this file doesn't list; the rest is counted and fails no run.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write what is found, for --baseline to leave it out from now on.
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,
}

/// What is known before a run.
#[derive(Debug)]
pub(in crate::cli) enum Known {
    /// Nothing: there is no baseline.
    Nothing,
    /// What a file lists.
    Listed(Baseline),
    /// Whatever will be found, since it is about to be written down.
    Everything,
}

/// What was found in a target, known or not, by those rules that could judge.
#[derive(Debug)]
pub(in crate::cli) struct Record {
    pub(in crate::cli) target: String,
    pub(in crate::cli) judges: Vec<&'static str>,
    /// How many rules could not.
    pub(in crate::cli) unknown: usize,
    pub(in crate::cli) found: Baseline,
}

impl Baselining {
    /// Reads the file. One that is to be written and is there must be a baseline, or empty: nothing else is written
    /// over.
    pub(in crate::cli) fn settle(&self) -> Result<Known, Problem> {
        if let Some(path) = &self.write_baseline {
            let other = match fs::metadata(path) {
                Ok(metadata) if metadata.len() > 0 => read(path).err(),
                _ => None,
            };
            return match other {
                None => Ok(Known::Everything),
                Some(problem) => Err(Problem::Usage {
                    message: format!("{} is not written over: it is no baseline", path.display()),
                    help: format!("take another name, or remove the file first ({})", problem.headline()),
                }),
            };
        }
        let Some(path) = &self.baseline else { return Ok(Known::Nothing) };
        read(path).map(Known::Listed)
    }

    /// The file that will be written.
    pub(in crate::cli) fn written(&self) -> Option<&Path> {
        self.write_baseline.as_deref()
    }

    /// Writes the file where that was asked for. `whole` says whether everything could be looked at: a baseline with
    /// gaps would let what lies in them come back as new.
    pub(in crate::cli) fn write(&self, records: &[Record], whole: bool, screen: &Screen) -> Result<(), Problem> {
        let Some(path) = &self.write_baseline else { return Ok(()) };
        if !whole {
            screen.remark(&format!("{} was not written, since not everything could be checked", path.display()));
            return Ok(());
        }
        let baseline = found(records);
        file::put(path, baseline.text().as_bytes())
            .map_err(|error| Problem::Unwritable { path: path.clone(), error })?;
        let count: usize = baseline.entries().map(|(_, count)| count).sum();
        screen.remark(&format!("{} lists {}", path.display(), counted(count, "finding")));
        let unknown: usize = records.iter().map(|record| record.unknown).sum();
        if unknown > 0 {
            screen.remark(&format!(
                "{} could not be judged: what these find once they can is new",
                counted(unknown, "rule")
            ));
        }
        Ok(())
    }
}

impl Known {
    /// Whether records are needed.
    pub(in crate::cli) fn is_kept(&self) -> bool {
        !matches!(self, Known::Nothing)
    }

    /// Whether something is known, beside what was `found` in the same target.
    pub(in crate::cli) fn covers(&self, entry: &Entry, found: &Baseline) -> bool {
        match self {
            Known::Nothing => false,
            Known::Listed(baseline) => baseline.covers(entry, found),
            Known::Everything => true,
        }
    }

    /// Says which entries are over. What no rule could judge in this run, or what this run didn't look at, isn't.
    pub(in crate::cli) fn report_over(&self, records: &[Record], root: &Root, screen: &Screen) {
        let Known::Listed(baseline) = self else { return };
        let now = found(records);
        let over: Vec<&Entry> = baseline
            .entries()
            .filter(|(entry, _)| match records.iter().find(|record| record.target == entry.target) {
                // A rule that there is not, or no longer, finds nothing any more.
                Some(record) => {
                    let judges = rules::rule(&entry.rule).is_none() || record.judges.contains(&entry.rule.as_str());
                    judges && now.count(entry) < baseline.count(entry)
                }
                None => is_gone(&entry.target, root),
            })
            .map(|(entry, _)| entry)
            .collect();
        if over.is_empty() {
            return;
        }
        let (entries, occur) =
            if over.len() == 1 { ("1 entry", "occurs") } else { (&*format!("{} entries", over.len()), "occur") };
        screen.remark(&format!(
            "{entries} of the baseline no longer {occur} so often; --write-baseline makes it shorter, once nothing is new"
        ));
        let mut list = String::new();
        for entry in over.iter().take(MOST) {
            list.line(format_args!("  {}: {} at {}", entry.target, entry.rule, entry.subject));
        }
        if over.len() > MOST {
            list.line(format_args!("  and {} more", over.len() - MOST));
        }
        tell(&list);
    }
}

/// Whether a file of the baseline was deleted. Nobody can say that of an app or of standard input.
fn is_gone(target: &str, root: &Root) -> bool {
    let path = target.rsplit_once('#').map_or(target, |(path, _)| path);
    let file = Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    file && !path.starts_with("graph:") && !root.holds(path) && !root.holds(target)
}

fn read(path: &Path) -> Result<Baseline, Problem> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| Problem::reading(path, error))?;
    let (_, text) = document::decode(bytes).map_err(|error| Problem::decoding(&name, &error))?;
    Baseline::read(&text).map_err(|error| Problem::Usage {
        message: format!("{name} is no baseline: {error}"),
        help: "provlint check PATH --write-baseline FILE writes one".into(),
    })
}

fn found(records: &[Record]) -> Baseline {
    let mut found = Baseline::default();
    records.iter().for_each(|record| found.join(&record.found));
    found
}
