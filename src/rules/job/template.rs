use super::{JOB, jobs, steps};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const LEGACY: Rule = JOB.rule(
    "legacy-job",
    Severity::Warning,
    "The job is of the type used before 2018, which sends different SCIM",
    page!("legacy-job"),
    legacy,
);

pub(in crate::rules) const UNEXPECTED: Rule = JOB.rule(
    "unexpected-template",
    Severity::Warning,
    "The job was created for another type of app",
    page!("unexpected-template"),
    unexpected,
);

/// The template of non-gallery apps, and its name before 2018.
const CUSTOM: [&str; 2] = ["scim", "customappsso"];

fn legacy(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for job in jobs(target) {
        let old = job.job.template_id.as_deref() == Some("customappsso");
        if !old && !job.subject().starts_with("customappsso.") {
            continue;
        }
        findings
            .add(
                job.subject(),
                job.pointer.key(if old { "templateId" } else { "id" }),
                "This job is of the type used before 2018, which Microsoft no longer supports: it sends SCIM that newer apps do not understand",
            )
            .label("old type of job")
            .manual(
                "Back up the schema, delete this job, create a job from the template scim, restore the schema",
                steps("Download the schema, delete the configuration, create a new one, restore the schema"),
            );
    }
    Ok(())
}

fn unexpected(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if !target.policy.is_for_non_gallery_apps() {
        return Ok(());
    }
    for job in jobs(target) {
        let Some(template) = job.job.template_id.as_deref().filter(|template| !CUSTOM.contains(template)) else {
            continue;
        };
        findings
            .add(
                job.subject(),
                job.pointer.key("templateId"),
                format!(
                    "The job was created from the template `{template}`, but {} is for a non-gallery app",
                    target.policy.who_says(|policy| &policy.target_directory)
                ),
            )
            .label("another type of app")
            .manual(
                "Add the app again as a non-gallery application, or choose the profile for this app",
                steps("Check under Properties that this is the right app"),
            );
    }
    Ok(())
}
