//! Who is assigned to the app.

pub(super) mod app_role;
mod expected;
pub(super) mod group;
pub(super) mod group_members;
pub(super) mod group_not_assigned;
pub(super) mod matching_characters;
pub(super) mod who;

use std::ops::Deref;

use super::{Family, Target};
use crate::document::Pointer;
use crate::finding::{Evidence, Section};
use crate::model::{Assignment, Snapshot};

/// Rules about assignments, with the evidence that each of them needs.
const fn assignment(evidence: &'static [Evidence]) -> Family {
    Family { section: Section::Assignment, evidence }
}

/// An assignment, and its place in the file.
struct Assigned<'t, 'a> {
    assignment: Assignment<'t, 'a>,
    pointer: Pointer,
}

/// Every assignment.
fn assigned<'t, 'a>(target: &'t Target<'a>) -> Vec<Assigned<'t, 'a>> {
    let all = target.snapshot.and_then(Snapshot::assignments).unwrap_or_default().into_iter();
    let place = |index| target.pointer.key("appRoleAssignedTo").index(index);
    all.map(|assignment| Assigned { assignment, pointer: place(assignment.index) }).collect()
}

/// Every assignment of a group.
fn assigned_groups<'t, 'a>(target: &'t Target<'a>) -> Vec<Assigned<'t, 'a>> {
    assigned(target).into_iter().filter(|assigned| assigned.is_group()).collect()
}

impl<'t, 'a> Deref for Assigned<'t, 'a> {
    type Target = Assignment<'t, 'a>;

    fn deref(&self) -> &Assignment<'t, 'a> {
        &self.assignment
    }
}
