//! App roles, as the three functions for them write them.

use serde_json::{Value as Json, json};

use super::origin::CUSTOMIZE;
use super::state::Attribute;
use super::update::{operation, patch};
use super::{Form, Operation, Origin, Request, State};
use crate::model::ObjectKind;
use crate::simulate::resource::Path;

/// The type of every role that Entra creates.
pub(super) const ROLE_TYPE: &str = "WindowsAzureActiveDirectoryRole";

/// An app role of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// Its value.
    pub value: String,
    /// Its display name.
    pub display_name: String,
}

/// The function that a row writes roles with.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes#provisioning-a-role-to-a-scim-app>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleFunction {
    /// `SingleAppRoleAssignment`: one role, the primary one.
    Single,
    /// `AppRoleAssignmentsComplex`: all roles; updates only add.
    Complex,
    /// `AssertiveAppRoleAssignmentsComplex`: all roles; updates replace.
    Assertive,
}

impl RoleFunction {
    /// The function in an expression, or in the source of a row as a preview shows it; `None` where it calls none of them.
    pub fn of(expression: &str) -> Option<Self> {
        let functions = [
            ("AssertiveAppRoleAssignmentsComplex(", RoleFunction::Assertive),
            ("AppRoleAssignmentsComplex(", RoleFunction::Complex),
            ("SingleAppRoleAssignment(", RoleFunction::Single),
        ];
        functions.into_iter().find(|(name, _)| expression.contains(name)).map(|(_, function)| function)
    }

    /// A role as a new user has it.
    fn created(self, role: &Role) -> Json {
        match self {
            RoleFunction::Single => json!({"primary": true, "type": ROLE_TYPE, "value": role.value}),
            RoleFunction::Complex => {
                json!({"primary": false, "type": ROLE_TYPE, "displayName": role.display_name, "value": role.value})
            }
            RoleFunction::Assertive => {
                json!({"primary": false, "type": ROLE_TYPE, "display": role.display_name, "value": role.value})
            }
        }
    }
}

impl State {
    /// Sets the roles that a row with this target and function writes. `false` where the target does not fit the
    /// function, or is not a valid path.
    pub fn set_roles(&mut self, target: &str, function: RoleFunction, roles: &[Role]) -> bool {
        let Some(path) = Path::new(target).filter(|path| path.core_attribute() == Some("roles")) else { return false };
        let attribute = match (function, path.sub_attribute(), roles) {
            (RoleFunction::Single, Some(name), [role, ..]) => {
                let value = match name {
                    "value" => json!(role.value),
                    "display" | "displayName" => json!(role.display_name),
                    "type" => json!(ROLE_TYPE),
                    _ => return false,
                };
                Attribute { target: target.to_owned(), path, value, unflagged: None, words: None, only_created: false }
            }
            (RoleFunction::Complex, None, _) => {
                let value = roles.iter().map(|role| function.created(role)).collect();
                let unflagged = Some(as_text(roles));
                // Updates never take a role away.
                Attribute {
                    target: target.to_owned(),
                    path,
                    value,
                    unflagged,
                    words: Some(["Add", "add"]),
                    only_created: false,
                }
            }
            (RoleFunction::Assertive, None, _) => {
                let value = roles.iter().map(|role| function.created(role)).collect();
                Attribute {
                    target: target.to_owned(),
                    path,
                    value,
                    unflagged: None,
                    words: Some(["replace", "replace"]),
                    only_created: false,
                }
            }
            _ => return false,
        };
        self.put(attribute);
        true
    }
}

/// The request that adds roles without the flag as Microsoft's page shows it for `SingleAppRoleAssignment` and
/// `AppRoleAssignmentsComplex`: JSON inside a text.
pub fn add_roles_as_text(id: &str, roles: &[Role]) -> Request {
    let one = operation(Form::Default.word(Operation::Add), "roles", as_text(roles));
    let origin = Origin::must(&[CUSTOMIZE, "https://github.com/MicrosoftDocs/azure-docs/issues/50772"]);
    patch(ObjectKind::User, id, vec![one], origin)
}

fn as_text(roles: &[Role]) -> Json {
    let text = |role: &Role| json!({"id": role.id, "value": role.value, "displayName": role.display_name}).to_string();
    roles.iter().map(|role| json!({"value": text(role)})).collect()
}
