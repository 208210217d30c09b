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

/// The types of the attributes that every SCIM app has, as Entra defines them.
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
    let definitions = || mapping.target.iter().flat_map(|object| &object.definitions);
    let attributes = || definitions().flat_map(|(_, definition)| definition.attributes.iter().flatten());
    // Several definitions of the same object are merged, and each may list the key.
    let mut anchors: Vec<_> =
        attributes().filter(|one| one.anchor == Some(true)).map(|one| one.name.as_deref()).collect();
    anchors.sort_unstable();
    anchors.dedup();
    // An attribute without `anchor` may be the key.
    let is_complete = attributes().next().is_some() && attributes().all(|attribute| attribute.anchor.is_some());
    if let Some((pointer, _)) = definitions().next().filter(|_| is_complete && anchors.len() != 1) {
        let count = anchors.len();
        let step = "Select Primary key for id only";
        findings
            .add(
                format!("{}/primary key", mapping.name),
                pointer.key("attributes"),
                format!(
                    "The attribute list of the target's {} has {count} primary keys instead of one. Objects cannot be told apart",
                    mapping.name
                ),
            )
            .label(format!("{count} primary keys"))
            .manual(step, portal::attribute_list(mapping, step));
    }
    for (pointer, definition) in definitions() {
        for (index, attribute) in definition.attributes.iter().flatten().enumerate() {
            let Some((name, wanted)) = TYPES.iter().find(|(name, _)| attribute.name.as_deref() == Some(name)) else {
                continue;
            };
            let Some(kind) = attribute.kind.as_deref().filter(|kind| !kind.eq_ignore_ascii_case(wanted)) else {
                continue;
            };
            let step = format!("Set the type of {name} to {wanted}");
            findings
                .add(
                    mapping.subject(name),
                    pointer.key("attributes").index(index).key("type"),
                    format!("`{name}` has the type {kind} in the attribute list instead of {wanted}. Its values are sent in a form that the app does not expect"),
                )
                .label(format!("should be {wanted}"))
                .manual(step.clone(), portal::attribute_list(mapping, step));
        }
    }
}
