use super::written;
use crate::expression::LONGEST;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "expression-too-long",
        section: Section::Expression,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "An expression is longer than Entra accepts",
        page: page!("expression-too-long"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        let length = written.text.chars().count();
        if length <= LONGEST {
            continue;
        }
        let name = written.row.target;
        let rest = written.text.char_indices().nth(LONGEST).map_or(0, |(at, _)| at);
        findings
            .add(
                written.mapping.subject(name),
                written.pointer(),
                format!("The expression of `{name}` has {length} characters; Entra accepts at most {LONGEST}"),
            )
            .label("too long from here on")
            .within(rest..written.text.len())
            .manual(
                "Shorten the expression, or store the computed value in an extension attribute",
                portal::edit_row(written.mapping, name, "Shorten the expression"),
            );
    }
    Ok(())
}
