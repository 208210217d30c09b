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

/// Reads every app with a provisioning job whose name `is_meant`, and passes each to `take`, as soon as it is read, with its
/// place in the order of names: a tenant may have more than fit into memory.
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
    take: &dyn Fn(usize, TenantApp),
) -> Result<(), GraphError> {
    let listed = client.list(&format!("/servicePrincipals?$select={SELECT}&$top=999")).await?;
    let mut meant: Vec<Value> = listed.into_iter().filter(|principal| is_meant(name(principal))).collect();
    meant.sort_by(|left, right| (name(left), id(left)).cmp(&(name(right), id(right))));
    let paths: Vec<String> =
        meant.iter().map(|app| format!("/servicePrincipals/{}/synchronization/jobs?$select=id", id(app))).collect();
    let jobs = client.get_all(&paths).await?;
    let apps = meant.into_iter().zip(jobs).filter(|(_, jobs)| provisions(jobs)).map(|(principal, _)| principal);
    let apps: Vec<Value> = apps.collect();
    let groups = stream::iter(apps.chunks(TOGETHER).enumerate());
    groups
        .for_each_concurrent(GROUPS, async |(group, apps)| {
            let take = |index: usize, read: Result<LiveApp, GraphError>| {
                let name = apps.get(index).map(name).unwrap_or_default().to_owned();
                take(
                    group.saturating_mul(TOGETHER).saturating_add(index),
                    TenantApp { name, read: read.map_err(AppError::Graph) },
                );
            };
            read_principals(client, apps.to_vec(), wanted, now, &take).await;
        })
        .await;
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
