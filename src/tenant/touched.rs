//! What a change touches: the parts of the configuration that have consequences for a running app.

use serde_json::Value;

use crate::finding::Applicability;
use crate::fix::Made;
use crate::model::{Action, Difference, ObjectKind, Subject, TenantChange, differences};

/// The parts of the configuration that a change touches and that have consequences.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    pub(super) schema: bool,
    pub(super) external_id: bool,
    pub(super) scope: bool,
    pub(super) matching: bool,
    pub(super) active: bool,
    /// The Target Object Actions that are selected (`true`) or cleared.
    pub(super) actions: Vec<(ObjectKind, Action, bool)>,
    pub(super) because_unsafe: bool,
    pub(super) tenant: Vec<TenantChange>,
}

impl Touched {
    /// The effect of fixes that turn the schema `before` into `after`.
    pub fn by_fixes(made: &[Made], before: &Value, after: &Value) -> Self {
        let change = |made: &Made| made.finding.fix.as_ref()?.tenant.clone();
        let schema = || made.iter().filter(|made| change(made).is_none());
        let is_unsafe =
            |made: &Made| made.finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Unsafe);
        let tenant = made.iter().filter_map(change).collect();
        Touched {
            schema: schema().next().is_some(),
            because_unsafe: schema().any(is_unsafe),
            tenant,
            ..Touched::by_differences(&differences(before, after), before, after)
        }
    }

    /// The effect of the schema `old` becoming `new`, which differs in `differences`.
    pub fn by_differences(differences: &[Difference], old: &Value, new: &Value) -> Self {
        Touched {
            schema: !differences.is_empty(),
            external_id: differences.iter().any(changes_external_id),
            scope: differences.iter().any(changes_scope),
            matching: matching(old) != matching(new),
            active: differences.iter().any(changes_active),
            actions: differences.iter().flat_map(actions).collect(),
            ..Touched::default()
        }
    }

    /// The effect of a change outside the schema.
    pub fn by_change(change: TenantChange) -> Self {
        Touched { tenant: vec![change], ..Touched::default() }
    }

    /// The effect of several changes together.
    pub fn together(all: impl IntoIterator<Item = Touched>) -> Self {
        all.into_iter().fold(Touched::default(), |sum, one| Touched {
            schema: sum.schema || one.schema,
            external_id: sum.external_id || one.external_id,
            scope: sum.scope || one.scope,
            matching: sum.matching || one.matching,
            active: sum.active || one.active,
            actions: sum.actions.into_iter().chain(one.actions).collect(),
            because_unsafe: sum.because_unsafe || one.because_unsafe,
            tenant: sum.tenant.into_iter().chain(one.tenant).collect(),
        })
    }

    pub(super) fn nothing(&self) -> bool {
        !self.schema && self.tenant.is_empty()
    }
}

/// Whether a difference is in the row that maps a user's `externalId`.
fn changes_external_id(difference: &Difference) -> bool {
    matches!(&difference.subject, Subject::Row { mapping, target }
        if mapping.kind == Some(ObjectKind::User) && target.name.eq_ignore_ascii_case("externalId"))
}

/// Whether a difference is in the row that enables and disables users.
fn changes_active(difference: &Difference) -> bool {
    matches!(&difference.subject, Subject::Row { mapping, target }
        if mapping.kind == Some(ObjectKind::User) && target.name.eq_ignore_ascii_case("active"))
}

/// The actions that a difference selects and clears.
fn actions(difference: &Difference) -> Vec<(ObjectKind, Action, bool)> {
    let kind = match &difference.subject {
        Subject::Mapping(mapping) if difference.property.as_deref() == Some("flowTypes") => mapping.kind,
        _ => None,
    };
    let Some(kind) = kind else { return Vec::new() };
    let has = |value: &Option<Value>, action: Action| {
        value.as_ref().and_then(Value::as_str).is_some_and(|flows| action.is_in(flows))
    };
    let changed = |action: &Action| has(&difference.old, *action) != has(&difference.new, *action);
    Action::ALL.into_iter().filter(changed).map(|action| (kind, action, has(&difference.new, action))).collect()
}

/// Whether a difference changes which objects are in scope: an object mapping is added, removed, enabled, disabled, or
/// gets another filter.
fn changes_scope(difference: &Difference) -> bool {
    let decides = |property: &str| matches!(property, "scope" | "enabled");
    matches!(&difference.subject, Subject::Mapping(mapping) if mapping.kind.is_some())
        && difference.property.as_deref().is_none_or(decides)
}

/// How users and groups are matched: the matching rows of each object mapping with their sources, in order of precedence.
/// Only the order of the priorities counts, not the numbers.
fn matching(schema: &Value) -> Vec<(&Value, Vec<(&Value, &Value)>)> {
    let mappings = elements(&schema["synchronizationRules"]).flat_map(|rule| elements(&rule["objectMappings"]));
    let rows = |mapping| {
        let priority = |row: &Value| row["matchingPriority"].as_i64().unwrap_or_default();
        let mut rows: Vec<&Value> = elements(mapping).filter(|row| priority(row) > 0).collect();
        rows.sort_by_key(|row| priority(row));
        rows.into_iter().map(|row| (&row["targetAttributeName"], &row["source"]["expression"])).collect()
    };
    mappings.map(|mapping| (&mapping["targetObjectName"], rows(&mapping["attributeMappings"]))).collect()
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}
