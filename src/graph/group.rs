//! Groups, by id and by name.

use serde_json::{Value, json};

use super::app::by_name;
use super::client::{sort, taken};
use super::{Client, GraphError};

const SELECT: &str =
    "id,displayName,securityEnabled,mailEnabled,groupTypes,membershipRule,membershipRuleProcessingState";

/// Reads groups by object id, in their order.
pub(super) async fn read(client: &Client, ids: &[String]) -> Result<Vec<Result<Value, GraphError>>, GraphError> {
    let paths: Vec<String> = ids.iter().map(|id| format!("/groups/{id}?$select={SELECT}")).collect();
    client.get_all(&paths).await
}

/// The objects among answers that still exist.
///
/// # Errors
/// When one of them could not be read for another reason.
pub(super) fn existing(answers: impl Iterator<Item = Result<Value, GraphError>>) -> Result<Vec<Value>, GraphError> {
    answers.filter(|answer| !answer.as_ref().is_err_and(|error| error.status() == Some(404))).collect()
}

/// The paths that list the groups of a name, and those with similar names.
pub(super) fn paths_of_name(name: &str) -> [String; 2] {
    by_name("/groups", name, "id,displayName")
}

/// A name with the groups of that name; if there are none, with similar names.
pub(super) fn of_name(
    name: &str,
    found: Result<Value, GraphError>,
    alike: Result<Value, GraphError>,
) -> Result<Value, GraphError> {
    let mut found = taken(&mut found?, "value");
    sort(&mut found, "id");
    if !found.is_empty() {
        return Ok(json!({"name": name, "value": found}));
    }
    // Similar names are only a hint, so a failure to list them is ignored.
    let alike = alike.map(|mut alike| taken(&mut alike, "value")).unwrap_or_default();
    Ok(json!({"name": name, "value": [], "alike": alike}))
}
