//! Why a text cannot be checked.

use std::ops::Range;
use std::sync::Arc;

use super::JsonMistake;
use crate::document::Lines;
use crate::inspection::Inspection;
use crate::model::{ObjectKind, ReadError};
use crate::policy::{PolicyErrors, PolicyText};

/// Why a text, or a part of it, cannot be checked.
///
/// Displayed, it says in one line what is wrong; [`CheckError::help`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// JSON that is neither a schema nor a snapshot.
    #[error("{name}: this is JSON, but neither a provisioning schema nor a snapshot")]
    NothingToCheck {
        /// The name of the text.
        name: String,
    },
    /// Not JSON, or JSON with a value of a type that Graph never gives.
    #[error("{name}{}: {}", whereabouts(text, &mistake.span), mistake.message)]
    Json {
        /// The name of the text.
        name: String,
        /// The text.
        text: String,
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
    /// The text has no schema of a job that it must have.
    #[error("{name} contains no schema of the job {job}")]
    NoSchemaOfJob {
        /// The name of the text.
        name: String,
        /// The id of the job.
        job: String,
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
    /// The error for a text that could not be read.
    pub fn reading(name: &str, text: &str, error: &ReadError) -> Self {
        match error {
            ReadError::NothingToCheck => CheckError::NothingToCheck { name: name.to_owned() },
            ReadError::Json(error) => CheckError::parsing(name, text, error),
        }
    }

    /// The error for a text that could not be parsed as JSON of the expected shape.
    pub fn parsing(name: &str, text: &str, error: &serde_json::Error) -> Self {
        let name = name.to_owned();
        if error.is_data() && !Inspection::of(text).cut_off.is_empty() {
            return CheckError::CutOff { name };
        }
        CheckError::Json { name, text: text.to_owned(), mistake: Box::new(JsonMistake::of(text, error)) }
    }

    /// What to do.
    pub fn help(&self) -> &str {
        match self {
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
            CheckError::Several { .. } => "save one of them in a separate file",
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

/// The place, to follow a file name.
fn whereabouts(text: &str, span: &Range<usize>) -> String {
    let place = Lines::new(text).position(span.start);
    format!(":{}:{}", place.line, place.column)
}
