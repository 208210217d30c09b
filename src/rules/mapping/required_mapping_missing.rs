use foldhash::{HashMap, HashSet};
use std::borrow::Cow;

use super::misspelt_target::meant_by_rows;
use super::{Required, any_of, portal_step, required, with_reason, written};
use crate::document::Pointer;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::policy::Source;
use crate::rules::{Findings, Judged, Rule, Target, page, portal, source_change};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "required-mapping-missing",
        section: Section::Mapping,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A required target attribute has no mapping",
        page: page!("required-mapping-missing"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut meant: HashMap<&Pointer, HashSet<Cow<'_, str>>> = HashMap::default();
    for required in required(target)? {
        let Required { mapping, requirement, row } = required;
        let wanted = requirement.target.as_str();
        if row.is_some() {
            continue;
        }
        let meant = meant.entry(&mapping.pointer).or_insert_with(|| meant_by_rows(target, mapping));
        if meant.contains(wanted) {
            continue;
        }
        let elsewhere = ObjectKind::ALL.into_iter().filter(|kind| Some(*kind) != mapping.kind).find(|kind| {
            let others = target.mappings_of(*kind).unwrap_or_default();
            others.iter().any(|other| other.rows_to(wanted).any(|row| row.target == wanted))
        });
        let mut message = match requirement.sources.as_slice() {
            [] => {
                format!("The {} mapping has no row for `{wanted}`; {} requires one", mapping.name, target.policy.vendor)
            }
            sources => format!(
                "The {} mapping has no row for `{wanted}`; {} requires one, mapped from {}",
                mapping.name,
                target.policy.vendor,
                any_of(sources)
            ),
        };
        if let Some(kind) = elsewhere {
            message.push_str(&format!(". Only the {} mapping has one", kind.as_str()));
        }
        let found = findings
            .add(mapping.subject(wanted), mapping.pointer.key("attributeMappings"), with_reason(message, requirement))
            .label("row missing")
            .at_most(required.severity());
        let Some(source) = requirement.sources.first() else {
            found.manual(
                format!("Add a mapping to {wanted}"),
                portal::add_row(mapping, portal::direct("the attribute that holds the value", wanted)),
            );
            continue;
        };
        let title = format!("Add a mapping from {source} to {wanted}");
        let step = || portal_step(source, Some(wanted));
        let (changes, steps) = match source {
            Source::Attribute(attribute) => source_change::add_row(mapping, attribute, wanted, 0),
            Source::Expression(template) => match written(mapping, template) {
                Some(value) => source_change::add_source(mapping, value, step(), wanted, 0),
                None => (Vec::new(), portal::add_row(mapping, step())),
            },
        };
        found.fix(title, steps, changes);
    }
    Ok(())
}
