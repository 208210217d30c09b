//! One schema with a name, from a file or from a tenant.

use std::ops::Range;
use std::path::Path;

use serde_json::Value;

use super::input::Input;
use super::problem::Problem;
use crate::document::locate;
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

    /// The schema that is judged.
    pub(super) fn schema(&self) -> Result<Value, Problem> {
        let text = self.schema_text()?;
        serde_json::from_str(text).map_err(|error| Problem::parsing(&self.name, text, &error))
    }

    /// The schema that is judged, as it is spelt.
    pub(super) fn schema_text(&self) -> Result<&str, Problem> {
        self.with_resource(|_| {
            let help = "the snapshot says in `unread` what could not be read";
            let span = schema_span(&self.text).ok_or_else(|| self.usage("holds no schema".into(), help))?;
            Ok(&self.text[span])
        })
    }

    pub(super) fn usage(&self, what: String, help: &str) -> Problem {
        Problem::Usage { message: format!("{} {what}", self.name), help: help.into() }
    }
}

/// Where the schema stands that is judged in a text; `None` where there is none.
pub(super) fn schema_span(text: &str) -> Option<Range<usize>> {
    let resources = model::read(text).ok()?;
    let (pointer, ..) = resources.first()?.schema()?;
    Some(locate(text, [&pointer]).pop()??.span)
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
