//! Who is signed in, and in which tenant.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::Value;

use super::Client;
use crate::secret;

/// The longest wait for the tenant's name, which is only shown.
const NAME_WAIT: Duration = Duration::from_secs(5);

/// Who is signed in, as the token says. No signature is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A person, by user principal name.
    Person(String),
    /// An app, by display name and client id.
    App {
        /// `app_displayname`
        name: Option<String>,
        /// `appid`
        id: Option<String>,
    },
    /// The token cannot be decoded, or names neither.
    Unknown,
}

/// The tenant, and who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The tenant's display name, as Graph gives it.
    pub tenant_name: Option<String>,
    /// The tenant's id: from Graph, else from the token.
    pub tenant_id: Option<String>,
    /// Who is signed in.
    pub holder: Holder,
}

impl Client {
    /// The tenant, and who is signed in. What cannot be read is left out.
    pub async fn identity(&self) -> Identity {
        let claims = secret::claims(self.token().expose_secret());
        let reading = self.get("/organization?$select=id,displayName");
        let answer = tokio::time::timeout(NAME_WAIT, reading).await;
        let organization = answer.ok().and_then(Result::ok).map(|answer| answer["value"][0].clone());
        Identity::of(&claims, &organization.unwrap_or_default())
    }
}

impl Identity {
    fn of(claims: &Value, organization: &Value) -> Self {
        Identity {
            tenant_name: text(organization, "displayName"),
            tenant_id: text(organization, "id").or_else(|| text(claims, "tid")),
            holder: Holder::of(claims),
        }
    }
}

impl Holder {
    /// <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>
    fn of(claims: &Value) -> Self {
        let person = ["upn", "preferred_username", "unique_name"].into_iter().find_map(|name| text(claims, name));
        let (name, id) = (text(claims, "app_displayname"), text(claims, "appid").or_else(|| text(claims, "azp")));
        match person {
            Some(person) if claims["idtyp"] != "app" => Holder::Person(person),
            _ if name.is_none() && id.is_none() => Holder::Unknown,
            // A token for a person that does not name them; its app is only the program that they used.
            _ if claims["scp"].is_string() => Holder::Unknown,
            _ => Holder::App { name, id },
        }
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_holder_is_a_person_or_an_app_and_never_the_program_that_a_person_used() {
        let app = |name: Option<&str>| Holder::App { name: name.map(str::to_owned), id: Some("c".into()) };
        for (claims, holder) in [
            (json!({"upn": "jane@contoso.com", "appid": "c", "scp": "x"}), Holder::Person("jane@contoso.com".into())),
            (json!({"unique_name": "jane", "idtyp": "user"}), Holder::Person("jane".into())),
            (json!({"idtyp": "app", "appid": "c", "app_displayname": "CI"}), app(Some("CI"))),
            (json!({"appid": "c", "roles": []}), app(None)),
            (json!({"appid": "c", "app_displayname": "Azure CLI", "scp": "x"}), Holder::Unknown),
            (Value::Null, Holder::Unknown),
        ] {
            assert_eq!(Holder::of(&claims), holder, "{claims}");
        }
    }

    #[test]
    fn the_tenant_is_known_from_the_token_when_graph_does_not_tell() {
        let claims = json!({"tid": "t"});
        let unread = Identity::of(&claims, &Value::Null);
        assert_eq!((unread.tenant_name, unread.tenant_id.as_deref()), (None, Some("t")));
        let read = Identity::of(&Value::Null, &json!({"id": "t", "displayName": "Contoso"}));
        assert_eq!((read.tenant_name.as_deref(), read.tenant_id.as_deref()), (Some("Contoso"), Some("t")));
    }
}
