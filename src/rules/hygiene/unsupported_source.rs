use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "unsupported-source",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A row reads an attribute that provisioning does not support",
        page: page!("unsupported-source"),
    },
    check,
};

/// <https://learn.microsoft.com/entra/identity/app-provisioning/known-issues>
const UNSUPPORTED: [&str; 2] = ["userType", "samAccountName"];

/// "Adding a photo attribute to be provisioned to an app isn't supported":
/// <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes>
const PHOTOS: [&str; 4] = ["photo", "photos", "thumbnailPhoto", "jpegPhoto"];

/// "Provisioning passwords isn't supported":
/// <https://learn.microsoft.com/entra/identity/app-provisioning/known-issues>
const PASSWORDS: [&str; 5] = ["password", "passwordProfile", "passwordProfile.password", "userPassword", "unicodePwd"];

/// Whether provisioning does not support this source attribute, even if it is in the attribute list.
pub(super) fn is_unsupported(name: &str) -> bool {
    UNSUPPORTED.iter().any(|unsupported| unsupported.eq_ignore_ascii_case(name)) || is_hopeless(name)
}

/// Whether no attribute can take the place of this one.
fn is_hopeless(name: &str) -> bool {
    PHOTOS.iter().chain(&PASSWORDS).any(|unsupported| unsupported.eq_ignore_ascii_case(name))
}

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        for row in &mapping.rows {
            for name in row.source.attributes() {
                let several_values = || {
                    let definition = mapping.source.as_ref().and_then(|object| object.attribute(name));
                    definition.and_then(|definition| definition.multivalued) == Some(true)
                };
                let reason = if is_unsupported(name) {
                    "which provisioning does not support"
                } else if name.starts_with("extension_") && several_values() {
                    "a directory extension with several values, which provisioning does not support"
                } else {
                    continue;
                };
                let found = findings
                    .add(
                        mapping.subject(row.target),
                        row.pointer().key("source"),
                        format!("`{}` reads `{name}`, {reason}. It is never sent", row.target),
                    )
                    .label(format!("{name} is not supported"));
                if is_hopeless(name) {
                    found.manual("Delete the row", portal::delete_row(mapping, row.target));
                    continue;
                }
                found.manual(
                    format!("Copy {name} into a single-valued directory extension and read that instead"),
                    portal::edit_row(mapping, row.target, "Choose the directory extension as the source attribute"),
                );
            }
        }
    }
    Ok(())
}
