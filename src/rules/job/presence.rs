use super::{JOB, all_jobs, steps};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const NOT_CONFIGURED: Rule = JOB.rule(
    "provisioning-not-configured",
    Severity::Error,
    "Provisioning is not configured",
    page!("provisioning-not-configured"),
    not_configured,
);

pub(in crate::rules) const MULTIPLE: Rule = JOB.rule(
    "multiple-jobs",
    Severity::Warning,
    "Several jobs provision the same app",
    page!("multiple-jobs"),
    multiple,
);

fn not_configured(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if all_jobs(target).is_empty() {
        // The portal offers no configuration for an app without a template; app-not-provisionable says so.
        let (title, steps) = if target.principal().is_some_and(|app| app.has_no_template()) {
            ("Create a second, non-gallery app and configure provisioning there", vec![portal::new_app().into()])
        } else {
            ("Configure provisioning", portal::on(portal::Page::Provisioning, portal::connect()))
        };
        findings
            .add(
                "job",
                target.pointer.key("jobs"),
                "The app has no provisioning job: its provisioning mode is Manual, so no one is provisioned",
            )
            .label("no job")
            .manual(title, steps);
    }
    Ok(())
}

fn multiple(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let jobs = all_jobs(target);
    if jobs.len() > 1 {
        let ids: Vec<&str> = jobs.iter().map(|job| job.subject()).collect();
        findings
            .add(
                "jobs",
                target.pointer.key("jobs"),
                format!(
                    "{} jobs provision this app ({}): each may undo the changes of the others",
                    jobs.len(),
                    ids.join(", ")
                ),
            )
            .label(format!("{} jobs", jobs.len()))
            .manual(
                "Keep one job, or make sure that no user is in the scope of two",
                steps("Delete the configurations that are not needed"),
            );
    }
    Ok(())
}
