use serde_json::Value as Json;

use crate::expression::{Evaluator, Stored, Unknown, Value, parse};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::feed_change::{Feed, add_source, replace};
use crate::rules::mapping::misspelt_target::is_meant;
use crate::rules::{Findings, Judged, MappingView, NotJudged, RowView, Rule, Target, page, portal};
use crate::text::shortened;

pub(in crate::rules) const MISSING: Rule = Rule {
    metadata: Metadata {
        id: "active-missing",
        section: Section::Lifecycle,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "Nothing is mapped to active, so nobody is ever switched off",
        page: page!("active-missing"),
    },
    check: missing,
};

pub(in crate::rules) const INVERTED: Rule = Rule {
    metadata: Metadata {
        id: "active-inverted",
        section: Section::Lifecycle,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "active doesn't say who is active",
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
        summary: "active follows accountEnabled, which says nothing of those who lose access",
        page: page!("active-account-enabled"),
    },
    check: account_enabled,
};

const NAME: &str = "active";
/// What Entra maps to `active` by default.
const STANDARD: &str = r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#;

/// The standard source as Graph stores it.
fn standard_source() -> Json {
    let stored = parse(STANDARD).into_result().ok().and_then(|tree| Stored::of(&tree));
    stored.map_or(Json::Null, |stored| stored.to_json())
}

/// The rows that write `active` of every User mapping that is on.
fn rows<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<(&'t MappingView<'a>, &'t RowView<'a>)>, NotJudged> {
    let mappings = target.mappings_of(ObjectKind::User)?.into_iter().filter(|mapping| mapping.is_active());
    Ok(mappings
        .flat_map(|mapping| {
            mapping.rows.iter().filter(|row| row.target.eq_ignore_ascii_case(NAME)).map(move |row| (mapping, row))
        })
        .collect())
}

fn missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    // A policy that names the row is judged by required-mapping-missing.
    if target.policy.user.row(NAME).is_some() {
        return Ok(());
    }
    for mapping in target.mappings_of(ObjectKind::User)?.into_iter().filter(|mapping| mapping.is_active()) {
        let is_there = mapping.listed_rows()?.iter().any(|row| row.target.eq_ignore_ascii_case(NAME));
        if is_there || is_meant(target, mapping, NAME) {
            continue;
        }
        let step =
            format!("Set Mapping type to Expression, the expression to {STANDARD} and Target attribute to {NAME}");
        let (changes, steps) = add_source(mapping, standard_source(), step, NAME, 0);
        findings
            .add(
                mapping.subject(NAME),
                mapping.pointer.key("attributeMappings"),
                "The User mapping has no row for `active`: whoever leaves, loses the assignment or is disabled stays active at the target",
            )
            .label("the row is missing here")
            .fix(Applicability::Safe, "Add the standard mapping to active", steps, changes);
    }
    Ok(())
}

/// What a row says for people of all four kinds; `None` where it sends nothing.
#[derive(Debug, PartialEq)]
struct Answers {
    /// Deleted, unassigned or out of scope, with the account enabled, and disabled.
    gone: [Option<String>; 2],
    /// In scope, with the account enabled, and disabled.
    there: [Option<String>; 2],
}

impl Answers {
    fn of(row: &RowView<'_>) -> Result<Self, Unknown> {
        let evaluator = Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0);
        let answer = |gone: bool, enabled: bool| -> Result<Option<String>, Unknown> {
            let attributes = |name: &str| match name {
                "IsSoftDeleted" => Ok(Value::boolean(gone)),
                "accountEnabled" => Ok(Value::boolean(enabled)),
                other => Err(Unknown::new(format!("it hangs on `{other}`, which may have any value"))),
            };
            let value = match &row.feed {
                Feed::Nothing => Value::Null,
                Feed::Constant(text) => Value::from(&**text),
                Feed::Attribute(name) => attributes(name)?,
                Feed::Expression(_, Ok(tree)) => {
                    let outcome = evaluator.evaluate(tree, &attributes)?;
                    if outcome.changing {
                        return Err(Unknown::new("it hangs on the time or on chance"));
                    }
                    outcome.value
                }
                Feed::Expression(_, Err(_)) => return Err(Unknown::new("its expression can't be read")),
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
            gone: [answer(true, true)?, answer(true, false)?],
            there: [answer(false, true)?, answer(false, false)?],
        })
    }

    /// Whether it follows the account alone, rightly.
    fn follows_account(&self) -> bool {
        let [gone_enabled, gone_disabled] = &self.gone;
        let [there_enabled, there_disabled] = &self.there;
        [gone_enabled, there_enabled].into_iter().all(|answer| is(answer, "true"))
            && [gone_disabled, there_disabled].into_iter().all(|answer| is(answer, "false"))
    }

    /// What is wrong; `None` where everybody gets what they should, or the account alone decides.
    fn fault(&self) -> Option<String> {
        let there = &self.there[0];
        let gone = self.gone.iter().find(|answer| !is(answer, "false"));
        if self.follows_account() || (gone.is_none() && is(there, "true")) {
            return None;
        }
        Some(match gone {
            Some(gone) if is(gone, "true") && is(there, "false") => {
                "is the wrong way round: it switches off everybody who should have access, and leaves those active who shouldn't".into()
            }
            Some(gone) if is(gone, "true") => "stays `True` for those who left: nobody is ever switched off".into(),
            Some(gone) => format!("{} for those who left, where `False` would switch them off", said(gone)),
            None if is(there, "false") => "is `False` for everybody: nobody can use the app".into(),
            None => format!("{} for those who are in scope, where it should be `True`", said(there)),
        })
    }
}

fn is(answer: &Option<String>, word: &str) -> bool {
    answer.as_ref().is_some_and(|answer| answer.eq_ignore_ascii_case(word))
}

fn said(answer: &Option<String>) -> String {
    answer.as_ref().map_or_else(|| "sends nothing".to_owned(), |answer| format!("is `{}`", shortened(answer)))
}

fn inverted(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unknown = None;
    for (mapping, row) in rows(target)? {
        let fault = match Answers::of(row) {
            Ok(answers) => answers.fault(),
            Err(reason) => {
                unknown = unknown.or(Some(format!("what `{}` says is unknown: {reason}", row.target)));
                continue;
            }
        };
        let Some(fault) = fault else { continue };
        findings
            .add(
                mapping.subject(NAME),
                row.pointer().key("source"),
                format!("`active`, fed from {}, {fault}", row.feed),
            )
            .label("doesn't tell who is active")
            .fix(
                Applicability::Safe,
                "Map active as Entra does by default",
                portal::edit_row(
                    mapping,
                    row.target,
                    format!("Set Mapping type to Expression and the expression to {STANDARD}"),
                ),
                replace(row, standard_source()),
            );
    }
    unknown.map_or(Ok(()), |reason| Err(NotJudged::unknown(reason)))
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
                "`active` follows `accountEnabled` alone: who loses the assignment, falls out of scope or is deleted stays active at the target",
            )
            .label("says only whether the account is enabled")
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

    /// The answers of a row that has this expression.
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
    fn every_right_spelling_passes() {
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
            // The last one gives x for those who left, which is wrong; all others are right.
            assert_eq!(
                found.as_ref().is_ok_and(Option::is_none),
                !expression.starts_with("Replace"),
                "{expression}: {found:?}"
            );
        }
    }

    #[test]
    fn every_wrong_spelling_is_caught() {
        for (expression, default, part) in [
            ("[IsSoftDeleted]", None, "wrong way round"),
            ("Switch([IsSoftDeleted], , \"False\", \"False\", \"True\", \"True\")", None, "wrong way round"),
            (
                "Switch([IsSoftDeleted], , \"false\", \"True\", \"true\", \"False\")",
                None,
                "sends nothing for those who left",
            ),
            (
                "Switch([IsSoftDeleted], \"True\", \"false\", \"True\", \"true\", \"False\")",
                None,
                "nobody is ever switched off",
            ),
            ("Switch([IsSoftDeleted], , \"False\", \"True\")", None, "sends nothing for those who left"),
            ("Switch([IsSoftDeleted], , \"True\", \"False\")", None, "sends nothing for those who are in scope"),
            ("Switch([IsSoftDeleted], , \"False\", \"1\", \"True\", \"0\")", None, "is `0` for those who left"),
            ("\"True\"", None, "nobody is ever switched off"),
            ("\"False\"", None, "nobody can use the app"),
            ("Not([accountEnabled])", None, "wrong way round"),
            ("Not(Not([IsSoftDeleted]))", None, "wrong way round"),
            (
                "IgnoreFlowIfNullOrEmpty(Switch([IsSoftDeleted], \"\", \"False\", \"True\"))",
                Some("True"),
                "nobody is ever switched off",
            ),
        ] {
            let found = fault(expression, default);
            assert!(
                found.as_ref().is_ok_and(|found| found.as_ref().is_some_and(|said| said.contains(part))),
                "{expression}: {found:?}"
            );
        }
    }

    #[test]
    fn what_hangs_on_other_attributes_is_unknown_and_no_finding() {
        for expression in
            ["Switch([department], [IsSoftDeleted], \"x\", \"True\")", "[state]", "Switch([IsSoftDeleted]", "Now()"]
        {
            assert!(fault(expression, None).is_err(), "{expression}");
        }
    }

    #[test]
    fn the_account_alone_is_another_rules_case() {
        assert_eq!(fault("[accountEnabled]", None), Ok(None));
        assert_eq!(fault("Switch([accountEnabled], , \"True\", \"True\", \"False\", \"False\")", None), Ok(None));
    }
}
