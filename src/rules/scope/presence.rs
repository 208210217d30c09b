use serde_json::Value;

use super::{filtered, pointer, subject};
use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::policy::Scope;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};
use crate::simulate::{Claim, claim};

pub(in crate::rules) const PRESENT: Rule = Rule {
    metadata: Metadata {
        id: "scope-filter-present",
        section: Section::Scope,
        severity: Severity::Warning,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "A scope filter decides who is provisioned, although only assignment should",
        page: page!("scope-filter-present"),
    },
    check: present,
};

pub(in crate::rules) const EXPERIMENTAL: Rule = Rule {
    metadata: Metadata {
        id: "scope-filter-experimental",
        section: Section::Scope,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A scope filter is in a part of the schema that is experimental",
        page: page!("scope-filter-experimental"),
    },
    check: experimental,
};

pub(in crate::rules) const ONE_SIDED: Rule = Rule {
    metadata: Metadata {
        id: "scope-filter-one-sided",
        section: Section::Scope,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "Only one of the mappings for users and groups has a scope filter",
        page: page!("scope-filter-one-sided"),
    },
    check: one_sided,
};

fn present(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if target.policy.scope != Some(Scope::Assigned) {
        return Ok(());
    }
    for (mapping, filter) in filtered(target)? {
        let effect = match claim(filter) {
            Some(Claim::EveryObject) => "Everyone passes it, so it only makes each cycle slower",
            Some(Claim::NoObject) => "No object passes it",
            None => "Assigned users and groups that do not pass it are not provisioned, or are disabled",
        };
        findings
            .add(
                subject(mapping),
                pointer(mapping),
                format!(
                    "The {} mapping has a scope filter, but only assignment should decide who is provisioned. {effect}",
                    mapping.name
                ),
            )
            .label("filters in addition to assignment")
            .fix(
                "Remove the scope filter",
                portal::scope_filters(mapping, "delete every scoping filter"),
                vec![Change::Set { pointer: pointer(mapping), value: Value::Null }],
            );
    }
    Ok(())
}

fn experimental(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (mapping, filter) in filtered(target)? {
        for (key, groups, effect) in [
            (
                "inputFilterGroups",
                &filter.input_filter_groups,
                "Objects that do not pass it are never read again, and therefore never disabled",
            ),
            ("categoryFilterGroups", &filter.category_filter_groups, "Its effect is not documented"),
        ] {
            if groups.as_deref().unwrap_or_default().is_empty() {
                continue;
            }
            findings
                .add(
                    subject(mapping),
                    pointer(mapping).key(key),
                    format!(
                        "The {} mapping has a filter in `{key}`, which Graph calls experimental. {effect}",
                        mapping.name
                    ),
                )
                .label("experimental")
                .manual(
                    "Move the filter to groups, the portal's scoping filters",
                    portal::scope_filters(mapping, "add the same clauses as a scoping filter"),
                );
        }
    }
    Ok(())
}

fn one_sided(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let filtered = filtered(target)?;
    let mut active = target.active_mappings()?;
    let has = |kind| filtered.iter().find(|(mapping, _)| mapping.kind == Some(kind)).map(|(mapping, _)| *mapping);
    let (with, without) = match (has(ObjectKind::User), has(ObjectKind::Group)) {
        (Some(user), None) => (user, ObjectKind::Group),
        (None, Some(group)) => (group, ObjectKind::User),
        _ => return Ok(()),
    };
    if active.any(|mapping| mapping.kind == Some(without)) {
        let (effect, other) = match without {
            ObjectKind::Group => ("Groups are provisioned with members who are not", "Group"),
            ObjectKind::User => ("Users are provisioned without the groups they are in", "User"),
        };
        findings
            .add(
                subject(with),
                pointer(with),
                format!("The {} mapping has a scope filter and the {other} mapping has none. {effect}", with.name),
            )
            .label("only this mapping has a filter")
            .manual(
                "Filter both mappings, or neither",
                portal::scope_filters(with, "compare its filters with those of the other mapping"),
            );
    }
    Ok(())
}
