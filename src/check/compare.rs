//! The differences between two texts that hold one resource each.

use serde_json::json;

use super::{CheckError, JobSchema, One, paired};
use crate::model::{self, Difference, Subject};

/// Compares the schemas of each job that both sides have, and which jobs there are. If no job is on both sides, compares
/// the schemas that rules evaluate.
///
/// # Errors
/// If a schema that must be compared is missing.
pub fn differences(old: &One<'_>, new: &One<'_>) -> Result<Vec<Difference>, CheckError> {
    let (before, after) = (old.schemas(), new.schemas());
    let pairs = paired(&after, &before);
    if pairs.is_empty() {
        return of_schemas(old, old.schema_text()?, new.schema_text()?);
    }
    let mut found = Vec::new();
    let (jobs, others) = (old.jobs(), new.jobs());
    let several = jobs.len() > 1 || others.len() > 1;
    for (after, before) in &pairs {
        let job = before.job.as_ref().filter(|_| several);
        let differing = of_schemas(old, before.text, after.text)?.into_iter();
        found.extend(differing.map(|one| Difference { job: job.cloned(), ..one }));
    }
    let is_compared = |job: &&&str| pairs.iter().any(|(schema, _)| schema.job.as_deref() == Some(**job));
    for (own, other, is_gone) in [(&jobs, &others, true), (&others, &jobs, false)] {
        // A schema alone says nothing about other jobs.
        for job in own.iter().filter(|job| !other.is_empty() && !is_compared(job)) {
            if other.contains(job) {
                let has = |schemas: &[JobSchema<'_>]| schemas.iter().any(|one| one.job.as_deref() == Some(*job));
                let side = if has(&before) { new } else { old };
                return Err(CheckError::NoSchemaOfJob { name: side.name.to_owned(), job: (*job).to_owned() });
            }
            let (old, new) = if is_gone { (Some(json!({})), None) } else { (None, Some(json!({}))) };
            found.push(Difference::new(Subject::Job((*job).to_owned()), None, old, new));
        }
    }
    Ok(found)
}

/// The differences between two schemas, which are JSON, because they are parts of texts that were read.
fn of_schemas(old: &One<'_>, before: &str, after: &str) -> Result<Vec<Difference>, CheckError> {
    model::differences_of_texts(before, after).map_err(|error| CheckError::parsing(old.name, before, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(jobs: &[(&str, bool)]) -> String {
        let jobs = jobs.iter().map(|(id, whole)| match whole {
            true => json!({"id": id, "schema": {"synchronizationRules": []}}),
            false => json!({"id": id}),
        });
        json!({"provlint": {"snapshot": 1}, "jobs": jobs.collect::<Vec<_>>()}).to_string()
    }

    fn compared(old: &[(&str, bool)], new: &[(&str, bool)]) -> Result<Vec<String>, CheckError> {
        let (old, new) = (snapshot(old), snapshot(new));
        let found = differences(&One::read("old", &old)?, &One::read("new", &new)?)?;
        Ok(found.iter().map(Difference::subject_text).collect())
    }

    #[test]
    fn jobs_on_one_side_only_are_differences() {
        assert_eq!(compared(&[("a", true)], &[("a", true)]).unwrap(), [""; 0]);
        assert_eq!(compared(&[("a", true), ("b", true)], &[("a", true), ("c", true)]).unwrap(), ["job b", "job c"]);
    }

    #[test]
    fn a_schema_that_is_missing_on_one_side_is_an_error_about_that_side() {
        let error = compared(&[("a", true), ("b", true)], &[("a", true), ("b", false)]).unwrap_err();
        assert!(matches!(&error, CheckError::NoSchemaOfJob { name, job } if name == "new" && job == "b"), "{error:?}");
        let error = compared(&[("a", false)], &[("a", true)]).unwrap_err();
        assert!(matches!(&error, CheckError::NoSchema { name } if name == "old"), "{error:?}");
    }

    #[test]
    fn several_resources_in_a_text_are_an_error() {
        let error = One::read("x", r#"[{"synchronizationRules": []}, {"synchronizationRules": []}]"#).unwrap_err();
        assert_eq!(error.to_string(), "x contains 2 schemas");
    }
}
