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
        summary: "There is no mapping for users, or for groups",
        page: page!("object-mapping-missing"),
    },
    check: missing,
};

pub(in crate::rules) const DISABLED: Rule = Rule {
    metadata: Metadata {
        id: "object-mapping-disabled",
        section: Section::Object,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "The mapping for users, or for groups, is off",
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
        summary: "The mapping for users, or for groups, is on though the app takes none",
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
                format!("There is no object mapping to `{}`, so no {} can flow", kind.urn(), plural(kind)),
            )
            .label(format!("no {name} mapping here"))
            .manual(
                format!("Restore the {name} mapping"),
                vec![
                    "Entra admin center: Enterprise applications > your app > Provisioning > Mappings".into(),
                    "Tick Restore default mappings and click Save".into(),
                    format!("Make the vendor's changes to {} again", kind.portal_mapping()),
                ],
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

/// The file doesn't say whether a mapping is on.
fn unsaid(mapping: &MappingView<'_>) -> Judged {
    Err(NotJudged::unknown(format!("the {} mapping has no enabled in this file", mapping.name)))
}

fn disabled(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut judged = Ok(());
    for kind in ObjectKind::ALL.into_iter().filter(|kind| target.wants(*kind)) {
        for mapping in target.mappings_of(kind)? {
            let Some(on) = mapping.mapping.enabled else {
                judged = unsaid(mapping);
                continue;
            };
            if on {
                continue;
            }
            let message = format!("The {} mapping is off, so no {} flow", mapping.name, plural(kind));
            let pointer = mapping.pointer.key("enabled");
            let mut changes = vec![Change::Set { pointer: pointer.clone(), value: json!(true) }];
            // Entra empties the name when it switches a mapping off.
            if mapping.mapping.source_object_name.as_deref() == Some("") {
                let source: Pointer = mapping.pointer.key("sourceObjectName");
                changes.push(Change::Set { pointer: source, value: json!(kind.as_str()) });
            }
            findings.add(mapping.name.clone(), pointer, message).label("off").fix(
                Applicability::Safe,
                format!("Switch the {} mapping on", mapping.name),
                portal::on_mapping(mapping, "Set Enabled to Yes"),
                changes,
            );
        }
    }
    judged
}

fn unexpected(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut judged = Ok(());
    for mapping in target.mappings()? {
        let Some(kind) = mapping.kind else { continue };
        if target.policy.requirements(kind).enabled != Some(false) {
            continue;
        }
        let Some(on) = mapping.mapping.enabled else {
            judged = unsaid(mapping);
            continue;
        };
        if !on {
            continue;
        }
        let message =
            format!("The {} mapping is on, but {} takes no {}", mapping.name, target.policy.vendor, plural(kind));
        let pointer = mapping.pointer.key("enabled");
        findings.add(mapping.name.clone(), pointer.clone(), message).label("on").fix(
            Applicability::Unsafe,
            format!("Switch the {} mapping off", mapping.name),
            portal::on_mapping(mapping, "Set Enabled to No"),
            vec![Change::Set { pointer, value: json!(false) }],
        );
    }
    judged
}
