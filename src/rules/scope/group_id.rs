use super::{clauses, filtered, subject};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{DirectoryObject, FilterClause, ObjectKind, Snapshot};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};
use crate::simulate::FilterOperator;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "scope-filter-group-id",
        section: Section::Scope,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema, Evidence::Assignments],
        summary: "A scope filter for users compares their object id with that of a group",
        page: page!("scope-filter-group-id"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(snapshot) = target.snapshot else { return Ok(()) };
    for (mapping, filter) in filtered(target)?.into_iter().filter(|(mapping, _)| mapping.kind == Some(ObjectKind::User))
    {
        for (place, clause) in clauses(mapping, filter) {
            let Some((name, id)) = group_of(snapshot, clause) else { continue };
            let excludes =
                clause.operator_name.as_deref().and_then(FilterOperator::of).is_some_and(|operator| {
                    matches!(operator, FilterOperator::NotEquals | FilterOperator::NotRegexMatch)
                });
            let effect = if excludes { "Every user passes this clause" } else { "No user passes this clause" };
            findings
                .add(
                    subject(mapping),
                    place.key("targetOperand").key("values").index(0),
                    format!(
                        "The scope filter of the {} mapping compares the object id of users with {id}, the object id of the group {name}. Entra cannot filter users by group. {effect}",
                        mapping.name
                    ),
                )
                .label("the id of a group")
                .manual(
                    "Delete the clause: assigning the group already limits who is provisioned",
                    portal::scope_filters(mapping, "delete the clause for objectId"),
                );
        }
    }
    Ok(())
}

/// The group whose id a clause compares with the object id of users: its name and id.
fn group_of<'s>(snapshot: &'s Snapshot<'_>, clause: &FilterClause<'_>) -> Option<(&'s str, &'s str)> {
    if !matches!(clause.source_operand_name.as_deref(), Some("objectId" | "id")) {
        return None;
    }
    let value = clause.value()?.to_ascii_lowercase();
    let assigned = snapshot.assignments().unwrap_or_default().into_iter().filter(|one| one.is_group());
    let mut groups: Vec<(&str, &str)> = assigned.map(|group| (group.name(), group.id())).collect();
    let named = |object: &'s DirectoryObject<'_>| Some((object.display_name.as_deref()?, object.id.as_deref()?));
    groups.extend(snapshot.named_groups.iter().flatten().flat_map(|found| &found.value).filter_map(named));
    groups.into_iter().find(|(_, id)| !id.is_empty() && value.contains(&id.to_ascii_lowercase()))
}
