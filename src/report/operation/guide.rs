//! The checklist of the guide.

use serde_json::{Value, json};

use crate::guide::{Done, Milestone, Next};
use crate::report::pretty::folded;
use crate::report::{Style, written};
use crate::text::{Lines, Paint};

/// How many lines of evidence are shown for a step.
const SHOWN: usize = 4;

/// The checklist of one app.
#[derive(Debug)]
pub struct GuideReport<'a> {
    /// The app's name, or the file's.
    pub app: &'a str,
    /// The steps.
    pub steps: &'a [Milestone],
}

impl GuideReport<'_> {
    fn count(&self, done: Done) -> usize {
        self.steps.iter().filter(|step| step.done == done).count()
    }

    /// For people.
    pub fn pretty(&self, style: &Style) -> String {
        let mut page = String::new();
        page.line(self.app.bold());
        let mut shown: Vec<&Next> = Vec::new();
        for (number, step) in (1..).zip(self.steps) {
            let mark = match step.done {
                Done::Yes if style.unicode => "✓".green(),
                Done::No if style.unicode => "✗".red(),
                Done::Yes => "x".green(),
                Done::No => "-".red(),
                Done::Unknown => "?".yellow(),
            };
            let state = if step.done == Done::Yes { String::new() } else { format!(": {}", step.done.as_str()) };
            let title = folded(&format!("{number:>2}. {}{state}", step.title), "      ", style.width.saturating_sub(2));
            page.lines_of(format_args!("{mark} {}", title.replacen(step.title, &step.title.bold().to_string(), 1)));
            for line in step.evidence.iter().filter(|line| !line.is_empty()).take(SHOWN) {
                page.lines_of(folded(&format!("      {line}"), "      ", style.width));
            }
            if step.evidence.len() > SHOWN {
                page.line(format_args!("      and {} more", step.evidence.len() - SHOWN));
            }
            if let Some(next) = step.next.as_ref().filter(|next| !shown.contains(next)) {
                // The first is the next thing to do; the others come later.
                let arrow = if shown.is_empty() { "      -> ".green().bold() } else { "      -> ".plain() };
                shown.push(next);
                match next {
                    // A command stays on one line, to be copied.
                    Next::Run(command) => page.line(format_args!("{arrow}{command}")),
                    steps => {
                        let indent = "         ";
                        let said = folded(&format!("{indent}{steps}"), indent, style.width);
                        page.lines_of(format_args!("{arrow}{}", said.trim_start()));
                    }
                }
            }
        }
        let parts = [(Done::Yes, "done"), (Done::No, "not done"), (Done::Unknown, "unknown")];
        let parts = parts.into_iter().map(|(done, word)| (self.count(done), word)).filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
        page.line(format_args!("{} steps: {}", self.steps.len(), parts.join(", ")));
        page
    }

    /// For programs.
    pub fn json(&self) -> String {
        written::page(&self.document())
    }

    fn document(&self) -> Value {
        let steps: Vec<Value> = self
            .steps
            .iter()
            .map(|step| {
                json!({"title": step.title, "done": step.done.as_str(), "evidence": step.evidence, "next": step.next.as_ref().map(ToString::to_string)})
            })
            .collect();
        json!({
            "version": 1, "app": self.app, "steps": steps,
            "summary": {"done": self.count(Done::Yes), "notDone": self.count(Done::No), "unknown": self.count(Done::Unknown)},
        })
    }
}
