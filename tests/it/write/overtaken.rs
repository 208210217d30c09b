//! Another administrator saves something while provlint writes: it is never overwritten.

use std::fs;

use super::{DEFAULT, FIX, fixed, schema_with_unknown_members, with};
use crate::common::writable::{Deed, Fate, State, Writable};
use crate::common::{flat, side_by_side};
use serde_json::{Value, json};

/// The schema of another administrator.
fn other(schema: &str) -> String {
    schema.replace("[jobTitle]", "[city]")
}

fn save_another_schema(state: &mut State) {
    state.schema = other(&state.schema);
}

/// A setting that provlint does not write.
fn save_another_address(state: &mut State) {
    state.settings.retain(|setting| setting["key"] != "BaseAddress");
    state.settings.push(json!({"key": "BaseAddress", "value": "https://other.example.com/scim"}));
}

/// The end of the error, where the way back is.
fn advice(ran: &crate::common::Ran) -> String {
    flat(ran.stderr.rsplit('×').next().unwrap_or_default())
}

#[test]
fn a_throttled_schema_is_not_sent_again_over_another_one() {
    side_by_side([Vec::new(), vec![Fate::Busy("0")], vec![Fate::Busy("0"); 3]], |before| {
        let tenant = Writable::start(DEFAULT);
        let attempts = before.len() + 1;
        tenant.state().fates.extend(before.into_iter().chain([Fate::Overtaken]));
        tenant.state().meanwhile = Some(save_another_schema);
        let ran = tenant.run(&FIX);
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), attempts), "{ran:?}");
        assert_eq!(tenant.state().schema, other(DEFAULT), "what another person saved is overwritten");
        let said = advice(&ran);
        assert!(
            said.contains(
                "the schema was not written: the schema changed since it was read: User/title source differs"
            ),
            "{said}"
        );
        assert!(said.contains("provlint diff provlint-backup-TOTAL-"), "{said}");
        assert!(!said.contains("provlint restore"), "a restore would undo another administrator's change: {said}");
        let backup = tenant.folder.path().join(tenant.backups().remove(0));
        let kept: Value = serde_json::from_str(&fs::read_to_string(backup).unwrap()).unwrap();
        assert_eq!(kept["jobs"][0]["schema"], serde_json::from_str::<Value>(DEFAULT).unwrap());
    });
}

#[test]
fn a_throttled_restore_is_not_sent_again_over_another_schema() {
    let tenant = Writable::start(DEFAULT);
    assert_eq!(tenant.run(&FIX).code, Some(0));
    let backup = tenant.backups().remove(0);
    tenant.state().fates.push_back(Fate::Overtaken);
    tenant.state().meanwhile = Some(save_another_schema);
    let ran = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(tenant.state().changes.len(), 2, "the fix, and one attempt to restore");
    assert_eq!(tenant.schema(), serde_json::from_str::<Value>(&other(&fixed(DEFAULT).to_string())).unwrap());
    assert!(advice(&ran).contains("the schema changed since it was read"), "{ran:?}");
}

/// The first attempt may be delayed, too: by writing the backup, or by the pause before it.
#[test]
fn a_schema_that_changes_before_the_first_attempt_is_not_overwritten() {
    // Each read: for the plan, before the backup, before the attempt.
    side_by_side([(2, 0), (3, 1)], |(read, backups)| {
        let tenant = Writable::start(&schema_with_unknown_members());
        tenant.state().intrusion = Some(("/schema", read, save_another_schema));
        let ran = tenant.run(&FIX);
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 0), "{read}: {ran:?}");
        assert_eq!(tenant.backups().len(), backups, "{read}");
        assert!(advice(&ran).contains("the schema changed since it was read: User/title"), "{read}: {ran:?}");
        assert_eq!(tenant.state().schema, other(&schema_with_unknown_members()));
    });
}

#[test]
fn a_change_of_parts_that_no_mapping_reads_is_not_overwritten() {
    let tenant = Writable::start(&schema_with_unknown_members());
    tenant.state().fates.push_back(Fate::Overtaken);
    tenant.state().meanwhile = Some(|state| state.schema = state.schema.replace("AnySource->AnyTarget", "Another"));
    let ran = tenant.run(&FIX);
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 1), "{ran:?}");
    assert!(tenant.state().schema.contains("Another"));
    assert!(advice(&ran).contains("parts that no mapping reads differ"), "{ran:?}");
}

#[test]
fn settings_that_another_person_saved_are_not_overwritten() {
    let all_users = |state: &mut State| {
        state.settings.retain(|setting| setting["key"] != "SyncAll");
        state.settings.push(json!({"key": "SyncAll", "value": "true"}));
    };
    let remove: Deed = |state| state.settings.retain(|setting| setting["key"] != "SyncAll");
    // While Graph is busy; after the plan; and after the backup.
    let cases = [
        (None, save_another_address as Deed, "the setting BaseAddress differs"),
        (None, remove, "the setting SyncAll is missing"),
        (Some(2), save_another_address, "the setting BaseAddress differs"),
        (Some(3), save_another_address, "the setting BaseAddress differs"),
    ];
    side_by_side(cases, |(read, deed, said)| {
        let tenant = Writable::start(&fixed(DEFAULT).to_string());
        all_users(&mut tenant.state());
        match read {
            None => {
                tenant.state().fates.push_back(Fate::Overtaken);
                tenant.state().meanwhile = Some(deed);
            }
            Some(read) => tenant.state().intrusion = Some(("/secrets", read, deed)),
        }
        let ran = tenant.run(&with(&FIX, &["--unsafe"]));
        assert_eq!(ran.code, Some(2), "{read:?}: {ran:?}");
        assert_eq!(tenant.state().changes.len(), usize::from(read.is_none()), "{read:?}: {ran:?}");
        assert!(advice(&ran).contains(&format!("the settings changed since they were read: {said}")), "{ran:?}");
        assert_eq!(tenant.backups().len(), usize::from(read != Some(2)), "{read:?}");
        assert!(!tenant.state().settings.contains(&json!({"key": "SyncAll", "value": "false"})), "{read:?}");
    });
}

#[test]
fn several_settings_of_one_fix_are_not_taken_for_those_of_another_person() {
    let tenant = Writable::start(&fixed(DEFAULT).to_string());
    let mut state = tenant.state();
    state.settings.retain(|setting| setting["key"] != "SyncAll" && setting["key"] != "SkipOutOfScopeDeletions");
    state.settings.push(json!({"key": "SkipOutOfScopeDeletions", "value": "True"}));
    state.settings.push(json!({"key": "SyncAll", "value": "true"}));
    // Both are throttled once.
    state.fates.extend([Fate::Refused(429), Fate::Made, Fate::Refused(429), Fate::Made]);
    drop(state);
    let ran = tenant.run(&with(&FIX, &["--unsafe", "--fail-on", "never"]));
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(0), 4), "{ran:?}");
}

/// An answer proves nothing: a throttled request may have been made.
#[test]
fn a_change_that_was_made_although_graph_was_busy_is_not_sent_twice() {
    let tenant = Writable::start(DEFAULT);
    tenant.state().fates.push_back(Fate::MadeAnd(429));
    let ran = tenant.run(&FIX);
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(0), 1), "{ran:?}");
    assert!(ran.stderr.contains("it is written and read back"), "{ran:?}");
    let tenant = Writable::start(&fixed(DEFAULT).to_string());
    tenant.state().settings.retain(|setting| setting["key"] != "SyncAll");
    tenant.state().fates.push_back(Fate::MadeAnd(429));
    let ran = tenant.run(&with(&FIX, &["--unsafe", "--fail-on", "never"]));
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(0), 1), "{ran:?}");
}

#[test]
fn an_unreadable_schema_is_not_written_again_after_throttling() {
    let tenant = Writable::start(DEFAULT);
    tenant.state().fates.push_back(Fate::Overtaken);
    tenant.state().meanwhile = Some(|state| state.hidden.push("/schema"));
    let ran = tenant.run(&FIX);
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 1), "{ran:?}");
    assert!(advice(&ran).contains("the schema was not written: reading the schema again failed: 403"), "{ran:?}");
}

/// Graph may name any time at which a change can be repeated.
#[test]
fn no_retry_after_crashes_or_blocks_a_write() {
    let far = ["18446744073709551615", "99999999999999999999", "Fri, 30 Dec 9999 21:00:00 GMT", "86400"];
    side_by_side(far, |pause| {
        let tenant = Writable::start(DEFAULT);
        tenant.state().fates.push_back(Fate::Busy(pause));
        let begun = std::time::Instant::now();
        let ran = tenant.run(&FIX);
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), 1), "{pause}: {ran:?}");
        assert!(advice(&ran).contains("429 Too Many Requests"), "{pause}: {ran:?}");
        assert!(advice(&ran).contains("nothing in the tenant was changed"), "{pause}: {ran:?}");
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{pause}");
    });
    side_by_side(["-1", "-18446744073709551616", "NaN", "Mon, 01 Jan 0001 00:00:00 GMT", ""], |pause| {
        let tenant = Writable::start(DEFAULT);
        tenant.state().fates.push_back(Fate::Busy(pause));
        let ran = tenant.run(&FIX);
        assert_eq!((ran.code, tenant.state().changes.len()), (Some(0), 2), "{pause}: {ran:?}");
    });
}
