use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "anchor-mapped",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "A row writes the app's own id",
        page: page!("anchor-mapped"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        for row in &mapping.rows {
            let name = row.target;
            let is_anchor = row.definition.and_then(|definition| definition.anchor) == Some(true);
            if !is_anchor && !name.eq_ignore_ascii_case("id") {
                continue;
            }
            let message = format!(
                "`{name}` is the app's own key, and only the app can assign it. A mapping to it is rejected or breaks every link"
            );
            findings
                .add(mapping.subject(name), row.pointer().key("targetAttributeName"), message)
                .label("the app's key")
                .delete_row(mapping, row);
        }
    }
    Ok(())
}
