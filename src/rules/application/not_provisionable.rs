use super::SUBJECT;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{Snapshot, SynchronizationJob, time};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "app-not-provisionable",
        section: Section::Application,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::ServicePrincipal],
        summary: "The app was created under App registrations, for which Entra offers no provisioning",
        page: page!("app-not-provisionable"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if !target.principal().is_some_and(|app| app.has_no_template()) {
        return Ok(());
    }
    let origin = "The app was created under App registrations, not from the template of non-gallery apps";
    let (effect, severity) = match standing(target.snapshot) {
        Standing::Works => (
            "Its job runs, but Microsoft does not support provisioning for such an app, and the portal does not show it",
            Severity::Info,
        ),
        Standing::HasJob => (
            "It has a job, which was created through Graph, but the portal says that provisioning is not supported for it",
            Severity::Warning,
        ),
        Standing::NoJob => ("Entra cannot provision to it", Severity::Error),
    };
    findings
        .add(
            SUBJECT,
            target.pointer.key("servicePrincipal").key("applicationTemplateId"),
            format!("{origin}. {effect}"),
        )
        .label("no template")
        .at_most(severity)
        .manual(
            "Create a second, non-gallery app for provisioning, and keep this one for sign-in",
            vec![
                portal::new_app().into(),
                portal::non_gallery(),
                "Assign the same users and groups to the new app, and configure provisioning there".into(),
            ],
        );
    Ok(())
}

/// What the jobs of the app say about provisioning.
enum Standing {
    /// A cycle has succeeded.
    Works,
    /// There is a job, and no sign of success.
    HasJob,
    /// There is no job.
    NoJob,
}

fn standing(snapshot: Option<&Snapshot<'_>>) -> Standing {
    let jobs = snapshot.and_then(|snapshot| snapshot.jobs.as_deref()).unwrap_or_default();
    let has_succeeded = |job: &SynchronizationJob<'_>| {
        let last = job.status.as_ref().and_then(|status| status.last_successful_execution.as_ref());
        time(last.and_then(|cycle| cycle.time_ended.as_deref())).is_some()
    };
    match jobs {
        [] => Standing::NoJob,
        jobs if jobs.iter().any(has_succeeded) => Standing::Works,
        _ => Standing::HasJob,
    }
}
