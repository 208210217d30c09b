//! One side of a comparison: a text that holds one resource, parsed once.

use crate::document::{Pointer, locate};
use crate::model::{self, Content, ReadError, Resource, Snapshot};

/// A text that holds one resource, and the resource.
#[derive(Debug)]
pub struct One<'t> {
    /// The name of the text.
    pub name: &'t str,
    /// The text.
    pub text: &'t str,
    /// The resource.
    pub resource: Resource<'t>,
}

/// A schema in a text, as it is spelt there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobSchema<'t> {
    /// The id of its job, if the text has it.
    pub job: Option<String>,
    /// The schema.
    pub text: &'t str,
}

/// Why a text does not hold one resource.
#[derive(Debug, thiserror::Error)]
pub enum OneError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It holds several resources.
    #[error("holds {0} schemas")]
    Several(usize),
}

impl<'t> One<'t> {
    /// Parses a text.
    ///
    /// # Errors
    /// When it cannot be read, or does not hold exactly one resource.
    pub fn read(name: &'t str, text: &'t str) -> Result<Self, OneError> {
        let mut resources = model::read(text)?;
        match (resources.pop(), resources.len()) {
            (Some(resource), 0) => Ok(One { name, text, resource }),
            (_, others) => Err(OneError::Several(others + 1)),
        }
    }

    /// The snapshot, if it is one.
    pub fn snapshot(&self) -> Option<&Snapshot<'t>> {
        match &self.resource.content {
            Content::Schema(_) => None,
            Content::Snapshot(snapshot) => Some(snapshot),
        }
    }

    /// The ids of the jobs in a snapshot; a schema has none.
    pub fn jobs(&self) -> Vec<&str> {
        let jobs = self.snapshot().into_iter().flat_map(|snapshot| snapshot.jobs.iter().flatten());
        jobs.filter_map(|job| job.id.as_deref()).collect()
    }

    /// Every schema in the text.
    pub fn schemas(&self) -> Vec<JobSchema<'t>> {
        let pointers: Vec<(Pointer, Option<&str>)> = match &self.resource.content {
            Content::Schema(schema) => {
                vec![(self.resource.pointer.clone(), schema.job_id().or(schema.id.as_deref()))]
            }
            Content::Snapshot(snapshot) => {
                let jobs = snapshot.jobs.iter().flatten().enumerate().filter(|(_, job)| job.schema.is_some());
                let place = |index| self.resource.pointer.key("jobs").index(index).key("schema");
                jobs.map(|(index, job)| (place(index), job.id.as_deref())).collect()
            }
        };
        let places = locate(self.text, pointers.iter().map(|(pointer, _)| pointer)).into_iter();
        let text = self.text;
        let found = places
            .zip(&pointers)
            .filter_map(|(place, (_, job))| Some(JobSchema { job: job.map(str::to_owned), text: &text[place?.span] }));
        found.collect()
    }

    /// Why a part of a snapshot could not be read, if it says so.
    pub fn why_unread(&self, part: &str) -> Option<String> {
        let mut unread = self.snapshot()?.provlint.unread.iter();
        unread.find(|(name, _)| &***name == part).map(|(_, why)| why.to_string())
    }
}
