//! One page with what is wrong, the mapping tables, a picture of the path from groups to the app, and every rule's state.
//!
//! The page contains everything it needs and loads nothing; its content security policy enforces that. maud escapes every
//! text that comes from elsewhere.

mod picture;
mod tables;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Format, LocatedFinding, RuleState, Run, Style, TargetReport, summary, unjudged};
use crate::text::{Outlet, printable};

pub(super) const FORMAT: Format =
    Format { name: "html", about: "an HTML page with mapping tables and a picture", document: true, write };

const STYLE: &str = include_str!("style.css");
/// How many findings are shown with their steps expanded.
const MANY: usize = 5;
/// Nothing is loaded, run or sent.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

fn write(run: &Run, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let headline = summary::headline(run);
    let account = summary::account(run);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&headline))
            body {
                header {
                    h1 { (capital(&headline)) }
                    p.soft { @if !account.is_empty() { (shown(&account)) "; " } "provlint " (env!("CARGO_PKG_VERSION")) }
                    @if run.targets.len() > 1 { (overview(run)) }
                }
                main {
                    @for (number, target) in run.targets.iter().enumerate() { (section(number, target)) }
                }
            }
        }
    };
    writeln!(out, "{}", page.into_string())
}

/// The head of a page that loads nothing.
pub(super) fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { "provlint: " (title) }
            link rel="icon" href="data:,";
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// Text from a file or a tenant, without characters that change the direction of a line.
pub(super) fn shown(text: &str) -> String {
    printable(text).into_owned()
}

/// A sentence with code between backticks.
pub(super) fn prose(text: &str) -> Markup {
    let text = printable(text);
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick without a partner belongs to the text.
    let pairs = parts.len() / 2 * 2;
    html! {
        @for (number, part) in parts.iter().enumerate() {
            @if number % 2 == 1 && number < pairs && number + 1 < parts.len() { code { (part) } }
            @else if number % 2 == 1 { "`" (part) }
            @else { (part) }
        }
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// A line for each target, if there are several.
fn overview(run: &Run) -> Markup {
    html! {
        div.table {
            table {
                thead { tr { th { "Target" } th { "Findings" } } }
                tbody {
                    @for (number, target) in run.targets.iter().enumerate() {
                        tr {
                            td { a href={ "#target-" (number) } { (shown(&title(target))) } }
                            td { (verdict(target)) }
                        }
                    }
                }
            }
        }
    }
}

/// A badge for each severity that occurs, or one that says that there are no findings.
fn verdict(target: &TargetReport) -> Markup {
    if target.error.is_some() {
        return html! { span.badge.error { "not checked" } };
    }
    let counts = summary::counts_of(target.news().map(|found| &found.finding));
    html! {
        @if target.is_incomplete() { span.badge.warning { "incomplete" } " " }
        @else if counts.is_empty() { span.badge.good { (summary::none(target.is_known()).to_lowercase()) } }
        @for (severity, counted) in counts { span class={ "badge " (severity.as_str()) } { (counted) } " " }
    }
}

/// The app's name, else the file's.
fn title(target: &TargetReport) -> String {
    let name = target.app.as_ref().and_then(|app| app.display_name.clone());
    name.unwrap_or_else(|| target.name.clone())
}

fn section(number: usize, target: &TargetReport) -> Markup {
    let worst = {
        let mut news: Vec<(usize, &LocatedFinding)> =
            target.findings.iter().enumerate().filter(|(_, found)| !found.baselined).collect();
        news.sort_by_key(|(_, found)| std::cmp::Reverse(found.finding.severity));
        news
    };
    let id = |finding: usize| format!("finding-{number}-{finding}");
    html! {
        section {
            h2 id={ "target-" (number) } { (shown(&title(target))) }
            p.soft { (shown(&about(target))) }
            @if let Some(error) = &target.error {
                div.finding.is-error { span.badge.error { "not checked" } " " (shown(error)) }
            } @else {
                @if target.is_incomplete() { p { span.badge.warning { "incomplete" } " " (incomplete(target)) } }
                @else if worst.is_empty() { p { span.badge.good { (summary::none(target.is_known())) } } }
                @for (index, found) in &worst { (finding(target, found, &id(*index), worst.len() > MANY)) }
                @if let Some(view) = &target.view {
                    h3 { "The path from Entra ID to the app" }
                    (picture::picture(target, view))
                    @let found = tables::by_subject(target);
                    @for mapping in &view.mappings { (tables::table(&found, mapping, &id)) }
                }
                h3 { "Rules" }
                (states(target))
            }
        }
    }
}

/// That findings may be missing, and why.
fn incomplete(target: &TargetReport) -> String {
    let gaps = target.gaps();
    let reasons: Vec<&str> = unjudged::by_reason(&gaps).into_iter().map(|(reason, _)| reason).collect();
    shown(&format!("{} could not be evaluated: {}", summary::counted(gaps.len(), "rule"), reasons.join("; ")))
}

fn about(target: &TargetReport) -> String {
    let kind = target.kind.map(|kind| format!("{}, ", kind.as_str())).unwrap_or_default();
    let profile = target.profile.as_ref().map(|profile| format!(", profile {profile}")).unwrap_or_default();
    format!("{kind}{}{profile}", target.name)
}

/// A finding; its steps are collapsed if there are many findings.
fn finding(target: &TargetReport, found: &LocatedFinding, id: &str, folded: bool) -> Markup {
    let finding = &found.finding;
    let severity = finding.severity.as_str();
    let steps = finding.fix.as_ref().map(|fix| fix.portal.as_slice()).unwrap_or_default();
    html! {
        div id=(id) class={ "finding is-" (severity) } {
            h4 { span class={ "badge " (severity) } { (severity) } " " (shown(&finding.subject)) }
            p { (prose(&finding.message)) }
            @if !finding.help.is_empty() { p.help { (prose(&finding.help)) } }
            @if !steps.is_empty() && folded { details { summary { "Steps in the portal" } (list(steps)) } }
            @else if !steps.is_empty() { (list(steps)) }
            @if !finding.people.is_empty() { p { "Who: " (shown(&finding.people.join(", "))) } }
            p.soft {
                (shown(&target.whereabouts(found))) " · "
                a href=(finding.rule.url()) rel="noreferrer" { (finding.rule.id) }
            }
        }
    }
}

fn list(steps: &[String]) -> Markup {
    html! { ol { @for step in steps { li { (prose(step)) } } } }
}

/// The rules by their state.
fn states(target: &TargetReport) -> Markup {
    let of = |state: &RuleState| target.rules.iter().filter(|rule| rule.state == *state).collect::<Vec<_>>();
    let (failed, passed) = (of(&RuleState::Failed), of(&RuleState::Passed));
    html! {
        @for (rules, word) in [(failed, "failed"), (passed, "passed")] {
            @if !rules.is_empty() {
                details {
                    summary { (summary::counted(rules.len(), "rule")) " " (word) }
                    ul { @for rule in rules {
                        li { a href=(rule.rule.url()) rel="noreferrer" { (rule.rule.id) } ": " (rule.rule.summary) }
                    } }
                }
            }
        }
        @for (rules, word) in [(target.unknown(), "could not be evaluated"), (target.skipped(), "skipped: the input does not include their evidence")] {
            @if !rules.is_empty() {
                details {
                    summary { (summary::counted(rules.len(), "rule")) " " (word) }
                    ul { @for (reason, rules) in unjudged::by_reason(&rules) {
                        li { strong { (shown(reason)) } ": " (rules.join(", ")) }
                    } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_between_backticks_and_nothing_else_is_markup() {
        assert_eq!(prose("`a<b` is `c` & d").into_string(), "<code>a&lt;b</code> is <code>c</code> &amp; d");
        assert_eq!(prose("a ` b").into_string(), "a ` b");
        assert_eq!(prose("`a` b ` c").into_string(), "<code>a</code> b ` c");
    }
}
