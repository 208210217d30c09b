//! The state of a job, on one screen.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{failure_lines, moment};
use crate::operation::{Cycle, Failures, STAGED_DELETE, Standing, State, in_words};
use crate::report::pretty::folded;
use crate::report::summary::counted;
use crate::report::{Style, written};
use crate::rules::portal;
use crate::text::{Color, Lines, Paint, one_line};

/// The state of an app's provisioning job.
#[derive(Debug)]
pub struct StatusReport<'a> {
    /// The app's name.
    pub app: &'a str,
    /// The flags by which another run finds its job.
    pub flags: &'a str,
    /// The state of its job.
    pub standing: &'a Standing,
    /// Recent failures, grouped; or why they are unknown.
    pub failures: Result<&'a [Failures], &'a str>,
    /// From when on failures are counted.
    pub since: Timestamp,
    /// The current time.
    pub now: Timestamp,
}

impl StatusReport<'_> {
    /// What needs attention.
    pub fn attention(&self) -> Vec<String> {
        let mut said = self.standing.attention(self.now);
        let failures: usize = self.failures.map_or(0, |groups| groups.iter().map(|group| group.count).sum());
        if failures > 0 {
            said.push(format!(
                "{} in the provisioning log since {}.",
                counted(failures, "failure"),
                moment(self.since, self.now)
            ));
        }
        said
    }

    /// How to get provisioning to run, if it does not run.
    fn way_out(&self) -> Option<String> {
        let flags = one_line(self.flags);
        Some(match self.standing.state {
            State::Quarantine if self.standing.holds_deletions_back() => format!(
                "Do not restart yet. To see who would be disabled or deleted in the app, run:\nprovlint logs {flags} \
                 --action {STAGED_DELETE} --since 7d\nIf all of them should go, click {} in the portal, or run:\nprovlint \
                 restart {flags} --reset force-deletes --unsafe\nIf not, assign them again or bring them back into scope, then \
                 run:\nprovlint restart {flags} --reset quarantine",
                portal::allow_deletes()
            ),
            State::Quarantine => {
                format!("To end the quarantine, fix the cause, then run:\nprovlint restart {flags} --reset quarantine")
            }
            State::Paused | State::NotStarted | State::Off => format!("To start it:\nprovlint start {flags}"),
            State::NotConfigured => format!("To set it up:\nprovlint guide {flags}"),
            State::InitialCycle | State::Steady | State::Unknown => return None,
        })
    }

    /// For people.
    pub fn pretty(&self, style: &Style) -> String {
        let standing = self.standing;
        let color = match standing.state {
            State::Steady => Color::Green,
            State::InitialCycle => Color::Cyan,
            State::Quarantine => Color::Red,
            _ => Color::Yellow,
        };
        let headline = format!("Provisioning {}", standing.state.in_words());
        let mut page = String::new();
        page.line(format_args!("{}  {}", self.app.bold(), headline.color(color).bold()));
        let mut row = |name: &str, text: String| {
            page.lines_of(folded(&format!("  {name:<14} {text}"), &" ".repeat(17), style.width));
        };
        if let Some(last) = &standing.last {
            row("last cycle", cycle(last, self.now));
        }
        if let Some(well) = &standing.last_success {
            row("last success", moment(well.ended.unwrap_or(well.began), self.now));
        }
        if let Some(next) = standing.next {
            let due = if next < self.now { "was due about" } else { "about" };
            let name = if standing.state == State::Quarantine { "next try" } else { "next cycle" };
            row(name, format!("{due} {}", moment(next, self.now)));
        }
        if !standing.counts.is_empty() || standing.first_steady.is_some() {
            row("provisioned", standing.counts_in_words());
        }
        if standing.escrowed() > 0 {
            row("retrying", counted(usize::try_from(standing.escrowed()).unwrap_or(0), "failed object"));
        }
        for line in self.attention() {
            page.lines_of(folded(&format!("! {line}"), "  ", style.width).yellow());
        }
        match self.failures {
            Ok(groups) => page.push_str(&failure_lines(groups, style)),
            Err(why) => {
                page.lines_of(folded(&format!("? Recent failures are unknown: {why}"), "  ", style.width));
            }
        }
        if let Some(way_out) = self.way_out() {
            for line in way_out.lines() {
                // A command is never broken.
                match line.starts_with("provlint ") {
                    true => page.line(format_args!("{line}")),
                    false => page.lines_of(folded(line, "", style.width)),
                }
            }
        }
        page
    }

    /// For programs.
    pub fn json(&self) -> String {
        written::page(&self.document())
    }

    /// For programs that watch: one document per line.
    pub fn json_line(&self) -> String {
        written::line(&self.document())
    }

    fn document(&self) -> Value {
        let standing = self.standing;
        let cycle = |cycle: &Cycle| {
            json!({
                "began": cycle.began.to_string(), "ended": cycle.ended.map(|time| time.to_string()), "state": cycle.state,
                "imported": cycle.imported, "exported": cycle.exported, "escrowed": cycle.escrowed, "error": cycle.error,
            })
        };
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        let counts: serde_json::Map<String, Value> =
            standing.counts.iter().map(|(kind, _)| (kind.clone(), json!(standing.count(kind)))).collect();
        json!({
            "version": 1,
            "app": self.app,
            "job": standing.job,
            "state": standing.state.as_str(),
            "lastCycle": standing.last.as_ref().map(cycle),
            "lastSuccess": standing.last_success.as_ref().map(cycle),
            "nextCycle": time(standing.next),
            "firstSteady": time(standing.first_steady),
            "provisioned": counts,
            "failuresInARow": standing.failures_in_a_row,
            "quarantine": standing.quarantine.as_ref().map(|found| json!({
                "reason": found.reason, "error": found.error, "since": time(found.since), "nextAttempt": time(found.next),
            })),
            "failures": self.failures.ok().map(|groups| groups.iter().map(super::events::failures_json).collect::<Vec<_>>()),
            "failuresUnknown": self.failures.err(),
            "attention": self.attention(),
        })
    }
}

fn cycle(cycle: &Cycle, now: Timestamp) -> String {
    let mut text = match cycle.ended {
        Some(ended) => format!("ended {}", moment(ended, now)),
        None => format!("began {}, still running", moment(cycle.began, now)),
    };
    let state = cycle.state.as_ref().filter(|_| cycle.ended.is_some());
    let badly = state.filter(|state| !state.eq_ignore_ascii_case("Succeeded"));
    text.extend(badly.map(|state| format!(", {}", in_words(state))));
    text.extend(cycle.exported.map(|count| format!(", {count} changes sent")));
    text
}
