use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "schema-of-another-job",
        section: Section::Document,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "The schema was made for another job than the one it stands at",
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
            "This schema says it is of the job `{id}`, but it was read from the job `{job}`: it was pasted from elsewhere, and may map attributes that this tenant doesn't have"
        );
        findings.add("schema", view.pointer.key("id"), message).label("another job").manual(
            "Compare it with the app's own schema",
            portal::download_again("Click Download and compare the new file with this one"),
        );
    }
    Ok(())
}
