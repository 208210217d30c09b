//! How an app's SCIM endpoint answers the requests of Entra.

use serde_json::json;

use super::written;
use crate::scim::{Check, Verdict};
use crate::text::{Color, Lines, Paint};

/// The checked answers of an endpoint.
#[derive(Debug)]
pub struct ProbeReport<'a> {
    /// The tenant URL as entered.
    pub url: &'a str,
    /// The checks, in order.
    pub steps: &'a [Check],
}

impl ProbeReport<'_> {
    /// For people: a line for each check.
    pub fn pretty(&self) -> String {
        let mut page = String::new();
        for step in self.steps {
            let color = match step.verdict {
                Verdict::Passed => Color::Green,
                Verdict::Warning => Color::Yellow,
                Verdict::Failed => Color::Red,
                Verdict::Unknown => Color::White,
            };
            let verdict = format!("{:<8}", step.verdict.as_str()).color(color);
            page.line(format_args!("{verdict} {:<14} {}", step.name, step.said));
            if !step.advice.is_empty() {
                page.line(format_args!("{:24}{}", "", step.advice));
            }
        }
        page
    }

    /// For programs.
    pub fn json(&self) -> String {
        let step = |step: &Check| json!({"check": step.name, "verdict": step.verdict.as_str(), "said": step.said, "advice": step.advice});
        let steps: Vec<_> = self.steps.iter().map(step).collect();
        written::page(&json!({"version": 1, "tenantUrl": self.url, "steps": steps}))
    }
}
