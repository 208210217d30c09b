use super::{JOB, hours, hours_before, jobs, statuses, steps};
use crate::finding::Severity;
use crate::model::time;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};

pub(in crate::rules) const FAILING: Rule =
    JOB.rule("job-failing", Severity::Warning, "The last cycles failed", page!("job-failing"), failing);

pub(in crate::rules) const STALE: Rule =
    JOB.rule("job-stale", Severity::Warning, "The last cycle that went well is long ago", page!("job-stale"), stale);

pub(in crate::rules) const INITIAL: Rule = JOB.rule(
    "initial-cycle-running",
    Severity::Info,
    "The first cycle is not through yet",
    page!("initial-cycle-running"),
    initial,
);

pub(in crate::rules) const NOTHING: Rule = JOB.rule(
    "nothing-synchronized",
    Severity::Warning,
    "The job runs and has provisioned nobody",
    page!("nothing-synchronized"),
    nothing,
);

pub(in crate::rules) const NEWER_MAPPING: Rule = JOB.rule(
    "mapping-newer-than-last-cycle",
    Severity::Warning,
    "The mapping was changed after the last cycle that went well",
    page!("mapping-newer-than-last-cycle"),
    newer_mapping,
);

/// A cycle comes every forty minutes; one a day is what quarantine leaves.
const STALE_HOURS: i64 = 24;

const LOGS: &str = "Read the errors under View provisioning logs";

fn failing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, status) in statuses(target)? {
        let failures = status.count_successive_complete_failures.unwrap_or(0);
        let message = if failures > 0 {
            format!("The last {failures} cycles failed altogether; soon the job is put into quarantine")
        } else if status.escrows_pruned == Some(true) {
            "Entra gave up on errors that it had kept for another try: the objects concerned are out of step until provisioning is restarted".to_owned()
        } else {
            continue;
        };
        findings
            .add(job.subject(), job.pointer.key("status"), message)
            .label("failing")
            .manual("Mend what went wrong", steps(LOGS));
    }
    Ok(())
}

fn stale(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let now = target.taken_at();
    for (job, status) in statuses(target)?.into_iter().filter(|(job, status)| job.is_running(status)) {
        let ended = status.last_successful_execution.as_ref().and_then(|last| time(last.time_ended.as_deref()));
        let Some(ended) = ended.filter(|ended| *ended < hours_before(now, STALE_HOURS)) else { continue };
        findings
            .add(
                job.subject(),
                job.pointer.key("status").key("lastSuccessfulExecution"),
                format!(
                    "The last cycle that went well ended {} hours before this was read; one is due every forty minutes",
                    hours(ended, now)
                ),
            )
            .label("long ago")
            .manual("See why no cycle goes well", steps(LOGS));
    }
    Ok(())
}

fn initial(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, status) in statuses(target)?.into_iter().filter(|(job, status)| job.is_running(status)) {
        let Some(first) = status.steady_state_first_achieved_time.as_deref() else { continue };
        if time(Some(first)).is_some() {
            continue;
        }
        findings
            .add(
                job.subject(),
                job.pointer.key("status"),
                "The first cycle is not through yet: who isn't provisioned may simply not have had their turn",
            )
            .label("first cycle")
            .manual("Wait for the first cycle to end", steps("See the progress under Overview"));
    }
    Ok(())
}

fn nothing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (job, status) in statuses(target)?.into_iter().filter(|(job, status)| job.is_running(status)) {
        let through = time(status.steady_state_first_achieved_time.as_deref()).is_some();
        let Some(counts) = &status.synchronized_entry_count_by_type else { continue };
        if !through || counts.iter().any(|count| count.value != Some(0)) {
            continue;
        }
        findings
            .add(
                job.subject(),
                job.pointer.key("status").key("synchronizedEntryCountByType"),
                "The job runs and has provisioned nobody: nobody is assigned, or a scope filter lets nobody through",
            )
            .label("nobody")
            .manual(
                "See who is assigned, and the scope filters",
                steps("Open Users and groups, and Source Object Scope of each mapping"),
            );
    }
    Ok(())
}

fn newer_mapping(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for job in jobs(target) {
        let (Some(schema), Some(status)) = (&job.job.schema, &job.job.status) else {
            return Err(NotJudged::unknown("the job's schema or status is not in this file"));
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
                format!("The mapping was changed on {}, after the last cycle that went well began: what people have at the target still follows the old one", changed.strftime("%Y-%m-%d %H:%M")),
            )
            .label("newer than the last cycle")
            .manual(
                "Wait for the next cycle; where an identifier was changed, restart provisioning and have the vendor read its data anew",
                steps("Click Restart provisioning"),
            );
    }
    Ok(())
}
