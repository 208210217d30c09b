use super::written;
use crate::expression::{Call, Expression, Kind};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};
use crate::text::shortened;

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
const TESTS: [&str; 4] = ["IsNothing", "IsNull", "IsNullOrEmpty", "IsPresent"];
/// The functions that pass a boolean on, as another text or its opposite.
const PASSING: [&str; 7] = ["CBool", "CStr", "Not", "StripSpaces", "ToLower", "ToUpper", "Trim"];
/// The function that controls the flow, and has no value for a condition.
const FLOW: &str = "IgnoreFlowIfNullOrEmpty";

/// Whether the value says only whether another value is missing.
fn is_test(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Call(call) if TESTS.contains(&call.name.as_str()) => true,
        Kind::Call(call) if PASSING.contains(&call.name.as_str()) => first_argument(call).is_some_and(is_test),
        Kind::Operation(operation) => {
            let is_boolean = |side: &Expression| matches!(&side.kind, Kind::Text(text) if ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word)));
            (is_test(&operation.left) && is_boolean(&operation.right))
                || (is_boolean(&operation.left) && is_test(&operation.right))
        }
        _ => false,
    }
}

fn first_argument(call: &Call) -> Option<&Expression> {
    call.arguments.first()?.as_ref()
}

fn switch(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        let sources = written.tree.calls().into_iter().filter(|call| call.name == "Switch").filter_map(first_argument);
        written.report(sources.filter(|source| is_test(source)), findings, |source, findings| {
            let name = written.row.target;
            findings
                .add(
                    written.mapping.subject(name),
                    written.pointer(),
                    format!(
                        "In the expression of `{name}`, the source of `Switch` is `{}`, which the documentation warns against. The key for a missing value is \"\"",
                        shortened(&source.to_string())
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
        });
    }
    Ok(())
}

fn iif(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        let conditions = written.tree.calls().into_iter().filter(|call| call.name == "IIF").filter_map(first_argument);
        let found = conditions.filter_map(|condition| {
            let flow = condition.calls().into_iter().find(|inner| inner.name == FLOW);
            (flow.is_some() || is_test(condition) || compares_with_nothing(condition)).then_some((condition, flow))
        });
        written.report(found, findings, |(condition, flow), findings| {
            let name = written.row.target;
            if let Some(flow) = flow {
                let title = "Put the whole IIF into IgnoreFlowIfNullOrEmpty, and write a comparison as its condition";
                findings
                    .add(
                        written.mapping.subject(name),
                        written.pointer(),
                        format!(
                            "In the expression of `{name}`, the condition of `IIF` contains `{FLOW}`, which controls whether the attribute is sent and has no value to compare. The documentation lists this as unsupported"
                        ),
                    )
                    .label("not a condition")
                    .within(flow.name_span.clone())
                    .manual(
                        title,
                        portal::edit_row(written.mapping, name, "Write IgnoreFlowIfNullOrEmpty(IIF(…, …, …))"),
                    );
                return;
            }
            findings
                .add(
                    written.mapping.subject(name),
                    written.pointer(),
                    format!(
                        "In the expression of `{name}`, the condition of `IIF` is `{}`. If the value is empty, the condition fails and neither result is returned",
                        shortened(&condition.to_string())
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
        });
    }
    Ok(())
}

fn compares_with_nothing(condition: &Expression) -> bool {
    let Kind::Operation(operation) = &condition.kind else { return false };
    let nothing = |side: &Expression| matches!(&side.kind, Kind::Text(text) if text.is_empty());
    nothing(&operation.left) || nothing(&operation.right)
}
