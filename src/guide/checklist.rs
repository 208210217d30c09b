//! The finished checklist, and what follows from it.

use super::Known;
use super::part::{Lack, Part, Why};
use super::way::Way;
use crate::text::shell::option;

/// A step of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// What has to be done.
    pub title: &'static str,
    /// Whether it is done.
    pub done: Done,
    /// What was read that shows it.
    pub evidence: Vec<String>,
    /// The rules that keep it from being done.
    pub rules: Vec<&'static str>,
    /// The parts of the evidence that are missing.
    pub lacks: Vec<Lack>,
    /// How to complete it; empty if nothing has to be done, or another step comes first.
    pub way: Way,
}

impl Milestone {
    /// A step that is not done.
    pub(super) fn open(title: &'static str, evidence: Vec<String>) -> Self {
        Milestone { title, done: Done::No, evidence, rules: Vec::new(), lacks: Vec::new(), way: Way::default() }
    }

    /// Whether its state is unknown only because the file does not include the evidence.
    fn is_left_out(&self) -> bool {
        self.done == Done::Unknown && !self.lacks.is_empty() && self.lacks.iter().all(|lack| lack.why == Why::LeftOut)
    }
}

/// Whether a milestone is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is done.
    Yes,
    /// It is not done.
    No,
    /// The evidence is missing.
    Unknown,
}

impl Done {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Done::Yes => "done",
            Done::No => "not done",
            Done::Unknown => "cannot tell",
        }
    }
}

/// The steps, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// The steps, in order.
    pub steps: Vec<Milestone>,
    /// What the file does not include, and how to get it.
    pub note: Option<String>,
    /// Whether the steps repeat what the note says.
    pub is_noted_once: bool,
}

impl Checklist {
    pub(super) fn of(steps: Vec<Milestone>, known: &Known<'_>) -> Self {
        let is_schema = known.seen.is_schema;
        let note = steps.iter().any(Milestone::is_left_out).then(|| {
            let name = option("--app", known.seen.app.as_deref().unwrap_or("NAME"));
            let rest = if is_schema {
                "This file is a schema: it shows only the mappings. For the other steps, export"
            } else {
                "Export"
            };
            format!("{rest} a snapshot with `provlint export{name} -o FILE`, or run `{}`", known.again())
        });
        Checklist { steps, note, is_noted_once: is_schema }
    }

    pub(super) fn without_app(steps: Vec<Milestone>) -> Self {
        Checklist { steps, note: None, is_noted_once: false }
    }

    /// How many steps are in a state.
    pub fn count(&self, done: Done) -> usize {
        self.steps.iter().filter(|step| step.done == done).count()
    }

    /// Whether every step is done.
    pub fn is_complete(&self) -> bool {
        self.steps.iter().all(|step| step.done == Done::Yes)
    }

    /// The parts for open steps that could not be read, with the reasons.
    pub fn unread(&self) -> Vec<(Part, String)> {
        let mut unread: Vec<(Part, String)> = Vec::new();
        for lack in self.steps.iter().flat_map(|step| &step.lacks) {
            if let Some(reason) = lack.reason()
                && !unread.iter().any(|(part, _)| *part == lack.part)
            {
                unread.push((lack.part, reason));
            }
        }
        unread
    }

    /// The parts of [`Checklist::unread`] by reason: `provisioning jobs, connection settings: 401 Unauthorized …`.
    pub fn unread_in_words(&self) -> Option<String> {
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for (part, reason) in self.unread() {
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, parts)) => parts.push(part.as_str()),
                None => reasons.push((reason, vec![part.as_str()])),
            }
        }
        let said = reasons.into_iter().map(|(reason, parts)| format!("{}: {reason}", parts.join(", ")));
        Some(said.collect::<Vec<_>>().join("; ")).filter(|said| !said.is_empty())
    }

    /// The command of the first step that is known not to be done; `None` if a person must do it, nothing is left, or
    /// something could not be read. A step whose state was not asked for is passed over.
    pub fn next_command(&self) -> Option<&str> {
        if !self.unread().is_empty() {
            return None;
        }
        self.steps.iter().find(|step| step.done == Done::No)?.way.command.as_deref()
    }

    /// The single next thing to do: that of the first open step. A step that the file does not show comes last.
    pub fn next(&self) -> Option<&Way> {
        let open = || self.steps.iter().filter(|step| step.done != Done::Yes);
        let shown = open().filter(|step| !step.is_left_out());
        shown.chain(open()).map(|step| &step.way).find(|way| !way.is_empty())
    }
}
