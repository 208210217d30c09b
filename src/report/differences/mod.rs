//! The differences between two schemas: one file a format, one line in [`DIFFERENCE_FORMATS`].

mod json;
mod markdown;
mod pretty;

use serde_json::Value;

use super::Format;
use crate::inspection::Inspection;
use crate::model::Difference;
use crate::text::shortened;

/// Every format that shows differences; the first is the default.
pub static DIFFERENCE_FORMATS: &[Format<DifferenceReport>] = &[pretty::FORMAT, json::FORMAT, markdown::FORMAT];

/// The differences between two schemas, credentials masked.
#[derive(Debug)]
pub struct DifferenceReport {
    /// The name of the first.
    old: String,
    /// The name of the second.
    new: String,
    lines: Vec<Line>,
}

/// One difference.
#[derive(Debug)]
struct Line {
    kind: Kind,
    subject: String,
    property: Option<String>,
    old: Option<Value>,
    new: Option<Value>,
}

/// The kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Added,
    Removed,
    Changed,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Added, Kind::Removed, Kind::Changed];

    fn of(difference: &Difference) -> Self {
        match (&difference.property, &difference.old, &difference.new) {
            (None, None, _) => Kind::Added,
            (None, _, None) => Kind::Removed,
            _ => Kind::Changed,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Kind::Added => "added",
            Kind::Removed => "removed",
            Kind::Changed => "changed",
        }
    }
}

impl Line {
    fn masked(difference: &Difference, sides: &[Inspection<'_>; 2]) -> Self {
        let key = difference.property.as_deref().unwrap_or_default();
        let masked = |value: &Value| sides.iter().fold(value.clone(), |value, side| side.mask_value(key, &value));
        let value = |value: &Option<Value>| value.as_ref().map(masked);
        Line {
            kind: Kind::of(difference),
            subject: sides.iter().fold(difference.subject_text(), |subject, side| side.mask(&subject)),
            property: difference.property.clone(),
            old: value(&difference.old),
            new: value(&difference.new),
        }
    }
}

impl DifferenceReport {
    /// The report on `differences` between two sides of these names, with what their texts reveal.
    pub fn new(old: String, new: String, differences: &[Difference], sides: &[Inspection<'_>; 2]) -> Self {
        let lines = differences.iter().map(|difference| Line::masked(difference, sides)).collect();
        DifferenceReport { old, new, lines }
    }

    /// Whether the two sides are equal.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn count(&self, kind: Kind) -> usize {
        self.lines.iter().filter(|line| line.kind == kind).count()
    }
}

/// A property's value in a few words.
fn value(value: Option<&Value>) -> String {
    let said = match value {
        None => return "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => scope(other).unwrap_or_else(|| other.to_string()),
    };
    shortened(&said).into_owned()
}

/// A scope filter in words: at least one of its groups must hold, and every clause of that group.
fn scope(value: &Value) -> Option<String> {
    let groups = value.get("groups")?.as_array()?.iter().map(|group| {
        let clauses = group.get("clauses")?.as_array()?.iter().map(clause).collect::<Option<Vec<_>>>()?;
        Some(clauses.join(" and "))
    });
    Some(groups.collect::<Option<Vec<_>>>()?.join(", or "))
}

fn clause(clause: &Value) -> Option<String> {
    let text = |key: &str| clause.get(key).and_then(Value::as_str);
    let values = clause.get("targetOperand").and_then(|operand| operand.get("values")).and_then(Value::as_array);
    let values = values.into_iter().flatten().map(|value| format!(" {value}")).collect::<Vec<_>>().join(",");
    Some(format!("{} {}{values}", text("sourceOperandName")?, text("operatorName")?))
}

/// A whole row or attribute in a few words.
fn whole(thing: Option<&Value>) -> String {
    let Some(members) = thing.and_then(Value::as_object) else { return String::new() };
    let mut said = Vec::new();
    if let Some(source) = members.get("source") {
        said.push(format!("mapped from {}", value(source.get("expression").or(Some(source)))));
    }
    for key in
        ["defaultValue", "matchingPriority", "flowType", "flowTypes", "enabled", "type", "multivalued", "required"]
    {
        let plain =
            |value: &&Value| !matches!(value, Value::Null | Value::Bool(false)) && **value != 0 && **value != "";
        if let Some(member) = members.get(key).filter(plain) {
            said.push(format!("{key} {}", value(Some(member))));
        }
    }
    said.join(", ")
}
