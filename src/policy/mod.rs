//! The requirements for an app: built-in profiles, and the policy file that extends one.
//!
//! `file.rs` is the YAML as typed, [`read()`] checks it and points at mistakes, and [`Policy`] is the result.
//! serde_yaml is used only in this module.

mod connection;
mod edit;
mod error;
mod file;
mod named;
mod policies;
mod profile;
mod pruned;
mod read;
mod schema;
mod source;
mod yaml_place;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;

use crate::finding::{Metadata, Severity};
use crate::model::{Action, NON_GALLERY_DIRECTORY, ObjectKind};

pub use connection::{WantedConnection, is_email_address};
pub use edit::with_token_expires;
pub use error::{PolicyError, PolicyErrors};
pub use named::{AttributeRole, NamedAttribute, PolicyText};
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
    /// What decided on that profile.
    pub chosen_by: ChosenBy,
    /// The product's name, for messages.
    pub vendor: String,
    /// Patterns for the display names of the apps that it applies to (`*` matches any text); empty for every app.
    pub app_names: Vec<String>,
    /// Patterns for the tenant URL, which must match one of them.
    pub tenant_url: Option<Vec<String>>,
    /// Whether the flag `aadOptscim062020` is required in the tenant URL (`true`) or forbidden (`false`).
    pub scim_flag: Option<bool>,
    /// What the secret token must begin with, besides what Entra sends before it.
    pub token_prefix: Option<TokenPrefix>,
    /// The name of the target directory, which identifies a gallery app's schema.
    pub target_directory: Option<String>,
    /// The SCIM attribute that the app compares with the NameID of SAML.
    pub name_id: Option<String>,
    /// What decides who is provisioned.
    pub scope: Option<Scope>,
    /// The groups that must be assigned; no others may be.
    pub groups: Vec<GroupReference>,
    /// Whether users may be assigned directly.
    pub direct_assignment: Option<DirectAssignment>,
    /// The requirements for the User mapping.
    pub user: ObjectRequirements,
    /// The requirements for the Group mapping.
    pub group: ObjectRequirements,
    /// The severities that the policy sets, by rule id.
    pub levels: BTreeMap<String, Level>,
    /// The accepted findings.
    pub ignore: Vec<Ignore>,
    /// The wanted state of the connection to the app.
    pub connection: WantedConnection,
    /// The maximum age of an export in days.
    pub export_max_age_days: Option<u32>,
    /// The attributes that the policy file names itself.
    pub named: Vec<NamedAttribute>,
}

/// What a vendor wants before the secret token as it is entered in the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenPrefix {
    /// `Bearer`, although Entra sends that word itself.
    Bearer,
}

/// What decided on the profile of a policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChosenBy {
    /// The command line.
    Flag,
    /// The policy file.
    PolicyFile,
    /// The app's display name, which fits `app.names` of the profile.
    AppName,
    /// Nothing: it is the default profile.
    #[default]
    Default,
}

impl ChosenBy {
    /// The word that reports for programs use.
    pub fn as_str(self) -> &'static str {
        match self {
            ChosenBy::Flag => "flag",
            ChosenBy::PolicyFile => "policy",
            ChosenBy::AppName => "app-name",
            ChosenBy::Default => "default",
        }
    }
}

/// The profile that applies, and what chose it. Displayed, it says whether anything did: `truu-total, by default`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedProfile {
    /// The profile's name.
    pub name: String,
    /// What chose it.
    pub chosen_by: ChosenBy,
}

impl fmt::Display for AppliedProfile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by_default = if self.chosen_by == ChosenBy::Default { ", by default" } else { "" };
        write!(formatter, "{}{by_default}", self.name)
    }
}

impl Policy {
    /// The profile, and what chose it.
    pub fn applied_profile(&self) -> AppliedProfile {
        AppliedProfile { name: self.profile.clone(), chosen_by: self.chosen_by }
    }

    /// Whether it expects an app that is not in the gallery.
    pub fn is_for_non_gallery_apps(&self) -> bool {
        self.target_directory.as_deref() == Some(NON_GALLERY_DIRECTORY)
    }

    /// Who requires a part of it, for messages: its profile, where the policy file did not change that part.
    pub fn who_says<T: PartialEq>(&self, part: impl Fn(&Policy) -> &T) -> String {
        match default_policy(Some(&self.profile)) {
            Ok(profile) if part(&profile) == part(self) => format!("the profile {}", self.profile),
            Ok(_) | Err(_) => "the policy".to_owned(),
        }
    }

    /// Whether the app identifies objects of that kind by their Entra object id, in `externalId`.
    pub fn knows_by_object_id(&self, kind: ObjectKind) -> bool {
        match (self.requirements(kind).row("externalId"), kind) {
            (Some(row), _) => row.sources.iter().any(|source| source == "objectId"),
            (None, ObjectKind::User) => false,
            (None, ObjectKind::Group) => self.levels.get("group-external-id") == Some(&Level::At(Severity::Error)),
        }
    }

    /// The severity of a rule's findings, unless a case of the rule is less severe.
    pub fn severity_of(&self, rule: &Metadata) -> Severity {
        match self.levels.get(rule.id) {
            Some(Level::At(severity)) => *severity,
            Some(Level::Off) | None => rule.severity,
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
    /// The Target Object Actions that must be selected, and no others.
    pub actions: Option<Vec<Action>>,
    /// The required rows.
    pub rows: Vec<RowRequirement>,
    /// Patterns for targets that are forbidden (`*` matches any text).
    pub forbidden: Vec<String>,
    /// Patterns for targets that are allowed in addition to the required ones; `None` if all are allowed.
    pub allowed: Option<Vec<String>>,
    /// Patterns that at most one target each may match.
    pub single: Vec<String>,
    /// The attributes that the endpoint can search by, if the vendor lists them.
    pub filterable: Option<Vec<String>>,
}

impl ObjectRequirements {
    /// The targets that the app needs a value for: those of required rows with the severity error.
    pub fn needed(&self) -> Vec<&str> {
        let is_error = |row: &&RowRequirement| row.severity.is_none_or(|severity| severity == Severity::Error);
        self.rows.iter().filter(is_error).map(|row| row.target.as_str()).collect()
    }

    /// The requirement for the row that writes `target`.
    pub fn row(&self, target: &str) -> Option<&RowRequirement> {
        self.rows.iter().find(|row| row.target == target)
    }
}

/// The requirements for a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowRequirement {
    /// The target attribute.
    pub target: String,
    /// The accepted sources. Fixes use the first.
    pub sources: Vec<Source>,
    /// Whether it must always be applied, and not only at creation.
    pub apply_always: bool,
    /// The required matching precedence.
    pub precedence: Option<i64>,
    /// The maximum severity of its findings.
    pub severity: Option<Severity>,
    /// The consequence if the row is wrong, appended to the message.
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
    /// Reads `NAME|ID`: an id if it has the form of one, otherwise a name.
    pub fn new(text: &str) -> Self {
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        let is_id = groups == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
        if is_id {
            GroupReference { id: Some(text.to_ascii_lowercase()), name: None }
        } else {
            GroupReference { id: None, name: Some(text.to_owned()) }
        }
    }

    /// The name, or the id if there is none.
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.id.as_deref()).unwrap_or_default()
    }
}

/// Whether users may be assigned directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectAssignment {
    /// Allowed.
    Allow,
    /// Reported as a warning.
    Warn,
    /// Reported as an error.
    Forbid,
}

/// What decides who is provisioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only assignment to the app.
    Assigned,
    /// Scope filters as well.
    Filtered,
}

/// The severity that a policy sets for a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule is switched off.
    Off,
    /// The severity of its findings.
    At(Severity),
}

/// An accepted finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The rule's id.
    pub rule: String,
    /// The finding's subject; `None` for all findings of the rule.
    pub subject: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is accepted.
    pub until: Option<Date>,
}

impl Ignore {
    /// Whether it has expired.
    pub fn expired(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// Whether it accepts a rule's finding about `subject`.
    pub fn covers(&self, rule: &str, subject: &str) -> bool {
        self.rule == rule && self.subject.as_deref().is_none_or(|ignored| ignored == subject)
    }
}

/// Several patterns, of which names are compared with all.
#[derive(Clone, Debug)]
pub struct Patterns<'p>(Vec<(String, &'p str)>);

impl<'p> Patterns<'p> {
    /// Patterns, each as [`matches_pattern`] takes it.
    pub fn new(patterns: &'p [String]) -> Self {
        Patterns(patterns.iter().map(|pattern| (pattern.to_lowercase(), pattern.as_str())).collect())
    }

    /// The first pattern that matches all of `text`, ignoring case.
    pub fn find(&self, text: &str) -> Option<&'p str> {
        if self.0.is_empty() {
            return None;
        }
        let text = text.to_lowercase();
        self.0.iter().find(|(pattern, _)| fits(pattern, &text)).map(|(_, pattern)| *pattern)
    }
}

/// Whether `pattern` matches all of `text`, ignoring case. `*` matches any characters.
pub fn matches_pattern(pattern: &str, text: &str) -> bool {
    fits(&pattern.to_lowercase(), &text.to_lowercase())
}

/// Same as [`matches_pattern`], but case-sensitive.
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
    fn patterns_match_whole_names() {
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
