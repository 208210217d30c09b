//! One user.

use serde_json::Value;

use super::app::quoted;
use super::{Client, GraphError};

/// Reads a user by user principal name or object id: the given properties, and the manager's id.
///
/// # Errors
/// See [`GraphError`].
pub async fn read_user(client: &Client, user: &str, properties: &[String]) -> Result<Value, GraphError> {
    // Graph takes a name that begins with $ for a query option: <https://learn.microsoft.com/graph/api/user-get>.
    let user = quoted(user);
    client.get(&format!("/users/{user}?$select={}&$expand=manager($select=id)", properties.join(","))).await
}
