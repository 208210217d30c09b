//! Provisioning on demand: who is in scope, what to request, and what the answers do not mention.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::limit::ON_DEMAND_MEMBERS;
use super::{Deviation, OnDemand, ProvisionedObject, deviations};
use crate::expression::Evaluator;
use crate::model::{Assignment, ObjectKind, Snapshot, SynchronizationSchema};
use crate::simulate::{Plan, User};

/// A group that is assigned to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The object id.
    pub id: String,
    /// The current name, else the assignment's copy of it, else the id.
    pub name: String,
    /// The current name, where it was read.
    pub current_name: Option<String>,
}

/// Why no group can be provisioned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// The snapshot does not include assignments.
    #[error("the assignments were not read")]
    NoAssignments,
    /// No assigned group has the name or id.
    #[error("no assigned group is called {named}")]
    NotAssigned {
        /// The name or id.
        named: String,
        /// The names of the groups that are assigned.
        assigned: Vec<String>,
    },
    /// Several assigned groups have the name.
    #[error("{} assigned groups are called {named}", ids.len())]
    Ambiguous {
        /// The name.
        named: String,
        /// The object ids of the groups.
        ids: Vec<String>,
    },
}

impl Group {
    /// The assigned group of a name or object id.
    ///
    /// # Errors
    /// When there is none, or several.
    pub fn assigned(snapshot: &Snapshot<'_>, named: &str) -> Result<Self, GroupError> {
        let assigned = snapshot.assigned().ok_or(GroupError::NoAssignments)?;
        let groups: Vec<&Assignment<'_, '_>> = assigned.iter().filter(|one| one.is_group()).collect();
        let meant: Vec<&Assignment<'_, '_>> =
            groups.iter().copied().filter(|group| group.has_id(named) || group.is_called(named)).collect();
        match meant.as_slice() {
            [] => {
                let assigned = groups.iter().map(|group| group.name().to_owned()).collect();
                Err(GroupError::NotAssigned { named: named.to_owned(), assigned })
            }
            [group] => Ok(Group {
                id: group.id().to_owned(),
                name: group.name().to_owned(),
                current_name: group.current_name().map(str::to_owned),
            }),
            several => {
                let ids = several.iter().map(|group| group.id().to_owned()).collect();
                Err(GroupError::Ambiguous { named: named.to_owned(), ids })
            }
        }
    }

    /// The attributes that are known of it, to predict what is sent.
    fn properties(&self) -> User {
        let mut group = User::default();
        group.set("id", self.id.as_str().into());
        if let Some(name) = &self.current_name {
            group.set("displayName", name.as_str().into());
        }
        group
    }
}

/// Who is in scope of provisioning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InScope {
    /// The settings or the assignments could not be read.
    Unknown {
        /// Why not.
        reason: String,
    },
    /// Every user and group of the tenant.
    Everyone,
    /// Those who are assigned.
    Assigned {
        /// Whether the setting says this; false if the setting is missing.
        is_set: bool,
        /// The groups, by name and then by object id.
        groups: BTreeSet<(String, String)>,
        /// How many users are assigned directly.
        users: usize,
    },
}

/// Who is in scope of provisioning, according to a snapshot.
pub fn in_scope(snapshot: &Snapshot<'_>) -> InScope {
    let unread = |part: &str| snapshot.provlint.unread.iter().find(|(name, _)| &***name == part);
    if let Some((_, reason)) = unread("secrets").or_else(|| unread("appRoleAssignedTo")) {
        return InScope::Unknown { reason: reason.to_string() };
    }
    let setting = snapshot.secret("SyncAll").filter(|value| !value.is_empty());
    if setting.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return InScope::Everyone;
    }
    let assigned = snapshot.assigned().unwrap_or_default();
    let groups = assigned.iter().filter(|one| one.is_group());
    InScope::Assigned {
        is_set: setting.is_some(),
        groups: groups.map(|group| (group.name().to_owned(), group.id().to_owned())).collect(),
        users: assigned.iter().filter(|one| one.is_user()).count(),
    }
}

/// The id of the synchronization rule that provisions a kind of object.
pub fn rule_of(schema: &SynchronizationSchema<'_>, kind: ObjectKind) -> Option<String> {
    let rules = schema.synchronization_rules.iter().flatten();
    let mut of_kind = rules.filter(|rule| {
        let mut mappings = rule.object_mappings.iter().flatten();
        mappings.any(|mapping| {
            mapping.target_object_name.as_deref().and_then(ObjectKind::of_target) == Some(kind)
                && mapping.enabled != Some(false)
        })
    });
    of_kind.find_map(|rule| rule.id.as_deref()).map(str::to_owned)
}

/// The subject of each request: the group with some of its members, or a single user.
pub fn subjects(group: Option<&Group>, users: &[Value]) -> Vec<Value> {
    let member = |user: &Value| json!({"objectId": user["id"], "objectTypeName": "User"});
    let Some(group) = group else { return users.iter().map(member).collect() };
    if users.is_empty() {
        return vec![json!({"objectId": group.id, "objectTypeName": "Group"})];
    }
    let with_members =
        |members: Vec<Value>| json!({"objectId": group.id, "objectTypeName": "Group", "links": {"members": members}});
    users.chunks(ON_DEMAND_MEMBERS.number).map(|users| with_members(users.iter().map(member).collect())).collect()
}

/// The users and the group that were requested and that no answer mentions: by name, else by id, each once.
pub fn unmentioned(subjects: &[Value], group: Option<&Group>, users: &[Value], answers: &[OnDemand]) -> Vec<String> {
    let mentioned: Vec<&str> = objects(answers).filter_map(|object| object.source_id.as_deref()).collect();
    let all = subjects.iter().flat_map(|subject| {
        std::iter::once(subject).chain(subject["links"]["members"].as_array().into_iter().flatten())
    });
    let ids = all.filter_map(|one| one["objectId"].as_str());
    let missing = ids.filter(|id| !mentioned.iter().any(|mentioned| mentioned.eq_ignore_ascii_case(id)));
    let name = |id: &str| {
        let user = users.iter().find(|user| is_id(&user["id"], id));
        let group = group.filter(|group| group.id.eq_ignore_ascii_case(id)).map(|group| group.name.as_str());
        group.or_else(|| user?["userPrincipalName"].as_str()).unwrap_or(id).to_owned()
    };
    let mut unmentioned: Vec<String> = Vec::new();
    for who in missing.map(name) {
        if !unmentioned.contains(&who) {
            unmentioned.push(who);
        }
    }
    unmentioned
}

/// Whether a value is an object id, in whatever case Graph writes it.
pub fn is_id(value: &Value, id: &str) -> bool {
    value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(id))
}

/// What answers are compared with: the mapping of a kind of object, and whether the app identifies the objects by
/// their Entra object id.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'p, 'a> {
    /// What the mapping sends.
    pub plan: &'p Plan<'a>,
    /// Whether another `externalId` than the object id is fatal.
    pub by_object_id: bool,
}

impl Expectation<'_, '_> {
    /// The values sent for users that differ from the prediction.
    pub fn deviations_of_users(&self, users: &[Value], answers: &[OnDemand], evaluator: &Evaluator) -> Vec<Deviation> {
        let of_user = |object: &ProvisionedObject| {
            let id = object.source_id.as_deref()?;
            let user = users.iter().find(|user| is_id(&user["id"], id))?;
            let user = User::from_graph(user.as_object()?).ok()??;
            Some(deviations(object, ObjectKind::User, self.plan, &user, self.by_object_id, evaluator))
        };
        objects(answers).filter_map(of_user).flatten().collect()
    }

    /// The values sent for a group that differ from the prediction, each once, although every answer repeats the group.
    pub fn deviations_of_group(&self, group: &Group, answers: &[OnDemand], evaluator: &Evaluator) -> Vec<Deviation> {
        let is_group = |id: &str| id.eq_ignore_ascii_case(&group.id);
        let of_group = objects(answers).filter(|object| object.source_id.as_deref().is_some_and(is_group));
        let properties = group.properties();
        let mut found: Vec<Deviation> = Vec::new();
        for object in of_group {
            for one in deviations(object, ObjectKind::Group, self.plan, &properties, self.by_object_id, evaluator) {
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        found
    }
}

fn objects(answers: &[OnDemand]) -> impl Iterator<Item = &ProvisionedObject> {
    answers.iter().flat_map(|answer| &answer.objects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_str;

    const SNAPSHOT: &str = r#"{
        "provlint": {"snapshot": 1},
        "secrets": [{"key": "SyncAll", "value": "False"}],
        "appRoleAssignedTo": [
            {"principalId": "AA", "principalType": "Group", "principalDisplayName": "Old"},
            {"principalId": "aa", "principalType": "Group", "principalDisplayName": "Old"},
            {"principalId": "bb", "principalType": "Group", "principalDisplayName": "Twin"},
            {"principalId": "cc", "principalType": "Group", "principalDisplayName": "twin"},
            {"principalId": "dd", "principalType": "User", "principalDisplayName": "Jo"}
        ],
        "groups": [{"id": "aa", "displayName": "New"}]
    }"#;

    fn snapshot(text: &str) -> Snapshot<'_> {
        from_str(text).unwrap()
    }

    #[test]
    fn a_group_is_found_by_its_id_or_current_name() {
        let snapshot = snapshot(SNAPSHOT);
        let found = |named: &str| Group::assigned(&snapshot, named).map(|group| group.name);
        assert_eq!((found("new"), found("aA")), (Ok("New".to_owned()), Ok("New".to_owned())));
        let assigned = ["New", "Twin", "twin"].map(str::to_owned).to_vec();
        assert_eq!(found("Old"), Err(GroupError::NotAssigned { named: "Old".into(), assigned }));
        let ids = ["bb", "cc"].map(str::to_owned).to_vec();
        assert_eq!(found("Twin"), Err(GroupError::Ambiguous { named: "Twin".into(), ids }));
        let none = self::snapshot(r#"{"provlint": {"snapshot": 1}}"#);
        assert_eq!(Group::assigned(&none, "New"), Err(GroupError::NoAssignments));
    }

    #[test]
    fn the_scope_is_what_the_setting_and_the_assignments_say() {
        let assigned = |is_set| InScope::Assigned {
            is_set,
            groups: [("New", "AA"), ("Twin", "bb"), ("twin", "cc")].map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
            users: 1,
        };
        assert_eq!(in_scope(&snapshot(SNAPSHOT)), assigned(true));
        assert_eq!(in_scope(&snapshot(&SNAPSHOT.replace("\"False\"", "\"\""))), assigned(false));
        assert_eq!(in_scope(&snapshot(&SNAPSHOT.replace("SyncAll", "Other"))), assigned(false));
        assert_eq!(in_scope(&snapshot(&SNAPSHOT.replace("\"False\"", "\"true\""))), InScope::Everyone);
        let unread = SNAPSHOT.replace("\"snapshot\": 1", "\"snapshot\": 1, \"unread\": {\"secrets\": \"403\"}");
        assert_eq!(in_scope(&snapshot(&unread)), InScope::Unknown { reason: "403".to_owned() });
    }

    #[test]
    fn a_group_is_asked_for_with_five_members_at_a_time() {
        let group = Group { id: "g".into(), name: "Admins".into(), current_name: None };
        let users: Vec<Value> = (0..7).map(|number| json!({"id": number.to_string()})).collect();
        let asked = subjects(Some(&group), &users);
        let members = |subject: &Value| subject["links"]["members"].as_array().map_or(0, Vec::len);
        assert_eq!(asked.iter().map(members).collect::<Vec<_>>(), [5, 2]);
        assert_eq!(subjects(Some(&group), &[]), [json!({"objectId": "g", "objectTypeName": "Group"})]);
        assert_eq!(subjects(None, &users[..1]), [json!({"objectId": "0", "objectTypeName": "User"})]);
        let all = unmentioned(&asked, Some(&group), &users, &[]);
        assert_eq!((all.len(), all[0].as_str()), (8, "Admins"), "the group once, and every member");
    }
}
