use serde_json::Value as Json;

use crate::expression::{Evaluator, Stored, Unknown, Value, parse};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::mapping::misspelt_target::meant_by_rows;
use crate::rules::source_change::{RowSource, add_source, replace};
use crate::rules::{Findings, Judged, MappingView, NotJudged, RowView, Rule, Target, page, portal};
use crate::text::shortened;

pub(in crate::rules) const MISSING: Rule = Rule {
    metadata: Metadata {
        id: "active-missing",
        section: Section::Lifecycle,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "active is not mapped, so users are never disabled in the app",
        page: page!("active-missing"),
    },
    check: missing,
};

pub(in crate::rules) const INVERTED: Rule = Rule {
    metadata: Metadata {
        id: "active-inverted",
        section: Section::Lifecycle,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "active is not True for users in scope and False for the others",
        page: page!("active-inverted"),
    },
    check: inverted,
};

pub(in crate::rules) const ACCOUNT_ENABLED: Rule = Rule {
    metadata: Metadata {
        id: "active-account-enabled",
        section: Section::Lifecycle,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "active follows accountEnabled, so users who lose access stay active",
        page: page!("active-account-enabled"),
    },
    check: account_enabled,
};

const NAME: &str = "active";
/// Entra's default mapping of `active`.
const STANDARD: &str = r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#;

/// The standard source as Graph stores it.
fn standard_source() -> Json {
    let stored = parse(STANDARD).into_result().ok().and_then(|tree| Stored::of(&tree));
    stored.map_or(Json::Null, |stored| stored.to_json())
}

/// The rows that write `active`, of every enabled User mapping.
fn rows<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<(&'t MappingView<'a>, &'t RowView<'a>)>, NotJudged> {
    let mappings = target.mappings_of(ObjectKind::User)?.into_iter().filter(|mapping| mapping.is_active());
    Ok(mappings.flat_map(|mapping| mapping.rows_to(NAME).map(move |row| (mapping, row))).collect())
}

fn missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    // If the policy names the row, required-mapping-missing reports it.
    if target.policy.user.row(NAME).is_some() {
        return Ok(());
    }
    for mapping in target.mappings_of(ObjectKind::User)?.into_iter().filter(|mapping| mapping.is_active()) {
        mapping.listed_rows()?;
        if mapping.rows_to(NAME).next().is_some() || meant_by_rows(target, mapping).contains(NAME) {
            continue;
        }
        let step =
            format!("Set Mapping type to Expression, the expression to {STANDARD} and Target attribute to {NAME}");
        let (changes, steps) = add_source(mapping, standard_source(), step, NAME, 0);
        findings
            .add(
                mapping.subject(NAME),
                mapping.pointer.key("attributeMappings"),
                "The User mapping has no row for `active`. Users who are deleted, unassigned or disabled stay active in the app",
            )
            .label("row missing")
            .fix("Add Entra's default mapping of active", steps, changes);
    }
    Ok(())
}

/// What a row sends for users in each of the four states; `None` where it sends nothing.
#[derive(Debug, PartialEq)]
struct Answers {
    /// Deleted, unassigned or out of scope, with the account enabled, and disabled.
    lost_access: [Option<String>; 2],
    /// In scope, with the account enabled, and disabled.
    in_scope: [Option<String>; 2],
}

impl Answers {
    fn of(row: &RowView<'_>) -> Result<Self, Unknown> {
        let evaluator = Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0);
        let answer = |lost_access: bool, enabled: bool| -> Result<Option<String>, Unknown> {
            let attributes = |name: &str| match name {
                "IsSoftDeleted" => Ok(Value::boolean(lost_access)),
                "accountEnabled" => Ok(Value::boolean(enabled)),
                other => Err(Unknown::new(format!("it depends on `{other}`, which may have any value"))),
            };
            let value = match &row.source {
                RowSource::Nothing => Value::Null,
                RowSource::Constant(text) => Value::from(&**text),
                RowSource::Attribute(name) => attributes(name)?,
                RowSource::Expression(_, Ok(tree)) => {
                    let outcome = evaluator.evaluate(tree, &attributes)?;
                    if outcome.changing {
                        return Err(Unknown::new("it depends on the current time or on random values"));
                    }
                    outcome.value
                }
                RowSource::Expression(_, Err(_)) => return Err(Unknown::new("its expression is not valid")),
            };
            let text = match value {
                Value::Text(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Null | Value::List(_) => String::new(),
            };
            let default = || row.row.default_text().map(str::to_owned);
            Ok(Some(text).filter(|text| !text.is_empty()).or_else(default))
        };
        Ok(Answers {
            lost_access: [answer(true, true)?, answer(true, false)?],
            in_scope: [answer(false, true)?, answer(false, false)?],
        })
    }

    /// Whether the value is True exactly when the account is enabled, regardless of scope.
    fn follows_account(&self) -> bool {
        let [lost_access_enabled, lost_access_disabled] = &self.lost_access;
        let [in_scope_enabled, in_scope_disabled] = &self.in_scope;
        [lost_access_enabled, in_scope_enabled].into_iter().all(|answer| is(answer, "true"))
            && [lost_access_disabled, in_scope_disabled].into_iter().all(|answer| is(answer, "false"))
    }

    /// What is wrong; `None` if all users get the right value, or if only `accountEnabled` decides.
    fn fault(&self) -> Option<String> {
        let in_scope = &self.in_scope[0];
        let lost_access = self.lost_access.iter().find(|answer| !is(answer, "false"));
        if self.follows_account() || (lost_access.is_none() && is(in_scope, "true")) {
            return None;
        }
        Some(match lost_access {
            Some(lost_access) if is(lost_access, "true") && is(in_scope, "false") => {
                "is inverted. Users in scope are disabled, and users who lost access stay active".into()
            }
            Some(lost_access) if is(lost_access, "true") => {
                "stays `True` for users who lost access. They are never disabled".into()
            }
            Some(lost_access) => {
                format!("{} for users who lost access. It must be `False` to disable them", value(lost_access))
            }
            None if is(in_scope, "false") => "is `False` for everyone. No user can use the app".into(),
            None => format!("{} for users in scope. It must be `True`", value(in_scope)),
        })
    }
}

fn is(answer: &Option<String>, word: &str) -> bool {
    answer.as_ref().is_some_and(|answer| answer.eq_ignore_ascii_case(word))
}

fn value(answer: &Option<String>) -> String {
    answer.as_ref().map_or_else(|| "is not sent".to_owned(), |answer| format!("is `{}`", shortened(answer)))
}

fn inverted(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unknown = None;
    for (mapping, row) in rows(target)? {
        let fault = match Answers::of(row) {
            Ok(answers) => answers.fault(),
            Err(reason) => {
                unknown = unknown.or(Some(format!("the value of `{}` is unknown: {reason}", row.target)));
                continue;
            }
        };
        let Some(fault) = fault else { continue };
        findings
            .add(
                mapping.subject(NAME),
                row.pointer().key("source"),
                format!("`active`, mapped from {}, {fault}", row.source),
            )
            .label("wrong value for active")
            .fix(
                "Map active as Entra does by default",
                portal::edit_row(
                    mapping,
                    row.target,
                    format!("Set Mapping type to Expression and the expression to {STANDARD}"),
                ),
                replace(row, standard_source()),
            );
    }
    unknown.map_or(Ok(()), |reason| Err(NotJudged::undecided(reason)))
}

fn account_enabled(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (mapping, row) in rows(target)? {
        if !Answers::of(row).is_ok_and(|answers| answers.follows_account()) {
            continue;
        }
        findings
            .add(
                mapping.subject(NAME),
                row.pointer().key("source"),
                "`active` follows only `accountEnabled`. Users who lose their assignment, fall out of scope or are deleted stay active in the app",
            )
            .label("follows only accountEnabled")
            .manual(
                "Map active as Entra does by default, from IsSoftDeleted",
                portal::edit_row(mapping, row.target, format!("Set Mapping type to Expression and the expression to {STANDARD}")),
            );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::AttributeMapping;

    /// What is wrong with a row that has this expression.
    fn fault(expression: &str, default: Option<&str>) -> Result<Option<String>, String> {
        let json = json!({
            "targetAttributeName": "active",
            "defaultValue": default,
            "source": {"expression": expression, "name": "x", "type": "Function", "parameters": []},
        })
        .to_string();
        let row: AttributeMapping<'_> = serde_json::from_str(&json).unwrap();
        let view = RowView::for_tests(&row);
        Answers::of(&view).map(|answers| answers.fault()).map_err(|unknown| unknown.to_string())
    }

    #[test]
    fn every_correct_expression_passes() {
        for expression in [
            STANDARD,
            "Not([IsSoftDeleted])",
            "Switch([IsSoftDeleted], \"True\", \"True\", \"False\")",
            "Switch([IsSoftDeleted], \"False\", \"False\", \"True\")",
            "Switch(ToLower([IsSoftDeleted]), , \"false\", \"true\", \"true\", \"false\")",
            "IIF([IsSoftDeleted] = \"True\", \"False\", \"True\")",
            "IIF(CBool([IsSoftDeleted]), \"false\", \"true\")",
            "IIF([IsSoftDeleted], \"False\", \"True\")",
            "Switch([IsSoftDeleted], , \"True\", \"False\", \"False\", [accountEnabled])",
            "Replace(Replace([IsSoftDeleted], \"True\", , , \"x\", , ), \"False\", , , \"True\", , )",
        ] {
            let found = fault(expression, None);
            // The last one returns x for users who lost access, which is wrong. All others are correct.
            assert_eq!(
                found.as_ref().is_ok_and(Option::is_none),
                !expression.starts_with("Replace"),
                "{expression}: {found:?}"
            );
        }
    }

    #[test]
    fn every_wrong_expression_is_found() {
        for (expression, default, part) in [
            ("[IsSoftDeleted]", None, "is inverted"),
            ("Switch([IsSoftDeleted], , \"False\", \"False\", \"True\", \"True\")", None, "is inverted"),
            ("Switch([IsSoftDeleted], , \"False\", \"True\")", None, "is not sent for users who lost access"),
            ("Switch([IsSoftDeleted], , \"True\", \"False\")", None, "is not sent for users in scope"),
            ("Switch([IsSoftDeleted], , \"False\", \"1\", \"True\", \"0\")", None, "is `0` for users who lost access"),
            ("\"True\"", None, "They are never disabled"),
            ("\"False\"", None, "No user can use the app"),
            ("Not([accountEnabled])", None, "is inverted"),
            ("Not(Not([IsSoftDeleted]))", None, "is inverted"),
            (
                "IgnoreFlowIfNullOrEmpty(Switch([IsSoftDeleted], \"\", \"False\", \"True\"))",
                Some("True"),
                "They are never disabled",
            ),
        ] {
            let found = fault(expression, default);
            assert!(
                found.as_ref().is_ok_and(|found| found.as_ref().is_some_and(|fault| fault.contains(part))),
                "{expression}: {found:?}"
            );
        }
    }

    #[test]
    fn an_expression_that_depends_on_what_is_not_known_is_unknown() {
        for expression in [
            "Switch([department], [IsSoftDeleted], \"x\", \"True\")",
            "[state]",
            "Switch([IsSoftDeleted]",
            "Now()",
            "Switch([IsSoftDeleted], , \"false\", \"true\", \"true\", \"false\")",
            "Switch([IsSoftDeleted], \"True\", \"false\", \"True\", \"true\", \"False\")",
        ] {
            assert!(fault(expression, None).is_err(), "{expression}");
        }
    }

    #[test]
    fn an_expression_that_follows_only_the_account_is_left_to_the_other_rule() {
        assert_eq!(fault("[accountEnabled]", None), Ok(None));
        assert_eq!(fault("Switch([accountEnabled], , \"True\", \"True\", \"False\", \"False\")", None), Ok(None));
    }
}
