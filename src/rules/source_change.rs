//! Changes to the source of a row.

use serde_json::{Value, json};

use super::{MappingView, RowView, portal};
use crate::document::Change;
use crate::expression::{Kind, Stored, parse};
use crate::model::SourceKind;
pub(super) use crate::simulate::{RowSource, stored};

/// Whether an object mapping can read an attribute, as far as its source lists any.
pub(super) fn can_read(mapping: &MappingView<'_>, attribute: &str) -> bool {
    mapping.source.as_ref().is_none_or(|object| object.attribute(attribute).is_some())
}

/// The changes that make a row a direct mapping of `attribute`: two strings if it is a direct mapping already, else the
/// whole source. None if the source directory does not list the attribute, because Entra rejects that.
pub(super) fn map_directly(mapping: &MappingView<'_>, row: &RowView<'_>, attribute: &str) -> Vec<Change> {
    if !can_read(mapping, attribute) {
        return Vec::new();
    }
    let source = row.pointer().key("source");
    let expression = format!("[{attribute}]");
    let direct = row.row.source.as_ref().is_some_and(|source| {
        source.source_kind() == Some(SourceKind::Attribute) && source.expression.is_some() && source.name.is_some()
    });
    if direct {
        vec![
            Change::Set { pointer: source.key("expression"), value: json!(expression) },
            Change::Set { pointer: source.key("name"), value: json!(attribute) },
        ]
    } else {
        replace(row, attribute_source(attribute))
    }
}

/// Changes that replace a row's source, keeping members this program does not know.
pub(super) fn replace(row: &RowView<'_>, source: Value) -> Vec<Change> {
    let pointer = row.pointer().key("source");
    match source {
        Value::Object(members) if row.row.filled_source().is_some() => {
            members.into_iter().map(|(key, value)| Change::Set { pointer: pointer.key(&key), value }).collect()
        }
        whole => vec![Change::Set { pointer, value: whole }],
    }
}

/// The changes that replace a row's expression by `text` and update the other fields to match; none if it is unknown how
/// the service writes those.
pub(super) fn rewrite(row: &RowView<'_>, text: &str) -> Vec<Change> {
    let Some(source) = row.row.filled_source() else { return Vec::new() };
    let Ok(tree) = parse(text).into_result() else { return Vec::new() };
    let pointer = row.pointer().key("source");
    let set = |key: &str, value| Change::Set { pointer: pointer.key(key), value };
    let mut changes = vec![set("expression", json!(text))];
    let name = match &tree.kind {
        Kind::Call(call) => Some(&call.name),
        Kind::Attribute(name) => Some(name),
        _ => None,
    };
    if let Some(name) = name.filter(|name| source.name.as_deref().is_some_and(|old| old != *name)) {
        changes.push(set("name", json!(name)));
    }
    if source.parameters.as_deref().is_some_and(|parameters| !parameters.is_empty()) {
        let Some(stored) = Stored::of(&tree) else { return Vec::new() };
        let mut stored = stored.to_json();
        changes.push(set("parameters", stored["parameters"].take()));
    }
    changes
}

/// A direct mapping's source, as the service writes it.
fn attribute_source(attribute: &str) -> serde_json::Value {
    json!({"expression": format!("[{attribute}]"), "name": attribute, "type": "Attribute", "parameters": []})
}

/// Adds a row that maps `attribute` directly to `target`: the change, and the steps in the portal.
///
/// Entra rejects a row whose target is not in the attribute list, or whose source attribute is not listed. In both cases
/// there is no automatic change, and a person must extend the list first.
pub(super) fn add_row(
    mapping: &MappingView<'_>,
    attribute: &str,
    target: &str,
    matching_priority: i64,
) -> (Vec<Change>, Vec<portal::Step>) {
    let step = portal::direct(attribute, target);
    let (changes, steps) = add_source(mapping, attribute_source(attribute), step, target, matching_priority);
    (if can_read(mapping, attribute) { changes } else { Vec::new() }, steps)
}

/// Like [`add_row`], for any source; `step` is the step in the portal that sets it.
pub(super) fn add_source(
    mapping: &MappingView<'_>,
    source: serde_json::Value,
    step: String,
    target: &str,
    matching_priority: i64,
) -> (Vec<Change>, Vec<portal::Step>) {
    let steps = portal::add_row(mapping, step);
    if mapping.target.as_ref().is_some_and(|object| object.attribute(target).is_none()) {
        let list = portal::attribute_list(mapping, format!("Add the attribute {target}"));
        return (Vec::new(), list.into_iter().chain(steps.into_iter().skip(1)).collect());
    }
    let value = json!({
        "defaultValue": null,
        "exportMissingReferences": false,
        "flowBehavior": "FlowWhenChanged",
        "flowType": "Always",
        "matchingPriority": matching_priority,
        "targetAttributeName": target,
        "source": source,
    });
    (vec![Change::Append { pointer: mapping.pointer.key("attributeMappings"), value }], steps)
}
