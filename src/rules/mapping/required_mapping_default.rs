use serde_json::json;

use super::{Required, required};
use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::feed_change::Feed;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "required-mapping-default",
        section: Section::Mapping,
        severity: Severity::Warning,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A required mapping makes up a value for whoever has none",
        page: page!("required-mapping-default"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for required in required(target)? {
        let Required { mapping, requirement, row } = required;
        // Without a source the default is all there is: required-mapping-source says so.
        let Some(row) = row.filter(|row| row.feed != Feed::Nothing) else { continue };
        let Some(default) = row.row.default_text() else { continue };
        let name = row.target;
        let pointer = row.pointer().key("defaultValue");
        let message = format!(
            "`{name}` gets the default value \"{default}\" for everyone whose {} is empty when they are created; it is never corrected",
            requirement.sources.first().map_or("source".to_owned(), ToString::to_string)
        );
        findings
            .add(mapping.subject(&requirement.target), pointer.clone(), message)
            .label("should be empty")
            .at_most(required.severity())
            .fix(
                Applicability::Safe,
                format!("Remove the default value of {name}"),
                portal::edit_row(mapping, name, "Clear Default value if null"),
                vec![Change::Set { pointer, value: json!(null) }],
            );
    }
    Ok(())
}
