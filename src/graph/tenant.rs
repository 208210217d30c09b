//! The apps of a tenant that have provisioning jobs.

use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::app::SELECT;
use super::snapshot::read_principal;
use super::{AppError, Client, GraphError, LiveApp, Wanted};

/// The number of apps that are read concurrently; each takes several requests.
const APPS: usize = 4;

/// An app of a tenant, and the result of reading it.
#[derive(Debug)]
pub struct TenantApp {
    /// `displayName`
    pub name: String,
    /// The result.
    pub read: Result<LiveApp, AppError>,
}

/// Reads every app with a provisioning job whose name `is_meant`, sorted by name.
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
) -> Result<Vec<TenantApp>, GraphError> {
    let listed = client.list(&format!("/servicePrincipals?$select={SELECT}&$top=999")).await?;
    let mut meant: Vec<Value> = listed.into_iter().filter(|principal| is_meant(name(principal))).collect();
    meant.sort_by(|left, right| (name(left), id(left)).cmp(&(name(right), id(right))));
    let paths: Vec<String> =
        meant.iter().map(|app| format!("/servicePrincipals/{}/synchronization/jobs?$select=id", id(app))).collect();
    let jobs = client.get_all(&paths).await?;
    let apps = meant.into_iter().zip(jobs).filter(|(_, jobs)| provisions(jobs));
    let read = stream::iter(apps).map(|(principal, _)| async move {
        let name = name(&principal).to_owned();
        TenantApp { name, read: read_principal(client, principal, wanted, now).await.map_err(AppError::Graph) }
    });
    Ok(read.buffered(APPS).collect().await)
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
