//! Why a command, or one file of it, could not do its work: what happened, where, and what to do.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, SourceCode};

use super::absent;
use super::advice::advice;
use super::connecting::ConnectProblem;
use super::gap::{self, Gap};
use super::running::JobProblem;
use super::wording::{FixProblem, GraphProblem, Unfinished, to_restore};
use crate::baseline::BaselineError;
use crate::check::CheckError;
use crate::document::Lines;
use crate::document::encoding::DecodeError;
use crate::fix::PlanError;
use crate::fix::file::WriteError;
use crate::inspection::Inspection;
use crate::policy::{PolicyError, PolicyErrors};
use crate::report::{Excerpt, counted};
use crate::scim::ProbeError;
use crate::secret::Masked;
use crate::tenant::restore::RestoreError;
use crate::text::shell::joined;
use crate::text::{nearest, shown};

/// An error that ends with exit code 2.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum Problem {
    /// The reader of the output has closed it. This is not an error.
    #[error("the pipe was closed")]
    ClosedPipe,
    #[error("there is no file {}", shown(path))]
    Missing { path: PathBuf },
    /// A named file or directory to read that does not exist.
    #[error("{}", absent::message(path))]
    Absent { path: PathBuf },
    #[error("{} could not be read: {error}", shown(path))]
    Unreadable { path: PathBuf, error: io::Error },
    /// A file that is not text.
    #[error("{name} is {what}, not text")]
    NotText { name: String, what: &'static str, help: &'static str },
    #[error("{} could not be written: {error}", shown(path))]
    Unwritable { path: PathBuf, error: WriteError },
    #[error("{} already exists", shown(path))]
    Exists { path: PathBuf },
    #[error("{name} is empty")]
    Empty { name: String },
    #[error("{name} has more than {limit} MiB")]
    TooLarge { name: String, limit: u64 },
    #[error("{message}")]
    InText { message: String, help: String, excerpt: Option<Box<Excerpt>>, label: String, span: Option<Range<usize>> },
    #[error(transparent)]
    Check(CheckError),
    #[error(transparent)]
    Plan(PlanError),
    #[error("{}", .0.message)]
    Policy(PolicyError),
    /// A policy file with several mistakes. A terminal shows each by itself.
    #[error("{name} has {} mistakes: {}", mistakes.len(), joined(mistakes.iter().map(Problem::to_string)))]
    InPolicy { name: String, mistakes: Vec<Problem> },
    /// A failure of Microsoft Graph, or on the way to it.
    #[error(transparent)]
    Graph(Box<GraphProblem>),
    /// Changes of an app that failed, all or some of them.
    #[error(transparent)]
    Order(Box<Unfinished>),
    /// A backup cannot be restored.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error("{app}: not everything could be compared: {}", joined(unseen))]
    NotCompared { app: String, unseen: Vec<String> },
    /// The snapshot is written; `unread` are the parts that it lacks.
    #[error("graph:{app}: not everything could be read; the snapshot lacks {}", unread.join(", "))]
    PartlyExported { app: String, unread: Vec<String> },
    #[error("graph:{app}: nothing was written: {} could not be written: {error}", shown(path))]
    NoBackup { app: String, path: PathBuf, error: io::Error },
    #[error("graph:{app}: nothing was written: the changes could not be shown: {error}")]
    Unshown { app: String, error: io::Error },
    /// A job that was not found or not run, or not until it had done its work.
    #[error(transparent)]
    Job(Box<JobProblem>),
    /// An app that was not connected.
    #[error(transparent)]
    Connect(Box<ConnectProblem>),
    /// A file or app that was not fixed, or not completely.
    #[error(transparent)]
    Fix(Box<FixProblem>),
    #[error(transparent)]
    Probe(Box<ProbeError>),
    /// `written` are the files that were changed before the report could not be shown.
    #[error("the output could not be written: {error}")]
    Output { error: io::Error, written: Vec<String> },
    #[error("no message could be read: {0}")]
    EditorMessage(io::Error),
    #[error(transparent)]
    Directory(ignore::Error),
    #[error("no threads could be started: {0}")]
    Threads(rayon::ThreadPoolBuildError),
    #[error("{subject}: nothing was written: there is no terminal to ask on")]
    NoTerminal { subject: String },
    #[error("{subject}: nothing was written: {error}")]
    NoAnswer { subject: String, error: io::Error },
    #[error("{name} is not a baseline: {error}")]
    NotBaseline { name: String, error: BaselineError },
    /// `reason` says why the file is not a baseline.
    #[error("{} is not overwritten: it is not a baseline", shown(path))]
    NotOverwritten { path: PathBuf, reason: Box<Problem> },
    #[error("{name} holds no user")]
    NoUsers { name: String },
    #[error("{name} cannot be read as CSV: {error}")]
    Csv { name: String, error: csv::Error },
    #[error("there is no provisioning schema or snapshot in {}{}", names.join(", "), passed_over_in_words(passed_over))]
    NothingFound { names: Vec<String>, passed_over: Vec<String> },
    #[error("nothing was checked: there is no object mapping to an app over SCIM that could be read")]
    NothingChecked,
    /// Rules that can fail the run and miss evidence.
    #[error("the result is incomplete: {} that can fail this run could not be evaluated", counted(gaps.len(), "rule"))]
    Incomplete { gaps: Vec<Gap> },
    #[error("{flag} asks for what no input includes")]
    Unanswered { flag: &'static str },
    #[error("no app with a provisioning job is called {}", names.join(" or "))]
    NoAppNamed { names: Vec<String> },
    /// A mistake on the command line.
    #[error("{message}")]
    Usage { message: String, help: String },
}

impl From<GraphProblem> for Problem {
    fn from(problem: GraphProblem) -> Self {
        Problem::Graph(Box::new(problem))
    }
}

impl From<JobProblem> for Problem {
    fn from(problem: JobProblem) -> Self {
        Problem::Job(Box::new(problem))
    }
}

impl From<ConnectProblem> for Problem {
    fn from(problem: ConnectProblem) -> Self {
        Problem::Connect(Box::new(problem))
    }
}

impl From<FixProblem> for Problem {
    fn from(problem: FixProblem) -> Self {
        Problem::Fix(Box::new(problem))
    }
}

impl Problem {
    /// An error of standard output: a closed pipe ends quietly.
    pub(in crate::cli) fn output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Problem::ClosedPipe
        } else {
            Problem::Output { error, written: Vec::new() }
        }
    }

    /// A file that could not be opened or read.
    pub(in crate::cli) fn reading(path: &Path, error: io::Error) -> Self {
        // On Windows, no file can have a name with `*` or a quotation mark.
        if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename) {
            Problem::Missing { path: path.to_owned() }
        } else {
            Problem::Unreadable { path: path.to_owned(), error }
        }
    }

    /// A file or directory of the command line that could not be opened or read.
    pub(in crate::cli) fn reading_input(path: &Path, error: io::Error) -> Self {
        match Problem::reading(path, error) {
            Problem::Missing { path } => Problem::Absent { path },
            problem => problem,
        }
    }

    /// Bytes that cannot be decoded as text.
    pub(in crate::cli) fn decoding(name: &str, error: &DecodeError) -> Self {
        let valid = error.valid();
        if let Some((what, help)) = not_text(valid) {
            return Problem::NotText { name: name.to_owned(), what, help };
        }
        let place = Lines::new(valid).position(valid.len());
        let whereabouts = match error {
            DecodeError::Utf16WithoutMark => String::new(),
            _ => format!(" at line {}, column {}", place.line, place.column),
        };
        Problem::InText {
            message: format!("{name}: {error}{whereabouts}"),
            help: "save it as UTF-8; UTF-16 is read too where it begins with a byte order mark, as PowerShell's Out-File writes it".into(),
            excerpt: None,
            label: String::new(),
            span: None,
        }
    }

    /// Something wrong at a place in a text.
    pub(in crate::cli) fn at(name: &str, text: &str, span: Range<usize>, message: &str, help: &str) -> Self {
        let inspection = Inspection::of(text);
        Problem::placed(name, &inspection.text, &Lines::new(text), span, message, help)
    }

    /// Mistakes at places in one text, which is looked through only once.
    pub(in crate::cli) fn in_text(
        name: &str,
        text: &str,
        mistakes: Vec<(Range<usize>, String)>,
        help: &str,
    ) -> Vec<Self> {
        if mistakes.is_empty() {
            return Vec::new();
        }
        let inspection = Inspection::of(text);
        let lines = Lines::new(text);
        let placed =
            |(span, message): (_, String)| Problem::placed(name, &inspection.text, &lines, span, &message, help);
        mistakes.into_iter().map(placed).collect()
    }

    fn placed(name: &str, text: &Masked<'_>, lines: &Lines<'_>, span: Range<usize>, message: &str, help: &str) -> Self {
        let place = lines.position(span.start);
        let excerpt = Excerpt::of_span(name, text, lines, span.clone());
        Problem::InText {
            message: format!("{name}:{}:{}: {message}", place.line, place.column),
            help: help.to_owned(),
            excerpt: Some(Box::new(excerpt)),
            label: "here".to_owned(),
            span: Some(span),
        }
    }

    /// The mistakes in a policy file.
    pub(in crate::cli) fn in_policy(name: &str, yaml: &str, errors: PolicyErrors) -> Self {
        let inspection = Inspection::of(yaml);
        let lines = Lines::new(yaml);
        let problem = |mistake| Problem::policy_mistake(name, &inspection.text, &lines, mistake);
        let mut mistakes: Vec<Problem> = errors.0.into_iter().map(problem).collect();
        match mistakes.pop() {
            Some(only) if mistakes.is_empty() => only,
            last => {
                mistakes.extend(last);
                Problem::InPolicy { name: name.to_owned(), mistakes }
            }
        }
    }

    fn policy_mistake(name: &str, yaml: &Masked<'_>, lines: &Lines<'_>, mistake: PolicyError) -> Self {
        let place = mistake.span.as_ref().map(|span| lines.position(span.start));
        let shown = |span| Box::new(Excerpt::of_span(name, yaml, lines, span));
        let excerpt = mistake.span.clone().map(shown);
        let whereabouts = place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        Problem::InText {
            message: format!("{name}{whereabouts}: {}", mistake.message),
            help: mistake.help.unwrap_or_default(),
            excerpt,
            label: String::new(),
            span: mistake.span,
        }
    }

    /// The problems that are shown by themselves, and the one that counts them; none for a single problem.
    pub(in crate::cli) fn parts(&self) -> Option<(&[Problem], Problem)> {
        let Problem::InPolicy { name, mistakes } = self else { return None };
        let message = format!("{name} has {} mistakes", mistakes.len());
        Some((mistakes, Problem::Usage { message, help: String::new() }))
    }

    /// A name that is not in the list of known names.
    pub(in crate::cli) fn unknown_name<'c>(
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'c str>,
        list: &str,
    ) -> Self {
        let help = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("`{list}` shows all"),
        };
        Problem::Usage { message: format!("there is no {what} `{name}`"), help }
    }

    /// What to do; `None` or empty if nothing can be said.
    fn advice(&self) -> Option<String> {
        Some(match self {
            Problem::Missing { path } => return similar(path).map(|name| format!("did you mean `{name}`?")),
            Problem::Absent { path } => absent::advice(path),
            Problem::NotText { help, .. } => (*help).to_owned(),
            Problem::Exists { .. } => "choose another name with --output, or overwrite it with --force".to_owned(),
            Problem::Empty { .. } => {
                "export it again; a command that fails before a pipe leaves an empty file".to_owned()
            }
            Problem::Unwritable { error: WriteError::Changed, .. } => {
                "run provlint again, on the file as it is now".to_owned()
            }
            Problem::Unwritable { error: WriteError::NoFile, .. } => {
                "name a file for the result with --output".to_owned()
            }
            Problem::Unreadable { error, .. } if is_locked(error) => format!("{CLOSE}, and run provlint again"),
            // Windows also denies access where a file that is open should be replaced.
            Problem::Unwritable { error: WriteError::Io(error), .. }
                if is_locked(error) || (cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied) =>
            {
                format!("{CLOSE}, if there is one, and run provlint again")
            }
            Problem::TooLarge { .. } => "a schema has a few MiB at most".to_owned(),
            Problem::Check(error) => error.help().to_owned(),
            Problem::Plan(error) => error.help().to_owned(),
            Problem::Policy(error) => error.help.clone()?,
            Problem::Graph(problem) => problem.help(),
            Problem::Order(unfinished) => unfinished.help().to_string(),
            Problem::Restore(error) => to_restore(error).to_owned(),
            Problem::Job(problem) => problem.help().to_string(),
            Problem::Connect(problem) => problem.help().to_string(),
            Problem::Fix(problem) => problem.help(),
            Problem::Probe(error) => match &**error {
                ProbeError::Token => "enter the bare token that the vendor gives".to_owned(),
                ProbeError::Network(error) => advice(error),
            },
            Problem::NotCompared { .. } => {
                "what could not be compared is unchanged; provlint auth status shows what the token may read".to_owned()
            }
            Problem::PartlyExported { .. } => {
                "the notes above say why, and which permission is missing; in a check of the snapshot, the rules that need \
                 these parts are unknown"
                    .to_owned()
            }
            Problem::NoBackup { .. } => "name another folder with --backup-dir".to_owned(),
            Problem::Output { written, .. } if !written.is_empty() => {
                format!("already written: {}", written.join(", "))
            }
            Problem::EditorMessage(error) if error.kind() == io::ErrorKind::InvalidData => {
                "this is for editors, which speak the Language Server Protocol".to_owned()
            }
            Problem::Threads(_) => "try --threads 1".to_owned(),
            Problem::NoTerminal { .. } => {
                "--yes skips the question; --dry-run, where a command has it, shows what would be written".to_owned()
            }
            Problem::NotBaseline { .. } => "write one with provlint check PATH --write-baseline FILE".to_owned(),
            Problem::NotOverwritten { reason, .. } => {
                format!("choose another name, or remove the file first ({reason})")
            }
            Problem::NoUsers { .. } => {
                "give a user as Graph writes one, a list, a page {\"value\": [...]}, or a CSV file with a header"
                    .to_owned()
            }
            Problem::Csv { .. } => "save it as CSV with a header, in UTF-8".to_owned(),
            Problem::NothingFound { .. } => {
                "directories are searched for *.json that .gitignore does not exclude".to_owned()
            }
            Problem::Incomplete { gaps } => gap::advice(gaps),
            Problem::Unanswered { flag } => format!("leave out {flag}, or fix the app in the tenant with --app"),
            Problem::NothingChecked => "the report says what the schema is instead, or what it lacks".to_owned(),
            Problem::NoAppNamed { .. } => {
                "app.names of the policy takes display names; * stands for anything".to_owned()
            }
            Problem::InText { help, .. } | Problem::Usage { help, .. } => help.clone(),
            _ => return None,
        })
    }
}

fn passed_over_in_words(names: &[String]) -> String {
    const FEW: usize = 3;
    let first = names.get(..FEW).unwrap_or(names).join(", ");
    match names.len() {
        0 => String::new(),
        count if count > FEW => format!("; passed over: {first} and {} more", count - FEW),
        _ => format!("; passed over: {first}"),
    }
}

/// What a file that is not text is, by its first characters, and what to do.
fn not_text(start: &str) -> Option<(&'static str, &'static str)> {
    const ZIP: &str = "unpack it, and give the JSON file; of an Excel workbook of users, save a sheet as CSV (UTF-8)";
    if start.starts_with("PK\u{3}\u{4}") {
        Some(("a ZIP archive or an Excel workbook", ZIP))
    } else if start.starts_with("%PDF") {
        Some(("a PDF", "give the JSON file that the portal downloads"))
    } else if start.contains('\0') {
        Some(("a binary file", "give the JSON file that the portal downloads"))
    } else {
        None
    }
}

const CLOSE: &str = "close the program that has it open";

/// Whether another program has locked the file, as a spreadsheet does on Windows: ERROR_SHARING_VIOLATION or
/// ERROR_LOCK_VIOLATION. <https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499->
fn is_locked(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33))
}

/// The path with the most similar name in the same folder.
pub(super) fn similar(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let siblings: Vec<String> =
        folder.read_dir().ok()?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    Some(shown(folder.join(nearest(&name, siblings.iter().map(String::as_str))?)))
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Self {
        match &error {
            CheckError::Json { name, text, mistake } => {
                let excerpt = Excerpt::of_span(name, text, &Lines::new(text), mistake.span.clone());
                Problem::InText {
                    message: error.to_string(),
                    help: mistake.help.clone(),
                    excerpt: Some(Box::new(excerpt)),
                    label: mistake.label.to_owned(),
                    span: Some(mistake.span.clone()),
                }
            }
            CheckError::Policy { file, errors, .. } => Problem::in_policy(&file.name, &file.yaml, (**errors).clone()),
            _ => Problem::Check(error),
        }
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Check(error) => error.into(),
            error => Problem::Plan(error),
        }
    }
}

impl From<PolicyError> for Problem {
    fn from(error: PolicyError) -> Self {
        Problem::Policy(error)
    }
}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.advice().filter(|help| !help.is_empty())?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        match self {
            Problem::InText { excerpt: Some(excerpt), .. } => Some(&**excerpt),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Problem::InText { excerpt: Some(excerpt), label, .. } = self else { return None };
        let label = Some(label.clone()).filter(|label| !label.is_empty());
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(label, excerpt.label.clone()))))
    }
}
