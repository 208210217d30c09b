use super::{JOB, jobs, steps};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const NOT_CONFIGURED: Rule = JOB.rule(
    "provisioning-not-configured",
    Severity::Error,
    "Provisioning was never set up",
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
    if jobs(target).is_empty() {
        findings
            .add(
                "job",
                target.pointer.key("jobs"),
                "The app has no provisioning job: its provisioning mode is Manual, and nobody is ever provisioned",
            )
            .label("no job")
            .manual(
                "Set provisioning up",
                steps("Click New configuration, give tenant URL and secret token, test the connection, click Create"),
            );
    }
    Ok(())
}

fn multiple(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let jobs = jobs(target);
    if jobs.len() > 1 {
        let ids: Vec<&str> = jobs.iter().map(|job| job.subject()).collect();
        findings
            .add(
                "jobs",
                target.pointer.key("jobs"),
                format!(
                    "{} jobs provision this app ({}): each may undo what the other does",
                    jobs.len(),
                    ids.join(", ")
                ),
            )
            .label(format!("{} jobs", jobs.len()))
            .manual(
                "Keep one job, or see that their scopes share nobody",
                steps("Delete the configuration that isn't needed"),
            );
    }
    Ok(())
}
