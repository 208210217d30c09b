use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::policy::matches_pattern;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "forbidden-mapping",
        section: Section::Mapping,
        severity: Severity::Warning,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "A mapping sends what the policy says must not be sent",
        page: page!("forbidden-mapping"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        let Some(kind) = mapping.kind else { continue };
        let forbidden = &target.policy.requirements(kind).forbidden;
        for row in &mapping.rows {
            let name = row.target;
            let Some(pattern) = forbidden.iter().find(|pattern| matches_pattern(pattern, name)) else { continue };
            let why = if pattern == name { String::new() } else { format!(" (as `{pattern}`)") };
            findings
                .add(
                    mapping.subject(name),
                    row.pointer().key("targetAttributeName"),
                    format!("`{name}` is sent, which the policy forbids{why}"),
                )
                .label("not to be sent")
                .delete_row(mapping, row);
        }
    }
    Ok(())
}
