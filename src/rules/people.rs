//! The people behind an app's assignments, held against its mapping of users.

use std::collections::BTreeMap;

use super::{MappingView, NotJudged, Target};
use crate::expression::{Attributes, Evaluator, Value};
use crate::finding::Evidence;
use crate::model::ObjectKind;
use crate::simulate::{Crowd, Passing, Plan, User, passes};

/// Everybody who is a member of an assigned group or assigned directly, each once.
#[derive(Debug)]
pub(super) struct People {
    /// What people call them.
    names: Vec<String>,
    /// Those who are disabled in Entra ID, by index.
    pub(super) disabled: Vec<usize>,
    /// Those whom the scope filter keeps out, by index.
    pub(super) filtered: Vec<usize>,
    /// Why it can't be told of some whether the scope filter lets them pass.
    pub(super) unfiltered: Option<String>,
    /// What Entra would make of all.
    pub(super) crowd: Crowd,
}

impl People {
    /// Looks at everybody.
    pub(super) fn of(target: &Target<'_>) -> Result<Self, NotJudged> {
        target.has(Evidence::Members)?;
        let mapping = mapping(target)?;
        let users = users(target)?;
        let evaluator = Evaluator::new(target.taken_at(), 0);
        let mut people = People {
            names: users.iter().map(|user| user.label().unwrap_or_default().to_owned()).collect(),
            disabled: Vec::new(),
            filtered: Vec::new(),
            unfiltered: None,
            crowd: Crowd::default(),
        };
        for (index, user) in users.iter().enumerate() {
            let disabled = matches!(user.attribute("IsSoftDeleted"), Ok(Value::Text(yes)) if yes.eq_ignore_ascii_case("true"));
            if disabled {
                people.disabled.push(index);
                continue;
            }
            let Some(filter) = &mapping.mapping.scope else { continue };
            match passes(filter, user, evaluator.patterns()) {
                Ok(Passing::Fails(_)) => people.filtered.push(index),
                Ok(Passing::Unfiltered | Passing::Group(_)) => {}
                Err(reason) => people.unfiltered = Some(reason.to_string()),
            }
        }
        let definition = |name: &str| mapping.target.as_ref().and_then(|object| object.attribute(name));
        let plan = Plan::new(mapping.mapping, definition);
        let required: Vec<&str> = target.policy.user.rows.iter().map(|row| row.target.as_str()).collect();
        people.crowd = Crowd::of(&plan, users.iter().map(|user| plan.preview(user, &evaluator)), &required);
        Ok(people)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    /// Their names, in the order of the alphabet.
    pub(super) fn names(&self, indices: &[usize]) -> Vec<String> {
        let mut names: Vec<String> = indices.iter().filter_map(|index| self.names.get(*index).cloned()).collect();
        names.sort_unstable();
        names
    }
}

/// The mapping by which users are judged.
pub(super) fn mapping<'t, 'a>(target: &'t Target<'a>) -> Result<&'t MappingView<'a>, NotJudged> {
    let mappings = target.mappings_of(ObjectKind::User)?;
    mappings.first().copied().ok_or_else(|| NotJudged::skipped("a mapping of users"))
}

fn users(target: &Target<'_>) -> Result<Vec<User>, NotJudged> {
    let Some(snapshot) = target.snapshot else { return Ok(Vec::new()) };
    let members = snapshot.groups.iter().flatten().flat_map(|group| group.members.iter().flatten());
    let mut users: BTreeMap<&str, User> = BTreeMap::new();
    for object in members.filter(|member| is_a(member, "user")).chain(snapshot.users.iter().flatten()) {
        let Some(id) = object.get("id").and_then(serde_json::Value::as_str) else { continue };
        if users.contains_key(id) {
            continue;
        }
        let user = User::from_graph(object).map_err(|error| NotJudged::unknown(format!("the user {id}: {error}")))?;
        users.extend(user.map(|user| (id, user)));
    }
    Ok(users.into_values().collect())
}

/// Whether a member is a `user`, `group`, `device`, …
pub(super) fn is_a(member: &serde_json::Map<String, serde_json::Value>, kind: &str) -> bool {
    let said = member.get("@odata.type").and_then(serde_json::Value::as_str);
    said.map_or(kind == "user", |said| said.strip_prefix("#microsoft.graph.") == Some(kind))
}
