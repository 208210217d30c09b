//! serde_json, but strict.
//!
//! serde_json accepts two members with the same name where no type reads them. How Graph reads such a file is unknown,
//! so any repeated key is an error here. Keys are converted to Graph's camelCase, because
//! `Get-Mg… | ConvertTo-Json` writes them in PascalCase.
//!
//! The types that are read stay plain serde types: this wraps their deserializer.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Reads one JSON document. serde_json reports nesting beyond 127 levels as an error.
///
/// # Errors
/// Errors of serde_json, with line and byte column, and [`DUPLICATE_KEY`].
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Strict(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}

/// The start of the error for a repeated key; the key follows in backquotes.
pub const DUPLICATE_KEY: &str = "duplicate key ";

/// A deserializer, visitor, seed or access, wrapped to be strict.
struct Strict<T>(T);

macro_rules! pass_on {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* Strict(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    pass_on! {
        deserialize_any(); deserialize_bool(); deserialize_i8(); deserialize_i16(); deserialize_i32();
        deserialize_i64(); deserialize_u8(); deserialize_u16(); deserialize_u32(); deserialize_u64();
        deserialize_f32(); deserialize_f64(); deserialize_char(); deserialize_str(); deserialize_string();
        deserialize_bytes(); deserialize_byte_buf(); deserialize_option(); deserialize_unit();
        deserialize_unit_struct(name: &'static str); deserialize_newtype_struct(name: &'static str);
        deserialize_seq(); deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize); deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
    }

    /// serde would read a list as a struct's fields in order; Graph never writes that.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Strict(visitor))
    }

    /// serde_json skips unread values without checking their keys; here their keys are checked, too.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Strict(Unread))?;
        visitor.visit_unit()
    }
}

macro_rules! hand_over {
    ($($method:ident($type:ty);)*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    hand_over! {
        visit_bool(bool); visit_i64(i64); visit_u64(u64); visit_f64(f64);
        visit_str(&str); visit_borrowed_str(&'de str); visit_string(String);
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(access))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(StrictMap { access, seen: Seen::default() })
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }
}

struct StrictMap<'de, A> {
    access: A,
    seen: Seen<'de>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for StrictMap<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.access.next_key_seed(Key { seed, seen: &mut self.seen })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.access.next_value_seed(Strict(seed))
    }
}

/// The keys of one object so far. Graph's objects have a dozen, so those are kept without an allocation; a
/// hostile file may have a million, so the rest is kept sorted.
#[derive(Default)]
struct Seen<'de> {
    first: [&'de str; 12],
    count: usize,
    /// A bit for each kind of key so far: most keys are new, and an unset bit proves that without comparing them.
    kinds: u64,
    rest: BTreeSet<Cow<'de, str>>,
}

impl<'de> Seen<'de> {
    fn insert(&mut self, key: Cow<'de, str>) -> bool {
        let kind = kind(&key);
        let seen_kind = self.kinds & kind != 0;
        self.kinds |= kind;
        if seen_kind && self.first[..self.count].contains(&&*key) {
            return false;
        }
        match key {
            Cow::Borrowed(key) if self.count < self.first.len() && self.rest.is_empty() => {
                self.first[self.count] = key;
                self.count += 1;
                true
            }
            key => self.rest.insert(key),
        }
    }
}

/// One of 64 bits, by the key's length and two of its letters.
fn kind(key: &str) -> u64 {
    let bytes = key.as_bytes();
    let letter = |at: usize| bytes.get(at).copied().map_or(0, usize::from);
    1 << ((bytes.len() * 7 + letter(0) * 3 + letter(bytes.len() / 2)) % 64)
}

struct Key<'a, 'de, S> {
    seed: S,
    seen: &'a mut Seen<'de>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, 'de, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Key<'_, 'de, S> {
    type Value = S::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<S::Value, E> {
        if !self.seen.insert(Cow::Borrowed(key)) {
            return Err(duplicate(key));
        }
        if key.starts_with(|first: char| first.is_ascii_uppercase()) {
            return self.seed.deserialize(StringDeserializer::new(camel_case(key)));
        }
        self.seed.deserialize(BorrowedStrDeserializer::new(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<S::Value, E> {
        if !self.seen.insert(Cow::Owned(key.to_owned())) {
            return Err(duplicate(key));
        }
        self.seed.deserialize(StringDeserializer::new(camel_case(key)))
    }
}

fn duplicate<E: Error>(key: &str) -> E {
    E::custom(format_args!("{DUPLICATE_KEY}`{key}`"))
}

/// Graph's spelling of a key that PowerShell may have written: the first letter in lower case.
pub(crate) fn camel_case(key: &str) -> String {
    let mut key = key.to_owned();
    if let Some(first) = key.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    key
}

/// An unread value, whose keys are checked.
struct Unread;

impl<'de> Deserialize<'de> for Unread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Unread)
    }
}

impl<'de> Visitor<'de> for Unread {
    type Value = Unread;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Unread, E> {
        Ok(Unread)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Unread, E> {
        Ok(Unread)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Unread, E> {
        Ok(Unread)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Unread, E> {
        Ok(Unread)
    }

    fn visit_str<E>(self, _: &str) -> Result<Unread, E> {
        Ok(Unread)
    }

    fn visit_unit<E>(self) -> Result<Unread, E> {
        Ok(Unread)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Unread, A::Error> {
        while access.next_element::<Unread>()?.is_some() {}
        Ok(Unread)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Unread, A::Error> {
        while access.next_entry::<Unread, Unread>()?.is_some() {}
        Ok(Unread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        target_attribute_name: String,
    }

    #[test]
    fn a_repeated_key_is_refused_wherever_it_stands() {
        for text in [
            r#"{"targetAttributeName": "a", "targetAttributeName": "b"}"#,
            r#"{"targetAttributeName": "a", "other": 1, "other": 2}"#,
            r#"{"targetAttributeName": "a", "other": [{"deep": {"x": 1, "x": 2}}]}"#,
            r#"{"targetAttributeName": "a", "x": 1, "\u0078": 2}"#,
        ] {
            let error = from_str::<Row>(text).expect_err(text).to_string();
            assert!(error.starts_with(DUPLICATE_KEY), "{text}: {error}");
        }
    }

    #[test]
    fn a_repeated_key_among_many_is_found_too() {
        let members: Vec<String> = (0..500).map(|n| format!("\"k{n}\": 0")).collect();
        let row = |last: &str| format!("{{\"targetAttributeName\": \"a\", {}, \"{last}\": 1}}", members.join(", "));
        assert!(from_str::<Row>(&row("k499")).is_err());
        assert!(from_str::<Row>(&row("k500")).is_ok());
    }

    #[test]
    fn a_list_is_no_object() {
        assert!(from_str::<Row>(r#"["a"]"#).is_err());
    }

    #[test]
    fn keys_written_by_powershell_are_read() {
        let row = Row { target_attribute_name: "a".into() };
        assert_eq!(from_str::<Row>(r#"{"TargetAttributeName": "a", "AdditionalProperties": {}}"#).unwrap(), row);
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_overflow() {
        let text = format!("{{\"x\": {}", "[".repeat(100_000));
        assert!(from_str::<Row>(&text).unwrap_err().to_string().contains("recursion limit"));
    }
}
