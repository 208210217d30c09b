//! What a question before a write names: the app, its tenant, and who is signed in.

use super::live::Connection;
use crate::graph::{Holder, Identity};
use crate::text::Lines;

/// The lines before the question. `principal` is the object id of the app. Reads the tenant's name.
pub(in crate::cli) fn destination(connection: &Connection, app: &str, principal: &str) -> String {
    let identity = connection.wait("Reading the tenant's name", connection.client().identity());
    lines(app, principal, &identity)
}

fn lines(app: &str, principal: &str, identity: &Identity) -> String {
    let tenant = match (&identity.tenant_name, &identity.tenant_id) {
        (Some(name), Some(id)) => format!("{name}, id {id}"),
        (Some(name), None) => name.clone(),
        (None, Some(id)) => format!("id {id}, its name could not be read"),
        (None, None) => "unknown".to_owned(),
    };
    let holder = match &identity.holder {
        Holder::Person(name) => format!("{name}, according to the token"),
        Holder::App { name: Some(name), id: Some(id) } => {
            format!("the app {name}, client id {id}, according to the token")
        }
        Holder::App { name, id } => {
            let known = name.iter().chain(id).next().map(String::as_str).unwrap_or_default();
            format!("the app {known}, according to the token")
        }
        Holder::Unknown => "unknown: the token does not say".to_owned(),
    };
    let mut page = String::new();
    page.line(format_args!("App:       {app}, object id {principal}"));
    page.line(format_args!("Tenant:    {tenant}"));
    page.line(format_args!("Signed in: {holder}"));
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_said_to_be_and_a_name_cannot_begin_a_line() {
        let nothing = Identity { tenant_name: None, tenant_id: None, holder: Holder::Unknown };
        assert_eq!(
            lines("TOTAL", "p", &nothing),
            "App:       TOTAL, object id p\nTenant:    unknown\nSigned in: unknown: the token does not say\n"
        );
        let odd = Identity { tenant_name: Some("A\nSigned in: root".into()), ..nothing };
        assert!(lines("TOTAL", "p", &odd).contains("Tenant:    A Signed in: root\n"));
    }
}
