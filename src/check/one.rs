//! The only resource of a text, which is parsed once.

use super::{App, CheckError, Judge, Part, TargetKind, expect_named};
use crate::document::{Pointer, locate};
use crate::finding::Evidence;
use crate::inspection::{Inspection, MaskedResource};
use crate::model::{self, Content, ObjectKind, Resource, Snapshot};
use crate::policy::{Policies, Policy};
use crate::rules::{Judgement, MappingView, Target};
use crate::simulate::Plan;

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

impl<'t> One<'t> {
    /// Parses a text.
    ///
    /// # Errors
    /// If it cannot be read, or does not contain exactly one resource.
    pub fn read(name: &'t str, text: &'t str) -> Result<Self, CheckError> {
        let mut resources = model::read(text).map_err(|error| CheckError::of_unmasked(name, text, &error))?;
        match (resources.pop(), resources.len()) {
            (Some(resource), 0) => Ok(One { name, text, resource }),
            (_, others) => Err(CheckError::Several { name: name.to_owned(), count: others + 1 }),
        }
    }

    /// The snapshot, if it is one.
    pub fn snapshot(&self) -> Option<&Snapshot<'t>> {
        match &self.resource.content {
            Content::Schema(_) => None,
            Content::Snapshot(snapshot) => Some(snapshot),
        }
    }

    /// The display name of the app, if the text has it.
    pub fn app_name(&self) -> Option<&str> {
        self.snapshot()?.service_principal.as_ref()?.display_name.as_deref()
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

    /// The schema that rules evaluate, as it is spelt in the text.
    ///
    /// # Errors
    /// If the text has no schema.
    pub fn schema_text(&self) -> Result<&'t str, CheckError> {
        let pointer = self.resource.schema().map(|(pointer, ..)| pointer);
        let place = pointer.and_then(|pointer| locate(self.text, [&pointer]).pop()?);
        let place = place.ok_or_else(|| self.no_schema())?;
        Ok(&self.text[place.span])
    }

    /// Why there is no schema.
    fn no_schema(&self) -> CheckError {
        let name = self.name.to_owned();
        match ["schema", "jobs"].into_iter().find_map(|part| self.why_unread(part)) {
            Some(reason) => CheckError::SchemaUnread { name, reason },
            None => CheckError::NoSchema { name },
        }
    }

    /// Why a part of a snapshot could not be read, if it says so.
    pub fn why_unread(&self, part: &str) -> Option<String> {
        self.snapshot()?.why_unread(part).map(str::to_owned)
    }

    /// The part of the app for the job that was named, else for the first one.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn part(&self, judge: &Judge) -> Result<Part, CheckError> {
        let parts = judge.parts(self.name, &self.resource)?;
        Ok(parts.into_iter().next().unwrap_or_default())
    }

    /// Runs the rules, for the job that was named, else for the first one. Findings that the policy accepts are left out;
    /// credentials are masked.
    ///
    /// # Errors
    /// If no policy applies, it names attributes that are misspelt, or there is no such job.
    pub fn judge(&self, judge: &Judge) -> Result<Judgement, CheckError> {
        let policy = judge.policy(self.app_name(), self.name)?;
        let inspection = Inspection::of(self.text);
        let resource = self.masked(&inspection)?;
        let target = self.part(judge)?.target(&inspection, &resource, policy, judge.today);
        expect_named(self.name, &target)?;
        Ok(judge.judge(&target))
    }

    /// The resource without its credentials. `inspection` is that of the text.
    fn masked<'i>(&self, inspection: &'i Inspection<'_>) -> Result<MaskedResource<'i>, CheckError> {
        let read = inspection.read().map_err(|error| CheckError::reading(self.name, inspection, &error))?;
        read.into_iter().next().ok_or_else(|| self.no_schema())
    }

    /// Passes the mapping of objects of a kind to `use_mapping`, with the policy that applies.
    ///
    /// # Errors
    /// If no policy applies, or the schema has no such mapping.
    pub fn with_plan<T>(
        &self,
        policies: &Policies,
        kind: ObjectKind,
        work: impl FnOnce(&Plan<'_>, &Policy) -> T,
    ) -> Result<T, CheckError> {
        let app = self.app_name();
        let none = || CheckError::NoPolicy { name: app.unwrap_or(self.name).to_owned() };
        let policy = policies.choose(app, self.name).ok_or_else(none)?;
        let inspection = Inspection::of(self.text);
        let resource = self.masked(&inspection)?;
        let target = Target::new(&inspection, &resource, policy, jiff::civil::Date::default());
        let mappings = target.mappings_of(kind).unwrap_or_default();
        match mappings.first() {
            Some(mapping) => Ok(work(&plan(mapping), policy)),
            None if target.schema.is_none() => Err(self.no_schema()),
            None => Err(CheckError::NoMapping { name: self.name.to_owned(), kind }),
        }
    }
}

fn plan<'a>(mapping: &MappingView<'a>) -> Plan<'a> {
    Plan::new(mapping.mapping, |target| mapping.target.as_ref().and_then(|object| object.attribute(target)))
}

/// The schemas of `others`, each with the one of the same job, in their order. A schema without a job id has no pair.
pub fn paired<'s, 't>(
    schemas: &'s [JobSchema<'t>],
    others: &'s [JobSchema<'t>],
) -> Vec<(&'s JobSchema<'t>, &'s JobSchema<'t>)> {
    let of = |other: &JobSchema<'_>| schemas.iter().find(|schema| schema.job.is_some() && schema.job == other.job);
    others.iter().filter_map(|other| Some((of(other)?, other))).collect()
}

/// The kind of a resource, and its app.
pub fn about(resource: &Resource<'_>) -> (TargetKind, Option<App>) {
    match &resource.content {
        Content::Schema(_) => (TargetKind::Schema, None),
        Content::Snapshot(snapshot) => {
            let app = snapshot.service_principal.as_ref().map(|principal| App {
                display_name: principal.display_name.as_deref().map(str::to_owned),
                id: principal.id.as_deref().map(str::to_owned),
                app_id: principal.app_id.as_deref().map(str::to_owned),
            });
            (TargetKind::Snapshot, app)
        }
    }
}

/// Whether a target contains anything that rules can evaluate.
pub fn is_checked(target: &Target<'_>) -> bool {
    target.mappings().is_ok() || target.has(Evidence::Assignments).is_ok()
}
