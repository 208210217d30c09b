//! For programs: everything.

use serde::Serialize;
use serde_json::{Value, json};

use super::{PreviewReport, RequestsShown, UserPreview};
use crate::report::written;
use crate::simulate::request::{Exchange, Exchanges, Form, Reason, Request};
use crate::simulate::{Scope, Sent};

impl PreviewReport<'_> {
    /// For programs: everything.
    pub fn json(&self) -> String {
        let users = self.users.iter().enumerate().map(|(index, user)| UserJson::of(user, user.label(index), self));
        let labels =
            |indices: &[usize]| indices.iter().map(|index| self.users[*index].label(*index)).collect::<Vec<_>>();
        let crowd = self.crowd;
        let report = ReportJson {
            version: 1,
            tool: json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")}),
            schema: self.schema,
            diff: self.other,
            requests: self.requests.as_ref().map(RequestsShown::json),
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
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<Value>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_cleared: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    only_created: Option<&'a [String]>,
}

impl<'a> UserJson<'a> {
    fn of(shown: &'a UserPreview<'_>, label: String, report: &'a PreviewReport<'_>) -> Self {
        let compared = report.other.is_some();
        let exchanges: Option<&Exchanges> = shown.requests;
        let requests =
            report.requests.as_ref().zip(exchanges).map(|(all, exchanges)| {
                exchanges.requests.iter().map(|exchange| all.exchange_json(exchange)).collect()
            });
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
            requests,
            not_cleared: exchanges.map(|exchanges| exchanges.not_cleared.as_slice()),
            only_created: exchanges.map(|exchanges| exchanges.only_created.as_slice()),
        }
    }
}

impl RequestsShown<'_> {
    /// What is common to the requests for all users.
    fn json(&self) -> Value {
        json!({
            "tenantUrl": self.tenant_url,
            "was": self.was,
            "flag": self.forms.iter().map(|form| *form == Form::Flagged).collect::<Vec<_>>(),
            "begin": self.begin.as_ref().map(|request| self.request_json(request)),
        })
    }

    fn exchange_json(&self, exchange: &Exchange) -> Value {
        let mut all = json!({"reason": exchange.reason.as_str()});
        let (target, to) = match &exchange.reason {
            Reason::Search(target) | Reason::NoLongerRefer(target) => (Some(target), None),
            Reason::Refer(target, to) => (Some(target), Some(to)),
            Reason::Create | Reason::Update | Reason::Disable => (None, None),
        };
        let flag = exchange.form.map(|form| form == Form::Flagged);
        for (name, value) in [("target", json!(target)), ("to", json!(to)), ("flag", json!(flag))] {
            if !value.is_null() {
                all[name] = value;
            }
        }
        if let (Value::Object(all), Value::Object(request)) = (&mut all, self.request_json(&exchange.request)) {
            all.extend(request);
        }
        all
    }

    fn request_json(&self, request: &Request) -> Value {
        let origin = &request.origin;
        json!({
            "method": request.method.as_str(),
            "path": request.path,
            "url": self.url(request),
            "body": request.body,
            "mark": origin.mark.as_str(),
            "weight": origin.weight.as_str(),
            "unknown": Some(origin.unknown).filter(|unknown| !unknown.is_empty()),
            "sources": origin.sources,
        })
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
