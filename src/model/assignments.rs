//! Which users and groups are assigned to the app.

use foldhash::{HashMap, HashSet};

use super::{AppRoleAssignment, Group, Snapshot};

/// An assignment, with the group that it assigns if the snapshot includes it.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'s, 'a> {
    /// Its index in `appRoleAssignedTo`.
    pub index: usize,
    /// The assignment as Graph gives it.
    pub row: &'s AppRoleAssignment<'a>,
    /// The group that it assigns, where `groups` lists it.
    pub group: Option<&'s Group<'a>>,
}

impl<'a> Snapshot<'a> {
    /// Every assignment in the snapshot's order, one for each role of a principal; `None` where the snapshot does not
    /// include assignments.
    pub fn assignments(&self) -> Option<Vec<Assignment<'_, 'a>>> {
        let listed = self.groups.iter().flatten();
        let groups: HashMap<String, &Group<'a>> =
            listed.filter_map(|group| Some((group.id.as_deref()?.to_ascii_lowercase(), group))).collect();
        let rows = self.app_role_assigned_to.as_ref()?.iter().enumerate();
        let with_group = rows.map(|(index, row)| {
            let id = row.principal_id.as_deref().unwrap_or_default().to_ascii_lowercase();
            Assignment { index, row, group: groups.get(&id).copied() }
        });
        Some(with_group.collect())
    }

    /// Every user, group or other principal that is assigned, once, by its first assignment; `None` where the snapshot
    /// does not include assignments.
    pub fn assigned(&self) -> Option<Vec<Assignment<'_, 'a>>> {
        let mut seen = HashSet::default();
        let mut assigned = self.assignments()?;
        // Without an id it is unknown whether two assignments are of the same principal.
        assigned.retain(|one| one.id().is_empty() || seen.insert(one.id().to_ascii_lowercase()));
        Some(assigned)
    }
}

impl<'s> Assignment<'s, '_> {
    /// The object id of the principal; empty where it is missing.
    pub fn id(&self) -> &'s str {
        self.row.principal_id.as_deref().unwrap_or_default()
    }

    /// Whether the principal has an object id, ignoring case.
    pub fn has_id(&self, id: &str) -> bool {
        self.id().eq_ignore_ascii_case(id)
    }

    /// Whether it assigns a group.
    pub fn is_group(&self) -> bool {
        self.is_a("Group")
    }

    /// Whether it assigns a user directly.
    pub fn is_user(&self) -> bool {
        self.is_a("User")
    }

    fn is_a(&self, kind: &str) -> bool {
        self.row.principal_type.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(kind))
    }

    /// The group's current name, where it was read. An assignment keeps the name that the group once had.
    pub fn current_name(&self) -> Option<&'s str> {
        self.group.filter(|_| self.is_group()).and_then(|group| group.display_name.as_deref())
    }

    /// The current name, else the assignment's copy; `None` where both are missing.
    pub fn known_name(&self) -> Option<&'s str> {
        self.current_name().or(self.row.principal_display_name.as_deref())
    }

    /// The name to show: [`Assignment::known_name`], else the id.
    pub fn name(&self) -> &'s str {
        self.known_name().unwrap_or(self.id())
    }

    /// Whether the principal has a name. Graph ignores case when it compares names.
    pub fn is_called(&self, name: &str) -> bool {
        self.known_name().is_some_and(|known| known.eq_ignore_ascii_case(name))
    }

    /// The subject of findings about the principal.
    pub fn subject(&self) -> String {
        format!("{}/{}", if self.is_group() { "Group" } else { "User" }, self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_str;

    const SNAPSHOT: &str = r#"{
        "provlint": {"snapshot": 1},
        "appRoleAssignedTo": [
            {"principalId": "AA", "principalType": "Group", "principalDisplayName": "Old", "appRoleId": "1"},
            {"principalId": "bb", "principalType": "user", "principalDisplayName": "Jo", "appRoleId": "1"},
            {"principalId": "aa", "principalType": "group", "principalDisplayName": "Old", "appRoleId": "2"},
            {"principalId": "cc", "principalType": "Group", "appRoleId": "1"},
            {"principalType": "ServicePrincipal"},
            {"principalType": "ServicePrincipal"}
        ],
        "groups": [{"id": "aA", "displayName": "New"}, {"id": "bb", "displayName": "no group"}]
    }"#;

    #[test]
    fn each_principal_is_assigned_once_in_whatever_case_graph_writes_it() {
        let snapshot: Snapshot<'_> = from_str(SNAPSHOT).unwrap();
        let all = snapshot.assignments().unwrap();
        assert_eq!(all.iter().map(|one| one.index).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        let assigned = snapshot.assigned().unwrap();
        let described: Vec<(usize, bool, bool)> =
            assigned.iter().map(|one| (one.index, one.is_group(), one.is_user())).collect();
        assert_eq!(
            described,
            [(0, true, false), (1, false, true), (3, true, false), (4, false, false), (5, false, false)]
        );
        assert!(assigned[0].has_id("aa") && !assigned[0].has_id("bb"));
        assert!(from_str::<Snapshot<'_>>(r#"{"provlint": {"snapshot": 1}}"#).unwrap().assigned().is_none());
    }

    #[test]
    fn a_renamed_group_has_its_current_name() {
        let snapshot: Snapshot<'_> = from_str(SNAPSHOT).unwrap();
        let assigned = snapshot.assigned().unwrap();
        let names: Vec<&str> = assigned.iter().map(Assignment::name).collect();
        assert_eq!(names, ["New", "Jo", "cc", "", ""]);
        assert!(assigned[0].is_called("new") && !assigned[0].is_called("Old") && !assigned[2].is_called("cc"));
        assert_eq!((assigned[0].subject(), assigned[1].subject()), ("Group/New".to_owned(), "User/Jo".to_owned()));
    }
}
