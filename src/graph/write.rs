//! What is changed in a tenant, and how it is read back.
//!
//! A schema is replaced whole, by PUT: a PATCH is answered with 404.
//! <https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-update>

use reqwest::Method;
use serde_json::{Value, json};

use super::{Client, GraphError};

/// An app of the tenant, by the object id of its service principal, to be written to.
#[derive(Clone, Copy, Debug)]
pub struct AppToWrite<'c> {
    client: &'c Client,
    principal: &'c str,
}

impl<'c> AppToWrite<'c> {
    /// The app with that service principal.
    pub fn new(client: &'c Client, principal: &'c str) -> Self {
        AppToWrite { client, principal }
    }

    /// Whom it is asked from.
    pub fn client(&self) -> &'c Client {
        self.client
    }

    fn path(&self, rest: &str) -> String {
        format!("/servicePrincipals/{}/{rest}", self.principal)
    }

    /// A job's schema as Graph spells it.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn schema(&self, job: &str) -> Result<String, GraphError> {
        self.client.get_text(&self.path(&format!("synchronization/jobs/{job}/schema"))).await
    }

    /// Replaces a job's schema by `schema`, which is the whole of it.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn put_schema(&self, job: &str, schema: &str) -> Result<(), GraphError> {
        let path = self.path(&format!("synchronization/jobs/{job}/schema"));
        self.client.change(Method::PUT, &path, Some(schema.to_owned())).await
    }

    /// The settings of the connection, credentials masked.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn settings(&self) -> Result<Vec<Value>, GraphError> {
        self.client.list(&self.path("synchronization/secrets")).await
    }

    /// Writes one setting, and names no other: what is read of credentials is a mask, which must not be written back.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn put_setting(&self, key: &str, value: &str) -> Result<(), GraphError> {
        let body = json!({"value": [{"key": key, "value": value}]}).to_string();
        self.client.change(Method::PUT, &self.path("synchronization/secrets"), Some(body)).await
    }

    /// Who is assigned.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn assignments(&self) -> Result<Vec<Value>, GraphError> {
        self.client.list(&self.path("appRoleAssignedTo?$top=999")).await
    }

    /// Assigns a group with one of the app's roles.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn assign(&self, group: &str, role: &str) -> Result<(), GraphError> {
        let body = json!({"principalId": group, "resourceId": self.principal, "appRoleId": role}).to_string();
        self.client.change(Method::POST, &self.path("appRoleAssignedTo"), Some(body)).await
    }

    /// Takes an assignment away.
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn unassign(&self, assignment: &str) -> Result<(), GraphError> {
        self.client.change(Method::DELETE, &self.path(&format!("appRoleAssignedTo/{assignment}")), None).await
    }

    /// Pauses a job; what it has synchronized stays.
    /// <https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-pause>
    ///
    /// # Errors
    /// See [`GraphError`].
    pub async fn pause(&self, job: &str) -> Result<(), GraphError> {
        self.client.change(Method::POST, &self.path(&format!("synchronization/jobs/{job}/pause")), None).await
    }
}
