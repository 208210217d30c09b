//! One schema with a name, from a file or from a tenant.

use std::ops::Range;
use std::path::Path;

use serde_json::Value;

use super::shared::input::Input;
use super::terminal::problem::Problem;
use crate::document::locate;
use crate::graph::LiveApp;
use crate::inspection::Inspection;
use crate::model::{self, Content, ReadError, Resource};
use crate::secret::Secret;

/// The text of a file, or of a snapshot that was just read.
pub(super) struct SchemaText {
    pub(super) name: String,
    pub(super) text: String,
}

/// A schema in a text, as it is spelt there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JobSchema<'t> {
    /// The id of the job that it is of.
    pub(super) job: Option<String>,
    pub(super) text: &'t str,
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
        self.with_resource(|_| {
            let help = "the snapshot says in `unread` what could not be read";
            let span = schema_span(&self.text).ok_or_else(|| self.usage("holds no schema".into(), help))?;
            self.value(&self.text[span])
        })
    }

    /// Every schema that the text holds, with the id of the job that it is of, where the text says so.
    pub(super) fn schemas(&self) -> Result<Vec<JobSchema<'_>>, Problem> {
        let pointers = self.with_resource(|resource| {
            let schemas = match &resource.content {
                Content::Schema(schema) => {
                    let job = schema.job_id().or(schema.id.as_deref()).map(str::to_owned);
                    vec![(resource.pointer.clone(), job)]
                }
                Content::Snapshot(snapshot) => {
                    let jobs = snapshot.jobs.iter().flatten().enumerate();
                    let place = |index| resource.pointer.key("jobs").index(index).key("schema");
                    let with_schema = jobs.filter(|(_, job)| job.schema.is_some());
                    with_schema.map(|(index, job)| (place(index), job.id.as_deref().map(str::to_owned))).collect()
                }
            };
            Ok(schemas)
        })?;
        let places = locate(&self.text, pointers.iter().map(|(pointer, _)| pointer)).into_iter();
        let found = places
            .zip(&pointers)
            .filter_map(|(place, (_, job))| Some(JobSchema { job: job.clone(), text: &self.text[place?.span] }));
        Ok(found.collect())
    }

    /// Why a part of a snapshot could not be read, where it says so.
    pub(super) fn why_unread(&self, part: &str) -> Option<String> {
        let found = self.with_resource(|resource| {
            let Content::Snapshot(snapshot) = &resource.content else { return Ok(None) };
            let mut unread = snapshot.provlint.unread.iter();
            Ok(unread.find(|(name, _)| &***name == part).map(|(_, why)| why.to_string()))
        });
        found.ok().flatten()
    }

    /// The ids of the jobs that a snapshot holds; a schema holds none.
    pub(super) fn jobs(&self) -> Result<Vec<String>, Problem> {
        self.with_resource(|resource| {
            let Content::Snapshot(snapshot) = &resource.content else { return Ok(Vec::new()) };
            Ok(snapshot.jobs.iter().flatten().filter_map(|job| job.id.as_deref().map(str::to_owned)).collect())
        })
    }

    /// A schema of the text as a value.
    pub(super) fn value(&self, schema: &str) -> Result<Value, Problem> {
        serde_json::from_str(schema).map_err(|error| Problem::parsing(&self.name, schema, &error))
    }

    pub(super) fn usage(&self, what: String, help: &str) -> Problem {
        Problem::Usage { message: format!("{} {what}", self.name), help: help.into() }
    }
}

/// The schemas of `others` with those of the same job, in their order; one that doesn't say of which it is has none.
pub(super) fn paired<'s, 't>(
    schemas: &'s [JobSchema<'t>],
    others: &'s [JobSchema<'t>],
) -> Vec<(&'s JobSchema<'t>, &'s JobSchema<'t>)> {
    let of = |other: &JobSchema<'_>| schemas.iter().find(|schema| schema.job.is_some() && schema.job == other.job);
    others.iter().filter_map(|other| Some((of(other)?, other))).collect()
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
