use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "anchor-mapped",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "A row writes the target's own id",
        page: page!("anchor-mapped"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        for row in &mapping.rows {
            let name = row.target;
            let anchor = row.definition.and_then(|definition| definition.anchor) == Some(true);
            if !anchor && !name.eq_ignore_ascii_case("id") {
                continue;
            }
            let message = format!(
                "`{name}` is the target's own key, which only the target can give: a mapping to it is refused or breaks every link"
            );
            findings
                .add(mapping.subject(name), row.pointer().key("targetAttributeName"), message)
                .label("the target's key")
                .delete_row(mapping, row);
        }
    }
    Ok(())
}
