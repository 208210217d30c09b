//! The apps of a tenant that have provisioning jobs.

use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::app::SELECT;
use super::snapshot::read_principals;
use super::{AppError, Client, GraphError, LiveApp, Wanted};

/// The number of apps that are read together, because they share batches.
const TOGETHER: usize = 20;
/// The number of such groups of apps that are read at the same time, so that others are asked for while one waits for its
/// last answer.
const GROUPS: usize = 6;

/// An app of a tenant, and the result of reading it.
#[derive(Debug)]
pub struct TenantApp {
    /// `displayName`
    pub name: String,
    /// The result.
    pub read: Result<LiveApp, AppError>,
}

/// Reads every app with a provisioning job whose name `is_meant`, sorted by name, and passes each to `take`: a tenant may
/// have more than fit into memory.
///
/// All apps are listed in pages, and the jobs of the matching ones in batches, so that a large tenant takes few requests.
/// Only apps with a job are read, and those whose jobs cannot be listed: they may have one.
///
/// # Errors
/// When the apps cannot be listed.
pub async fn read_apps(
    client: &Client,
    is_meant: &dyn Fn(&str) -> bool,
    wanted: &Wanted<'_>,
    now: jiff::Timestamp,
    take: &mut dyn FnMut(TenantApp),
) -> Result<(), GraphError> {
    let listed = client.list(&format!("/servicePrincipals?$select={SELECT}&$top=999")).await?;
    let mut meant: Vec<Value> = listed.into_iter().filter(|principal| is_meant(name(principal))).collect();
    meant.sort_by(|left, right| (name(left), id(left)).cmp(&(name(right), id(right))));
    let paths: Vec<String> =
        meant.iter().map(|app| format!("/servicePrincipals/{}/synchronization/jobs?$select=id", id(app))).collect();
    let jobs = client.get_all(&paths).await?;
    let apps = meant.into_iter().zip(jobs).filter(|(_, jobs)| provisions(jobs)).map(|(principal, _)| principal);
    let apps: Vec<Value> = apps.collect();
    let mut read = stream::iter(apps.chunks(TOGETHER))
        .map(|apps| async move { (apps, read_principals(client, apps.to_vec(), wanted, now).await) })
        .buffered(GROUPS);
    while let Some((principals, apps)) = read.next().await {
        for (principal, read) in principals.iter().zip(apps) {
            take(TenantApp { name: name(principal).to_owned(), read: read.map_err(AppError::Graph) });
        }
    }
    Ok(())
}

/// Whether an app has a job, or may have one.
fn provisions(jobs: &Result<Value, GraphError>) -> bool {
    match jobs {
        Ok(jobs) => jobs["value"].as_array().is_some_and(|jobs| !jobs.is_empty()),
        Err(error) => error.status() != Some(404),
    }
}

fn name(principal: &Value) -> &str {
    principal["displayName"].as_str().unwrap_or_default()
}

fn id(principal: &Value) -> &str {
    principal["id"].as_str().unwrap_or_default()
}
