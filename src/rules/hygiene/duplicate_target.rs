use foldhash::{HashMap, HashMapExt};

use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "duplicate-target",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "Two rows write one target attribute",
        page: page!("duplicate-target"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        let mut first: HashMap<String, usize> = HashMap::with_capacity(mapping.rows.len());
        for (index, row) in mapping.rows.iter().enumerate().filter(|(_, row)| !row.target.is_empty()) {
            let earlier = *first.entry(row.target.to_ascii_lowercase()).or_insert(index);
            if earlier == index {
                continue;
            }
            let name = row.target;
            let message = format!(
                "`{name}` is written by two rows, number {} and number {}: Entra refuses to save this, and which of them counts is anyone's guess",
                earlier + 1,
                index + 1
            );
            findings
                .add(mapping.subject(name), row.pointer().key("targetAttributeName"), message)
                .label("written a second time")
                .delete_row(mapping, row);
        }
    }
    Ok(())
}
