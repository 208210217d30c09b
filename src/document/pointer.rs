//! JSON Pointer, RFC 6901.

use std::fmt::{self, Write};

/// The address of a value in a JSON document, with which rules name places.
///
/// Rules write Graph's camelCase names; [`super::locate`] returns the spelling of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Pointer::default()
    }

    /// The member `key` of this object.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        Pointer(format!("{}/{}", self.0, key.replace('~', "~0").replace('/', "~1")))
    }

    /// The element `index` of this array.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut pointer = String::with_capacity(self.0.len() + 8);
        pointer.push_str(&self.0);
        // Writing to a String cannot fail.
        let _ = write!(pointer, "/{index}");
        Pointer(pointer)
    }

    /// The pointer to the parent, and this value's key or index; `None` at the root.
    pub fn split_last(&self) -> Option<(Pointer, String)> {
        let (parent, last) = self.0.rsplit_once('/')?;
        Some((Pointer(parent.to_owned()), unescape(last)))
    }

    /// The same place relative to `base`, which contains it or is equal to it.
    pub fn below(&self, base: &Pointer) -> Option<Self> {
        let rest = self.0.strip_prefix(base.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| Pointer(rest.to_owned()))
    }

    /// The place `inner`, which is relative to this value, in the whole document.
    #[must_use]
    pub fn join(&self, inner: &Pointer) -> Self {
        Pointer(format!("{}{}", self.0, inner.0))
    }

    /// The keys and indices from the root, unescaped.
    pub fn segments(&self) -> impl Iterator<Item = String> {
        self.0.split('/').skip(1).map(unescape)
    }

    /// The pointer's text, `""` for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_survive_escaping() {
        let pointer = Pointer::root().key("a/b~c").index(3);
        assert_eq!(pointer.as_str(), "/a~1b~0c/3");
        assert_eq!(pointer.segments().collect::<Vec<_>>(), ["a/b~c", "3"]);
        let base = Pointer::root().key("a/b~c");
        let below = pointer.below(&base).unwrap();
        assert_eq!((below.as_str(), base.join(&below)), ("/3", pointer.clone()));
        assert_eq!(Pointer::root().key("ab").below(&Pointer::root().key("a")), None);
        assert_eq!(pointer.split_last().map(|(parent, last)| (parent.0, last)), Some(("/a~1b~0c".into(), "3".into())));
    }
}
