use super::written;
use crate::expression::{Fault, argument_faults};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, MappingView, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "expression-argument",
        section: Section::Expression,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A function gets an argument that it does not accept",
        page: page!("expression-argument"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        // Arguments cannot be told apart if brackets or commas are missing.
        if !written.errors.is_empty() {
            continue;
        }
        let found = argument_faults(written.tree).into_iter().filter(|fault| applies(fault, written.mapping));
        written.report(found, findings, |fault, findings| {
            let name = written.row.target;
            let Fault { problem, consequence, instead, .. } = &fault;
            let found = findings
                .add(
                    written.mapping.subject(name),
                    written.pointer(),
                    format!("In the expression of `{name}`, {problem}. {consequence}"),
                )
                .label(fault.label.clone())
                .within(fault.span(written.text));
            let found = if fault.certain { found } else { found.at_most(Severity::Warning) };
            found.manual(instead, portal::edit_row(written.mapping, name, "Correct the argument in the expression"));
        });
    }
    Ok(())
}

/// Whether the mapping's source object makes it a fault.
fn applies(fault: &Fault<'_>, mapping: &MappingView<'_>) -> bool {
    match (fault.quoted, &mapping.source) {
        // A text in brackets is intended unless there is an attribute of that name.
        (Some(name), source) => source.as_ref().is_some_and(|object| object.attribute(name).is_some()),
        (None, Some(object)) => {
            // unknown-source reports an attribute that does not exist.
            fault.attribute().is_none_or(|name| object.attribute(name).is_some())
        }
        (None, None) => true,
    }
}
