//! What would be sent for users, for people and for programs.

mod http;
mod json;
mod pretty;

use crate::scim::Endpoint;
use crate::simulate::request::{Exchanges, Form, Request};
use crate::simulate::{Crowd, Preview, Scope, Sent, User};

/// Previews to be shown.
#[derive(Debug)]
pub struct PreviewReport<'a> {
    /// The schema's file.
    pub schema: &'a str,
    /// The file of the schema that it is compared with.
    pub other: Option<&'a str>,
    /// The users.
    pub users: Vec<UserPreview<'a>>,
    /// The summary of all users.
    pub crowd: &'a Crowd,
    /// The properties of Graph that mappings read and the user file lacks.
    pub missing: &'a [String],
    /// How many users could not be read.
    pub unreadable: usize,
    /// What to show of requests; `None` shows values instead.
    pub requests: Option<RequestsShown<'a>>,
}

/// What is common to the requests for all users.
#[derive(Debug)]
pub struct RequestsShown<'a> {
    /// The tenant URL, without credentials, if the input has it.
    pub tenant_url: Option<&'a str>,
    /// The same, if it is valid.
    pub endpoint: Option<&'a Endpoint>,
    /// How updates are written: as the tenant URL says, or both ways.
    pub forms: &'a [Form],
    /// The file with the users as they were.
    pub was: Option<&'a str>,
    /// The query with which every cycle begins; `None` without a matching attribute.
    pub begin: Option<Request>,
}

impl RequestsShown<'_> {
    /// The whole address of a request, if the tenant URL is known.
    fn url(&self, request: &Request) -> Option<String> {
        self.endpoint.map(|endpoint| endpoint.url(request).to_string())
    }
}

/// A user and what would be sent.
#[derive(Debug)]
pub struct UserPreview<'a> {
    /// The user.
    pub user: &'a User,
    /// Under the schema.
    pub preview: &'a Preview,
    /// Under the other schema.
    pub changed: Option<&'a Preview>,
    /// The user as it was.
    pub was: Option<&'a User>,
    /// The requests.
    pub requests: Option<&'a Exchanges>,
}

/// An attribute that gets another value under the other schema.
struct Change<'a> {
    target: &'a str,
    before: Option<&'a Sent>,
    after: Option<&'a Sent>,
}

impl UserPreview<'_> {
    fn label(&self, index: usize) -> String {
        self.user.label().map_or_else(|| format!("user {}", index + 1), str::to_owned)
    }

    /// The scope under the other schema, if it differs.
    fn scope_change(&self) -> Option<&Scope> {
        let after = &self.changed?.scope;
        (after.is_in() != self.preview.scope.is_in()).then_some(after)
    }

    fn changes(&self) -> Vec<Change<'_>> {
        let Some(after) = self.changed else { return Vec::new() };
        fn sent<'p>(preview: &'p Preview, target: &str) -> Option<&'p Sent> {
            preview.rows.iter().find(|row| &*row.target == target).map(|row| &row.sent)
        }
        let mut targets: Vec<&str> = self.preview.rows.iter().map(|row| &*row.target).collect();
        for row in &after.rows {
            if !targets.contains(&&*row.target) {
                targets.push(&row.target);
            }
        }
        let nothing = |sent: Option<&Sent>| matches!(sent, None | Some(Sent::Empty));
        targets
            .into_iter()
            .map(|target| Change { target, before: sent(self.preview, target), after: sent(after, target) })
            .filter(|change| change.before != change.after && !(nothing(change.before) && nothing(change.after)))
            .collect()
    }
}
