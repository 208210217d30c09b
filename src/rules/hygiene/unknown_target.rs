use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::mapping::misspelt_target::Spellings;
use crate::rules::suggestion::Suggestions;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "unknown-target",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A row writes an attribute that is not in the target's attribute list",
        page: page!("unknown-target"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unlisted = false;
    let mut suggestions = Suggestions::new();
    for mapping in target.active_mappings()? {
        let Some(object) = &mapping.target else {
            unlisted = true;
            continue;
        };
        let spellings = Spellings::of(target, mapping);
        for row in mapping.rows.iter().filter(|row| !row.target.is_empty() && row.definition.is_none()) {
            // misspelt-target reports a misspelling of a known attribute.
            if spellings.meant(row).is_some() {
                continue;
            }
            let name = row.target;
            let near = suggestions.of(name, object);
            let message =
                format!("`{name}` is not in the target's attribute list. Entra refuses to save it or to send it");
            let (title, steps) = match near {
                Some(near) => (
                    format!("Change the target attribute to {near}, or add {name} to the attribute list"),
                    portal::edit_row(mapping, name, format!("Set Target attribute to {near}")),
                ),
                None => (
                    format!("Add {name} to the attribute list, or delete the row"),
                    portal::attribute_list(mapping, format!("Add the attribute {name}, if the app supports it")),
                ),
            };
            findings
                .add(mapping.subject(name), row.pointer().key("targetAttributeName"), message)
                .label(near.map_or_else(|| "not in the list".to_owned(), |near| format!("did you mean {near}?")))
                .manual(title, steps);
        }
    }
    super::judged_by_lists(unlisted)
}
