use super::{assigned_groups, assignment};
use crate::finding::{Evidence, Severity};
use crate::model::ObjectKind;
use crate::rules::people::mapping;
use crate::rules::source_change::RowSource;
use crate::rules::{Findings, Judged, RowView, Rule, Target, page, portal};
use crate::simulate::breaks_a_filter;

pub(in crate::rules) const RULE: Rule = assignment(&[Evidence::Assignments, Evidence::Schema]).rule(
    "matching-value-characters",
    Severity::Warning,
    "A matching value has characters with which Entra cannot search",
    page!("matching-value-characters"),
    check,
);

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let by_name = |row: &&RowView<'_>| {
        row.row.is_matching() && matches!(&row.source, RowSource::Attribute(name) if name == "displayName")
    };
    let groups = target.mappings_of(ObjectKind::Group)?.into_iter().filter(|mapping| mapping.is_active());
    if let Some(row) = groups.flat_map(|mapping| &mapping.rows).find(by_name) {
        let mut seen = Vec::new();
        for group in assigned_groups(target) {
            let name = group.name();
            if !breaks_a_filter(name) || seen.contains(&group.id().to_ascii_lowercase()) {
                continue;
            }
            seen.push(group.id().to_ascii_lowercase());
            findings
                .add(
                    group.subject(),
                    group.pointer.clone(),
                    format!(
                        "The name of the group {name} has a quotation mark, a backslash or a control character. Groups are matched by {}, and Entra cannot search for such a value, so it does not provision the group",
                        row.target
                    ),
                )
                .label("characters that break the search")
                .manual(
                    "Rename the group",
                    vec![portal::groups(&format!("{name} > Properties > Group name"))],
                );
        }
    }
    // Members are looked at where they were read.
    if target.has(Evidence::Members).is_err() {
        return Ok(());
    }
    let (people, users) = (target.people()?, mapping(target)?);
    for row in users.rows.iter().filter(|row| row.row.is_matching()) {
        let Some(who) = people.crowd.unsearchable.get(row.target) else { continue };
        findings
            .add(
                format!("member/{}", row.target),
                row.pointer(),
                format!(
                    "The matching value {} of {} has a quotation mark, a backslash or a control character for {} members. Entra cannot search for it, so it does not provision them",
                    row.source,
                    row.target,
                    who.len()
                ),
            )
            .label("characters that break the search")
            .people(people.names(who))
            .manual(
                "Correct the values, or match by another attribute",
                portal::edit_row(users, row.target, "Compare the values of the source attribute"),
            );
    }
    Ok(())
}
