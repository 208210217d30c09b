//! Changes of a JSON text that leave everything else as it is.

use std::ops::Range;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Place, Pointer, locate};

/// A change to a document, in terms of its values.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Put `value` where `pointer` leads; a member that is missing is added.
    Set {
        /// The value to replace.
        pointer: Pointer,
        /// The new value.
        value: Value,
    },
    /// Put `value` behind the last element of the array at `pointer`.
    Append {
        /// The array.
        pointer: Pointer,
        /// The new element.
        value: Value,
    },
    /// Take the value at `pointer` out of its array.
    Remove {
        /// The element.
        pointer: Pointer,
    },
}

impl Change {
    /// The same change of a part of the document, which stands at `base`; `None` for one elsewhere.
    pub fn below(&self, base: &Pointer) -> Option<Self> {
        let mut change = self.clone();
        let (Change::Set { pointer, .. } | Change::Append { pointer, .. } | Change::Remove { pointer }) = &mut change;
        *pointer = pointer.below(base)?;
        Some(change)
    }

    /// The pointer it names, and the one it falls back on: what holds the value.
    fn pointers(&self) -> [Pointer; 2] {
        let (Change::Set { pointer, .. } | Change::Append { pointer, .. } | Change::Remove { pointer }) = self;
        [pointer.clone(), pointer.split_last().map(|(parent, _)| parent).unwrap_or_default()]
    }
}

/// A change to a text: what stands at `span` becomes `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; empty for an insertion.
    pub span: Range<usize>,
    /// What to put there.
    pub text: String,
}

/// Turns each list of changes into edits of `text`, each list by itself. A change that leads nowhere, or would
/// change nothing, gives none.
///
/// New values are indented like their neighbours, with the text's own line ends, and with PowerShell's
/// PascalCase keys where the text has those.
pub fn edits(text: &str, lists: &[&[Change]]) -> Vec<Vec<Edit>> {
    if lists.iter().all(|list| list.is_empty()) {
        return vec![Vec::new(); lists.len()];
    }
    let pointers: Vec<Pointer> = lists.iter().flat_map(|list| list.iter()).flat_map(Change::pointers).collect();
    let mut places = locate(text, &pointers).into_iter();
    let layout = Layout::of(text);
    lists
        .iter()
        .map(|list| {
            let edits = list.iter().filter_map(|change| {
                let (place, parent) = (places.next().flatten(), places.next().flatten());
                edit(text, &layout, change, place, parent)
            });
            edits.collect()
        })
        .collect()
}

/// A text after edits, which lie apart and in its order.
pub fn applied(text: &str, edits: &[Edit]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        result.push_str(&text[done..edit.span.start]);
        result.push_str(&edit.text);
        done = edit.span.end;
    }
    result.push_str(&text[done..]);
    result
}

fn edit(text: &str, layout: &Layout<'_>, change: &Change, place: Option<Place>, parent: Option<Place>) -> Option<Edit> {
    match (change, place) {
        (Change::Set { value, .. }, Some(place)) => {
            let old = &text[place.span.clone()];
            let pascal = is_pascal(&place.pointer);
            let new = if value.is_object() || value.is_array() {
                layout.render(&recase(value, pascal), old.contains('\n'), indent_before(text, place.span.start))
            } else {
                value.to_string()
            };
            (old != new).then_some(Edit { span: place.span, text: new })
        }
        (Change::Set { pointer, value }, None) => {
            let (parent, (_, key)) = (parent?, pointer.split_last()?);
            let pascal = is_pascal(&parent.pointer);
            let entries = children(text, &parent.span)?;
            let last = entries.last()?;
            let key = if pascal { pascal_case(&key) } else { key };
            let multiline = text[parent.span.start..entries[0].start].contains('\n');
            let indent = indent_before(text, last.start);
            let value = layout.render(&recase(value, pascal), multiline, indent);
            let (gap, colon) =
                if multiline { (format!("{}{indent}", layout.newline), ": ") } else { (String::new(), ":") };
            Some(Edit { span: last.end..last.end, text: format!(",{gap}{}{colon}{value}", Value::String(key)) })
        }
        (Change::Append { value, .. }, place) => {
            let place = place?;
            let value = recase(value, is_pascal(&place.pointer));
            let elements = children(text, &place.span)?;
            let Some(last) = elements.last() else {
                let inner = format!("{}{}", indent_before(text, place.span.start), layout.unit);
                let value = layout.render(&value, layout.multiline, &inner);
                let outer = indent_before(text, place.span.start);
                let newline = if layout.multiline { layout.newline } else { "" };
                let (inner, outer) = if layout.multiline { (inner.as_str(), outer) } else { ("", "") };
                return Some(Edit { span: place.span, text: format!("[{newline}{inner}{value}{newline}{outer}]") });
            };
            let multiline = text[place.span.start..elements[0].start].contains('\n');
            let indent = indent_before(text, last.start);
            let value = layout.render(&value, multiline, indent);
            let gap = if multiline { format!("{}{indent}", layout.newline) } else { String::new() };
            Some(Edit { span: last.end..last.end, text: format!(",{gap}{value}") })
        }
        (Change::Remove { .. }, place) => {
            let (place, parent) = (place?, parent?);
            let elements = children(text, &parent.span)?;
            let at = elements.iter().position(|element| *element == place.span)?;
            let span = match (at, elements.get(at + 1)) {
                (0, None) => parent.span.start + 1..parent.span.end - 1,
                (0, Some(next)) => place.span.start..next.start,
                (at, _) => elements[at - 1].end..place.span.end,
            };
            Some(Edit { span, text: String::new() })
        }
    }
}

/// The spans of an array's elements, or from each member's key to the end of its value.
fn children(text: &str, span: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let part = &text[span.clone()];
    let at = |value: &RawValue| {
        let start = value.get().as_ptr().addr() - text.as_ptr().addr();
        start..start + value.get().len()
    };
    if part.starts_with('[') {
        let elements: Vec<&RawValue> = serde_json::from_str(part).ok()?;
        return Some(elements.into_iter().map(at).collect());
    }
    let members: Members<'_> = serde_json::from_str(part).ok()?;
    Some(members.0.into_iter().map(|(key, value)| at(key).start..at(value).end).collect())
}

/// The members of an object as they stand in the text.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> serde::de::Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = access.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// How a text is laid out.
struct Layout<'t> {
    newline: &'t str,
    unit: &'t str,
    multiline: bool,
}

impl<'t> Layout<'t> {
    fn of(text: &'t str) -> Self {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let indented = text.lines().skip(1).find(|line| line.starts_with([' ', '\t']));
        let unit = indented.map_or("  ", |line| &line[..line.len() - line.trim_start().len()]);
        Layout { newline, unit, multiline: text.trim_end().contains('\n') }
    }

    /// `value` as JSON whose first line stands behind what is there and whose others are indented by `indent`.
    fn render(&self, value: &Value, multiline: bool, indent: &str) -> String {
        if !multiline {
            return value.to_string();
        }
        let mut bytes = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(self.unit.as_bytes());
        let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter));
        match written.ok().and_then(|()| String::from_utf8(bytes).ok()) {
            Some(pretty) => pretty.replace('\n', &format!("{}{indent}", self.newline)),
            None => value.to_string(),
        }
    }
}

/// The blanks at the start of the line on which `offset` lies.
fn indent_before(text: &str, offset: usize) -> &str {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[start..offset];
    &line[..line.len() - line.trim_start().len()]
}

/// Whether the keys on the way are PowerShell's.
fn is_pascal(pointer: &Pointer) -> bool {
    pointer.segments().any(|segment| segment.starts_with(|first: char| first.is_ascii_uppercase()))
}

fn pascal_case(key: &str) -> String {
    let mut key = key.to_owned();
    if let Some(first) = key.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    key
}

fn recase(value: &Value, pascal: bool) -> Value {
    match value {
        Value::Object(members) if pascal => {
            members.iter().map(|(key, member)| (pascal_case(key), recase(member, pascal))).collect()
        }
        Value::Array(items) if pascal => items.iter().map(|item| recase(item, pascal)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changed(text: &str, change: Change) -> String {
        applied(text, &edits(text, &[&[change]]).concat())
    }

    fn list() -> Pointer {
        Pointer::root().key("a")
    }

    #[test]
    fn a_value_is_replaced_and_nothing_else_touched() {
        let text = "{ \"a\" : [1.0e3 , \"x\"] }";
        let change = Change::Set { pointer: list().index(1), value: json!("y\"") };
        assert_eq!(changed(text, change), "{ \"a\" : [1.0e3 , \"y\\\"\"] }");
        assert_eq!(edits(text, &[&[Change::Set { pointer: list().index(1), value: json!("x") }]]), [[]]);
    }

    #[test]
    fn a_new_element_is_laid_out_like_its_neighbours() {
        let append = || Change::Append { pointer: list(), value: json!({"k": 1}) };
        assert_eq!(changed("{\"a\":[{}]}", append()), "{\"a\":[{},{\"k\":1}]}");
        assert_eq!(changed("{\"a\":[]}", append()), "{\"a\":[{\"k\":1}]}");
        let windows = "{\r\n\t\"a\": [\r\n\t\t{}\r\n\t]\r\n}";
        assert_eq!(
            changed(windows, append()),
            "{\r\n\t\"a\": [\r\n\t\t{},\r\n\t\t{\r\n\t\t\t\"k\": 1\r\n\t\t}\r\n\t]\r\n}"
        );
        assert_eq!(changed("{\n  \"a\": []\n}", append()), "{\n  \"a\": [\n    {\n      \"k\": 1\n    }\n  ]\n}");
    }

    #[test]
    fn a_missing_member_is_added_in_the_spelling_of_its_neighbours() {
        let change = |value| Change::Set { pointer: list().key("flowType"), value };
        assert_eq!(
            changed("{\n  \"A\": {\n    \"Name\": 1\n  }\n}", change(json!({"k": 1}))),
            "{\n  \"A\": {\n    \"Name\": 1,\n    \"FlowType\": {\n      \"K\": 1\n    }\n  }\n}"
        );
        assert_eq!(changed("{\"a\":{\"x\":1}}", change(json!(2))), "{\"a\":{\"x\":1,\"flowType\":2}}");
    }

    #[test]
    fn an_element_goes_with_one_comma() {
        let remove = |index| Change::Remove { pointer: list().index(index) };
        assert_eq!(changed("{\"a\": [1, 2, 3]}", remove(0)), "{\"a\": [2, 3]}");
        assert_eq!(changed("{\"a\": [1, 2, 3]}", remove(1)), "{\"a\": [1, 3]}");
        assert_eq!(changed("{\"a\": [1, 2, 3]}", remove(2)), "{\"a\": [1, 2]}");
        assert_eq!(changed("{\"a\": [ 1 ]}", remove(0)), "{\"a\": []}");
    }
}
