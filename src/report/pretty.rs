//! For people: the lines at fault, what comes of them, and what to do.

use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, ThemeCharacters, ThemeStyles};

use super::{Excerpt, Format, LocatedFinding, Run, Style, TargetReport, summary};
use crate::document::Lines;
use crate::finding::Severity;

pub(super) const FORMAT: Format = Format {
    name: "pretty",
    about: "the lines at fault with an explanation and the way to put it right",
    document: false,
    write,
};

/// How many findings are shown whole; a reader of more is better served by another format.
const MOST: usize = 50;

fn write(run: &Run, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let handler = handler(style);
    let mut left = MOST;
    for target in &run.targets {
        let text = target.text.as_deref().unwrap_or_default();
        let lines = Lines::new(if target.findings.is_empty() { "" } else { text });
        for found in target.findings.iter().take(left) {
            let mut page = String::new();
            // Writing into a String can't fail.
            let _ = handler.render_report(&mut page, &Shown::new(target, found, text, &lines));
            writeln!(out, "{}", page.trim_end())?;
            writeln!(out)?;
        }
        left = left.saturating_sub(target.findings.len());
    }
    let more = run.findings().count().saturating_sub(MOST);
    if more > 0 {
        writeln!(out, "{} not shown here; --format compact shows all", summary::counted(more, "more finding"))?;
    }
    summary::write(run, style, out)
}

/// miette's renderer, in a given style.
pub(crate) fn handler(style: &Style) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(style.links).with_context_lines(2)
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Shown<'a> {
    found: &'a LocatedFinding,
    excerpt: Option<Excerpt>,
    help: String,
}

impl<'a> Shown<'a> {
    fn new(target: &TargetReport, found: &'a LocatedFinding, text: &str, lines: &Lines<'_>) -> Self {
        let excerpt = found.place.as_ref().map(|place| {
            let span = place.start.offset..place.end.offset;
            Excerpt::new(&target.file, lines, text, span, place.start, &place.pointer)
        });
        Shown { found, excerpt, help: help(found) }
    }
}

/// What to do, and the way there.
fn help(found: &LocatedFinding) -> String {
    let finding = &found.finding;
    let mut help = finding.help.clone();
    if let Some(fix) = &finding.fix {
        for (number, step) in (1..).zip(&fix.portal) {
            help.push_str(&format!("\n{number}. {step}"));
        }
    }
    if !help.is_empty() {
        help.push('\n');
    }
    help.push_str(&format!("more: provlint explain {}", finding.rule.id));
    help
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.found.finding.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let finding = &self.found.finding;
        Some(Box::new(format!("{}[{}]", finding.severity, finding.rule.id)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.found.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.found.finding.rule.url()))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = self.excerpt.as_ref()?.label.clone();
        let text = Some(self.found.finding.label.clone()).filter(|label| !label.is_empty());
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(text, label))))
    }
}
