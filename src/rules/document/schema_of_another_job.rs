use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "schema-of-another-job",
        section: Section::Document,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "The schema belongs to a different job",
        page: page!("schema-of-another-job"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(view) = &target.schema else { return Ok(()) };
    let Some(id) = view.schema.id.as_deref() else { return Err(NotJudged::skipped("the schema's id")) };
    let Some(job) = view.job.and_then(|job| job.id.as_deref()).or(view.schema.job_id()) else {
        return Err(NotJudged::skipped("the job's id"));
    };
    if !job.eq_ignore_ascii_case(id) {
        let message = format!(
            "This schema has the id of the job `{id}`, but it was read from the job `{job}`. It was pasted from elsewhere and may map attributes that this tenant does not have"
        );
        findings.add("schema", view.pointer.key("id"), message).label("a different job").manual(
            "Compare it with the app's own schema",
            portal::download_again("compare the new file with this one"),
        );
    }
    Ok(())
}
