//! One schema with a name, from a file or from a tenant.

use std::path::Path;

use super::input::Input;
use super::problem::Problem;
use crate::graph::LiveApp;
use crate::inspection::Inspection;
use crate::model::{self, ReadError, Resource};
use crate::secret::Secret;

/// The text of a file, or of a snapshot that was just read.
pub(super) struct SchemaText {
    pub(super) name: String,
    pub(super) text: String,
}

impl SchemaText {
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let input = Input::of(path);
        Ok(SchemaText { text: input.text()?, name: input.name })
    }

    pub(super) fn live(app: LiveApp) -> Self {
        SchemaText { name: format!("graph:{}", app.name), text: app.into_text() }
    }

    pub(super) fn secrets(&self) -> Vec<Secret> {
        Inspection::of(&self.text).secrets
    }

    /// Hands over the one thing that the text holds.
    pub(super) fn with_resource<T>(
        &self,
        work: impl FnOnce(&Resource<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let resources = model::read(&self.text).map_err(|error| match error {
            ReadError::NothingToCheck => Problem::NothingToCheck { name: self.name.clone() },
            ReadError::Json(error) => Problem::parsing(&self.name, &self.text, &error),
        })?;
        match resources.as_slice() {
            [resource] => work(resource),
            several => Err(self.usage(format!("holds {} schemas", several.len()), "give it one of them by itself")),
        }
    }

    pub(super) fn usage(&self, what: String, help: &str) -> Problem {
        Problem::Usage { message: format!("{} {what}", self.name), help: help.into() }
    }
}

/// Standard input can stand for one of several files only.
pub(super) fn one_standard_input<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<(), Problem> {
    if paths.into_iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Problem::Usage {
            message: "standard input can be read only once".into(),
            help: "name a file in place of the other -".into(),
        });
    }
    Ok(())
}
