use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::source_change::{RowSource, map_directly};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "username-source",
        section: Section::Lifecycle,
        severity: Severity::Warning,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "userName is mapped from an attribute that users do not sign in with",
        page: page!("username-source"),
    },
    check,
};

/// Attributes that are suitable for userName: unique in the tenant and known to the user.
const SUITABLE: [&str; 3] = ["userPrincipalName", "originalUserPrincipalName", "mail"];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.mappings_of(ObjectKind::User)? {
        // If the policy names the source, required-mapping-source reports it.
        let is_reported_elsewhere = target.policy.user.row("userName").is_some_and(|row| !row.sources.is_empty());
        if !mapping.is_active() || is_reported_elsewhere {
            continue;
        }
        for row in mapping.rows_to("userName") {
            let row_source = &row.source;
            // An expression that reads a suitable attribute may return a sign-in name.
            let is_suitable = |name: &&str| SUITABLE.iter().any(|suitable| suitable.eq_ignore_ascii_case(name));
            let is_unreadable = matches!(row_source, RowSource::Expression(_, Err(_)));
            if is_unreadable || row_source.attributes().iter().any(is_suitable) {
                continue;
            }
            let message = format!(
                "`userName` is mapped from {row_source}, which users do not sign in with. Map it from `userPrincipalName`, which is unique in the tenant"
            );
            findings
                .add(mapping.subject("userName"), row.pointer().key("source"), message)
                .label("not a sign-in name")
                .fix(
                    "Map userName from userPrincipalName",
                    portal::edit_row(
                        mapping,
                        row.target,
                        "Set Mapping type to Direct and Source attribute to userPrincipalName",
                    ),
                    map_directly(mapping, row, "userPrincipalName"),
                );
        }
    }
    Ok(())
}
