//! Everything about one app, in three dependent steps.

use serde_json::{Map, Value, json};

use super::app::find;
use super::client::missing_part;
use super::{AppError, Client, GraphError};
use crate::secret;

/// An app as read from a tenant.
#[derive(Clone, Debug)]
pub struct LiveApp {
    /// The name people gave it.
    pub name: String,
    /// The snapshot, as a file would hold it.
    pub snapshot: Value,
    /// How many of its parts could not be read.
    pub unread: usize,
}

/// The rights that reading an app takes: to the app itself, to its provisioning, and to the assigned groups.
/// <https://learn.microsoft.com/graph/permissions-reference>
pub const RIGHTS: [&str; 3] = ["Application.Read.All", "Synchronization.Read.All", "GroupMember.Read.All"];

/// Reads everything about an app. What can't be read is named in the snapshot, with the reason.
///
/// # Errors
/// When the app isn't found, or nothing can be read at all.
pub async fn read_app(client: &Client, name: &str, now: jiff::Timestamp) -> Result<LiveApp, AppError> {
    let principal = find(client, name).await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (id, app_id) = (text(&principal["id"]), text(&principal["appId"]));
    let paths = [
        format!("/servicePrincipals/{id}/synchronization/jobs"),
        format!("/servicePrincipals/{id}/synchronization/secrets"),
        format!("/servicePrincipals/{id}/appRoleAssignedTo?$top=999"),
        format!("/applications(appId='{app_id}')?$select=id,appId,displayName,passwordCredentials"),
        format!("/servicePrincipals/{id}/owners?$select=id"),
    ];
    let mut answers = client.get_all(&paths).await?.into_iter();
    let mut next = || answers.next().unwrap_or(Err(missing_part()));
    let (jobs, secrets, assignments, application, owners) = (next(), next(), next(), next(), next());

    let mut unread = Map::new();
    let mut note = |part: &str, error: &GraphError| {
        unread.insert(part.to_owned(), json!(reason(part, error)));
    };
    // An app that was never set up for provisioning has no jobs: an empty list, or a 404.
    let jobs = match jobs {
        Err(error) if error.status() == Some(404) => Some(Vec::new()),
        Err(error) => {
            note("jobs", &error);
            None
        }
        Ok(page) => all(client, page, |error| note("jobs", error)).await,
    };
    let assignments = match assignments {
        Err(error) => {
            note("appRoleAssignedTo", &error);
            None
        }
        Ok(page) => all(client, page, |error| note("appRoleAssignedTo", error)).await,
    };
    let secrets = match secrets {
        Ok(page) => page["value"].as_array().cloned(),
        Err(error) if error.status() == Some(404) => Some(Vec::new()),
        Err(error) => {
            note("secrets", &error);
            None
        }
    };
    let application = match application {
        Ok(application) => Some(application),
        // A gallery app of another tenant has no application here.
        Err(error) if error.status() == Some(404) => None,
        Err(error) => {
            note("application", &error);
            None
        }
    };

    let owners = match owners {
        Err(error) => {
            note("owners", &error);
            None
        }
        Ok(page) => all(client, page, |error| note("owners", error)).await,
    };

    let schema_paths: Vec<String> = jobs
        .iter()
        .flatten()
        .map(|job| format!("/servicePrincipals/{id}/synchronization/jobs/{}/schema", text(&job["id"])))
        .collect();
    let group_ids: Vec<String> = assignments
        .iter()
        .flatten()
        .filter(|assignment| assignment["principalType"] == "Group")
        .map(|assignment| text(&assignment["principalId"]))
        .collect();
    let group_paths: Vec<String> = group_ids
        .iter()
        .map(|id| format!("/groups/{id}?$select=id,displayName,securityEnabled,mailEnabled,groupTypes,membershipRule,membershipRuleProcessingState"))
        .collect();
    let (schemas, groups) = tokio::join!(each(client, &schema_paths), client.get_all(&group_paths));

    let mut document = Map::new();
    let mut jobs_with_schemas = Vec::new();
    for (mut job, schema) in jobs.clone().unwrap_or_default().into_iter().zip(schemas) {
        match schema {
            Ok(schema) => job["schema"] = schema,
            Err(error) => note("schema", &error),
        }
        jobs_with_schemas.push(job);
    }
    let groups = match groups {
        Err(error) => {
            note("groups", &error);
            None
        }
        Ok(answers) => {
            let mut found = Vec::new();
            for answer in answers {
                match answer {
                    Ok(group) => found.push(group),
                    // Deleted, and assigned still.
                    Err(error) if error.status() == Some(404) => {}
                    Err(error) => note("groups", &error),
                }
            }
            Some(found)
        }
    };
    let display_name = text(&principal["displayName"]);
    document.insert(
        "provlint".into(),
        json!({"snapshot": 1, "exportedAt": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "unread": unread}),
    );
    document.insert("servicePrincipal".into(), principal);
    document.extend(application.map(|application| ("application".to_owned(), application)));
    document.extend(owners.map(|owners| ("owners".to_owned(), sorted(owners, "id"))));
    document.extend(jobs.map(|_| ("jobs".to_owned(), Value::Array(jobs_with_schemas))));
    document.extend(secrets.map(|secrets| ("secrets".to_owned(), masked(secrets))));
    document.extend(assignments.map(|found| ("appRoleAssignedTo".to_owned(), sorted(found, "principalId"))));
    document.extend(groups.map(|found| ("groups".to_owned(), sorted(found, "id"))));
    let unread = document["provlint"]["unread"].as_object().map_or(0, Map::len);
    let mut snapshot = Value::Object(document);
    without_annotations(&mut snapshot);
    Ok(LiveApp { name: display_name, snapshot, unread })
}

/// Schemas are too large for a batch.
async fn each(client: &Client, paths: &[String]) -> Vec<Result<Value, GraphError>> {
    let mut answers = Vec::with_capacity(paths.len());
    for path in paths {
        answers.push(client.get(path).await);
    }
    answers
}

async fn all(client: &Client, page: Value, mut note: impl FnMut(&GraphError)) -> Option<Vec<Value>> {
    match client.rest_of(page).await {
        Ok(elements) => Some(elements),
        Err(error) => {
            note(&error);
            None
        }
    }
}

/// Why a part couldn't be read, and what right is missing where that is the reason.
fn reason(part: &str, error: &GraphError) -> String {
    let [application, synchronization, groups] = RIGHTS;
    let (right, role) = match part {
        "jobs" | "schema" | "secrets" => (
            synchronization,
            ", and for people the role Application Administrator (Global Reader can't read provisioning)",
        ),
        "groups" => (groups, ""),
        _ => (application, ""),
    };
    match error.status() {
        Some(401 | 403) => format!("{error}; it takes {right}{role}"),
        _ => error.to_string(),
    }
}

/// Graph masks credentials itself; what it may forget isn't written either.
fn masked(mut secrets: Vec<Value>) -> Value {
    for secret in &mut secrets {
        let known = secret["key"].as_str().is_some_and(secret::is_credential_key);
        if known && secret["value"].as_str().is_some_and(|value| !value.is_empty()) {
            secret["value"] = json!("*");
        }
    }
    sorted(secrets, "key")
}

fn sorted(mut values: Vec<Value>, key: &str) -> Value {
    values.sort_by(|left, right| left[key].as_str().cmp(&right[key].as_str()));
    Value::Array(values)
}

/// Takes OData's annotations out, which say nothing about the app, but for the schema's context, which names its job.
fn without_annotations(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| {
                let names_job =
                    name == "@odata.context" && value.as_str().is_some_and(|context| context.contains("/schema/"));
                !name.contains('@') || names_job
            });
            members.values_mut().for_each(without_annotations);
        }
        Value::Array(items) => items.iter_mut().for_each(without_annotations),
        _ => {}
    }
}
