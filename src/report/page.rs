//! A rule's page on a terminal or in a pipe: what goes wrong and what to do first, the examples last.

use std::fmt::Write;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm, fill};

use super::Style;
use crate::finding::Metadata;
use crate::text::Paint;

/// The sections that come first, in this order; then the others as on the page.
const FIRST: [&str; 3] = ["What goes wrong", "In the portal", "Fix safety"];
/// The sections that come last.
const LAST: [&str; 1] = ["Example"];
/// The columns by which text is indented below its heading.
const INDENT: usize = 2;

/// A rule's page as text, wrapped to the width of the style.
pub fn explained(rule: &Metadata, style: &Style) -> String {
    let about = format!("section {}, {} by default, fix {}", rule.section.as_str(), rule.severity, rule.fix.as_str());
    rendered(rule.page, &about, style)
}

/// A page with `about` as the line below its title.
fn rendered(page: &str, about: &str, style: &Style) -> String {
    let (top, sections) = split(page);
    let mut text = Rendering::of(top, style);
    text = text.replacen("\n\n", &format!("\n{}{about}\n\n", " ".repeat(INDENT)), 1);
    for section in in_order(sections) {
        text.push('\n');
        text.push_str(&Rendering::of(section, style));
    }
    text
}

/// The part of a page before its first section, and the sections.
fn split(page: &str) -> (&str, Vec<&str>) {
    const HEADING: &str = "\n## ";
    let starts: Vec<usize> = page.match_indices(HEADING).map(|(at, _)| at + 1).collect();
    let ends = starts.iter().skip(1).copied().chain([page.len()]);
    let sections = starts.iter().copied().zip(ends).map(|(start, end)| &page[start..end]).collect();
    (&page[..starts.first().copied().unwrap_or(page.len())], sections)
}

fn in_order(mut sections: Vec<&str>) -> Vec<&str> {
    let rank = |section: &&str| {
        let heading = section.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
        let first = FIRST.iter().position(|name| *name == heading);
        first.unwrap_or(FIRST.len() + usize::from(LAST.contains(&heading)))
    };
    sections.sort_by_key(rank);
    sections
}

/// Markdown that becomes text.
struct Rendering<'s> {
    style: &'s Style,
    text: String,
    /// The paragraph, heading or item that is being read.
    line: String,
    /// The number of the next item in each list; `None` for bullets.
    lists: Vec<Option<u64>>,
    /// What stands before the first line of the next paragraph: an item's number.
    bullet: String,
    bold: bool,
    /// The lines of a code block that is being read.
    code: Option<String>,
    link: Option<String>,
}

impl<'s> Rendering<'s> {
    fn of(markdown: &str, style: &'s Style) -> String {
        let mut page = Rendering {
            style,
            text: String::new(),
            line: String::new(),
            lists: Vec::new(),
            bullet: String::new(),
            bold: false,
            code: None,
            link: None,
        };
        Parser::new(markdown).for_each(|event| page.event(event));
        page.text.trim_end().to_owned() + "\n"
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None if self.bold => self.word(text.bold()),
                None => self.line.push_str(&text),
            },
            Event::Code(code) if self.style.color => self.word(code.cyan()),
            Event::Code(code) => self.word(format_args!("`{code}`")),
            Event::SoftBreak => self.line.push(' '),
            Event::HardBreak => self.line.push('\n'),
            // Comments are for tests, and pages have no other markup.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } | Tag::Strong => self.bold = true,
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => self.code = Some(String::new()),
            Tag::Link { dest_url, .. } => self.link = Some(dest_url.into_string()),
            Tag::List(first) => {
                // An item may hold a list.
                self.paragraph("\n");
                self.lists.push(first);
            }
            Tag::Item => {
                self.bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                self.bold = false;
                let line = std::mem::take(&mut self.line);
                self.text.push_str(&line);
                self.text.push_str(if level == HeadingLevel::H1 { "\n\n" } else { "\n" });
            }
            TagEnd::Strong => self.bold = false,
            TagEnd::Paragraph => self.paragraph("\n\n"),
            TagEnd::Item => self.paragraph("\n"),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.text.push('\n');
                }
            }
            TagEnd::Link => {
                let link = self.link.take().unwrap_or_default();
                // A link to another page is for readers of the site.
                if link.contains("://") {
                    self.word(format_args!(": {link}"));
                }
            }
            TagEnd::CodeBlock => {
                for line in self.code.take().unwrap_or_default().lines() {
                    let _ = writeln!(self.text, "{}{line}", " ".repeat(2 * INDENT));
                }
                self.text.push('\n');
            }
            _ => {}
        }
    }

    fn word(&mut self, word: impl std::fmt::Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.line, "{word}");
    }

    /// Ends the paragraph, wrapped, its further lines below the text of the first.
    fn paragraph(&mut self, end: &str) {
        if self.line.is_empty() {
            return;
        }
        let margin = " ".repeat(INDENT + 3 * self.lists.len().saturating_sub(1));
        let first = format!("{margin}{}", self.bullet);
        let further = " ".repeat(first.len());
        let options = Options::new(self.style.width)
            .initial_indent(&first)
            .subsequent_indent(&further)
            .break_words(false)
            .wrap_algorithm(WrapAlgorithm::FirstFit)
            .word_splitter(WordSplitter::NoHyphenation)
            .word_separator(WordSeparator::AsciiSpace);
        self.text.push_str(&fill(&self.line, options));
        self.text.push_str(end);
        self.line.clear();
        self.bullet.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RULES;

    const PAGE: &str = "# a-rule\n\nOne `row` is\nwrong.\n\n## What goes wrong\n\nUsers cannot sign in. See [the guide](https://example.com/a).\n\n\
        ## Example\n\nThe row:\n\n```json bad User/x\n{\n  \"a\": 1\n}\n```\n\n<!-- json bad User/x null -->\n\n\
        ## In the portal\n\n1. Open the page of the app and look for the row\n2. Click **Ok**\n\nThen wait.\n\n\
        ## Source\n\n- [A](https://example.com)\n- [another page](b.md)\n";

    fn style(width: usize, color: bool) -> Style {
        Style { color, unicode: true, width, folds: true, verbose: false, quiet: false }
    }

    #[test]
    fn pages_read_the_same_with_the_line_ends_of_windows() {
        for rule in RULES.iter().map(|rule| &rule.metadata) {
            let page: &'static str = Box::leak(rule.page.replace('\n', "\r\n").into_boxed_str());
            let windows = Metadata { page, ..*rule };
            assert_eq!(windows.description(), rule.description());
            assert_eq!(windows.markdown(), rule.markdown());
            assert_eq!(explained(&windows, &style(80, false)), explained(rule, &style(80, false)), "{}", rule.id);
        }
    }

    #[test]
    fn a_page_reads_as_text_with_the_steps_before_the_examples() {
        let expected = "\
a-rule
  section x

  One `row` is wrong.

What goes wrong
  Users cannot sign in. See the guide:
  https://example.com/a.

In the portal
  1. Open the page of the app and look
     for the row
  2. Click Ok

  Then wait.

Source
  - A: https://example.com
  - another page

Example
  The row:

    {
      \"a\": 1
    }
";
        // Marks of colours have no width; without colours they are removed when text is written.
        let text = rendered(PAGE, "section x", &style(40, false));
        assert_eq!(unmarked(&text), expected);
    }

    /// A text as a stream without colours shows it.
    fn unmarked(text: &str) -> String {
        let mut shown = Vec::new();
        let mut out = crate::text::Outlet::new(&mut shown, false);
        std::io::Write::write_all(&mut out, text.as_bytes()).unwrap();
        std::io::Write::flush(&mut out).unwrap();
        drop(out);
        String::from_utf8(shown).unwrap()
    }

    #[test]
    fn no_page_shows_markup_or_exceeds_the_width_except_in_code_and_addresses() {
        for rule in RULES {
            let text = unmarked(&explained(&rule.metadata, &style(60, false)));
            for line in text.lines().filter(|line| !line.starts_with("    ") || line.trim_start().contains("](")) {
                let is_long = line.chars().count() > 60 && line.trim_start().contains(' ') && !line.contains("://");
                let has_markup = line.contains("](") || line.starts_with('#') || line.contains("```");
                assert!(!is_long && !has_markup, "{}: {line}", rule.metadata.id);
            }
        }
    }
}
