//! The connection to the app: its URL, its credentials, and the settings of provisioning.

pub(super) mod auth_method;
pub(super) mod credentials_rejected;
pub(super) mod notification;
pub(super) mod scope;
pub(super) mod secret_token;
pub(super) mod tenant_url;

use super::portal::{self, Step};
use super::{Family, Target};
use crate::document::Pointer;
use crate::finding::{Evidence, Section};
use crate::model::{Authentication, Snapshot};

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

/// The step that corrects the tenant URL.
fn correct_tenant_url() -> Vec<Step> {
    portal::on_connectivity(format!("Correct the {}", portal::TENANT_URL))
}

/// How the connection signs in to the app: with a secret token where the settings do not say.
fn way_of(target: &Target<'_>) -> Authentication {
    target.snapshot.and_then(Snapshot::authentication).unwrap_or(Authentication::Bearer)
}

/// The steps that enter the credentials for a way of signing in.
fn enter_credentials(way: Authentication) -> Vec<Step> {
    let method = |name: portal::Name| format!("Under {}, choose {name}", portal::AUTHENTICATION);
    portal::on_connectivity(match way {
        Authentication::ClientCredentials => {
            format!("{}, and enter client ID, client secret and token endpoint", method(portal::CLIENT_CREDENTIALS))
        }
        Authentication::Federation => {
            format!("{}, and enter client ID and token endpoint", method(portal::WORKLOAD_IDENTITY))
        }
        Authentication::Bearer | Authentication::Other => format!("Enter the {}", portal::SECRET_TOKEN),
    })
}

/// Whether provisioning has been configured. Until then, a missing setting is not a mistake.
fn is_set_up(target: &Target<'_>) -> bool {
    target.snapshot.and_then(|snapshot| snapshot.jobs.as_ref()).is_none_or(|jobs| !jobs.is_empty())
}
