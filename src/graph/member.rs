//! The users of an app: the members of its groups, and the users who are assigned directly.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::app::quoted;
use super::client::{AT_A_TIME, sort, taken};
use super::{Client, GraphError};

/// The annotation with the type of a directory object.
pub(super) const TYPE: &str = "@odata.type";

/// Reads the direct members into the groups, several groups at a time. The pages of one list are read in sequence.
///
/// # Errors
/// See [`GraphError`]; also when Graph returns only ids, because the caller may not read users.
pub(super) async fn of_groups(client: &Client, groups: &mut [Value], select: &[String]) -> Result<(), GraphError> {
    let select = select.join(",");
    let paths: Vec<String> = groups
        .iter()
        .map(|group| {
            let id = group["id"].as_str().unwrap_or_default();
            format!("/groups/{id}/members?$select={select}&$top=999")
        })
        .collect();
    let lists: Vec<Vec<Value>> =
        stream::iter(&paths).map(|path| client.list(path)).buffered(AT_A_TIME).try_collect().await?;
    shown(lists.iter().flatten().filter(|member| is_user(member)))?;
    for (group, mut members) in groups.iter_mut().zip(lists) {
        sort(&mut members, "id");
        if let Some(group) = group.as_object_mut() {
            group.insert("members".to_owned(), Value::Array(members));
        }
    }
    Ok(())
}

/// Reads the users among a group's direct members, sorted by id, and the number of other members.
///
/// # Errors
/// See [`GraphError`]; also when Graph returns only ids.
pub async fn read_members(client: &Client, group: &str, select: &[String]) -> Result<(Vec<Value>, usize), GraphError> {
    let mut groups = [json!({"id": group})];
    of_groups(client, &mut groups, select).await?;
    let mut members = taken(&mut groups[0], "members");
    let all = members.len();
    members.retain(is_user);
    let others = all.saturating_sub(members.len());
    Ok((members, others))
}

/// Fails when Graph returned only the ids of users.
fn shown<'u>(users: impl Iterator<Item = &'u Value>) -> Result<(), GraphError> {
    let count = users.filter(|user| user["userPrincipalName"].as_str().is_none()).count();
    if count > 0 { Err(GraphError::Hidden { count }) } else { Ok(()) }
}

fn is_user(member: &Value) -> bool {
    member[TYPE].as_str().is_none_or(|kind| kind.ends_with(".user"))
}

/// Reads users by object id; deleted ones are left out.
///
/// # Errors
/// See [`GraphError`]; also when Graph returns only ids.
pub(super) async fn users(client: &Client, ids: &[String], select: &[String]) -> Result<Vec<Value>, GraphError> {
    let select = select.join(",");
    let paths: Vec<String> = ids.iter().map(|id| format!("/users/{id}?$select={select}")).collect();
    let users = client.get_existing(&paths).await?;
    shown(users.iter())?;
    Ok(users)
}

/// The most ids that a filter takes: <https://learn.microsoft.com/graph/filter-query-parameter>.
const MOST_IDS: usize = 15;

/// Reads the managers of users into them.
///
/// # Errors
/// See [`GraphError`].
pub(super) async fn managers(client: &Client, users: Vec<&mut Value>) -> Result<(), GraphError> {
    let users: Vec<&mut Value> = users.into_iter().filter(|user| is_user(user)).collect();
    let mut ids: Vec<String> = users.iter().filter_map(|user| user["id"].as_str()).map(str::to_owned).collect();
    ids.sort_unstable();
    ids.dedup();
    let paths: Vec<String> = ids
        .chunks(MOST_IDS)
        .map(|ids| {
            let ids = ids.iter().map(|id| format!("'{}'", quoted(id))).collect::<Vec<_>>().join(",");
            format!("/users?$filter=id%20in%20({ids})&$select=id&$expand=manager($select=id)")
        })
        .collect();
    let mut managers: HashMap<String, Value> = HashMap::new();
    for answer in client.get_all(&paths).await? {
        for user in client.rest_of(answer?).await? {
            let manager = match user["manager"]["id"].as_str() {
                Some(id) => json!({"id": id}),
                None => Value::Null,
            };
            if let Some(id) = user["id"].as_str() {
                managers.insert(id.to_owned(), manager);
            }
        }
    }
    for user in users {
        let manager = user["id"].as_str().and_then(|id| managers.get(id)).cloned();
        if let (Some(manager), Some(members)) = (manager, user.as_object_mut()) {
            members.insert("manager".to_owned(), manager);
        }
    }
    Ok(())
}
