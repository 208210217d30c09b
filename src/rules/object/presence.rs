use serde_json::json;

use crate::document::{Change, Pointer};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::{Findings, Judged, MappingView, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const MISSING: Rule = Rule {
    metadata: Metadata {
        id: "object-mapping-missing",
        section: Section::Object,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "The mapping for users or groups is missing",
        page: page!("object-mapping-missing"),
    },
    check: missing,
};

pub(in crate::rules) const DISABLED: Rule = Rule {
    metadata: Metadata {
        id: "object-mapping-disabled",
        section: Section::Object,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "The mapping for users or groups is disabled",
        page: page!("object-mapping-disabled"),
    },
    check: disabled,
};

pub(in crate::rules) const UNEXPECTED: Rule = Rule {
    metadata: Metadata {
        id: "object-mapping-unexpected",
        section: Section::Object,
        severity: Severity::Warning,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "The mapping for users or groups is enabled, but the app does not accept them",
        page: page!("object-mapping-unexpected"),
    },
    check: unexpected,
};

fn missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(schema) = &target.schema else { return Ok(()) };
    for kind in ObjectKind::ALL.into_iter().filter(|kind| target.wants(*kind)) {
        if !target.mappings_of(kind)?.is_empty() {
            continue;
        }
        let rules = schema.schema.synchronization_rules.as_deref().unwrap_or_default();
        let rule = rules.iter().position(|rule| rule.object_mappings.is_some());
        let pointer = match rule {
            Some(index) => schema.pointer.key("synchronizationRules").index(index).key("objectMappings"),
            None => schema.pointer.key("synchronizationRules"),
        };
        let name = kind.as_str();
        findings
            .add(
                name,
                pointer,
                format!("There is no object mapping to `{}`. No {} are provisioned", kind.urn(), plural(kind)),
            )
            .label(format!("no {name} mapping"))
            .manual(
                format!("Restore the {name} mapping"),
                [
                    portal::restore_default_mappings(),
                    vec![format!("Make the vendor's changes to {} again", kind.portal_mapping()).into()],
                ]
                .concat(),
            );
    }
    Ok(())
}

fn plural(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::User => "users",
        ObjectKind::Group => "groups",
    }
}

/// The file does not say whether a mapping is enabled.
fn unknown(mapping: &MappingView<'_>) -> Judged {
    Err(NotJudged::absent(format!("the {} mapping has no `enabled` in this file", mapping.name)))
}

fn disabled(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut outcome = Ok(());
    for kind in ObjectKind::ALL.into_iter().filter(|kind| target.wants(*kind)) {
        for mapping in target.mappings_of(kind)? {
            let Some(on) = mapping.mapping.enabled else {
                outcome = unknown(mapping);
                continue;
            };
            if on {
                continue;
            }
            let message = format!("The {} mapping is disabled. No {} are provisioned", mapping.name, plural(kind));
            let pointer = mapping.pointer.key("enabled");
            let mut changes = vec![Change::Set { pointer: pointer.clone(), value: json!(true) }];
            // Entra clears the name when it disables a mapping.
            if mapping.mapping.source_object_name.as_deref() == Some("") {
                let source: Pointer = mapping.pointer.key("sourceObjectName");
                changes.push(Change::Set { pointer: source, value: json!(kind.as_str()) });
            }
            findings.add(mapping.name.clone(), pointer, message).label("disabled").fix(
                format!("Enable the {} mapping", mapping.name),
                portal::on_mapping(mapping, "Set Enabled to Yes"),
                changes,
            );
        }
    }
    outcome
}

fn unexpected(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut outcome = Ok(());
    for mapping in target.mappings()? {
        let Some(kind) = mapping.kind else { continue };
        if target.policy.requirements(kind).enabled != Some(false) {
            continue;
        }
        let Some(on) = mapping.mapping.enabled else {
            outcome = unknown(mapping);
            continue;
        };
        if !on {
            continue;
        }
        let message = format!(
            "The {} mapping is enabled, but {} does not accept {}",
            mapping.name,
            target.policy.vendor,
            plural(kind)
        );
        let pointer = mapping.pointer.key("enabled");
        findings.add(mapping.name.clone(), pointer.clone(), message).label("enabled").fix(
            format!("Disable the {} mapping", mapping.name),
            portal::on_mapping(mapping, "Set Enabled to No"),
            vec![Change::Set { pointer, value: json!(false) }],
        );
    }
    outcome
}
