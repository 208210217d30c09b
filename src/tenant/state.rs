//! What a tenant shows after a change: the state before, the state that was written, or neither.

use serde::Deserialize;
use serde_json::Value;

use super::known::{OF_ENTRA, is_credential, is_same};
use super::step::TenantState;
use super::whole::same_values;
use crate::model::{Difference, State, SynchronizationJob, differences};

const UNMAPPED: &str = "parts that no mapping reads differ";

pub(super) fn is_written(state: &TenantState) -> bool {
    matches!(state, TenantState::AsWritten)
}

/// The state of a schema that was written.
pub(super) fn schema_state(before: &str, after: &str, found: &str, answered: bool) -> TenantState {
    let differing = compare(after, found);
    if !differing.is_empty() {
        let is_back = compare(before, found).is_empty();
        return if is_back {
            TenantState::AsBefore
        } else {
            TenantState::Otherwise(differing.iter().map(said).collect())
        };
    }
    if same_values(after, found) || !compare(before, after).is_empty() {
        return TenantState::AsWritten;
    }
    // The mappings are equal before and after, so only Graph's answer tells whether the rest was written.
    match (same_values(before, found), answered) {
        (true, _) => TenantState::AsBefore,
        (false, true) => TenantState::AsWritten,
        (false, false) => TenantState::Otherwise(vec![UNMAPPED.to_owned()]),
    }
}

/// Whether a job is paused: no cycle runs any more, whichever word Graph uses.
pub(super) fn paused(job: &Value) -> TenantState {
    let done = is_job(job, |job| matches!(job.state(), State::Paused | State::Off | State::NotStarted));
    if done { TenantState::AsWritten } else { TenantState::AsBefore }
}

/// Whether a job was started. The status changes only when the first cycle begins. If Graph did not confirm the start, a
/// status that every start ends (paused, quarantine) means that the job was not started.
pub(super) fn started(job: &Value, answered: bool) -> TenantState {
    let done = is_job(job, |job| job.is_scheduled() && (answered || (job.is_on() && job.state() != State::Quarantine)));
    if done { TenantState::AsWritten } else { TenantState::AsBefore }
}

/// Whether a check holds for a job as Graph describes it; a value that is not a job passes none.
fn is_job(job: &Value, check: impl Fn(&SynchronizationJob<'_>) -> bool) -> bool {
    SynchronizationJob::deserialize(job).is_ok_and(|job| check(&job))
}

/// The state of the settings after one of them was written.
pub(super) fn setting_state(before: &[Value], after: &[Value], key: &str, value: &str) -> TenantState {
    let of = |list: &[Value], key: &str| {
        let found = list.iter().find(|setting| setting["key"] == key)?;
        found["value"].as_str().filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let keys = before.iter().chain(after).filter_map(|setting| setting["key"].as_str());
    let mut others: Vec<&str> = keys.filter(|other| *other != key).collect();
    others.sort_unstable();
    others.dedup();
    let is_lost =
        |other: &str| of(before, other).is_some_and(|old| is_credential(other, &old)) && of(after, other).is_none();
    let has_lost_credential = others.iter().any(|other| is_lost(other));
    let changed = others.into_iter().filter_map(|other| match (of(before, other), of(after, other)) {
        (Some(old), Some(new)) if is_same(&old, &new) => None,
        (None, None) => None,
        (_, Some(_)) if OF_ENTRA.contains(&other) => None,
        (Some(_), None) => Some(format!("the setting {other} is gone")),
        (None, _) => Some(format!("the setting {other} was added")),
        (Some(_), Some(_)) => Some(format!("the setting {other} has another value")),
    });
    let mut differing: Vec<String> = changed.collect();
    // An empty value removes a setting.
    let is_written = is_same(value, &of(after, key).unwrap_or_default());
    match (is_written, differing.is_empty()) {
        (true, _) if has_lost_credential => TenantState::Lost(differing),
        (true, true) => TenantState::AsWritten,
        (false, true) if of(before, key) == of(after, key) => TenantState::AsBefore,
        (true, false) => TenantState::Otherwise(differing),
        (false, _) => {
            differing.insert(0, format!("the setting {key} is not {value}"));
            TenantState::Otherwise(differing)
        }
    }
}

/// The differences between two schemas that do not have the same values, in words.
pub(super) fn differing(before: &str, found: &str) -> Vec<String> {
    let differing: Vec<String> = compare(before, found).iter().map(said).collect();
    if differing.is_empty() { vec![UNMAPPED.to_owned()] } else { differing }
}

/// The differences between two schemas; a text that is not JSON differs from every schema.
pub(super) fn compare(left: &str, right: &str) -> Vec<Difference> {
    let value = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    differences(&value(left), &value(right))
}

fn said(difference: &Difference) -> String {
    let subject = difference.subject_text();
    let thing =
        difference.property.as_ref().map_or_else(|| subject.clone(), |property| format!("{subject} {property}"));
    match (&difference.old, &difference.new) {
        (_, None) => format!("{thing} is missing"),
        (None, Some(_)) => format!("{thing} was added"),
        (Some(_), Some(_)) => format!("{thing} differs"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::known::pairs as settings;
    use super::*;

    #[test]
    fn a_schema_counts_as_written_only_if_it_shows_what_was_sent() {
        let [old, new] = ["default", "total"].map(exported);
        let noted = |text: &str, note: &str| {
            let mut schema: Value = serde_json::from_str(text).unwrap();
            schema["note"] = json!(note);
            schema.to_string()
        };
        let third = old.replace("mailNickname", "mail");
        let state = |before: &str, after: &str, found: &str, answered: bool| {
            schema_state(before, after, found, answered).to_string().split(": ").next().unwrap_or_default().to_owned()
        };
        const WRITTEN: &str = "read back, it is as written";
        const BEFORE: &str = "read back, it is unchanged";
        const NEITHER: &str = "read back, it is neither as before nor as written";
        for answered in [true, false] {
            assert_eq!(state(&old, &new, &new, answered), WRITTEN);
            assert_eq!(state(&old, &new, &old, answered), BEFORE);
            assert_eq!(state(&old, &new, &third, answered), NEITHER);
            // Graph stored what no mapping reads in its own way.
            assert_eq!(state(&old, &new, &noted(&new, "of Graph"), answered), WRITTEN);
            // Only what no mapping reads was to change.
            let [a, b] = ["a", "b"].map(|note| noted(&new, note));
            assert_eq!(state(&a, &b, &b, answered), WRITTEN);
            assert_eq!(state(&a, &b, &a, answered), BEFORE);
            assert_eq!(state(&a, &b, &noted(&new, "c"), answered), if answered { WRITTEN } else { NEITHER });
        }
    }

    #[test]
    fn a_text_that_is_no_schema_differs_from_every_schema() {
        let [old, new] = ["default", "total"].map(exported);
        for broken in ["", "{", "null", "[]"] {
            assert!(!compare(&old, broken).is_empty() && !differing(&old, broken).is_empty(), "{broken}");
            assert!(matches!(schema_state(&old, &new, broken, true), TenantState::Otherwise(_)), "{broken}");
        }
    }

    fn exported(name: &str) -> String {
        std::fs::read_to_string(format!("{}/fixtures/{name}-export.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn job(schedule: &str, code: &str) -> Value {
        json!({"id": "a", "schedule": {"state": schedule}, "status": {"code": code}})
    }

    #[test]
    fn an_unconfirmed_start_counts_only_if_the_job_shows_it() {
        for (schedule, code, confirmed, unconfirmed) in [
            ("Active", "Active", true, true),
            ("Active", "NotRun", true, true),
            // Every start ends these, but the status shows it only with the first cycle.
            ("Active", "Paused", true, false),
            ("Active", "Quarantine", true, false),
            ("Disabled", "Active", false, false),
            ("Paused", "Active", false, false),
        ] {
            let is_started = [true, false].map(|answered| is_written(&started(&job(schedule, code), answered)));
            assert_eq!(is_started, [confirmed, unconfirmed], "{schedule}, {code}");
        }
        assert!(!is_written(&started(&json!("no job"), true)));
    }

    #[test]
    fn a_job_is_paused_in_every_state_without_cycles() {
        for (schedule, code, is_paused) in [
            ("Paused", "Paused", true),
            ("Disabled", "Active", true),
            ("Disabled", "NotRun", true),
            ("Active", "Active", false),
            ("Active", "Quarantine", false),
        ] {
            assert_eq!(is_written(&paused(&job(schedule, code))), is_paused, "{schedule}, {code}");
        }
    }

    #[test]
    fn a_setting_that_removes_others_does_not_count_as_written() {
        let before = settings(&[("BaseAddress", "https://x"), ("SecretToken", "*"), ("SyncAll", "true")]);
        let state = |after: &[(&str, &str)]| setting_state(&before, &settings(after), "SyncAll", "false").to_string();
        assert!(
            state(&[("SyncAll", "False"), ("BaseAddress", "https://x"), ("SecretToken", "*")]).ends_with("as written")
        );
        assert!(
            state(&[("SyncAll", "true"), ("BaseAddress", "https://x"), ("SecretToken", "*")]).ends_with("unchanged")
        );
        let third = state(&[("BaseAddress", "https://x"), ("SecretToken", "*")]);
        assert!(third.ends_with("as written: the setting SyncAll is not false"), "{third}");
        let more = state(&[("SyncAll", "false"), ("BaseAddress", "https://x"), ("SecretToken", "*"), ("New", "x")]);
        assert!(more.ends_with("as written: the setting New was added"), "{more}");
        let renewed =
            [("SyncAll", "false"), ("BaseAddress", "https://x"), ("SecretToken", "*"), ("TokenExpiration", "x")];
        assert!(state(&renewed).ends_with("as written"), "Entra renews some by itself");
        let alone = state(&[("SyncAll", "false")]);
        assert!(
            alone.ends_with("a credential is lost: the setting BaseAddress is gone, the setting SecretToken is gone"),
            "{alone}"
        );
        let lost = state(&[("SyncAll", "false"), ("BaseAddress", "https://x")]);
        assert!(lost.ends_with("a credential is lost: the setting SecretToken is gone"), "{lost}");
        let other = state(&[("SyncAll", "false"), ("SecretToken", "*")]);
        assert!(other.ends_with("as written: the setting BaseAddress is gone"), "{other}");
        let neither = state(&[("BaseAddress", "https://y"), ("SecretToken", "*")]);
        assert!(
            neither.ends_with("the setting SyncAll is not false, the setting BaseAddress has another value"),
            "{neither}"
        );
    }
}
