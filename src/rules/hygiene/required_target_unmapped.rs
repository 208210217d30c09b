use std::cell::LazyCell;

use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::mapping::misspelt_target::meant_by_rows;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "required-target-unmapped",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "The target requires an attribute that no row writes",
        page: page!("required-target-unmapped"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unlisted = false;
    for mapping in target.active_mappings()? {
        let (Some(object), Some(kind)) = (&mapping.target, mapping.kind) else {
            unlisted |= mapping.target.is_none();
            continue;
        };
        mapping.listed_rows()?;
        let meant = LazyCell::new(|| meant_by_rows(target, mapping));
        for (_, definition) in &object.definitions {
            for attribute in definition.attributes.iter().flatten() {
                let Some(name) = attribute.name.as_deref() else { continue };
                let is_required = attribute.required == Some(true) && attribute.anchor != Some(true);
                // required-mapping-missing reports rows that the policy requires, and group-mapping-incomplete a group's
                // name.
                let is_reported_elsewhere = target.policy.requirements(kind).row(name).is_some()
                    || (kind == crate::model::ObjectKind::Group && name == "displayName");
                let is_there = || mapping.rows_to(name).next().is_some();
                if !is_required || is_reported_elsewhere || is_there() || meant.contains(name) {
                    continue;
                }
                let message = format!(
                    "The target requires `{name}`, but no row of the {} mapping writes it. No object can be created",
                    mapping.name
                );
                findings
                    .add(mapping.subject(name), mapping.pointer.key("attributeMappings"), message)
                    .label("row missing")
                    .manual(
                        format!("Add a mapping to {name}"),
                        portal::add_row(mapping, portal::direct("the attribute that holds the value", name)),
                    );
            }
        }
    }
    super::judged_by_lists(unlisted)
}
