//! The checklist of the guide.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::check::AppliedProfile;
use crate::guide::{Checklist, Done, Milestone, Way, Why};
use crate::report::pretty::folded;
use crate::report::{Style, written};
use crate::text::{Lines, Paint};

/// How many lines of evidence are shown for a step.
const SHOWN: usize = 5;

/// The indentation of what belongs to a step.
const INDENT: &str = "      ";

/// The checklist of one app.
#[derive(Debug)]
pub struct GuideReport<'a> {
    /// The app's name, or the file's.
    pub app: &'a str,
    /// The profile that applies; `None` without an app.
    pub profile: Option<&'a AppliedProfile>,
    /// When the snapshot was taken, and its age in days; `None` for the tenant as it is now.
    pub taken: Option<(Timestamp, i64)>,
    /// The ids of the app's jobs, the one that the checklist is about first.
    pub jobs: &'a [String],
    /// The steps.
    pub checklist: &'a Checklist,
}

impl GuideReport<'_> {
    /// For people.
    pub fn pretty(&self, style: &Style) -> String {
        let mut page = String::new();
        self.head(&mut page, style);
        let mut shown: Vec<&Way> = Vec::new();
        for (number, step) in (1..).zip(&self.checklist.steps) {
            self.step(number, step, &mut page, style);
            if !shown.contains(&&step.way) {
                // The first is the next thing to do; the others come later.
                let is_first = shown.iter().all(|way| way.is_empty());
                way(&step.way, is_first, &mut page, style);
                shown.push(&step.way);
            }
        }
        self.foot(&mut page, style);
        page
    }

    fn head(&self, page: &mut String, style: &Style) {
        match self.profile {
            Some(profile) => page.line(format_args!("{}  profile {profile}", self.app.bold())),
            None => page.line(self.app.bold()),
        }
        if let Some((taken, age)) = self.taken {
            page.line(format_args!("  snapshot of {} ({age} days old)", taken.strftime("%Y-%m-%d")));
        }
        if let [job, others @ ..] = self.jobs
            && !others.is_empty()
        {
            let others = others.join(", ");
            let count = self.jobs.len();
            let text = format!("Job {job}, one of {count}; --job ID shows the others: {others}");
            page.lines_of(folded(&text, "  ", style.width));
        }
    }

    fn step(&self, number: usize, step: &Milestone, page: &mut String, style: &Style) {
        let mark = match step.done {
            Done::Yes if style.unicode => "✓".green(),
            Done::No if style.unicode => "✗".red(),
            Done::Yes => "x".green(),
            Done::No => "-".red(),
            Done::Unknown => "?".yellow(),
        };
        let state = if step.done == Done::Yes { String::new() } else { format!(": {}", step.done.as_str()) };
        let title = folded(&format!("{number:>2}. {}{state}", step.title), INDENT, style.width.saturating_sub(2));
        page.lines_of(format_args!("{mark} {}", title.replacen(step.title, &step.title.bold().to_string(), 1)));
        let is_noted = self.checklist.is_noted_once
            && !step.lacks.is_empty()
            && step.lacks.iter().all(|lack| lack.why == Why::LeftOut);
        let evidence = if is_noted { &[][..] } else { &step.evidence };
        for line in evidence.iter().filter(|line| !line.is_empty()).take(SHOWN) {
            page.lines_of(folded(&format!("{INDENT}{line}"), INDENT, style.width));
        }
        if evidence.len() > SHOWN {
            page.line(format_args!("{INDENT}and {} more", evidence.len() - SHOWN));
        }
    }

    /// The count, and the last lines: what the file lacks, what is next, and what could not be read.
    fn foot(&self, page: &mut String, style: &Style) {
        let checklist = self.checklist;
        let count = checklist.steps.len();
        if checklist.is_complete() {
            page.line(format_args!("{}", format!("All {count} steps are done.").green().bold()));
            return;
        }
        let parts = [(Done::Yes, "done"), (Done::No, "not done"), (Done::Unknown, "unknown")];
        let parts = parts.into_iter().map(|(done, word)| (checklist.count(done), word)).filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
        page.line(format_args!("{count} steps: {}", parts.join(", ")));
        if let Some(note) = &checklist.note {
            page.lines_of(folded(note, "", style.width));
        }
        // One line, so that it can be found and copied.
        if let Some(way) = checklist.next() {
            let page_of = || way.portal.first().map(|page| format!("portal: {page}"));
            let next = way.command.clone().or_else(page_of).unwrap_or_default();
            page.line(format_args!("{} {next}", "Next:".green().bold()));
        }
        if let Some(unread) = checklist.unread_in_words() {
            page.line(format_args!("{} {unread}", "Not read:".red().bold()));
        }
    }

    /// For programs.
    pub fn json(&self) -> String {
        written::page(&self.document())
    }

    fn document(&self) -> Value {
        let checklist = self.checklist;
        let steps: Vec<Value> = checklist
            .steps
            .iter()
            .map(|step| {
                json!({
                    "title": step.title, "done": step.done.as_str(), "evidence": step.evidence, "rules": step.rules,
                    "next": next(&step.way), "command": step.way.command, "portal": step.way.portal,
                })
            })
            .collect();
        let unread = checklist.unread();
        let unread = unread.iter().map(|(part, reason)| json!({"part": part.as_str(), "reason": reason}));
        json!({
            "version": 1, "app": self.app, "profile": self.profile.map(|profile| &profile.name),
            "profileChosenBy": self.profile.map(|profile| profile.chosen_by.as_str()), "job": self.jobs.first(),
            "otherJobs": self.jobs.get(1..).unwrap_or_default(), "steps": steps,
            "summary": {
                "done": checklist.count(Done::Yes), "notDone": checklist.count(Done::No),
                "unknown": checklist.count(Done::Unknown),
            },
            "next": checklist.next().and_then(next), "note": checklist.note, "unread": unread.collect::<Vec<_>>(),
        })
    }
}

/// The command, else the steps in the portal.
fn next(way: &Way) -> Option<String> {
    let portal = || (!way.portal.is_empty()).then(|| format!("portal: {}", way.in_portal()));
    way.command.clone().or_else(portal)
}

/// The command and the page of the portal.
fn way(way: &Way, is_first: bool, page: &mut String, style: &Style) {
    let arrow = || if is_first { "      -> ".green().bold() } else { "      -> ".plain() };
    let below = "         ";
    let in_portal = |text: &str| folded(&format!("{below}portal: {text}"), below, style.width);
    match (&way.command, way.portal.as_slice()) {
        (None, []) => {}
        (None, _) => page.lines_of(format_args!("{}{}", arrow(), in_portal(&way.in_portal()).trim_start())),
        // A command stays on one line, to be copied.
        (Some(command), portal) => {
            page.line(format_args!("{}{command}", arrow()));
            if let Some(place) = portal.first() {
                page.lines_of(in_portal(place));
            }
        }
    }
}
