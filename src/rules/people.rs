//! The users behind an app's assignments, evaluated with its user mapping.

use std::collections::HashSet;

use super::{MappingView, NotJudged, Target};
use crate::expression::{Attributes, Evaluator, Value};
use crate::finding::Evidence;
use crate::model::ObjectKind;
use crate::simulate::{Crowd, Passing, Plan, User, passes};

/// Every member of an assigned group and every directly assigned user, each once.
#[derive(Debug)]
pub(super) struct People {
    /// Their names.
    names: Vec<String>,
    /// Those who are disabled in Entra ID, by index.
    pub(super) disabled: Vec<usize>,
    /// Those that the scoping filter excludes, by index.
    pub(super) filtered: Vec<usize>,
    /// Why the scoping filter could not be evaluated for some.
    pub(super) unfiltered: Option<String>,
    /// Those whose manager is not among them, by index.
    pub(super) without_manager: Vec<usize>,
    /// Whether the manager of some was not read.
    pub(super) unknown_manager: bool,
    /// What Entra would send for all of them.
    pub(super) crowd: Crowd,
}

impl People {
    /// Evaluates all users, one after the other.
    pub(super) fn of(target: &Target<'_>) -> Result<Self, NotJudged> {
        target.has(Evidence::Members)?;
        let mapping = mapping(target)?;
        let evaluator = Evaluator::new(target.taken_at(), 0);
        let definition = |name: &str| mapping.target.as_ref().and_then(|object| object.attribute(name));
        let plan = Plan::new(mapping.mapping, definition);
        let required = target.policy.user.needed();
        let mut people = People {
            names: Vec::new(),
            disabled: Vec::new(),
            filtered: Vec::new(),
            unfiltered: None,
            without_manager: Vec::new(),
            unknown_manager: false,
            crowd: Crowd::default(),
        };
        let (mut ids, mut managers): (HashSet<String>, Vec<(usize, String)>) = Default::default();
        let mut broken = None;
        let previews = users(target).filter_map(|user| match user {
            Ok(user) => {
                let index = people.count();
                ids.extend(user.id().map(str::to_ascii_lowercase));
                match user.attribute("manager") {
                    Ok(Value::Text(manager)) => managers.push((index, manager.to_ascii_lowercase())),
                    Ok(_) => {}
                    Err(_) => people.unknown_manager = true,
                }
                people.add(&user, mapping, &evaluator);
                Some(plan.preview(&user, &evaluator))
            }
            Err(reason) => {
                broken = Some(reason);
                None
            }
        });
        let crowd = Crowd::of(&plan, previews, &required);
        people.crowd = crowd;
        let is_missing = |(index, manager): (usize, String)| (!ids.contains(&manager)).then_some(index);
        people.without_manager = managers.into_iter().filter_map(is_missing).collect();
        broken.map_or(Ok(people), |reason| Err(NotJudged::unread(reason)))
    }

    fn add(&mut self, user: &User, mapping: &MappingView<'_>, evaluator: &Evaluator) {
        let index = self.names.len();
        self.names.push(user.label().unwrap_or_default().to_owned());
        if matches!(user.attribute("IsSoftDeleted"), Ok(Value::Text(yes)) if yes.eq_ignore_ascii_case("true")) {
            self.disabled.push(index);
        } else if let Some(filter) = &mapping.mapping.scope {
            match passes(filter, user, evaluator.patterns()) {
                Ok(Passing::Fails(_)) => self.filtered.push(index),
                Ok(Passing::Unfiltered | Passing::Group(_)) => {}
                Err(reason) => self.unfiltered = Some(reason.to_string()),
            }
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    /// Their names in alphabetical order.
    pub(super) fn names(&self, indices: &[usize]) -> Vec<String> {
        let mut names: Vec<String> = indices.iter().filter_map(|index| self.names.get(*index).cloned()).collect();
        names.sort_unstable();
        names
    }
}

/// The mapping that users are evaluated with.
pub(super) fn mapping<'t, 'a>(target: &'t Target<'a>) -> Result<&'t MappingView<'a>, NotJudged> {
    let mappings = target.mappings_of(ObjectKind::User)?;
    mappings.first().copied().ok_or_else(|| NotJudged::skipped("a mapping of users"))
}

/// Every user once, or why one could not be read.
fn users<'t>(target: &'t Target<'_>) -> impl Iterator<Item = Result<User, String>> + 't {
    let mut seen = HashSet::new();
    let groups = target.snapshot.and_then(|snapshot| snapshot.groups.as_deref()).unwrap_or_default();
    let direct = target.snapshot.and_then(|snapshot| snapshot.users.as_deref()).unwrap_or_default();
    let members = groups.iter().flat_map(|group| group.members.iter().flatten());
    members.chain(direct).filter_map(move |member| {
        let identity = member.identity();
        let id = identity.id.as_deref().filter(|_| identity.is_a("user"))?;
        if !seen.insert(id.to_owned()) {
            return None;
        }
        User::from_graph(&member.properties()).map_err(|error| format!("the user {id}: {error}")).transpose()
    })
}
