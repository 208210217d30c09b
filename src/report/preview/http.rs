//! The requests for users, in the format of `.http` files, which editors can send.

use super::{PreviewReport, RequestsShown, UserPreview};
use crate::report::Style;
use crate::simulate::request::{Exchange, FLAG, REFERENCE_ID, Reason, Request, USER_ID};
use crate::text::{Lines, one_line};

/// What stands for the tenant URL where the input does not have it, and for the secret token.
const TENANT_URL: &str = "{{tenantUrl}}";
const TOKEN: &str = "{{secretToken}}";

impl PreviewReport<'_> {
    /// For people and their editors: a request after the other.
    pub(super) fn http(&self, shown: &RequestsShown<'_>, style: &Style) -> String {
        let mut page = String::new();
        let to = shown.tenant_url.unwrap_or("the tenant URL, which the input does not include");
        comment(&mut page, &format!("What Entra would send to {to}."), style);
        comment(
            &mut page,
            &format!(
                "{USER_ID} and {REFERENCE_ID} stand for ids that the endpoint gives. Entra sends no User-Agent; which other \
                 headers it sends is not published."
            ),
            style,
        );
        let forms = match shown.forms {
            [form] => format!("Updates are shown {}, like the tenant URL.", form.as_str()),
            _ => format!("Updates are shown without and with {FLAG} in the tenant URL."),
        };
        comment(&mut page, &forms, style);
        if let Some(begin) = &shown.begin {
            page.push('\n');
            self.request(
                &mut page,
                "Test Connection and every cycle begin with a search for a user that does not exist",
                begin,
                shown,
                style,
            );
        }
        for (index, user) in self.users.iter().enumerate() {
            self.of_user(&mut page, index, user, shown, style);
        }
        page
    }

    fn of_user(
        &self,
        page: &mut String,
        index: usize,
        user: &UserPreview<'_>,
        shown: &RequestsShown<'_>,
        style: &Style,
    ) {
        let Some(exchanges) = user.requests else { return };
        page.push('\n');
        let (word, reason) = match user.preview.scope.is_in() {
            Some(true) => ("in scope if assigned", user.preview.scope.reason()),
            Some(false) => ("not in scope", user.preview.scope.reason()),
            None => ("scope unknown", user.preview.scope.reason()),
        };
        comment(page, &format!("{}: {word}; {reason}", user.label(index)), style);
        if shown.was.is_some() && user.was.is_none() {
            comment(page, "The file of --was does not include this user, so the user is shown as new.", style);
        }
        if exchanges.requests.is_empty() {
            comment(page, "Nothing is sent.", style);
        }
        for (target, why) in &exchanges.unknown {
            comment(page, &format!("{target}: {why}"), style);
        }
        for target in &exchanges.not_cleared {
            comment(
                page,
                &format!("{target}: empty now; Entra sends no empty values, so the app keeps the old one"),
                style,
            );
        }
        for target in &exchanges.only_created {
            comment(page, &format!("{target}: changed, but sent only when the user is created"), style);
        }
        let mut searches = 0;
        for exchange in &exchanges.requests {
            let heading = heading(exchange, searches);
            searches += usize::from(matches!(exchange.reason, Reason::Search(_)));
            page.push('\n');
            self.request(page, &heading, &exchange.request, shown, style);
        }
        let has_update = exchanges.requests.iter().any(|exchange| exchange.form.is_some());
        if shown.was.is_some() && user.was.is_some() && !has_update && !exchanges.requests.is_empty() {
            comment(page, "No update: no value that is sent has changed.", style);
        }
    }

    fn request(&self, page: &mut String, heading: &str, request: &Request, shown: &RequestsShown<'_>, style: &Style) {
        page.line(format_args!("### {}", one_line(heading)));
        let origin = &request.origin;
        if !origin.unknown.is_empty() {
            comment(page, origin.unknown, style);
        }
        if style.verbose {
            for source in origin.sources {
                page.line(format_args!("# {source}"));
            }
        }
        let url = shown.url(request).unwrap_or_else(|| format!("{TENANT_URL}{}", request.path));
        page.line(format_args!("{} {url}", request.method.as_str()));
        page.line(format_args!("Authorization: Bearer {TOKEN}"));
        if let Some(body) = &request.body {
            page.line("Content-Type: application/scim+json; charset=utf-8");
            page.push('\n');
            page.lines_of(format!("{body:#}"));
        }
    }
}

fn heading(exchange: &Exchange, searches: usize) -> String {
    let what = match &exchange.reason {
        Reason::Search(target) if searches == 0 => format!("Search for the user by {target}"),
        Reason::Search(target) => format!("Search for the user by {target}, if no search before found one"),
        Reason::Create => "Create the user, if no search found one".to_owned(),
        Reason::Update => "Update the user that a search found".to_owned(),
        Reason::Disable => "Disable the user, if a search found one".to_owned(),
        Reason::Refer(target, to) => format!("Set {target}, once {to} is in the app"),
        Reason::NoLongerRefer(target) => format!("Remove {target}"),
    };
    match exchange.form {
        Some(form) => format!("{what}, {}", form.as_str()),
        None => what,
    }
}

/// A comment, wrapped.
fn comment(page: &mut String, text: &str, style: &Style) {
    let options = textwrap::Options::new(style.width.max(40))
        .initial_indent("# ")
        .subsequent_indent("# ")
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    page.lines_of(textwrap::fill(&one_line(text), options));
}
