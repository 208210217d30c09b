use foldhash::{HashMap, HashMapExt};

use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, RowView, Rule, Target, page};

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
        let named = || mapping.rows.iter().enumerate().filter(|(_, row)| !row.target.is_empty());
        let mut kept: HashMap<String, usize> = HashMap::with_capacity(mapping.rows.len());
        for (index, row) in named() {
            let kept = kept.entry(row.target.to_ascii_lowercase()).or_insert(index);
            // Without the row that people are matched by, nobody would be found again.
            if rank(row) < rank(&mapping.rows[*kept]) {
                *kept = index;
            }
        }
        for (index, row) in named() {
            let Some(kept) = kept.get(&row.target.to_ascii_lowercase()).filter(|kept| **kept != index) else {
                continue;
            };
            let name = row.target;
            let message = format!(
                "`{name}` is written by two rows, number {} and number {}: Entra refuses to save this, and which of them counts is anyone's guess",
                index.min(*kept) + 1,
                index.max(*kept) + 1
            );
            findings
                .add(mapping.subject(name), row.pointer().key("targetAttributeName"), message)
                .label("written a second time")
                .delete_row(mapping, row);
        }
    }
    Ok(())
}

/// Which of several rows is the one to keep: the one that matches first, else any.
fn rank(row: &RowView<'_>) -> i64 {
    row.row.matching_priority.filter(|priority| *priority > 0).unwrap_or(i64::MAX)
}
