//! The changes that restore an app from a backup, and their consequences.

mod beyond;

use serde_json::Value;

use self::beyond::{assignments, other_settings, settings, unseen_parts};
use super::order::Job;
use super::step::Step;
use super::{Touched, consequences, lacking, same_values};
use crate::check::{JobSchema, One};
use crate::document::{Pointer, locate};
use crate::model::{Difference, Subject, SynchronizationJob, TenantChange, differences};

/// What to restore.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    /// Settings and assignments too.
    pub beyond_schemas: bool,
    /// The schema of another app or job, or one that does not name its app.
    pub from_another_app: bool,
}

/// The changes that restore a backup.
#[derive(Debug)]
pub struct Plan {
    /// The jobs that are written to.
    pub jobs: Vec<Job>,
    /// The changes.
    pub steps: Vec<Step>,
    /// What they change.
    pub differences: Vec<Difference>,
    /// Their consequences, one sentence each.
    pub consequences: Vec<String>,
    /// What differs and is left unchanged.
    pub left: Vec<String>,
    /// What could not be compared, and why.
    pub unseen: Vec<String>,
}

/// Why a backup cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// A schema does not have the spelling of Graph.
    #[error("{backup} does not have the spelling of Graph: it has no synchronizationRules")]
    Spelling {
        /// The name of the backup.
        backup: String,
    },
    /// A schema is incomplete.
    #[error("{backup} is incomplete: {part} is missing")]
    Incomplete {
        /// The name of the backup.
        backup: String,
        /// What is missing.
        part: String,
    },
    /// The backup is of another app.
    #[error("{backup} is of another app, {id}; {app} is {principal}")]
    OtherApp {
        /// The name of the backup.
        backup: String,
        /// The object id of the app that it is of.
        id: String,
        /// The name of the app that was named.
        app: String,
        /// Its object id.
        principal: String,
    },
    /// The backup does not name its app.
    #[error("{backup} does not name its app")]
    UnknownApp {
        /// The name of the backup.
        backup: String,
    },
    /// The app has no job whose schema can be read.
    #[error("{app} has no provisioning job whose schema can be read{}", because(.why))]
    NoJob {
        /// The name of the app.
        app: String,
        /// Why.
        why: Option<String>,
    },
    /// The backup contains no schema.
    #[error("{backup} contains no schema")]
    NoSchema {
        /// The name of the backup.
        backup: String,
    },
    /// The backup is of another job.
    #[error("{backup} does not match any provisioning job of {app}: {}", jobs.join(", "))]
    OtherJob {
        /// The name of the backup.
        backup: String,
        /// The name of the app.
        app: String,
        /// The ids of its jobs.
        jobs: Vec<String>,
    },
}

fn because(why: &Option<String>) -> String {
    why.as_ref().map(|why| format!(": {why}")).unwrap_or_default()
}

/// A backup whose schemas are complete.
#[derive(Debug)]
pub struct Backup<'t> {
    one: &'t One<'t>,
    schemas: Vec<Parsed<'t>>,
}

/// A schema, parsed.
#[derive(Debug)]
struct Parsed<'t> {
    schema: JobSchema<'t>,
    value: Value,
}

impl<'t> Backup<'t> {
    /// Parses the schemas and checks that they are complete: a write replaces the whole schema.
    ///
    /// # Errors
    /// When a schema is not complete, or does not have the spelling of Graph.
    pub fn new(one: &'t One<'t>) -> Result<Self, RestoreError> {
        let name = || one.name.to_owned();
        let parsed = one.schemas().into_iter().map(|schema| {
            let value = serde_json::from_str(schema.text).unwrap_or(Value::Null);
            match lacking(&value) {
                None => Ok(Parsed { schema, value }),
                Some(part) if part == "synchronizationRules" => Err(RestoreError::Spelling { backup: name() }),
                Some(part) => Err(RestoreError::Incomplete { backup: name(), part }),
            }
        });
        Ok(Backup { one, schemas: parsed.collect::<Result<_, _>>()? })
    }

    /// Checks that the backup is of an app.
    ///
    /// # Errors
    /// When it is of another app, or does not name its app.
    pub fn expect_app(&self, name: &str, principal: &str) -> Result<(), RestoreError> {
        let backup = || self.one.name.to_owned();
        let schema = self.one.resource.schema();
        let of_schema = || schema.as_ref().and_then(|(_, schema, _)| schema.service_principal_id());
        let own = match self.one.snapshot() {
            Some(snapshot) => snapshot.service_principal.as_ref().and_then(|app| app.id.as_deref()).or_else(of_schema),
            None => of_schema(),
        };
        match own {
            Some(id) if id.eq_ignore_ascii_case(principal) => Ok(()),
            Some(id) => Err(RestoreError::OtherApp {
                backup: backup(),
                id: id.to_owned(),
                app: name.to_owned(),
                principal: principal.to_owned(),
            }),
            None => Err(RestoreError::UnknownApp { backup: backup() }),
        }
    }

    /// Whether it is a schema alone, without settings and assignments.
    pub fn is_schema_alone(&self) -> bool {
        self.one.snapshot().is_none()
    }

    /// Plans how to restore the app, whose current state is the snapshot `now`, from the backup. `vendor` is the app's vendor.
    ///
    /// # Errors
    /// When the backup has no schema for the app.
    pub fn plan(&self, now: &One<'_>, scope: Scope, vendor: &str) -> Result<Plan, RestoreError> {
        let schemas = now.schemas();
        let pairs = self.pairs(now, &schemas, scope)?;
        let mut changes = Changes::default();
        for (before, after) in &pairs {
            changes.add_schema(before, after, pairs.len() > 1);
        }
        let (mut left, mut unseen) = (Vec::new(), Vec::new());
        if !scope.from_another_app {
            unseen.extend(unseen_schemas(&pairs, now, self.one));
            if let (Some(now), Some(backup)) = (now.snapshot(), self.one.snapshot()) {
                left.extend(other_settings(now, backup));
                for (change, difference) in settings(now, backup).into_iter().chain(assignments(now, backup)) {
                    if scope.beyond_schemas {
                        changes.add(change, difference);
                    } else {
                        left.push(format!("{} (without --unsafe)", difference.subject));
                    }
                }
            }
        }
        if scope.beyond_schemas {
            unseen.extend(unseen_parts(now));
            unseen.extend(unseen_parts(self.one));
        }
        left.extend(gone(now, self.one));
        let jobs = changes.jobs(now);
        let consequences = changes.consequences(&jobs, vendor);
        let jobs = jobs.into_iter().filter_map(Job::of).collect();
        let Changes { steps, differences, .. } = changes;
        Ok(Plan { jobs, steps, differences, consequences, left, unseen })
    }

    /// The schemas of the app's jobs, each with the one that replaces it.
    fn pairs<'s>(
        &'s self,
        now: &One<'_>,
        schemas: &'s [JobSchema<'s>],
        scope: Scope,
    ) -> Result<Vec<(&'s JobSchema<'s>, &'s Parsed<'t>)>, RestoreError> {
        let of =
            |other: &Parsed<'_>| schemas.iter().find(|schema| schema.job.is_some() && schema.job == other.schema.job);
        let pairs: Vec<_> = self.schemas.iter().filter_map(|other| Some((of(other)?, other))).collect();
        if !pairs.is_empty() {
            return Ok(pairs);
        }
        let names_job = self.schemas.iter().any(|parsed| parsed.schema.job.is_some());
        let count = now.snapshot().map_or(0, |snapshot| snapshot.jobs.iter().flatten().count());
        match (schemas, self.schemas.as_slice()) {
            ([], _) => {
                let why = now.why_unread("jobs").or_else(|| now.why_unread("schema"));
                Err(RestoreError::NoJob { app: now.name.to_owned(), why })
            }
            (_, []) => Err(RestoreError::NoSchema { backup: self.one.name.to_owned() }),
            ([job], [schema]) if count == 1 && (scope.from_another_app || !names_job) => Ok(vec![(job, schema)]),
            _ => Err(RestoreError::OtherJob {
                backup: self.one.name.to_owned(),
                app: now.name.to_owned(),
                jobs: schemas.iter().filter_map(|schema| schema.job.clone()).collect(),
            }),
        }
    }
}

/// The changes, as they are collected.
#[derive(Debug, Default)]
struct Changes {
    steps: Vec<Step>,
    differences: Vec<Difference>,
    touched: Touched,
}

impl Changes {
    /// Adds the replacement of a schema, if the two differ.
    fn add_schema(&mut self, before: &JobSchema<'_>, after: &Parsed<'_>, several: bool) {
        let job = before.job.clone().unwrap_or_default();
        let old: Value = serde_json::from_str(before.text).unwrap_or(Value::Null);
        let mut differing = differences(&old, &after.value);
        if differing.is_empty() && !same_values(before.text, after.schema.text) {
            let (what, text) = (Some("what no mapping reads"), |text: &str| Some(Value::from(text)));
            differing.push(Difference::new(Subject::Schema, what, text("as it is"), text("as in the backup")));
        }
        if differing.is_empty() {
            return;
        }
        self.touch(Touched::by_differences(&differing, &old, &after.value));
        let of_job = several.then(|| job.clone());
        self.differences.extend(differing.into_iter().map(|found| Difference { job: of_job.clone(), ..found }));
        let after = with_id_of(after.schema.text, before.text);
        self.steps.push(Step::Schema { job, before: before.text.to_owned(), after });
    }

    /// Adds a change outside the schemas.
    fn add(&mut self, change: TenantChange, difference: Difference) {
        self.differences.push(difference);
        self.touch(Touched::by_change(change.clone()));
        self.steps.push(Step::Tenant(change));
    }

    fn touch(&mut self, touched: Touched) {
        self.touched = Touched::together([std::mem::take(&mut self.touched), touched]);
    }

    /// The jobs that are affected. Settings and assignments belong to all jobs of an app.
    fn jobs<'n>(&self, now: &'n One<'_>) -> Vec<&'n SynchronizationJob<'n>> {
        let jobs = now.snapshot().into_iter().flat_map(|snapshot| snapshot.jobs.iter().flatten());
        let beyond = self.steps.iter().any(|step| matches!(step, Step::Tenant(_)));
        let is_written = |id: &str| self.steps.iter().any(|step| matches!(step, Step::Schema { job, .. } if job == id));
        jobs.filter(|job| beyond || job.id.as_deref().is_some_and(is_written)).collect()
    }

    /// The consequences for the jobs, each sentence once.
    fn consequences(&self, jobs: &[&SynchronizationJob<'_>], vendor: &str) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        for sentence in jobs.iter().flat_map(|job| consequences(&self.touched, job, vendor)) {
            if !said.contains(&sentence) {
                said.push(sentence);
            }
        }
        said
    }
}

/// The jobs that both sides have, if the schema of one side could not be read.
fn unseen_schemas(pairs: &[(&JobSchema<'_>, &Parsed<'_>)], now: &One<'_>, backup: &One<'_>) -> Vec<String> {
    let others = backup.jobs();
    let is_seen = |job: &str| pairs.iter().any(|(schema, _)| schema.job.as_deref() == Some(job));
    let unseen = now.jobs().into_iter().filter(|job| others.contains(job) && !is_seen(job)).map(|job| {
        let why = now.why_unread("schema").or_else(|| backup.why_unread("schema"));
        format!("the schema of the job {job}, {}", why.as_deref().unwrap_or("which could not be read"))
    });
    unseen.collect()
}

/// The schemas in the backup whose job the app no longer has.
fn gone(now: &One<'_>, backup: &One<'_>) -> Vec<String> {
    let jobs = now.jobs();
    let gone = backup.jobs().into_iter().filter(|job| !jobs.contains(job));
    gone.map(|job| format!("the schema of the job {job}, which no longer exists")).collect()
}

/// A schema with the id of the one that it replaces.
fn with_id_of(schema: &str, other: &str) -> String {
    let id = Pointer::root().key("id");
    let span = |text: &str| locate(text, [&id]).pop().flatten().map(|place| place.span);
    match (span(schema), span(other)) {
        (Some(own), Some(place)) => format!("{}{}{}", &schema[..own.start], &other[place], &schema[own.end..]),
        _ => schema.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::NOTIFICATION;

    const DEFAULT: &str = include_str!("../../../fixtures/default-export.json");
    const TOTAL: &str = include_str!("../../../fixtures/total-export.json");
    const BEYOND: Scope = Scope { beyond_schemas: true, from_another_app: false };

    /// A snapshot of an app with these jobs, and with one setting and one assigned group.
    fn snapshot(jobs: &[(&str, &str)], sync_all: &str, group: &str) -> String {
        let jobs = jobs.iter().map(|(id, schema)| {
            let mut schema: Value = serde_json::from_str(schema).unwrap();
            schema["id"] = Value::from(*id);
            json!({"id": id, "schedule": {"state": "Active"}, "schema": schema})
        });
        json!({
            "provlint": {"snapshot": 1, "unread": {}},
            "servicePrincipal": {"id": "sp", "displayName": "TOTAL"},
            "jobs": jobs.collect::<Vec<_>>(),
            "secrets": [{"key": "SyncAll", "value": sync_all}, {"key": "BaseAddress", "value": sync_all}],
            "appRoleAssignedTo": [
                {"id": group, "principalId": group, "principalType": "Group", "principalDisplayName": group, "appRoleId": "r"}
            ],
        })
        .to_string()
    }

    fn plan(now: &str, backup: &str, scope: Scope) -> Result<Plan, RestoreError> {
        let [now, backup] = [("now", now), ("backup", backup)].map(|(name, text)| One::read(name, text).unwrap());
        Backup::new(&backup)?.plan(&now, scope, "The vendor")
    }

    #[test]
    fn an_unchanged_app_needs_no_changes() {
        let same = snapshot(&[("a", TOTAL)], "true", "g");
        let plan = plan(&same, &same, BEYOND).unwrap();
        assert!(plan.steps.is_empty() && plan.differences.is_empty() && plan.consequences.is_empty(), "{plan:?}");
        assert!(plan.left.is_empty() && plan.unseen.is_empty(), "{plan:?}");
    }

    #[test]
    fn only_the_job_that_differs_is_written() {
        let now = snapshot(&[("a", TOTAL), ("b", DEFAULT)], "true", "g");
        let backup = snapshot(&[("a", TOTAL), ("b", TOTAL), ("c", TOTAL)], "true", "g");
        let plan = plan(&now, &backup, BEYOND).unwrap();
        assert!(matches!(plan.steps.as_slice(), [Step::Schema { job, .. }] if job == "b"), "{:?}", plan.steps);
        assert_eq!(plan.jobs, [Job { id: "b".into(), is_on: true }]);
        assert!(plan.differences.iter().all(|found| found.job.as_deref() == Some("b")), "{:?}", plan.differences);
        assert_eq!(plan.left, ["the schema of the job c, which no longer exists"]);
    }

    #[test]
    fn settings_and_assignments_are_restored_only_on_request() {
        let (now, backup) = (snapshot(&[("a", TOTAL)], "true", "g"), snapshot(&[("a", TOTAL)], "false", "h"));
        let plain = plan(&now, &backup, Scope::default()).unwrap();
        assert!(plain.steps.is_empty() && plain.left.len() == 4, "{plain:?}");
        let beyond = plan(&now, &backup, BEYOND).unwrap();
        assert_eq!(beyond.left, ["setting BaseAddress"]);
        let [Step::Tenant(setting), Step::Tenant(assign), Step::Tenant(unassign)] = beyond.steps.as_slice() else {
            panic!("{:?}", beyond.steps)
        };
        assert!(matches!(setting, TenantChange::Setting { key, value } if key == "SyncAll" && value == "false"));
        assert!(matches!(assign, TenantChange::Assign { group, .. } if group == "h"));
        assert!(matches!(unassign, TenantChange::Unassign { assignment, .. } if assignment == "g"));
    }

    #[test]
    fn a_restored_schema_keeps_the_id_of_the_one_that_it_replaces() {
        let (now, backup) = (snapshot(&[("a", DEFAULT)], "true", "g"), snapshot(&[("z", TOTAL)], "true", "g"));
        let plan = plan(&now, &backup, Scope { from_another_app: true, ..Scope::default() }).unwrap();
        let [Step::Schema { job, after, .. }] = plan.steps.as_slice() else { panic!("{:?}", plan.steps) };
        let after: Value = serde_json::from_str(after).unwrap();
        let mut whole: Value = serde_json::from_str(TOTAL).unwrap();
        whole["id"] = json!("a");
        assert_eq!((job.as_str(), after), ("a", whole));
        assert!(plan.left.iter().any(|left| left.contains("the job z")), "{:?}", plan.left);
    }

    #[test]
    fn a_setting_that_is_masked_or_was_not_read_is_not_restored() {
        let [now, other] = ["true", "false"].map(|value| snapshot(&[("a", TOTAL)], value, "g"));
        let masked = plan(&now, &snapshot(&[("a", TOTAL)], "*", "g"), BEYOND).unwrap();
        assert_eq!(
            (masked.steps.len(), masked.left),
            (0, ["SyncAll", "BaseAddress"].map(|key| format!("setting {key}")).to_vec())
        );
        let without = |snapshot: &str| {
            let mut snapshot: Value = serde_json::from_str(snapshot).unwrap();
            snapshot["secrets"] = Value::Null;
            snapshot.to_string()
        };
        for (now, backup, unseen) in [
            (without(&now), other.clone(), "now contains no settings"),
            (now.clone(), without(&other), "backup contains no settings"),
        ] {
            let plan = plan(&now, &backup, BEYOND).unwrap();
            assert_eq!((plan.steps.len(), plan.left.len(), plan.unseen), (0, 0, vec![unseen.to_owned()]));
        }
    }

    #[test]
    fn a_setting_that_the_backup_lacks_is_emptied() {
        let now = snapshot(&[("a", TOTAL)], "true", "g");
        let mut more: Value = serde_json::from_str(&now).unwrap();
        let settings = more["secrets"].as_array_mut().unwrap();
        settings.push(json!({"key": "SkipOutOfScopeDeletions", "value": "True"}));
        settings.push(json!({"key": NOTIFICATION, "value": "{\"Enabled\":true,\"Recipients\":\"a@example.com\"}"}));
        let beyond = plan(&more.to_string(), &now, BEYOND).unwrap();
        let written = |key: &str| {
            beyond.steps.iter().find_map(|step| match step {
                Step::Tenant(TenantChange::Setting { key: of, value }) if of == key => Some(value.as_str()),
                _ => None,
            })
        };
        assert_eq!([written("SkipOutOfScopeDeletions"), written(NOTIFICATION)], [Some(""), Some("{}")]);
        assert_eq!(beyond.steps.len(), 2, "{:?}", beyond.steps);
    }

    #[test]
    fn only_jobs_of_both_sides_without_a_schema_are_called_unseen() {
        let unread = |jobs: &[(&str, &str)], job: usize| {
            let mut snapshot: Value = serde_json::from_str(&snapshot(jobs, "true", "g")).unwrap();
            snapshot["jobs"][job].as_object_mut().unwrap().remove("schema");
            snapshot.to_string()
        };
        let (both, one) = ([("a", TOTAL), ("b", TOTAL)], [("a", TOTAL)]);
        let unseen = |now: &str, backup: &str| plan(now, backup, Scope::default()).unwrap().unseen;
        let whole = |jobs: &[(&str, &str)]| snapshot(jobs, "true", "g");
        let of_b = ["the schema of the job b, which could not be read"];
        assert_eq!(unseen(&whole(&both), &unread(&both, 1)), of_b);
        assert_eq!(unseen(&unread(&both, 1), &whole(&both)), of_b);
        assert_eq!(unseen(&whole(&both), &whole(&one)), [""; 0], "the backup is older than the job b");
        assert_eq!(unseen(&whole(&both), &whole(&both)), [""; 0]);
    }

    #[test]
    fn each_consequence_of_a_restore_is_said_once_for_all_jobs() {
        let jobs = [("a", TOTAL), ("b", TOTAL)];
        let plan = plan(&snapshot(&jobs, "true", "g"), &snapshot(&jobs, "false", "g"), BEYOND).unwrap();
        assert_eq!(plan.jobs.len(), 2, "settings belong to all jobs");
        for beginning in ["Provisioning is on", "Users who are not assigned fall out of scope"] {
            let said = plan.consequences.iter().filter(|said| said.starts_with(beginning)).count();
            assert_eq!(said, 1, "{:?}", plan.consequences);
        }
    }

    #[test]
    fn an_incomplete_schema_and_another_app_are_refused() {
        let mut part: Value = serde_json::from_str(TOTAL).unwrap();
        part["directories"] = json!([]);
        let part = part.to_string();
        let now = snapshot(&[("a", TOTAL)], "true", "g");
        let incomplete = RestoreError::Incomplete { backup: "backup".into(), part: "directories".into() };
        assert_eq!(plan(&now, &part, Scope::default()).unwrap_err(), incomplete);
        let other = snapshot(&[("z", TOTAL)], "true", "g");
        assert!(matches!(plan(&now, &other, Scope::default()), Err(RestoreError::OtherJob { .. })));
        assert!(plan(&now, &other, Scope { from_another_app: true, ..Scope::default() }).is_ok());
        let no_schema = RestoreError::NoSchema { backup: "backup".into() };
        assert_eq!(plan(&now, &snapshot(&[], "true", "g"), Scope::default()).unwrap_err(), no_schema);
        let one = One::read("backup", &other).unwrap();
        let backup = Backup::new(&one).unwrap();
        assert!(backup.expect_app("TOTAL", "SP").is_ok() && !backup.is_schema_alone());
        let one = One::read("backup", TOTAL).unwrap();
        assert!(Backup::new(&one).unwrap().is_schema_alone());
        assert!(matches!(backup.expect_app("Other", "x"), Err(RestoreError::OtherApp { .. })));
    }
}
