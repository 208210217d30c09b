//! The requirements for an app: built-in profiles, and the policy file that extends one.
//!
//! `file.rs` is the YAML as typed, [`read()`] checks it and points at mistakes, [`Policy`] is the result. serde_yaml is
//! used nowhere else.

mod error;
mod file;
mod place;
mod policies;
mod profile;
mod read;
mod schema;
mod source;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::finding::Severity;
use crate::model::ObjectKind;

pub use error::PolicyError;
pub use policies::{Policies, is_policy_name, nearest_policy};
pub use profile::{About, DEFAULT_PROFILE, PROFILES, Profile, profile};
pub use read::{default_policy, read};
pub use schema::POLICY_SCHEMA;
pub use source::{Source, Template};

/// The requirements for one app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// The name of the profile it extends.
    pub profile: String,
    /// The product's name, for messages.
    pub vendor: String,
    /// The display names of the apps it is for, with `*` for anything; empty for every app.
    pub app_names: Vec<String>,
    /// Patterns of which the URL of the SCIM endpoint must match one.
    pub tenant_url: Option<Vec<String>>,
    /// Whether the URL must have the flag `aadOptscim062020` (`true`) or must not.
    pub scim_flag: Option<bool>,
    /// The name of the target directory, which identifies the schema of a gallery app.
    pub target_directory: Option<String>,
    /// The setting that decides who is provisioned.
    pub scope: Option<Scope>,
    /// The groups that must be assigned, and no others.
    pub groups: Vec<GroupReference>,
    /// Whether users may be assigned directly.
    pub direct_assignment: Option<DirectAssignment>,
    /// The requirements for the User mapping.
    pub user: ObjectRequirements,
    /// The requirements for the Group mapping.
    pub group: ObjectRequirements,
    /// The rules whose severity was set, by id.
    pub levels: BTreeMap<String, Level>,
    /// The findings that were accepted.
    pub ignore: Vec<Ignore>,
    /// The age in days from which an export is too old to be judged.
    pub export_max_age_days: Option<u32>,
}

impl Policy {
    /// Whether the app identifies objects of that kind by their Entra object id, which it takes from `externalId`.
    pub fn knows_by_object_id(&self, kind: ObjectKind) -> bool {
        match (self.requirements(kind).row("externalId"), kind) {
            (Some(row), _) => row.sources.iter().any(|source| source == "objectId"),
            (None, ObjectKind::User) => false,
            (None, ObjectKind::Group) => self.levels.get("group-external-id") == Some(&Level::At(Severity::Error)),
        }
    }

    /// The requirements for one kind of object.
    pub fn requirements(&self, kind: ObjectKind) -> &ObjectRequirements {
        match kind {
            ObjectKind::User => &self.user,
            ObjectKind::Group => &self.group,
        }
    }
}

/// The requirements for an object mapping.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectRequirements {
    /// Whether it must be enabled (`true`) or disabled (`false`).
    pub enabled: Option<bool>,
    /// The rows it must have.
    pub rows: Vec<RowRequirement>,
    /// Targets it must not have, with `*` for anything.
    pub forbidden: Vec<String>,
    /// Targets that it may have beside the required ones, with `*` for anything; `None` if any is allowed.
    pub allowed: Option<Vec<String>>,
    /// Patterns of targets of each of which it may have only one.
    pub single: Vec<String>,
    /// The attributes by which the endpoint can find objects, if the vendor lists them.
    pub filterable: Option<Vec<String>>,
}

impl ObjectRequirements {
    /// The targets without whose value the app rejects an object: those of rows whose absence would be an error.
    pub fn needed(&self) -> Vec<&str> {
        let grave = |row: &&RowRequirement| row.severity.is_none_or(|severity| severity == Severity::Error);
        self.rows.iter().filter(grave).map(|row| row.target.as_str()).collect()
    }

    /// The requirements for the row that writes `target`.
    pub fn row(&self, target: &str) -> Option<&RowRequirement> {
        self.rows.iter().find(|row| row.target == target)
    }
}

/// The requirements for a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowRequirement {
    /// The attribute that is written.
    pub target: String,
    /// The allowed sources; the first is the one to propose.
    pub sources: Vec<Source>,
    /// Whether it must be applied always, not at creation only.
    pub apply_always: bool,
    /// The matching precedence it must have.
    pub precedence: Option<i64>,
    /// The highest severity if it is wrong.
    pub severity: Option<Severity>,
    /// The effect if it is wrong: a sentence that follows the message.
    pub because: Option<String>,
}

/// A group, by object id or by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupReference {
    /// The object id, in lower case.
    pub id: Option<String>,
    /// The display name.
    pub name: Option<String>,
}

impl GroupReference {
    /// Reads `NAME|ID`: an id if it has the form of one.
    pub fn new(text: &str) -> Self {
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        let is_id = groups == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
        if is_id {
            GroupReference { id: Some(text.to_ascii_lowercase()), name: None }
        } else {
            GroupReference { id: None, name: Some(text.to_owned()) }
        }
    }

    /// The name, else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.id.as_deref()).unwrap_or_default()
    }
}

/// Whether users may be assigned directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectAssignment {
    /// They may.
    Allow,
    /// A warning.
    Warn,
    /// An error.
    Forbid,
}

/// The setting that decides who is provisioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Assignment to the app alone.
    Assigned,
    /// Scope filters too.
    Filtered,
}

/// The level that a policy gives a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It does not run.
    Off,
    /// Its findings have this severity.
    At(Severity),
}

/// A finding that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The rule's id.
    pub rule: String,
    /// The finding's subject; `None` for all of the rule's.
    pub subject: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it applies.
    pub until: Option<Date>,
}

impl Ignore {
    /// Whether it has expired.
    pub fn expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Whether it covers a rule's finding about `subject`.
    pub fn covers(&self, rule: &str, subject: &str) -> bool {
        self.rule == rule && self.subject.as_deref().is_none_or(|ignored| ignored == subject)
    }
}

/// Whether `pattern`, with `*` for any characters, matches all of `text`. Case is ignored.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    fits(&pattern.to_lowercase(), &text.to_lowercase())
}

/// As [`matches_pattern`], case-sensitive.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| text.strip_prefix(start)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(end) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, text, fits) in [
            ("TOTAL", "total", true),
            ("TOTAL", "TOTAL 2", false),
            ("TruU TOTAL*", "TruU TOTAL Security", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b", "a-c", false),
            ("ab*ba", "aba", false),
            ("*", "", true),
        ] {
            assert_eq!(matches_pattern(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_group_typed_as_an_object_id_is_an_id() {
        assert_eq!(
            GroupReference::new("3F0C1C52-0000-4000-8000-000000000001").id.as_deref(),
            Some("3f0c1c52-0000-4000-8000-000000000001")
        );
        assert_eq!(GroupReference::new("TOTAL-Admin").name.as_deref(), Some("TOTAL-Admin"));
    }
}
