use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::mapping::misspelt_target::Spellings;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "custom-attribute-name",
        section: Section::Hygiene,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A custom attribute's name does not have the form that Entra requires",
        page: page!("custom-attribute-name"),
    },
    check,
};

/// The schemas of RFC 7643, section 8.7.1. Their attributes are not custom.
const STANDARD: [&str; 3] = [
    "urn:ietf:params:scim:schemas:core:2.0:user:",
    "urn:ietf:params:scim:schemas:core:2.0:group:",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:",
];

/// Whether a name has the form `urn:ietf:params:scim:schemas:extension:NAME:2.0:User:ATTRIBUTE`, which Entra requires of
/// custom attributes.
fn is_well_formed(name: &str) -> bool {
    let mut parts = name.strip_prefix("urn:ietf:params:scim:schemas:extension:").unwrap_or_default().splitn(4, ':');
    let mut next = || parts.next().unwrap_or_default();
    let (extension, version, object, attribute) = (next(), next(), next(), next());
    !extension.is_empty() && version == "2.0" && matches!(object, "User" | "Group") && !attribute.is_empty()
}

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        let object = mapping.kind.unwrap_or(ObjectKind::User).as_str();
        let spellings = Spellings::of(target, mapping);
        for row in &mapping.rows {
            let name = row.target;
            if is_well_formed(name) {
                continue;
            }
            let folded = name.to_ascii_lowercase();
            let standard = STANDARD.iter().any(|standard| folded.starts_with(standard));
            if !folded.starts_with("urn:") || standard || spellings.meant(row).is_some() {
                continue;
            }
            let message = format!(
                "`{name}` does not have the form that Entra requires of a custom attribute. Entra omits it when it creates an object and sends it one cycle later, if at all"
            );
            findings
                .add(mapping.subject(name), row.pointer().key("targetAttributeName"), message)
                .label("unexpected form")
                .manual(
                    format!("Rename it to urn:ietf:params:scim:schemas:extension:YourExtension:2.0:{object}:attribute"),
                    portal::attribute_list(mapping, "Add the attribute with its new name, and map to that"),
                );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_form_is_well_formed() {
        assert!(is_well_formed("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:badge"));
        assert!(is_well_formed("urn:ietf:params:scim:schemas:extension:contoso:2.0:Group:a:b"));
        for name in [
            "urn:ietf:params:scim:schemas:extension:contoso:User:badge",
            "urn:contoso:badge",
            "urn:ietf:params:scim:schemas:extension:contoso:2.0:User",
        ] {
            assert!(!is_well_formed(name), "{name}");
        }
    }
}
