//! Groups: those that are assigned, and those that bear a name.

use serde_json::{Value, json};

use super::app::quoted;
use super::client::taken;
use super::{Client, GraphError};

const SELECT: &str =
    "id,displayName,securityEnabled,mailEnabled,groupTypes,membershipRule,membershipRuleProcessingState";

/// Reads the groups of those object ids; one that was deleted is left out.
pub(super) async fn read(client: &Client, ids: &[String]) -> Result<Vec<Value>, GraphError> {
    let paths: Vec<String> = ids.iter().map(|id| format!("/groups/{id}?$select={SELECT}")).collect();
    let answers = client.get_all(&paths).await?.into_iter();
    answers.filter(|answer| !answer.as_ref().is_err_and(|error| error.status() == Some(404))).collect()
}

/// Where the groups of a name are listed, and where those whose names begin like it.
pub(super) fn paths_of_name(name: &str) -> [String; 2] {
    let start: String = name.chars().take(4).collect();
    [
        format!("/groups?$filter=displayName%20eq%20'{}'&$select=id,displayName", quoted(name)),
        format!("/groups?$filter=startswith(displayName,'{}')&$select=id,displayName&$top=20", quoted(&start)),
    ]
}

/// A name with the groups that bear it; where there are none, with those that are called alike.
pub(super) fn of_name(
    name: &str,
    found: Result<Value, GraphError>,
    alike: Result<Value, GraphError>,
) -> Result<Value, GraphError> {
    let mut found = taken(&mut found?, "value");
    // Their order is not Graph's promise.
    found.sort_by(|left, right| left["id"].as_str().cmp(&right["id"].as_str()));
    if !found.is_empty() {
        return Ok(json!({"name": name, "value": found}));
    }
    // Names that begin alike are a help; without them the answer stands as well.
    let alike = alike.map(|mut alike| taken(&mut alike, "value")).unwrap_or_default();
    Ok(json!({"name": name, "value": [], "alike": alike}))
}
