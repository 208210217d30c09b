//! Proofs about a scoping filter without data.
//!
//! For the clauses of a filter, the values of an attribute fall into a few classes: no value, each text that a clause
//! mentions, the numbers around each bound, and any other text. The filter is evaluated for one value of each class.

use std::collections::{BTreeMap, HashSet};

use crate::expression::{Patterns, Value};
use crate::model::{Filter, FilterClause, FilterGroup};

use super::scope::{FilterOperator, holds};

/// The effect of a filter on all objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// No object passes.
    NoObject,
    /// Every object passes.
    EveryObject,
}

/// The most times that a clause is evaluated; where it takes more, nothing is proved.
const MOST: usize = 1_000_000;

/// Attributes that every user has.
const NEVER_NULL: [&str; 5] = ["objectId", "userPrincipalName", "displayName", "IsSoftDeleted", "accountEnabled"];
/// Attributes that are true or false.
const BOOLEAN: [&str; 2] = ["IsSoftDeleted", "accountEnabled"];

/// Proves that a filter excludes or includes every object; `None` where neither can be proved.
pub fn claim(filter: &Filter<'_>) -> Option<Claim> {
    let groups = filter.groups();
    if groups.is_empty() {
        return None;
    }
    if groups.iter().all(group_excludes_all) {
        return Some(Claim::NoObject);
    }
    every_object_passes(groups).then_some(Claim::EveryObject)
}

/// Proves that a group's clauses contradict each other.
pub fn group_excludes_all(group: &FilterGroup<'_>) -> bool {
    let clauses: Vec<&FilterClause<'_>> = group.clauses.iter().flatten().collect();
    let patterns = Patterns::default();
    by_attribute(&clauses).into_iter().any(|(name, about)| {
        let candidates = candidates(name, &about);
        let passes_surely_not =
            |candidate: &Candidate| about.iter().any(|clause| candidate.holds(clause, &patterns) == Some(false));
        let is_small = candidates.len().saturating_mul(about.len()) <= MOST;
        exclude_each_other(&about) || (is_small && candidates.iter().all(passes_surely_not))
    })
}

/// Whether one clause requires a pattern that another forbids.
fn exclude_each_other(clauses: &[&FilterClause<'_>]) -> bool {
    let patterns_of = |wanted| {
        let asking = clauses.iter().filter(move |clause| operator(clause) == Some(wanted));
        asking.map(|clause| clause.value()).collect::<HashSet<_>>()
    };
    !patterns_of(FilterOperator::RegexMatch).is_disjoint(&patterns_of(FilterOperator::NotRegexMatch))
}

fn every_object_passes(groups: &[FilterGroup<'_>]) -> bool {
    let clauses: Vec<&FilterClause<'_>> = groups.iter().flat_map(|group| group.clauses.iter().flatten()).collect();
    let choices: BTreeMap<&str, Vec<Candidate>> =
        by_attribute(&clauses).into_iter().map(|(name, about)| (name, candidates(name, &about))).collect();
    let combinations = choices.values().fold(1_usize, |product, candidates| product.saturating_mul(candidates.len()));
    if combinations.saturating_mul(clauses.len()) > MOST {
        return false;
    }
    let patterns = Patterns::default();
    (0..combinations).all(|combination| {
        let mut rest = combination;
        let chosen: BTreeMap<&str, &Candidate> = choices
            .iter()
            .map(|(name, candidates)| {
                let candidate = &candidates[rest % candidates.len()];
                rest /= candidates.len();
                (*name, candidate)
            })
            .collect();
        let holds = |clause| chosen.get(attribute(clause)).and_then(|value| value.holds(clause, &patterns));
        groups.iter().any(|group| {
            let clauses = group.clauses.as_deref().unwrap_or_default();
            !clauses.is_empty() && clauses.iter().all(|clause| holds(clause) == Some(true))
        })
    })
}

/// A value that represents its class.
struct Candidate {
    value: Value,
    /// Whether it represents the texts that no clause mentions, of which a pattern may match some.
    any_other: bool,
}

impl Candidate {
    /// Whether it satisfies a clause; `None` where that is unknown, or differs within the class.
    fn holds(&self, clause: &FilterClause<'_>, patterns: &Patterns) -> Option<bool> {
        if self.any_other {
            match operator(clause)? {
                FilterOperator::Equals if clause.values().count() < 2 => return Some(false),
                FilterOperator::NotEquals if clause.values().count() < 2 => return Some(true),
                FilterOperator::IsTrue | FilterOperator::IsFalse | FilterOperator::IsNull => return Some(false),
                FilterOperator::IsNotNull => return Some(true),
                _ => return None,
            }
        }
        holds(clause, &self.value, patterns).ok()
    }
}

fn attribute<'c>(clause: &'c FilterClause<'_>) -> &'c str {
    clause.source_operand_name.as_deref().unwrap_or_default()
}

fn operator(clause: &FilterClause<'_>) -> Option<FilterOperator> {
    FilterOperator::of(clause.operator_name.as_deref()?)
}

/// The clauses about each attribute.
fn by_attribute<'c, 'f>(clauses: &[&'c FilterClause<'f>]) -> BTreeMap<&'c str, Vec<&'c FilterClause<'f>>> {
    let mut about: BTreeMap<&str, Vec<&FilterClause<'_>>> = BTreeMap::new();
    for clause in clauses {
        about.entry(attribute(clause)).or_default().push(clause);
    }
    about
}

/// A value of every class that the clauses distinguish.
fn candidates(name: &str, clauses: &[&FilterClause<'_>]) -> Vec<Candidate> {
    let known = |value: &str| Candidate { value: Value::from(value), any_other: false };
    let mut texts: Vec<String> = vec!["True".into(), "False".into()];
    if !BOOLEAN.contains(&name) {
        texts.extend(["true".into(), "false".into(), "TRUE".into(), "FALSE".into()]);
        for value in clauses.iter().flat_map(|clause| clause.values()) {
            texts.push(value.to_owned());
            if let Ok(number) = value.trim().parse::<i64>() {
                texts.extend([number.saturating_sub(1).to_string(), number.saturating_add(1).to_string()]);
            }
        }
    }
    texts.sort();
    texts.dedup();
    let mut candidates: Vec<Candidate> = texts.iter().filter(|text| !text.is_empty()).map(|text| known(text)).collect();
    if !BOOLEAN.contains(&name) {
        candidates.push(Candidate { value: Value::from("any other"), any_other: true });
    }
    if !NEVER_NULL.contains(&name) {
        candidates.push(Candidate { value: Value::Null, any_other: false });
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups of clauses, each `attribute OPERATOR value`.
    fn filter_json(groups: &[&[(&str, &str, &str)]]) -> String {
        let groups: Vec<serde_json::Value> = groups
            .iter()
            .map(|clauses| {
                let clauses: Vec<serde_json::Value> = clauses
                    .iter()
                    .map(|(name, operator, value)| {
                        let values: Vec<&str> = if value.is_empty() { Vec::new() } else { vec![value] };
                        serde_json::json!({"sourceOperandName": name, "operatorName": operator, "targetOperand": {"values": values}})
                    })
                    .collect();
                serde_json::json!({"name": "g", "clauses": clauses})
            })
            .collect();
        serde_json::json!({"groups": groups}).to_string()
    }

    fn claimed(groups: &[&[(&str, &str, &str)]]) -> Option<Claim> {
        claim(&serde_json::from_str(&filter_json(groups)).unwrap())
    }

    #[test]
    fn a_filter_that_nobody_passes_is_proved_empty() {
        for clauses in [
            &[("a", "EQUALS", "x"), ("a", "EQUALS", "y")][..],
            &[("a", "IS NULL", ""), ("a", "EQUALS", "x")],
            &[("a", "IS NULL", ""), ("b", "IS NOT NULL", ""), ("a", "IS NOT NULL", "")],
            &[("a", "IS TRUE", ""), ("a", "IS FALSE", "")],
            &[("a", "EQUALS", "x"), ("a", "NOT EQUALS", "x")],
            &[("a", "EQUALS", "")],
            &[("a", "EQUALS", "5"), ("a", "Greater_Than", "9")],
            &[("a", "EQUALS", "sales"), ("a", "REGEX MATCH", "^[0-9]+$")],
            &[("a", "REGEX MATCH", "x.*"), ("a", "NOT REGEX MATCH", "x.*")],
            &[("a", "EQUALS", "Sales"), ("a", "Includes", "sales")],
            &[("a", "IS TRUE", ""), ("a", "EQUALS", "False")],
            &[("userPrincipalName", "IS NULL", "")],
            &[("accountEnabled", "IS FALSE", ""), ("accountEnabled", "NOT EQUALS", "False")],
        ] {
            assert_eq!(claimed(&[clauses]), Some(Claim::NoObject), "{clauses:?}");
            assert_eq!(claimed(&[clauses, &[("b", "EQUALS", "x")]]), None, "{clauses:?} or something");
        }
    }

    #[test]
    fn a_filter_that_every_object_passes_is_proved_so() {
        for groups in [
            &[&[("a", "IS NULL", "")][..], &[("a", "IS NOT NULL", "")]][..],
            &[&[("a", "EQUALS", "x")], &[("a", "NOT EQUALS", "x")], &[("a", "IS NULL", "")]],
            &[&[("objectId", "IS NOT NULL", "")]],
            &[&[("accountEnabled", "IS TRUE", "")], &[("accountEnabled", "IS FALSE", "")]],
            &[&[("a", "IS NULL", ""), ("b", "IS NULL", "")], &[("a", "IS NOT NULL", "")], &[("b", "IS NOT NULL", "")]],
        ] {
            assert_eq!(claimed(groups), Some(Claim::EveryObject), "{groups:?}");
        }
    }

    #[test]
    fn nothing_is_claimed_of_an_ordinary_filter_or_of_what_is_not_documented() {
        for groups in [
            &[&[("department", "EQUALS", "Sales"), ("country", "EQUALS", "US")][..]][..],
            &[&[("a", "EQUALS", "x")], &[("a", "NOT EQUALS", "x")]],
            &[&[("a", "IS TRUE", "")], &[("a", "IS FALSE", "")]],
            &[&[("a", "REGEX MATCH", ".*")]],
            &[&[("a", "REGEX MATCH", "x"), ("a", "REGEX MATCH", "y")]],
            &[&[("a", "Greater_Than", "5"), ("a", "EQUALS", "6")]],
            &[&[("a", "NOT EQUALS", "x"), ("a", "NOT EQUALS", "y")]],
            &[&[("a", "ENDS_WITH", "x"), ("a", "EQUALS", "X")]],
            &[&[("a", "&", "x"), ("a", "!&", "x")]],
            &[&[]],
            &[],
        ] {
            assert_eq!(claimed(groups), None, "{groups:?}");
        }
    }

    #[test]
    fn a_large_filter_takes_no_time() {
        let clauses: Vec<Vec<(String, &str, String)>> = (0..40)
            .map(|group| (0..40).map(|clause| (format!("a{clause}"), "NOT EQUALS", format!("{group}"))).collect())
            .collect();
        let borrowed: Vec<Vec<(&str, &str, &str)>> = clauses
            .iter()
            .map(|group| {
                group.iter().map(|(name, operator, value)| (name.as_str(), *operator, value.as_str())).collect()
            })
            .collect();
        let groups: Vec<&[(&str, &str, &str)]> = borrowed.iter().map(Vec::as_slice).collect();
        assert_eq!(claimed(&groups), None);
    }
}
