//! Finds places in a YAML file.
//!
//! serde_yaml reports places only in errors. So the visitor raises an error at the place that is searched, and the error's
//! location is the result. This way no second YAML parser is needed.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::pruned::{Path, Pruned};

/// One step of a path in a YAML document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'p> {
    /// The entry with this key.
    Key(&'p str),
    /// The element with this index.
    Index(usize),
    /// The value of the key before, instead of the key.
    Value,
}

/// The line and column (from 1, columns in characters) of a key, or of a value.
pub(super) fn locate(document: &Pruned<'_>, path: &[Step<'_>]) -> Option<(usize, usize)> {
    let error = document.read_with(Stop { path, at_key: false }).err()?.error;
    error.to_string().contains(HERE).then_some(())?;
    error.location().map(|location| (location.line(), location.column()))
}

/// The entry at the end of a path.
pub(super) fn entry(document: &Pruned<'_>, path: &[Step<'_>]) -> Option<Path> {
    document.read_with(Stop { path, at_key: false }).err()?.entry
}

const HERE: &str = "this is the place that is searched";

/// Raises an error at the end of a path.
#[derive(Clone, Copy)]
pub(super) struct Stop<'p> {
    path: &'p [Step<'p>],
    at_key: bool,
}

impl Stop<'_> {
    /// Raises it at once.
    pub(super) const HERE: Self = Stop { path: &[], at_key: false };

    fn has_arrived(&self) -> bool {
        !self.at_key && matches!(self.path, [] | [Step::Value])
    }
}

impl<'de> DeserializeSeed<'de> for Stop<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Stop<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("YAML")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match self.path {
            _ if self.has_arrived() => Err(E::custom(HERE)),
            [Step::Key(key)] if self.at_key && text == *key => Err(E::custom(HERE)),
            [Step::Key(key), ..] if self.at_key => Ok(text == *key),
            _ => Ok(false),
        }
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<bool, E> {
        self.visit_str("")
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<bool, E> {
        self.visit_str("")
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<bool, E> {
        self.visit_str("")
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<bool, E> {
        self.visit_str("")
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        self.visit_str("")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<bool, A::Error> {
        if self.has_arrived() {
            return Err(A::Error::custom(HERE));
        }
        while let Some(found) = access.next_key_seed(Stop { at_key: true, ..self })? {
            if found {
                access.next_value_seed(Stop { path: &self.path[1..], at_key: false })?;
            } else {
                access.next_value::<IgnoredAny>()?;
            }
        }
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<bool, A::Error> {
        let [Step::Index(wanted), rest @ ..] = self.path else {
            if self.has_arrived() {
                return Err(A::Error::custom(HERE));
            }
            while access.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(false);
        };
        for _ in 0..*wanted {
            access.next_element::<IgnoredAny>()?;
        }
        access.next_element_seed(Stop { path: rest, at_key: false })?;
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_elements_are_found_at_their_places() {
        let yaml = "rules:\n  one: off\n  two: error\nignore:\n  - rule: x\n    reason: y\n  - { rule: z }\n";
        let document = Pruned::new(yaml);
        let place = |path: &[Step<'_>]| locate(&document, path);
        assert_eq!(place(&[Step::Key("rules"), Step::Key("two")]), Some((3, 3)));
        assert_eq!(place(&[Step::Key("ignore"), Step::Index(1), Step::Key("rule")]), Some((7, 7)));
        assert_eq!(place(&[Step::Key("ignore"), Step::Index(0)]), Some((5, 5)));
        assert_eq!(place(&[Step::Key("rules"), Step::Key("three")]), None);
        assert_eq!(place(&[Step::Key("rules"), Step::Key("two"), Step::Value]), Some((3, 8)));
        assert_eq!(place(&[Step::Key("ignore"), Step::Value]), Some((5, 3)));
    }
}
