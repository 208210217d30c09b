//! A provisioning job: its state and the actions on it.

use reqwest::Method;
use serde_json::{Value, json};

use super::app::{find, quoted};
use super::{AppClient, AppError, Client, GraphError};

/// The name and id of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundApp {
    /// `displayName`
    pub name: String,
    /// The object id of the service principal.
    pub principal: String,
}

/// Finds an app by display name, object id or appId.
///
/// # Errors
/// When no app or several apps match.
pub async fn find_app(client: &Client, name: &str) -> Result<FoundApp, AppError> {
    let found = find(client, name).await?;
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    Ok(FoundApp { name: text("displayName"), principal: text("id") })
}

impl AppClient<'_> {
    /// The jobs with their states; empty for an app without provisioning.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn jobs(&self) -> Result<Vec<Value>, GraphError> {
        match self.client().list(&self.path("synchronization/jobs")).await {
            Err(error) if error.status() == Some(404) => Ok(Vec::new()),
            answer => answer,
        }
    }

    /// A job, with its state.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn job(&self, job: &str) -> Result<Value, GraphError> {
        self.client().get(&self.path(&format!("synchronization/jobs/{job}"))).await
    }

    /// Makes one attempt to start a job. A paused job continues; a job in quarantine leaves it.
    /// <https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-start>
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn start(&self, job: &str) -> Result<(), GraphError> {
        self.tell(job, "start", None).await
    }

    /// Makes one attempt to pause a job. It keeps its progress.
    /// <https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-pause>
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn pause(&self, job: &str) -> Result<(), GraphError> {
        self.tell(job, "pause", None).await
    }

    /// Restarts a job and resets the state that `reset` names: `Full`, or a comma-separated list.
    /// <https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-restart>
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn restart(&self, job: &str, reset: &str) -> Result<(), GraphError> {
        let body = json!({"criteria": {"resetScope": reset}});
        let mut attempts = self.client().attempts();
        loop {
            match self.tell(job, "restart", Some(&body)).await {
                Err(error) if attempts.wait_to_change(&error).await => {}
                answer => return answer,
            }
        }
    }

    async fn tell(&self, job: &str, what: &str, body: Option<&Value>) -> Result<(), GraphError> {
        let path = self.path(&format!("synchronization/jobs/{job}/{what}"));
        self.client().change(Method::POST, &path, body.map(Value::to_string).as_deref()).await
    }

    /// Provisions subjects of one rule now and returns Graph's answer. Graph accepts five requests in ten seconds; the
    /// caller keeps that pace, and repeats throttled requests.
    /// <https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand>
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn provision_on_demand(&self, job: &str, rule: &str, subject: &Value) -> Result<Value, GraphError> {
        let path = self.path(&format!("synchronization/jobs/{job}/provisionOnDemand"));
        let body = json!({"parameters": [{"ruleId": rule, "subjects": [subject]}]});
        self.client().change_once(Method::POST, &path, &body).await
    }

    /// The events of a job in the provisioning log since a time.
    /// <https://learn.microsoft.com/graph/api/provisioningobjectsummary-list>
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn events(&self, job: &str, since: jiff::Timestamp) -> Result<Vec<Value>, GraphError> {
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ");
        let filter = format!("jobId%20eq%20'{}'%20and%20activityDateTime%20gt%20{since}", quoted(job));
        let asked = self.client().list(&format!("/auditLogs/provisioning?$filter={filter}&$top=500")).await;
        let mut events = match asked {
            // Both filters are documented, but not their combination.
            Err(error) if error.status() == Some(400) => {
                let filter = format!("activityDateTime%20gt%20{since}");
                self.client().list(&format!("/auditLogs/provisioning?$filter={filter}&$top=500")).await?
            }
            asked => asked?,
        };
        events.retain(|event| event["jobId"].as_str().is_some_and(|of| of.eq_ignore_ascii_case(job)));
        Ok(events)
    }

    /// The number of users among the direct members of a group.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn member_count(&self, group: &str) -> Result<u64, GraphError> {
        self.client().count(&format!("/groups/{group}/members/microsoft.graph.user/$count")).await
    }
}
