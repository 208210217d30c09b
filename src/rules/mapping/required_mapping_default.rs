use serde_json::json;

use super::{Required, required};
use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::source_change::RowSource;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "required-mapping-default",
        section: Section::Mapping,
        severity: Severity::Warning,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A required mapping sends a default value when the source is empty",
        page: page!("required-mapping-default"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for required in required(target)? {
        let Required { mapping, requirement, row } = required;
        // A row without a source is reported by required-mapping-source.
        let Some(row) = row.filter(|row| row.source != RowSource::Nothing) else { continue };
        let Some(default) = row.row.default_text() else { continue };
        let name = row.target;
        let pointer = row.pointer().key("defaultValue");
        let message = format!(
            "`{name}` is sent as the default value \"{default}\" for every object whose {} is empty at creation. It is never corrected",
            requirement.sources.first().map_or("source".to_owned(), ToString::to_string)
        );
        findings
            .add(mapping.subject(&requirement.target), pointer.clone(), message)
            .label("should be empty")
            .at_most(required.severity())
            .fix(
                format!("Remove the default value of {name}"),
                portal::edit_row(mapping, name, "Clear Default value if null"),
                vec![Change::Set { pointer, value: json!(null) }],
            );
    }
    Ok(())
}
