use serde_json::json;

use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "object-mapping-actions",
        section: Section::Object,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "Objects are not created, updated or deleted in the app",
        page: page!("object-mapping-actions"),
    },
    check,
};

/// The Target Object Actions: the name in Graph, the name in the portal, the consequence without it, and its severity.
const ACTIONS: [(&str, &str, &str, Severity); 3] = [
    ("Add", "Create", "New objects are not created in the app", Severity::Error),
    (
        "Update",
        "Update",
        "Changes are not sent, and users who leave are not disabled, because disabling is an update",
        Severity::Error,
    ),
    ("Delete", "Delete", "Objects that are deleted in Entra ID stay in the app", Severity::Warning),
];

/// The actions with `action` inserted in Graph's order; the existing ones keep their spelling.
fn with_action(flow_types: &str, action: &str) -> String {
    let rank = |flow: &str| ACTIONS.iter().position(|(word, ..)| flow.eq_ignore_ascii_case(word));
    let mut flows: Vec<&str> = flow_types.split(',').map(str::trim).filter(|flow| !flow.is_empty()).collect();
    let at = flows.iter().position(|flow| rank(flow).is_none_or(|of| Some(of) > rank(action)));
    flows.insert(at.unwrap_or(flows.len()), action);
    flows.join(if flow_types.contains(", ") { ", " } else { "," })
}

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for kind in ObjectKind::ALL.into_iter().filter(|kind| target.wants(*kind)) {
        for mapping in target.mappings_of(kind)?.into_iter().filter(|mapping| mapping.is_active()) {
            let Some(flow_types) = mapping.mapping.flow_types.as_deref() else { continue };
            let has = |action: &str| flow_types.split(',').any(|flow| flow.trim().eq_ignore_ascii_case(action));
            for (action, portal_word, consequence, severity) in ACTIONS {
                if has(action) {
                    continue;
                }
                let pointer = mapping.pointer.key("flowTypes");
                let message =
                    format!("The action {portal_word} is not selected in the {} mapping. {consequence}", mapping.name);
                findings
                    .add(format!("{}/{action}", mapping.name), pointer.clone(), message)
                    .label(format!("no {action}"))
                    .at_most(severity)
                    .fix(
                        Applicability::Safe,
                        format!("Select {portal_word} for the {} mapping", mapping.name),
                        portal::on_mapping(mapping, format!("Under Target Object Actions, select {portal_word}")),
                        vec![Change::Set { pointer, value: json!(with_action(flow_types, action)) }],
                    );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_added_and_the_others_stay_unchanged() {
        for (before, action, after) in [
            ("", "Add", "Add"),
            ("Update", "Add", "Add,Update"),
            ("Add, Delete", "Update", "Add, Update, Delete"),
            ("Add,Update", "Delete", "Add,Update,Delete"),
            ("delete,New", "Add", "Add,delete,New"),
        ] {
            assert_eq!(with_action(before, action), after);
        }
    }
}
