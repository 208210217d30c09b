use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "unsupported-target",
        section: Section::Hygiene,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A row writes an attribute that Entra does not support",
        page: page!("unsupported-target"),
    },
    check,
};

/// Attributes of a SCIM user, and what Microsoft says of each.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups>,
/// <https://learn.microsoft.com/entra/identity/app-provisioning/known-issues>
const UNSUPPORTED: [(&str, &str); 2] = [
    ("entitlements", "Microsoft does not support the attribute `entitlements`, although some apps ask for it"),
    ("password", "Entra does not provision passwords"),
];

/// How a target names an attribute of the core schema in full.
const CORE_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User:";

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()?.filter(|mapping| mapping.is_non_gallery()) {
        for row in &mapping.rows {
            let Some((name, why)) = UNSUPPORTED.iter().find(|(name, _)| is_of(row.target, name)) else { continue };
            findings
                .add(
                    mapping.subject(row.target),
                    row.pointer().key("targetAttributeName"),
                    format!("{why}. Test with one user whether the app receives `{}`", row.target),
                )
                .label("not supported")
                .manual(
                    format!("Keep the row if the app's vendor asks for {name}, or delete it"),
                    portal::delete_row(mapping, row.target),
                );
        }
    }
    Ok(())
}

/// Whether a target is an attribute of the core schema, or a part of it: `entitlements[type eq "x"].value`.
fn is_of(target: &str, attribute: &str) -> bool {
    let is_core = |urn: &str| urn.eq_ignore_ascii_case(CORE_URN);
    let own = if target.get(..CORE_URN.len()).is_some_and(is_core) { &target[CORE_URN.len()..] } else { target };
    own.split(['.', '[']).next().is_some_and(|name| name.eq_ignore_ascii_case(attribute))
}
