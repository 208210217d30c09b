//! What decides by which attribute an app's users are identified when they sign in.

use serde_json::Value;

use super::client::taken;
use super::{Client, GraphError};

/// The policies about an app's claims, by the part of a snapshot that holds them.
pub(super) type Claims = [(&'static str, Result<Vec<Value>, GraphError>); 2];

/// Reads the policies about the claims of an app that is signed in to by SAML; `None` for other apps, for which nothing
/// can be concluded from them.
///
/// The policy that the portal saves has been in the preview of Graph only:
/// <https://learn.microsoft.com/graph/api/customclaimspolicy-get>. The older kind is in
/// <https://learn.microsoft.com/graph/api/serviceprincipal-list-claimsmappingpolicies>.
pub(super) async fn read(client: &Client, principal: &Value) -> Option<Claims> {
    let mode = principal["preferredSingleSignOnMode"].as_str()?;
    if !mode.eq_ignore_ascii_case("saml") {
        return None;
    }
    let id = principal["id"].as_str()?;
    let mapping = format!("/servicePrincipals/{id}/claimsMappingPolicies?$select=id,definition");
    let custom = format!("/servicePrincipals/{id}/claimsPolicy");
    let (mapping, custom) = tokio::join!(client.list(&mapping), client.get_beta(&custom));
    Some([("claimsMappingPolicies", mapping), ("claimsPolicies", one_or_none(custom))])
}

/// The page shows a list, the metadata a single policy. That 404 means that there is none is not documented.
fn one_or_none(answer: Result<Value, GraphError>) -> Result<Vec<Value>, GraphError> {
    match answer {
        Ok(mut list) if list["value"].is_array() => Ok(taken(&mut list, "value")),
        Ok(policy) if policy["claims"].is_array() => Ok(vec![policy]),
        Ok(_) => Ok(Vec::new()),
        Err(error) if error.status() == Some(404) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
