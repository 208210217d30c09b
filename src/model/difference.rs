//! The differences between two schemas, in terms of the mapping.
//!
//! Only configuration counts. These do not: ids, versions, the order of rows and attributes, null or "" in place of a
//! missing value, spaces in `Add, Update`, PowerShell's PascalCase.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{ObjectKind, is_entra_directory};

/// One thing that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The id of the job that it is in, where several jobs are compared.
    pub job: Option<String>,
    /// What it is about.
    pub subject: Subject,
    /// The property that differs; `None` where the whole subject was added or removed.
    pub property: Option<String>,
    /// The old value; `None` if there was none.
    pub old: Option<Value>,
    /// The new value; `None` if there is none.
    pub new: Option<Value>,
}

impl Difference {
    /// A difference in the only job, or outside of jobs.
    pub fn new(subject: Subject, property: Option<&str>, old: Option<Value>, new: Option<Value>) -> Self {
        Difference { job: None, subject, property: property.map(str::to_owned), old, new }
    }

    /// The subject as reports show it: `User/externalId`, after the job if there are several.
    pub fn subject_text(&self) -> String {
        match &self.job {
            Some(job) => format!("{job}: {}", self.subject),
            None => self.subject.to_string(),
        }
    }
}

/// What a difference is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A synchronization rule.
    Rule(Name),
    /// An object mapping.
    Mapping(MappingName),
    /// An attribute mapping.
    Row {
        /// The object mapping that it is in.
        mapping: MappingName,
        /// Its target attribute.
        target: Name,
    },
    /// A directory.
    Directory(Name),
    /// An object in a directory's attribute list.
    Object {
        /// The directory.
        directory: Name,
        /// The object.
        object: Name,
    },
    /// An attribute in a directory's attribute list.
    Attribute {
        /// The directory.
        directory: Name,
        /// The object.
        object: Name,
        /// The attribute.
        attribute: Name,
    },
    /// Parts of a schema that no mapping reads.
    Schema,
    /// A provisioning job, by its id.
    Job(String),
    /// A setting of the connection, by its key.
    Setting(String),
    /// The assignment of a group, by its name.
    Assignment(String),
}

/// The name of an element in a list. Names may repeat, so equal ones are numbered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The name itself.
    pub name: String,
    /// 1 for the first element of that name, 2 for the second.
    pub number: usize,
}

/// The name of an object mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingName {
    /// The synchronization rule that it is in, where there are several.
    pub rule: Option<Name>,
    /// The kind of object; `None` for a target that is neither a user nor a group.
    pub kind: Option<ObjectKind>,
    /// `User`, `Group`, or the name of the target object.
    pub name: Name,
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            1 => formatter.write_str(&self.name),
            number => write!(formatter, "{}#{number}", self.name),
        }
    }
}

impl fmt::Display for MappingName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some(rule) => write!(formatter, "{rule}/{}", self.name),
            None => self.name.fmt(formatter),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Rule(name) => write!(formatter, "rule {name}"),
            Subject::Mapping(name) => name.fmt(formatter),
            Subject::Row { mapping, target } => write!(formatter, "{mapping}/{target}"),
            Subject::Directory(name) => write!(formatter, "directory {name}"),
            Subject::Object { directory, object } => write!(formatter, "attributes of {directory}/{object}"),
            Subject::Attribute { directory, object, attribute } => {
                write!(formatter, "attributes of {directory}/{object}/{attribute}")
            }
            Subject::Schema => formatter.write_str("schema"),
            Subject::Job(id) => write!(formatter, "job {id}"),
            Subject::Setting(key) => write!(formatter, "setting {key}"),
            Subject::Assignment(name) => write!(formatter, "assignment of {name}"),
        }
    }
}

/// The differences between two synchronizationSchemas, in the order of the first; additions of the second come last.
pub fn differences(old: &Value, new: &Value) -> Vec<Difference> {
    let (old, new) = (old.to_string(), new.to_string());
    // What was written as JSON is JSON.
    differences_of_texts(&old, &new).unwrap_or_default()
}

/// The same for the texts of two schemas. What has the same text on both sides is not read further, so that two files take
/// little more memory than their texts.
///
/// # Errors
/// If one of them is not JSON.
pub fn differences_of_texts(old: &str, new: &str) -> Result<Vec<Difference>, serde_json::Error> {
    let mut found = Vec::new();
    let (old, new) = (Some(serde_json::from_str(old)?), Some(serde_json::from_str(new)?));
    let rules = paired(list(old, "synchronizationRules")?, list(new, "synchronizationRules")?, &text("name"))?;
    let several = rules.len() > 1;
    for (rule, old, new) in rules {
        members(&Subject::Rule(rule.clone()), old, new, &["id", "objectMappings"], &mut found)?;
        for (name, old, new) in paired(list(old, "objectMappings")?, list(new, "objectMappings")?, &mapping_name)? {
            let rule = several.then(|| rule.clone());
            let kind = old.or(new).map(mapping_kind).transpose()?.flatten();
            let mapping = MappingName { rule, kind, name };
            members(&Subject::Mapping(mapping.clone()), old, new, &["attributeMappings", "id"], &mut found)?;
            let (old, new) = (list(old, "attributeMappings")?, list(new, "attributeMappings")?);
            for (target, old, new) in paired(old, new, &text("targetAttributeName"))? {
                members(&Subject::Row { mapping: mapping.clone(), target }, old, new, &["id"], &mut found)?;
            }
        }
    }
    for (directory, old, new) in paired(list(old, "directories")?, list(new, "directories")?, &directory_name)? {
        let skipped = ["id", "version", "discoveryDateTime", "name", "objects"];
        members(&Subject::Directory(directory.clone()), old, new, &skipped, &mut found)?;
        for (object, old, new) in paired(list(old, "objects")?, list(new, "objects")?, &text("name"))? {
            let subject = Subject::Object { directory: directory.clone(), object: object.clone() };
            members(&subject, old, new, &["attributes"], &mut found)?;
            for (attribute, old, new) in paired(list(old, "attributes")?, list(new, "attributes")?, &text("name"))? {
                let subject = Subject::Attribute { directory: directory.clone(), object: object.clone(), attribute };
                members(&subject, old, new, &["name"], &mut found)?;
            }
        }
    }
    Ok(found)
}

/// Adds the properties of a subject that differ, or the subject itself where it was added or removed.
fn members(
    subject: &Subject,
    old: Option<&RawValue>,
    new: Option<&RawValue>,
    skipped: &[&str],
    found: &mut Vec<Difference>,
) -> Result<(), serde_json::Error> {
    let mut add = |property: Option<&str>, old: Option<Value>, new: Option<Value>| {
        found.push(Difference::new(subject.clone(), property, old, new));
    };
    let (Some(old), Some(new)) = (old, new) else {
        let whole = |value: Option<&RawValue>| value.map(|value| without(value, skipped)).transpose();
        add(None, whole(old)?, whole(new)?);
        return Ok(());
    };
    if old.get() == new.get() {
        return Ok(());
    }
    let (before, after) = (Object::of(old)?, Object::of(new)?);
    let keys = before.keys().chain(after.keys().filter(|key| before.get(key).is_none()));
    for key in keys.filter(|key| !skipped.contains(key) && !key.starts_with('@') && !key.contains("@odata.")) {
        let (old, new) = (before.get(key), after.get(key));
        if old.map(RawValue::get) == new.map(RawValue::get) {
            continue;
        }
        let meant = |value: Option<&RawValue>| value.map(|value| Ok(meaning(key, &read(value)?))).transpose();
        let (old, new) = (meant(old)?.flatten(), meant(new)?.flatten());
        if old != new {
            let (old, new) = if key == "source" { sources(old, new) } else { (old, new) };
            add(Some(key), old, new);
        }
    }
    Ok(())
}

/// Two sources as their expressions, where those differ.
fn sources(old: Option<Value>, new: Option<Value>) -> (Option<Value>, Option<Value>) {
    let expression = |source: &Option<Value>| source.as_ref().and_then(|source| source.get("expression").cloned());
    match (expression(&old), expression(&new)) {
        (before, after)
            if before != after && (before.is_some() || old.is_none()) && (after.is_some() || new.is_none()) =>
        {
            (before, after)
        }
        _ => (old, new),
    }
}

/// A value in a normal form that is equal for all values of the same meaning; `None` for an empty value.
fn meaning(key: &str, value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) if key == "flowTypes" => {
            let mut flags: Vec<&str> = text.split(',').map(str::trim).filter(|flag| !flag.is_empty()).collect();
            flags.sort_unstable();
            Some(Value::from(flags.join(", ")))
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().filter_map(|item| meaning("", item)).collect();
            // Order matters only in the arguments of a function.
            if key != "parameters" {
                items.sort_by_cached_key(Value::to_string);
            }
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> =
                members.iter().filter_map(|(key, value)| Some((key.clone(), meaning(key, value)?))).collect();
            members.sort_by(|left, right| left.0.cmp(&right.0));
            (!members.is_empty()).then(|| Value::Object(members.into_iter().collect()))
        }
        other => Some(other.clone()),
    }
}

/// A value without some of its members.
fn without(value: &RawValue, skipped: &[&str]) -> Result<Value, serde_json::Error> {
    let object = Object::of(value)?;
    let members = object.0.iter().filter(|(key, _)| !skipped.contains(&key.as_str()));
    members.map(|(key, value)| Ok((key.clone(), read(value)?))).collect()
}

/// Elements of two lists by name, in the order of the first.
fn paired<'v>(
    old: Vec<&'v RawValue>,
    new: Vec<&'v RawValue>,
    name: &dyn Fn(&RawValue) -> Result<String, serde_json::Error>,
) -> Result<Vec<Pair<'v>>, serde_json::Error> {
    let named = |list: Vec<&'v RawValue>| {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let named = list.into_iter().map(|element| {
            let name = name(element)?;
            let number = *seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
            Ok((Name { name, number }, element))
        });
        named.collect::<Result<Vec<(Name, &RawValue)>, serde_json::Error>>()
    };
    let (old, new) = (named(old)?, named(new)?);
    let mut rest: HashMap<&Name, &RawValue> = new.iter().map(|(name, element)| (name, *element)).collect();
    let mut pairs = Vec::with_capacity(old.len());
    for (name, old) in old {
        let new = rest.remove(&name);
        pairs.push((name, Some(old), new));
    }
    let added = new.iter().filter(|(name, _)| rest.contains_key(name));
    pairs.extend(added.map(|(name, element)| (name.clone(), None, Some(*element))));
    Ok(pairs)
}

/// An element of one list or of both.
type Pair<'v> = (Name, Option<&'v RawValue>, Option<&'v RawValue>);

/// The members of an object, with keys in Graph's spelling; those of anything else are none.
struct Object<'v>(Vec<(String, &'v RawValue)>);

impl<'v> Object<'v> {
    fn of(value: &'v RawValue) -> Result<Self, serde_json::Error> {
        if !value.get().starts_with('{') {
            return Ok(Object(Vec::new()));
        }
        serde_json::from_str::<Members<'v>>(value.get()).map(|members| Object(members.0))
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    fn get(&self, key: &str) -> Option<&'v RawValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    }
}

struct Members<'v>(Vec<(String, &'v RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = access.next_entry::<Cow<'de, str>, &'de RawValue>()? {
                    members.push((camel_case_key(&key), value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(All)
    }
}

/// The elements of the list at a key; none where there is no list.
fn list<'v>(value: Option<&'v RawValue>, key: &str) -> Result<Vec<&'v RawValue>, serde_json::Error> {
    let Some(value) = value else { return Ok(Vec::new()) };
    match Object::of(value)?.get(key) {
        Some(list) if list.get().starts_with('[') => serde_json::from_str(list.get()),
        _ => Ok(Vec::new()),
    }
}

fn read(value: &RawValue) -> Result<Value, serde_json::Error> {
    serde_json::from_str(value.get()).map(camel_case)
}

/// The text at a key; `None` where there is none.
fn text_at(value: &RawValue, key: &str) -> Result<Option<String>, serde_json::Error> {
    let found = Object::of(value)?.get(key);
    found.filter(|text| text.get().starts_with('"')).map(|text| serde_json::from_str(text.get())).transpose()
}

fn text(key: &'static str) -> impl Fn(&RawValue) -> Result<String, serde_json::Error> {
    move |value| Ok(text_at(value, key)?.unwrap_or_else(|| "without a name".to_owned()))
}

fn mapping_name(mapping: &RawValue) -> Result<String, serde_json::Error> {
    match mapping_kind(mapping)? {
        Some(kind) => Ok(kind.as_str().to_owned()),
        None => text("targetObjectName")(mapping),
    }
}

fn mapping_kind(mapping: &RawValue) -> Result<Option<ObjectKind>, serde_json::Error> {
    Ok(text_at(mapping, "targetObjectName")?.and_then(|target| ObjectKind::of_target(&target)))
}

/// The service has renamed the tenant's own directory once.
fn directory_name(directory: &RawValue) -> Result<String, serde_json::Error> {
    let name = text("name")(directory)?;
    Ok(if is_entra_directory(&name) { name.replacen("Azure Active Directory", "Microsoft Entra ID", 1) } else { name })
}

fn camel_case(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().map(|(key, member)| (camel_case_key(&key), camel_case(member))).collect()
        }
        Value::Array(items) => items.into_iter().map(camel_case).collect(),
        other => other,
    }
}

fn camel_case_key(key: &str) -> String {
    let mut key = key.to_owned();
    if let Some(first) = key.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    key
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema(rows: Value) -> Value {
        json!({"id": "job", "synchronizationRules": [{"name": "R", "objectMappings": [
            {"targetObjectName": ObjectKind::User.urn(), "flowTypes": "Add,Update", "attributeMappings": rows}
        ]}]})
    }

    fn named(name: &str, number: usize) -> Name {
        Name { name: name.to_owned(), number }
    }

    fn row(target: &str, number: usize) -> Subject {
        let mapping = MappingName { rule: None, kind: Some(ObjectKind::User), name: named("User", 1) };
        Subject::Row { mapping, target: named(target, number) }
    }

    fn difference(target: &str, property: Option<&str>, old: Option<Value>, new: Option<Value>) -> Difference {
        Difference::new(row(target, 1), property, old, new)
    }

    #[test]
    fn only_configuration_counts() {
        let row = |target: &str| json!({"targetAttributeName": target, "defaultValue": ""});
        let old = schema(json!([row("a"), row("b")]));
        let mut new =
            schema(json!([{"targetAttributeName": "b"}, {"TargetAttributeName": "a", "Source": {"Name": null}}]));
        new["id"] = json!("another");
        new["synchronizationRules"][0]["objectMappings"][0]["flowTypes"] = json!("Update, Add");
        assert_eq!(differences(&old, &new), []);
    }

    #[test]
    fn added_removed_and_changed_rows_are_distinguished() {
        let feed = |name: &str| json!({"expression": format!("[{name}]"), "name": name});
        let old = schema(json!([
            {"targetAttributeName": "a", "source": feed("x"), "matchingPriority": 0},
            {"targetAttributeName": "b", "source": feed("y")},
            {"targetAttributeName": "d", "source": {"expression": "[x]", "name": "y"}},
        ]));
        let new = schema(json!([
            {"targetAttributeName": "c"},
            {"targetAttributeName": "a", "source": feed("z"), "matchingPriority": 1},
            {"targetAttributeName": "d", "source": feed("x")},
        ]));
        let of = |key: &str, old: Value, new: Value| difference("a", Some(key), Some(old), Some(new));
        assert_eq!(
            differences(&old, &new),
            [
                of("source", json!("[x]"), json!("[z]")),
                of("matchingPriority", json!(0), json!(1)),
                difference("b", None, Some(json!({"targetAttributeName": "b", "source": feed("y")})), None),
                difference(
                    "d",
                    Some("source"),
                    Some(json!({"expression": "[x]", "name": "y"})),
                    Some(json!({"expression": "[x]", "name": "x"}))
                ),
                difference("c", None, None, Some(json!({"targetAttributeName": "c"}))),
            ]
        );
    }

    #[test]
    fn rows_of_one_name_are_numbered() {
        let mapped = |source: &str| json!({"targetAttributeName": "a", "source": {"expression": source}});
        let found = differences(&schema(json!([mapped("[x]")])), &schema(json!([mapped("[x]"), mapped("[y]")])));
        assert_eq!(found, [Difference::new(row("a", 2), None, None, Some(mapped("[y]")))]);
        assert_eq!(found[0].subject_text(), "User/a#2");
        let in_job = Difference { job: Some("J".into()), ..found[0].clone() };
        assert_eq!(in_job.subject_text(), "J: User/a#2");
    }

    #[test]
    fn only_the_order_of_arguments_counts() {
        let row = |parameters: Value| json!([{"targetAttributeName": "a", "source": {"expression": "Join()", "parameters": parameters}}]);
        let (one, two) =
            (json!({"key": "source", "value": {"name": "x"}}), json!({"key": "source", "value": {"name": "y"}}));
        let (left, right) = (schema(row(json!([one, two]))), schema(row(json!([two, one]))));
        assert_eq!(differences(&left, &right).len(), 1);
    }
}
