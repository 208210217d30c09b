//! Scope filters, for one object.
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts>

use super::user::guest_alias;
use crate::expression::{Attributes, Patterns, Unknown, Value};
use crate::model::{Filter, FilterClause, FilterGroup};

/// The condition of a clause on an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterOperator {
    /// The value equals a text, with the same case.
    Equals,
    /// There is a value, and it is another text.
    NotEquals,
    /// There is no value.
    IsNull,
    /// There is a value.
    IsNotNull,
    /// The value is true.
    IsTrue,
    /// The value is false.
    IsFalse,
    /// The value matches a regular expression.
    RegexMatch,
    /// There is a value, and it does not match.
    NotRegexMatch,
    /// The value is a larger whole number.
    GreaterThan,
    /// The value is this whole number or a larger one.
    GreaterThanOrEquals,
    /// The value ends with a text.
    EndsWith,
    /// The value contains a text, with the same case.
    Includes,
    /// "The attribute exists in the input string value".
    BitsSet,
    /// The opposite.
    BitsNotSet,
}

impl FilterOperator {
    /// Every operator.
    pub const ALL: [FilterOperator; 14] = [
        FilterOperator::Equals,
        FilterOperator::NotEquals,
        FilterOperator::IsNull,
        FilterOperator::IsNotNull,
        FilterOperator::IsTrue,
        FilterOperator::IsFalse,
        FilterOperator::RegexMatch,
        FilterOperator::NotRegexMatch,
        FilterOperator::GreaterThan,
        FilterOperator::GreaterThanOrEquals,
        FilterOperator::EndsWith,
        FilterOperator::Includes,
        FilterOperator::BitsSet,
        FilterOperator::BitsNotSet,
    ];

    /// The name that the portal shows and Graph stores.
    pub fn as_str(self) -> &'static str {
        match self {
            FilterOperator::Equals => "EQUALS",
            FilterOperator::NotEquals => "NOT EQUALS",
            FilterOperator::IsNull => "IS NULL",
            FilterOperator::IsNotNull => "IS NOT NULL",
            FilterOperator::IsTrue => "IS TRUE",
            FilterOperator::IsFalse => "IS FALSE",
            FilterOperator::RegexMatch => "REGEX MATCH",
            FilterOperator::NotRegexMatch => "NOT REGEX MATCH",
            FilterOperator::GreaterThan => "Greater_Than",
            FilterOperator::GreaterThanOrEquals => "Greater_Than_OR_EQUALS",
            FilterOperator::EndsWith => "ENDS_WITH",
            FilterOperator::Includes => "Includes",
            FilterOperator::BitsSet => "&",
            FilterOperator::BitsNotSet => "!&",
        }
    }

    /// The operator of that name. Spaces, underscores and case are ignored, because the portal and Graph
    /// spell operators differently.
    pub fn of(name: &str) -> Option<Self> {
        let plain = |name: &str| name.trim().replace('_', " ").to_ascii_uppercase();
        FilterOperator::ALL.into_iter().find(|operator| plain(operator.as_str()) == plain(name))
    }

    /// Whether it compares the attribute with a value.
    pub fn takes_value(self) -> bool {
        !matches!(
            self,
            FilterOperator::IsNull | FilterOperator::IsNotNull | FilterOperator::IsTrue | FilterOperator::IsFalse
        )
    }
}

/// Whether an object passes a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passing {
    /// There is no filter.
    Unfiltered,
    /// It passes the group of that index.
    Group(usize),
    /// It passes no group; for each group the clause that it fails, by index.
    Fails(Vec<usize>),
}

/// Evaluates the filter groups for an object.
///
/// # Errors
/// When it depends on something unknown.
pub fn passes(filter: &Filter<'_>, attributes: &dyn Attributes, patterns: &Patterns) -> Result<Passing, Unknown> {
    if filter.groups().is_empty() {
        return Ok(Passing::Unfiltered);
    }
    let mut failed = Vec::new();
    let mut unknown = None;
    for (index, group) in filter.groups().iter().enumerate() {
        match first_failing(group, attributes, patterns) {
            Ok(None) => return Ok(Passing::Group(index)),
            Ok(Some(clause)) => failed.push(clause),
            Err(reason) => unknown = unknown.or(Some(reason)),
        }
    }
    unknown.map_or(Ok(Passing::Fails(failed)), Err)
}

/// The first clause of a group that an object fails. A clause that certainly fails decides, even if others are unknown.
fn first_failing(
    group: &FilterGroup<'_>,
    attributes: &dyn Attributes,
    patterns: &Patterns,
) -> Result<Option<usize>, Unknown> {
    let clauses = group.clauses.as_deref().unwrap_or_default();
    if clauses.is_empty() {
        return Err(Unknown::new("the effect of a filter group without clauses is not documented"));
    }
    let mut unknown = None;
    for (index, clause) in clauses.iter().enumerate() {
        let name = clause.source_operand_name.as_deref().unwrap_or_default();
        match holds_of(clause, name, attributes, patterns) {
            Ok(true) => {}
            Ok(false) => return Ok(Some(index)),
            Err(reason) => unknown = unknown.or(Some(reason)),
        }
    }
    unknown.map_or(Ok(None), Err)
}

/// Whether an object satisfies a clause. Whether a filter on the user name of a guest sees the stored form with `#EXT#` is
/// not documented, so it is known only if both forms agree.
fn holds_of(
    clause: &FilterClause<'_>,
    name: &str,
    attributes: &dyn Attributes,
    patterns: &Patterns,
) -> Result<bool, Unknown> {
    let sent = attributes.attribute(name).and_then(|value| holds(clause, &value, patterns));
    if name != "userPrincipalName" {
        return sent;
    }
    match attributes.attribute("originalUserPrincipalName") {
        Ok(Value::Text(stored)) if guest_alias(&stored).is_some() => {
            let as_stored = holds(clause, &Value::Text(stored), patterns)?;
            if sent? == as_stored {
                return Ok(as_stored);
            }
            Err(Unknown::new("whether a scoping filter sees #EXT# in the user name of a guest is not documented"))
        }
        _ => sent,
    }
}

/// Whether a value satisfies a clause. Null satisfies only `IS NULL`.
///
/// # Errors
/// When this is not documented.
pub(super) fn holds(clause: &FilterClause<'_>, value: &Value, patterns: &Patterns) -> Result<bool, Unknown> {
    let name = clause.operator_name.as_deref().unwrap_or_default();
    let Some(operator) = FilterOperator::of(name) else {
        return Err(Unknown::new(format!("the filter operator {name} is unknown")));
    };
    let text = match value {
        value if value.is_empty() => return Ok(operator == FilterOperator::IsNull),
        Value::List(_) => return Err(Unknown::new("Entra does not support filters on multi-valued attributes")),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Null => String::new(),
    };
    if operator.takes_value() && clause.values().count() > 1 {
        return Err(Unknown::new("the effect of a clause with several values is not documented"));
    }
    let operand = clause.value().unwrap_or_default();
    let compare = |larger: fn(i64, i64) -> bool| match (text.trim().parse(), operand.trim().parse()) {
        (Ok(text), Ok(operand)) => Ok(larger(text, operand)),
        _ => Err(Unknown::new(format!("{name} requires integers"))),
    };
    match operator {
        FilterOperator::IsNull => Ok(false),
        FilterOperator::IsNotNull => Ok(true),
        FilterOperator::IsTrue => Ok(text.eq_ignore_ascii_case("true")),
        FilterOperator::IsFalse => Ok(text.eq_ignore_ascii_case("false")),
        FilterOperator::Equals => Ok(text == operand),
        FilterOperator::NotEquals => Ok(text != operand),
        FilterOperator::Includes => Ok(text.contains(operand)),
        FilterOperator::EndsWith if text.ends_with(operand) => Ok(true),
        FilterOperator::EndsWith if text.to_lowercase().ends_with(&operand.to_lowercase()) => {
            Err(Unknown::new("whether ENDS_WITH is case-sensitive is not documented"))
        }
        FilterOperator::EndsWith => Ok(false),
        FilterOperator::GreaterThan => compare(|text, operand| text > operand),
        FilterOperator::GreaterThanOrEquals => compare(|text, operand| text >= operand),
        FilterOperator::RegexMatch => fits(operand, &text, patterns),
        FilterOperator::NotRegexMatch => fits(operand, &text, patterns).map(|fits| !fits),
        FilterOperator::BitsSet | FilterOperator::BitsNotSet => {
            Err(Unknown::new(format!("the operator {name} is not documented well enough to evaluate")))
        }
    }
}

/// Whether a text matches a regular expression both in whole and in part: which of the two counts is not documented.
fn fits(pattern: &str, text: &str, patterns: &Patterns) -> Result<bool, Unknown> {
    let pattern =
        patterns.get(pattern).map_err(|error| Unknown::new(format!("the regular expression is not valid: {error}")))?;
    if !pattern.is_match(text)? {
        return Ok(false);
    }
    if pattern.is_whole_match(text)? {
        Ok(true)
    } else {
        Err(Unknown::new("whether a regular expression must match the whole value is not documented"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(operator: &str, operand: &str) -> String {
        format!(
            r#"{{"sourceOperandName": "a", "operatorName": "{operator}", "targetOperand": {{"values": ["{operand}"]}}}}"#
        )
    }

    #[test]
    fn every_operator_asks_what_it_is_documented_to_ask() {
        let yes = Some(true);
        let no = Some(false);
        for (operator, operand, value, answer) in [
            ("EQUALS", "Sales", "Sales", yes),
            ("EQUALS", "Sales", "sales", no),
            ("EQUALS", "Sales", "", no),
            ("NOT EQUALS", "Sales", "sales", yes),
            ("NOT EQUALS", "Sales", "", no),
            ("IS NULL", "", "", yes),
            ("IS NULL", "", "x", no),
            ("IS NOT NULL", "", "x", yes),
            ("IS NOT NULL", "", "", no),
            ("IS TRUE", "", "True", yes),
            ("IS TRUE", "", "False", no),
            ("IS FALSE", "", "False", yes),
            ("IS FALSE", "", "", no),
            ("REGEX MATCH", "([1-9][0-9])", "42", yes),
            ("REGEX MATCH", "([1-9][0-9])", "7", no),
            ("REGEX MATCH", "([1-9][0-9])", "420", None),
            ("REGEX MATCH", ".*\\\\@domain.com", "jane@domain.com", yes),
            ("REGEX MATCH", "x", "", no),
            ("NOT REGEX MATCH", "x", "", no),
            ("NOT REGEX MATCH", "x", "y", yes),
            ("Greater_Than", "10", "11", yes),
            ("Greater_Than", "10", "10", no),
            ("Greater_Than_OR_EQUALS", "10", "10", yes),
            ("Greater_Than", "10", "eleven", None),
            ("ENDS_WITH", "com", "example.com", yes),
            ("ENDS_WITH", "COM", "example.com", None),
            ("Includes", "amp", "example", yes),
            ("Includes", "AMP", "example", no),
            ("&", "x", "x", None),
            ("IsMemberOf", "x", "x", None),
        ] {
            let json = clause(operator, operand);
            let clause: FilterClause<'_> = serde_json::from_str(&json).unwrap();
            assert_eq!(
                holds(&clause, &Value::from(value), &Patterns::default()).ok(),
                answer,
                "{value} {operator} {operand}"
            );
        }
    }

    #[test]
    fn a_filter_on_a_guests_user_name_is_known_only_if_both_forms_agree() {
        let guest = |name: &str| match name {
            "userPrincipalName" => Ok(Value::from("jane@example.com")),
            _ => Ok(Value::from("jane_example.com#EXT#@contoso.com")),
        };
        for (operator, operand, passes_filter) in [
            ("NOT REGEX MATCH", ".*#EXT#.*", None),
            ("ENDS_WITH", "@contoso.com", None),
            ("Includes", "jane", Some(true)),
            ("Includes", "amy", Some(false)),
        ] {
            let json = clause(operator, operand).replace("\"a\"", "\"userPrincipalName\"");
            let clause: FilterClause<'_> = serde_json::from_str(&json).unwrap();
            let found = holds_of(&clause, "userPrincipalName", &guest, &Patterns::default()).ok();
            assert_eq!(found, passes_filter, "{operator} {operand}");
        }
    }

    #[test]
    fn groups_are_alternatives_and_clauses_conditions() {
        let json = format!(
            r#"{{"groups": [{{"clauses": [{}, {}]}}, {{"clauses": [{}]}}]}}"#,
            clause("EQUALS", "x"),
            clause("IS NOT NULL", ""),
            clause("EQUALS", "y")
        );
        let filter: Filter<'_> = serde_json::from_str(&json).unwrap();
        let patterns = Patterns::default();
        let of = |value: &'static str| passes(&filter, &move |_: &str| Ok(Value::from(value)), &patterns);
        assert_eq!(of("x"), Ok(Passing::Group(0)));
        assert_eq!(of("y"), Ok(Passing::Group(1)));
        assert_eq!(of("z"), Ok(Passing::Fails(vec![0, 0])));
        assert!(passes(&filter, &|_: &str| Err(Unknown::new("not read")), &patterns).is_err());
        let none: Filter<'_> = serde_json::from_str(r#"{"groups": []}"#).unwrap();
        assert_eq!(passes(&none, &|_: &str| Ok(Value::Null), &patterns), Ok(Passing::Unfiltered));
    }
}
