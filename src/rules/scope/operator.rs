use super::{clauses, filtered, subject};
use crate::document::Pointer;
use crate::expression::Pattern;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::FilterClause;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};
use crate::simulate::FilterOperator;
use crate::text::nearest;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "scope-filter-operator",
        section: Section::Scope,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A clause of a scope filter cannot be evaluated",
        page: page!("scope-filter-operator"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (mapping, filter) in filtered(target)? {
        for (place, clause) in clauses(mapping, filter) {
            let Some(operator) = clause.operator_name.as_deref() else { continue };
            // The tenant knows its operators best.
            if FilterOperator::of(operator).is_none() && target.offers_operator(operator) == Some(true) {
                continue;
            }
            let Some((pointer, why, label)) = fault(&place, clause, operator) else { continue };
            let name = clause.source_operand_name.as_deref().unwrap_or("an attribute");
            findings
                .add(
                    subject(mapping),
                    pointer,
                    format!(
                        "The scope filter of the {} mapping has the clause `{name}` {operator}, but {why}",
                        mapping.name
                    ),
                )
                .label(label)
                .manual(
                    "Correct the clause",
                    portal::scope_filters(mapping, &format!("correct the clause for {name}")),
                );
        }
    }
    Ok(())
}

/// Whether a value is in quotation marks of typography, which come from a page or a mail.
fn is_in_typographic_quotes(value: &str) -> bool {
    let (mut characters, quotes) = (value.chars(), ['“', '”', '„', '‟']);
    matches!((characters.next(), characters.next_back()), (Some(first), Some(last)) if quotes.contains(&first) && quotes.contains(&last))
}

fn fault(place: &Pointer, clause: &FilterClause<'_>, name: &str) -> Option<(Pointer, String, String)> {
    let Some(operator) = FilterOperator::of(name) else {
        let near = nearest(name, FilterOperator::ALL.map(FilterOperator::as_str));
        let label = near.map_or_else(|| "unknown".to_owned(), |near| format!("did you mean {near}?"));
        return Some((place.key("operatorName"), "there is no such operator".into(), label));
    };
    if !operator.takes_value() {
        return None;
    }
    let Some(value) = clause.value() else {
        return Some((place.clone(), "the value to compare with is missing".into(), "no value".into()));
    };
    let at_value =
        |why: String, label: &str| Some((place.key("targetOperand").key("values").index(0), why, label.to_owned()));
    if is_in_typographic_quotes(value) {
        return at_value(
            format!("the value {value} is in quotation marks. Entra compares them too, and no value has them"),
            "without the quotation marks",
        );
    }
    match operator {
        FilterOperator::GreaterThan | FilterOperator::GreaterThanOrEquals if value.trim().parse::<i64>().is_err() => {
            at_value(format!("`{value}` is not a whole number, as the operator requires"), "not a whole number")
        }
        FilterOperator::RegexMatch | FilterOperator::NotRegexMatch => match Pattern::parse(value) {
            Err(error) => {
                at_value(format!("`{value}` is not a valid regular expression: {error}"), "not a regular expression")
            }
            Ok(_) => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_judged_by_what_its_operator_requires() {
        for (operator, value, wrong) in [
            ("GREATER_THAN", "12", ""),
            ("GREATER_THAN", " -12 ", ""),
            ("GREATER_THAN", "1.5", "not a whole number"),
            ("GREATER_THAN_OR_EQUALS", "x", "not a whole number"),
            ("EQUALS", "x", ""),
            ("EQUALS", "“Sales”", "in quotation marks"),
            ("EQUALS", "Sales”", ""),
            ("EQUALS", "\"Sales\"", ""),
            ("REGEX MATCH", "(", "not a valid regular expression"),
            ("REGEX MATCH", "a|b", ""),
            ("IS NULL", "", ""),
            ("EQUAL", "x", "no such operator"),
        ] {
            let clause =
                serde_json::json!({"operatorName": operator, "targetOperand": {"values": [value]}}).to_string();
            let found = fault(&Pointer::root(), &serde_json::from_str(&clause).unwrap(), operator);
            let why = found.map(|(_, why, _)| why).unwrap_or_default();
            assert!(why.contains(wrong) && why.is_empty() == wrong.is_empty(), "{operator} {value}: {why}");
        }
    }
}
