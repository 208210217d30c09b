use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::mapping::misspelt_target::meant_by_rows;
use crate::rules::source_change::{RowSource, add_row, map_directly};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "group-mapping-incomplete",
        section: Section::Group,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "Groups are provisioned without their name or their members",
        page: page!("group-mapping-incomplete"),
    },
    check,
};

/// The rows that a group needs, and the consequence if one is missing.
const ROWS: [(&str, &str); 2] = [
    ("displayName", "Groups arrive without a name and cannot be told apart"),
    ("members", "Groups arrive empty, and users who get access through them get none"),
];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.mappings_of(ObjectKind::Group)?.into_iter().filter(|mapping| mapping.is_active()) {
        let rows = mapping.listed_rows()?;
        for (name, consequence) in ROWS {
            if target.policy.group.row(name).is_some() {
                continue;
            }
            let Some(row) = mapping.rows_to(name).next() else {
                if meant_by_rows(target, mapping).contains(name) {
                    continue;
                }
                let pointer = mapping.pointer.key("attributeMappings");
                let matches = name == "displayName" && !rows.iter().any(|row| row.row.is_matching());
                let (changes, steps) = add_row(mapping, name, name, i64::from(matches));
                findings
                    .add(
                        mapping.subject(name),
                        pointer,
                        format!("The Group mapping has no row for `{name}`. {consequence}"),
                    )
                    .label("row missing")
                    .fix(format!("Add a mapping from {name} to {name}"), steps, changes);
                continue;
            };
            let row_source = &row.source;
            // An expression may change a name, but members are references and must be mapped directly.
            if name != "members" || *row_source == RowSource::Attribute("members".into()) {
                continue;
            }
            findings
                .add(
                    mapping.subject(name),
                    row.pointer().key("source"),
                    format!("`members` is mapped from {row_source} instead of `members`. {consequence}"),
                )
                .label("not the members")
                .fix(
                    "Map members from members",
                    portal::edit_row(mapping, row.target, "Set Mapping type to Direct and Source attribute to members"),
                    map_directly(mapping, row, "members"),
                );
        }
    }
    Ok(())
}
