//! The names that were probably meant.

use foldhash::{HashMap, HashMapExt};

use super::ObjectView;
use crate::text::nearest;

/// The number of names for which the nearest one is searched. Each search compares the whole list, and with more unknown
/// names than this the list is incomplete rather than the names misspelt.
const MOST: usize = 20;

/// Looks up the names that were probably meant, for one rule.
#[derive(Debug)]
pub(super) struct Suggestions<'a>(HashMap<String, Option<&'a str>>);

impl<'a> Suggestions<'a> {
    pub(super) fn new() -> Self {
        Suggestions(HashMap::new())
    }

    /// The attribute of an object that was meant by a name that the object does not list.
    pub(super) fn of(&mut self, name: &str, object: &ObjectView<'a>) -> Option<&'a str> {
        if let Some(other_case) = object.other_case(name) {
            return Some(other_case);
        }
        if let Some(known) = self.0.get(name) {
            return *known;
        }
        if self.0.len() == MOST {
            return None;
        }
        let near = nearest(name, object.names());
        self.0.insert(name.to_owned(), near);
        near
    }
}
