//! A step of the checklist while it is decided: what proves it, what contradicts it, and what is unknown.

use super::part::{Lack, Part, Why};
use super::way::Way;
use super::{Done, Known, Milestone, rules_of};
use crate::finding::{Finding, Metadata, Severity};

/// A step that is being decided.
pub(super) struct Step<'k> {
    known: &'k Known<'k>,
    title: &'static str,
    /// What was read that proves it.
    proofs: Vec<String>,
    /// What was read that contradicts it.
    open: Vec<String>,
    /// What is unknown.
    doubts: Vec<String>,
    /// The parts that are missing for it.
    lacks: Vec<Lack>,
    /// What was not checked on purpose.
    notes: Vec<String>,
    /// The warnings and errors of its rules.
    pub(super) findings: Vec<&'k Finding>,
    /// Its rules that could not be evaluated.
    unknown: Vec<&'static str>,
}

impl<'k> Step<'k> {
    /// A step without rules, which is decided by what was read.
    pub(super) fn without_rules(known: &'k Known<'k>, title: &'static str) -> Self {
        Step {
            known,
            title,
            proofs: Vec::new(),
            open: Vec::new(),
            doubts: Vec::new(),
            lacks: Vec::new(),
            notes: Vec::new(),
            findings: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// A step that its rules decide, together with what was read.
    pub(super) fn new(known: &'k Known<'k>, title: &'static str) -> Self {
        let mut step = Step::without_rules(known, title);
        let ids = rules_of(title);
        let judgement = &known.seen.judgement;
        let of_step = judgement.findings.iter().filter(|finding| ids.contains(&finding.rule.id));
        step.findings = of_step.filter(|finding| finding.severity >= Severity::Warning).collect();
        for report in judgement.rules.iter().filter(|report| ids.contains(&report.rule.id)) {
            if let Some(reason) = report.reason() {
                step.note_unknown(report.rule, reason);
            }
        }
        step.note_what_is_off(&ids);
        step.note_what_is_accepted(&ids);
        step
    }

    fn note_unknown(&mut self, rule: &'static Metadata, reason: &str) {
        let (id, evidence) = (rule.id, rule.evidence);
        // Without hints, and without what is seldom readable, the step can be decided.
        if rule.severity < Severity::Warning || evidence.iter().any(|evidence| evidence.is_optional()) {
            return;
        }
        self.unknown.push(id);
        let parts = evidence.iter().flat_map(|evidence| Part::of(*evidence));
        let unread = parts.filter_map(|part| self.known.seen.lack(*part)).find(|lack| lack.why != Why::LeftOut);
        match unread {
            Some(lack) => self.lack(lack),
            None => self.doubts.push(format!("not evaluated: {reason} {}", in_brackets(id))),
        }
    }

    fn note_what_is_off(&mut self, ids: &[&'static str]) {
        let off: Vec<&str> = ids.iter().copied().filter(|id| !self.known.seen.ran(id)).collect();
        match off.as_slice() {
            [] => {}
            [only] => self.notes.push(format!("not checked: {only} is off in the policy or its profile")),
            several => {
                self.notes.push(format!("not checked: {} are off in the policy or its profile", several.join(", ")))
            }
        }
    }

    fn note_what_is_accepted(&mut self, ids: &[&'static str]) {
        let judgement = &self.known.seen.judgement;
        let has_finding = |id: &str| judgement.findings.iter().any(|finding| finding.rule.id == id);
        let accepted = ids.iter().filter(|id| self.known.seen.failed(id) && !has_finding(id));
        for id in accepted {
            self.notes.push(format!("accepted in the policy: {id}"));
        }
    }

    /// Adds what was read that proves the step.
    pub(super) fn prove(&mut self, text: impl Into<String>) {
        self.proofs.push(text.into());
    }

    /// Adds what was read that contradicts the step.
    pub(super) fn open(&mut self, text: impl Into<String>) {
        self.open.push(text.into());
    }

    /// Adds something that is unknown although it was read.
    pub(super) fn doubt(&mut self, text: impl Into<String>) {
        self.doubts.push(text.into());
    }

    /// Adds what is worth knowing, but does not decide.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Notes that a part is missing.
    pub(super) fn lack(&mut self, lack: &Lack) {
        if !self.lacks.iter().any(|known| known.part == lack.part) {
            self.lacks.push(lack.clone());
        }
    }

    /// Whether a part is there; notes it if it is missing.
    pub(super) fn has(&mut self, part: Part) -> bool {
        let lack = self.known.seen.lack(part);
        if let Some(lack) = lack {
            self.lack(lack);
        }
        lack.is_none()
    }

    /// Notes that a part could not be read, if that was tried.
    pub(super) fn expect_if_requested(&mut self, part: Part) {
        if self.known.seen.lack(part).is_some_and(|lack| lack.why != Why::LeftOut) {
            self.has(part);
        }
    }

    /// Leaves the findings of some rules out.
    pub(super) fn disregard(&mut self, rules: &[&str]) {
        self.findings.retain(|finding| !rules.contains(&finding.rule.id));
    }

    /// Whether it is reached, by what is known so far.
    pub(super) fn done(&self) -> Done {
        if !self.open.is_empty() || !self.findings.is_empty() {
            Done::No
        } else if self.is_doubtful() || self.proofs.is_empty() {
            Done::Unknown
        } else {
            Done::Yes
        }
    }

    fn is_doubtful(&self) -> bool {
        !self.doubts.is_empty() || !self.lacks.is_empty()
    }

    /// Decides the step. `way` is how to complete it, if that does not depend on evidence that is missing.
    pub(super) fn finish(mut self, way: impl FnOnce(&Self) -> Way) -> Milestone {
        let done = self.done();
        if done == Done::Unknown && !self.is_doubtful() {
            self.doubts.push("nothing of this step was checked".to_owned());
        }
        let is_unread = self.lacks.iter().any(|lack| lack.why != Why::LeftOut);
        let way = match (done, self.lacks.first()) {
            (Done::Yes, _) => Way::default(),
            // What is unknown must not be changed.
            (Done::Unknown, Some(_)) if self.known.file.is_some() => Way::default().or_run(self.known.again()),
            (Done::Unknown, Some(_)) if is_unread => Way::default().or_run(self.known.rights()),
            _ => way(&self),
        };
        let missing = self.lacks.iter().map(Lack::in_words);
        let doubts = missing.chain(self.doubts);
        let found = self.findings.iter().map(|found| format!("{} {}", found.message, in_brackets(found.rule.id)));
        let evidence: Vec<String> = match done {
            Done::Yes => self.proofs.into_iter().chain(self.notes).collect(),
            Done::No => self.open.into_iter().chain(found).collect(),
            Done::Unknown => doubts.chain(self.proofs).chain(self.notes).collect(),
        };
        let mut rules: Vec<&'static str> = match done {
            Done::Yes => Vec::new(),
            Done::No => self.findings.iter().map(|finding| finding.rule.id).collect(),
            Done::Unknown => self.unknown,
        };
        rules.dedup();
        let lacks = if done == Done::Yes { Vec::new() } else { self.lacks };
        Milestone { title: self.title, done, evidence, rules, lacks, way }
    }
}

fn in_brackets(rule: &str) -> String {
    format!("[{rule}]")
}
