use super::{JOB, is, statuses, steps};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const NOT_STARTED: Rule = JOB.rule(
    "job-not-started",
    Severity::Info,
    "Provisioning was not started yet",
    page!("job-not-started"),
    not_started,
);

pub(in crate::rules) const PAUSED: Rule =
    JOB.rule("job-paused", Severity::Warning, "Provisioning is paused", page!("job-paused"), paused);

fn not_started(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, status) in statuses(target)? {
        let code = status.code.as_deref();
        if !is(Some(job.schedule()), "Disabled") && !is(code, "NotRun") && !is(code, "NotConfigured") {
            continue;
        }
        findings
            .add(
                job.subject(),
                job.pointer.key("status"),
                "Provisioning was not started yet: nobody is provisioned until it is",
            )
            .label("not started")
            .manual("Start provisioning once nothing is found wrong", steps("Click Start provisioning"));
    }
    Ok(())
}

fn paused(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, status) in statuses(target)? {
        let paused = is(Some(job.schedule()), "Paused") || is(status.code.as_deref(), "Paused");
        // A job that was never started is called paused, too.
        if !paused || is(Some(job.schedule()), "Disabled") {
            continue;
        }
        findings
            .add(
                job.subject(),
                job.pointer.key("status"),
                "Provisioning is paused: who comes isn't provisioned, and who leaves isn't switched off",
            )
            .label("paused")
            .manual("Start provisioning again", steps("Click Start provisioning"));
    }
    Ok(())
}
