//! The parts of an array or object in a text.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An element of an array, or a member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The bytes of a member's key, with its quotes; `None` for an element.
    pub(super) key: Option<Range<usize>>,
    /// The bytes of the value.
    pub(super) value: Range<usize>,
}

impl Part {
    /// The whole part: from its key, if it has one, to the end of its value.
    pub(super) fn span(&self) -> Range<usize> {
        self.key.as_ref().unwrap_or(&self.value).start..self.value.end
    }
}

/// The parts of the array or object at `span`, in order; `None` for any other value, and for invalid JSON.
pub(super) fn parts(text: &str, span: &Range<usize>) -> Option<Vec<Part>> {
    let json = text.get(span.clone())?;
    let at = |value: &RawValue| {
        let start = value.get().as_ptr().addr() - text.as_ptr().addr();
        start..start + value.get().len()
    };
    if json.starts_with('[') {
        let elements: Vec<&RawValue> = serde_json::from_str(json).ok()?;
        return Some(elements.into_iter().map(|value| Part { key: None, value: at(value) }).collect());
    }
    let Members(members) = serde_json::from_str(json).ok()?;
    Some(members.into_iter().map(|(key, value)| Part { key: Some(at(key)), value: at(value) }).collect())
}

/// The members of an object in the order of the text.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Members<'de>, A::Error> {
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
