//! Changes of a tenant, and the calls of Microsoft Graph that make them. Reports show the calls that are sent.

use serde_json::{Value, json};

/// A change of the tenant outside of schemas, which cannot be made in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenantChange {
    /// Changes a setting of the connection.
    Setting {
        /// A key of synchronizationSecretKeyStringValuePair; never that of a credential.
        key: String,
        /// Its new value; an empty value removes the setting.
        value: String,
    },
    /// Assigns a group to the app.
    Assign {
        /// The group's object id.
        group: String,
        /// Its name, where it is known.
        name: Option<String>,
        /// The app role that it gets; all zeros where the app has none.
        role: String,
    },
    /// Removes an assignment.
    Unassign {
        /// The assignment's id.
        assignment: String,
        /// The name of the principal.
        name: String,
    },
}

/// A call of Microsoft Graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphRequest {
    /// `PUT`
    pub method: &'static str,
    /// The path after the version, with `{id}` for an unknown id.
    pub path: String,
    /// The body, where it is short enough to be shown.
    pub body: Option<Value>,
}

impl GraphRequest {
    /// The call that replaces a job's schema; the new schema is its body.
    pub fn of_schema(principal: Option<&str>, job: Option<&str>) -> Self {
        let (principal, job) = (principal.unwrap_or("{servicePrincipalId}"), job.unwrap_or("{jobId}"));
        let path = format!("/servicePrincipals/{principal}/synchronization/jobs/{job}/schema");
        GraphRequest { method: "PUT", path, body: None }
    }

    /// The call that makes a change of the app with that service principal. It names only the changed setting:
    /// the others, which are sent again as they are, are read just before.
    pub fn of_change(change: &TenantChange, principal: Option<&str>) -> Self {
        let id = principal.unwrap_or("{servicePrincipalId}");
        match change {
            TenantChange::Setting { key, value } => GraphRequest {
                method: "PUT",
                path: format!("/servicePrincipals/{id}/synchronization/secrets"),
                body: Some(json!({"value": [{"key": key, "value": value}]})),
            },
            TenantChange::Assign { group, role, .. } => GraphRequest {
                method: "POST",
                path: format!("/servicePrincipals/{id}/appRoleAssignedTo"),
                body: Some(json!({"principalId": group, "resourceId": id, "appRoleId": role})),
            },
            TenantChange::Unassign { assignment, .. } => GraphRequest {
                method: "DELETE",
                path: format!("/servicePrincipals/{id}/appRoleAssignedTo/{assignment}"),
                body: None,
            },
        }
    }
}
