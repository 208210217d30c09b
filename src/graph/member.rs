//! The users of an app: the members of its groups, and the users who are assigned directly.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

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
