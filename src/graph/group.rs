//! Groups, by id and by name.

use serde_json::{Map, Value, json};

use super::app::by_name;
use super::client::{sort, taken};
use super::{Client, GraphError};

const SELECT: &str =
    "id,displayName,securityEnabled,mailEnabled,groupTypes,membershipRule,membershipRuleProcessingState,visibility";

/// A group as it was read.
#[derive(Clone)]
pub(super) struct Read {
    /// The group.
    pub(super) group: Result<Value, GraphError>,
    /// Why the number of members, or the groups among them, could not be read.
    pub(super) uncounted: Option<GraphError>,
}

/// Reads groups by object id, in their order. `counting` says whether to read also how many direct members each has, and
/// the groups among them, which takes the same permission.
///
/// <https://learn.microsoft.com/graph/api/group-list-members>
pub(super) async fn read(client: &Client, ids: &[String], counting: bool) -> Result<Vec<Read>, GraphError> {
    let mut paths: Vec<String> = ids.iter().map(|id| format!("/groups/{id}?$select={SELECT}")).collect();
    if counting {
        paths.extend(ids.iter().map(|id| format!("/groups/{id}/members?$select=id&$top=1&$count=true")));
        let inner =
            |id| format!("/groups/{id}/members/microsoft.graph.group?$select=id,displayName&$count=true&$top=999");
        paths.extend(ids.iter().map(inner));
    }
    let mut groups = client.get_all(&paths).await?;
    let mut inner = groups.split_off(if counting { ids.len().saturating_mul(2) } else { groups.len() }).into_iter();
    let mut members = groups.split_off(ids.len()).into_iter();
    let mut read = Vec::with_capacity(groups.len());
    for mut group in groups {
        let counts = members.next().zip(inner.next());
        let mut uncounted = None;
        if let (Some((members, inner)), Ok(Value::Object(group))) = (counts, &mut group) {
            uncounted = count(client, group, members, inner).await.err();
        }
        read.push(Read { group, uncounted });
    }
    Ok(read)
}

/// Notes in a group how many members it has, and which of them are groups.
async fn count(
    client: &Client,
    group: &mut Map<String, Value>,
    members: Result<Value, GraphError>,
    inner: Result<Value, GraphError>,
) -> Result<(), GraphError> {
    let (members, inner) = (members?, inner?);
    // The first page holds one member, so its length is the count only of a small group.
    let page = members["value"].as_array().filter(|_| !members["@odata.nextLink"].is_string());
    let count = members["@odata.count"].as_u64().or(page.and_then(|page| u64::try_from(page.len()).ok()));
    let mut inner = client.rest_of(inner).await?;
    sort(&mut inner, "id");
    let inner = inner.iter().map(|inner| json!({"id": inner["id"], "displayName": inner["displayName"]}));
    group.insert("memberGroups".to_owned(), inner.collect());
    group.extend(count.map(|count| ("memberCount".to_owned(), json!(count))));
    Ok(())
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
