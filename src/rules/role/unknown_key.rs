use super::{SINGLE, is_call_of, rows};
use crate::expression::{Call, Expression, Kind};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::source_change::RowSource;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};
use crate::text::nearest;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "role-unknown-key",
        section: Section::Role,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema, Evidence::ServicePrincipal],
        summary: "A Switch over app roles has a key that is no role of the app",
        page: page!("role-unknown-key"),
    },
    check,
};

/// Names of the access without a role.
const NO_ROLE: [&str; 2] = ["Default Access", "msiam_access"];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    // A file that does not list the app's roles says nothing about them.
    let Some(roles) = target.principal().and_then(|app| app.app_roles.as_deref()) else { return Ok(()) };
    // Whether the function returns the value or the name of a role is not documented.
    let names: Vec<&str> =
        roles.iter().flat_map(|role| [role.value.as_deref(), role.display_name.as_deref()]).flatten().collect();
    for (mapping, row) in rows(target)? {
        let RowSource::Expression(_, Ok(tree)) = &row.source else { continue };
        for (key, text) in tree.calls().into_iter().flat_map(keys) {
            if text.trim().is_empty() || NO_ROLE.contains(&text) || names.contains(&text) {
                continue;
            }
            let hint =
                nearest(text, names.iter().copied()).map_or_else(String::new, |near| format!(" Is `{near}` meant?"));
            findings
                .add(
                    mapping.subject(row.target),
                    row.expression_pointer(),
                    format!(
                        "The expression of `{}` has the key `{text}`, but no role of the app has this value or name. The case never applies.{hint}",
                        row.target
                    ),
                )
                .label("no role of the app")
                .within(key.span.clone())
                .manual(
                    "Use the name of a role that the app has, or create the role",
                    portal::edit_row(
                        mapping,
                        row.target,
                        "Correct the key in the expression. Upper and lower case matter",
                    ),
                );
        }
    }
    Ok(())
}

/// The keys of a Switch over the role of a user.
fn keys(call: &Call) -> Vec<(&Expression, &str)> {
    let source = call.arguments.first().and_then(Option::as_ref).and_then(Expression::as_call);
    if !is_call_of(call, &["Switch"]) || !source.is_some_and(|source| is_call_of(source, &[SINGLE])) {
        return Vec::new();
    }
    // The arguments are the source, the default, and then pairs of a key and a value.
    let keys = call.arguments.iter().skip(2).step_by(2).flatten();
    keys.filter_map(|key| if let Kind::Text(text) = &key.kind { Some((key, text.as_str())) } else { None }).collect()
}
