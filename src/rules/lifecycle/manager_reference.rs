use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{Filter, ObjectKind};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "manager-reference",
        section: Section::Lifecycle,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A row refers to managers, and a scope filter may exclude them",
        page: page!("manager-reference"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.mappings_of(ObjectKind::User)?.into_iter().filter(|mapping| mapping.is_active()) {
        if mapping.mapping.scope.as_ref().is_none_or(Filter::is_empty) {
            continue;
        }
        for row in mapping.rows.iter().filter(|row| row.source.attributes().contains(&"manager")) {
            findings
                .add(
                    mapping.subject(row.target),
                    row.pointer().key("source"),
                    format!(
                        "`{}` refers to the manager, and a scope filter may exclude the manager. The reference then stays empty until provisioning is restarted, even if the manager comes into scope later",
                        row.target
                    ),
                )
                .label("the manager may be out of scope")
                .manual(
                    "Include managers in the scope filter, or delete the row if the app does not need it",
                    portal::scope_filters(
                        mapping,
                        "check whether managers pass. If they do not, correct the filter or delete the row",
                    ),
                );
        }
    }
    Ok(())
}
