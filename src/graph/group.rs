//! Groups: those that are assigned, and those that bear a name.

use serde_json::{Value, json};

use super::app::by_name;
use super::client::{sort, taken};
use super::{Client, GraphError};

const SELECT: &str =
    "id,displayName,securityEnabled,mailEnabled,groupTypes,membershipRule,membershipRuleProcessingState";

/// Reads the groups of those object ids; one that was deleted is left out.
pub(super) async fn read(client: &Client, ids: &[String]) -> Result<Vec<Value>, GraphError> {
    let paths: Vec<String> = ids.iter().map(|id| format!("/groups/{id}?$select={SELECT}")).collect();
    client.get_existing(&paths).await
}

/// Where the groups of a name are listed, and where those whose names begin like it.
pub(super) fn paths_of_name(name: &str) -> [String; 2] {
    by_name("/groups", name, "id,displayName")
}

/// A name with the groups that bear it; where there are none, with those that are called alike.
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
    // Names that begin alike are a help; without them the answer stands as well.
    let alike = alike.map(|mut alike| taken(&mut alike, "value")).unwrap_or_default();
    Ok(json!({"name": name, "value": [], "alike": alike}))
}
