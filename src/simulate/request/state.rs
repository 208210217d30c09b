//! The values that the rows of a mapping give for one object.

use serde_json::{Map, Value as Json, json};

use super::Operation;
use crate::model::ObjectKind;
use crate::simulate::resource::{CORE_GROUP, CORE_USER, Path};
use crate::simulate::{Preview, Sent};

/// What an object mapping creates, with the schemas that a new object names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schemas {
    /// A user of the core schema and the enterprise extension, the usual target of a mapping.
    EnterpriseUser,
    /// A user of the core schema alone.
    CoreUser,
    /// A group.
    Group,
}

impl Schemas {
    /// Those of the target object of a mapping.
    pub fn of_target(target_object_name: &str) -> Self {
        match ObjectKind::of_target(target_object_name) {
            Some(ObjectKind::Group) => Schemas::Group,
            _ if target_object_name.eq_ignore_ascii_case(CORE_USER) => Schemas::CoreUser,
            _ => Schemas::EnterpriseUser,
        }
    }

    /// The kind of object.
    pub fn kind(self) -> ObjectKind {
        match self {
            Schemas::EnterpriseUser | Schemas::CoreUser => ObjectKind::User,
            Schemas::Group => ObjectKind::Group,
        }
    }

    /// The core schema.
    pub fn core(self) -> &'static str {
        match self {
            Schemas::EnterpriseUser | Schemas::CoreUser => CORE_USER,
            Schemas::Group => CORE_GROUP,
        }
    }
}

/// What the rows of a mapping give for one object, by target attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub(super) schemas: Schemas,
    pub(super) attributes: Vec<Attribute>,
}

/// The value of a target attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attribute {
    pub(super) target: String,
    pub(super) path: Path,
    /// The value as a new object has it.
    pub(super) value: Json,
    /// What an update without the flag sends instead.
    pub(super) unflagged: Option<Json>,
    /// The word of the only operation that updates use, without and with the flag.
    pub(super) words: Option<[&'static str; 2]>,
    /// Whether updates leave it out.
    pub(super) only_created: bool,
}

impl State {
    /// An object without any values.
    #[cfg(test)]
    pub(super) fn empty(schemas: Schemas) -> Self {
        State { schemas, attributes: Vec::new() }
    }

    /// The values that a preview knows.
    pub(in crate::simulate) fn of(preview: &Preview) -> Self {
        let attributes = preview.rows.iter().filter_map(|row| {
            let Sent::Value { value, .. } = &row.sent else { return None };
            let unflagged = row.text.as_ref().map(|text| json!(text));
            let path = Path::new(&row.target)?;
            let (target, value, only_created) = (row.target.to_string(), value.clone(), row.only_created);
            Some(Attribute { target, path, value, unflagged, words: None, only_created })
        });
        State { schemas: preview.schemas, attributes: attributes.collect() }
    }

    /// The target attributes with their values, in the order of the rows.
    pub fn values(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.attributes.iter().map(|attribute| (&*attribute.target, &attribute.value))
    }

    /// The value of a target attribute.
    pub fn value(&self, target: &str) -> Option<&Json> {
        self.attribute(target).map(|attribute| &attribute.value)
    }

    pub(super) fn attribute(&self, target: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.target == target)
    }

    /// Sets a target attribute, at the end if it had no value. `false` where the target is not a valid path.
    pub fn set(&mut self, target: &str, value: Json) -> bool {
        let unflagged = value.as_bool().map(|value| json!(if value { "True" } else { "False" }));
        let Some(path) = Path::new(target) else { return false };
        self.put(Attribute { target: target.to_owned(), path, value, unflagged, words: None, only_created: false });
        true
    }

    /// Sets a target attribute as another state has it, with the form in which updates send it. `false` where that has no
    /// such value.
    pub fn set_as_in(&mut self, target: &str, other: &State) -> bool {
        let Some(attribute) = other.attribute(target).cloned() else { return false };
        self.put(attribute);
        true
    }

    /// The same with nothing but these target attributes.
    pub fn only(&self, is_kept: impl Fn(&str) -> bool) -> Self {
        let mut state = self.clone();
        state.attributes.retain(|attribute| is_kept(&attribute.target));
        state
    }

    /// Removes a target attribute.
    pub fn remove(&mut self, target: &str) {
        self.attributes.retain(|attribute| attribute.target != target);
    }

    pub(super) fn put(&mut self, attribute: Attribute) {
        match self.attributes.iter_mut().find(|known| known.target == attribute.target) {
            Some(known) => *known = attribute,
            None => self.attributes.push(attribute),
        }
    }

    /// The values in their places, without `schemas` and `meta`: what an endpoint must give back.
    pub fn resource(&self) -> Map<String, Json> {
        let mut resource = Map::new();
        for attribute in &self.attributes {
            attribute.path.put(&mut resource, attribute.value.clone());
        }
        resource
    }
}

impl Attribute {
    /// What an update to this value from another one sends.
    pub(super) fn operation(&self, before: Option<&Attribute>) -> Option<Operation> {
        match before {
            _ if self.only_created => None,
            None => Some(Operation::Add),
            Some(before) if before.value == self.value => None,
            Some(_) => Some(Operation::Replace),
        }
    }
}
