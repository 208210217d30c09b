//! Whether a schema is complete. A write replaces the whole schema, so an incomplete one would delete the rest.

use serde_json::{Map, Value};

/// The part that is missing from a schema; `None` for a complete one. Graph splits long lists into pages, so a list with a
/// next page is incomplete.
pub fn lacking(schema: &Value) -> Option<String> {
    if !schema["synchronizationRules"].is_array() {
        return Some("synchronizationRules".to_owned());
    }
    if let Some(list) = continued(schema) {
        return Some(format!("the rest of its {list}"));
    }
    let rules = || elements(&schema["synchronizationRules"]);
    if !rules().any(|rule| filled(&rule["objectMappings"])) {
        return Some("object mappings".to_owned());
    }
    if !filled(&schema["directories"]) {
        return Some("directories".to_owned());
    }
    let name = |value: &Value, key: &str| value[key].as_str().unwrap_or("without a name").to_owned();
    for mapping in rules().flat_map(|rule| elements(&rule["objectMappings"])) {
        if !mapping["attributeMappings"].is_array() {
            return Some(format!("the attributeMappings of {}", name(mapping, "targetObjectName")));
        }
    }
    for directory in elements(&schema["directories"]) {
        if !filled(&directory["objects"]) {
            return Some(format!("the objects of the directory {}", name(directory, "name")));
        }
        for object in elements(&directory["objects"]) {
            if !object["attributes"].is_array() {
                return Some(format!("the attributes of {}/{}", name(directory, "name"), name(object, "name")));
            }
        }
    }
    let is_listed = |wanted: &Value| elements(&schema["directories"]).any(|directory| directory["name"] == *wanted);
    let mut sides = rules().flat_map(|rule| [&rule["sourceDirectoryName"], &rule["targetDirectoryName"]]);
    let missing = sides.find(|side| side.is_string() && !is_listed(side))?;
    Some(format!("the directory {}", missing.as_str().unwrap_or_default()))
}

/// The name of a list in a value that has a next page.
fn continued(value: &Value) -> Option<String> {
    let of_members = |members: &Map<String, Value>| {
        let own = members.keys().find_map(|key| key.strip_suffix("@odata.nextLink"));
        own.map(|list| if list.is_empty() { "values".to_owned() } else { list.to_owned() })
            .or_else(|| members.values().find_map(continued))
    };
    match value {
        Value::Object(members) => of_members(members),
        Value::Array(items) => items.iter().find_map(continued),
        _ => None,
    }
}

fn filled(list: &Value) -> bool {
    list.as_array().is_some_and(|list| !list.is_empty())
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// Whether two schemas have the same values, including those that no mapping reads. Ids, versions, annotations and the
/// order of unordered lists may differ: Graph changes them itself.
pub fn same_values(left: &str, right: &str) -> bool {
    let values = |text: &str| {
        let mut value: Value = serde_json::from_str(text).ok()?;
        // The id says where a schema was read, not what is in it.
        value.as_object_mut()?.retain(|name, _| name != "version" && name != "id");
        settle(&mut value, true);
        Some(value)
    };
    values(left).zip(values(right)).is_some_and(|(left, right)| left == right)
}

/// Removes annotations from a value and sorts its lists, except the arguments of functions, whose order matters.
fn settle(value: &mut Value, sorts: bool) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !name.contains("@odata."));
            for (name, member) in members.iter_mut() {
                settle(member, name != "parameters");
            }
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| settle(item, true));
            if sorts {
                items.sort_by_cached_key(Value::to_string);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn whole() -> Value {
        serde_json::from_str(include_str!("../../fixtures/total-export.json")).unwrap()
    }

    #[test]
    fn a_part_of_a_schema_is_told_from_a_whole_one() {
        assert_eq!(lacking(&whole()), None);
        let remove = |pointer: &str, key: &str| {
            let mut schema = whole();
            schema.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key).unwrap();
            lacking(&schema)
        };
        let set = |pointer: &str, key: &str, value: Value| {
            let mut schema = whole();
            schema.pointer_mut(pointer).unwrap()[key] = value;
            lacking(&schema)
        };
        let mapping = "/synchronizationRules/0/objectMappings/0";
        for (lacks, found) in [
            ("synchronizationRules", remove("", "synchronizationRules")),
            ("object mappings", set("/synchronizationRules/0", "objectMappings", json!([]))),
            ("directories", set("", "directories", json!([]))),
            ("the rest of its directories", set("", "directories@odata.nextLink", json!("https://…"))),
            ("the rest of its objects", set("/directories/1", "objects@odata.nextLink", json!("https://…"))),
            ("the attributeMappings of ", remove(mapping, "attributeMappings")),
            ("the attributeMappings of ", set(mapping, "attributeMappings", Value::Null)),
            ("the objects of the directory ", remove("/directories/0", "objects")),
            ("the objects of the directory ", set("/directories/1", "objects", json!([]))),
            ("the attributes of ", remove("/directories/0/objects/0", "attributes")),
            ("the directory Elsewhere", set("/synchronizationRules/0", "targetDirectoryName", json!("Elsewhere"))),
        ] {
            let found = found.unwrap_or_default();
            assert!(found.starts_with(lacks), "{lacks}: {found}");
        }
        let mut one = whole();
        one["directories"].as_array_mut().unwrap().remove(1);
        assert!(lacking(&one).is_some_and(|lacks| lacks.starts_with("the directory ")));
    }

    #[test]
    fn what_graph_adds_is_not_compared() {
        let same = |left: Value, right: Value| same_values(&left.to_string(), &right.to_string());
        let schema = json!({"id": "a", "version": "1", "directories": [{"name": "x", "n": 1}, {"name": "y"}]});
        let mut other = json!({"id": "b", "version": "2", "@odata.context": "c", "directories": [{"name": "y"},
            {"name": "x", "n": 1, "objects@odata.context": "d"}]});
        assert!(same(schema.clone(), other.clone()));
        other["directories"][1]["n"] = json!(2);
        assert!(!same(schema, other));
        let call = |parameters: Value| json!({"source": {"parameters": parameters}});
        assert!(!same(call(json!(["a", "b"])), call(json!(["b", "a"]))));
        assert!(!same_values("{", "{"));
    }
}
