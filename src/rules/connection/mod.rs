//! The connection to the app: where it is, what is sent to it, who is in scope.

pub(super) mod credentials_rejected;
pub(super) mod notification;
pub(super) mod scope;
pub(super) mod secret_token;
pub(super) mod tenant_url;

use super::{Findings, Judged, Rule, Target};
use crate::document::Pointer;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};

/// A rule about the connection that only a person can put right.
const fn rule(
    id: &'static str,
    severity: Severity,
    summary: &'static str,
    page: &'static str,
    check: fn(&Target<'_>, &mut Findings<'_>) -> Judged,
) -> Rule {
    let metadata = Metadata {
        id,
        section: Section::Connection,
        severity,
        fix: Applicability::Manual,
        evidence: &[Evidence::Secrets],
        summary,
        page,
    };
    Rule { metadata, check }
}

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
