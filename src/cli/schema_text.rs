//! A text with a name, from a file or from a tenant, that is to hold one schema or snapshot.

use std::path::Path;

use serde_json::Value;

use super::shared::input::Input;
use super::terminal::problem::Problem;
use crate::check::One;
pub(super) use crate::check::{JobSchema, paired};
use crate::graph::LiveApp;
use crate::inspection::Inspection;
use crate::model::Resource;
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

    /// Parses it.
    pub(super) fn one(&self) -> Result<One<'_>, Problem> {
        Ok(One::read(&self.name, &self.text)?)
    }

    pub(super) fn secrets(&self) -> Vec<Secret> {
        Inspection::of(&self.text).secrets
    }

    /// Hands over the one resource.
    pub(super) fn with_resource<T>(
        &self,
        work: impl FnOnce(&Resource<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        work(&self.one()?.resource)
    }

    /// Every schema in the text.
    pub(super) fn schemas(&self) -> Result<Vec<JobSchema<'_>>, Problem> {
        Ok(self.one()?.schemas())
    }

    /// Why a part of a snapshot could not be read, if it says so.
    pub(super) fn why_unread(&self, part: &str) -> Option<String> {
        self.one().ok()?.why_unread(part)
    }

    /// The ids of the jobs in a snapshot; a schema has none.
    pub(super) fn jobs(&self) -> Result<Vec<String>, Problem> {
        Ok(self.one()?.jobs().into_iter().map(str::to_owned).collect())
    }

    /// A schema of the text as a value.
    pub(super) fn value(&self, schema: &str) -> Result<Value, Problem> {
        serde_json::from_str(schema).map_err(|error| Problem::parsing(&self.name, schema, &error))
    }

    pub(super) fn usage(&self, what: String, help: &str) -> Problem {
        Problem::Usage { message: format!("{} {what}", self.name), help: help.into() }
    }
}
