use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::feed_change::{Feed, add_row, map_directly};
use crate::rules::mapping::misspelt_target::is_meant;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "group-mapping-incomplete",
        section: Section::Group,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "Groups flow without their name or their members",
        page: page!("group-mapping-incomplete"),
    },
    check,
};

/// What a group can't do without, and what fails then.
const ROWS: [(&str, &str); 2] = [
    ("displayName", "groups arrive without a name and can't be told apart"),
    ("members", "groups arrive empty, and whoever gets access through them gets none"),
];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.mappings_of(ObjectKind::Group)?.into_iter().filter(|mapping| mapping.is_active()) {
        let rows = mapping.listed_rows()?;
        for (name, consequence) in ROWS {
            if target.policy.group.row(name).is_some() {
                continue;
            }
            let Some(row) = rows.iter().find(|row| row.target.eq_ignore_ascii_case(name)) else {
                if is_meant(target, mapping, name) {
                    continue;
                }
                let pointer = mapping.pointer.key("attributeMappings");
                let matches = name == "displayName" && !rows.iter().any(|row| row.row.is_matching());
                let (changes, steps) = add_row(mapping, name, name, i64::from(matches));
                let applicability = if matches { Applicability::Unsafe } else { Applicability::Safe };
                findings
                    .add(
                        mapping.subject(name),
                        pointer,
                        format!("The Group mapping has no row for `{name}`: {consequence}"),
                    )
                    .label("the row is missing here")
                    .fix(applicability, format!("Add a mapping from {name} to {name}"), steps, changes);
                continue;
            };
            let feed = &row.feed;
            // A name may be dressed up by an expression; members are references and can only go as they are.
            if name != "members" || *feed == Feed::Attribute("members".into()) {
                continue;
            }
            findings
                .add(
                    mapping.subject(name),
                    row.pointer().key("source"),
                    format!("`members` is fed from {feed}, not from `members`: {consequence}"),
                )
                .label("not the members")
                .fix(
                    Applicability::Safe,
                    "Feed members from members",
                    portal::edit_row(mapping, row.target, "Set Mapping type to Direct and Source attribute to members"),
                    map_directly(mapping, row, "members"),
                );
        }
    }
    Ok(())
}
