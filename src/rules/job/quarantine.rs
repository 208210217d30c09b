use super::{JOB, is, statuses, steps};
use crate::finding::Severity;
use crate::model::time;
use crate::operation::{days_left, reason_in_words};
use crate::rules::{Findings, Judged, Rule, Target, page};
use crate::text::shortened;

pub(in crate::rules) const RULE: Rule = JOB.rule(
    "job-quarantined",
    Severity::Error,
    "Entra has put the job into quarantine",
    page!("job-quarantined"),
    check,
);

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, status) in statuses(target)? {
        let quarantine =
            status.quarantine.as_ref().filter(|found| found.reason.is_some() || found.series_began.is_some());
        if quarantine.is_none() && !is(status.code.as_deref(), "Quarantine") {
            continue;
        }
        let mut message =
            "Entra has put the job into quarantine and tries it ever less often, in the end once a day".to_owned();
        if let Some(reason) = quarantine.and_then(|found| found.reason.as_deref()) {
            message.push_str(&format!(", because {}", reason_in_words(reason)));
        }
        if let Some(error) = quarantine.and_then(|found| found.error.as_ref()) {
            let said = error.message.as_deref().filter(|said| !said.is_empty()).or(error.code.as_deref());
            message.push_str(&said.map(|said| format!(" (\"{}\")", shortened(said))).unwrap_or_default());
        }
        let began = quarantine.and_then(|found| time(found.series_began.as_deref()));
        if let Some(began) = began {
            message.push_str(&match days_left(began, target.taken_at()) {
                ..=0 => "; after 28 days the job is disabled, which is due".to_owned(),
                1 => "; in a day the job is disabled".to_owned(),
                left => format!("; in {left} days the job is disabled"),
            });
        }
        findings.add(job.subject(), job.pointer.key("status"), message).label("in quarantine").manual(
            "Mend what went wrong, then restart provisioning",
            steps("Read the error under View provisioning logs, mend it, click Restart provisioning"),
        );
    }
    Ok(())
}
