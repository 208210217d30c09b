//! What to do about an error of Microsoft Graph, or of signing in to it.

use crate::graph::{AzureCli, GraphError, Need, PAGE, SignInError, SignInKind};
use crate::text::shell::joined;

/// The variable that holds a ready token.
pub(in crate::cli) const TOKEN_VARIABLE: &str = "PROVLINT_ACCESS_TOKEN";

/// A command line that passes a token of the Azure CLI to provlint.
pub(in crate::cli) const PIPE_TOKEN: &str = "az account get-access-token --scope https://graph.microsoft.com/.default --query \
                                             accessToken --output tsv | provlint … --token-stdin";

/// What to do when a request fails.
pub(in crate::cli) fn advice(error: &GraphError) -> String {
    advice_for(Need::Check, error)
}

/// What to do when a request fails that needs this.
fn advice_for(need: Need, error: &GraphError) -> String {
    let advice = match error {
        GraphError::Unreachable { .. } => "check whether you need a proxy (HTTPS_PROXY) or --ca-bundle".to_owned(),
        GraphError::Timeout { .. } => "--timeout waits longer".to_owned(),
        error => need.advice(error),
    };
    let by_id = match error {
        GraphError::Status { request_id, .. } if !request_id.is_empty() => {
            format!("Microsoft support can find the request by its id {request_id}")
        }
        _ => String::new(),
    };
    [advice, by_id].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
}

/// What to do when a change fails.
pub(in crate::cli) fn advice_to_write(error: &GraphError) -> String {
    advice_for(Need::Write, error)
}

/// What to do when the members of a group cannot be read.
pub(in crate::cli) fn advice_to_read_groups(error: &GraphError) -> String {
    advice_for(Need::Members, error)
}

/// What to do when the provisioning log cannot be read.
pub(in crate::cli) fn advice_to_read_log(error: &GraphError) -> String {
    advice_for(Need::Log, error)
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
        SignInError::AzureCli { state: AzureCli::SignedIn, .. } => {
            format!("run az login --scope https://graph.microsoft.com/.default, or sign in another way: {}", others())
        }
        // The last way that is tried: the user may not know yet that a token is needed.
        SignInError::AzureCli { state: AzureCli::SignedOut, .. } => {
            format!("run az login, or sign in another way: {}", others())
        }
        SignInError::AzureCli { state: AzureCli::NotInstalled, .. } => {
            format!(
                "install it (https://learn.microsoft.com/cli/azure/install-azure-cli) and run az login, or sign in another \
                 way: {}",
                others()
            )
        }
        SignInError::Timeout { kind: SignInKind::AzureCli, .. } => {
            format!("run az account show to see why, wait longer with --timeout, or sign in another way: {}", others())
        }
        SignInError::Timeout { .. } => "wait longer with --timeout, or sign in another way with --auth".to_owned(),
        SignInError::Failed { .. } => format!("sign in another way with --auth; {PAGE} lists the variables"),
    }
}

/// The ways to sign in without the Azure CLI on this machine.
fn others() -> String {
    format!(
        "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or {TOKEN_VARIABLE}; or name a way with --auth, which \
         {PAGE} lists; or pipe a token in: {PIPE_TOKEN}"
    )
}
