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
        summary: "A scope filter may keep out managers whom a row refers to",
        page: page!("manager-reference"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.mappings_of(ObjectKind::User)?.into_iter().filter(|mapping| mapping.is_active()) {
        if mapping.mapping.scope.as_ref().is_none_or(Filter::is_empty) {
            continue;
        }
        for row in mapping.rows.iter().filter(|row| row.feed.attributes().contains(&"manager")) {
            findings
                .add(
                    mapping.subject(row.target),
                    row.pointer().key("source"),
                    format!(
                        "`{}` refers to the manager, and a scope filter may keep the manager out: such a reference stays empty, also when the manager comes into scope later, until provisioning is restarted",
                        row.target
                    ),
                )
                .label("a manager who may be out of scope")
                .manual(
                    "Let managers through the scope filter, or delete the row if the app doesn't need it",
                    portal::on_mapping(mapping, "Under Source Object Scope, see whether managers pass; else delete the row"),
                );
        }
    }
    Ok(())
}
