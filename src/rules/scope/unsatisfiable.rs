use super::{filtered, pointer, subject};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};
use crate::simulate::{Claim, claim, group_excludes_all};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "scope-filter-unsatisfiable",
        section: Section::Scope,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A scope filter contradicts itself, so no object passes it",
        page: page!("scope-filter-unsatisfiable"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (mapping, filter) in filtered(target)? {
        let excludes_all = claim(filter) == Some(Claim::NoObject);
        for (index, group) in filter.groups().iter().enumerate().filter(|(_, group)| group_excludes_all(group)) {
            let title = group.name.as_deref().filter(|name| !name.is_empty());
            let title = title.map_or_else(|| format!("number {}", index + 1), |name| format!("`{name}`"));
            let effect = if excludes_all {
                "Nothing is provisioned, and users who already are get disabled"
            } else {
                "Only the other scoping filters let objects through"
            };
            let severity = if excludes_all { Severity::Error } else { Severity::Warning };
            findings
                .add(
                    subject(mapping),
                    pointer(mapping).key("groups").index(index),
                    format!("The clauses of the scoping filter {title} cannot all be true at the same time. {effect}"),
                )
                .label("contradicts itself")
                .at_most(severity)
                .manual(
                    "Correct the clauses, or split them into several filters: an object must pass only one of them",
                    portal::scope_filters(mapping, &format!("correct the clauses of the scoping filter {title}")),
                );
        }
    }
    Ok(())
}
