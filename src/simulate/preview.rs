//! What would be sent for one user.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

use super::request::{Schemas, State, create};
use super::resource::Path;
use super::scope::{Passing, passes};
use super::{RowSource, User};
use crate::expression::{Attributes, Evaluator, Outcome, Unknown, Value};
use crate::model::{Action, AttributeDefinition, AttributeMapping, ObjectKind, ObjectMapping, SynchronizationSchema};
use crate::text::shortened;

/// An object mapping, prepared for many users.
#[derive(Debug)]
pub struct Plan<'a> {
    mapping: &'a ObjectMapping<'a>,
    rows: Vec<PlannedRow<'a>>,
}

#[derive(Debug)]
struct PlannedRow<'a> {
    row: &'a AttributeMapping<'a>,
    target: &'a str,
    /// The same, with the source in words, shared by many previews.
    shown_target: Arc<str>,
    shown_source: Arc<str>,
    source: RowSource<'a>,
    path: Option<Path>,
    definition: Option<&'a AttributeDefinition<'a>>,
}

/// What would happen to one user.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// Whether the user is in scope.
    pub scope: Scope,
    /// How an existing object in the app would be found, in the order in which this is tried.
    pub matching: Vec<Match>,
    /// The result of each row, in order.
    pub rows: Vec<RowPreview>,
    /// What is created: a user or a group.
    pub schemas: Schemas,
}

impl Preview {
    /// The values of the rows, from which requests are built. References are not among them: they are sent later.
    pub fn state(&self) -> State {
        State::of(self)
    }

    /// The resource that would be created: the body of [`create()`].
    pub fn resource(&self) -> Json {
        create(&self.state()).body.unwrap_or_default()
    }
}

/// Whether a user is in scope, apart from assignments, which a file of users does not include.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In scope if assigned, and why.
    In(String),
    /// Not in scope, and why.
    Out(String),
    /// Unknown, and why.
    Unknown(String),
}

impl Scope {
    /// Yes, no, or unknown.
    pub fn is_in(&self) -> Option<bool> {
        match self {
            Scope::In(_) => Some(true),
            Scope::Out(_) => Some(false),
            Scope::Unknown(_) => None,
        }
    }

    /// Why.
    pub fn reason(&self) -> &str {
        match self {
            Scope::In(reason) | Scope::Out(reason) | Scope::Unknown(reason) => reason,
        }
    }
}

/// A query that Entra sends to the app to find an existing object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The target attribute.
    pub target: String,
    /// The matching precedence; 1 is tried first.
    pub precedence: i64,
    /// The value; `None` where it is missing or unknown, so that the query is not sent.
    pub value: Option<String>,
    /// Whether the value is unknown, so that the query may be sent after all.
    pub is_unknown: bool,
    /// Whether the value is redacted, so that it cannot be compared with others.
    pub redacted: bool,
}

impl Match {
    /// The SCIM filter (RFC 7644, section 3.4.2.2).
    pub fn filter(&self) -> Option<String> {
        self.value.as_ref().map(|value| format!("{} eq {}", self.target, Json::from(value.as_str())))
    }
}

/// Whether a filter cannot hold a text as it is. Microsoft names no characters ("special characters":
/// <https://learn.microsoft.com/entra/identity/app-provisioning/known-issues>); these end or change the quoted text of a
/// filter (RFC 7644, section 3.4.2.2; RFC 8259, section 7).
pub fn breaks_a_filter(text: &str) -> bool {
    text.contains(|character: char| matches!(character, '"' | '\\') || character.is_control())
}

/// The result of a row for a user.
#[derive(Clone, Debug, PartialEq)]
pub struct RowPreview {
    /// The target attribute.
    pub target: Arc<str>,
    /// Where the value comes from, in words.
    pub source: Arc<str>,
    /// What is sent.
    pub sent: Sent,
    /// The value as the source gave it, where the target's type made another value of it: `False` for a Boolean. Updates
    /// without the flag send this.
    pub text: Option<String>,
    /// Whether it is sent only when the object is created.
    pub only_created: bool,
}

/// What is sent for a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// This value.
    Value {
        /// As it is in the resource.
        value: Json,
        /// Whether it is the row's default value.
        default: bool,
        /// Whether another run gives another value.
        changing: bool,
        /// Whether `Redact` keeps it out of logs, and out of this preview.
        redacted: bool,
    },
    /// Nothing: there is no value.
    Empty,
    /// A reference to another object of the tenant; Entra sends that object's id in the app, once it exists.
    Reference(String),
    /// Unknown, and why.
    Unknown(Unknown),
}

/// The attributes of users that a schema's user mappings read, by the names that mappings have for them.
pub fn read_of_users(schema: &SynchronizationSchema<'_>) -> BTreeSet<String> {
    let mappings = schema.synchronization_rules.iter().flatten().flat_map(|rule| rule.object_mappings.iter().flatten());
    let of_users = mappings.filter(|mapping| {
        mapping.target_object_name.as_deref().and_then(ObjectKind::of_target) == Some(ObjectKind::User)
    });
    let plans: Vec<Plan<'_>> = of_users.map(|mapping| Plan::new(mapping, |_| None)).collect();
    plans.iter().flat_map(Plan::reads).map(str::to_owned).collect()
}

impl<'a> Plan<'a> {
    /// Prepares an object mapping. `definition` looks a target attribute up.
    pub fn new(
        mapping: &'a ObjectMapping<'a>,
        definition: impl Fn(&str) -> Option<&'a AttributeDefinition<'a>>,
    ) -> Self {
        let rows = mapping.attribute_mappings.iter().flatten().filter_map(|row| {
            let target = row.target_attribute_name.as_deref()?;
            let (row_source, path) = (RowSource::of(row), Path::new(target));
            let source = match &row_source {
                RowSource::Nothing => "nothing".into(),
                RowSource::Attribute(name) => format!("[{name}]").into(),
                RowSource::Constant(text) => format!("\"{text}\"").into(),
                RowSource::Expression(text, _) => (*text).into(),
            };
            let definition = definition(target);
            Some(PlannedRow {
                row,
                target,
                shown_target: target.into(),
                shown_source: source,
                source: row_source,
                path,
                definition,
            })
        });
        Plan { mapping, rows: rows.collect() }
    }

    /// Whether the mapping has an action.
    pub fn does(&self, action: Action) -> bool {
        self.mapping.flow_types.as_deref().is_none_or(|flows| action.is_in(flows))
    }

    /// The target attribute that objects are matched on first.
    pub fn first_matching(&self) -> Option<&str> {
        let matching = self.rows.iter().filter(|row| row.row.is_matching());
        matching.min_by_key(|row| row.row.matching_priority).map(|row| row.target)
    }

    /// The target attributes that matching or creating an object requires.
    pub fn needed(&self) -> impl Iterator<Item = &str> {
        let needed = |row: &&PlannedRow<'_>| {
            row.row.is_matching()
                || row.target == "userName"
                || row.definition.is_some_and(|definition| definition.required == Some(true))
        };
        self.rows.iter().filter(needed).map(|row| row.target)
    }

    /// The properties of a user that the rows and the scope filter read, by the service's names.
    pub fn reads(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.rows.iter().flat_map(|row| row.source.attributes()).collect();
        let groups = self.mapping.scope.iter().flat_map(|filter| filter.groups());
        let clauses = groups.flat_map(|group| group.clauses.iter().flatten());
        names.extend(clauses.filter_map(|clause| clause.source_operand_name.as_deref()));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether the mapping is enabled.
    pub fn is_enabled(&self) -> bool {
        self.mapping.enabled != Some(false)
    }

    /// What would happen to a user.
    pub fn preview(&self, user: &User, evaluator: &Evaluator) -> Preview {
        let rows: Vec<RowPreview> = self.rows.iter().map(|row| row.preview(user, evaluator)).collect();
        Preview {
            scope: self.scope(user, evaluator),
            matching: self.matching(&rows),
            rows,
            schemas: Schemas::of_target(self.mapping.target_object_name.as_deref().unwrap_or_default()),
        }
    }

    fn matching(&self, rows: &[RowPreview]) -> Vec<Match> {
        let mut matching: Vec<Match> = self
            .rows
            .iter()
            .zip(rows)
            .filter(|(row, _)| row.row.is_matching())
            .map(|(row, preview)| Match {
                target: row.target.to_owned(),
                precedence: row.row.matching_priority.unwrap_or_default(),
                is_unknown: matches!(preview.sent, Sent::Unknown(_)),
                redacted: matches!(preview.sent, Sent::Value { redacted: true, .. }),
                value: match &preview.sent {
                    Sent::Value { value, .. } => Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
                    Sent::Empty | Sent::Reference(_) | Sent::Unknown(_) => None,
                },
            })
            .collect();
        matching.sort_by_key(|found| found.precedence);
        matching
    }

    fn scope(&self, user: &User, evaluator: &Evaluator) -> Scope {
        if !self.is_enabled() {
            return Scope::Out("the mapping is disabled, so no user is provisioned".into());
        }
        if !self.does(Action::Create) {
            return Scope::Out("the mapping does not have the action Create, so no user is created".into());
        }
        let by_filter = match &self.mapping.scope {
            None => Scope::In("no scope filter".into()),
            Some(filter) => match passes(filter, user, evaluator.patterns()) {
                Ok(Passing::Unfiltered) => Scope::In("no scope filter".into()),
                Ok(Passing::Group(index)) => {
                    Scope::In(format!("passes the scope filter {}", filter_name(filter, index)))
                }
                Ok(Passing::Fails(clauses)) => {
                    let failed =
                        clauses.iter().enumerate().map(|(group, clause)| failed_clause(filter, group, *clause));
                    Scope::Out(format!("fails the scope filter: {}", failed.collect::<Vec<_>>().join("; ")))
                }
                Err(reason) => Scope::Unknown(format!("the scoping filter could not be evaluated: {reason}")),
            },
        };
        match (by_filter, user.attribute("IsSoftDeleted")) {
            (Scope::Out(reason), _) => Scope::Out(reason),
            (_, Ok(Value::Text(deleted))) if deleted.eq_ignore_ascii_case("true") => {
                Scope::Out("disabled in Entra ID: not created; an existing account is disabled".into())
            }
            (scope, _) => scope,
        }
    }
}

fn filter_name(filter: &crate::model::Filter<'_>, index: usize) -> String {
    let name = filter.groups().get(index).and_then(|group| group.name.as_deref()).filter(|name| !name.is_empty());
    name.map_or_else(|| (index + 1).to_string(), |name| format!("\"{}\"", shortened(name)))
}

/// `department EQUALS Sales`
fn failed_clause(filter: &crate::model::Filter<'_>, group: usize, clause: usize) -> String {
    let clauses = filter.groups().get(group).and_then(|group| group.clauses.as_deref()).unwrap_or_default();
    let Some(clause) = clauses.get(clause) else { return String::new() };
    let words = [clause.source_operand_name.as_deref(), clause.operator_name.as_deref(), clause.value()];
    shortened(&words.into_iter().flatten().collect::<Vec<_>>().join(" ")).into_owned()
}

impl PlannedRow<'_> {
    fn preview(&self, user: &User, evaluator: &Evaluator) -> RowPreview {
        let mut text = None;
        let sent = self.send(user, evaluator, &mut text);
        let only_created = self.row.flow_type.as_deref() == Some("ObjectAddOnly");
        let (target, source) = (Arc::clone(&self.shown_target), Arc::clone(&self.shown_source));
        RowPreview { target, source, sent, text, only_created }
    }

    /// What is sent, and in `text` the value as it was before it got the type of the target.
    fn send(&self, user: &User, evaluator: &Evaluator, text: &mut Option<String>) -> Sent {
        let outcome = match self.outcome(user, evaluator) {
            Ok(outcome) => outcome,
            Err(reason) => return Sent::Unknown(reason),
        };
        let default = self.row.default_text().filter(|_| outcome.value.is_empty() && !outcome.ignored);
        let value = match default {
            Some(default) => Value::from(default),
            None if outcome.value.is_empty() => return Sent::Empty,
            None => outcome.shown(),
        };
        let kind = self.definition.and_then(|definition| definition.kind.as_deref());
        let is_reference = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("Reference"));
        let reads_manager = matches!(&self.source, RowSource::Attribute(name) if name == "manager");
        if is_reference || reads_manager {
            let id = value.to_json();
            return Sent::Reference(id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        }
        let Some(path) = &self.path else {
            return Sent::Unknown(Unknown::new(format!("{} is not a valid SCIM path", self.target)));
        };
        match path.convert(&value, self.definition) {
            Ok(converted) => {
                if let (Value::Text(given), Json::Bool(_)) = (value, &converted) {
                    *text = Some(given);
                }
                Sent::Value {
                    value: converted,
                    default: default.is_some(),
                    changing: outcome.changing,
                    redacted: default.is_none() && outcome.redacted,
                }
            }
            Err(reason) => Sent::Unknown(reason),
        }
    }

    fn outcome(&self, user: &User, evaluator: &Evaluator) -> Result<Outcome, Unknown> {
        let plain = |value| Outcome { value, redacted: false, changing: false, ignored: false, object_ignored: false };
        match &self.source {
            RowSource::Nothing => Ok(plain(Value::Null)),
            RowSource::Constant(text) => Ok(plain(Value::from(&**text))),
            RowSource::Attribute(name) => user.attribute(name).map(plain),
            RowSource::Expression(_, Ok(tree)) => evaluator.evaluate(tree, user),
            RowSource::Expression(text, Err(_)) => Err(Unknown::new(format!(
                "the expression {} cannot be parsed; provlint check shows where",
                shortened(text)
            ))),
        }
    }
}
