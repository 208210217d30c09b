//! The connection to the app: where it is, what is sent to it, who is in scope.

pub(super) mod credentials_rejected;
pub(super) mod notification;
pub(super) mod scope;
pub(super) mod secret_token;
pub(super) mod tenant_url;

use super::{Family, Target};
use crate::document::Pointer;
use crate::finding::{Evidence, Section};

/// Rules about the connection.
const CONNECTION: Family = Family { section: Section::Connection, evidence: &[Evidence::Secrets] };

/// A setting: its value, not empty, and where it stands; without one, where it should.
fn setting<'t>(target: &'t Target<'_>, key: &str) -> (Option<&'t str>, Pointer) {
    let list = target.pointer.key("secrets");
    let secrets = target.snapshot.and_then(|snapshot| snapshot.secrets.as_deref()).unwrap_or_default();
    let found = secrets.iter().position(|secret| secret.key.as_deref() == Some(key));
    let value = found.and_then(|index| secrets[index].value.as_deref()).filter(|value| !value.is_empty());
    let pointer = found.map_or_else(|| list.clone(), |index| list.index(index).key("value"));
    (value, pointer)
}

/// Whether provisioning was set up at all; without that nothing of a connection is missing.
fn is_set_up(target: &Target<'_>) -> bool {
    target.snapshot.and_then(|snapshot| snapshot.jobs.as_ref()).is_none_or(|jobs| !jobs.is_empty())
}

fn steps(what: &str) -> Vec<String> {
    vec![
        "Entra admin center: Enterprise applications > your app > Provisioning > Connectivity (or Settings)".to_owned(),
        what.to_owned(),
        "Click Save".to_owned(),
    ]
}
