use std::collections::HashMap;

use serde_json::json;

use super::attribute::can_match;
use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::{Findings, Judged, MappingView, NotJudged, RowView, Rule, Target, page, portal};

pub(in crate::rules) const NONE: Rule = Rule {
    metadata: Metadata {
        id: "no-matching-attribute",
        section: Section::Matching,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "There is no matching attribute: everyone is created again, or nothing can be saved",
        page: page!("no-matching-attribute"),
    },
    check: none,
};

pub(in crate::rules) const DUPLICATE: Rule = Rule {
    metadata: Metadata {
        id: "duplicate-matching-priority",
        section: Section::Matching,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "Two matching attributes have the same precedence",
        page: page!("duplicate-matching-priority"),
    },
    check: duplicate,
};

pub(in crate::rules) const GAP: Rule = Rule {
    metadata: Metadata {
        id: "matching-priority-gap",
        section: Section::Matching,
        severity: Severity::Info,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "The matching precedences are not numbered 1, 2, 3",
        page: page!("matching-priority-gap"),
    },
    check: gap,
};

/// Whether the policy requires the precedence that a row has.
fn is_required(target: &Target<'_>, mapping: &MappingView<'_>, row: &RowView<'_>) -> bool {
    let requirement = mapping.kind.and_then(|kind| target.policy.requirements(kind).row(row.target));
    let wanted = requirement.and_then(|requirement| requirement.precedence);
    wanted.is_some() && wanted == row.row.matching_priority
}

/// The matching rows, in the order in which Entra tries them; of equal ones those that the policy requires there first.
fn matching<'m, 'a>(target: &Target<'_>, mapping: &'m MappingView<'a>) -> Vec<(i64, &'m RowView<'a>)> {
    let mut rows: Vec<_> = mapping
        .rows
        .iter()
        .filter(|row| row.row.is_matching())
        .filter_map(|row| row.row.matching_priority.map(|priority| (priority, row)))
        .collect();
    rows.sort_by_key(|(priority, row)| (*priority, !is_required(target, mapping, row)));
    rows
}

fn none(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        let rows = mapping.listed_rows()?;
        if rows.iter().any(|row| row.row.is_matching()) {
            continue;
        }
        if rows.iter().any(|row| row.row.matching_priority.is_none()) {
            return Err(NotJudged::absent(format!(
                "rows of the {} mapping have no matchingPriority in this file",
                mapping.name
            )));
        }
        let usual = if mapping.kind == Some(ObjectKind::Group) { "displayName" } else { "userName" };
        let message = format!(
            "The {} mapping has no matching attribute. Entra cannot tell which objects exist in the app, and rejects the configuration",
            mapping.name
        );
        let changes = rows
            .iter()
            .find(|row| row.target == usual && can_match(target, mapping, row))
            .map(|row| Change::Set { pointer: row.pointer().key("matchingPriority"), value: json!(1) });
        findings
            .add(mapping.name.clone(), mapping.pointer.key("attributeMappings"), message)
            .label("no row matches objects")
            .fix(
                format!("Match by {usual}"),
                portal::edit_row(
                    mapping,
                    usual,
                    "Set Match objects using this attribute to Yes and Matching precedence to 1",
                ),
                changes.into_iter().collect(),
            );
    }
    Ok(())
}

fn duplicate(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        let mut first: HashMap<i64, &str> = HashMap::new();
        let rows = matching(target, mapping);
        let last = rows.last().map_or(0, |(priority, _)| *priority);
        let mut free = Some(last);
        for (priority, row) in &rows {
            let earlier = *first.entry(*priority).or_insert(row.target);
            if earlier == row.target {
                continue;
            }
            let pointer = row.pointer().key("matchingPriority");
            free = free.and_then(|free| free.checked_add(1));
            let message = format!(
                "`{}` and `{earlier}` both have the matching precedence {priority}. Which of them Entra tries first is undefined",
                row.target
            );
            findings
                .add(mapping.subject(row.target), pointer.clone(), message)
                .label(format!("same as {earlier}"))
                .fix(
                    format!("Give {} a precedence of its own", row.target),
                    portal::edit_row(mapping, row.target, "Set Matching precedence to a number that no other row has"),
                    free.map(|free| Change::Set { pointer, value: json!(free) }).into_iter().collect(),
                );
        }
    }
    Ok(())
}

fn gap(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        let rows = matching(target, mapping);
        let mut priorities: Vec<i64> = rows.iter().map(|(priority, _)| *priority).collect();
        priorities.dedup();
        let changes = (1..).zip(&rows).filter(|(rank, (priority, _))| rank != priority);
        // duplicate-matching-priority reports equal precedences; rank alone cannot number those.
        let Some((rank, (priority, row))) = changes.clone().next().filter(|_| priorities.len() == rows.len()) else {
            continue;
        };
        if changes.clone().any(|(_, (_, row))| is_required(target, mapping, row)) {
            continue;
        }
        let message = format!(
            "The matching precedences of the {} mapping are {priorities:?}. They are easier to read if they start at 1 without gaps",
            mapping.name
        );
        findings
            .add(mapping.name.clone(), row.pointer().key("matchingPriority"), message)
            .label(format!(
                "{priority} is the {}",
                ["first", "second", "third"].get(usize::try_from(rank - 1).unwrap_or(usize::MAX)).unwrap_or(&"next")
            ))
            .fix(
                "Number the matching precedences from 1",
                portal::edit_row(mapping, row.target, format!("Set Matching precedence to {rank}")),
                changes
                    .map(|(rank, (_, row))| Change::Set {
                        pointer: row.pointer().key("matchingPriority"),
                        value: json!(rank),
                    })
                    .collect(),
            );
    }
    Ok(())
}
