use super::{JOB, jobs, steps};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const LEGACY: Rule = JOB.rule(
    "legacy-job",
    Severity::Warning,
    "The job is of the kind from before 2018, whose SCIM differs",
    page!("legacy-job"),
    legacy,
);

pub(in crate::rules) const UNEXPECTED: Rule = JOB.rule(
    "unexpected-template",
    Severity::Warning,
    "The job was made for another kind of app",
    page!("unexpected-template"),
    unexpected,
);

/// The template of apps that aren't of the gallery, and its name before 2018.
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
                "This job is of the kind that was made before 2018: it sends SCIM in ways that newer apps don't understand",
            )
            .label("the old kind")
            .manual(
                "Make a new job: back the schema up, delete this job, create one from the template scim, put the schema back",
                steps("Download the schema, delete the configuration, create a new one, restore the schema"),
            );
    }
    Ok(())
}

fn unexpected(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if target.policy.target_directory.as_deref() != Some("customappsso") {
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
                format!("The job was made from the template `{template}`, and the policy is for an app that is not of the gallery"),
            )
            .label("another kind of app")
            .manual(
                "Add the app anew as a non-gallery application, or choose the profile that is for this one",
                steps("See under Properties whether this is the right app"),
            );
    }
    Ok(())
}
