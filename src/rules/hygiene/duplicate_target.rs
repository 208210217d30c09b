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
        summary: "Two rows write the same target attribute",
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
            // Keep the row that objects are matched by: without it, existing objects would not be found again.
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
                "Rows {} and {} both write `{name}`. Entra refuses to save this, and it is unknown which of the rows takes effect",
                index.min(*kept) + 1,
                index.max(*kept) + 1
            );
            findings
                .add(mapping.subject(name), row.pointer().key("targetAttributeName"), message)
                .label("written twice")
                .delete_row(mapping, row);
        }
    }
    Ok(())
}

/// Ranks rows to choose the one to keep, lowest first: by matching precedence; rows that do not match are equal.
fn rank(row: &RowView<'_>) -> i64 {
    row.row.matching_priority.filter(|priority| *priority > 0).unwrap_or(i64::MAX)
}
