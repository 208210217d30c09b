//! The provisioning log.

use serde_json::{Value, json};

use crate::operation::{Event, Failures, by_cause};
use crate::report::pretty::folded;
use crate::report::summary::counted;
use crate::report::{Style, written};
use crate::text::{Color, Lines, Paint, one_line};

/// The number of users and groups that are named.
const NAMED: usize = 5;

/// Events of the provisioning log.
#[derive(Debug)]
pub struct EventReport<'a> {
    /// The events.
    pub events: &'a [Event],
}

impl EventReport<'_> {
    /// For people: one line for each event, then the failures grouped by cause.
    pub fn pretty(&self, style: &Style) -> String {
        let mut page = String::new();
        for event in self.events {
            let color = match event.status.as_str() {
                "success" => Color::Green,
                "failure" => Color::Red,
                "warning" => Color::Yellow,
                _ => Color::White,
            };
            let time = event.time.map_or_else(String::new, |time| time.strftime("%Y-%m-%d %H:%M").to_string());
            let code = event.code.as_deref().map(|code| format!("  {code}")).unwrap_or_default();
            let kind = event.kind.as_deref().unwrap_or_default();
            page.line(format_args!(
                "{time:<16}  {}  {:<8} {:<5} {}{}",
                format!("{:<8}", event.status).color(color),
                event.action,
                kind,
                event.who,
                code
            ));
        }
        let failed = by_cause(self.events);
        if !failed.is_empty() && !page.is_empty() {
            page.push('\n');
        }
        page.push_str(&failure_lines(&failed, style));
        let failures = self.events.iter().filter(|event| event.failed()).count();
        page.line(format_args!("{}, {}", counted(self.events.len(), "event"), counted(failures, "failure")));
        page
    }

    /// For programs: one line for each event.
    pub fn json_lines(&self) -> String {
        let line = |event: &Event| {
            let known = event.cause();
            let value = json!({
                "version": 1,
                "time": event.time.map(|time| time.to_string()),
                "action": event.action,
                "status": event.status,
                "kind": event.kind,
                "who": event.who,
                "id": event.id,
                "code": event.code,
                "detail": event.detail(),
                "reason": event.reason,
                "meaning": known.map(|known| known.meaning),
                "remedy": known.map(|known| known.remedy).filter(|remedy| !remedy.is_empty()),
            });
            written::line(&value)
        };
        self.events.iter().map(line).collect()
    }
}

/// What the app said itself, else Entra's message, and the remedy.
pub(super) fn said_lines(detail: Option<&str>, message: Option<&str>, remedy: &str, style: &Style, page: &mut String) {
    if let Some(detail) = detail {
        page.lines_of(folded(&format!("    the app: {}", one_line(detail)), "    ", style.width));
    } else if let Some(message) = message {
        page.lines_of(folded(&format!("    message: {message}"), "    ", style.width));
    }
    if !remedy.is_empty() {
        page.lines_of(folded(&format!("    fix: {remedy}"), "      ", style.width));
    }
}

/// Failures by cause: count, meaning, what the app said itself, else Entra's message, remedy, and who is affected.
pub(super) fn failure_lines(groups: &[Failures], style: &Style) -> String {
    let mut page = String::new();
    for group in groups {
        let code = if group.code.is_empty() { "failed" } else { &group.code };
        let meaning = group.cause.map(|cause| format!(": {}", cause.meaning)).unwrap_or_default();
        let head = format!("{} x {code}{meaning}", group.count);
        page.lines_of(folded(&head, "    ", style.width).red());
        let remedy = group.cause.map_or("", |cause| cause.remedy);
        said_lines(group.detail.as_deref(), group.reason.as_deref(), remedy, style, &mut page);
        let named: Vec<&str> = group.who.iter().take(NAMED).map(String::as_str).collect();
        let more = match group.who.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        page.lines_of(folded(&format!("    {}{more}", named.join(", ")), "    ", style.width));
    }
    page
}

pub(super) fn failures_json(group: &Failures) -> Value {
    json!({
        "code": group.code,
        "count": group.count,
        "meaning": group.cause.map(|cause| cause.meaning),
        "remedy": group.cause.map(|cause| cause.remedy).filter(|remedy| !remedy.is_empty()),
        "detail": group.detail,
        "reason": group.reason,
        "who": group.who,
    })
}
