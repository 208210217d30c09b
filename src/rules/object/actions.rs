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
        summary: "Objects are not created, updated or deleted at the target",
        page: page!("object-mapping-actions"),
    },
    check,
};

/// The Target Object Actions: Graph's word, the portal's, what fails without it, and how bad that is.
const ACTIONS: [(&str, &str, &str, Severity); 3] = [
    ("Add", "Create", "nobody new is created", Severity::Error),
    ("Update", "Update", "changes are not sent, and leavers are not disabled, which is an update too", Severity::Error),
    ("Delete", "Delete", "who is deleted in Entra ID stays at the target", Severity::Warning),
];

/// The actions with one more, in Graph's order; what is there stays as it is spelt.
fn with_action(flow_types: &str, action: &str) -> String {
    let rank = |flow: &str| ACTIONS.iter().position(|(word, ..)| flow.eq_ignore_ascii_case(word));
    let mut flows: Vec<&str> = flow_types.split(',').map(str::trim).filter(|flow| !flow.is_empty()).collect();
    let behind = flows.iter().position(|flow| rank(flow).is_none_or(|of| Some(of) > rank(action)));
    flows.insert(behind.unwrap_or(flows.len()), action);
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
                let message = format!("The {} mapping lacks the action {portal_word}: {consequence}", mapping.name);
                findings
                    .add(format!("{}/{action}", mapping.name), pointer.clone(), message)
                    .label(format!("no {action}"))
                    .at_most(severity)
                    .fix(
                        Applicability::Safe,
                        format!("Tick {portal_word} for the {} mapping", mapping.name),
                        portal::on_mapping(mapping, format!("Under Target Object Actions tick {portal_word}")),
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
    fn no_other_action_comes_along() {
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
