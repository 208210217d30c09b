//! Values that were sent and differ from the prediction.

use super::ProvisionedObject;
use crate::expression::Evaluator;
use crate::model::ObjectKind;
use crate::secret::mask_shapes;
use crate::simulate::{Plan, Sent, User};

/// A value that differs from the prediction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The name of the object.
    pub who: String,
    /// The kind of the object.
    pub kind: ObjectKind,
    /// The target attribute.
    pub attribute: String,
    /// What the preview says.
    pub predicted: String,
    /// What was sent; `None` for nothing.
    pub sent: Option<String>,
    /// Whether the app cannot identify the user or group by it.
    pub fatal: bool,
}

/// Compares what was sent for an object with what `plan` predicts for `source`, the object in Entra. Leaves out what
/// cannot be predicted. With `by_object_id`, the app identifies its objects by the Entra object id: any other
/// `externalId` is fatal.
pub fn deviations(
    object: &ProvisionedObject,
    kind: ObjectKind,
    plan: &Plan<'_>,
    source: &User,
    by_object_id: bool,
    evaluator: &Evaluator,
) -> Vec<Deviation> {
    let mut found = Vec::new();
    let mut deviates = |attribute: &str, predicted: String, sent: Option<&str>, fatal| {
        let (who, attribute, sent) = (object.who.clone(), attribute.to_owned(), sent.map(str::to_owned));
        found.push(Deviation { who, kind, attribute, predicted, sent, fatal });
    };
    let external_id = object.value_of("externalId");
    let wrong_id = source.id().filter(|id| by_object_id && external_id.is_some_and(|sent| sent != Some(id)));
    if let Some(id) = wrong_id {
        deviates("externalId", id.to_owned(), external_id.flatten(), true);
    }
    for row in plan.preview(source, evaluator).rows {
        let Sent::Value { value, changing: false, redacted: false, .. } = &row.sent else { continue };
        // What was sent is masked where it looks like a credential, so the prediction must be masked, too.
        let predicted = mask_shapes(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let sent = object.value_of(&row.target);
        let reported = wrong_id.is_some() && &*row.target == "externalId";
        match sent {
            Some(sent) if reported || sent.is_some_and(|sent| sent.eq_ignore_ascii_case(&predicted)) => {}
            Some(sent) => deviates(&row.target, predicted, sent, false),
            // An answer about an existing object does not mention unchanged attributes.
            None if !object.action.eq_ignore_ascii_case("Create") || object.changes.is_empty() => {}
            None => deviates(&row.target, predicted, None, by_object_id && &*row.target == "externalId"),
        }
    }
    found
}
