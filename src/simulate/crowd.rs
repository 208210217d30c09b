//! What previews of many users say together.

use foldhash::HashMap;

use super::{Plan, Preview, Sent};

/// Many users, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// How many are in scope.
    pub inside: usize,
    /// How many are not.
    pub outside: usize,
    /// Of how many it can't be told.
    pub unknown: usize,
    /// Of those in scope: which attributes that can't be missing are, and for whom.
    pub lacks: Vec<Lack>,
    /// Of those in scope: who would be matched with the same object.
    pub collisions: Vec<Collision>,
}

/// An attribute that some users lack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The target attribute.
    pub target: String,
    /// The users without it, by index.
    pub empty: Vec<usize>,
    /// The users of whom it isn't known, by index.
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
    /// Counts previews that a plan made. `required` are further target attributes that can't be missing.
    pub fn of(plan: &Plan<'_>, previews: &[Preview], required: &[&str]) -> Self {
        let mut crowd = Crowd::default();
        for preview in previews {
            match preview.scope.is_in() {
                Some(true) => crowd.inside += 1,
                Some(false) => crowd.outside += 1,
                None => crowd.unknown += 1,
            }
        }
        // Who is out of scope lacks nothing and meets nobody.
        let relevant = || previews.iter().enumerate().filter(|(_, preview)| preview.scope.is_in() != Some(false));
        let mut needed: Vec<&str> = plan.needed().collect();
        needed.extend(required.iter().filter(|target| !plan.needed().any(|known| known == **target)));
        for target in needed {
            let mut lack = Lack { target: target.to_owned(), empty: Vec::new(), unknown: Vec::new() };
            for (index, preview) in relevant() {
                match preview.rows.iter().find(|row| &*row.target == target).map(|row| &row.sent) {
                    None | Some(Sent::Empty) => lack.empty.push(index),
                    Some(Sent::Unknown(_)) => lack.unknown.push(index),
                    Some(Sent::Value { .. } | Sent::Reference(_)) => {}
                }
            }
            if !lack.empty.is_empty() || !lack.unknown.is_empty() {
                crowd.lacks.push(lack);
            }
        }
        let mut holders: HashMap<(&str, String), Vec<usize>> = HashMap::default();
        for (index, preview) in relevant() {
            for found in &preview.matching {
                let Some(value) = found.value.as_ref().filter(|_| !found.redacted) else { continue };
                // SCIM compares without regard to case, but for externalId (RFC 7643, sections 3.1 and 4.1).
                let folded = if found.target == "externalId" { value.clone() } else { value.to_lowercase() };
                holders.entry((&found.target, folded)).or_default().push(index);
            }
        }
        let shared = holders.into_iter().filter(|(_, users)| users.len() > 1);
        crowd.collisions = shared
            .map(|((target, value), users)| {
                let written = users.first().and_then(|first| {
                    previews[*first].matching.iter().find(|found| found.target == target)?.value.clone()
                });
                Collision { target: target.to_owned(), value: written.unwrap_or(value), users }
            })
            .collect();
        crowd
            .collisions
            .sort_by(|left, right| left.users.cmp(&right.users).then_with(|| left.target.cmp(&right.target)));
        crowd
    }
}
