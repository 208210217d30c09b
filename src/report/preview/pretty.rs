//! For people: one user in full, many in a table.

use super::{PreviewReport, UserPreview};
use crate::expression::Unknown;
use crate::report::Style;
use crate::report::summary::counted;
use crate::simulate::{RowPreview, Scope, Sent};
use crate::text::{Lines, Paint, one_line, shortened};

/// The number of users that are listed, or named in one sentence, without --verbose.
const MOST_LISTED: usize = 20;
const MOST_NAMED: usize = 3;

impl PreviewReport<'_> {
    /// For people: one user in full, many in a table.
    pub fn pretty(&self, style: &Style) -> String {
        if let Some(shown) = &self.requests {
            return self.http(shown, style);
        }
        let mut page = String::new();
        if self.users.len() > 1 {
            self.table(&mut page, style);
        }
        if self.users.len() == 1 || style.verbose {
            for (index, user) in self.users.iter().enumerate() {
                if index > 0 || self.users.len() > 1 {
                    page.push('\n');
                }
                self.in_full(&mut page, index, user, style);
            }
        } else {
            self.list(&mut page, style);
        }
        if !self.missing.is_empty() {
            let lacks = format!("The user file lacks {}. To read them from Graph:", self.missing.join(", "));
            page.push('\n');
            paragraph(&mut page, "note: ", &lacks, style);
            let select: Vec<&str> = self.missing.iter().map(String::as_str).filter(|name| *name != "manager").collect();
            let expand = if select.len() < self.missing.len() { "&$expand=manager($select=id)" } else { "" };
            page.line(format_args!("      $select={}{expand}", select.join(",")));
        }
        page
    }

    fn in_full(&self, page: &mut String, index: usize, user: &UserPreview<'_>, style: &Style) {
        let preview = user.preview;
        page.line(user.label(index).bold());
        let (word, reason) = scope_words(&preview.scope);
        paragraph(page, &entry(&word), &reason, style);
        for (place, found) in preview.matching.iter().enumerate() {
            let said = match found.filter() {
                Some(filter) => filter,
                None => format!("{} is empty, so it is not searched for", found.target),
            };
            paragraph(page, &entry(if place == 0 { "matched by" } else { "" }), &said, style);
        }
        if let Some(other) = self.other {
            return self.changes_in_full(page, user, other, style);
        }
        page.line(format_args!("  {}", "sent".bold()));
        for line in format!("{:#}", preview.resource()).lines() {
            page.line(format_args!("    {line}"));
        }
        let mut heading = "left out";
        for row in preview.rows.iter().filter(|row| row.sent == Sent::Empty) {
            paragraph(
                page,
                &entry(heading),
                &format!("{}, because {} is empty", row.target, shortened(&row.source)),
                style,
            );
            heading = "";
        }
        let mut heading = "later";
        for row in &preview.rows {
            let Sent::Reference(id) = &row.sent else { continue };
            let text = format!("{}: the target's id of {id}, once that is provisioned", row.target);
            paragraph(page, &entry(heading), &text, style);
            heading = "";
        }
        let mut heading = "unknown";
        for row in &preview.rows {
            let Sent::Unknown(reason @ Unknown::Because(_)) = &row.sent else { continue };
            paragraph(page, &entry(heading), &format!("{}: {reason}", row.target), style);
            heading = "";
        }
        let not_given = |row: &&RowPreview| matches!(row.sent, Sent::Unknown(Unknown::NotGiven(_)));
        let targets: Vec<&str> = preview.rows.iter().filter(not_given).map(|row| &*row.target).collect();
        if !targets.is_empty() {
            let text = format!("{}: the user file lacks their sources", targets.join(", "));
            paragraph(page, &entry(heading), &text, style);
        }
        let mut heading = "changing";
        for row in &preview.rows {
            let Sent::Value { changing: true, .. } = &row.sent else { continue };
            paragraph(page, &entry(heading), &format!("{}: another value each time", row.target), style);
            heading = "";
        }
        let mut heading = "redacted";
        for row in &preview.rows {
            let Sent::Value { redacted: true, .. } = &row.sent else { continue };
            paragraph(page, &entry(heading), &format!("{}: sent, but not shown", row.target), style);
            heading = "";
        }
    }

    fn changes_in_full(&self, page: &mut String, user: &UserPreview<'_>, other: &str, style: &Style) {
        if let Some(after) = user.scope_change() {
            let (word, reason) = scope_words(after);
            paragraph(page, &entry("then"), &format!("{word}, {reason}"), style);
        }
        let changes = user.changes();
        if changes.is_empty() {
            page.line(format_args!("{}nothing changes under {other}", entry("")));
            return;
        }
        page.line(format_args!("  {} under {other}", "changes".bold()));
        for change in changes {
            page.line(format_args!("    {}", change.target));
            page.line(format_args!("      {} {}", "-".red(), sent_words(change.before).red()));
            page.line(format_args!("      {} {}", "+".green(), sent_words(change.after).green()));
        }
    }

    fn table(&self, page: &mut String, style: &Style) {
        let crowd = self.crowd;
        let mut counts = vec![format!("{} in scope if assigned", crowd.inside)];
        if crowd.outside > 0 {
            counts.push(format!("{} not", crowd.outside));
        }
        if crowd.unknown > 0 {
            counts.push(format!("{} unknown", crowd.unknown));
        }
        page.line(format_args!("{}: {}", counted(self.users.len(), "user").bold(), counts.join(", ")));
        for lack in &crowd.lacks {
            if !lack.empty.is_empty() {
                let text = format!("{} is empty for {}", lack.target, self.names(&lack.empty));
                paragraph(page, &entry(&"required".yellow().to_string()), &text, style);
            }
            if !lack.unknown.is_empty() {
                let text = format!("{} is unknown for {}", lack.target, self.names(&lack.unknown));
                paragraph(page, &entry("required"), &text, style);
            }
        }
        for collision in &crowd.collisions {
            let text = format!(
                "{} \"{}\" is the same for {}",
                collision.target,
                collision.value,
                self.names(&collision.users)
            );
            paragraph(page, &entry(&"collision".red().to_string()), &text, style);
        }
        if let Some(other) = self.other {
            for (target, count) in self.change_counts() {
                let text = format!("{target} changes for {} under {other}", counted(count, "user"));
                paragraph(page, &entry("change"), &text, style);
            }
            for (inside, said) in
                [(Some(true), "are in scope"), (Some(false), "are out of scope"), (None, "have an unknown scope")]
            {
                let count = self
                    .users
                    .iter()
                    .filter_map(UserPreview::scope_change)
                    .filter(|scope| scope.is_in() == inside)
                    .count();
                if count > 0 {
                    let text = format!("{} more {said} under {other}", counted(count, "user"));
                    paragraph(page, &entry("change"), &text, style);
                }
            }
        }
        page.push('\n');
    }

    /// How many users each attribute changes for, in the order of the rows.
    fn change_counts(&self) -> Vec<(&str, usize)> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for change in self.users.iter().flat_map(UserPreview::changes) {
            match counts.iter_mut().find(|(target, _)| *target == change.target) {
                Some((_, count)) => *count += 1,
                None => counts.push((change.target, 1)),
            }
        }
        counts
    }

    fn list(&self, page: &mut String, style: &Style) {
        let shown = &self.users[..self.users.len().min(MOST_LISTED)];
        let label = |(index, user): (usize, &UserPreview<'_>)| one_line(&user.label(index)).into_owned();
        let labels: Vec<String> = shown.iter().enumerate().map(label).collect();
        let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).min(style.width / 2);
        for (user, label) in shown.iter().zip(&labels) {
            let sign = match user.preview.scope {
                Scope::In(_) => "in ".green(),
                Scope::Out(_) => "out".yellow(),
                Scope::Unknown(_) => "?  ".plain(),
            };
            let said = match (&user.preview.scope, self.other) {
                _ if user.scope_change().is_some() => user.scope_change().map_or_else(String::new, |after| {
                    let (word, reason) = scope_words(after);
                    format!("then {word}, {reason}")
                }),
                (Scope::In(_), Some(_)) => {
                    let changes: Vec<&str> = user.changes().iter().map(|change| change.target).collect();
                    if changes.is_empty() {
                        "nothing changes".to_owned()
                    } else {
                        format!("changes {}", changes.join(", "))
                    }
                }
                (Scope::In(_), None) => {
                    let matching = || user.preview.matching.iter();
                    let none = match matching().any(|found| found.is_unknown) {
                        true => "how it is matched is unknown",
                        false => "cannot be matched",
                    };
                    matching().find_map(|found| found.filter()).unwrap_or_else(|| none.into())
                }
                (scope, _) => scope.reason().to_owned(),
            };
            let lead = format!("  {sign} {label:width$}  ");
            paragraph(page, &lead, &said, style);
        }
        if self.users.len() > shown.len() {
            page.line(format_args!(
                "  and {} more; --verbose or --format json shows all",
                self.users.len() - shown.len()
            ));
        }
    }

    /// `3 users: a, b, c`
    fn names(&self, indices: &[usize]) -> String {
        let named: Vec<String> =
            indices.iter().take(MOST_NAMED).map(|index| self.users[*index].label(*index)).collect();
        let more = indices.len() - named.len();
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}: {}{tail}", counted(indices.len(), "user"), named.join(", "))
    }
}

fn scope_words(scope: &Scope) -> (String, String) {
    match scope {
        Scope::In(reason) => ("in scope".green().to_string(), format!("if assigned; {reason}")),
        Scope::Out(reason) => ("not in scope".yellow().to_string(), reason.clone()),
        Scope::Unknown(reason) => ("scope".to_owned(), format!("unknown: {reason}")),
    }
}

fn sent_words(sent: Option<&Sent>) -> String {
    match sent {
        None => "(no row)".into(),
        Some(Sent::Empty) => "(empty)".into(),
        Some(Sent::Value { value, default, .. }) => format!("{value}{}", if *default { " (default)" } else { "" }),
        Some(Sent::Reference(id)) => format!("(reference to {id})"),
        Some(Sent::Unknown(reason)) => format!("(unknown: {reason})"),
    }
}

/// The first word of a line, padded to a common width.
fn entry(word: &str) -> String {
    const WIDTH: usize = 15;
    let visible = textwrap::core::display_width(word);
    format!("  {word}{}", " ".repeat(WIDTH.saturating_sub(visible + 2)))
}

/// A paragraph after `lead`, wrapped with an indent.
fn paragraph(page: &mut String, lead: &str, text: &str, style: &Style) {
    let width = textwrap::core::display_width(lead);
    let indent = " ".repeat(if width > style.width / 2 { 6 } else { width });
    let options = textwrap::Options::new(style.width.max(40))
        .initial_indent(lead)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    page.lines_of(textwrap::fill(&one_line(text), options));
}
