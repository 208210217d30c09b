//! The steps that connect an app, before they are made.

use textwrap::{Options, fill};

use super::Style;
use crate::model::GraphRequest;
use crate::text::{Lines, one_line};

/// A step, and the request that makes it.
#[derive(Clone, Debug)]
pub struct ConnectionStep {
    /// What it does.
    pub what: String,
    /// The request with masked credentials; `None` if the step is done already.
    pub request: Option<GraphRequest>,
}

/// The steps, in order.
#[derive(Debug)]
pub struct ConnectionReport<'a> {
    /// The app's name.
    pub app: &'a str,
    /// The steps.
    pub steps: &'a [ConnectionStep],
    /// Their consequences, one sentence each.
    pub consequences: &'a [String],
    /// Whether the requests are shown.
    pub with_requests: bool,
}

impl ConnectionReport<'_> {
    /// For people. Requests are not folded, so that they can be copied.
    pub fn pretty(&self, style: &Style) -> String {
        let mut page = String::new();
        let folded = |text: String, indent: usize| match style.folds {
            true => fill(&text, Options::new(style.width).subsequent_indent(&" ".repeat(indent))),
            false => text,
        };
        page.line(format_args!("graph:{}", one_line(self.app)));
        let mut number = 0;
        for step in self.steps {
            let what = one_line(&step.what);
            let Some(request) = &step.request else {
                page.line(format_args!("{}", folded(format!("  done  {what}"), 8)));
                continue;
            };
            number += 1;
            page.line(format_args!("{}", folded(format!("  {number}.    {what}"), 8)));
            if self.with_requests {
                page.line(format_args!("        {} {}", request.method, one_line(&request.path)));
                if let Some(body) = &request.body {
                    page.line(format_args!("        {}", one_line(&body.to_string())));
                }
            }
        }
        for sentence in self.consequences {
            page.line(format_args!("{}", folded(format!("- {}", one_line(sentence)), 2)));
        }
        page
    }
}
