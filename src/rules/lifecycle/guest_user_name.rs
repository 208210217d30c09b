use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "guest-user-name",
        section: Section::Lifecycle,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "Guests get a user name that contains #EXT#",
        page: page!("guest-user-name"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.mappings_of(ObjectKind::User)?.into_iter().filter(|mapping| mapping.is_active()) {
        for row in &mapping.rows {
            let identifies_users = row.row.is_matching() || row.target.eq_ignore_ascii_case("userName");
            let is_required = target.policy.user.row(row.target).is_some();
            if !identifies_users || is_required || !row.source.attributes().contains(&"originalUserPrincipalName") {
                continue;
            }
            findings
                .add(
                    mapping.subject(row.target),
                    row.pointer().key("source"),
                    format!(
                        "`{}` is mapped from {}. Guests get a name like `jane_example.com#EXT#@tenant.onmicrosoft.com`, which some apps reject",
                        row.target, row.source
                    ),
                )
                .label("keeps #EXT#")
                .manual(
                    "Decide which user name guests get; userPrincipalName is sent without #EXT#",
                    portal::edit_row(mapping, row.target, "Set Source attribute to userPrincipalName, unless the app requires #EXT#"),
                );
        }
    }
    Ok(())
}
