//! What mappings and the tenant URL could do about the faults of an endpoint, as lines of a policy.

use std::fmt::Write;

use super::harm::{ABSENT_ELEMENT, CREATION, Harm, MANAGER, ROLES, UPDATE, VALUES};
use super::steps::{GROUP, MEMBERS};
use super::{Cast, StepResult, Verdict};
use crate::model::ObjectKind;
use crate::policy::{Policy, matches_pattern};
use crate::simulate::request::Form;

/// The faults that are gone if the row of the attribute is deleted.
static OF_ROWS: [&Harm; 6] = [&VALUES, &UPDATE, &ABSENT_ELEMENT, &CREATION, &MANAGER, &ROLES];

/// What is known besides the results.
#[derive(Debug)]
pub struct Known<'k> {
    /// The policy that applies to the app.
    pub policy: &'k Policy,
    /// Target attributes that cannot be left out.
    pub indispensable: Vec<&'k str>,
    /// The target that the manager is written to.
    pub manager: Option<&'k str>,
    /// The target that roles are written to.
    pub roles: Option<&'k str>,
}

/// Policy lines that describe an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// YAML to paste into a policy; empty if there is nothing to propose.
    pub lines: String,
    /// What the policy says otherwise, or what no line can help with: sentences.
    pub notes: Vec<String>,
}

impl<'k> Known<'k> {
    /// What the cast and the policy say. Without the attributes that users and groups are matched on, and without `active`,
    /// nothing is provisioned as it should be.
    pub fn of(cast: &'k Cast, policy: &'k Policy) -> Self {
        let personas = cast.users.iter().take(1).chain(&cast.group);
        let matching = personas.flat_map(|persona| persona.matching.iter().map(|found| found.target.as_str()));
        Known {
            policy,
            indispensable: matching.chain(["userName", "active"]).collect(),
            manager: cast.manager.as_deref(),
            roles: cast.roles.as_ref().map(|(target, _)| target.as_str()),
        }
    }

    /// The attributes that a step is about.
    fn attributes(&self, step: &'k StepResult) -> Vec<&'k str> {
        if !step.attributes.is_empty() {
            return step.attributes.iter().map(String::as_str).collect();
        }
        let only = match step.harm {
            Some(harm) if *harm == MANAGER => self.manager,
            Some(harm) if *harm == ROLES => self.roles,
            _ => None,
        };
        only.into_iter().collect()
    }
}

/// Proposes lines for the steps that failed.
pub fn proposal(steps: &[StepResult], known: &Known<'_>) -> Proposal {
    let mut notes = Vec::new();
    let flag = flag(steps);
    let mut lines = String::new();
    match (flag, known.policy.scim_flag) {
        (Some(needed), Some(wanted)) if needed != wanted => notes.push(format!(
            "The policy says `scim-flag: {}`, but updates work only {} the flag.",
            word(wanted),
            if needed { "with" } else { "without" }
        )),
        (Some(needed), None) => {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "app:\n  scim-flag: {}", word(needed));
        }
        _ => {}
    }
    let counts = |step: &&StepResult| {
        let is_sent = flag.is_none_or(|flag| step.form.is_none_or(|form| (form == Form::Flagged) == flag));
        let is_of_row = step.harm.is_some_and(|harm| OF_ROWS.contains(&harm));
        step.verdict == Verdict::Failed && is_of_row && is_sent
    };
    let failed: Vec<&StepResult> = steps.iter().filter(counts).collect();
    let mut mappings = String::new();
    for (kind, key) in [(ObjectKind::User, "user"), (ObjectKind::Group, "group")] {
        let requirements = known.policy.requirements(kind);
        let mut forbidden: Vec<(&str, &StepResult)> = Vec::new();
        for step in failed.iter().filter(|step| kind_of(step) == kind) {
            for target in known.attributes(step) {
                let is_known = forbidden.iter().any(|(known, _)| *known == target);
                if is_known || requirements.forbidden.iter().any(|pattern| matches_pattern(pattern, target)) {
                    continue;
                }
                let is_needed =
                    known.indispensable.contains(&target) || (kind, target) == (ObjectKind::Group, "displayName");
                if is_needed {
                    notes.push(format!(
                        "{target} fails ({}), but cannot be left out: the endpoint must be corrected.",
                        step.id
                    ));
                } else if requirements.row(target).is_some() {
                    notes.push(format!(
                        "{target} fails ({}), but the policy requires its row: ask the vendor.",
                        step.id
                    ));
                } else {
                    forbidden.push((target, step));
                }
            }
        }
        if !forbidden.is_empty() {
            let _ = writeln!(mappings, "  {key}:\n    forbid:");
        }
        for (target, step) in forbidden {
            let _ = writeln!(mappings, "      - {} # {}", serde_json::Value::from(target), step.id);
        }
    }
    if !mappings.is_empty() {
        let _ = write!(lines, "mappings:\n{mappings}");
    }
    notes.dedup();
    Proposal { lines, notes }
}

fn word(flag: bool) -> &'static str {
    if flag { "required" } else { "forbidden" }
}

fn kind_of(step: &StepResult) -> ObjectKind {
    let is_of_group = GROUP.iter().chain(MEMBERS).any(|known| known.id == step.id);
    if is_of_group { ObjectKind::Group } else { ObjectKind::User }
}

/// Whether the tenant URL needs the flag (`true`) or must not have it: all updates work one way, and some fail the other
/// way. `None` where that was not tried, or does not help.
fn flag(steps: &[StepResult]) -> Option<bool> {
    let played = |form| steps.iter().any(|step| step.form == Some(form) && step.verdict != Verdict::NotRun);
    let fails = |form| steps.iter().any(|step| step.form == Some(form) && step.verdict == Verdict::Failed);
    if !played(Form::Default) || !played(Form::Flagged) {
        return None;
    }
    match (fails(Form::Default), fails(Form::Flagged)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::harm::{PATHLESS, TEXT_BOOLEAN};
    use super::*;
    use crate::policy::RowRequirement;

    const REGION: &str = r#"addresses[type eq "work"].region"#;

    fn step(id: &'static str, form: Option<Form>, harm: Option<&'static Harm>, attributes: &[&str]) -> StepResult {
        StepResult {
            id,
            title: "",
            form,
            verdict: if harm.is_some() { Verdict::Failed } else { Verdict::Passed },
            concerns_app: true,
            said: String::new(),
            harm,
            attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
            origin: None,
            exchanges: Vec::new(),
        }
    }

    fn proposed(policy: &Policy, steps: &[StepResult]) -> Proposal {
        let known = Known {
            policy,
            indispensable: vec!["userName", "active", "externalId"],
            manager: Some("urn:x:manager"),
            roles: Some("roles"),
        };
        proposal(steps, &known)
    }

    #[test]
    fn rows_that_the_endpoint_drops_are_forbidden_and_each_only_once() {
        let steps = [
            step("keep-values", None, Some(&VALUES), &["title", REGION]),
            step("replace-values", Some(Form::Default), Some(&UPDATE), &["title"]),
            step("set-manager", Some(Form::Default), Some(&MANAGER), &[]),
            step("keep-group-values", None, Some(&VALUES), &["externalId", "displayName", "note"]),
        ];
        let found = proposed(&Policy::default(), &steps);
        let lines = r#"mappings:
  user:
    forbid:
      - "title" # keep-values
      - "addresses[type eq \"work\"].region" # keep-values
      - "urn:x:manager" # set-manager
  group:
    forbid:
      - "note" # keep-group-values
"#;
        assert_eq!(found.lines, lines);
        assert_eq!(found.notes.len(), 2, "{:?}", found.notes);
        let policy = format!("version: 1\nprofile: generic\n{lines}");
        let read = crate::policy::read(&policy, None, std::iter::empty::<&'static str>()).unwrap();
        assert_eq!(read[0].user.forbidden, ["title", REGION, "urn:x:manager"]);
        assert_eq!(read[0].group.forbidden, ["note"]);
    }

    #[test]
    fn the_flag_is_proposed_where_it_alone_helps() {
        let failed = |form, harm: &'static Harm| step("disable-user", Some(form), Some(harm), &["active"]);
        let passed = |form| step("disable-user", Some(form), None, &[]);
        let (default, flagged) = (Form::Default, Form::Flagged);
        for (steps, lines) in [
            (vec![failed(default, &TEXT_BOOLEAN), passed(flagged)], "app:\n  scim-flag: required\n"),
            (vec![passed(default), failed(flagged, &PATHLESS)], "app:\n  scim-flag: forbidden\n"),
            (vec![failed(default, &TEXT_BOOLEAN), failed(flagged, &PATHLESS)], ""),
            (vec![failed(default, &TEXT_BOOLEAN)], ""),
            (vec![passed(default), passed(flagged)], ""),
        ] {
            assert_eq!(proposed(&Policy::default(), &steps).lines, lines);
        }
        // What the flag solves is no reason to delete a row.
        let steps = [step("add-values", Some(default), Some(&UPDATE), &["title"]), passed(flagged)];
        assert_eq!(proposed(&Policy::default(), &steps).lines, "app:\n  scim-flag: required\n");
    }

    #[test]
    fn what_the_policy_says_already_or_otherwise_is_not_proposed() {
        let mut policy = Policy { scim_flag: Some(false), ..Policy::default() };
        policy.user.forbidden = vec!["title".to_owned()];
        policy.user.rows = vec![RowRequirement { target: REGION.to_owned(), ..RowRequirement::default() }];
        let steps = [
            step("keep-values", None, Some(&VALUES), &["title", REGION, "userName"]),
            step("disable-user", Some(Form::Default), Some(&TEXT_BOOLEAN), &[]),
            step("disable-user", Some(Form::Flagged), None, &[]),
        ];
        let found = proposed(&policy, &steps);
        assert_eq!(found.lines, "");
        let notes = found.notes.join(" ");
        for said in ["scim-flag: forbidden", "the policy requires its row", "userName fails (keep-values), but cannot"]
        {
            assert!(notes.contains(said), "{said}: {notes}");
        }
    }
}
