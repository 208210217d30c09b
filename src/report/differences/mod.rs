//! What differs between two schemas: one file a format, one line in [`DIFFERENCE_FORMATS`].

mod json;
mod markdown;
mod pretty;

use serde_json::Value;

use super::Format;
use crate::model::Difference;
use crate::text::shortened;

/// Every format that shows differences; the first is the default.
pub static DIFFERENCE_FORMATS: &[Format<DifferenceReport>] = &[pretty::FORMAT, json::FORMAT, markdown::FORMAT];

/// What differs between two schemas. Credentials are masked in it.
#[derive(Debug)]
pub struct DifferenceReport {
    /// The name of the first.
    pub old: String,
    /// The name of the second.
    pub new: String,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// What happened to a thing.
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

impl DifferenceReport {
    fn count(&self, kind: Kind) -> usize {
        self.differences.iter().filter(|difference| Kind::of(difference) == kind).count()
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

/// A scope filter as people say it: one of its groups has to hold, and of a group every clause.
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
        said.push(format!("fed from {}", value(source.get("expression").or(Some(source)))));
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
