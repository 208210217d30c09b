//! The connection to the app: its URL, its credentials, and the settings of provisioning.

pub(super) mod credentials_rejected;
pub(super) mod notification;
pub(super) mod scope;
pub(super) mod secret_token;
pub(super) mod tenant_url;

use super::{Family, Target, portal};
use crate::document::Pointer;
use crate::finding::{Evidence, Section};

/// What the rules about the connection have in common.
const CONNECTION: Family = Family { section: Section::Connection, evidence: &[Evidence::Secrets] };

/// The value of a setting, unless it is empty, and its place; the place of the list if the setting is missing.
fn setting<'t>(target: &'t Target<'_>, key: &str) -> (Option<&'t str>, Pointer) {
    let list = target.pointer.key("secrets");
    let secrets = target.snapshot.and_then(|snapshot| snapshot.secrets.as_deref()).unwrap_or_default();
    let found = secrets.iter().position(|secret| secret.key.as_deref() == Some(key));
    let value = found.and_then(|index| secrets[index].value.as_deref()).filter(|value| !value.is_empty());
    let pointer = found.map_or_else(|| list.clone(), |index| list.index(index).key("value"));
    (value, pointer)
}

/// Whether provisioning has been configured. Until then, a missing setting is not a mistake.
fn is_set_up(target: &Target<'_>) -> bool {
    target.snapshot.and_then(|snapshot| snapshot.jobs.as_ref()).is_none_or(|jobs| !jobs.is_empty())
}

/// Steps on the page with the tenant URL and the credentials.
fn on_connectivity(what: &str) -> Vec<portal::Step> {
    vec![portal::app("Provisioning > Connectivity (or Settings)"), what.into(), "Click Save".into()]
}

/// Steps on the page with the scope, the notification and the deletion threshold.
fn on_properties(what: &str) -> Vec<portal::Step> {
    vec![
        portal::app("Provisioning > Overview > Properties > Basics > Edit (or Provisioning > Settings)"),
        what.into(),
        "Click Apply (or Save)".into(),
    ]
}
