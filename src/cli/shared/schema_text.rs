//! The text of one schema or snapshot, from a file or from a tenant.

use std::path::Path;

use super::input::Input;
use super::job::expect_job;
use super::live::{Connection, More};
use super::policies::Policies;
use crate::check::{One, Origin};
use crate::cli::terminal::problem::Problem;
use crate::graph::LiveApp;
use crate::inspection::Inspection;

/// The text of a file, or of a snapshot that was just read.
pub(in crate::cli) struct SchemaText {
    pub(in crate::cli) name: String,
    pub(in crate::cli) text: String,
}

impl SchemaText {
    pub(in crate::cli) fn read(path: &Path) -> Result<Self, Problem> {
        let input = Input::of(path);
        Ok(SchemaText { text: input.text()?, name: input.name })
    }

    /// Reads an app, to look at the schema of one job; `None` for the first.
    pub(in crate::cli) fn of_app(
        connection: &Connection,
        app: &str,
        job: Option<&str>,
        policies: &Policies,
    ) -> Result<Self, Problem> {
        let live = connection.read_job(app, job, policies, More::default())?;
        expect_job(&live, job)?;
        Ok(SchemaText::live(live))
    }

    pub(in crate::cli) fn live(app: LiveApp) -> Self {
        SchemaText { name: Origin::live(&app.name).name, text: app.into_text() }
    }

    /// Parses it.
    pub(in crate::cli) fn one(&self) -> Result<One<'_>, Problem> {
        Ok(One::read(&self.name, &self.text)?)
    }

    /// The same without credentials: for commands that only show what is in it. What it is, the original says.
    pub(in crate::cli) fn masked(self) -> Result<Self, Problem> {
        self.one()?;
        let text = Inspection::of(&self.text).text.into_owned();
        Ok(SchemaText { text, ..self })
    }

    pub(in crate::cli) fn inspection(&self) -> Inspection<'_> {
        Inspection::of(&self.text)
    }
}
