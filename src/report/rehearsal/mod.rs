//! The results of a rehearsal: one file a format, one line in [`REHEARSAL_FORMATS`].

mod html;
mod json;
mod junit;
mod markdown;
mod pretty;

use super::Format;
use crate::report::summary::counted;
use crate::scim::rehearsal::{Proposal, StepResult, Verdict};
use crate::simulate::request::Form;

/// Every format that shows a rehearsal; the first is the default.
pub static REHEARSAL_FORMATS: &[Format<RehearsalReport>] =
    &[pretty::FORMAT, json::FORMAT, junit::FORMAT, markdown::FORMAT, html::FORMAT];

/// A rehearsal that has ended.
#[derive(Debug)]
pub struct RehearsalReport {
    /// The tenant URL, without credentials.
    pub tenant_url: String,
    /// The name of the schema.
    pub schema: String,
    /// The states of the flag that requests were written for.
    pub forms: Vec<Form>,
    /// The steps, in the order in which they were played.
    pub steps: Vec<StepResult>,
    /// Target attributes whose values are unknown, and why.
    pub unknown: Vec<(String, String)>,
    /// What a policy could say about the endpoint.
    pub proposal: Proposal,
    /// What is left on the endpoint.
    pub left: Vec<String>,
    /// Why it ended early; empty if it did not.
    pub halt: String,
    /// How many requests were sent.
    pub requests: usize,
}

impl RehearsalReport {
    /// The steps, failed before warned, most harmful first, then those not run, then those that passed.
    pub fn ranked(&self) -> Vec<&StepResult> {
        let mut steps: Vec<&StepResult> = self.steps.iter().collect();
        steps.sort_by_key(|step| step.weight());
        steps
    }

    /// How many steps ended so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.steps.iter().filter(|step| step.verdict == verdict).count()
    }

    /// `2 steps failed, 1 warned, 30 passed, 4 not run`
    fn counts(&self) -> String {
        let [failed, warned, passed, not_run] =
            [Verdict::Failed, Verdict::Warned, Verdict::Passed, Verdict::NotRun].map(|verdict| self.count(verdict));
        format!("{} failed, {warned} warned, {passed} passed, {not_run} not run", counted(failed, "step"))
    }

    /// `with aadOptscim062020`
    fn forms(&self) -> String {
        self.forms.iter().map(|form| form.as_str()).collect::<Vec<_>>().join(" and ")
    }
}

/// The name of a step, with the state of the flag where several are rehearsed.
fn name(step: &StepResult, report: &RehearsalReport) -> String {
    match step.form {
        Some(form) if report.forms.len() > 1 => format!("{} ({})", step.id, form.as_str()),
        _ => step.id.to_owned(),
    }
}

/// The addresses that a step's fault can be looked up at, without repetitions.
fn sources(step: &StepResult) -> Vec<&'static str> {
    let of_request = step.origin.iter().flat_map(|origin| origin.sources).copied();
    let of_harm = step.harm.iter().flat_map(|harm| harm.sources).copied();
    let mut sources: Vec<&str> = Vec::new();
    for source in of_request.chain(of_harm) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

/// What is inferred or unknown about the deciding request.
fn doubt(step: &StepResult) -> &'static str {
    step.origin.map(|origin| origin.unknown).unwrap_or_default()
}

/// What happens in production, and what to ask of the vendor.
fn consequence(step: &StepResult) -> Option<(&'static str, &'static str)> {
    step.harm.map(|harm| (harm.consequence, harm.vendor))
}

/// The exchanges that show a fault: the deciding one, and the last, which reads back.
fn telling(step: &StepResult) -> Vec<&crate::scim::rehearsal::Exchange> {
    match step.exchanges.as_slice() {
        [] => Vec::new(),
        [only] => vec![only],
        [first, .., last] => vec![first, last],
    }
}
