//! Changes in a tenant, and reading them back.
//!
//! A schema is replaced as a whole with PUT; Graph answers 404 to a PATCH.
//! <https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-update>

use reqwest::Method;
use serde_json::Value;

use super::{Client, GraphError};
use crate::model::{GraphRequest, TenantChange};

/// A client for one app, by the object id of its service principal.
#[derive(Clone, Copy, Debug)]
pub struct AppClient<'c> {
    client: &'c Client,
    principal: &'c str,
}

impl<'c> AppClient<'c> {
    /// The app with that service principal.
    pub fn new(client: &'c Client, principal: &'c str) -> Self {
        AppClient { client, principal }
    }

    /// The client for all of Graph.
    pub fn client(&self) -> &'c Client {
        self.client
    }

    /// The object id of the service principal.
    pub(super) fn principal(&self) -> &'c str {
        self.principal
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/servicePrincipals/{}/{rest}", self.principal)
    }

    /// A job's schema as Graph spells it.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn schema(&self, job: &str) -> Result<String, GraphError> {
        self.client.get_text(&self.path(&format!("synchronization/jobs/{job}/schema"))).await
    }

    /// Makes one attempt to replace a job's schema with `schema`, which must be complete.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn put_schema(&self, job: &str, schema: &str) -> Result<(), GraphError> {
        self.send(&GraphRequest::of_schema(Some(self.principal), Some(job)), Some(schema)).await
    }

    /// Makes one attempt to change something outside the schema.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn change(&self, change: &TenantChange) -> Result<(), GraphError> {
        self.send_whole(&GraphRequest::of_change(change, Some(self.principal))).await
    }

    /// Makes one attempt at a request with its own body.
    pub(super) async fn send_whole(&self, request: &GraphRequest) -> Result<(), GraphError> {
        let body = request.body.as_ref().map(Value::to_string);
        self.send(request, body.as_deref()).await
    }

    async fn send(&self, request: &GraphRequest, body: Option<&str>) -> Result<(), GraphError> {
        let method = match request.method {
            "PUT" => Method::PUT,
            "DELETE" => Method::DELETE,
            _ => Method::POST,
        };
        self.client.change(method, &request.path, body).await
    }

    /// The settings of the connection. Credentials are masked.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn settings(&self) -> Result<Vec<Value>, GraphError> {
        self.client.list(&self.path("synchronization/secrets")).await
    }

    /// The assignments of users and groups.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn assignments(&self) -> Result<Vec<Value>, GraphError> {
        self.client.list(&self.path("appRoleAssignedTo?$top=999")).await
    }
}
