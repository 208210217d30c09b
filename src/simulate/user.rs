//! A user of Microsoft Graph, with the attributes that provisioning sees.
//!
//! Graph and the provisioning service name some things differently; the names of the service are on the page
//! <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes> and in every
//! exported schema, those of Graph on <https://learn.microsoft.com/graph/api/resources/user>.

use foldhash::HashMap;
use serde_json::{Map, Value as Json};

use crate::expression::{Attributes, Unknown, Value};

/// Names of the service, and the properties of Graph that hold the values. A dot separates an object and its member.
const GRAPH_NAMES: [(&str, &str); 10] = [
    ("objectId", "id"),
    ("telephoneNumber", "businessPhones"),
    ("mobile", "mobilePhone"),
    ("physicalDeliveryOfficeName", "officeLocation"),
    ("facsimileTelephoneNumber", "faxNumber"),
    ("dirSyncEnabled", "onPremisesSyncEnabled"),
    ("immutableId", "onPremisesImmutableId"),
    ("originalUserPrincipalName", "userPrincipalName"),
    ("employeeOrgData.costCenter", "employeeOrgData.costCenter"),
    ("employeeOrgData.division", "employeeOrgData.division"),
];

/// Properties that are true or false.
const BOOLEAN: [&str; 3] = ["accountEnabled", "onPremisesSyncEnabled", "dirSyncEnabled"];
/// Multi-valued properties.
const LISTS: [&str; 5] = ["businessPhones", "otherMails", "proxyAddresses", "imAddresses", "groupTypes"];
/// Properties that identify a JSON object as a user, and those that are always strings.
const TEXTS: [&str; 24] = [
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "mailNickname",
    "givenName",
    "surname",
    "jobTitle",
    "department",
    "companyName",
    "employeeId",
    "employeeType",
    "city",
    "state",
    "country",
    "postalCode",
    "streetAddress",
    "officeLocation",
    "mobilePhone",
    "faxNumber",
    "usageLocation",
    "preferredLanguage",
    "userType",
    "onPremisesImmutableId",
];

/// A user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct User {
    properties: HashMap<String, Value>,
    /// Properties with a value that no expression can take, with what it is: `a list of numbers`.
    unusable: HashMap<String, &'static str>,
}

/// A property with a value of the wrong type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{property} is {found} instead of {expected}")]
pub struct WrongType {
    /// The property, with a dot before one inside another.
    pub property: String,
    /// `a number`
    pub found: &'static str,
    /// `a text`
    pub expected: &'static str,
}

impl User {
    /// A user as Graph writes one; `None` for an object that is not a user.
    ///
    /// # Errors
    /// For a property of the wrong type.
    pub fn from_graph(object: &Map<String, Json>) -> Result<Option<Self>, WrongType> {
        if !TEXTS.iter().any(|name| object.contains_key(*name)) {
            return Ok(None);
        }
        let mut user = User::default();
        user.take(object, "")?;
        Ok(Some(user))
    }

    /// Any JSON object as a user: its members are attributes, whatever their names are.
    pub fn from_object(object: &Map<String, Json>) -> Self {
        let mut user = User::default();
        user.take_any(object, "");
        user
    }

    fn take_any(&mut self, object: &Map<String, Json>, prefix: &str) {
        for (name, value) in object.iter().filter(|(name, _)| !name.contains('@')) {
            let property = format!("{prefix}{name}");
            if let Json::Object(inner) = value {
                self.take_any(inner, &members_of(name, &property));
                continue;
            }
            // PowerShell writes a user's properties with a capital.
            let known = canonical(&property).to_owned();
            let boolean = value.as_str().filter(|_| BOOLEAN.contains(&known.as_str())).and_then(boolean);
            match boolean.map_or_else(|| plain_value(value), Ok) {
                Ok(value) => {
                    self.properties.entry(known).or_insert_with(|| value.clone());
                    self.properties.insert(property, value);
                }
                Err(what) => drop(self.unusable.insert(property, what)),
            }
        }
    }

    fn take(&mut self, object: &Map<String, Json>, prefix: &str) -> Result<(), WrongType> {
        for (name, value) in object {
            // Graph's annotations, "@odata.type" and the like.
            if name.contains('@') {
                continue;
            }
            let property = format!("{prefix}{name}");
            if let Json::Object(inner) = value {
                if TEXTS.contains(&property.as_str()) || BOOLEAN.contains(&property.as_str()) {
                    return Err(wrong_type(&property, value));
                }
                self.take(inner, &members_of(name, &property))?;
                continue;
            }
            match graph_value(&property, value)? {
                Ok(value) => drop(self.properties.insert(property, value)),
                Err(what) => drop(self.unusable.insert(property, what)),
            }
        }
        Ok(())
    }

    /// A user whose properties are strings, as in a CSV file: an empty string means no value.
    pub fn from_texts<'t>(properties: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, WrongType> {
        let mut user = User::default();
        for (name, text) in properties {
            let name = canonical(name);
            let value = match text.trim() {
                "" => Value::Null,
                _ if LISTS.contains(&name) => Value::List(vec![text.to_owned()]),
                word if BOOLEAN.contains(&name) => boolean(word).ok_or_else(|| WrongType {
                    property: name.to_owned(),
                    found: "another text",
                    expected: "true or false",
                })?,
                _ => Value::from(text),
            };
            user.properties.insert(name.to_owned(), value);
        }
        Ok(user)
    }

    /// Any row of a table as a user: the columns are attributes, whatever their names are. An empty string means no value.
    pub fn from_row<'t>(columns: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let mut user = User::default();
        for (name, text) in columns {
            let known = canonical(name);
            let value = match text.trim() {
                "" => Value::Null,
                word => boolean(word).filter(|_| BOOLEAN.contains(&known)).unwrap_or_else(|| Value::from(text)),
            };
            user.properties.entry(known.to_owned()).or_insert_with(|| value.clone());
            user.properties.insert(name.to_owned(), value);
        }
        user
    }

    /// Sets a property, replacing its value.
    pub fn set(&mut self, name: &str, value: Value) {
        self.properties.insert(name.to_owned(), value);
    }

    /// The same user, deleted, unassigned or out of scope, or in scope: what `IsSoftDeleted` says.
    pub fn with_soft_deleted(&self, is_soft_deleted: bool) -> Self {
        let mut user = self.clone();
        user.set("IsSoftDeleted", Value::boolean(is_soft_deleted));
        user
    }

    /// The same user with the values that another one has.
    #[must_use]
    pub fn with_values_of(mut self, other: &User) -> Self {
        self.properties.extend(other.properties.iter().map(|(name, value)| (name.clone(), value.clone())));
        self.unusable.extend(other.unusable.iter().map(|(name, what)| (name.clone(), *what)));
        self
    }

    /// The text of a property, for people.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.properties.get(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The name to show for the user: the sign-in name, else another name, else the id.
    pub fn label(&self) -> Option<&str> {
        ["userPrincipalName", "displayName", "mail", "id", "objectId"].iter().find_map(|name| self.text(name))
    }

    /// The object id.
    pub fn id(&self) -> Option<&str> {
        self.text("id").or_else(|| self.text("objectId"))
    }

    fn property(&self, name: &str) -> Option<&Value> {
        self.properties.get(name)
    }

    /// Whether the user is deleted or disabled: `IsSoftDeleted` in the service, for a user in scope.
    fn is_soft_deleted(&self) -> Result<Value, Unknown> {
        if let Some(known) = self.property("IsSoftDeleted") {
            return Ok(known.clone());
        }
        if self.property("deletedDateTime").is_some_and(|deleted| !deleted.is_empty()) {
            return Ok(Value::boolean(true));
        }
        match self.property("accountEnabled") {
            Some(Value::Text(enabled)) => Ok(Value::boolean(!enabled.eq_ignore_ascii_case("true"))),
            _ => Err(Unknown::NotGiven("accountEnabled".into())),
        }
    }
}

impl Attributes for User {
    fn attribute(&self, name: &str) -> Result<Value, Unknown> {
        match name {
            "IsSoftDeleted" => return self.is_soft_deleted(),
            "appRoleAssignments" => {
                return Err(Unknown::new("a user's data does not include app roles"));
            }
            "passwordProfile.password" => return Err(Unknown::new("passwords cannot be read")),
            "userPrincipalName" => {
                if let Some(Value::Text(text)) = self.property(name)
                    && let Some(alias) = guest_alias(text)
                {
                    return self.guest_address(alias);
                }
            }
            "manager" => {
                if let Some(id) = self.property("manager.id") {
                    return Ok(id.clone());
                }
            }
            _ => {}
        }
        if let Some(value) = self.property(name) {
            return Ok(value.clone());
        }
        let graph_name = GRAPH_NAMES.iter().find(|(attribute, _)| *attribute == name).map(|(_, property)| *property);
        match graph_name.and_then(|property| self.property(property)) {
            // Of several business phones, the service uses the one that Graph allows.
            Some(Value::List(items)) if name == "telephoneNumber" => {
                Ok(items.first().map_or(Value::Null, |first| Value::from(first.as_str())))
            }
            Some(value) => Ok(value.clone()),
            None => {
                let key = graph_name.unwrap_or(name);
                match self.unusable.get(key) {
                    Some(what) => Err(Unknown::new(format!("{name} is {what}, which no expression can take"))),
                    // An object that is null has no members.
                    None if self.has_null_parent(key) => Ok(Value::Null),
                    None => Err(Unknown::NotGiven(key.to_owned())),
                }
            }
        }
    }
}

/// The part before `#EXT#` of the user principal name of a guest; `None` for anybody else.
pub(super) fn guest_alias(user_principal_name: &str) -> Option<&str> {
    let at = user_principal_name.to_ascii_lowercase().find("#ext#")?;
    user_principal_name.get(..at)
}

impl User {
    /// The address that Entra sends for a guest, where `userPrincipalName` is a source: the one that the guest was invited
    /// with, without `#EXT#` and the domain of the tenant. In the stored name, `_` stands for `@`.
    /// <https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works#b2b-guest-collaboration> and
    /// <https://github.com/MicrosoftDocs/azure-docs/issues/80332> (2026-11-30)
    fn guest_address(&self, alias: &str) -> Result<Value, Unknown> {
        let is_domain = |domain: &str| {
            let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
            domain.contains('.') && domain.split('.').all(is_label)
        };
        let parts = alias.rsplit_once('_').filter(|(local, domain)| !local.is_empty() && is_domain(domain));
        let Some((local, domain)) = parts else {
            return Err(Unknown::new(format!(
                "Entra sends the address that the guest was invited with, which {alias}#EXT# does not contain"
            )));
        };
        let address = format!("{local}@{domain}");
        // Nothing documents which of several underscores was the @, or that Entra would look at the mail address.
        if local.contains('_') {
            return Err(Unknown::new(format!(
                "Entra sends the address that the guest was invited with; {alias}#EXT# does not tell which _ was its @ \
                 (probably {address})"
            )));
        }
        Ok(Value::Text(address))
    }

    fn has_null_parent(&self, name: &str) -> bool {
        let parent = match name.split_once('.') {
            Some((parent, _)) => parent,
            None if name.starts_with("extensionAttribute") => "onPremisesExtensionAttributes",
            None => return false,
        };
        self.property(parent) == Some(&Value::Null)
    }
}

fn boolean(word: &str) -> Option<Value> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(spelling, _)| word.eq_ignore_ascii_case(spelling))
        .map(|(_, value)| Value::boolean(value))
}

/// A name in Graph's spelling, ignoring case, because spreadsheets change it.
fn canonical(name: &str) -> &str {
    let known = TEXTS.iter().chain(&BOOLEAN).chain(&LISTS).copied();
    let service = GRAPH_NAMES.iter().map(|(attribute, _)| *attribute);
    known.chain(service).find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(name)
}

/// The properties of Graph, for `$select`, that some attributes of the service come from, and those that
/// identify a user.
pub fn graph_properties<'n>(attributes: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    const ALWAYS: [&str; 4] = ["id", "userPrincipalName", "displayName", "accountEnabled"];
    // The manager is not a property, passwords cannot be read, and roles are not part of a user.
    let readable = attributes
        .into_iter()
        .map(graph_property)
        .filter(|name| !["manager", "passwordProfile", "appRoleAssignments"].contains(name));
    let mut properties: Vec<String> = ALWAYS.into_iter().chain(readable).map(str::to_owned).collect();
    properties.sort_unstable();
    properties.dedup();
    properties
}

/// The property of Graph, for `$select`, that an attribute of the service comes from.
pub fn graph_property(attribute: &str) -> &str {
    match attribute {
        "IsSoftDeleted" => "accountEnabled",
        name if name.strip_prefix("extensionAttribute").is_some_and(|number| number.parse::<u8>().is_ok()) => {
            "onPremisesExtensionAttributes"
        }
        name => {
            let renamed = GRAPH_NAMES.iter().find(|(known, _)| *known == name).map_or(name, |(_, property)| property);
            renamed.split('.').next().unwrap_or(renamed)
        }
    }
}

/// Whether a word is the name of a user's property.
pub fn is_user_property(name: &str) -> bool {
    let name = canonical(name);
    let named = TEXTS.contains(&name) || BOOLEAN.contains(&name) || LISTS.contains(&name);
    named || GRAPH_NAMES.iter().any(|(attribute, _)| *attribute == name)
}

fn wrong_type(property: &str, value: &Json) -> WrongType {
    let found = match value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    let expected = if BOOLEAN.contains(&property) {
        "true or false"
    } else if LISTS.contains(&property) {
        "a list of texts"
    } else {
        "a text"
    };
    WrongType { property: property.to_owned(), found, expected }
}

/// The prefix of the members of an object. Extension attributes are looked up by their own names, also where PowerShell sets
/// them apart.
fn members_of(name: &str, property: &str) -> String {
    let own_names = matches!(name, "onPremisesExtensionAttributes" | "additionalProperties");
    if own_names { String::new() } else { format!("{property}.") }
}

/// A property of Graph; the inner error says what a value is that no expression can take.
fn graph_value(property: &str, value: &Json) -> Result<Result<Value, &'static str>, WrongType> {
    let wrong = || wrong_type(property, value);
    let is_text = TEXTS.contains(&property);
    let is_boolean = BOOLEAN.contains(&property);
    let is_list = LISTS.contains(&property);
    match value {
        Json::String(word) if is_boolean => boolean(word).map(Ok).ok_or_else(wrong),
        Json::Bool(_) if is_text || is_list => Err(wrong()),
        Json::Number(_) if is_text || is_boolean || is_list => Err(wrong()),
        Json::String(_) if is_list => Err(wrong()),
        Json::Array(_) if is_text || is_boolean => Err(wrong()),
        Json::Object(_) => Err(wrong()),
        _ => match plain_value(value) {
            Err(_) if is_list => Err(wrong()),
            plain => Ok(plain),
        },
    }
}

/// A value as an expression takes it.
///
/// # Errors
/// What it is, if no expression can take it.
fn plain_value(value: &Json) -> Result<Value, &'static str> {
    match value {
        Json::Null => Ok(Value::Null),
        Json::Bool(value) => Ok(Value::boolean(*value)),
        Json::String(text) => Ok(Value::from(text.as_str())),
        Json::Number(number) => Ok(number.as_i64().map_or_else(|| Value::Text(number.to_string()), Value::Number)),
        Json::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
            match texts {
                Some(texts) if texts.is_empty() => Ok(Value::Null),
                Some(texts) => Ok(Value::List(texts)),
                None if items.iter().all(Json::is_number) => Err("a list of numbers"),
                None if items.iter().all(Json::is_object) => Err("a list of objects"),
                None => Err("a list that is not of texts"),
            }
        }
        Json::Object(_) => Err("an object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn user(json: Json) -> User {
        User::from_graph(json.as_object().unwrap()).unwrap().unwrap()
    }

    #[test]
    fn the_service_finds_its_attributes_under_graphs_names() {
        let jane = user(json!({
            "@odata.type": "#microsoft.graph.user",
            "id": "00aa",
            "userPrincipalName": "jane_example.com#EXT#@contoso.com",
            "accountEnabled": true,
            "businessPhones": ["+1 555 0100", "+1 555 0101"],
            "mobilePhone": null,
            "otherMails": [],
            "proxyAddresses": ["SMTP:jane@contoso.com"],
            "onPremisesExtensionAttributes": {"extensionAttribute1": "x", "extensionAttribute2": null},
            "employeeOrgData": null,
            "manager": {"id": "00bb", "displayName": "Boss"},
            "assignedLicenses": [{"skuId": "x"}],
        }));
        for (name, value) in [
            ("objectId", Value::from("00aa")),
            ("userPrincipalName", Value::from("jane@example.com")),
            ("originalUserPrincipalName", Value::from("jane_example.com#EXT#@contoso.com")),
            ("IsSoftDeleted", Value::from("False")),
            ("accountEnabled", Value::from("True")),
            ("telephoneNumber", Value::from("+1 555 0100")),
            ("mobile", Value::Null),
            ("otherMails", Value::Null),
            ("proxyAddresses", Value::List(vec!["SMTP:jane@contoso.com".into()])),
            ("extensionAttribute1", Value::from("x")),
            ("extensionAttribute2", Value::Null),
            ("employeeOrgData.costCenter", Value::Null),
            ("manager", Value::from("00bb")),
        ] {
            assert_eq!(jane.attribute(name), Ok(value), "{name}");
        }
        for name in ["jobTitle", "extensionAttribute3", "appRoleAssignments", "passwordProfile.password"] {
            assert!(jane.attribute(name).is_err(), "{name} wasn't given");
        }
    }

    #[test]
    fn a_guest_is_sent_with_the_address_of_the_invitation_where_that_can_be_told() {
        let sent = |name: &str| user(json!({"userPrincipalName": name})).attribute("userPrincipalName").ok();
        for (name, address) in [
            ("jane_example.com#EXT#@contoso.onmicrosoft.com", Some("jane@example.com")),
            ("jane.d-o_mail.example.co.uk#EXT#@contoso.com", Some("jane.d-o@mail.example.co.uk")),
            ("jane_example.com#ext#@contoso.com", Some("jane@example.com")),
            ("jane_doe@contoso.com", Some("jane_doe@contoso.com")),
            ("jane_doe_example.com#EXT#@contoso.com", None),
            ("jane#EXT#@contoso.com", None),
            ("_example.com#EXT#@contoso.com", None),
            ("jane_localhost#EXT#@contoso.com", None),
            ("#EXT#@contoso.com", None),
        ] {
            assert_eq!(sent(name), address.map(Value::from), "{name}");
        }
        let reason = user(json!({"userPrincipalName": "jane_doe_example.com#EXT#@contoso.com"}));
        let reason = reason.attribute("userPrincipalName").unwrap_err().to_string();
        assert!(reason.contains("probably jane_doe@example.com"), "{reason}");
    }

    #[test]
    fn what_is_not_given_is_unknown_and_never_null() {
        assert!(user(json!({"id": "00aa"})).attribute("IsSoftDeleted").is_err());
        let disabled = user(json!({"id": "00aa", "accountEnabled": false}));
        assert_eq!(disabled.attribute("IsSoftDeleted"), Ok(Value::from("True")));
        assert_eq!(User::from_graph(json!({"synchronizationRules": []}).as_object().unwrap()), Ok(None));
    }

    #[test]
    fn any_object_has_attributes_and_a_value_that_none_can_take_is_named() {
        let object = json!({
            "City": "Oslo", "active": true, "level": 7, "rate": 1.5, "tags": ["a", "b"], "scores": [1, 2],
            "plans": [{"id": 1}], "org": {"unit": "x"}, "jobTitle": 12, "AccountEnabled": "TRUE",
        });
        let user = User::from_object(object.as_object().unwrap());
        for (name, value) in [
            ("City", Value::from("Oslo")),
            ("active", Value::from("True")),
            ("level", Value::Number(7)),
            ("rate", Value::from("1.5")),
            ("tags", Value::List(vec!["a".into(), "b".into()])),
            ("org.unit", Value::from("x")),
            ("jobTitle", Value::Number(12)),
            ("IsSoftDeleted", Value::from("False")),
        ] {
            assert_eq!(user.attribute(name), Ok(value), "{name}");
        }
        for (name, reason) in
            [("scores", "a list of numbers"), ("plans", "a list of objects"), ("Rate", "not in the input")]
        {
            let unknown = user.attribute(name).unwrap_err().to_string();
            assert!(unknown.contains(reason), "{name}: {unknown}");
        }
    }

    #[test]
    fn a_property_of_the_wrong_type_is_named() {
        for (object, message) in [
            (json!({"id": "a", "jobTitle": 12}), "jobTitle is a number instead of a text"),
            (json!({"id": "a", "accountEnabled": "maybe"}), "accountEnabled is a text instead of true or false"),
            (json!({"id": "a", "businessPhones": "1"}), "businessPhones is a text instead of a list of texts"),
            (json!({"id": {}}), "id is an object instead of a text"),
        ] {
            let error = User::from_graph(object.as_object().unwrap()).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}
