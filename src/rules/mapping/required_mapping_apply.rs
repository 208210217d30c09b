use serde_json::json;

use super::{Required, required, with_reason};
use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "required-mapping-apply",
        section: Section::Mapping,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A required mapping is applied only at creation, so existing objects keep the old value",
        page: page!("required-mapping-apply"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unknown = Ok(());
    for required in required(target)? {
        let Required { mapping, requirement, row } = required;
        let Some(row) = row.filter(|_| requirement.apply_always) else { continue };
        let name = row.target;
        let Some(flow) = row.row.flow_type.as_deref() else {
            unknown = Err(NotJudged::absent(format!("the row for {name} has no flowType in this file")));
            continue;
        };
        if flow.eq_ignore_ascii_case("Always") {
            continue;
        }
        let message = format!(
            "`{name}` is applied as `{flow}` instead of `Always`. Objects that already exist in the app keep their old value"
        );
        let pointer = row.pointer().key("flowType");
        findings
            .add(mapping.subject(&requirement.target), pointer.clone(), with_reason(message, requirement))
            .label("should be Always")
            .at_most(required.severity())
            .fix(
                format!("Always apply the mapping of {name}"),
                portal::edit_row(mapping, name, "Set Apply this mapping to Always"),
                vec![Change::Set { pointer, value: json!("Always") }],
            );
    }
    unknown
}
