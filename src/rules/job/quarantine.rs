use super::{JOB, statuses};
use crate::finding::Severity;
use crate::operation::Standing;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

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
        let (title, steps) = if standing.holds_deletions_back() {
            (
                "Do not restart provisioning yet. First decide whether these users and groups should be removed from the app",
                portal::decide_on_deletions(),
            )
        } else {
            ("Fix the cause, then restart provisioning", portal::end_quarantine())
        };
        let steps =
            [portal::app(portal::Page::Overview)].into_iter().chain(steps.into_iter().map(Into::into)).collect();
        findings
            .add(job.subject(), job.pointer.key("status"), standing.quarantine_in_words(target.today))
            .label("in quarantine")
            .manual(title, steps);
    }
    Ok(())
}
