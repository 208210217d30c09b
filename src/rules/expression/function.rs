use super::{Written, written};
use crate::expression::{ArgumentMistake, Dialect, Meant, Mistake, REFERENCES, mistakes};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::source_change::rewrite;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

const fn rule(
    id: &'static str,
    summary: &'static str,
    page: &'static str,
    fix: Applicability,
    check: fn(&Target<'_>, &mut Findings<'_>) -> Judged,
) -> Rule {
    let metadata = Metadata {
        id,
        section: Section::Expression,
        severity: Severity::Error,
        fix,
        evidence: &[Evidence::Schema],
        summary,
        page,
    };
    Rule { metadata, check }
}

pub(in crate::rules) const UNKNOWN: Rule = rule(
    "unknown-function",
    "An expression calls a function that the reference does not have",
    page!("unknown-function"),
    Applicability::Manual,
    unknown,
);

pub(in crate::rules) const ARITY: Rule = rule(
    "function-arity",
    "A function is called with too few or too many arguments",
    page!("function-arity"),
    Applicability::Manual,
    arity,
);

pub(in crate::rules) const CASE: Rule = rule(
    "function-case",
    "A function's name is written in the wrong case",
    page!("function-case"),
    Applicability::Safe,
    case,
);

pub(in crate::rules) const UNSUPPORTED: Rule = rule(
    "function-unsupported",
    "An expression uses a function or operator of another kind of provisioning",
    page!("function-unsupported"),
    Applicability::Manual,
    unsupported,
);

fn unknown(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        let found = mistakes(written.tree).into_iter().filter_map(|mistake| match mistake {
            // The tenant knows its functions best.
            Mistake::UnknownFunction(call, _) if target.offers_function(&call.name) == Some(true) => None,
            Mistake::UnknownFunction(call, meant) => Some((call, meant)),
            _ => None,
        });
        written.report(found, findings, |(call, meant), findings| {
            let name = written.row.target;
            let (message, label, title) = match meant {
                Meant::Typo(function) => (
                    format!("The expression of `{name}` calls `{}`, but there is no such function", call.name),
                    format!("did you mean {}?", function.name),
                    format!("Call {} instead of {}, if that is what you mean", function.name, call.name),
                ),
                Meant::Foreign(instead) => (
                    format!(
                        "The expression of `{name}` calls `{}`, which is a function of another language",
                        call.name
                    ),
                    "not a function of Entra ID".to_owned(),
                    format!("Write {instead}"),
                ),
                Meant::Nothing => (
                    format!(
                        "The expression of `{name}` calls `{}`, which is not in Microsoft's reference of {}. Unless it is newer, Entra rejects the expression",
                        call.name, REFERENCES[0].date
                    ),
                    "not in the reference".to_owned(),
                    format!(
                        "Replace {} with one of the functions in docs/expressions.md, unless it is newer",
                        call.name
                    ),
                ),
            };
            let found = findings
                .add(written.mapping.subject(name), written.pointer(), message)
                .label(label)
                .within(call.name_span.clone());
            let found = if matches!(meant, Meant::Nothing) { found.at_most(Severity::Warning) } else { found };
            found.manual(
                title,
                portal::edit_row(written.mapping, name, "Correct the function's name in the expression"),
            );
        });
    }
    Ok(())
}

fn arity(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        // Arguments cannot be counted if brackets or commas are missing.
        if !written.errors.is_empty() {
            continue;
        }
        let found = mistakes(written.tree).into_iter().filter_map(|mistake| match mistake {
            Mistake::Arguments(call, function, mistake) => Some((call, function, mistake)),
            _ => None,
        });
        written.report(found, findings, |(call, function, mistake), findings| {
            let name = written.row.target;
            let fault = match (mistake, call.arguments.len()) {
                (ArgumentMistake::Count, 1) => "is called with 1 argument".to_owned(),
                (ArgumentMistake::Count, count) => format!("is called with {count} arguments"),
                (ArgumentMistake::KeyWithoutValue, _) => "ends with a key that has no value".to_owned(),
                (ArgumentMistake::Missing(parameter), _) => {
                    format!("is called without the argument {}", parameter.name)
                }
            };
            findings
                .add(
                    written.mapping.subject(name),
                    written.pointer(),
                    format!("In the expression of `{name}`, `{}` {fault}. Entra rejects the expression", call.name),
                )
                .label(format!("takes {}", function.signature()))
                .within(call.name_span.clone())
                .manual(
                    format!("Call it as {}", function.signature()),
                    portal::edit_row(written.mapping, name, "Correct the arguments in the expression"),
                );
        });
    }
    Ok(())
}

fn case(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        let corrected = corrected_case(&written);
        let found = mistakes(written.tree).into_iter().filter_map(|mistake| match mistake {
            Mistake::WrongCase(call, function) => Some((call, function)),
            _ => None,
        });
        written.report(found, findings, |(call, function), findings| {
            let name = written.row.target;
            findings
                .add(
                    written.mapping.subject(name),
                    written.pointer(),
                    format!(
                        "The expression of `{name}` calls `{}`, but the function is called `{}`. Upper and lower case matter",
                        call.name, function.name
                    ),
                )
                .label(format!("should be {}", function.name))
                .within(call.name_span.clone())
                .fix(
                    format!("Change {} to {}", call.name, function.name),
                    portal::edit_row(
                        written.mapping,
                        name,
                        format!("Change {} to {} in the expression", call.name, function.name),
                    ),
                    rewrite(written.row, &corrected),
                );
        });
    }
    Ok(())
}

/// The expression with every function name in the correct case; nothing else is changed.
fn corrected_case(written: &Written<'_, '_>) -> String {
    let mut text = written.text.to_owned();
    for mistake in mistakes(written.tree) {
        if let Mistake::WrongCase(call, function) = mistake {
            // The names differ only in case, so the spans of the others stay valid.
            text.replace_range(call.name_span.clone(), function.name);
        }
    }
    text
}

fn unsupported(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        let found = mistakes(written.tree).into_iter().filter_map(|mistake| match mistake {
            Mistake::OtherDialect { span, name: used, dialect } => Some((span, used, dialect)),
            _ => None,
        });
        written.report(found, findings, |(span, used, dialect), findings| {
            let (place, instead) = match (used, dialect) {
                ("&", _) => ("in cloud sync", "Join the texts with Join(\"\", …)"),
                ("Trim", _) => {
                    ("in cloud sync", "Remove spaces with StripSpaces, or with Replace and a regular expression")
                }
                (_, Dialect::ActiveDirectory) => (
                    "in provisioning to Active Directory",
                    "Use an attribute that is already unique, such as userPrincipalName or objectId",
                ),
                (_, Dialect::CloudSync | Dialect::Apps) => ("in cloud sync", "Rewrite the expression without it"),
            };
            // The reference for apps does not have these functions, but it does not exclude them either.
            let is_undocumented = dialect == Dialect::CloudSync && used != "&";
            let name = written.row.target;
            let message = if is_undocumented {
                format!(
                    "The expression of `{name}` uses `{used}`, which is documented only for cloud sync, not for apps"
                )
            } else {
                format!("The expression of `{name}` uses `{used}`, which is available only {place}, not for apps")
            };
            let label = if is_undocumented { "not documented for apps" } else { "not available for apps" };
            let found =
                findings.add(written.mapping.subject(name), written.pointer(), message).label(label).within(span);
            let found = if is_undocumented { found.at_most(Severity::Warning) } else { found };
            found.manual(instead, portal::edit_row(written.mapping, name, instead));
        });
    }
    Ok(())
}
