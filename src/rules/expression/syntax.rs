use super::written;
use crate::expression::{Mistake, SyntaxError, mistakes};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "expression-syntax",
        section: Section::Expression,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "An expression can't be read",
        page: page!("expression-syntax"),
    },
    check,
};

/// Behind so many mistakes the rest of an expression is guesswork.
const MOST: usize = 3;

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        let misplaced = mistakes(written.tree).into_iter().filter_map(|mistake| match mistake {
            Mistake::Misplaced(error) => Some(error),
            _ => None,
        });
        let mut errors: Vec<SyntaxError> = written.errors.iter().cloned().chain(misplaced).collect();
        errors.sort_by_key(|error| error.span.start);
        for error in errors.into_iter().take(MOST) {
            let name = written.row.target;
            findings
                .add(
                    written.mapping.subject(name),
                    written.pointer(),
                    format!("The expression of `{name}` can't be read: {}", error.message),
                )
                .label("here")
                .within(error.span)
                .manual(
                    "Correct the expression; `provlint eval` tries one out",
                    portal::edit_row(written.mapping, name, "Correct the expression"),
                );
        }
    }
    Ok(())
}
