//! Changes of a JSON text that keep everything else unchanged.

use std::ops::Range;

use serde_json::{Map, Value};

use super::style::Style;
use super::{Place, Pointer, locate};

/// A change to a document, in terms of its values.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Set the value at `pointer`; a missing member is added.
    Set {
        /// The value to replace.
        pointer: Pointer,
        /// The new value.
        value: Value,
    },
    /// Append `value` to the array at `pointer`.
    Append {
        /// The array.
        pointer: Pointer,
        /// The new element.
        value: Value,
    },
    /// Remove the value at `pointer` from its array.
    Remove {
        /// The element.
        pointer: Pointer,
    },
}

impl Change {
    /// The same change relative to the part of the document at `base`; `None` for a change elsewhere.
    pub fn below(&self, base: &Pointer) -> Option<Self> {
        let mut change = self.clone();
        let (Change::Set { pointer, .. } | Change::Append { pointer, .. } | Change::Remove { pointer }) = &mut change;
        *pointer = pointer.below(base)?;
        Some(change)
    }

    /// The pointer of the change, and that of its parent as the fallback.
    pub fn pointers(&self) -> [Pointer; 2] {
        let (Change::Set { pointer, .. } | Change::Append { pointer, .. } | Change::Remove { pointer }) = self;
        [pointer.clone(), pointer.split_last().map(|(parent, _)| parent).unwrap_or_default()]
    }
}

/// A change to a text: the bytes at `span` become `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; empty for an insertion.
    pub span: Range<usize>,
    /// The new text.
    pub text: String,
}

/// Turns each list of changes into edits of `text`, each list independently. A change without an existing
/// place, or without effect, gives no edit.
///
/// New values are indented like the text, with PowerShell's PascalCase keys if the text has them.
pub fn edits(text: &str, lists: &[&[Change]]) -> Vec<Vec<Edit>> {
    if lists.iter().all(|list| list.is_empty()) {
        return vec![Vec::new(); lists.len()];
    }
    let pointers: Vec<Pointer> = lists.iter().flat_map(|list| list.iter()).flat_map(Change::pointers).collect();
    let mut places = locate(text, &pointers).into_iter();
    let around = Style::of(text);
    lists
        .iter()
        .map(|list| {
            let edits = list.iter().filter_map(|change| {
                let (place, parent) = (places.next().flatten(), places.next().flatten());
                edit(&around, change, place, parent)
            });
            edits.collect()
        })
        .collect()
}

/// A text after edits, which must be in order and must not overlap.
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

fn edit(around: &Style<'_>, change: &Change, place: Option<Place>, parent: Option<Place>) -> Option<Edit> {
    let text = around.text;
    match (change, place) {
        (Change::Set { value, .. }, Some(place)) => {
            let old = &text[place.span.clone()];
            let value = spelt_as(&place.pointer, value);
            let new = if value.is_object() || value.is_array() {
                let one_line = parent.is_some_and(|parent| around.is_one_line(&parent.span));
                around.write(place.span.start, "", &value, one_line)
            } else {
                value.to_string()
            };
            (old != new).then_some(Edit { span: place.span, text: new })
        }
        (Change::Set { pointer, value }, None) => {
            let (parent, (_, name)) = (parent?, pointer.split_last()?);
            let pascal = is_pascal(&parent.pointer);
            let key = if pascal { pascal_case(&name) } else { name.clone() };
            let value = recase(value, pascal);
            let members = around.parts(&parent.span).filter(|_| text[parent.span.clone()].starts_with('{'))?;
            let Some(last) = members.last() else {
                return Some(fill(around, parent, &Map::from_iter([(key, value)]).into(), None));
            };
            let gap = around.gap(&parent.span, &members);
            let before = format!("{gap}{}{}", Value::from(key), around.colon_of(last));
            let end = last.value.end;
            let text = around.write(end, &before, &value, around.is_one_line(&parent.span));
            Some(Edit { span: end..end, text })
        }
        (Change::Append { value, .. }, place) => {
            let place = place.filter(|place| text[place.span.clone()].starts_with('['))?;
            let value = spelt_as(&place.pointer, value);
            let elements = around.parts(&place.span)?;
            let Some(last) = elements.last() else {
                return Some(fill(around, place, &Value::from(vec![value]), parent));
            };
            let gap = around.gap(&place.span, &elements);
            let end = last.value.end;
            let text = around.write(end, &gap, &value, around.is_one_line(&place.span));
            Some(Edit { span: end..end, text })
        }
        (Change::Remove { .. }, place) => {
            let (place, parent) = (place?, parent?);
            let elements = around.parts(&parent.span)?;
            let at = elements.binary_search_by_key(&place.span.start, |element| element.span().start).ok()?;
            let span = match (at, elements.get(at + 1)) {
                (0, None) => parent.span.start + 1..parent.span.end - 1,
                (0, Some(next)) => place.span.start..next.span().start,
                (at, _) => elements[at - 1].span().end..place.span.end,
            };
            Some(Edit { span, text: String::new() })
        }
    }
}

/// Adds the first value to an empty array or object.
fn fill(around: &Style<'_>, place: Place, value: &Value, holder: Option<Place>) -> Edit {
    let one_line = holder.is_some_and(|holder| around.is_one_line(&holder.span));
    let text = around.write(place.span.start, "", value, one_line);
    Edit { span: place.span, text }
}

/// The member `key` of the object at `parent`, with the spelling of the keys in its path.
pub fn member(parent: &Pointer, key: &str) -> Pointer {
    if is_pascal(parent) { parent.key(&pascal_case(key)) } else { parent.key(key) }
}

/// Whether the keys in the path have PowerShell's spelling.
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

/// A value whose keys get the spelling of the keys in its path.
pub fn spelt_as(pointer: &Pointer, value: &Value) -> Value {
    recase(value, is_pascal(pointer))
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
    fn a_value_takes_the_place_of_null_and_of_nothing() {
        let change = || Change::Set { pointer: list().index(0).key("s"), value: json!({"y": [], "x": 1}) };
        for (nothing, something) in [
            ("{\"a\": [ { \"b\": 1, \"s\": null } ]}", "{\"a\": [ { \"b\": 1, \"s\": {\"y\": [], \"x\": 1} } ]}"),
            (
                "{\n \"a\": [\n  {}\n ]\n}",
                "{\n \"a\": [\n  {\n   \"s\": {\n    \"y\": [],\n    \"x\": 1\n   }\n  }\n ]\n}",
            ),
        ] {
            assert_eq!(changed(nothing, change()), something);
        }
    }

    #[test]
    fn nothing_is_put_where_there_is_no_list() {
        let append = Change::Append { pointer: list(), value: json!(1) };
        assert_eq!(changed("{\"a\":{\"b\":1}}", append), "{\"a\":{\"b\":1}}");
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
