//! The groups that the policy names, looked up in the tenant.

use super::Assigned;
use crate::model::{DirectoryObject, NamedGroup};
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
    pub(super) fn of(target: &'t Target<'a>, group: &'t GroupReference) -> Option<Self> {
        if let Some(id) = &group.id {
            return Some(Expected::Id(id));
        }
        let name = group.name.as_deref()?;
        let named = target.snapshot.and_then(|snapshot| snapshot.named_groups.as_deref()).unwrap_or_default();
        let found = named.iter().find(|found: &&NamedGroup<'_>| found.name.as_deref() == Some(name));
        Some(match found.map(|found| (found.value.as_slice(), &found.alike)) {
            None => Expected::Name(name),
            Some(([], alike)) => Expected::Missing(alike),
            Some(([only], _)) => only.id.as_deref().map_or(Expected::Name(name), Expected::Id),
            Some((several, _)) => Expected::Ambiguous(several),
        })
    }

    /// Whether an assigned group is this one, or may be.
    pub(super) fn is(&self, assigned: &Assigned<'_, '_>) -> bool {
        match self {
            Expected::Id(id) => assigned.has_id(id),
            Expected::Name(name) => assigned.is_called(name),
            Expected::Missing(_) => false,
            Expected::Ambiguous(several) => {
                several.iter().any(|group| group.id.as_deref().is_some_and(|id| assigned.has_id(id)))
            }
        }
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
