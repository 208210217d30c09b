//! A YAML document without the entries that hold mistakes, so that reading can go on after a mistake.
//!
//! A deserializer stops at its first error. [`Pruned`] notes the entry in which that was; without this entry the document
//! can be read again, up to the next mistake. An entry is known by its path: its index at each level.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::yaml_place::Stop;

/// The index of an entry at each level.
pub(super) type Path = Vec<usize>;

/// A YAML text, without some of its entries.
#[derive(Debug)]
pub(super) struct Pruned<'y> {
    yaml: &'y str,
    removed: BTreeSet<Path>,
}

/// Why a document could not be read.
#[derive(Debug)]
pub(super) struct Failure {
    /// What the deserializer says.
    pub(super) error: serde_yaml::Error,
    /// The entry at fault; `None` for the document itself.
    pub(super) entry: Option<Path>,
    /// Whether its value was not read, so that the entry itself is at fault.
    pub(super) by_key: bool,
}

/// What is noted while a document is read.
struct Walk<'w> {
    removed: &'w BTreeSet<Path>,
    /// The entry whose key is read only to learn its place.
    wanted: Option<&'w [usize]>,
    failed: RefCell<Option<(Path, bool)>>,
    /// The entry whose key was read, but not its value.
    open: RefCell<Option<Path>>,
}

impl<'y> Pruned<'y> {
    pub(super) fn new(yaml: &'y str) -> Self {
        Pruned { yaml, removed: BTreeSet::new() }
    }

    pub(super) fn yaml(&self) -> &'y str {
        self.yaml
    }

    /// Whether parts of an entry are removed.
    pub(super) fn lacks_parts_of(&self, entry: &[usize]) -> bool {
        self.removed.range(entry.to_owned()..).next().is_some_and(|removed| removed.starts_with(entry))
    }

    /// Removes an entry; false if it is removed already.
    pub(super) fn remove(&mut self, entry: Path) -> bool {
        self.removed.insert(entry)
    }

    /// Reads what is left of the document.
    pub(super) fn read<T: Deserialize<'y>>(&self) -> Result<T, Failure> {
        self.seek(None, PhantomData)
    }

    /// Reads the document up to where `seed` fails.
    pub(super) fn read_with<S: DeserializeSeed<'y>>(&self, seed: S) -> Result<S::Value, Failure> {
        self.seek(None, seed)
    }

    /// The line and column of an entry's key, where reading a `T` gets that far.
    pub(super) fn place_of_key<T: Deserialize<'y>>(&self, entry: &[usize]) -> Option<(usize, usize)> {
        let failure = self.seek(Some(entry), PhantomData::<T>).err()?;
        failure.error.location().map(|location| (location.line(), location.column()))
    }

    fn seek<S: DeserializeSeed<'y>>(&self, wanted: Option<&[usize]>, seed: S) -> Result<S::Value, Failure> {
        let walk = Walk { removed: &self.removed, wanted, failed: RefCell::default(), open: RefCell::default() };
        let document = Within { walk: &walk, path: Path::new(), inner: serde_yaml::Deserializer::from_str(self.yaml) };
        seed.deserialize(document).map_err(|error| {
            let (entry, by_key) = walk.failed.take().map_or((None, false), |(entry, by_key)| (Some(entry), by_key));
            Failure { error, entry, by_key }
        })
    }
}

impl Walk<'_> {
    /// Notes the innermost entry with an error.
    fn note<T, E>(&self, result: Result<T, E>, entry: &[usize]) -> Result<T, E> {
        if result.is_err() {
            self.failed.borrow_mut().get_or_insert_with(|| (entry.to_owned(), false));
        }
        result
    }
}

/// A part of serde at a place in the document.
struct Within<'w, T> {
    walk: &'w Walk<'w>,
    path: Path,
    inner: T,
}

macro_rules! deserialize_within {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($argument,)* Within { walk: self.walk, path: self.path, inner: visitor })
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Within<'_, D> {
    type Error = D::Error;

    deserialize_within! {
        deserialize_any() deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_option() deserialize_unit() deserialize_seq()
        deserialize_map() deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

macro_rules! visit_within {
    ($($method:ident($type:ty))*) => {$(
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Within<'_, V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(formatter)
    }

    visit_within! {
        visit_bool(bool) visit_i64(i64) visit_i128(i128) visit_u64(u64) visit_u128(u128) visit_f64(f64) visit_str(&str)
        visit_borrowed_str(&'de str) visit_string(String)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Within { walk: self.walk, path: self.path, inner: deserializer })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Within { walk: self.walk, path: self.path, inner: deserializer })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let entries = Entries { walk: self.walk, path: self.path, next: 0, inner: access };
        self.inner.visit_seq(entries)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let walk = self.walk;
        let entries = Entries { walk, path: self.path, next: 0, inner: access };
        let visited = self.inner.visit_map(entries);
        if visited.is_err()
            && let Some(open) = walk.open.take()
        {
            walk.failed.borrow_mut().get_or_insert((open, true));
        }
        visited
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(access)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Within<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let Within { walk, path, inner } = self;
        inner.deserialize(Within { walk, path, inner: deserializer })
    }
}

/// The entries of a mapping, or the elements of a list, that are not removed.
struct Entries<'w, A> {
    walk: &'w Walk<'w>,
    path: Path,
    next: usize,
    inner: A,
}

impl<A> Entries<'_, A> {
    /// The path of the next entry, and whether it is removed.
    fn step(&mut self) -> (Path, bool) {
        let mut entry = self.path.clone();
        entry.push(self.next);
        self.next += 1;
        let removed = self.walk.removed.contains(&entry);
        (entry, removed)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let entry = loop {
            let (entry, removed) = self.step();
            if !removed {
                break entry;
            }
            if self.inner.next_entry::<IgnoredAny, IgnoredAny>()?.is_none() {
                return Ok(None);
            }
        };
        if self.walk.wanted == Some(entry.as_slice()) {
            self.inner.next_key_seed(Stop::HERE)?;
        }
        let key = self.walk.note(self.inner.next_key_seed(seed), &entry)?;
        self.walk.open.replace(key.is_some().then_some(entry));
        Ok(key)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let walk = self.walk;
        let entry = walk.open.take().unwrap_or_else(|| self.path.clone());
        walk.note(self.inner.next_value_seed(Within { walk, path: entry.clone(), inner: seed }), &entry)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let entry = loop {
            let (entry, removed) = self.step();
            if !removed {
                break entry;
            }
            if self.inner.next_element::<IgnoredAny>()?.is_none() {
                return Ok(None);
            }
        };
        let walk = self.walk;
        walk.note(self.inner.next_element_seed(Within { walk, path: entry.clone(), inner: seed }), &entry)
    }
}
