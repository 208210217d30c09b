//! `provlint restore`.

use std::fs;

use super::{DEFAULT, FIX, fixed, schema_with_unknown_members, with};
use crate::common::graph::{JOB, PRINCIPAL};
use crate::common::writable::{Fate, Writable};
use crate::common::{flat, side_by_side};
use serde_json::{Value, json};

/// The name and the text of the backup that a fix leaves.
fn backup_of_a_fix() -> (String, String) {
    let tenant = Writable::start(&schema_with_unknown_members());
    tenant.run(&FIX);
    let name = tenant.backups().remove(0);
    let text = fs::read_to_string(tenant.folder.path().join(&name)).unwrap();
    (name, text)
}

/// A tenant that was fixed, with the backup of the fix.
fn tenant_after((backup, text): &(String, String)) -> Writable {
    let tenant = Writable::start(&fixed(&schema_with_unknown_members()).to_string());
    fs::write(tenant.folder.path().join(backup), text).unwrap();
    tenant
}

#[test]
fn restore_brings_back_the_previous_state() {
    let tenant = Writable::start(&schema_with_unknown_members());
    tenant.run(&FIX);
    let backup = tenant.backups().remove(0);
    let dry = tenant.run(&["restore", &backup, "--app", "TOTAL", "--dry-run"]);
    assert_eq!(dry.code, Some(1));
    assert_agreed!("restore_dry_run", dry.page().replace(&backup, "BACKUP"));
    assert_eq!(tenant.state().changes.len(), 1, "a dry run writes nothing");
    let ran = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(tenant.schema(), serde_json::from_str::<Value>(&schema_with_unknown_members()).unwrap());
    assert!(tenant.state().schema.contains("1.0e3"));
    assert_eq!(tenant.backups().len(), 2, "the restore makes a backup too");
    let last = ran.stdout.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("Checked again: 1 error found. For all details: provlint check --app TOTAL --graph-url "),
        "{last}"
    );
    let again = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]);
    assert_eq!((again.code, again.stdout.starts_with("No differences")), (Some(0), true), "{again:?}");
}

/// Only a part outside the mappings differs, so comparing mappings would find no difference.
#[test]
fn a_refused_restore_of_unmapped_parts_is_not_reported_as_done() {
    let fix = backup_of_a_fix();
    let cases = [(Fate::Refused(403), 2), (Fate::Refused(500), 2), (Fate::Lost, 2), (Fate::MadeAnd(504), 0)];
    side_by_side(cases, |(fate, code)| {
        let tenant = tenant_after(&fix);
        let backup = tenant.backups().remove(0);
        let mut other: Value = serde_json::from_str(&schema_with_unknown_members()).unwrap();
        other["x-unknown"] = Value::from("y");
        tenant.state().schema = other.to_string();
        tenant.state().fates.push_back(fate);
        let ran = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes", "--max-wait", "1"]);
        assert_eq!((ran.code, ran.stdout.contains("Restored ")), (Some(code), code == 0), "{fate:?}: {ran:?}");
        let is_back = tenant.schema() == serde_json::from_str::<Value>(&schema_with_unknown_members()).unwrap();
        assert_eq!(is_back, code == 0, "{fate:?}");
    });
}

#[test]
fn restore_requires_a_flag_for_a_schema_of_another_app() {
    let tenant = Writable::start(DEFAULT);
    let file = tenant.folder.path().join("portal.json");
    let restore = ["restore", "portal.json", "--app", "TOTAL", "--yes"];
    let right = include_str!("../../../fixtures/total-export.json");
    fs::write(&file, right).unwrap();
    let refused = tenant.run(&restore);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("is of another app") && refused.stderr.contains("--from-another-app"),
        "{refused:?}"
    );
    let mut anonymous: Value = serde_json::from_str(right).unwrap();
    anonymous.as_object_mut().unwrap().remove("@odata.context");
    fs::write(&file, anonymous.to_string()).unwrap();
    let refused = tenant.run(&restore);
    assert_eq!((refused.code, refused.stderr.contains("does not name its app")), (Some(2), true), "{refused:?}");
    assert_eq!(tenant.state().changes.len(), 0);
    assert_eq!(tenant.run(&[&restore[..], &["--from-another-app"]].concat()).code, Some(0));
    assert_eq!(tenant.schema(), anonymous);
    let own = DEFAULT.replace("e2b7f4a0-58c1-4d39-9f6e-31a7c05d8b24", PRINCIPAL);
    assert_ne!(own, DEFAULT);
    fs::write(&file, format!("\u{feff}{own}")).unwrap();
    assert_eq!(tenant.run(&restore).code, Some(0));
    assert_eq!(tenant.schema(), serde_json::from_str::<Value>(&own).unwrap());
}

#[test]
fn restore_reports_the_real_state_of_the_schema() {
    let fix = backup_of_a_fix();
    let cases = [
        (Fate::Refused(400), 2, "read back, it is unchanged", false),
        (Fate::Refused(429), 0, "the schema: written and read back", true),
        (Fate::MadeAnd(500), 0, "Graph answered 500 Internal Server Error", true),
        (Fate::MadeAndLost, 0, "no answer: the connection to 127.0.0.1 broke", true),
        (Fate::Lost, 2, "the change may still come", false),
        (Fate::Late(1), 0, "the schema: written and read back", true),
        (Fate::Late(99), 2, "the schema: Graph accepted it; read back, it is unchanged", true),
        (Fate::MadeAndDeaf, 2, "its current state is unknown: 503", true),
        (Fate::Twisted, 2, "neither as before nor as written", false),
    ];
    side_by_side(cases, |(fate, code, said, is_back)| {
        let tenant = tenant_after(&fix);
        let backup = tenant.backups().remove(0);
        tenant.state().fates.push_back(fate);
        let patience = if fate == Fate::Refused(429) { "30" } else { "1" };
        let ran = tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes", "--max-wait", patience]);
        assert_eq!((ran.code, ran.stdout.contains("Restored ")), (Some(code), code == 0), "{fate:?}: {ran:?}");
        assert!(flat(&ran.stderr).contains(said), "{fate:?}: {ran:?}");
        let was: Value = serde_json::from_str(&schema_with_unknown_members()).unwrap();
        assert_eq!(tenant.schema() == was, is_back, "{fate:?}");
        assert_eq!(tenant.backups().len(), 2, "{fate:?}: the restore makes a backup too");
        if fate == Fate::Twisted {
            assert_eq!(tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]).code, Some(0));
            assert_eq!(tenant.schema(), was);
        }
    });
}

#[test]
fn a_killed_restore_keeps_both_backups() {
    let fix = backup_of_a_fix();
    side_by_side([(Fate::Held, false), (Fate::MadeAndHeld, true)], |(fate, is_back)| {
        let tenant = tenant_after(&fix);
        let backup = tenant.backups().remove(0);
        tenant.state().fates.push_back(fate);
        tenant.run_and_kill(&["restore", &backup, "--app", "TOTAL", "--yes"]);
        let was: Value = serde_json::from_str(&schema_with_unknown_members()).unwrap();
        assert_eq!((tenant.schema() == was, tenant.backups().len()), (is_back, 2));
    });
}

/// Parts that could not be compared are neither equal nor restored.
#[test]
fn restore_reports_what_it_could_not_compare() {
    side_by_side(["/synchronization/secrets", "/appRoleAssignedTo"], |part| {
        let tenant = Writable::start(DEFAULT);
        tenant.run(&FIX);
        let backup = tenant.backups().remove(0);
        assert_eq!(tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]).code, Some(0));
        tenant.state().hidden.push(part);
        let restore = ["restore", &backup, "--app", "TOTAL", "--yes"];
        assert_eq!(tenant.run(&restore).code, Some(0), "{part}: not requested");
        let ran = tenant.run(&[&restore[..], &["--unsafe"]].concat());
        assert_eq!(ran.code, Some(2), "{part}: {ran:?}");
        assert!(!ran.stdout.contains("No differences"), "{part}: {ran:?}");
        assert!(
            flat(&ran.stderr).contains("not everything could be compared: graph:TOTAL contains no"),
            "{part}: {ran:?}"
        );
    });
    let tenant = Writable::start(DEFAULT);
    tenant.state().settings.push(json!({"key": "SkipOutOfScopeDeletions", "value": "False"}));
    tenant.run(&FIX);
    let backup = tenant.folder.path().join(tenant.backups().remove(0));
    let masked = fs::read_to_string(&backup).unwrap().replace("\"False\"", "\"*\"");
    fs::write(&backup, masked).unwrap();
    let ran = tenant.run(&["restore", backup.to_str().unwrap(), "--app", "TOTAL", "--yes", "--unsafe"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("is left unchanged: setting SkipOutOfScopeDeletions"), "{ran:?}");
}

#[test]
fn restore_refuses_an_incomplete_schema() {
    let tenant = Writable::start(DEFAULT);
    let own = DEFAULT.replace("e2b7f4a0-58c1-4d39-9f6e-31a7c05d8b24", PRINCIPAL);
    let part = |cut: &dyn Fn(&mut Value)| {
        let mut schema: Value = serde_json::from_str(&own).unwrap();
        cut(&mut schema);
        schema.to_string()
    };
    let pascal = own.replace("\"synchronizationRules\"", "\"SynchronizationRules\"");
    for (text, said) in [
        (part(&|schema| drop(schema.as_object_mut().unwrap().remove("directories"))), "is incomplete"),
        (part(&|schema| schema["synchronizationRules"] = json!([])), "is incomplete"),
        (part(&|schema| schema["directories"][0] = json!("System.Object[]")), "is cut off"),
        (pascal, "does not have the spelling of Graph"),
    ] {
        fs::write(tenant.folder.path().join("part.json"), text).unwrap();
        for more in [&[][..], &["--from-another-app"]] {
            let ran = tenant.run(&[&["restore", "part.json", "--app", "TOTAL", "--yes"], more].concat());
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{said}: {ran:?}");
            assert!(ran.stderr.contains(said), "{said}: {ran:?}");
        }
    }
    assert_eq!(tenant.state().changes.len(), 0);
}

#[test]
fn restore_matches_schemas_to_jobs_by_id() {
    let tenant = Writable::start(DEFAULT);
    let other = fixed(DEFAULT).to_string();
    tenant.state().second = Some(other.clone());
    let ran = tenant.run(&FIX);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(flat(&ran.stdout).contains(&format!("The app has 2 provisioning jobs; this is for {JOB}")), "{ran:?}");
    tenant.state().swapped = true;
    let backup = tenant.backups().remove(0);
    assert_eq!(tenant.run(&["restore", &backup, "--app", "TOTAL", "--yes"]).code, Some(0));
    assert_eq!(tenant.schema(), serde_json::from_str::<Value>(DEFAULT).unwrap());
    assert_eq!(tenant.state().second.as_ref(), Some(&other), "the other job is unchanged");
    let changes = tenant.state().changes.len();
    // If the first job's schema cannot be read, the second job is not fixed instead.
    let mut state = tenant.state();
    (state.swapped, state.first_hidden) = (false, true);
    state.second = Some(DEFAULT.to_owned());
    drop(state);
    let ran = tenant.run(&FIX);
    assert_eq!((ran.code, tenant.state().changes.len()), (Some(2), changes), "{ran:?}");
    assert!(flat(&ran.stderr).contains(&format!("the schema of the job {JOB} could not be read")), "{ran:?}");
    // `guide` does not treat the first job as evaluated; and the command to end a pause names the job.
    let guide = tenant.run(&["guide", "--app", "TOTAL"]);
    assert!(guide.code == Some(2) && guide.stderr.contains("could not be read"), "{guide:?}");
    tenant.state().first_hidden = false;
    let paused = tenant.run(&with(&FIX, &["--job", JOB, "--pause"]));
    assert!(paused.code == Some(0) && paused.stdout.contains(&format!("--job {JOB}")), "{paused:?}");
}
