use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::mapping::misspelt_target::meant_by_rows;
use crate::rules::source_change::{RowSource, add_row, map_directly};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "group-external-id",
        section: Section::Group,
        severity: Severity::Warning,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A group's externalId is not mapped from its object id",
        page: page!("group-external-id"),
    },
    check,
};

const NAME: &str = "externalId";

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    // If the policy names the row, the required-mapping rules report it.
    if target.policy.group.row(NAME).is_some() {
        return Ok(());
    }
    for mapping in target.mappings_of(ObjectKind::Group)?.into_iter().filter(|mapping| mapping.is_active()) {
        let consequence = "An app that identifies groups by their Entra object id does not recognise them";
        mapping.listed_rows()?;
        let Some(row) = mapping.rows_to(NAME).next() else {
            if meant_by_rows(target, mapping).contains(NAME) {
                continue;
            }
            let pointer = mapping.pointer.key("attributeMappings");
            let (changes, steps) = add_row(mapping, "objectId", NAME, 0);
            findings
                .add(
                    mapping.subject(NAME),
                    pointer,
                    format!("The Group mapping has no row for `{NAME}`. {consequence}"),
                )
                .label("row missing")
                .fix(format!("Add a mapping from objectId to {NAME}"), steps, changes);
            continue;
        };
        let row_source = &row.source;
        let is_object_id = match row_source {
            RowSource::Attribute(name) => name == "objectId",
            RowSource::Expression(_, Ok(tree)) => tree.always_yields("objectId"),
            _ => false,
        };
        if is_object_id {
            continue;
        }
        findings
            .add(
                mapping.subject(NAME),
                row.pointer().key("source"),
                format!("The group's `{NAME}` is mapped from {row_source} instead of `objectId`. {consequence}"),
            )
            .label("not the object id")
            .fix(
                format!("Map the group's {NAME} from objectId"),
                portal::edit_row(mapping, row.target, "Set Mapping type to Direct and Source attribute to objectId"),
                map_directly(mapping, row, "objectId"),
            );
    }
    Ok(())
}
