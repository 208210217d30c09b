//! Why a command, or one file of it, could not do its work: what happened, where, and what to do.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, SourceCode};

use super::wording::{GraphProblem, Unfinished, to_restore};
use crate::check::CheckError;
use crate::document::Lines;
use crate::document::encoding::DecodeError;
use crate::fix::PlanError;
use crate::fix::file::WriteError;
use crate::operation::GroupError;
use crate::policy::PolicyError;
use crate::report::Excerpt;
use crate::secret;
use crate::tenant::restore::RestoreError;
use crate::text::nearest;
pub(in crate::cli) use crate::text::shell::{joined, with_command};

/// An error that ends with exit code 2.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum Problem {
    /// The reader of our output is gone. This is not an error.
    #[error("the pipe was closed")]
    ClosedPipe,
    #[error("there is no file {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} could not be read: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{} could not be written: {error}", path.display())]
    Unwritable { path: PathBuf, error: WriteError },
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
    /// A failure of Microsoft Graph, or on the way to it.
    #[error(transparent)]
    Graph(Box<GraphProblem>),
    /// Changes of an app that were not made, or not all of them.
    #[error(transparent)]
    Order(Box<Unfinished>),
    /// A backup cannot be restored.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error("{app}: not everything could be compared: {}", joined(unseen))]
    NotCompared { app: String, unseen: Vec<String> },
    #[error("graph:{app}: nothing was written: {} could not be written: {error}", path.display())]
    NoBackup { app: String, path: PathBuf, error: io::Error },
    #[error("graph:{app}: nothing was written: what would be written could not be shown: {error}")]
    Unshown { app: String, error: io::Error },
    #[error("{message}")]
    Usage { message: String, help: String },
    #[error("{app} has no provisioning job")]
    NoJob { app: String, guide: String },
    #[error("{app} has no provisioning job {wanted}")]
    NoSuchJob { app: String, wanted: String, ids: Vec<String> },
    #[error("{app} has {} provisioning jobs", ids.len())]
    SeveralJobs { app: String, ids: Vec<String> },
    #[error("graph:{app}: not {done}: {count} {} be fixed first", if *count == 1 { "problem must" } else { "problems must" })]
    NotReady { app: String, done: &'static str, count: usize, guide: String },
    #[error(transparent)]
    NoGroup(Box<NoGroup>),
}

/// A group that can't be provisioned.
#[derive(Debug, thiserror::Error)]
#[error("{}", no_group(app, error, why_unread.as_deref()))]
pub(in crate::cli) struct NoGroup {
    pub(in crate::cli) app: String,
    pub(in crate::cli) error: GroupError,
    /// Why the assignments could not be read.
    pub(in crate::cli) why_unread: Option<String>,
    /// The command that assigns the group.
    pub(in crate::cli) assign: String,
}

fn no_group(app: &str, error: &GroupError, why_unread: Option<&str>) -> String {
    match error {
        GroupError::NoAssignments => {
            let why = why_unread.unwrap_or("no answer");
            format!("the groups that are assigned to {app} could not be read: {why}")
        }
        GroupError::NotAssigned { named, .. } => {
            format!("no group {named} is assigned to {app}, so Entra would skip it")
        }
        GroupError::Ambiguous { .. } => error.to_string(),
    }
}

/// What to do where a group can't be provisioned.
fn group_help(error: &GroupError, assign: &str) -> String {
    match error {
        GroupError::NoAssignments => with_command("this shows which permissions the token has", "provlint auth status"),
        GroupError::NotAssigned { assigned, .. } => {
            let assigned = match assigned.as_slice() {
                [] => "no group is assigned".to_owned(),
                names => format!("assigned groups: {}", names.join(", ")),
            };
            joined([assigned, with_command("this assigns the group", assign)])
        }
        GroupError::Ambiguous { ids, .. } => format!("use the object id of one of them: {}", ids.join(", ")),
    }
}

impl From<GraphProblem> for Problem {
    fn from(problem: GraphProblem) -> Self {
        Problem::Graph(Box::new(problem))
    }
}

impl Problem {
    /// A file that could not be opened or read.
    pub(in crate::cli) fn reading(path: &Path, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            Problem::Missing { path: path.to_owned() }
        } else {
            Problem::Unreadable { path: path.to_owned(), error }
        }
    }

    /// Bytes that cannot be decoded as text.
    pub(in crate::cli) fn decoding(name: &str, error: &DecodeError) -> Self {
        let valid = error.valid();
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

    /// Text that is not JSON, or JSON with a value of a type that Graph never gives.
    pub(in crate::cli) fn parsing(name: &str, text: &str, error: &serde_json::Error) -> Self {
        CheckError::parsing(name, text, error).into()
    }

    /// An export that lacks its nested values.
    pub(in crate::cli) fn cut_off(name: &str) -> Self {
        CheckError::CutOff { name: name.to_owned() }.into()
    }

    /// Something wrong at a place in a text.
    pub(in crate::cli) fn at(name: &str, text: &str, span: Range<usize>, message: &str, help: &str) -> Self {
        let place = Lines::new(text).position(span.start);
        let excerpt = Excerpt::of_span(name, text, span.clone()).map_text(secret::mask_shapes);
        Problem::InText {
            message: format!("{name}:{}:{}: {message}", place.line, place.column),
            help: help.to_owned(),
            excerpt: Some(Box::new(excerpt)),
            label: "here".to_owned(),
            span: Some(span),
        }
    }

    /// A mistake in a policy file.
    pub(in crate::cli) fn in_policy(name: &str, yaml: &str, error: PolicyError) -> Self {
        let place = error.span.as_ref().map(|span| Lines::new(yaml).position(span.start));
        let excerpt = error.span.clone().map(|span| Box::new(Excerpt::of_span(name, yaml, span)));
        let whereabouts = place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        Problem::InText {
            message: format!("{name}{whereabouts}: {}", error.message),
            help: error.help.unwrap_or_default(),
            excerpt,
            label: String::new(),
            span: error.span,
        }
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

    /// What went wrong in one line, for reports.
    pub(in crate::cli) fn headline(&self) -> String {
        self.to_string()
    }
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Self {
        match &error {
            CheckError::Json { name, text, mistake } => {
                let excerpt = Excerpt::of_span(name, text, mistake.span.clone()).map_text(secret::mask_shapes);
                Problem::InText {
                    message: error.to_string(),
                    help: mistake.help.clone(),
                    excerpt: Some(Box::new(excerpt)),
                    label: mistake.label.to_owned(),
                    span: Some(mistake.span.clone()),
                }
            }
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
        let help: String = match self {
            Problem::Missing { path } => {
                let name = path.file_name()?.to_string_lossy().into_owned();
                let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let siblings: Vec<String> = folder
                    .read_dir()
                    .ok()?
                    .flatten()
                    .map(|entry| entry.file_name().to_string_lossy().into_owned())
                    .collect();
                format!(
                    "did you mean `{}`?",
                    folder.join(nearest(&name, siblings.iter().map(String::as_str))?).display()
                )
            }
            Problem::Empty { .. } => {
                "export it again; a command that failed before the pipe leaves an empty file".into()
            }
            Problem::Unwritable { error: WriteError::Changed, .. } => {
                "run provlint again, on the file as it is now".into()
            }
            Problem::Unwritable { error: WriteError::NoFile, .. } => "give the result a file by --output".into(),
            Problem::TooLarge { .. } => "a schema has a few MiB at most".into(),
            Problem::Check(error) if !error.help().is_empty() => error.help().to_owned(),
            Problem::Plan(error) if !error.help().is_empty() => error.help().to_owned(),
            Problem::Policy(error) => error.help.clone()?,
            Problem::Graph(problem) => Some(problem.help()).filter(|help| !help.is_empty())?,
            Problem::Order(unfinished) => Some(unfinished.help()).filter(|help| !help.is_empty())?.to_string(),
            Problem::Restore(error) => to_restore(error).into(),
            Problem::NotCompared { .. } => {
                "what could not be compared is unchanged; provlint auth status shows what the token may read".into()
            }
            Problem::NoBackup { .. } => "name another folder with --backup-dir".into(),
            Problem::InText { help, .. } | Problem::Usage { help, .. } if !help.is_empty() => help.clone(),
            Problem::NoJob { guide, .. } => with_command("this shows how to configure provisioning", guide),
            Problem::NoSuchJob { ids, .. } if !ids.is_empty() => format!("available: {}", ids.join(", ")),
            Problem::SeveralJobs { ids, .. } => format!("choose one with --job: {}", ids.join(", ")),
            Problem::NotReady { guide, .. } => joined([
                "--force REASON continues despite the problems".to_owned(),
                with_command("this shows what to do", guide),
            ]),
            Problem::NoGroup(group) => group_help(&group.error, &group.assign),
            _ => return None,
        };
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
