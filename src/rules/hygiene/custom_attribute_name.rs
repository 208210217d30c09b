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

/// The attribute in a name of the form `urn:ietf:params:scim:schemas:extension:NAME:2.0:User:ATTRIBUTE`, which Entra
/// requires of custom attributes.
pub(super) fn custom_attribute(name: &str) -> Option<&str> {
    let mut parts = name.strip_prefix("urn:ietf:params:scim:schemas:extension:")?.splitn(4, ':');
    let mut next = || parts.next().unwrap_or_default();
    let (extension, version, object, attribute) = (next(), next(), next(), next());
    let is_well_formed = !extension.is_empty() && version == "2.0" && matches!(object, "User" | "Group");
    Some(attribute).filter(|attribute| is_well_formed && !attribute.is_empty())
}

/// Whether a name in lower case is that of an attribute of RFC 7643 with the URN of its schema.
pub(super) fn is_standard(folded: &str) -> bool {
    STANDARD.iter().any(|standard| folded.starts_with(standard))
}

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        let object = mapping.kind.unwrap_or(ObjectKind::User).as_str();
        let spellings = Spellings::of(target, mapping);
        for row in &mapping.rows {
            let name = row.target;
            if custom_attribute(name).is_some() {
                continue;
            }
            let folded = name.to_ascii_lowercase();
            if !folded.starts_with("urn:") || is_standard(&folded) || spellings.meant(row).is_some() {
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
        assert_eq!(custom_attribute("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:badge"), Some("badge"));
        assert_eq!(custom_attribute("urn:ietf:params:scim:schemas:extension:contoso:2.0:Group:a:b"), Some("a:b"));
        for name in [
            "urn:ietf:params:scim:schemas:extension:contoso:User:badge",
            "urn:contoso:badge",
            "urn:ietf:params:scim:schemas:extension:contoso:2.0:User",
        ] {
            assert_eq!(custom_attribute(name), None, "{name}");
        }
    }
}
