//! PATCH as the tests' own SCIM server carries it out (RFC 7644, section 3.5.2), with what Entra sends beyond that.

use serde_json::{Map, Value, json};

use super::endpoint::ENTERPRISE;

/// What is done wrong.
#[derive(Default)]
pub struct Patching {
    pub clears_group: bool,
    pub refuses_removal: bool,
    pub refuses_text: bool,
    pub stores_text: bool,
    pub refuses_add: bool,
    pub refuses_capital: bool,
    pub refuses_absent: bool,
    pub duplicates_element: bool,
    pub drops_type: bool,
    pub stores_keys: bool,
    pub ignores_pathless: bool,
    pub refuses_manager: bool,
    pub refuses_member_twice: bool,
    pub refuses_replacing_absent: bool,
    pub replaces_whole: bool,
    pub ignores_active: bool,
    pub refuses_value_removal: bool,
}

/// A status and a scimType.
type Refused = (u16, &'static str);

/// Carries out operations.
pub fn patch(resource: &mut Map<String, Value>, operations: &Value, how: &Patching) -> Result<(), Refused> {
    for operation in operations.as_array().ok_or((400, "invalidSyntax"))? {
        let op = operation["op"].as_str().ok_or((400, "invalidSyntax"))?;
        let lower = op.to_lowercase();
        if (how.refuses_capital && op != lower) || (how.refuses_add && op == "Add") {
            return Err((400, "invalidSyntax"));
        }
        let value = operation.get("value").unwrap_or(&Value::Null);
        match operation["path"].as_str() {
            Some(path) => one(resource, &lower, path, value, how)?,
            None if how.ignores_pathless => {}
            None => {
                let keys = value.as_object().into_iter().flat_map(Map::keys).filter(|_| how.replaces_whole);
                for whole in keys.filter(|path| !path.contains(':')).filter_map(|path| path.split_once('.')) {
                    resource.remove(whole.0);
                }
                for (path, value) in value.as_object().ok_or((400, "invalidSyntax"))? {
                    if how.stores_keys && (path.contains('.') || path.contains(':')) {
                        resource.insert(path.clone(), value.clone());
                        continue;
                    }
                    if how.ignores_active && path == "active" {
                        continue;
                    }
                    match value {
                        Value::Object(inside) if path.contains(':') && !is_manager(path) => {
                            for (attribute, value) in inside {
                                one(resource, &lower, &format!("{path}:{attribute}"), value, how)?;
                            }
                        }
                        value => one(resource, &lower, path, value, how)?,
                    }
                }
            }
        }
    }
    Ok(())
}

fn is_manager(path: &str) -> bool {
    path == "manager" || path == format!("{ENTERPRISE}:manager")
}

/// Carries out one operation on one attribute.
fn one(resource: &mut Map<String, Value>, op: &str, path: &str, value: &Value, how: &Patching) -> Result<(), Refused> {
    if path == "members" || path.starts_with("members[") {
        return members(resource, op, path, value, how);
    }
    if is_manager(path) || path.starts_with(&format!("{ENTERPRISE}:manager[")) || path.starts_with("manager[") {
        return manager(resource, op, value, how);
    }
    if op == "remove" && how.refuses_value_removal {
        return Err((400, "invalidSyntax"));
    }
    let value = typed(path, value, how)?;
    if let Some((attribute, rest)) = path.split_once('[') {
        let (filter, sub) = rest.split_once(']').ok_or((400, "invalidPath"))?;
        let (key, wanted) = filter.split_once(" eq ").ok_or((400, "invalidPath"))?;
        let wanted: Value = serde_json::from_str(wanted).map_err(|_| (400, "invalidPath"))?;
        let wanted = if key == "primary" { boolean(&wanted).unwrap_or(wanted) } else { wanted };
        return element(resource, op, (attribute, key, &wanted, sub.trim_start_matches('.')), value, how);
    }
    let (container, path) = match path.rsplit_once(':') {
        Some((urn, attribute)) if urn.ends_with(":core:2.0:User") => (resource, attribute),
        Some((urn, attribute)) => (object(resource.entry(urn).or_insert_with(|| json!({}))), attribute),
        None => (resource, path),
    };
    let (container, attribute) = match path.split_once('.') {
        Some((attribute, sub)) => (object(container.entry(attribute).or_insert_with(|| json!({}))), sub),
        None => (container, path),
    };
    if op == "remove" || value.is_null() || value == json!("") {
        container.remove(attribute);
        return Ok(());
    }
    match (op, container.get_mut(attribute), value) {
        ("add", Some(Value::Array(items)), Value::Array(new)) => {
            let new: Vec<Value> = new.into_iter().filter(|item| !items.contains(item)).collect();
            items.extend(new);
        }
        (_, Some(Value::Object(known)), Value::Object(new)) => known.extend(new),
        (_, _, value) => drop(container.insert(attribute.to_owned(), value)),
    }
    Ok(())
}

/// A value with booleans where the attribute is one.
fn typed(path: &str, value: &Value, how: &Patching) -> Result<Value, Refused> {
    let is_boolean = path == "active" || path.ends_with("primary");
    if !is_boolean || !value.is_string() || how.stores_text {
        return Ok(primaries(value));
    }
    if how.refuses_text {
        return Err((400, "invalidValue"));
    }
    boolean(value).ok_or((400, "invalidValue"))
}

/// The same with booleans in elements.
fn primaries(value: &Value) -> Value {
    let mut value = value.clone();
    for item in value.as_array_mut().into_iter().flatten() {
        if let Some(primary) = item.get("primary").and_then(boolean) {
            item["primary"] = primary;
        }
    }
    value
}

fn boolean(value: &Value) -> Option<Value> {
    match value.as_str()?.to_lowercase().as_str() {
        "true" => Some(json!(true)),
        "false" => Some(json!(false)),
        _ => None,
    }
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    value.as_object_mut().expect("it is one")
}

/// `emails[type eq "work"].value`
fn element(
    resource: &mut Map<String, Value>,
    op: &str,
    (attribute, key, wanted, sub): (&str, &str, &Value, &str),
    value: Value,
    how: &Patching,
) -> Result<(), Refused> {
    let items = resource.entry(attribute).or_insert_with(|| json!([])).as_array_mut().ok_or((400, "invalidPath"))?;
    let fits = |item: &Value| &item[key] == wanted;
    if op == "remove" {
        if sub.is_empty() {
            items.retain(|item| !fits(item));
        } else {
            items.retain(|item| !fits(item) || sub != "value");
            items.iter_mut().filter(|item| fits(item)).for_each(|item| drop(object(item).remove(sub)));
        }
        return Ok(());
    }
    let at = items.iter().position(fits).filter(|_| !how.duplicates_element);
    let at = match at {
        Some(at) => at,
        None if how.refuses_absent || (how.refuses_replacing_absent && op == "replace") => {
            return Err((400, "noTarget"));
        }
        None => {
            items.push(if how.drops_type { json!({}) } else { json!({key: wanted}) });
            items.len() - 1
        }
    };
    match (sub, value) {
        ("", Value::Object(new)) => object(&mut items[at]).extend(new),
        ("", value) => drop(object(&mut items[at]).insert("value".into(), value)),
        (sub, value) if value.is_null() || value == json!("") => drop(object(&mut items[at]).remove(sub)),
        (sub, value) => drop(object(&mut items[at]).insert(sub.into(), value)),
    }
    Ok(())
}

/// A text, an object or a list of one object sets the manager; nothing, an empty text, null or remove clears it.
fn manager(resource: &mut Map<String, Value>, op: &str, value: &Value, how: &Patching) -> Result<(), Refused> {
    if how.refuses_manager && value.is_string() {
        return Err((400, "invalidValue"));
    }
    let extension = object(resource.entry(ENTERPRISE).or_insert_with(|| json!({})));
    let value = value.as_array().and_then(|items| items.first()).unwrap_or(value);
    let id = value.as_str().or_else(|| value["value"].as_str()).unwrap_or_default();
    if op == "remove" || id.is_empty() {
        extension.remove("manager");
    } else {
        extension.insert("manager".into(), json!({"value": id}));
    }
    Ok(())
}

fn members(
    resource: &mut Map<String, Value>,
    op: &str,
    path: &str,
    value: &Value,
    how: &Patching,
) -> Result<(), Refused> {
    let items = resource.entry("members").or_insert_with(|| json!([])).as_array_mut().ok_or((400, "invalidPath"))?;
    let one = |item: &Value| json!({"value": item.as_str().map_or_else(|| item["value"].clone(), |id| json!(id))});
    let mut named: Vec<Value> = value.as_array().into_iter().flatten().map(one).collect();
    if let Some((_, id)) = path.split_once("[value eq ") {
        let id = id.trim_end_matches(']');
        named.push(json!({"value": serde_json::from_str::<Value>(id).map_err(|_| (400, "invalidPath"))?}));
    }
    match op {
        "remove" if how.refuses_removal => return Err((400, "invalidPath")),
        "remove" if how.clears_group || named.is_empty() => items.clear(),
        "remove" => items.retain(|item| !named.contains(item)),
        "replace" => *items = named,
        _ => {
            if how.refuses_member_twice && named.iter().any(|item| items.contains(item)) {
                return Err((409, "uniqueness"));
            }
            let new: Vec<Value> = named.into_iter().filter(|item| !items.contains(item)).collect();
            items.extend(new);
        }
    }
    Ok(())
}
