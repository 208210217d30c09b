use super::written;
use crate::expression::{Call, Expression, Kind};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const SWITCH: Rule = Rule {
    metadata: Metadata {
        id: "switch-null-source",
        section: Section::Expression,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "Switch is used to test whether a value is missing, which does not work",
        page: page!("switch-null-source"),
    },
    check: switch,
};

pub(in crate::rules) const IIF: Rule = Rule {
    metadata: Metadata {
        id: "iif-null-test",
        section: Section::Expression,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "IIF is used to test whether a value is missing, which does not work",
        page: page!("iif-null-test"),
    },
    check: iif,
};

/// The functions that test whether there is a value.
const TESTS: [&str; 3] = ["IsNull", "IsNullOrEmpty", "IsPresent"];

fn is_test(expression: &Expression) -> bool {
    expression
        .as_call()
        .is_some_and(|call| TESTS.contains(&call.name.as_str()) || (call.name == "Not" && tests_inside(call)))
}

fn tests_inside(call: &Call) -> bool {
    call.arguments.iter().flatten().filter_map(Expression::as_call).any(|inner| TESTS.contains(&inner.name.as_str()))
}

fn switch(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        for call in written.tree.calls().into_iter().filter(|call| call.name == "Switch") {
            let Some(Some(source)) = call.arguments.first() else { continue };
            if !is_test(source) {
                continue;
            }
            let name = written.row.target;
            findings
                .add(
                    written.mapping.subject(name),
                    written.pointer(),
                    format!(
                        "In the expression of `{name}`, the source of `Switch` is `{source}`, which the documentation warns against. The key for a missing value is \"\""
                    ),
                )
                .label("not suitable as the source of Switch")
                .within(source.span.clone())
                .manual(
                    "Use the attribute itself as the source of Switch, with \"\" as the key for a missing value",
                    portal::edit_row(
                        written.mapping,
                        name,
                        "Write Switch([attribute], value if there is one, \"\", value if there is none)",
                    ),
                );
        }
    }
    Ok(())
}

fn iif(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        for call in written.tree.calls().into_iter().filter(|call| call.name == "IIF") {
            let Some(Some(condition)) = call.arguments.first() else { continue };
            if !is_test(condition) && !compares_with_nothing(condition) {
                continue;
            }
            let name = written.row.target;
            findings
                .add(
                    written.mapping.subject(name),
                    written.pointer(),
                    format!(
                        "In the expression of `{name}`, the condition of `IIF` is `{condition}`. If the value is empty, the condition fails and neither result is returned"
                    ),
                )
                .label("fails for an empty value")
                .within(condition.span.clone())
                .manual(
                    "Use Switch, with \"\" as the key for a missing value",
                    portal::edit_row(
                        written.mapping,
                        name,
                        "Write Switch([attribute], value if there is one, \"\", value if there is none)",
                    ),
                );
        }
    }
    Ok(())
}

fn compares_with_nothing(condition: &Expression) -> bool {
    let Kind::Operation(operation) = &condition.kind else { return false };
    let nothing = |side: &Expression| matches!(&side.kind, Kind::Text(text) if text.is_empty());
    nothing(&operation.left) || nothing(&operation.right)
}
