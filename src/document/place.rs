//! The place of a value in a text.
//!
//! Places are looked up after the rules have run, all of a document in one pass that reads only the paths to them:
//! serde_json skips the rest. The grammar is serde_json's own, so places always agree with what was parsed.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Pointer;
use super::strict::camel_case;

/// A value's place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The pointer as the file spells it.
    pub pointer: Pointer,
    /// The value's bytes.
    pub span: Range<usize>,
}

/// Finds the values that `pointers` name in `text`, in order; `None` for a value that does not exist.
///
/// A key is found in Graph's spelling and in PowerShell's (`source`, `Source`). In invalid JSON, only
/// places before the mistake are found.
pub fn locate<'p>(text: &str, pointers: impl IntoIterator<Item = &'p Pointer>) -> Vec<Option<Place>> {
    let mut wanted = Wanted::default();
    let mut count = 0;
    for (slot, pointer) in pointers.into_iter().enumerate() {
        wanted.add(pointer, slot);
        count = slot + 1;
    }
    let mut found = Found { places: vec![None; count], missing: count };
    if count > 0 {
        let search = Search { text, pointer: &Pointer::root(), wanted: &wanted, found: &mut found };
        // Places after a mistake stay `None`; the mistake itself was reported when the text was parsed. The last place ends
        // the search as an error, too.
        let _ = search.deserialize(&mut serde_json::Deserializer::from_str(text));
    }
    found.places
}

/// The places so far.
struct Found {
    places: Vec<Option<Place>>,
    missing: usize,
}

impl Found {
    fn set(&mut self, slot: usize, place: Place) {
        if self.places[slot].replace(place).is_none() {
            self.missing -= 1;
        }
    }

    /// An error where nothing more is to be found, so that the rest of the text is not read.
    fn go_on<E: Error>(&self) -> Result<(), E> {
        if self.missing == 0 { Err(E::custom("everything is found")) } else { Ok(()) }
    }
}

/// The pointers to find as a tree, with keys in Graph's spelling.
#[derive(Default)]
struct Wanted {
    here: Vec<usize>,
    below: BTreeMap<String, Wanted>,
}

impl Wanted {
    fn add(&mut self, pointer: &Pointer, slot: usize) {
        let mut node = self;
        for segment in pointer.segments() {
            node = node.below.entry(camel_case(&segment)).or_default();
        }
        node.here.push(slot);
    }
}

struct Search<'a> {
    text: &'a str,
    pointer: &'a Pointer,
    wanted: &'a Wanted,
    found: &'a mut Found,
}

impl<'de> DeserializeSeed<'de> for Search<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.wanted.here.is_empty() {
            return deserializer.deserialize_any(self);
        }
        let value = <&RawValue as serde::Deserialize>::deserialize(deserializer)?.get();
        let start = value.as_ptr().addr() - self.text.as_ptr().addr();
        for slot in &self.wanted.here {
            self.found.set(*slot, Place { pointer: self.pointer.clone(), span: start..start + value.len() });
        }
        self.found.go_on()?;
        if self.wanted.below.is_empty() {
            return Ok(());
        }
        // The value was read as raw text, so the places inside it need a second pass.
        serde_json::Deserializer::from_str(value).deserialize_any(self).map_err(D::Error::custom)
    }
}

macro_rules! no_way_on {
    ($($method:ident($type:ty);)*) => {$(
        fn $method<E: Error>(self, _: $type) -> Result<(), E> {
            Ok(())
        }
    )*};
}

impl<'de> Visitor<'de> for Search<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    no_way_on! { visit_bool(bool); visit_i64(i64); visit_u64(u64); visit_f64(f64); visit_str(&str); }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(key) = access.next_key::<std::borrow::Cow<'de, str>>()? {
            match self.wanted.below.get(&camel_case(&key)) {
                Some(wanted) => access.next_value_seed(Search {
                    text: self.text,
                    pointer: &self.pointer.key(&key),
                    wanted,
                    found: &mut *self.found,
                })?,
                None => drop(access.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        for index in 0.. {
            let more = match self.wanted.below.get(index.to_string().as_str()) {
                Some(wanted) => access
                    .next_element_seed(Search {
                        text: self.text,
                        pointer: &self.pointer.index(index),
                        wanted,
                        found: &mut *self.found,
                    })?
                    .is_some(),
                None => access.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans<'t>(text: &'t str, pointers: &[&Pointer]) -> Vec<Option<(String, &'t str)>> {
        let places = locate(text, pointers.iter().copied());
        places.into_iter().map(|place| place.map(|place| (place.pointer.to_string(), &text[place.span]))).collect()
    }

    #[test]
    fn values_are_found_in_one_pass_also_within_each_other() {
        let text = r#"{"a": [ {"b": 1}, { "c/d" : [true, "x"] } ], "z": null}"#;
        let item = Pointer::root().key("a").index(1);
        let inner = item.key("c/d").index(1);
        let lost = item.key("nowhere");
        assert_eq!(
            spans(text, &[&inner, &item, &lost, &Pointer::root(), &Pointer::root().key("z")]),
            [
                Some(("/a/1/c~1d/1".into(), "\"x\"")),
                Some(("/a/1".into(), r#"{ "c/d" : [true, "x"] }"#)),
                None,
                Some((String::new(), text)),
                Some(("/z".into(), "null")),
            ]
        );
    }

    #[test]
    fn the_pointer_given_back_is_spelt_as_the_file_spells_it() {
        let text = r#"{"Source": {"Name": "x"}}"#;
        assert_eq!(
            spans(text, &[&Pointer::root().key("source").key("name")]),
            [Some(("/Source/Name".into(), "\"x\""))]
        );
    }
}
