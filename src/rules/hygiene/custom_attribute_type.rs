use std::cell::LazyCell;

use super::custom_attribute_name::{custom_attribute, is_standard};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::AttributeDefinition;
use crate::rules::mapping::misspelt_target::Spellings;
use crate::rules::{Findings, Judged, RowView, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "custom-attribute-type",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A custom attribute is complex, multi-valued or a reference",
        page: page!("custom-attribute-type"),
    },
    check,
};

/// The attributes of RFC 7643 (sections 3.1, 4.1 and 4.2), without their sub-attributes. All others are custom.
const CORE: [&str; 29] = [
    "id",
    "externalid",
    "meta",
    "schemas",
    "username",
    "name",
    "displayname",
    "nickname",
    "profileurl",
    "title",
    "usertype",
    "preferredlanguage",
    "locale",
    "timezone",
    "active",
    "password",
    "emails",
    "phonenumbers",
    "ims",
    "photos",
    "addresses",
    "groups",
    "entitlements",
    "roles",
    "x509certificates",
    "members",
    // Of the enterprise extension, without its URN, which misspelt-target reports.
    "manager",
    "department",
    "employeenumber",
];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unlisted = false;
    for mapping in target.active_mappings()?.filter(|mapping| mapping.is_non_gallery()) {
        unlisted |= mapping.target.is_none();
        let spellings = LazyCell::new(|| Spellings::of(target, mapping));
        for row in &mapping.rows {
            let Some((form, label)) = fault(row) else { continue };
            if spellings.meant(row).is_some() {
                continue;
            }
            let name = row.target;
            let found = findings
                .add(
                    mapping.subject(name),
                    row.pointer().key("targetAttributeName"),
                    format!(
                        "`{name}` is a custom attribute {form}. For apps that are not from the gallery, Entra supports only custom attributes with one plain value: it leaves this one out or sends it in a form that the app does not expect"
                    ),
                )
                .label(label);
            // The documentation means extensions; what holds for other names is only likely.
            let found = if name.starts_with("urn:") { found } else { found.at_most(Severity::Warning) };
            found.manual(
                "Send a plain value: ask the vendor for a simple attribute, one for each part, or delete the row",
                portal::attribute_list(
                    mapping,
                    "Add an attribute of the type String, Boolean or Integer without Multi-Value, and map to that",
                ),
            );
        }
    }
    super::judged_by_lists(unlisted)
}

/// What a custom attribute must not be, and a label; `None` for attributes that are not custom.
fn fault(row: &RowView<'_>) -> Option<(String, &'static str)> {
    let name = row.target;
    let folded = name.to_ascii_lowercase();
    if is_standard(&folded) {
        return None;
    }
    let is_urn = folded.starts_with("urn:");
    if !is_urn && CORE.contains(&folded.split(['.', '[']).next()?.trim_end()) {
        return None;
    }
    let own = if is_urn { custom_attribute(name).unwrap_or_default() } else { name };
    if own.contains(['.', '[']) {
        return Some(("with parts (a complex attribute)".into(), "a part of a complex attribute"));
    }
    let definition = row.definition?;
    if definition.multivalued == Some(true) {
        return Some(("with several values".into(), "multi-valued in the attribute list"));
    }
    is_reference(definition).then(|| ("that refers to another object".into(), "a reference in the attribute list"))
}

fn is_reference(definition: &AttributeDefinition<'_>) -> bool {
    definition.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("Reference"))
}
