//! Who is assigned to the app.

pub(super) mod app_role;
mod expected;
pub(super) mod group;
pub(super) mod group_members;
pub(super) mod group_not_assigned;
pub(super) mod who;

use super::{Family, Target};
use crate::document::Pointer;
use crate::finding::{Evidence, Section};
use crate::model::AppRoleAssignment;

/// Rules about assignments, which may need more to see than those.
const fn assignment(evidence: &'static [Evidence]) -> Family {
    Family { section: Section::Assignment, evidence }
}

/// An assignment, and where it stands.
struct Assigned<'t, 'a> {
    assignment: &'t AppRoleAssignment<'a>,
    pointer: Pointer,
}

/// Every assignment.
fn assigned<'t, 'a>(target: &'t Target<'a>) -> Vec<Assigned<'t, 'a>> {
    let list = target.snapshot.and_then(|snapshot| snapshot.app_role_assigned_to.as_deref()).unwrap_or_default();
    let place = |index| target.pointer.key("appRoleAssignedTo").index(index);
    list.iter().enumerate().map(|(index, assignment)| Assigned { assignment, pointer: place(index) }).collect()
}

impl Assigned<'_, '_> {
    fn is_a(&self, kind: &str) -> bool {
        self.assignment.principal_type.as_deref().is_some_and(|is| is.eq_ignore_ascii_case(kind))
    }

    fn id(&self) -> &str {
        self.assignment.principal_id.as_deref().unwrap_or_default()
    }

    /// The name, else the id.
    fn name(&self) -> &str {
        self.assignment.principal_display_name.as_deref().unwrap_or(self.id())
    }

    /// What a finding about who is assigned is called.
    fn subject(&self) -> String {
        format!("{}/{}", if self.is_a("Group") { "Group" } else { "User" }, self.name())
    }
}

fn steps(what: &str) -> Vec<String> {
    vec!["Entra admin center: Enterprise applications > your app > Users and groups".to_owned(), what.to_owned()]
}
