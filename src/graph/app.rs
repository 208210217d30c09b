//! Finds an enterprise application by name or id.

use serde_json::Value;

use super::batch::missing_part;
use super::{Client, GraphError};

/// The properties of a service principal that are read.
pub(super) const SELECT: &str = "id,appId,displayName,accountEnabled,appRoleAssignmentRequired,appRoles,applicationTemplateId,\
                      tags,servicePrincipalType,notificationEmailAddresses,preferredSingleSignOnMode";

/// An app that the user may have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// `displayName`
    pub display_name: String,
    /// The object id of the service principal.
    pub id: String,
}

/// Why an app was not found.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppError {
    /// No app has that name or id.
    #[error("there is no enterprise application `{name}`")]
    Missing {
        /// The requested name or id.
        name: String,
        /// Apps with similar names.
        candidates: Vec<Candidate>,
    },
    /// Several apps have the name.
    #[error("{} enterprise applications are called `{name}`", candidates.len())]
    Ambiguous {
        /// The requested name or id.
        name: String,
        /// All of them.
        candidates: Vec<Candidate>,
    },
    /// A request failed.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// Finds the service principal by object id, appId or display name.
pub(super) async fn find(client: &Client, name: &str) -> Result<Value, AppError> {
    let name = name.trim();
    let groups: Vec<usize> = name.split('-').map(str::len).collect();
    if groups == [8, 4, 4, 4, 12] && name.chars().all(|c| c == '-' || c.is_ascii_hexdigit()) {
        return by_id(client, name).await;
    }
    let paths = by_name("/servicePrincipals", name, SELECT);
    let mut answers = client.get_all(&paths).await?.into_iter();
    let found = client.rest_of(answers.next().unwrap_or(Err(missing_part()))?).await?;
    match found.as_slice() {
        [_] => Ok(found.into_iter().next().unwrap_or_default()),
        [] => {
            // Similar names are only a hint, so a failure to list them is ignored.
            let alike = answers.next().and_then(Result::ok).unwrap_or_default();
            let candidates = candidates(alike["value"].as_array().map(Vec::as_slice).unwrap_or_default());
            Err(AppError::Missing { name: name.to_owned(), candidates })
        }
        several => Err(AppError::Ambiguous { name: name.to_owned(), candidates: candidates(several) }),
    }
}

async fn by_id(client: &Client, id: &str) -> Result<Value, AppError> {
    let paths = [
        format!("/servicePrincipals/{id}?$select={SELECT}"),
        format!("/servicePrincipals(appId='{id}')?$select={SELECT}"),
    ];
    let mut failure = None;
    for answer in client.get_all(&paths).await? {
        match answer {
            Ok(found) => return Ok(found),
            Err(error) if error.status() == Some(404) => {}
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match failure {
        Some(error) => Err(error.into()),
        None => Err(AppError::Missing { name: id.to_owned(), candidates: Vec::new() }),
    }
}

fn candidates(found: &[Value]) -> Vec<Candidate> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    found.iter().map(|app| Candidate { display_name: text(&app["displayName"]), id: text(&app["id"]) }).collect()
}

/// The paths that list the objects of a name, and those with similar names.
pub(super) fn by_name(list: &str, name: &str, select: &str) -> [String; 2] {
    let start: String = name.chars().take(4).collect();
    [
        format!("{list}?$filter=displayName%20eq%20'{}'&$select={select}", quoted(name)),
        format!("{list}?$filter=startswith(displayName,'{}')&$select=id,displayName&$top=20", quoted(&start)),
    ]
}

/// A text for use between the quotes of an OData filter, encoded for a URL.
pub(super) fn quoted(text: &str) -> String {
    encoded(&text.replace('\'', "''"))
}

/// A text encoded for a URL.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'\'');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
