//! Rules that contradict each other: their fixes undo each other, without end.

use std::collections::BTreeMap;

use crate::finding::{Applicability, Finding};

/// A fix by its rule and its subject.
pub(super) type Key = (&'static str, String);

/// The key of a finding's fix.
pub(super) fn key(finding: &Finding) -> Key {
    (finding.rule.id, finding.subject.clone())
}

/// The fixes that undo each other, among those that lead back to a text that was there before, one list for each
/// contradiction. `ends` says whether nothing leads back there if the fixes in these lists are withheld.
///
/// A circle also holds fixes of what the others add. They are not to blame: without them it goes on.
pub(super) fn contradictions(circle: Vec<Key>, ends: impl Fn(&[Vec<Key>]) -> bool) -> Vec<Vec<Key>> {
    let mut subjects: BTreeMap<&str, Vec<Key>> = BTreeMap::new();
    for fix in &circle {
        subjects.entry(&fix.1).or_default().push(fix.clone());
    }
    let (several, single): (Vec<_>, Vec<_>) = subjects.into_values().partition(|rules| rules.len() > 1);
    let is_apart = !several.is_empty() && (single.is_empty() || ends(&several));
    let mut found = if is_apart { several } else { vec![circle] };
    for at in 0..found.len() {
        let mut only = found.clone();
        let mut guilty = found[at].clone();
        guilty.retain(|fix| {
            only[at] = vec![fix.clone()];
            ends(&only)
        });
        if guilty.len() > 1 {
            found[at] = guilty;
        }
    }
    found
}

/// Leaves a finding to a person if its fix is one of those that undo each other, and names the other rules.
pub(super) fn withhold(finding: &mut Finding, contradictions: &[Vec<Key>]) {
    let own = key(finding);
    let Some(fixes) = contradictions.iter().find(|fixes| fixes.contains(&own)) else { return };
    let Some(fix) = &mut finding.fix else { return };
    (fix.applicability, fix.changes) = (Applicability::Manual, Vec::new());
    let named = |(rule, subject): &Key| {
        if *subject == own.1 { (*rule).to_owned() } else { format!("{rule} at {subject}") }
    };
    let others: Vec<String> = fixes.iter().filter(|other| **other != own).map(named).collect();
    let reason = match others.as_slice() {
        [] => "its fix leads to the same finding again".to_owned(),
        [other] => format!("the fix of {other} would undo it"),
        several => format!("the fixes of {} would undo it", several.join(" and ")),
    };
    finding.help = format!("Not fixed: {reason}. {}", finding.help).trim_end().to_owned();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(names: &[(&'static str, &str)]) -> Vec<Key> {
        names.iter().map(|(rule, subject)| (*rule, (*subject).to_owned())).collect()
    }

    fn holds(lists: &[Vec<Key>], rule: &str) -> bool {
        lists.iter().flatten().any(|(held, _)| *held == rule)
    }

    #[test]
    fn contradictions_at_different_subjects_are_told_apart() {
        let circle = keys(&[("add", "x"), ("delete", "x"), ("rename", "y"), ("spell", "y")]);
        let ends = |held: &[Vec<Key>]| {
            (holds(held, "add") || holds(held, "delete")) && (holds(held, "rename") || holds(held, "spell"))
        };
        assert_eq!(contradictions(circle.clone(), ends), [&circle[..2], &circle[2..]]);
        let with_another = [circle.clone(), keys(&[("order", "z")])].concat();
        assert_eq!(contradictions(with_another, ends), [&circle[..2], &circle[2..]], "and from a third subject");
    }

    #[test]
    fn a_fix_of_what_others_add_is_not_to_blame() {
        let circle = keys(&[("add", "x"), ("delete", "x"), ("number", "x"), ("order", "y")]);
        let ends = |held: &[Vec<Key>]| holds(held, "add") || holds(held, "delete");
        assert_eq!(contradictions(circle.clone(), ends), [&circle[..2]]);
    }

    #[test]
    fn a_rule_that_two_others_undo_is_withheld_together_with_them() {
        let circle = keys(&[("add", "x"), ("delete", "x"), ("remove", "x")]);
        assert_eq!(contradictions(circle.clone(), |held| holds(held, "add")), [circle]);
    }

    #[test]
    fn a_circle_that_no_fix_alone_breaks_is_withheld_as_a_whole() {
        let circle = keys(&[("a", "x"), ("b", "x"), ("c", "y")]);
        assert_eq!(contradictions(circle.clone(), |held| held.concat().len() == 3), [circle]);
    }
}
