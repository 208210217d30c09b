//! What differs between two schemas, in terms of the mapping.
//!
//! What a program wrote along and nobody configured doesn't count: ids, versions, the order of rows and attributes,
//! the difference between null, "" and nothing, blanks in `Add, Update`, PowerShell's PascalCase.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{ObjectKind, is_entra_directory};

/// One thing that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What it is about: `User/externalId`, `User`, `attributes of customappsso/User/title`.
    pub subject: String,
    /// Which of its properties; `None` where all of it was added or removed.
    pub property: Option<String>,
    /// What it was; `None` where there was none.
    pub old: Option<Value>,
    /// What it is; `None` where there is none.
    pub new: Option<Value>,
}

/// What differs between two synchronizationSchemas, in the order of the first; what only the second has comes behind.
pub fn differences(old: &Value, new: &Value) -> Vec<Difference> {
    let (old, new) = (camel_case(old), camel_case(new));
    let mut found = Vec::new();
    let rules = paired(&old["synchronizationRules"], &new["synchronizationRules"], &rule_name);
    let several = rules.len() > 1;
    for (name, old, new) in rules {
        let prefix = if several { format!("{name}/") } else { String::new() };
        members(&format!("rule {name}"), old, new, &["id", "objectMappings"], &mut found);
        let mappings = |rule: Option<&Value>| rule.map_or(Value::Null, |rule| rule["objectMappings"].clone());
        let (old, new) = (mappings(old), mappings(new));
        for (name, old, new) in paired(&old, &new, &mapping_name) {
            let name = format!("{prefix}{name}");
            members(&name, old, new, &["attributeMappings", "id"], &mut found);
            let rows =
                |mapping: Option<&Value>| mapping.map_or(Value::Null, |mapping| mapping["attributeMappings"].clone());
            for (target, old, new) in paired(&rows(old), &rows(new), &text("targetAttributeName")) {
                members(&format!("{name}/{target}"), old, new, &["id"], &mut found);
            }
        }
    }
    for (directory, old, new) in paired(&old["directories"], &new["directories"], &directory_name) {
        let skipped = ["id", "version", "discoveryDateTime", "name", "objects"];
        members(&format!("directory {directory}"), old, new, &skipped, &mut found);
        let objects =
            |directory: Option<&Value>| directory.map_or(Value::Null, |directory| directory["objects"].clone());
        for (object, old, new) in paired(&objects(old), &objects(new), &text("name")) {
            let name = format!("attributes of {directory}/{object}");
            members(&name, old, new, &["attributes"], &mut found);
            let attributes = |object: Option<&Value>| object.map_or(Value::Null, |object| object["attributes"].clone());
            for (attribute, old, new) in paired(&attributes(old), &attributes(new), &text("name")) {
                members(&format!("{name}/{attribute}"), old, new, &["name"], &mut found);
            }
        }
    }
    found
}

/// The properties of one thing that differ, or that all of it was added or removed.
fn members(subject: &str, old: Option<&Value>, new: Option<&Value>, skipped: &[&str], found: &mut Vec<Difference>) {
    let mut add = |property: Option<String>, old: Option<Value>, new: Option<Value>| {
        found.push(Difference { subject: subject.to_owned(), property, old, new });
    };
    let (Some(old), Some(new)) = (old, new) else {
        let whole = |value: Option<&Value>| value.map(|value| without(value, skipped));
        return add(None, whole(old), whole(new));
    };
    let empty = Map::new();
    let (before, after) = (old.as_object().unwrap_or(&empty), new.as_object().unwrap_or(&empty));
    let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
    for key in keys.filter(|key| !skipped.contains(&key.as_str()) && !key.starts_with('@') && !key.contains("@odata."))
    {
        let meant = |members: &Map<String, Value>| members.get(key).and_then(|value| meaning(key, value));
        let (old, new) = (meant(before), meant(after));
        if old != new {
            let (old, new) = if key == "source" { sources(old, new) } else { (old, new) };
            add(Some(key.clone()), old, new);
        }
    }
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

/// What a value means, in a form that is the same for all that mean it; `None` for nothing.
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
            // The arguments of a function are the one list whose order counts.
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

fn without(value: &Value, skipped: &[&str]) -> Value {
    let members = value.as_object().into_iter().flatten();
    members
        .filter(|(key, _)| !skipped.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Elements of two lists by name, in the order of the first. The second of a name is `name#2`.
fn paired<'v>(
    old: &'v Value,
    new: &'v Value,
    name: &dyn Fn(&Value) -> String,
) -> Vec<(String, Option<&'v Value>, Option<&'v Value>)> {
    let named = |list: &'v Value| {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let elements = list.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        let named = elements.map(|element| {
            let name = name(element);
            let count = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
            (if *count == 1 { name } else { format!("{name}#{count}") }, element)
        });
        named.collect::<Vec<(String, &Value)>>()
    };
    let (old, mut rest) = (named(old), named(new));
    let mut pairs = Vec::with_capacity(old.len());
    for (name, old) in old {
        let at = rest.iter().position(|(other, _)| *other == name);
        let new = at.map(|at| rest.remove(at).1);
        pairs.push((name, Some(old), new));
    }
    pairs.extend(rest.into_iter().map(|(name, new)| (name, None, Some(new))));
    pairs
}

fn text(key: &'static str) -> impl Fn(&Value) -> String {
    move |value| value[key].as_str().unwrap_or("without a name").to_owned()
}

fn rule_name(rule: &Value) -> String {
    text("name")(rule)
}

fn mapping_name(mapping: &Value) -> String {
    let target = text("targetObjectName")(mapping);
    ObjectKind::of_target(&target).map_or(target, |kind| kind.as_str().to_owned())
}

/// The service has renamed the tenant's own directory once.
fn directory_name(directory: &Value) -> String {
    let name = text("name")(directory);
    if is_entra_directory(&name) { name.replacen("Azure Active Directory", "Microsoft Entra ID", 1) } else { name }
}

fn camel_case(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| {
                let mut key = key.clone();
                if let Some(first) = key.get_mut(..1) {
                    first.make_ascii_lowercase();
                }
                (key, camel_case(member))
            })
            .collect(),
        Value::Array(items) => items.iter().map(camel_case).collect(),
        other => other.clone(),
    }
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

    fn difference(subject: &str, property: Option<&str>, old: Option<Value>, new: Option<Value>) -> Difference {
        Difference { subject: subject.to_owned(), property: property.map(str::to_owned), old, new }
    }

    #[test]
    fn what_nobody_configured_is_no_difference() {
        let row = |target: &str| json!({"targetAttributeName": target, "defaultValue": ""});
        let old = schema(json!([row("a"), row("b")]));
        let mut new =
            schema(json!([{"targetAttributeName": "b"}, {"TargetAttributeName": "a", "Source": {"Name": null}}]));
        new["id"] = json!("another");
        new["synchronizationRules"][0]["objectMappings"][0]["flowTypes"] = json!("Update, Add");
        assert_eq!(differences(&old, &new), []);
    }

    #[test]
    fn rows_that_come_go_and_change_are_told_apart() {
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
        let of = |key: &str, old: Value, new: Value| difference("User/a", Some(key), Some(old), Some(new));
        assert_eq!(
            differences(&old, &new),
            [
                of("source", json!("[x]"), json!("[z]")),
                of("matchingPriority", json!(0), json!(1)),
                difference("User/b", None, Some(json!({"targetAttributeName": "b", "source": feed("y")})), None),
                difference(
                    "User/d",
                    Some("source"),
                    Some(json!({"expression": "[x]", "name": "y"})),
                    Some(json!({"expression": "[x]", "name": "x"}))
                ),
                difference("User/c", None, None, Some(json!({"targetAttributeName": "c"}))),
            ]
        );
    }

    #[test]
    fn two_rows_of_one_name_are_two() {
        let row = |source: &str| json!({"targetAttributeName": "a", "source": {"expression": source}});
        let found = differences(&schema(json!([row("[x]")])), &schema(json!([row("[x]"), row("[y]")])));
        assert_eq!(found, [difference("User/a#2", None, None, Some(row("[y]")))]);
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
