//! For people: the lines at fault, their effect, and what to do.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::ops::Range;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, ThemeCharacters, ThemeStyles};
use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, fill};

use super::{Excerpt, Format, LocatedFinding, LocatedPlace, Run, Source, Style, TargetReport, summary};
use crate::document::{Lines, Pointer, locate};
use crate::finding::Severity;
use crate::text::shell::PROGRAM;
use crate::text::{Outlet, adopted, one_line, printable_line, printable_lines};

pub(super) const FORMAT: Format =
    Format { name: "pretty", about: "the lines at fault, with an explanation and a fix", document: false, write };

/// The number of findings shown in full; `compact` suits more.
const MOST: usize = 50;

fn write(run: &Run, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let (in_files, live) = (handler(style), handler(style).without_primary_span_start());
    let mut shown = in_order(run);
    shown.truncate(MOST);
    // A large text is read once for all findings in it, and only if one is shown.
    let texts: Vec<OnceCell<Vec<Text<'_>>>> = run.targets.iter().map(|_| OnceCell::new()).collect();
    let mut before = Way::default();
    for (index, found) in &shown {
        let (index, target) = (*index, &run.targets[*index]);
        let handler = if target.is_live() { &live } else { &in_files };
        let texts = texts[index].get_or_init(|| Text::all_of(target, || of_target(&shown, index)));
        let way = Way { target: Some(index), steps: steps(found) };
        writeln!(out, "{}\n", rendered(handler, &Shown::new(target, found, texts, &way, &before, style.width)))?;
        before = way;
    }
    let more = run.findings().count().saturating_sub(MOST);
    if more > 0 {
        out.line(format_args!(
            "{} not shown here; --format compact shows all",
            summary::counted(more, "more finding")
        ))?;
    }
    summary::write(run, style, out)
}

fn of_target<'r>(shown: &[(usize, &'r LocatedFinding)], target: usize) -> Vec<&'r LocatedPlace> {
    let found = shown.iter().filter(|(index, _)| *index == target);
    found.filter_map(|(_, found)| found.place.as_ref()).collect()
}

/// A text with findings to show.
struct Text<'r> {
    lines: Lines<'r>,
    text: &'r str,
    /// The bytes of what holds each value that is shown, by the pointer of the value; looked up if lines are too long.
    holders: OnceCell<HashMap<&'r Pointer, Range<usize>>>,
    places: Vec<&'r LocatedPlace>,
}

impl<'r> Text<'r> {
    /// The texts of a target; `shown` are the places in it.
    fn all_of(target: &'r TargetReport, shown: impl Fn() -> Vec<&'r LocatedPlace>) -> Vec<Self> {
        let text = |(number, source): (usize, &'r Source)| {
            let places = shown().into_iter().filter(|place| place.source == number).collect();
            Text { lines: Lines::new(&source.text), text: &source.text, holders: OnceCell::new(), places }
        };
        target.sources.iter().enumerate().map(text).collect()
    }

    /// The bytes of the object or list that holds a value.
    fn holder(&self, pointer: &Pointer) -> Option<Range<usize>> {
        let holders = self.holders.get_or_init(|| {
            let holder = |place: &&LocatedPlace| place.pointer.split_last().unwrap_or_default().0;
            let pointers: Vec<Pointer> = self.places.iter().map(holder).collect();
            let found = self.places.iter().zip(locate(self.text, &pointers));
            found.filter_map(|(place, holder)| Some((&place.pointer, holder?.span))).collect()
        });
        holders.get(pointer).cloned()
    }
}

/// The findings with the index of their target: the worst first, and those of a severity that are fixed on one page of the
/// portal after each other.
fn in_order(run: &Run) -> Vec<(usize, &LocatedFinding)> {
    let of = |(index, target): (usize, _)| TargetReport::news(target).map(move |found| (index, found));
    let found: Vec<(usize, &LocatedFinding)> = run.targets.iter().enumerate().flat_map(of).collect();
    let mut pages: HashMap<(Severity, usize, &str), usize> = HashMap::new();
    let mut ordered: Vec<_> = found
        .into_iter()
        .enumerate()
        .map(|(order, (index, found))| {
            let severity = found.finding.severity;
            let page = steps(found).first();
            let page = page.map_or(order, |page| *pages.entry((severity, index, page)).or_insert(order));
            ((Reverse(severity), page), (index, found))
        })
        .collect();
    ordered.sort_by_key(|(order, _)| *order);
    ordered.into_iter().map(|(_, found)| found).collect()
}

fn steps(found: &LocatedFinding) -> &[String] {
    found.finding.fix.as_ref().map_or(&[], |fix| &fix.portal)
}

/// The way through the portal to the fix of a finding.
#[derive(Default)]
struct Way<'r> {
    target: Option<usize>,
    steps: &'r [String],
}

impl Way<'_> {
    /// The steps in lines of `width`, without the way that the reader went `before`.
    fn lines(&self, before: &Way<'_>, width: usize) -> Vec<String> {
        let numbered = |steps: &[String]| -> Vec<String> {
            (1..).zip(steps).map(|(number, step)| folded(&format!("{number}. {step}"), "   ", width)).collect()
        };
        match (self.steps, before.steps) {
            ([_, ..], _) if self.target != before.target => numbered(self.steps),
            ([_, _, ..], same) if self.steps == same => vec!["The same steps as above".to_owned()],
            ([page, rest @ ..], [same, ..]) if page == same && !rest.is_empty() => {
                [vec!["On the same page:".to_owned()], numbered(rest)].concat()
            }
            _ => numbered(self.steps),
        }
    }
}

/// miette's renderer, in a given style.
pub(crate) fn handler(style: &Style) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(2)
        .with_break_words(false)
        .with_word_splitter(WordSplitter::NoHyphenation)
        .with_word_separator(WordSeparator::Custom(words))
}

/// A diagnostic as miette draws it.
pub(super) fn rendered(handler: &GraphicalReportHandler, diagnostic: &dyn Diagnostic) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = handler.render_report(&mut page, &Neutral(diagnostic));
    adopted(page.trim_end())
}

/// A diagnostic without control characters in its texts, so that every escape sequence in the output is miette's own.
#[derive(Debug)]
struct Neutral<'d>(&'d dyn Diagnostic);

impl fmt::Display for Neutral<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&printable_line(&self.0.to_string()))
    }
}

impl std::error::Error for Neutral<'_> {}

impl Diagnostic for Neutral<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.code()
    }

    fn severity(&self) -> Option<miette::Severity> {
        self.0.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(printable_lines(&self.0.help()?.to_string())))
    }

    /// An [`Excerpt`], which has no control characters.
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.0.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let neutral = |label: LabeledSpan| {
            let text = label.label().map(|text| printable_line(text).into_owned());
            LabeledSpan::new_primary_with_span(text, *label.inner())
        };
        Some(Box::new(self.0.labels()?.map(neutral)))
    }
}

/// The words of a line between which it may be wrapped: a command stays on one line, so that it can be copied. miette
/// passes only text, so a command is recognised by how it begins.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    if line.trim_start().starts_with(PROGRAM) {
        Box::new(std::iter::once(Word::from(line)))
    } else {
        WordSeparator::AsciiSpace.find_words(line)
    }
}

/// A finding as a miette diagnostic.
#[derive(Debug)]
struct Shown<'a> {
    found: &'a LocatedFinding,
    excerpt: Option<Excerpt>,
    help: String,
}

impl<'a> Shown<'a> {
    fn new(
        target: &TargetReport,
        found: &'a LocatedFinding,
        texts: &[Text<'_>],
        way: &Way<'_>,
        before: &Way<'_>,
        width: usize,
    ) -> Self {
        let excerpt = found.place.as_ref().and_then(|place| {
            let (text, within) = (&texts[place.source], found.finding.within.as_ref());
            let holder = || text.holder(&place.pointer);
            if target.is_live() {
                return Excerpt::of_holder(&target.whereabouts(found), text.text, place, within, holder()?);
            }
            Some(Excerpt::new(&target.source(place).file, &text.lines, text.text, place, within, holder))
        });
        // miette indents by eight columns and keeps four free.
        let width = width.saturating_sub(12);
        let place = excerpt.is_none().then(|| format!("Where: {}", target.whereabouts(found)));
        let steps = way.lines(before, width);
        Shown { found, excerpt, help: help(found, place.into_iter().chain(steps), width) }
    }
}

fn wrapping(width: usize) -> Options<'static> {
    Options::new(width)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation)
        .word_separator(WordSeparator::AsciiSpace)
}

/// A paragraph in lines of `width`, all indented except the first.
pub(super) fn folded(text: &str, indent: &str, width: usize) -> String {
    fill(&one_line(text), wrapping(width).subsequent_indent(indent))
}

/// What to do, with the steps, and where to read more.
fn help(found: &LocatedFinding, steps: impl Iterator<Item = String>, width: usize) -> String {
    let finding = &found.finding;
    let lines: Vec<String> = Some(folded(&finding.help, "", width))
        .filter(|help| !help.is_empty())
        .into_iter()
        .chain(steps)
        .chain(people(&finding.people).map(|people| folded(&people, "", width)))
        .chain([format!("More: provlint explain {}", finding.rule.id), finding.rule.url()])
        .collect();
    lines.join("\n")
}

/// The first users that a finding is about.
fn people(people: &[String]) -> Option<String> {
    const FIRST: usize = 10;
    let first = people.get(..FIRST).unwrap_or(people).join(", ");
    match people.len() {
        0 => None,
        all if all > FIRST => Some(format!("Who: {first} and {} more", all - FIRST)),
        _ => Some(format!("Who: {first}")),
    }
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

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = self.excerpt.as_ref()?.label.clone();
        let text = Some(self.found.finding.label.clone()).filter(|label| !label.is_empty());
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(text, label))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{AppliedProfile, ChosenBy};
    use crate::document::{Lines, locate};
    use crate::finding::{Applicability, Finding, Fix, Metadata, Section};
    use crate::report::{LocatedPlace, RuleReport, RuleState, Source};

    static RULE: Metadata = Metadata {
        id: "some-rule",
        section: Section::Mapping,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[],
        summary: "Something",
        page: "",
    };

    fn page(unicode: bool, width: usize) -> String {
        let text = "{\n  \"externalId\": \"mailNickname\"\n}";
        let pointer = crate::document::Pointer::root().key("externalId");
        let place = locate(text, [&pointer]).pop().unwrap().unwrap();
        let lines = Lines::new(text);
        let (start, end) = (lines.position(place.span.start), lines.position(place.span.end));
        let steps = "Entra ID > Enterprise apps > your app > Provisioning > Attribute mapping > Provision Microsoft Entra ID Users";
        let finding = Finding {
            rule: &RULE,
            severity: Severity::Error,
            subject: "User/externalId".into(),
            message: "`externalId` is mapped from `mailNickname`; TOTAL requires `objectId`. Users cannot sign in"
                .into(),
            label: "this is mailNickname".into(),
            help: "Feed externalId from objectId".into(),
            pointer,
            within: None,
            people: Vec::new(),
            fix: Some(Fix {
                applicability: Applicability::Manual,
                title: String::new(),
                changes: Vec::new(),
                tenant: None,
                portal: vec![steps.into(), "Click Save".into()],
                graph: None,
            }),
        };
        let target = TargetReport {
            name: "schema.json".into(),
            sources: vec![Source { file: "schema.json".into(), text: text.into(), ..Source::default() }],
            profile: Some(AppliedProfile { name: "truu-total".into(), chosen_by: ChosenBy::Flag }),
            rules: [RuleReport { rule: &RULE, severity: RULE.severity, asked_by: None, state: RuleState::Failed }]
                .into(),
            findings: vec![LocatedFinding {
                finding,
                place: Some(LocatedPlace { source: 0, pointer: place.pointer, start, end }),
                baselined: false,
            }],
            ..TargetReport::default()
        };
        let style = Style { color: false, unicode, width, folds: true, verbose: false, quiet: false };
        let mut page = Vec::new();
        write(&Run { targets: vec![target], ..Run::default() }, &style, &mut Outlet::new(&mut page, false)).unwrap();
        String::from_utf8(page).unwrap()
    }

    #[test]
    fn a_terminal_without_box_drawing_gets_ascii() {
        let page = page(false, 80);
        assert!(page.is_ascii(), "{page}");
        insta::assert_snapshot!(page);
    }

    #[test]
    fn a_narrow_terminal_gets_short_lines() {
        let page = page(true, 60);
        let long: Vec<&str> =
            page.lines().filter(|line| line.chars().count() > 60 && !line.contains("https://")).collect();
        assert_eq!(long, <[&str; 0]>::default());
        insta::assert_snapshot!(page);
    }
}
