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
        summary: "A custom attribute's name has not the form that Entra sends at creation",
        page: page!("custom-attribute-name"),
    },
    check,
};

/// The schemas of RFC 7643, section 8.7.1, whose attributes are no custom ones.
const STANDARD: [&str; 3] = [
    "urn:ietf:params:scim:schemas:core:2.0:user:",
    "urn:ietf:params:scim:schemas:core:2.0:group:",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:",
];

/// `urn:ietf:params:scim:schemas:extension:NAME:2.0:User:ATTRIBUTE`, which Entra asks of custom attributes.
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
                "`{name}` has not the form of a custom attribute: Entra leaves it out when it creates an object and sends it a cycle later, if at all"
            );
            findings
                .add(mapping.subject(name), row.pointer().key("targetAttributeName"), message)
                .label("another form is expected")
                .manual(
                    format!("Name it urn:ietf:params:scim:schemas:extension:YourExtension:2.0:{object}:attribute"),
                    portal::attribute_list(mapping, "Add the attribute under its new name, and map to it"),
                );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_form_is_told_from_others() {
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
