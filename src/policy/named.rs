//! The attributes that a policy file names itself, and where: not those that its profile names.

use std::ops::Range;
use std::sync::Arc;

use super::error::word_at;
use super::file::{ObjectFile, PolicyFile};
use super::pruned::Pruned;
use super::yaml_place::{Step, locate};
use super::{ObjectRequirements, Policy, Source};
use crate::model::ObjectKind;

/// A policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText {
    /// Its name, as messages show it.
    pub name: String,
    /// Its content.
    pub yaml: String,
}

/// What a policy file names an attribute for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeRole {
    /// A required row reads it.
    Source,
    /// A required row writes it.
    Target,
    /// A list such as `forbid` has it, where upper and lower case do not matter.
    Listed,
}

/// An attribute that a policy file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedAttribute {
    /// The object mapping.
    pub kind: ObjectKind,
    /// What it is named for.
    pub role: AttributeRole,
    /// Its name.
    pub name: String,
    /// The file.
    pub file: Arc<PolicyText>,
    /// The index in `policies`.
    policy: Option<usize>,
    /// The key in the object mapping.
    key: String,
    /// The index in the list of sources or names.
    index: usize,
}

impl NamedAttribute {
    /// The bytes that name it. Looked up on demand, because this takes a reading of the file.
    pub fn span(&self) -> Option<Range<usize>> {
        let yaml = self.file.yaml.as_str();
        let document = Pruned::new(yaml);
        let policy = self.policy.map(|index| [Step::Key("policies"), Step::Index(index)]);
        let object = match self.kind {
            ObjectKind::User => "user",
            ObjectKind::Group => "group",
        };
        let row = [Step::Key("mappings"), Step::Key(object), Step::Key(&self.key)];
        let base = [policy.as_ref().map(<[_; 2]>::as_slice).unwrap_or_default(), &row].concat();
        let ways: &[&[Step<'_>]] = match self.role {
            AttributeRole::Target => &[&[]],
            AttributeRole::Listed => &[&[Step::Index(self.index)]],
            AttributeRole::Source => {
                &[&[Step::Key("any-of"), Step::Index(self.index)], &[Step::Key("source"), Step::Value], &[Step::Value]]
            }
        };
        let place = ways.iter().find_map(|way| locate(&document, &[base.as_slice(), way].concat()))?;
        let value = word_at(yaml, place.0, place.1);
        let line = yaml[value.start..].lines().next().unwrap_or_default();
        let within = line.find(&self.name).map(|at| value.start + at..value.start + at + self.name.len());
        Some(within.unwrap_or(value))
    }
}

/// The attributes that a file, or an entry of its `policies`, names and its profile does not.
pub(super) fn named(
    text: &Arc<PolicyText>,
    entry: Option<usize>,
    file: &PolicyFile,
    profile: &Policy,
) -> Vec<NamedAttribute> {
    let mut named = Vec::new();
    for (kind, object) in [(ObjectKind::User, &file.mappings.user), (ObjectKind::Group, &file.mappings.group)] {
        let known = profile.requirements(kind);
        for (role, key, index, name) in of_object(object) {
            if !is_named(known, role, name) {
                let (key, name, file) = (key.to_owned(), name.to_owned(), Arc::clone(text));
                named.push(NamedAttribute { kind, role, name, file, policy: entry, key, index });
            }
        }
    }
    named
}

/// Role, key, index and name of each attribute; a pattern with a wildcard is none.
fn of_object(object: &ObjectFile) -> Vec<(AttributeRole, &str, usize, &str)> {
    let mut found = Vec::new();
    for (target, row) in &object.rows.0 {
        found.push((AttributeRole::Target, target.as_str(), 0, target.as_str()));
        for (index, source) in row.sources.iter().enumerate() {
            found.extend(
                source.attributes().into_iter().map(|name| (AttributeRole::Source, target.as_str(), index, name)),
            );
        }
    }
    let lists = [
        ("forbid", &object.forbid),
        ("allow", &object.allow),
        ("single", &object.single),
        ("filterable", &object.filterable),
    ];
    for (key, names) in lists {
        let names = names.iter().flatten().enumerate().filter(|(_, name)| !name.contains('*'));
        found.extend(names.map(|(index, name)| (AttributeRole::Listed, key, index, name.as_str())));
    }
    found
}

/// Whether a profile names an attribute too, and therefore vouches for it.
fn is_named(profile: &ObjectRequirements, role: AttributeRole, name: &str) -> bool {
    match role {
        AttributeRole::Source => {
            let sources = || profile.rows.iter().flat_map(|row| &row.sources);
            sources().flat_map(Source::attributes).any(|attribute| attribute == name)
        }
        AttributeRole::Target | AttributeRole::Listed => {
            let lists = [&profile.forbidden, &profile.single];
            profile.rows.iter().any(|row| row.target == name)
                || lists.into_iter().chain(&profile.allowed).chain(&profile.filterable).flatten().any(|one| one == name)
        }
    }
}
