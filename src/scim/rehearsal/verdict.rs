//! The result of a step.

use super::exchange::Exchange;
use super::harm::Harm;
use crate::simulate::request::{Form, Origin};

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Entra sends this, and it does not work.
    Failed,
    /// It does not work, but only an older version or Microsoft's SCIM Validator sends it.
    Warned,
    /// It could not be tried, or does not concern this app.
    NotRun,
    /// It works.
    Passed,
}

impl Verdict {
    /// The words that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Failed => "failed",
            Verdict::Warned => "warned",
            Verdict::NotRun => "not run",
            Verdict::Passed => "passed",
        }
    }
}

/// What is wrong.
#[derive(Debug)]
pub(super) struct Trouble {
    /// What was found, as a clause.
    pub(super) said: String,
    /// What it does in production.
    pub(super) harm: &'static Harm,
    /// Whether Entra itself is affected.
    pub(super) weight: Verdict,
    /// The target attributes that it is about.
    pub(super) attributes: Vec<String>,
}

/// How a step ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It works, with what was found.
    Passed(String),
    /// It was not tried, and why.
    NotRun(String),
    /// It was not tried, because the app's schema never makes Entra send it.
    Beside(String),
    /// It does not work.
    Trouble(Trouble),
}

impl Outcome {
    pub(super) fn passed() -> Self {
        Outcome::Passed(String::new())
    }

    pub(super) fn not_run(why: impl Into<String>) -> Self {
        Outcome::NotRun(why.into())
    }

    pub(super) fn beside(why: &str) -> Self {
        Outcome::Beside(why.to_owned())
    }

    /// Entra sends this.
    pub(super) fn failed(harm: &'static Harm, said: impl Into<String>) -> Self {
        Outcome::about(harm, said, Vec::new())
    }

    /// Entra sends this; with the attributes that it is about.
    pub(super) fn about(harm: &'static Harm, said: impl Into<String>, attributes: Vec<String>) -> Self {
        Outcome::Trouble(Trouble { said: said.into(), harm, weight: Verdict::Failed, attributes })
    }

    /// Only older versions, or the SCIM Validator, send this.
    pub(super) fn warned(harm: &'static Harm, said: impl Into<String>) -> Self {
        Outcome::Trouble(Trouble { said: said.into(), harm, weight: Verdict::Warned, attributes: Vec::new() })
    }
}

/// The result of a step, for reports.
#[derive(Clone, Debug)]
pub struct StepResult {
    /// Its name, which stays the same.
    pub id: &'static str,
    /// What it does, in words.
    pub title: &'static str,
    /// The state of the flag that its requests were written for, if that matters.
    pub form: Option<Form>,
    /// How it ended.
    pub verdict: Verdict,
    /// Whether Entra sends this for the app's schema.
    pub concerns_app: bool,
    /// What was found, or why it was not run; may be empty.
    pub said: String,
    /// The kind of fault, if there is one.
    pub harm: Option<&'static Harm>,
    /// The target attributes that a fault is about.
    pub attributes: Vec<String>,
    /// Where the form of the deciding request comes from.
    pub origin: Option<Origin>,
    /// The deciding request and what follows it.
    pub exchanges: Vec<Exchange>,
}

impl StepResult {
    /// What reports are sorted by: failed before warned, most harmful first, then in the order of the steps.
    pub fn weight(&self) -> (Verdict, u8) {
        (self.verdict, self.harm.map_or(u8::MAX, |harm| harm.rank))
    }
}
