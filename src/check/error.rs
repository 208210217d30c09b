//! Why a text cannot be checked.

use std::ops::Range;
use std::sync::Arc;

use super::mistake::quotable;
use super::{JsonMistake, OtherKind};
use crate::document::{self, Lines};
use crate::inspection::Inspection;
use crate::model::{ObjectKind, ReadError};
use crate::policy::{PolicyErrors, PolicyText};
use crate::secret::{self, Masked};
use crate::text::shortened;

/// Why a text, or a part of it, cannot be checked.
///
/// Displayed, it says in one line what is wrong; [`CheckError::help`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Neither a schema nor a snapshot.
    #[error("{name}: this is {}", of_kind(kind.as_deref()))]
    NothingToCheck {
        /// The name of the text.
        name: String,
        /// What it is instead, if it can be said.
        kind: Option<Box<OtherKind>>,
    },
    /// Not JSON, or JSON with a value of a type that Graph never gives.
    #[error("{name}{}: {}", whereabouts(text, &mistake.span), mistake.message)]
    Json {
        /// The name of the text.
        name: String,
        /// The text, or its beginning if it is not JSON at all.
        text: Masked<'static>,
        /// What is wrong with it, and where.
        mistake: Box<JsonMistake>,
    },
    /// PowerShell wrote type names instead of nested values.
    #[error("{name} is cut off: it contains type names instead of nested values")]
    CutOff {
        /// The name of the text.
        name: String,
    },
    /// No policy applies.
    #[error("no policy applies to {name}")]
    NoPolicy {
        /// The app's display name, else the name of the text.
        name: String,
    },
    /// The policy names attributes that are misspelt by the attribute lists of the schema.
    #[error("{}{}: {errors}", file.name, policy_place(file, errors))]
    Policy {
        /// The policy file.
        file: Arc<PolicyText>,
        /// Its mistakes.
        errors: Box<PolicyErrors>,
    },
    /// Nothing chose the requirements for an app that is to be written to.
    #[error("graph:{app}: nothing was written: no profile was chosen, and the app's name fits none")]
    NoProfile {
        /// The app's display name.
        app: String,
    },
    /// The text must contain one resource and contains several.
    #[error("{name} contains {count} schemas")]
    Several {
        /// The name of the text.
        name: String,
        /// The number of resources.
        count: usize,
    },
    /// The text has no schema.
    #[error("{name} contains no schema")]
    NoSchema {
        /// The name of the text.
        name: String,
    },
    /// The schema could not be read from the tenant.
    #[error("{name}: the schema could not be read: {reason}")]
    SchemaUnread {
        /// The name of the text.
        name: String,
        /// Why not, and the missing permission.
        reason: String,
    },
    /// The text has no schema of a job that it must have.
    #[error("{name} contains no schema of the job {job}")]
    NoSchemaOfJob {
        /// The name of the text.
        name: String,
        /// The id of the job.
        job: String,
    },
    /// The text has no job of that id.
    #[error("{name} has no job {job}{}", listed(others))]
    NoSuchJob {
        /// The name of the text.
        name: String,
        /// The id that was asked for.
        job: String,
        /// The ids of its jobs.
        others: Vec<String>,
    },
    /// The text is an error that Graph answered with.
    #[error("{name} is an error answer of Microsoft Graph, not a configuration: {code}: {message}")]
    ErrorAnswer {
        /// The name of the text.
        name: String,
        /// Graph's code for the error.
        code: String,
        /// Graph's message.
        message: String,
    },
    /// The schema has no mapping of objects of that kind.
    #[error("{name} has no {} mapping to an app", kind.as_str())]
    NoMapping {
        /// The name of the text.
        name: String,
        /// The kind of the objects.
        kind: ObjectKind,
    },
}

impl CheckError {
    /// The error for a text that could not be read once its credentials were masked.
    pub fn reading(name: &str, inspection: &Inspection<'_>, error: &ReadError) -> Self {
        match error {
            ReadError::NothingToCheck => CheckError::nothing_to_check(name, OtherKind::of_json(&inspection.text)),
            ReadError::ErrorAnswer { code, message } => CheckError::ErrorAnswer {
                name: name.to_owned(),
                code: shortened(code).into_owned(),
                message: shortened(message).into_owned(),
            },
            ReadError::Json { error, .. } if error.is_data() => CheckError::mistaken(name, inspection, error),
            ReadError::Json { error, .. } => match OtherKind::of_text(name, inspection) {
                None => CheckError::mistaken(name, inspection, error),
                kind => CheckError::nothing_to_check(name, kind),
            },
        }
    }

    /// The error for a text that could not be read as it is. It may repeat a credential, so it is looked for again.
    pub(super) fn of_unmasked(name: &str, text: &str, error: &ReadError) -> Self {
        let inspection = Inspection::of(text);
        let again = inspection.read().err();
        CheckError::reading(name, &inspection, again.as_ref().unwrap_or(error))
    }

    fn nothing_to_check(name: &str, kind: Option<OtherKind>) -> Self {
        CheckError::NothingToCheck { name: name.to_owned(), kind: kind.map(Box::new) }
    }

    /// The error for a text that could not be parsed as strict JSON. It may repeat a credential, so it is looked for again.
    pub fn parsing(name: &str, text: &str, error: &serde_json::Error) -> Self {
        let inspection = Inspection::of(text);
        let again = document::from_str::<serde::de::IgnoredAny>(&inspection.text).err();
        CheckError::mistaken(name, &inspection, again.as_ref().unwrap_or(error))
    }

    /// The error for a text that could not be parsed once its credentials were masked.
    fn mistaken(name: &str, inspection: &Inspection<'_>, error: &serde_json::Error) -> Self {
        let name = name.to_owned();
        if error.is_data() && !inspection.cut_off.is_empty() {
            return CheckError::CutOff { name };
        }
        let mut mistake = Box::new(JsonMistake::of(&inspection.text, error));
        let (mut text, span) = quotable(&inspection.text, mistake.span.clone());
        mistake.span = span;
        if let Some(lines) = credential_lines(&text, &mistake.span) {
            // In broken JSON the value of a credential may be spelt in any way.
            text = text.without(lines);
            if error.is_data() {
                mistake.message = "not what Graph gives, beside a credential, which is not shown".to_owned();
            }
        }
        CheckError::Json { name, text, mistake }
    }

    /// What to do.
    pub fn help(&self) -> &str {
        match self {
            CheckError::NoSuchJob { .. } => "name one of its jobs with --job, or leave --job out to check all of them",
            CheckError::ErrorAnswer { .. } => {
                "the export failed; export again, and save the file only if that succeeds"
            }
            CheckError::NothingToCheck { kind: Some(kind), .. } => &kind.instead,
            CheckError::NothingToCheck { .. } => {
                "a schema has synchronizationRules; download it from the portal (provlint --help says where)"
            }
            CheckError::Json { mistake, .. } => &mistake.help,
            CheckError::CutOff { .. } => "to see how to export it completely:\nprovlint explain truncated-export",
            CheckError::NoPolicy { .. } => {
                "add its name to app.names of an entry of policies, or an entry with app.names: [] for all others"
            }
            CheckError::Policy { errors, .. } => {
                errors.0.first().and_then(|first| first.help.as_deref()).unwrap_or_default()
            }
            CheckError::NoProfile { .. } => {
                "choose the vendor's requirements with --profile NAME, or with profile: NAME in a policy. \
                  `provlint profiles` lists them; the profile generic requires nothing of a vendor"
            }
            CheckError::Several { .. } => "save one of them in a separate file",
            CheckError::SchemaUnread { .. } => "`provlint auth status` shows what the token may read",
            CheckError::NoSchema { .. } | CheckError::NoSchemaOfJob { .. } => {
                "the snapshot lists under `unread` what could not be read"
            }
            CheckError::NoMapping { .. } => "run provlint check to see which mappings it contains",
        }
    }

    /// The bytes at fault, if they are in the text.
    pub fn span(&self) -> Option<Range<usize>> {
        match self {
            CheckError::Json { mistake, .. } => Some(mistake.span.clone()),
            _ => None,
        }
    }
}

/// The place of the first mistake in a policy, to follow its name.
fn policy_place(file: &PolicyText, errors: &PolicyErrors) -> String {
    let first = errors.0.first().and_then(|first| first.span.as_ref());
    first.map(|span| whereabouts(&file.yaml, span)).unwrap_or_default()
}

fn listed(others: &[String]) -> String {
    if others.is_empty() { String::new() } else { format!("; its jobs are: {}", others.join(", ")) }
}

fn of_kind(kind: Option<&OtherKind>) -> String {
    match kind {
        Some(kind) => format!("{}, neither a provisioning schema nor a snapshot", kind.what),
        None => "JSON, but neither a provisioning schema nor a snapshot".to_owned(),
    }
}

/// The lines around a place, if they name a credential.
fn credential_lines(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    /// As many lines as an excerpt shows around a place.
    const AROUND: usize = 3;
    let lines = Lines::new(text);
    let first = lines.position(span.start.min(text.len())).line.saturating_sub(AROUND).max(1);
    let last = lines.position(span.end.min(text.len())).line + AROUND;
    let end = if last < lines.count() { lines.start(last + 1) } else { text.len() };
    let around = lines.start(first)..end;
    secret::names_credential(text.get(around.clone())?).then_some(around)
}

/// The place, to follow a file name.
fn whereabouts(text: &str, span: &Range<usize>) -> String {
    let place = Lines::new(text).position(span.start);
    format!(":{}:{}", place.line, place.column)
}
