//! Ctrl-C during a write: what stands, and the way back.

use super::{DEFAULT, FIX, schema_with_unknown_members, with};
use crate::common::flat;
use crate::common::graph::PRINCIPAL;
use crate::common::writable::{Fate, Writable};
use serde_json::{Value, json};

/// The command in the advice that begins so.
fn command(stderr: &str, begin: &str) -> Vec<String> {
    let line = stderr.lines().map(str::trim).rfind(|line| line.starts_with(begin)).unwrap_or_default();
    line.split(' ').skip(1).map(str::to_owned).collect()
}

#[test]
fn ctrl_c_during_a_fix_says_what_stands_and_the_way_back() {
    for (fate, is_made) in [(Fate::Held, false), (Fate::MadeAndHeld, true)] {
        let tenant = Writable::start(&schema_with_unknown_members());
        tenant.state().settings.retain(|setting| setting["key"] != "SyncAll");
        tenant.state().fates.extend([Fate::Made, fate]);
        let ran = tenant.run_and_interrupt_a_change(&with(&FIX, &["--pause", "--unsafe"]));
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 2), "{ran:?}");
        let said = flat(ran.stderr.rsplit('×').next().unwrap());
        for part in [
            "graph:TOTAL: stopped while writing the schema; Graph may or may not have accepted it",
            "written before that, and read back: the pause",
            "not written: the setting SyncAll",
            "this shows whether it was written: provlint diff provlint-backup-TOTAL-",
            "this restores the state before: provlint restore provlint-backup-TOTAL-",
            &format!("provisioning stays paused; this starts it: provlint start --app {PRINCIPAL}"),
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        tenant.state().fates.clear();
        let diff = command(&ran.stderr, "provlint diff ");
        let diff = tenant.run(&diff.iter().map(String::as_str).filter(|word| !is_flag(word)).collect::<Vec<_>>());
        assert_eq!(diff.stdout.contains("externalId"), is_made, "{diff:?}");
        let restore = command(&ran.stderr, "provlint restore ");
        let words: Vec<&str> = restore.iter().map(String::as_str).filter(|word| !is_flag(word)).collect();
        let back = tenant.run(&[&words[..], &["--yes"]].concat());
        assert_eq!(back.code, Some(0), "{back:?}");
        assert_eq!(tenant.schema(), serde_json::from_str::<Value>(&schema_with_unknown_members()).unwrap());
    }
}

/// The test names the URL itself.
fn is_flag(word: &str) -> bool {
    word == "--graph-url" || word.starts_with("http://")
}

#[test]
fn ctrl_c_during_a_restore_names_both_backups() {
    let tenant = Writable::start(DEFAULT);
    assert_eq!(tenant.run(&FIX).code, Some(0));
    let backup = tenant.backups().remove(0);
    tenant.state().fates.push_back(Fate::Held);
    let ran = tenant.run_and_interrupt_a_change(&["restore", &backup, "--app", "TOTAL", "--yes"]);
    assert_eq!((ran.code, ran.stdout.contains("Restored")), (Some(2), false), "{ran:?}");
    let own = tenant.backups().pop().unwrap();
    assert_ne!(own, backup);
    let said = flat(ran.stderr.rsplit('×').next().unwrap());
    assert!(said.contains(&format!("this restores the state before: provlint restore {own}")), "{said}");
    assert!(!said.contains("stays paused"), "{said}");
}

#[test]
fn ctrl_c_while_graph_is_busy_with_the_pause_says_how_to_start_again() {
    let tenant = Writable::start(DEFAULT);
    tenant.state().fates.extend(std::iter::repeat_n(Fate::Busy("1"), 50));
    let ran = tenant.run_and_interrupt(&with(&FIX, &["--pause"]), "again in");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let said = flat(ran.stderr.rsplit('×').next().unwrap());
    assert!(said.contains("stopped while writing the pause; Graph may or may not have accepted it"), "{said}");
    assert!(said.contains("not written: the schema"), "{said}");
    assert!(said.contains("this starts it: provlint start") && !said.contains("provlint restore"), "{said}");
}

/// Once Ctrl-C was listened for, it no longer ends the program by itself.
#[test]
fn ctrl_c_also_ends_the_check_after_the_write() {
    let tenant = Writable::start(DEFAULT);
    tenant.state().intrusion = Some(("/synchronization/jobs", 2, |state| state.deaf = true));
    let ran = tenant.run_and_interrupt(&with(&FIX, &["--format", "json"]), "again in");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let said = flat(&ran.stderr);
    assert!(said.contains("is written and read back, but could not be checked again"), "{said}");
    assert!(said.contains("stopped by Ctrl-C"), "{said}");
    let target = &ran.json()["targets"][0];
    assert_eq!((&target["written"], &target["backup"]), (&json!(true), &json!(tenant.backups()[0])));
}
