//! Events of the provisioning log, and failures grouped by cause.

use std::collections::BTreeSet;

use foldhash::HashMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::cause::{Cause, cause};
use super::refusal::Refusal;
use crate::secret::mask_shapes;

/// How far back to look for recent failures.
pub const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// One event: what was done with one object, or why not. `provisioningObjectSummary` in Graph.
/// <https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened.
    pub time: Option<Timestamp>,
    /// `create`, `update`, `disable`, `delete`, `other`, …
    pub action: String,
    /// `success`, `failure`, `skipped` or `warning`.
    pub status: String,
    /// `User` or `Group`, if the log gives it.
    pub kind: Option<String>,
    /// The object's name, else its id.
    pub who: String,
    /// Its object id in Entra.
    pub id: Option<String>,
    /// Entra's code for why it failed or was skipped.
    pub code: Option<String>,
    /// The message of the app or of Entra.
    pub reason: Option<String>,
}

impl Event {
    /// Reads an event; missing parts are empty.
    pub fn of(event: &Value) -> Self {
        // A message of an app may contain credentials.
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(mask_shapes);
        let info = &event["provisioningStatusInfo"];
        let error = &info["errorInformation"];
        let (source, target) = (&event["sourceIdentity"], &event["targetIdentity"]);
        let steps = event["provisioningSteps"].as_array().into_iter().flatten();
        let skip = steps.filter_map(|step| text(&step["details"]["SkipReason"])).next_back();
        let kind = text(&source["identityType"]).or_else(|| text(&source["type"])).map(|kind| kind_of(&kind));
        let id = text(&source["id"]);
        let who = text(&source["displayName"]).or_else(|| text(&target["displayName"])).or_else(|| id.clone());
        Event {
            time: text(&event["activityDateTime"]).and_then(|time| time.parse().ok()),
            action: text(&event["provisioningAction"])
                .or_else(|| text(&event["action"]))
                .unwrap_or_default()
                .to_lowercase(),
            status: text(&info["status"]).unwrap_or_default().to_lowercase(),
            kind,
            who: who.unwrap_or_else(|| "an unnamed object".to_owned()),
            id,
            code: text(&error["errorCode"]).or(skip),
            reason: text(&error["reason"]).or_else(|| text(&error["additionalDetails"])),
        }
    }

    /// What the app said itself, where the reason quotes it.
    pub fn detail(&self) -> Option<String> {
        Refusal::of(self.reason.as_deref()?)?.detail
    }

    /// Its meaning, where it is known.
    pub fn cause(&self) -> Option<Cause> {
        cause(self.code.as_deref().unwrap_or_default(), self.reason.as_deref())
    }

    /// What failures of the same cause have in common: what was said, without what names this object.
    fn said(&self) -> String {
        let text = self.detail().or_else(|| self.reason.clone()).unwrap_or_default();
        let text = text.split("This operation was retried").next().unwrap_or_default().to_lowercase();
        let own = [Some(&self.who), self.id.as_ref()].into_iter().flatten();
        let text = own.filter(|own| own.len() > 2).fold(text, |text, own| text.replace(&own.to_lowercase(), "*"));
        let is_value = |word: &str| word.contains(|c: char| c.is_ascii_digit() || c == '@' || c == '*');
        let words = text.split_whitespace().map(|word| if is_value(word) { "*" } else { word });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Whether it failed.
    pub fn failed(&self) -> bool {
        self.status == "failure"
    }
}

/// The events, which must be in order of time, without the failures of objects that succeeded later.
pub fn unhealed(events: &[Event]) -> Vec<Event> {
    let object = |event: &Event| event.id.as_ref().unwrap_or(&event.who).to_ascii_lowercase();
    let mut well = BTreeSet::new();
    let mut left: Vec<Event> = Vec::new();
    for event in events.iter().rev() {
        if event.status == "success" {
            well.insert(object(event));
        }
        if !(event.failed() && well.contains(&object(event))) {
            left.push(event.clone());
        }
    }
    left.reverse();
    left
}

/// `urn:ietf:params:scim:schemas:core:2.0:Group` and `Group` are the same kind.
pub(super) fn kind_of(said: &str) -> String {
    said.rsplit(':').next().unwrap_or(said).to_owned()
}

/// Failures with one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures {
    /// Entra's code; empty where it has none.
    pub code: String,
    /// Its meaning, where it is known.
    pub cause: Option<Cause>,
    /// What the app itself said of the first failure.
    pub detail: Option<String>,
    /// The message of the first failure.
    pub reason: Option<String>,
    /// The affected users and groups, each once, in the order of the log.
    pub who: Vec<String>,
    /// How many events there are.
    pub count: usize,
}

/// Failures grouped by code and by what was said, the most frequent first. One code may have many causes.
pub fn by_cause<'e>(events: impl IntoIterator<Item = &'e Event>) -> Vec<Failures> {
    let mut groups: Vec<Failures> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::default();
    for event in events.into_iter().filter(|event| event.failed()) {
        let code = event.code.clone().unwrap_or_default();
        let at = *places.entry((code.clone(), event.said())).or_insert_with(|| {
            let (detail, reason) = (event.detail(), event.reason.clone());
            groups.push(Failures { cause: event.cause(), code, detail, reason, who: Vec::new(), count: 0 });
            groups.len().saturating_sub(1)
        });
        let group = &mut groups[at];
        group.count = group.count.saturating_add(1);
        if !group.who.contains(&event.who) {
            group.who.push(event.who.clone());
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(status: &str, code: &str, who: &str) -> Event {
        Event::of(&json!({
            "activityDateTime": "2026-10-05T09:00:00Z", "provisioningAction": "Create",
            "provisioningStatusInfo": {"status": status, "errorInformation": {"errorCode": code, "reason": "no title"}},
            "sourceIdentity": {"id": "u1", "displayName": who, "identityType": "User"},
        }))
    }

    #[test]
    fn failures_are_grouped_by_what_they_come_from() {
        let events = [
            event("success", "", "Al"),
            event("Failure", "MissingValues", "Bo"),
            event("failure", "Timeout", "Cy"),
            event("failure", "MissingValues", "Di"),
            event("failure", "MissingValues", "Bo"),
            event("skipped", "NotEffectivelyEntitled", "Ed"),
        ];
        let groups = by_cause(&events);
        let said: Vec<(&str, usize, Vec<&str>)> = groups
            .iter()
            .map(|group| (group.code.as_str(), group.count, group.who.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(said, [("MissingValues", 3, vec!["Bo", "Di"]), ("Timeout", 1, vec!["Cy"])]);
        assert!(groups[0].cause.unwrap().remedy.contains("fill"));
    }

    #[test]
    fn one_code_with_several_answers_of_the_app_has_several_causes() {
        let refused = |who: &str, detail: &str| {
            let body = json!({"detail": detail, "status": "400"});
            let mut event = event("failure", "SystemForCrossDomainIdentityManagementServiceIncompatible", who);
            event.reason =
                Some(format!("StatusCode: BadRequest\nWeb Response: \n{body}. This operation was retried 0 times."));
            event
        };
        let events = [
            refused("al@x.com", "emails: at least one is required"),
            refused("bo@x.com", "user bo@x.com already exists (17)"),
            refused("cy@x.com", "user cy@x.com already exists (18)"),
        ];
        let groups = by_cause(&events);
        let said: Vec<(usize, Option<&str>)> =
            groups.iter().map(|group| (group.count, group.detail.as_deref())).collect();
        let [both, one] = [Some("user bo@x.com already exists (17)"), Some("emails: at least one is required")];
        assert_eq!(said, [(2, both), (1, one)]);
    }

    #[test]
    fn an_event_of_any_form_is_read() {
        for odd in [json!(null), json!([]), json!({"provisioningStatusInfo": "x", "provisioningSteps": 3})] {
            assert_eq!(Event::of(&odd).who, "an unnamed object");
        }
        let skipped =
            Event::of(&json!({"provisioningStatusInfo": {"status": "skipped"}, "sourceIdentity": {"id": "g1"},
            "provisioningSteps": [{"details": {"SkipReason": "RedundantExport"}}]}));
        assert_eq!((skipped.who.as_str(), skipped.code.as_deref()), ("g1", Some("RedundantExport")));
    }
}
