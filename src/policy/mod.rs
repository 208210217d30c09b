//! What an app must look like: built-in profiles, and the policy file that extends one.
//!
//! `file.rs` is the YAML as typed, [`read()`] checks it and points at mistakes, and [`Policy`] is what is meant.
//! serde_yaml is used nowhere else.

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

/// What one app must look like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// The name of the profile it extends.
    pub profile: String,
    /// The product's name, for messages.
    pub vendor: String,
    /// The display names of the apps it is for, with `*` for anything; empty for every app.
    pub app_names: Vec<String>,
    /// The patterns of the SCIM endpoint's URL, one of which it must fit.
    pub tenant_url: Option<Vec<String>>,
    /// Whether the URL must bear the flag `aadOptscim062020` (`true`) or must not.
    pub scim_flag: Option<bool>,
    /// The name of the target directory, which tells a gallery app's schema from others.
    pub target_directory: Option<String>,
    /// What decides who is provisioned.
    pub scope: Option<Scope>,
    /// The groups that are to be assigned, and no others.
    pub groups: Vec<GroupReference>,
    /// What is thought of users who are assigned themselves.
    pub direct_assignment: Option<DirectAssignment>,
    /// What the User mapping must look like.
    pub user: ObjectRequirements,
    /// What the Group mapping must look like.
    pub group: ObjectRequirements,
    /// The rules whose severity was set, by id.
    pub levels: BTreeMap<String, Level>,
    /// The findings that were accepted.
    pub ignore: Vec<Ignore>,
    /// After how many days an export is too old to be judged.
    pub export_max_age_days: Option<u32>,
}

impl Policy {
    /// Whether the app knows objects of that kind by their Entra object id, which it takes from `externalId`.
    pub fn knows_by_object_id(&self, kind: ObjectKind) -> bool {
        match (self.requirements(kind).row("externalId"), kind) {
            (Some(row), _) => row.sources.iter().any(|source| source == "objectId"),
            (None, ObjectKind::User) => false,
            (None, ObjectKind::Group) => self.levels.get("group-external-id") == Some(&Level::At(Severity::Error)),
        }
    }

    /// What is required of one kind of object.
    pub fn requirements(&self, kind: ObjectKind) -> &ObjectRequirements {
        match kind {
            ObjectKind::User => &self.user,
            ObjectKind::Group => &self.group,
        }
    }
}

/// What an object mapping must look like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectRequirements {
    /// Whether it must be on (`true`) or off (`false`).
    pub enabled: Option<bool>,
    /// The rows it must have.
    pub rows: Vec<RowRequirement>,
    /// Targets it must not have, with `*` for anything.
    pub forbidden: Vec<String>,
    /// Targets that it may have beside the required ones, with `*` for anything; `None` where any may be there.
    pub allowed: Option<Vec<String>>,
    /// Targets of which it must not have more than one a pattern.
    pub single: Vec<String>,
    /// The attributes by which the endpoint can look objects up, where the vendor says so.
    pub filterable: Option<Vec<String>>,
}

impl ObjectRequirements {
    /// The targets without whose value the app takes nobody: those of rows whose absence would be an error.
    pub fn needed(&self) -> Vec<&str> {
        let grave = |row: &&RowRequirement| row.severity.is_none_or(|severity| severity == Severity::Error);
        self.rows.iter().filter(grave).map(|row| row.target.as_str()).collect()
    }

    /// What is required of the row that writes `target`.
    pub fn row(&self, target: &str) -> Option<&RowRequirement> {
        self.rows.iter().find(|row| row.target == target)
    }
}

/// What a row must look like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowRequirement {
    /// The attribute that is written.
    pub target: String,
    /// What it may come from; the first is the one to propose.
    pub sources: Vec<Source>,
    /// Whether it must be applied always, not at creation only.
    pub apply_always: bool,
    /// The matching precedence it must have.
    pub precedence: Option<i64>,
    /// How bad it is at most when it is wrong.
    pub severity: Option<Severity>,
    /// What comes of it when it is wrong: a sentence that follows the message.
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
    /// What was typed as `NAME|ID`: an id where it has the form of one.
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

/// What is thought of users who are assigned themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectAssignment {
    /// Nothing.
    Allow,
    /// A warning.
    Warn,
    /// An error.
    Forbid,
}

/// What decides who is provisioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Assignment to the app alone.
    Assigned,
    /// Scope filters too.
    Filtered,
}

/// What a policy makes of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It doesn't run.
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
    /// The last day on which it holds.
    pub until: Option<Date>,
}

impl Ignore {
    /// Whether its time is over.
    pub fn expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Whether a rule's finding about `subject` is meant.
    pub fn covers(&self, rule: &str, subject: &str) -> bool {
        self.rule == rule && self.subject.as_deref().is_none_or(|ignored| ignored == subject)
    }
}

/// Whether `pattern`, with `*` for any run of characters, fits all of `text`. Case doesn't count.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    fits(&pattern.to_lowercase(), &text.to_lowercase())
}

/// The same where case counts.
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
