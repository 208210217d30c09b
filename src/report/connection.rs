//! The steps that connect an app, before they are made.

use textwrap::{Options, fill};

use super::Style;
use crate::model::GraphRequest;
use crate::text::{Lines, one_line};

/// A step.
#[derive(Clone, Debug)]
pub struct ConnectionStep {
    what: String,
    act: Act,
}

/// How a step is made.
#[derive(Clone, Debug)]
enum Act {
    Done,
    Request(GraphRequest),
    /// The lines of a file that it changes, with the signs of a diff.
    File(Vec<String>),
}

impl ConnectionStep {
    /// A step that is done already.
    pub fn done(what: String) -> Self {
        ConnectionStep { what, act: Act::Done }
    }

    /// A step that a request makes; its credentials are masked.
    pub fn by_request(what: impl Into<String>, request: GraphRequest) -> Self {
        ConnectionStep { what: what.into(), act: Act::Request(request) }
    }

    /// A step that changes lines of a file, which have the signs of a diff.
    pub fn in_file(what: String, lines: Vec<String>) -> Self {
        ConnectionStep { what, act: Act::File(lines) }
    }
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
            if let Act::Done = step.act {
                page.line(format_args!("{}", folded(format!("  done  {what}"), 8)));
                continue;
            }
            number += 1;
            page.line(format_args!("{}", folded(format!("  {number}.    {what}"), 8)));
            match &step.act {
                Act::Request(request) if self.with_requests => {
                    page.line(format_args!("        {} {}", request.method, one_line(&request.path)));
                    if let Some(body) = &request.body {
                        page.line(format_args!("        {}", one_line(&body.to_string())));
                    }
                }
                Act::File(lines) => lines.iter().for_each(|line| page.line(format_args!("        {}", one_line(line)))),
                Act::Done | Act::Request(_) => {}
            }
        }
        for sentence in self.consequences {
            page.line(format_args!("{}", folded(format!("- {}", one_line(sentence)), 2)));
        }
        page
    }
}
