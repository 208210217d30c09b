//! For programs: everything.

use serde::Serialize;
use serde_json::{Value, json};

use super::{PreviewReport, UserPreview};
use crate::report::written;
use crate::simulate::{Scope, Sent};

impl PreviewReport<'_> {
    /// For programs: everything.
    pub fn json(&self) -> String {
        let users = self
            .users
            .iter()
            .enumerate()
            .map(|(index, user)| UserJson::of(user, user.label(index), self.other.is_some()));
        let labels =
            |indices: &[usize]| indices.iter().map(|index| self.users[*index].label(*index)).collect::<Vec<_>>();
        let crowd = self.crowd;
        let report = ReportJson {
            version: 1,
            tool: json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")}),
            schema: self.schema,
            diff: self.other,
            users: users.collect(),
            summary: json!({
                "users": self.users.len(),
                "inScope": crowd.inside,
                "outOfScope": crowd.outside,
                "unknown": crowd.unknown,
                "unreadable": self.unreadable,
                "lacks": crowd.lacks.iter().map(|lack| json!({
                    "target": lack.target,
                    "empty": labels(&lack.empty),
                    "unknown": labels(&lack.unknown),
                })).collect::<Vec<_>>(),
                "collisions": crowd.collisions.iter().map(|collision| json!({
                    "target": collision.target,
                    "value": collision.value,
                    "users": labels(&collision.users),
                })).collect::<Vec<_>>(),
                "missing": self.missing,
            }),
        };
        // Serialising cannot fail: keys are strings and numbers are finite.
        written::page(&report)
    }
}

#[derive(Serialize)]
struct ReportJson<'a> {
    version: u32,
    tool: Value,
    schema: &'a str,
    diff: Option<&'a str>,
    users: Vec<UserJson<'a>>,
    summary: Value,
}

fn scope_json(scope: &Scope) -> Value {
    json!({"inScope": scope.is_in(), "reason": scope.reason()})
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserJson<'a> {
    user: Value,
    scope: Value,
    matching: Vec<Value>,
    rows: Vec<RowJson<'a>>,
    dropped: Vec<&'a str>,
    resource: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope_after: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<ChangeJson<'a>>>,
}

impl<'a> UserJson<'a> {
    fn of(shown: &'a UserPreview<'_>, label: String, compared: bool) -> Self {
        let preview = shown.preview;
        UserJson {
            user: json!({"label": label, "id": shown.user.id()}),
            scope: scope_json(&preview.scope),
            scope_after: shown.changed.map(|changed| scope_json(&changed.scope)),
            matching: preview
                .matching
                .iter()
                .map(|found| {
                    json!({
                        "target": found.target,
                        "precedence": found.precedence,
                        "value": found.value,
                        "filter": found.filter(),
                    })
                })
                .collect(),
            rows: preview
                .rows
                .iter()
                .map(|row| RowJson { target: &row.target, source: &row.source, sent: SentJson::of(Some(&row.sent)) })
                .collect(),
            dropped: preview.rows.iter().filter(|row| row.sent == Sent::Empty).map(|row| &*row.target).collect(),
            resource: preview.resource(),
            changes: compared.then(|| {
                let changes = shown.changes().into_iter().map(|change| ChangeJson {
                    target: change.target,
                    before: SentJson::of(change.before),
                    after: SentJson::of(change.after),
                });
                changes.collect()
            }),
        }
    }
}

#[derive(Serialize)]
struct RowJson<'a> {
    target: &'a str,
    source: &'a str,
    #[serde(flatten)]
    sent: SentJson<'a>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    target: &'a str,
    before: SentJson<'a>,
    after: SentJson<'a>,
}

/// What is sent: a value, null for nothing, a reference, or why it is unknown.
#[derive(Serialize)]
#[serde(untagged)]
enum SentJson<'a> {
    NoRow {
        row: bool,
    },
    Value {
        value: Option<&'a Value>,
        #[serde(skip_serializing_if = "is_false")]
        default: bool,
        #[serde(skip_serializing_if = "is_false")]
        changing: bool,
        #[serde(skip_serializing_if = "is_false")]
        redacted: bool,
    },
    Reference {
        reference: &'a str,
    },
    Unknown {
        unknown: String,
    },
}

impl<'a> SentJson<'a> {
    fn of(sent: Option<&'a Sent>) -> Self {
        match sent {
            None => SentJson::NoRow { row: false },
            Some(Sent::Empty) => SentJson::Value { value: None, default: false, changing: false, redacted: false },
            Some(Sent::Value { value, default, changing, redacted }) => {
                SentJson::Value { value: Some(value), default: *default, changing: *changing, redacted: *redacted }
            }
            Some(Sent::Reference(id)) => SentJson::Reference { reference: id },
            Some(Sent::Unknown(reason)) => SentJson::Unknown { unknown: reason.to_string() },
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
