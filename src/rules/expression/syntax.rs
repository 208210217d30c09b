use super::written;
use crate::expression::{Mistake, SyntaxError, mistakes, parse};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::source_change::rewrite;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};
use crate::text::without_look_alikes;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "expression-syntax",
        section: Section::Expression,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "An expression has a syntax error",
        page: page!("expression-syntax"),
    },
    check,
};

/// Number of errors to report for an expression; later ones are often consequences of these.
const MAX_REPORTED: usize = 3;

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        let misplaced = mistakes(written.tree).into_iter().filter_map(|mistake| match mistake {
            Mistake::Misplaced(error) => Some(error),
            _ => None,
        });
        let mut errors: Vec<SyntaxError> = written.errors.iter().cloned().chain(misplaced).collect();
        if errors.is_empty() {
            continue;
        }
        errors.sort_by_key(|error| error.span.start);
        // The same mistake is often made everywhere in an expression.
        let mut shown: Vec<SyntaxError> = Vec::new();
        for error in errors {
            if shown.len() == MAX_REPORTED {
                break;
            }
            if shown.iter().all(|one| one.message != error.message) {
                shown.push(error);
            }
        }
        let plain = without_look_alikes(written.text).filter(|plain| parse(plain).errors.is_empty());
        for error in shown {
            let name = written.row.target;
            let found = findings
                .add(
                    written.mapping.subject(name),
                    written.pointer(),
                    format!("The expression of `{name}` has a syntax error: {}", error.message),
                )
                .label("here")
                .within(error.span);
            // Once is enough: the change corrects the whole expression.
            if let Some(plain) = plain {
                found.fix(
                    "Use straight quotation marks and plain characters",
                    portal::edit_row(written.mapping, name, format!("Set the expression to {plain}")),
                    rewrite(written.row, &plain),
                );
                break;
            }
            found.manual(
                "Correct the expression; test it with `provlint eval`",
                portal::edit_row(written.mapping, name, "Correct the expression"),
            );
        }
    }
    Ok(())
}
