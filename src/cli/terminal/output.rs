//! The destinations of reports: each `--format` with its `--output`.

use std::collections::HashSet;
use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::problem::Problem;
use super::screen::Screen;
use crate::check::Run;
use crate::fix::{Identity, file};
use crate::report::{self, FORMATS, Format, Style};
use crate::text::shell::option;
use crate::text::{Outlet, shown};

/// The variable that names the file of a step's summary on GitHub Actions.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// One report: a format, and a file or standard output.
#[derive(Debug)]
pub(in crate::cli) struct Output {
    format: &'static Format,
    file: Option<PathBuf>,
}

/// The extensions of files that tell the format of a report, each with the format's name.
const EXTENSIONS: [(&str, &str); 9] = [
    (".json", "json"),
    (".jsonl", "jsonl"),
    (".sarif", "sarif"),
    (".sarif.json", "sarif"),
    (".md", "markdown"),
    (".markdown", "markdown"),
    (".html", "html"),
    (".htm", "html"),
    (".xml", "junit"),
];

/// Pairs every `--output` with the `--format` before it. Without any `--format`, the files' extensions tell the formats.
pub(in crate::cli) fn settle(
    formats: &[&'static Format],
    files: &[PathBuf],
    matches: &ArgMatches,
) -> Result<Vec<Output>, Problem> {
    let indices = |name: &str| matches.indices_of(name).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    // A default has no index on the command line.
    let formats: Vec<(usize, &'static Format)> = indices("format").into_iter().zip(formats.iter().copied()).collect();
    let files: Vec<(usize, &PathBuf)> = indices("output").into_iter().zip(files).collect();
    let mut outputs: Vec<Output> = match (formats.as_slice(), files.as_slice()) {
        ([], []) => vec![Output { format: &FORMATS[0], file: None }],
        ([], files) => {
            let by_extension = |(_, file): &(usize, &PathBuf)| Output {
                format: by_extension(file).unwrap_or(&FORMATS[0]),
                file: Some((*file).clone()),
            };
            files.iter().map(by_extension).collect()
        }
        _ => paired(&formats, &files)?,
    };
    for output in &mut outputs {
        output.file.take_if(|file| file.as_os_str() == "-");
    }
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(Problem::Usage {
            message: "only one report can go to standard output".into(),
            help: "write the others to files: --format json --output report.json".into(),
        });
    }
    Ok(outputs)
}

/// Pairs as the command line has them: every file follows its format.
fn paired(formats: &[(usize, &'static Format)], files: &[(usize, &PathBuf)]) -> Result<Vec<Output>, Problem> {
    let mut outputs: Vec<(usize, Output)> =
        formats.iter().map(|(at, format)| (*at, Output { format, file: None })).collect();
    for (at, file) in files {
        let free = outputs.iter_mut().rfind(|(format, output)| format < at && output.file.is_none());
        match free {
            Some((_, output)) => output.file = Some((*file).clone()),
            None => {
                let later = formats.iter().find(|(format, _)| format > at).map(|(_, format)| *format);
                return Err(unpaired(file, later));
            }
        }
    }
    Ok(outputs.into_iter().map(|(_, output)| output).collect())
}

/// The error for a file that no format precedes; `later` is the first format after it.
fn unpaired(file: &Path, later: Option<&'static Format>) -> Problem {
    let known = by_extension(file);
    let pair = |format: &Format| format!("--format {}{}", format.name, option("--output", &shown(file)));
    let (message, help) = match (later, known) {
        // The first may be meant for the screen.
        (Some(later), Some(known)) if later.name != known.name => (
            format!("--output {} comes before its --format", shown(file)),
            format!(
                "put the format first: {}; or, to see the other report too: {} --format {}",
                pair(later),
                pair(known),
                later.name
            ),
        ),
        (Some(later), _) => (
            format!("--output {} comes before its --format", shown(file)),
            format!("put the format first: {}", pair(later)),
        ),
        (None, known) => (
            format!("--output {} has no --format of its own", shown(file)),
            format!("put a format before it: {}", pair(known.unwrap_or(&FORMATS[0]))),
        ),
    };
    Problem::Usage { message, help }
}

/// The format that a file's extension tells.
fn by_extension(file: &Path) -> Option<&'static Format> {
    let name = file.file_name()?.to_string_lossy().to_ascii_lowercase();
    let longest =
        EXTENSIONS.iter().filter(|(extension, _)| name.ends_with(extension)).max_by_key(|known| known.0.len());
    let (_, wanted) = longest?;
    FORMATS.iter().find(|format| format.name == *wanted)
}

/// Refuses to write over a file that this run reads, under whatever name, or to write two reports to one file.
pub(in crate::cli) fn refuse_clashes(
    outputs: &[Output],
    baseline: Option<&Path>,
    read: &[PathBuf],
) -> Result<(), Problem> {
    let files = outputs.iter().filter_map(|output| output.file.as_deref());
    let summary = outputs.iter().filter_map(Output::summary).map(|(_, path)| path).next();
    let written: Vec<&Path> = files.chain(baseline).chain(summary.as_deref()).collect();
    refuse_overwriting(&written, read)?;
    let mut before = HashSet::new();
    // A device such as /dev/null can be written several times.
    let is_special = |file: &Path| file.exists() && !file.is_file();
    match written.iter().find(|file| !is_special(file) && !before.insert(Identity::of(file))) {
        Some(twice) => Err(clash(twice, "would be written twice")),
        None => Ok(()),
    }
}

/// Refuses to write over a file that this run reads, under whatever name.
pub(in crate::cli) fn refuse_overwriting(written: &[&Path], read: &[PathBuf]) -> Result<(), Problem> {
    if written.is_empty() {
        return Ok(());
    }
    let is_file = |file: &&PathBuf| file.is_file();
    let read: HashSet<Identity> = read.iter().filter(is_file).map(|file| Identity::of(file)).collect();
    match written.iter().find(|file| read.contains(&Identity::of(file))) {
        Some(file) => Err(clash(file, "is one of the files that are read")),
        None => Ok(()),
    }
}

fn clash(file: &Path, clash: &str) -> Problem {
    Problem::Usage {
        message: format!("{} {clash}, so nothing was written", shown(file)),
        help: "use a separate file for everything that is written".into(),
    }
}

impl Output {
    /// Whether a program reads this; it needs a document even if the run fails.
    pub(in crate::cli) fn is_document(&self) -> bool {
        self.format.document
    }

    /// Whether the report says what could not be evaluated.
    pub(in crate::cli) fn tells_gaps(&self) -> bool {
        report::tells_gaps(self.format)
    }

    /// Whether the report includes a view of the configuration.
    pub(in crate::cli) fn shows_view(&self) -> bool {
        report::shows_view(self.format)
    }

    /// Writes the run's report.
    pub(in crate::cli) fn write(&self, run: &Run, style: &Style, screen: &Screen) -> Result<(), Problem> {
        match &self.file {
            None => fill(self.format, run, style, screen.output()).map_err(Problem::output)?,
            Some(path) => {
                put(self.format, run, style, path)?;
                if !style.quiet && path.is_file() {
                    screen.remark(&format!("wrote {} ({})", shown(path), self.format.name));
                }
            }
        }
        self.write_step_summary(run, style)
    }

    /// Appends to the summary of a step, if GitHub Actions provides one. The format stays far below the limit of 1 MiB.
    /// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary>
    fn write_step_summary(&self, run: &Run, style: &Style) -> Result<(), Problem> {
        let Some((summary, path)) = self.summary() else { return Ok(()) };
        let page = page(summary, run, style).map_err(Problem::output)?;
        let file = File::options().create(true).append(true).open(&path);
        file.and_then(|file| append(file, &page)).map_err(|error| Problem::Unwritable { path, error: error.into() })
    }

    /// The format and the file of a step's summary.
    fn summary(&self) -> Option<(&'static Format, PathBuf)> {
        let summary = report::step_summary(self.format)?;
        let path = env::var_os(STEP_SUMMARY).filter(|path| !path.is_empty()).map(PathBuf::from)?;
        Some((summary, path))
    }
}

/// Appends a page, whole or not at all.
fn append(mut file: File, page: &[u8]) -> io::Result<()> {
    let before = file.metadata()?.len();
    file.write_all(page).inspect_err(|_| drop(file.set_len(before)))
}

/// Puts a report into a file, whole or not at all.
pub(in crate::cli) fn put<T>(format: &Format<T>, report: &T, style: &Style, path: &Path) -> Result<(), Problem> {
    let style = Style { color: false, width: 100, folds: false, ..*style };
    let page = page(format, report, &style).map_err(Problem::output)?;
    file::put(path, &page).map_err(|error| Problem::Unwritable { path: path.to_owned(), error })
}

/// Writes a whole report.
fn fill<T>(format: &Format<T>, run: &T, style: &Style, mut out: Outlet<'_>) -> io::Result<()> {
    (format.write)(run, style, &mut out)?;
    out.flush()
}

/// A whole report for a file, which has no colours.
fn page<T>(format: &Format<T>, run: &T, style: &Style) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    fill(format, run, style, Outlet::new(&mut page, false))?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_name_formats_that_exist_in_any_case() {
        for (extension, name) in EXTENSIONS {
            let found = by_extension(Path::new(&format!("reports/x{}", extension.to_ascii_uppercase())));
            assert_eq!(found.map(|format| format.name), Some(name), "{extension}");
        }
        assert!([".txt", "json", "report", ".log"].iter().all(|name| by_extension(Path::new(name)).is_none()));
    }
}
