//! The previews of many users, summarised.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use foldhash::HashMap;

use super::{Plan, Preview, Sent, breaks_a_filter};

/// Counts over many users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// How many are in scope.
    pub inside: usize,
    /// How many are not.
    pub outside: usize,
    /// How many are unknown.
    pub unknown: usize,
    /// Of those in scope: required attributes that are missing, and for which users.
    pub lacks: Vec<Lack>,
    /// Of those in scope: users that would match the same object.
    pub collisions: Vec<Collision>,
    /// Of those in scope: users whose matching value a filter cannot hold as it is, by index, for each target attribute.
    pub unsearchable: BTreeMap<String, Vec<usize>>,
}

/// An attribute that some users lack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The target attribute.
    pub target: String,
    /// The users without it, by index.
    pub empty: Vec<usize>,
    /// The users for whom it is unknown, by index.
    pub unknown: Vec<usize>,
}

/// Users whose matching values are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// The target attribute that matches.
    pub target: String,
    /// The value that they share.
    pub value: String,
    /// The users, by index.
    pub users: Vec<usize>,
}

impl Crowd {
    /// Counts the previews of a plan one by one, so that none has to be kept. `required` are further target attributes
    /// that are required.
    pub fn of(plan: &Plan<'_>, previews: impl IntoIterator<Item = impl Borrow<Preview>>, required: &[&str]) -> Self {
        let mut crowd = Crowd::default();
        let mut needed: Vec<&str> = plan.needed().collect();
        needed.extend(required.iter().filter(|target| !plan.needed().any(|known| known == **target)));
        let empty = |target: &&str| Lack { target: (*target).to_owned(), empty: Vec::new(), unknown: Vec::new() };
        let mut lacks: Vec<Lack> = needed.iter().map(empty).collect();
        let mut holders: HashMap<(String, String), (String, Vec<usize>)> = HashMap::default();
        for (index, preview) in previews.into_iter().enumerate() {
            let preview: &Preview = preview.borrow();
            match preview.scope.is_in() {
                Some(true) => crowd.inside += 1,
                // Users out of scope need no values and collide with no one.
                Some(false) => {
                    crowd.outside += 1;
                    continue;
                }
                None => crowd.unknown += 1,
            }
            for lack in &mut lacks {
                match preview.rows.iter().find(|row| *row.target == lack.target).map(|row| &row.sent) {
                    None | Some(Sent::Empty) => lack.empty.push(index),
                    Some(Sent::Unknown(_)) => lack.unknown.push(index),
                    Some(Sent::Value { .. } | Sent::Reference(_)) => {}
                }
            }
            for found in &preview.matching {
                let Some(value) = found.value.as_ref().filter(|_| !found.redacted) else { continue };
                // SCIM compares ignoring case, except for externalId (RFC 7643, sections 3.1 and 4.1).
                let folded = if found.target == "externalId" { value.clone() } else { value.to_lowercase() };
                if breaks_a_filter(value) {
                    crowd.unsearchable.entry(found.target.clone()).or_default().push(index);
                }
                let holder = holders.entry((found.target.clone(), folded));
                holder.or_insert_with(|| (value.clone(), Vec::new())).1.push(index);
            }
        }
        crowd.lacks = lacks.into_iter().filter(|lack| !lack.empty.is_empty() || !lack.unknown.is_empty()).collect();
        let shared = holders.into_iter().filter(|(_, (_, users))| users.len() > 1);
        crowd.collisions = shared.map(|((target, _), (value, users))| Collision { target, value, users }).collect();
        crowd
            .collisions
            .sort_by(|left, right| left.users.cmp(&right.users).then_with(|| left.target.cmp(&right.target)));
        crowd
    }
}
