use super::{JOB, hours, hours_before, jobs, statuses, steps};
use crate::finding::Severity;
use crate::model::{State, time};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const FAILING: Rule =
    JOB.rule("job-failing", Severity::Warning, "The last cycles failed", page!("job-failing"), failing);

pub(in crate::rules) const STALE: Rule = JOB.rule(
    "job-stale",
    Severity::Warning,
    "The last successful cycle ended more than a day ago",
    page!("job-stale"),
    stale,
);

pub(in crate::rules) const INITIAL: Rule = JOB.rule(
    "initial-cycle-running",
    Severity::Info,
    "The first cycle has not ended",
    page!("initial-cycle-running"),
    initial,
);

pub(in crate::rules) const NOTHING: Rule = JOB.rule(
    "nothing-synchronized",
    Severity::Warning,
    "The job runs but has provisioned no one",
    page!("nothing-synchronized"),
    nothing,
);

pub(in crate::rules) const NEWER_MAPPING: Rule = JOB.rule(
    "mapping-newer-than-last-cycle",
    Severity::Warning,
    "The mapping was changed after the last successful cycle",
    page!("mapping-newer-than-last-cycle"),
    newer_mapping,
);

/// A cycle runs every 40 minutes, in quarantine at least once a day.
const STALE_HOURS: i64 = 24;

fn failing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, status) in statuses(target)? {
        let failures = status.count_successive_complete_failures.unwrap_or(0);
        let message = if failures > 0 {
            format!("The last {failures} cycles failed completely; Entra will soon put the job into quarantine")
        } else if status.escrows_pruned == Some(true) {
            "Entra stopped retrying failed objects: they stay out of date until provisioning is restarted".to_owned()
        } else {
            continue;
        };
        findings
            .add(job.subject(), job.pointer.key("status"), message)
            .label("failing")
            .manual("Fix the cause of the failures", steps(portal::logs("read the errors")));
    }
    Ok(())
}

fn stale(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let now = target.taken_at();
    for (job, status) in statuses(target)?.into_iter().filter(|(job, _)| job.state().is_running()) {
        let ended = status.last_successful_execution.as_ref().and_then(|last| time(last.time_ended.as_deref()));
        let Some(ended) = ended.filter(|ended| *ended < hours_before(now, STALE_HOURS)) else { continue };
        findings
            .add(
                job.subject(),
                job.pointer.key("status").key("lastSuccessfulExecution"),
                format!(
                    "The last successful cycle ended {} hours before this configuration was read; a cycle should run every 40 minutes",
                    hours(ended, now)
                ),
            )
            .label("more than a day ago")
            .manual("Find out why no cycle succeeds", steps(portal::logs("read the errors")));
    }
    Ok(())
}

fn initial(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, status) in statuses(target)?.into_iter().filter(|(job, _)| job.state() == State::InitialCycle) {
        // A status without this time does not say whether the first cycle has ended.
        if status.steady_state_first_achieved_time.is_none() {
            continue;
        }
        findings
            .add(
                job.subject(),
                job.pointer.key("status"),
                "The first cycle has not ended: users who are missing in the app may not have been processed yet",
            )
            .label("first cycle")
            .manual("Wait for the first cycle to end", steps("See the progress of the current cycle"));
    }
    Ok(())
}

fn nothing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, status) in statuses(target)?.into_iter().filter(|(job, _)| job.state() == State::Steady) {
        let Some(counts) = &status.synchronized_entry_count_by_type else { continue };
        if counts.iter().any(|count| count.value != Some(0)) {
            continue;
        }
        findings
            .add(
                job.subject(),
                job.pointer.key("status").key("synchronizedEntryCountByType"),
                "The job runs but has provisioned no one: no one is assigned, or a scoping filter excludes everyone",
            )
            .label("no one")
            .manual("Check the assignments and the scoping filters", steps(portal::look_at_scope()));
    }
    Ok(())
}

fn newer_mapping(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for job in jobs(target) {
        let (Some(schema), Some(status)) = (&job.job.schema, &job.job.status) else {
            return Err(NotJudged::absent("this file does not include the job's schema or status"));
        };
        let version = schema.version.as_deref().and_then(|version| version.strip_prefix("Date:")?.split(',').next());
        let began = status.last_successful_execution.as_ref().and_then(|last| time(last.time_began.as_deref()));
        let (Some(changed), Some(began)) = (time(version), began) else { continue };
        if changed <= began {
            continue;
        }
        findings
            .add(
                job.subject(),
                job.pointer.key("schema").key("version"),
                format!("The mapping was changed on {}, after the last successful cycle began: the app still has values from the old mapping", changed.strftime("%Y-%m-%d %H:%M")),
            )
            .label("newer than the last cycle")
            .manual(
                "Wait for the next cycle; if an identifier was changed, restart provisioning and ask the vendor to re-sync its data",
                steps(portal::restart()),
            );
    }
    Ok(())
}
