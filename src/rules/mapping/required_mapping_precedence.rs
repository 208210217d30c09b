use serde_json::json;

use super::{Required, required, with_reason};
use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "required-mapping-precedence",
        section: Section::Mapping,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "A mapping has a different matching precedence than the vendor requires",
        page: page!("required-mapping-precedence"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unknown = Ok(());
    for required in required(target)? {
        let Required { mapping, requirement, row } = required;
        let (Some(row), Some(wanted)) = (row, requirement.precedence) else { continue };
        let name = row.target;
        let Some(priority) = row.row.matching_priority else {
            unknown = Err(NotJudged::absent(format!("the row for {name} has no matchingPriority in this file")));
            continue;
        };
        if priority == wanted {
            continue;
        }
        let named = |priority| match priority {
            0 => "not a matching attribute".to_owned(),
            priority => format!("matching attribute {priority}"),
        };
        let message = format!("`{name}` is {}; {} requires: {}", named(priority), target.policy.vendor, named(wanted));
        let pointer = row.pointer().key("matchingPriority");
        let step = match wanted {
            0 => "Set Match objects using this attribute to No".to_owned(),
            wanted => format!("Set Match objects using this attribute to Yes and Matching precedence to {wanted}"),
        };
        findings
            .add(mapping.subject(&requirement.target), pointer.clone(), with_reason(message, requirement))
            .label(format!("should be {wanted}"))
            .at_most(required.severity())
            .fix(
                format!("Set the matching precedence of {name} to {wanted}"),
                portal::edit_row(mapping, name, step),
                vec![Change::Set { pointer, value: json!(wanted) }],
            );
    }
    unknown
}
