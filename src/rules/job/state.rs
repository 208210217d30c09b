use super::{JOB, statuses, steps};
use crate::finding::Severity;
use crate::model::State;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const NOT_STARTED: Rule = JOB.rule(
    "job-not-started",
    Severity::Info,
    "Provisioning has not been started",
    page!("job-not-started"),
    not_started,
);

pub(in crate::rules) const PAUSED: Rule =
    JOB.rule("job-paused", Severity::Warning, "Provisioning is paused or off", page!("job-paused"), paused);

fn not_started(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, _) in statuses(target)? {
        if !matches!(job.state(), State::NotStarted | State::NotConfigured) {
            continue;
        }
        findings
            .add(
                job.subject(),
                job.pointer.key("status"),
                "Provisioning has not been started: no one is provisioned until it is",
            )
            .label("not started")
            .manual("Start provisioning after all findings are fixed", steps(portal::start()));
    }
    Ok(())
}

fn paused(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, _) in statuses(target)? {
        let word = match job.state() {
            State::Paused => "paused",
            State::Off => "off",
            _ => continue,
        };
        findings
            .add(
                job.subject(),
                job.pointer.key("status"),
                format!("Provisioning is {word}: new users are not provisioned and leavers are not disabled"),
            )
            .label(word)
            .manual("Start provisioning again", steps(portal::start()));
    }
    Ok(())
}
