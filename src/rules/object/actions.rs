use serde_json::json;

use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{Action, ObjectKind};
use crate::rules::{Findings, Judged, MappingView, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "object-mapping-actions",
        section: Section::Object,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "Objects are not created, updated or deleted in the app as required",
        page: page!("object-mapping-actions"),
    },
    check,
};

/// The severity of a missing action that no policy asks for. `is_wanted` if the vendor wants the objects in the app.
///
/// Without Update, nobody is ever disabled. Some vendors take neither creations nor deletions.
fn unasked(action: Action, is_wanted: bool) -> Severity {
    match (action, is_wanted) {
        (Action::Update, _) | (Action::Create, true) => Severity::Error,
        (Action::Create, false) | (Action::Delete, true) => Severity::Warning,
        (Action::Delete, false) => Severity::Info,
    }
}

/// What happens without an action.
fn missing(action: Action) -> &'static str {
    match action {
        Action::Create => "New objects are not created in the app",
        Action::Update => "Changes are not sent, and users who leave are not disabled, because disabling is an update",
        Action::Delete => "Objects that are deleted in Entra ID stay in the app",
    }
}

/// What happens with an action that the policy does not list.
fn unwanted(action: Action) -> &'static str {
    match action {
        Action::Create => "Objects in scope that the app does not have are created there",
        Action::Update => "Objects in the app are overwritten with the values from Entra ID",
        Action::Delete => "Objects that are deleted in Entra ID, or leave the scope, may be deleted in the app",
    }
}

/// The actions with `action` inserted in Graph's order; the existing ones keep their spelling.
fn with_action(flow_types: &str, action: Action) -> String {
    let rank = |flow: &str| Action::ALL.iter().position(|action| flow.eq_ignore_ascii_case(action.flow_type()));
    let mut flows: Vec<&str> = listed(flow_types).collect();
    let at = flows.iter().position(|flow| rank(flow).is_none_or(|of| Some(of) > rank(action.flow_type())));
    flows.insert(at.unwrap_or(flows.len()), action.flow_type());
    flows.join(separator(flow_types))
}

fn without_action(flow_types: &str, action: Action) -> String {
    let others = listed(flow_types).filter(|flow| !flow.eq_ignore_ascii_case(action.flow_type()));
    others.collect::<Vec<_>>().join(separator(flow_types))
}

fn listed(flow_types: &str) -> impl Iterator<Item = &str> {
    flow_types.split(',').map(str::trim).filter(|flow| !flow.is_empty())
}

fn separator(flow_types: &str) -> &'static str {
    if flow_types.contains(", ") { ", " } else { "," }
}

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for kind in ObjectKind::ALL {
        let requirements = target.policy.requirements(kind);
        if !target.wants(kind) && requirements.actions.is_none() {
            continue;
        }
        for mapping in target.mappings_of(kind)?.into_iter().filter(|mapping| mapping.is_active()) {
            let Some(flow_types) = mapping.mapping.flow_types.as_deref() else { continue };
            for action in Action::ALL {
                let wanted = requirements.actions.as_ref().map(|actions| actions.contains(&action));
                match (wanted, action.is_in(flow_types)) {
                    (Some(true), false) => report_missing(mapping, flow_types, action, Severity::Error, findings),
                    (None, false) => {
                        let severity = unasked(action, requirements.enabled == Some(true));
                        report_missing(mapping, flow_types, action, severity, findings);
                    }
                    (Some(false), true) => {
                        let who = target.policy.who_says(|policy| &policy.requirements(kind).actions);
                        report_unwanted(mapping, flow_types, action, &who, findings);
                    }
                    (None | Some(true), true) | (Some(false), false) => {}
                }
            }
        }
    }
    Ok(())
}

fn report_missing(
    mapping: &MappingView<'_>,
    flow_types: &str,
    action: Action,
    severity: Severity,
    findings: &mut Findings<'_>,
) {
    let (name, word) = (&mapping.name, action.as_str());
    let pointer = mapping.pointer.key("flowTypes");
    findings
        .add(
            mapping.subject(action.flow_type()),
            pointer.clone(),
            format!("The action {word} is not selected in the {name} mapping. {}", missing(action)),
        )
        .label(format!("no {}", action.flow_type()))
        .by_default(severity)
        .fix(
            format!("Select {word} for the {name} mapping"),
            portal::on_mapping(mapping, format!("Under {}, select {word}", portal::ACTIONS)),
            vec![Change::Set { pointer, value: json!(with_action(flow_types, action)) }],
        );
}

fn report_unwanted(
    mapping: &MappingView<'_>,
    flow_types: &str,
    action: Action,
    who: &str,
    findings: &mut Findings<'_>,
) {
    let (name, word) = (&mapping.name, action.as_str());
    let pointer = mapping.pointer.key("flowTypes");
    findings
        .add(
            mapping.subject(action.flow_type()),
            pointer.clone(),
            format!(
                "The action {word} is selected in the {name} mapping, but {who} does not list it. {}",
                unwanted(action)
            ),
        )
        .label(format!("{} is not wanted", action.flow_type()))
        .fix(
            format!("Clear {word} for the {name} mapping"),
            portal::on_mapping(mapping, format!("Under {}, clear {word}", portal::ACTIONS)),
            vec![Change::Set { pointer, value: json!(without_action(flow_types, action)) }],
        );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_added_and_the_others_stay_unchanged() {
        for (before, action, after) in [
            ("", Action::Create, "Add"),
            ("Update", Action::Create, "Add,Update"),
            ("Add, Delete", Action::Update, "Add, Update, Delete"),
            ("Add,Update", Action::Delete, "Add,Update,Delete"),
            ("delete,New", Action::Create, "Add,delete,New"),
        ] {
            assert_eq!(with_action(before, action), after);
        }
    }

    #[test]
    fn an_action_is_removed_and_the_others_stay_unchanged() {
        assert_eq!(without_action("Add, update, delete", Action::Delete), "Add, update");
        assert_eq!(without_action("Add,Update", Action::Create), "Update");
        assert_eq!(without_action("Update", Action::Update), "");
    }
}
