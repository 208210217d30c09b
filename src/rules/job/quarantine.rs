use super::{JOB, statuses, steps};
use crate::finding::Severity;
use crate::operation::Standing;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = JOB.rule(
    "job-quarantined",
    Severity::Error,
    "Entra has put the job into quarantine",
    page!("job-quarantined"),
    check,
);

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, _) in statuses(target)? {
        let standing = Standing::of(job.job);
        if standing.quarantine.is_none() && !job.job.has_quarantine_code() {
            continue;
        }
        findings
            .add(job.subject(), job.pointer.key("status"), standing.quarantine_in_words(target.taken_at()))
            .label("in quarantine")
            .manual(
                "Fix the cause, then restart provisioning",
                steps("Read the error under View provisioning logs, fix its cause, click Restart provisioning"),
            );
    }
    Ok(())
}
