use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, MappingView, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "attribute-definition-altered",
        section: Section::Hygiene,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "The target's attribute list was changed in a way that breaks provisioning",
        page: page!("attribute-definition-altered"),
    },
    check,
};

/// The types that Entra gives the attributes which every SCIM app has.
const TYPES: [(&str, &str); 6] = [
    ("userName", "String"),
    ("externalId", "String"),
    ("displayName", "String"),
    ("title", "String"),
    ("active", "Boolean"),
    ("members", "Reference"),
];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unlisted = false;
    for mapping in target.active_mappings()? {
        match &mapping.target {
            Some(_) if mapping.kind.is_some() => check_object(mapping, findings),
            Some(_) => {}
            None => unlisted = true,
        }
    }
    super::judged_by_lists(unlisted)
}

fn check_object(mapping: &MappingView<'_>, findings: &mut Findings<'_>) {
    for (pointer, definition) in mapping.target.iter().flat_map(|object| &object.definitions) {
        let attributes = || definition.attributes.iter().flatten().enumerate();
        let anchors = attributes().filter(|(_, attribute)| attribute.anchor == Some(true)).count();
        // An attribute that doesn't say whether it is a key may be the one.
        let told = attributes().all(|(_, attribute)| attribute.anchor.is_some());
        if told && anchors != 1 && attributes().next().is_some() {
            let message = format!(
                "The target's {} has {anchors} primary keys instead of one: objects can't be told apart, and saving is refused",
                mapping.name
            );
            findings
                .add(format!("{}/primary key", mapping.name), pointer.key("attributes"), message)
                .label(format!("{anchors} primary keys"))
                .manual(
                    "Tick Primary key for id, and for nothing else",
                    portal::attribute_list(mapping, "Tick Primary key for id, and for nothing else"),
                );
        }
        for (index, attribute) in attributes() {
            let Some((name, wanted)) = TYPES.iter().find(|(name, _)| attribute.name.as_deref() == Some(name)) else {
                continue;
            };
            let Some(kind) = attribute.kind.as_deref().filter(|kind| !kind.eq_ignore_ascii_case(wanted)) else {
                continue;
            };
            let message = format!(
                "`{name}` is listed with the type {kind} instead of {wanted}: its values are sent in a form that the app doesn't expect"
            );
            findings
                .add(mapping.subject(name), pointer.key("attributes").index(index).key("type"), message)
                .label(format!("should be {wanted}"))
                .manual(
                    format!("Set the type of {name} to {wanted}"),
                    portal::attribute_list(mapping, format!("Set the type of {name} to {wanted}")),
                );
        }
    }
}
