//! The result of provisioning on demand. Graph always answers 200, with the result as JSON inside strings.
//!
//! <https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand>

use serde_json::Value;

use super::event::kind_of;
use crate::secret::mask_shapes;

/// A decoded answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDemand {
    /// The result of the call as a whole: the worst of all results in the answer.
    pub result: OnDemandResult,
    /// The result that Graph gives for the call itself, apart from its objects.
    pub said: Option<OnDemandResult>,
    /// Whether the part about objects could not be read.
    pub is_garbled: bool,
    /// Entra's code for the reason, where it gives one.
    pub code: Option<String>,
    /// Entra's message.
    pub message: Option<String>,
    /// The result for each object.
    pub objects: Vec<ProvisionedObject>,
}

/// The result of a call, or for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDemandResult {
    /// It is provisioned.
    Success,
    /// Nothing was done, for a reason.
    Skipped,
    /// It failed.
    Failure,
    /// Graph gives no result, or an unknown one.
    Unknown,
}

/// The result for one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionedObject {
    /// The result.
    pub result: OnDemandResult,
    /// `Create`, `Update`, `Other`, …
    pub action: String,
    /// `User` or `Group`.
    pub kind: Option<String>,
    /// The object's name at the app, else in Entra, else its id.
    pub who: String,
    /// Its object id in Entra.
    pub source_id: Option<String>,
    /// Its id at the app.
    pub target_id: Option<String>,
    /// Entra's code for why it failed or was skipped.
    pub code: Option<String>,
    /// Entra's message.
    pub reason: Option<String>,
    /// What Entra did, step by step.
    pub steps: Vec<ProvisioningStep>,
    /// What it changed, according to Entra.
    pub changes: Vec<PropertyChange>,
}

/// A step that Entra took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisioningStep {
    /// `Import`, `Matching`, `Scoping`, `Export`, …
    pub kind: String,
    /// `Success`, `Skipped`, `Failure`, …
    pub status: String,
    /// Entra's message.
    pub description: String,
    /// The values that it read or sent, by name.
    pub details: Vec<(String, String)>,
}

/// A property that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyChange {
    /// Its name.
    pub name: String,
    /// What it was.
    pub old: Option<String>,
    /// What it is.
    pub new: Option<String>,
}

/// The answer does not have a documented form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("provlint cannot read the form of Graph's answer")]
pub struct OnDemandError;

impl OnDemandResult {
    fn of(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "success" => OnDemandResult::Success,
            "skipped" => OnDemandResult::Skipped,
            "failure" | "failed" => OnDemandResult::Failure,
            _ => OnDemandResult::Unknown,
        }
    }

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            OnDemandResult::Success => "success",
            OnDemandResult::Skipped => "skipped",
            OnDemandResult::Failure => "failure",
            OnDemandResult::Unknown => "unknown",
        }
    }
}

impl OnDemand {
    /// Decodes an answer in either of its forms: `key` holds a result, or the name of a type; `value` holds an object,
    /// or a list of them.
    ///
    /// # Errors
    /// When it is neither.
    pub fn read(answer: &Value) -> Result<Self, OnDemandError> {
        let inner = |value: &Value| match value {
            Value::String(text) => serde_json::from_str::<Value>(text).ok(),
            other => Some(other.clone()),
        };
        let key = inner(&answer["key"]).filter(Value::is_object).unwrap_or_default();
        let value = inner(&answer["value"]).unwrap_or_default();
        let mut objects: Vec<ProvisionedObject> = match &value {
            Value::Array(objects) => objects.iter().filter(|object| object.is_object()).map(object).collect(),
            Value::Object(_) => vec![object(&value)],
            _ => Vec::new(),
        };
        if objects.is_empty() && key.is_null() {
            return Err(OnDemandError);
        }
        let said = text(&key["result"]).map(|word| OnDemandResult::of(&word));
        let (code, message) = (text(&key["details"]["errorCode"]), text(&key["details"]["errorMessage"]));
        // The reason of the call is also the reason of its only object, unless the object has its own.
        if let [only] = objects.as_mut_slice()
            && only.code.is_none()
            && said.is_some_and(|said| said != OnDemandResult::Success && said == only.result)
        {
            only.code.clone_from(&code);
            only.reason = only.reason.take().or_else(|| message.clone());
        }
        // The worst result of the call and of its objects.
        let worst = [OnDemandResult::Failure, OnDemandResult::Unknown, OnDemandResult::Skipped];
        let all = || said.into_iter().chain(objects.iter().map(|object| object.result));
        let result = worst.into_iter().find(|result| all().any(|one| one == *result));
        Ok(OnDemand {
            result: result.unwrap_or(if all().next().is_some() {
                OnDemandResult::Success
            } else {
                OnDemandResult::Unknown
            }),
            said,
            is_garbled: is_garbled(&answer["value"]),
            code,
            message,
            objects,
        })
    }

    /// Whether all its objects are in the app now, as they should be.
    pub fn is_well(&self) -> bool {
        let is_there = |object: &ProvisionedObject| {
            object.result == OnDemandResult::Success || object.code.as_deref() == Some("RedundantExport")
        };
        let call = matches!(self.result, OnDemandResult::Success | OnDemandResult::Skipped);
        call && !self.is_at_odds() && !self.objects.is_empty() && self.objects.iter().all(is_there)
    }

    /// Whether the result of the call itself differs from that of every object.
    pub fn is_at_odds(&self) -> bool {
        let said = self.said.filter(|said| *said != OnDemandResult::Success);
        said.is_some_and(|said| !self.objects.is_empty() && self.objects.iter().all(|object| object.result != said))
    }

    /// An answer that could not be read.
    pub fn unknown() -> Self {
        OnDemand {
            result: OnDemandResult::Unknown,
            said: None,
            is_garbled: true,
            code: None,
            message: None,
            objects: Vec::new(),
        }
    }
}

impl ProvisionedObject {
    /// The value of a target attribute that was sent, or that the app already has, according to the answer; the last
    /// mention counts. `None` where the answer does not mention it, `Some(None)` where the value was removed.
    pub fn value_of(&self, attribute: &str) -> Option<Option<&str>> {
        let sent = self.changes.iter().rev().find(|change| change.name == attribute);
        let seen = || {
            // Values that were read from Entra have the names of source attributes.
            let steps = self.steps.iter().rev().filter(|step| !is_source_import(step));
            steps.flat_map(|step| &step.details).find(|(name, _)| name == attribute).map(|(_, value)| value.as_str())
        };
        sent.map(|change| change.new.as_deref()).or_else(|| seen().map(Some))
    }
}

/// Whether the part about objects is present but cannot be read.
fn is_garbled(value: &Value) -> bool {
    let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { return false };
    match serde_json::from_str(text) {
        Ok(Value::Array(objects)) => !objects.iter().all(Value::is_object),
        Ok(Value::Object(_) | Value::Null) => false,
        _ => true,
    }
}

fn is_source_import(step: &ProvisioningStep) -> bool {
    step.kind.eq_ignore_ascii_case("Import")
}

fn object(value: &Value) -> ProvisionedObject {
    let steps = value["provisioningSteps"].as_array().into_iter().flatten().map(step).collect::<Vec<_>>();
    let info = &value["statusInfo"];
    let result = OnDemandResult::of(&text(&info["status"]).unwrap_or_default());
    // Nothing was sent for a skipped object: its listed properties are attributes of the source.
    let sent = value["modifiedProperties"].as_array().filter(|_| result != OnDemandResult::Skipped);
    let changes = sent.into_iter().flatten();
    let skip = steps.iter().flat_map(|step| &step.details).rfind(|(name, _)| name == "SkipReason");
    let skip = skip.map(|(_, reason)| reason.clone());
    let (source, target) = (&value["sourceIdentity"], &value["targetIdentity"]);
    let source_id = text(&source["id"]);
    let who = text(&value["reportableIdentifier"])
        .or_else(|| text(&target["displayName"]))
        .or_else(|| text(&source["displayName"]));
    ProvisionedObject {
        result,
        action: text(&value["action"]).unwrap_or_default(),
        kind: text(&source["type"]).or_else(|| text(&target["type"])).map(|kind| kind_of(&kind)),
        who: who.or_else(|| source_id.clone()).unwrap_or_else(|| "an unnamed object".to_owned()),
        target_id: text(&target["id"]),
        source_id,
        code: text(&info["errorCode"]).or(skip),
        reason: text(&info["reason"]),
        changes: changes
            .filter_map(|change| {
                let (old, new) = (text(&change["oldValue"]), text(&change["newValue"]));
                Some(PropertyChange { name: text(&change["displayName"])?, old, new })
            })
            .collect(),
        steps,
    }
}

fn step(step: &Value) -> ProvisioningStep {
    let said = |key: &str| text(&step[key]).unwrap_or_default();
    let details = step["details"].as_object().into_iter().flatten();
    ProvisioningStep {
        kind: text(&step["type"]).or_else(|| text(&step["provisioningStepType"])).unwrap_or_else(|| said("name")),
        status: said("status"),
        description: said("description"),
        details: details.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect(),
    }
}

/// A string, or another scalar as a string.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        // A message of an app may contain credentials.
        Value::String(text) => Some(mask_shapes(text)),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn status(word: &str) -> Value {
        json!({"action": "Create", "reportableIdentifier": "jane@contoso.com", "statusInfo": {"status": word},
            "sourceIdentity": {"id": "u1", "type": "User"}, "targetIdentity": {"id": "t1", "type": "urn:x:2.0:User"},
            "modifiedProperties": [{"displayName": "externalId", "oldValue": null, "newValue": "u1"}],
            "provisioningSteps": [
                {"name": "EntryImport", "type": "Import", "status": "Success", "description": "read", "details": {"externalId": "no"}},
                {"name": "EntryExportAdd", "type": "Export", "status": "Success", "description": "sent", "details": {"userName": "jane"}}]})
    }

    #[test]
    fn both_forms_of_the_answer_are_read() {
        let key = json!({"result": "Success", "details": {"errorCode": "", "errorMessage": null}}).to_string();
        let one = OnDemand::read(&json!({"key": key, "value": status("Success").to_string()})).unwrap();
        assert_eq!((one.result, one.code, one.objects.len()), (OnDemandResult::Success, None, 1));
        let jane = &one.objects[0];
        assert_eq!(
            (jane.who.as_str(), jane.kind.as_deref(), jane.target_id.as_deref()),
            ("jane@contoso.com", Some("User"), Some("t1"))
        );
        assert_eq!(
            (jane.value_of("externalId"), jane.value_of("userName"), jane.value_of("title")),
            (Some(Some("u1")), Some(Some("jane")), None)
        );
        let list = json!([status("Success"), status("Failure")]).to_string();
        let several = OnDemand::read(&json!({"key": "Microsoft.Identity.Health.StatusInfo", "value": list})).unwrap();
        assert_eq!((several.result, several.objects.len()), (OnDemandResult::Failure, 2));
    }

    #[test]
    fn a_failure_inside_a_200_is_a_failure_and_a_skip_has_its_reason() {
        let key =
            json!({"result": "Failure", "details": {"errorCode": "Unauthorized", "errorMessage": "401"}}).to_string();
        let failed = OnDemand::read(&json!({"key": key, "value": null})).unwrap();
        assert_eq!(
            (failed.result, failed.code.as_deref(), failed.message.as_deref()),
            (OnDemandResult::Failure, Some("Unauthorized"), Some("401"))
        );
        let mut skipped = status("Skipped");
        skipped["provisioningSteps"][1]["details"] = json!({"SkipReason": "NotEffectivelyEntitled"});
        let skipped = OnDemand::read(&json!({"key": "x", "value": skipped.to_string()})).unwrap();
        assert_eq!(
            (skipped.result, skipped.objects[0].code.as_deref()),
            (OnDemandResult::Skipped, Some("NotEffectivelyEntitled"))
        );
    }

    #[test]
    fn what_is_none_of_them_is_said_to_be_so() {
        for odd in [json!(null), json!({"key": "x", "value": "y"}), json!({"key": 3, "value": [1]}), json!([])] {
            assert_eq!(OnDemand::read(&odd), Err(OnDemandError), "{odd}");
        }
    }
}
