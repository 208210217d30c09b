//! `provlint fix --app --pause`: what is said of provisioning, by what was paused.

use super::{DEFAULT, FIX, with};
use crate::common::flat;
use crate::common::graph::{JOB, PRINCIPAL};
use crate::common::writable::{Fate, Writable};

#[test]
fn provisioning_is_called_paused_only_if_it_is_or_may_be() {
    for (fate, is_paused) in [(Fate::Refused(400), false), (Fate::Refused(403), false), (Fate::Lost, true)] {
        let tenant = Writable::start(DEFAULT);
        tenant.state().fates.push_back(fate);
        let ran = tenant.run(&with(&FIX, &["--pause", "--max-wait", "0"]));
        let said = flat(ran.stderr.rsplit('×').next().unwrap());
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 1), "{fate:?}: {ran:?}");
        assert_eq!(said.contains("provisioning stays paused"), is_paused, "{fate:?}: {said}");
    }
}

#[test]
fn the_command_that_starts_again_names_the_job_only_where_there_are_several() {
    for several in [false, true] {
        let tenant = Writable::start(DEFAULT);
        tenant.state().second = several.then(|| DEFAULT.to_owned());
        let ran = tenant.run(&with(&FIX, &["--pause", "--fail-on", "never", "--job", JOB]));
        let start = format!("this starts it again: provlint start --app {PRINCIPAL}");
        let line = ran.stderr.lines().find(|line| line.contains(&start)).unwrap_or_else(|| panic!("{ran:?}"));
        assert_eq!(line.contains(&format!("--job {JOB}")), several, "{line}");
    }
}

/// A replica that answers late shows the mappings before the write, which says nothing about how Graph stored it.
#[test]
fn an_old_schema_after_the_proof_is_not_called_another_form() {
    let tenant = Writable::start(DEFAULT);
    // The reads before: for the plan, before the backup, before the attempt, and the proof.
    tenant.state().intrusion = Some(("/schema", 5, |state| {
        let new = std::mem::replace(&mut state.schema, DEFAULT.to_owned());
        state.change_after_reads(1, &new);
    }));
    let ran = tenant.run(&FIX);
    assert_eq!((ran.code, tenant.state().intrusion.is_none()), (Some(0), true), "{ran:?}");
    assert!(ran.stderr.contains("the schema: written and read back"), "{ran:?}");
    assert!(!ran.stderr.contains("another form"), "{ran:?}");
}
