//! What to do about an error of Microsoft Graph, or of signing in to it.

use crate::graph::{GraphError, RIGHTS, SignInError, SignInKind};
use crate::text::shell::joined;

/// The variable that holds a ready token.
pub(in crate::cli) const TOKEN_VARIABLE: &str = "PROVLINT_ACCESS_TOKEN";

/// A command line that passes a token of the Azure CLI to provlint.
pub(in crate::cli) const PIPE_TOKEN: &str = "az account get-access-token --scope https://graph.microsoft.com/.default --query \
                                             accessToken --output tsv | provlint … --token-stdin";

/// What to do when a request fails.
pub(in crate::cli) fn advice(error: &GraphError) -> String {
    let [application, synchronization, groups] = RIGHTS;
    let rights = format!("the token needs {application}, {synchronization} and {groups}");
    let advice = match error {
        GraphError::Status { status: 401, .. } => {
            "the token has expired or is for another audience; get one for https://graph.microsoft.com"
        }
        GraphError::Status { status: 403, .. } => &rights,
        GraphError::Unreachable { .. } => "check whether you need a proxy (HTTPS_PROXY) or --ca-bundle",
        GraphError::Timeout { .. } => "--timeout waits longer",
        _ => "",
    };
    let by_id = match error {
        GraphError::Status { request_id, .. } if !request_id.is_empty() => {
            format!("Microsoft support can find the request by its id {request_id}")
        }
        _ => String::new(),
    };
    [advice, &by_id].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
}

/// What to do when a change fails.
pub(in crate::cli) fn advice_to_write(error: &GraphError) -> String {
    let rights = "the token needs Synchronization.ReadWrite.All, and AppRoleAssignment.ReadWrite.All to assign groups; a \
                  person needs the role Application Administrator";
    match error.status() {
        Some(401) => format!("{}; or {rights}", advice(error)),
        Some(403) => rights.to_owned(),
        _ => advice(error),
    }
}

/// What to do when the members of a group cannot be read.
pub(in crate::cli) fn advice_to_read_groups(error: &GraphError) -> String {
    match error.status() {
        Some(403) => "the token needs GroupMember.Read.All, and User.Read.All for the members' names".to_owned(),
        None if matches!(error, GraphError::Hidden { .. }) => "the token needs User.Read.All".to_owned(),
        _ => advice(error),
    }
}

/// What to do when the provisioning log cannot be read.
pub(in crate::cli) fn advice_to_read_log(error: &GraphError) -> String {
    match error.status() {
        Some(401 | 403) => "the token needs ProvisioningLog.Read.All, and a person the role Reports Reader".to_owned(),
        _ => advice(error),
    }
}

/// Why the provisioning log could not be read, and what to do.
pub(in crate::cli) fn no_log(error: &GraphError) -> String {
    joined([error.to_string(), advice_to_read_log(error)])
}

/// What to do when the connection cannot be set up.
pub(in crate::cli) fn no_network() -> String {
    "a machine without certificate authorities needs --ca-bundle FILE".to_owned()
}

/// What to do when signing in fails.
pub(in crate::cli) fn no_token(error: &SignInError) -> String {
    match error {
        SignInError::Network(_) => no_network(),
        SignInError::Missing { .. } => "set the variables, or sign in another way with --auth".to_owned(),
        // The last way that is tried: the user may not know yet that a token is needed.
        SignInError::Failed { kind: SignInKind::AzureCli, .. } => format!(
            "run az login; or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or {TOKEN_VARIABLE}; or pipe \
             a token in: {PIPE_TOKEN}"
        ),
        SignInError::Failed { .. } => "sign in another way with --auth; docs/sign-in.md lists the variables".to_owned(),
    }
}
