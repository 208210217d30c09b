//! Checks an open text as `check` checks a file.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Buffers, Trouble, Verdict};
use crate::check::{self, CheckError, Judge, Options, Origin};
use crate::document::encoding::DecodeError;
use crate::document::{self, Lines};
use crate::model;
use crate::policy::{Policies, PolicyError, PolicyErrors, is_policy_name, nearest_policy};
use crate::rules;
use crate::text::shown;

/// Checks texts with the policy that applies to each.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    /// The policy for every text; without it, each text has the nearest one.
    pub policy: Option<PathBuf>,
    /// The profile that replaces the policy's own.
    pub profile: Option<String>,
}

/// Why there is no policy.
#[derive(Debug, thiserror::Error)]
enum NoPolicy {
    #[error("{} could not be read: {error}", shown(path))]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{name}: {error}")]
    Encoding { name: String, error: DecodeError },
    #[error("{name}{whereabouts}: {errors}")]
    Mistakes { name: String, whereabouts: String, errors: PolicyErrors },
    #[error(transparent)]
    Profile(PolicyError),
}

impl NoPolicy {
    fn mistakes(name: String, yaml: &str, errors: PolicyErrors) -> Self {
        let span = errors.0.first().and_then(|first| first.span.as_ref());
        let place = span.map(|span| Lines::new(yaml).position(span.start));
        let whereabouts = place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        NoPolicy::Mistakes { name, whereabouts, errors }
    }

    fn trouble(self) -> Trouble {
        let message = self.to_string();
        let help = match self {
            NoPolicy::Mistakes { errors, .. } => errors.0.into_iter().next().and_then(|first| first.help),
            NoPolicy::Profile(error) => error.help,
            NoPolicy::Encoding { .. } => Some("save it as UTF-8".to_owned()),
            NoPolicy::Unreadable { .. } => None,
        };
        Trouble { message, help: help.unwrap_or_default(), span: None }
    }
}

impl Checker {
    /// Checks a file as if it held `text`. Open texts take precedence over files on disk.
    pub(super) fn check(&self, path: &Path, text: &str, open: &Buffers) -> Verdict {
        // An editor opens JSON of every kind, and reports invalid JSON itself.
        if !model::is_spoken_of(text) {
            return Verdict::default();
        }
        let policies = match self.policies(path, open) {
            Ok(policies) => policies,
            Err(error) => return Verdict { targets: Vec::new(), trouble: Some(error.trouble()) },
        };
        let options = Options::new(Judge::by(policies));
        let outcome = check::text(&options, &Origin::named(&shown(path)), text);
        Verdict { trouble: outcome.error.as_ref().and_then(trouble), targets: outcome.targets }
    }

    /// Whether a file is a policy.
    pub(super) fn is_policy(&self, path: &Path) -> bool {
        is_policy_name(path) || self.policy.as_deref() == Some(path)
    }

    /// The policies for a file.
    fn policies(&self, path: &Path, open: &Buffers) -> Result<Policies, NoPolicy> {
        let profile = self.profile.as_deref();
        // An unsaved text is treated as a file in the directory in which the editor was started.
        let nearest = || nearest_policy(std::path::absolute(path).ok()?.parent()?);
        let Some(file) = self.policy.clone().or_else(nearest) else {
            return Policies::of_profile(profile).map_err(NoPolicy::Profile);
        };
        let name = shown(&file);
        let yaml: Cow<'_, str> = match open.text(&file) {
            Some(text) => text.into(),
            None => match fs::read(&file).map(document::decode) {
                Ok(Ok((_, text))) => text.into(),
                Ok(Err(error)) => return Err(NoPolicy::Encoding { name, error }),
                Err(error) => return Err(NoPolicy::Unreadable { path: file, error }),
            },
        };
        match Policies::of_text(&yaml, profile, rules::ids()) {
            Ok(policies) => Ok(policies.in_file(&name)),
            Err(errors) => Err(NoPolicy::mistakes(name, &yaml, errors)),
        }
    }
}

/// An error as an editor shows it, without the name of its file; `None` for other JSON, which is not an error.
fn trouble(error: &CheckError) -> Option<Trouble> {
    let message = match error {
        CheckError::NothingToCheck { .. } => return None,
        CheckError::Json { mistake, .. } => mistake.message.clone(),
        error => error.to_string(),
    };
    Some(Trouble { message, help: error.help().to_owned(), span: error.span() })
}
