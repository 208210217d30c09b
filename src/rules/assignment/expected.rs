//! The groups that the policy names, looked up in the tenant.

use foldhash::{HashMap, HashSet};

use super::Assigned;
use crate::model::DirectoryObject;
use crate::policy::GroupReference;
use crate::rules::Target;

/// A group of the policy.
pub(super) enum Expected<'t, 'a> {
    /// The group of this object id.
    Id(&'t str),
    /// Any group of this name: it was not looked up in the tenant.
    Name(&'t str),
    /// The tenant has no group of the name.
    Missing(&'t [DirectoryObject<'a>]),
    /// The tenant has several groups of the name.
    Ambiguous(&'t [DirectoryObject<'a>]),
}

impl<'t, 'a> Expected<'t, 'a> {
    /// Every group of the policy.
    pub(super) fn all(target: &'t Target<'a>) -> Vec<(&'t GroupReference, Self)> {
        let named = target.snapshot.and_then(|snapshot| snapshot.named_groups.as_deref()).unwrap_or_default();
        // Of several lists for a name, the first counts.
        let named: HashMap<_, _> = named.iter().rev().map(|found| (found.name.as_deref(), found)).collect();
        let of = |group: &'t GroupReference| {
            if let Some(id) = &group.id {
                return Some(Expected::Id(id));
            }
            let name = group.name.as_deref()?;
            Some(match named.get(&Some(name)).map(|found| (found.value.as_slice(), &found.alike)) {
                None => Expected::Name(name),
                Some(([], alike)) => Expected::Missing(alike),
                Some(([only], _)) => only.id.as_deref().map_or(Expected::Name(name), Expected::Id),
                Some((several, _)) => Expected::Ambiguous(several),
            })
        };
        target.policy.groups.iter().filter_map(|group| Some((group, of(group)?))).collect()
    }

    /// The object ids that it may have, where they are known.
    fn ids(&self) -> impl Iterator<Item = &str> {
        let (one, several) = match self {
            Expected::Id(id) => (Some(*id), [].as_slice()),
            Expected::Ambiguous(several) => (None, *several),
            Expected::Name(_) | Expected::Missing(_) => (None, [].as_slice()),
        };
        one.into_iter().chain(several.iter().filter_map(|group| group.id.as_deref()))
    }
}

/// Groups by their object ids and names, in lower case because Graph ignores it in both.
#[derive(Default)]
pub(super) struct Known {
    ids: HashSet<String>,
    names: HashSet<String>,
}

impl Known {
    /// The groups that are assigned.
    pub(super) fn assigned(groups: &[Assigned<'_, '_>]) -> Self {
        Known {
            ids: groups.iter().map(|group| group.id().to_ascii_lowercase()).collect(),
            names: groups.iter().filter_map(|group| group.known_name()).map(str::to_ascii_lowercase).collect(),
        }
    }

    /// The groups that the policy names, with all that may be meant.
    pub(super) fn expected<'e>(groups: impl Iterator<Item = &'e Expected<'e, 'e>>) -> Self {
        let mut known = Known::default();
        for group in groups {
            match group {
                Expected::Name(name) => _ = known.names.insert(name.to_ascii_lowercase()),
                _ => known.ids.extend(group.ids().map(str::to_ascii_lowercase)),
            }
        }
        known
    }

    /// Whether a group of the policy is one of these, or may be.
    pub(super) fn has(&self, group: &Expected<'_, '_>) -> bool {
        match group {
            Expected::Name(name) => self.is_called(name),
            _ => group.ids().any(|id| self.ids.contains(&id.to_ascii_lowercase())),
        }
    }

    /// Whether an assigned group is one of these.
    pub(super) fn has_assigned(&self, group: &Assigned<'_, '_>) -> bool {
        self.ids.contains(&group.id().to_ascii_lowercase())
            || group.known_name().is_some_and(|name| self.is_called(name))
    }

    /// Whether one of them has a name.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.names.contains(&name.to_ascii_lowercase())
    }
}

/// `TOTAL-Admins (3f0c…), TOTAL-Analysts (…)`
pub(super) fn candidates(groups: &[DirectoryObject<'_>]) -> String {
    let text = |group: &DirectoryObject<'_>| {
        let (name, id) = (group.display_name.as_deref(), group.id.as_deref());
        format!("{} ({})", name.unwrap_or_default(), id.unwrap_or_default())
    };
    groups.iter().map(text).collect::<Vec<_>>().join(", ")
}
