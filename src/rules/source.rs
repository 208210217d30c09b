//! What feeds a row.

use std::borrow::Cow;
use std::fmt;

use serde_json::json;

use super::{MappingView, RowView, portal};
use crate::document::Change;
use crate::document::shortened;
use crate::expression::{Expression, Kind, Stored, StoredKind, parse};
use crate::model::{AttributeMapping, AttributeMappingSource, SourceKind};

/// What a row's value comes from, by its expression, else by its name and type.
#[derive(Clone, Debug, PartialEq)]
pub enum Feed<'a> {
    /// Nothing but the default value.
    Nothing,
    /// An attribute, directly.
    Attribute(Cow<'a, str>),
    /// A text, the same for everyone.
    Constant(Cow<'a, str>),
    /// An expression, with its tree where it can be read.
    Expression(&'a str, Option<Expression>),
}

impl<'a> Feed<'a> {
    /// Reads a row's source.
    pub(super) fn of(row: &'a AttributeMapping<'a>) -> Self {
        let Some(source) = row.filled_source() else { return Feed::Nothing };
        if let Some(name) = source.direct() {
            return Feed::Attribute(name.into());
        }
        let name = source.name.as_deref().unwrap_or_default();
        let Some(expression) = source.expression.as_deref() else {
            return match source.source_kind() {
                Some(SourceKind::Attribute) => Feed::Attribute(name.into()),
                Some(SourceKind::Constant) => Feed::Constant(name.into()),
                Some(SourceKind::Function) => {
                    Feed::Expression(name, stored(source).and_then(|tree| tree.to_expression()))
                }
                None => Feed::Expression(name, None),
            };
        };
        match parse(expression).into_result() {
            Ok(Expression { kind: Kind::Attribute(name), .. }) => Feed::Attribute(name.into()),
            Ok(Expression { kind: Kind::Text(text), .. }) => Feed::Constant(text.into()),
            Ok(tree) => Feed::Expression(expression, Some(tree)),
            Err(_) => Feed::Expression(expression, None),
        }
    }

    /// The attributes it reads.
    pub(super) fn attributes(&self) -> Vec<&str> {
        match self {
            Feed::Attribute(name) => vec![name],
            Feed::Expression(_, Some(tree)) => tree.attributes(),
            Feed::Nothing | Feed::Constant(_) | Feed::Expression(_, None) => Vec::new(),
        }
    }

    /// The functions it calls.
    pub(super) fn functions(&self) -> Vec<&str> {
        match self {
            Feed::Expression(_, Some(tree)) => tree.calls().iter().map(|call| call.name.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Feed<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Feed::Nothing => formatter.write_str("nothing but its default value"),
            Feed::Attribute(name) => write!(formatter, "`{}`", shortened(name)),
            Feed::Constant(text) => write!(formatter, "the constant \"{}\"", shortened(text)),
            Feed::Expression(text, _) => write!(formatter, "the expression `{}`", shortened(text)),
        }
    }
}

/// How deep a stored tree may be: deeper than any expression, and no deeper than the stack.
const DEEPEST: usize = crate::expression::DEEPEST;

/// A source's `name`, `type` and `parameters`; `None` where one of them doesn't say what it should.
pub(super) fn stored(source: &AttributeMappingSource<'_>) -> Option<Stored> {
    fn tree(source: &AttributeMappingSource<'_>, depth: usize) -> Option<Stored> {
        let kind = match source.source_kind()? {
            SourceKind::Attribute => StoredKind::Attribute,
            SourceKind::Constant => StoredKind::Constant,
            SourceKind::Function => StoredKind::Function,
        };
        let parameters = source.parameters.as_deref().unwrap_or_default().iter().map(|parameter| {
            let value = parameter.value.as_ref().filter(|_| depth < DEEPEST)?;
            Some((parameter.key.as_deref()?.to_owned(), tree(value, depth + 1)?))
        });
        Some(Stored {
            expression: source.expression.as_deref().map(str::to_owned),
            name: source.name.as_deref()?.to_owned(),
            kind,
            parameters: parameters.collect::<Option<_>>()?,
        })
    }
    tree(source, 0)
}

/// The changes that make a row a direct mapping of `attribute`: the two strings where it is one already, else
/// the whole source.
pub(super) fn map_directly(row: &RowView<'_>, attribute: &str) -> Vec<Change> {
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
        vec![Change::Set { pointer: source, value: attribute_source(attribute) }]
    }
}

/// The changes that put `text` in the place of a row's expression, and make the other fields follow; none where
/// it isn't known how the service would write those.
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

/// What adds a row that maps `attribute` directly to `target`: the change, and the way through the portal.
///
/// Entra refuses a row whose target isn't in the attribute list, so there the list comes first, and the change is
/// a person's.
pub(super) fn add_row(
    mapping: &MappingView<'_>,
    attribute: &str,
    target: &str,
    matching_priority: i64,
) -> (Vec<Change>, Vec<String>) {
    let step = portal::direct(attribute, target);
    add_source(mapping, attribute_source(attribute), step, target, matching_priority)
}

/// As [`add_row`], for any source, with the step of the portal that sets it.
pub(super) fn add_source(
    mapping: &MappingView<'_>,
    source: serde_json::Value,
    step: String,
    target: &str,
    matching_priority: i64,
) -> (Vec<Change>, Vec<String>) {
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
