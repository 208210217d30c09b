//! The made-up users and the group of a rehearsal, with the values that the schema makes of them.

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::ledger::PREFIX;
use crate::expression::{Attributes, Evaluator, Value};
use crate::simulate::request::{Role, RoleFunction, State};
use crate::simulate::{Match, Plan, Preview, Sent, User};

/// What distinguishes one rehearsal from all others: the same seed gives the same requests.
#[derive(Clone, Debug)]
pub struct Script {
    /// The seed.
    pub seed: u64,
    /// The time that expressions see.
    pub now: Timestamp,
}

/// A user or group, and what Entra would send for it.
#[derive(Clone, Debug)]
pub struct Persona {
    /// How Entra looks for it.
    pub matching: Vec<Match>,
    /// Its values at first.
    pub first: State,
    /// Its values after changes of everything but what it is found by.
    pub second: State,
    /// Its values once the user has left: only `active` differs.
    pub left: State,
    /// Attributes with values that nothing else has.
    pub find_by: Vec<(String, String)>,
    /// Whether any of these is a value that the schema gives.
    pub can_be_found: bool,
    /// Another value for what people see as its name, `userName` or `displayName`.
    pub renamed: (String, String),
    /// Target attributes whose values are unknown, and why.
    pub unknown: Vec<(String, String)>,
}

/// Everyone on the stage.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Three users.
    pub users: [Persona; 3],
    /// The group, if groups are mapped.
    pub group: Option<Persona>,
    /// The target that the manager is written to, if it is mapped.
    pub manager: Option<String>,
    /// The roles that the rehearsal uses, with the target and function of their row.
    pub roles: Option<(String, RoleFunction)>,
    /// The roles of the app.
    pub known_roles: Vec<Role>,
    /// A text for random queries.
    pub random: String,
    /// A token that no one issued.
    pub wrong_token: String,
}

/// Makes a cast. `given` are the values of users that the caller wants to be used; names and ids are replaced.
pub fn cast(users: &Plan<'_>, groups: Option<&Plan<'_>>, given: &[User], roles: &[Role], script: &Script) -> Cast {
    let mut chance = Rng::with_seed(script.seed);
    let tag = tag(&mut chance);
    let evaluator = Evaluator::new(script.now, script.seed);
    let reads: Vec<&str> = users.reads();
    let (random, wrong_token) = (guid(&mut chance), guid(&mut chance));
    let (mut manager, mut function) = (None, None);
    let users = [1, 2, 3].map(|number: usize| {
        let id = guid(&mut chance);
        let own = given.get(number.saturating_sub(1)).or(given.first());
        let values = |variant| {
            let made_up = User::from_object(&person(&tag, number, variant, &id, &reads));
            with_own(made_up, own, &tag, number, variant)
        };
        let user = values(1);
        let preview = users.preview(&user, &evaluator);
        for row in &preview.rows {
            if matches!(row.sent, Sent::Reference(_)) {
                manager = Some(row.target.to_string());
            }
            if let Some(of_row) = RoleFunction::of(&row.source) {
                function = Some((row.target.to_string(), of_row));
            }
        }
        let changed = users.preview(&values(2), &evaluator).state();
        let left = users.preview(&user.with_soft_deleted(true), &evaluator).state();
        let renamed = ("userName".to_owned(), format!("{PREFIX}{tag}-renamed-{number}@{}", domain(own)));
        persona(&preview, changed, left, &tag, &id, renamed)
    });
    let mut cast =
        Cast { users, group: None, manager, roles: function, known_roles: roles.to_vec(), random, wrong_token };
    if let Some(plan) = groups {
        let id = guid(&mut chance);
        let reads = plan.reads();
        let group = |variant| User::from_object(&group(&tag, variant, &id, &reads));
        let preview = plan.preview(&group(1), &evaluator);
        let changed = plan.preview(&group(2), &evaluator).state();
        let renamed = ("displayName".to_owned(), format!("{PREFIX}{tag} renamed"));
        let left = preview.state();
        cast.group = Some(persona(&preview, changed, left, &tag, &id, renamed));
    }
    cast
}

fn persona(
    preview: &Preview,
    mut second: State,
    left: State,
    tag: &str,
    id: &str,
    renamed: (String, String),
) -> Persona {
    let first = preview.state();
    // An object is found by these also after changes.
    let fixed = preview.matching.iter().map(|found| found.target.as_str()).chain(["userName", "externalId", "active"]);
    let fixed = fixed.chain((renamed.0 == "displayName").then_some("displayName"));
    for target in fixed {
        if let Some(value) = first.value(target).cloned() {
            second.set(target, value);
        }
    }
    let digits = digits(tag);
    let is_unique =
        |value: &str| value.to_lowercase().contains(tag) || value.contains(&digits) || value.eq_ignore_ascii_case(id);
    let mut find_by: Vec<(String, String)> = Vec::new();
    for target in [renamed.0.as_str(), "externalId"].into_iter().chain(preview.matching.iter().map(|m| &*m.target)) {
        let Some(value) = first.value(target).and_then(Json::as_str).filter(|value| is_unique(value)) else { continue };
        if !find_by.iter().any(|(known, _)| known == target) {
            find_by.push((target.to_owned(), value.to_owned()));
        }
    }
    let can_be_found = !find_by.is_empty();
    find_by.push(renamed.clone());
    let unknown = preview.rows.iter().filter_map(|row| match &row.sent {
        Sent::Unknown(_) if RoleFunction::of(&row.source).is_some() || &*row.target == "members" => None,
        Sent::Unknown(reason) => Some((row.target.to_string(), reason.to_string())),
        _ => None,
    });
    let unknown = unknown.collect();
    Persona { matching: preview.matching.clone(), first, second, left, find_by, can_be_found, renamed, unknown }
}

/// Eight hexadecimal digits.
fn tag(chance: &mut Rng) -> String {
    format!("{:08x}", chance.u32(..))
}

/// The same as a number, which no one else has either.
fn digits(tag: &str) -> String {
    u32::from_str_radix(tag, 16).map(|number| format!("9{number:010}")).unwrap_or_default()
}

/// A GUID, as the object id of Entra.
fn guid(chance: &mut Rng) -> String {
    uuid::Builder::from_random_bytes(chance.u128(..).to_be_bytes()).into_uuid().to_string()
}

/// The domain of the user principal name that was given.
fn domain(own: Option<&User>) -> &str {
    let given = own.and_then(|own| own.text("userPrincipalName"));
    given.and_then(|name| name.split_once('@')).map_or("example.com", |(_, domain)| domain)
}

/// A made-up person. Names have an apostrophe and letters that are not ASCII, which real ones have too.
fn person(tag: &str, number: usize, variant: u32, id: &str, reads: &[&str]) -> Map<String, Json> {
    let (given, surname) = match number {
        1 => ("Ola", "Nordmann"),
        2 => ("Siobhán", "O'Neil"),
        _ => ("Łucja", "Müller-Ōta"),
    };
    let local = format!("{PREFIX}{tag}-{number}{}", if number == 2 { "o'neil" } else { "" });
    let again = if variant == 1 { "" } else { " II" };
    let (country, city, language) = if variant == 1 { ("NO", "Oslo", "nb-NO") } else { ("DE", "Köln", "de-DE") };
    let user = json!({
        "id": id,
        "objectId": id,
        "userPrincipalName": format!("{local}@example.com"),
        "mail": format!("{}@example.com", if variant == 1 { local.clone() } else { format!("{local}.new") }),
        "mailNickname": local,
        "displayName": format!("{PREFIX}{tag} {given} {surname}{again}"),
        "givenName": format!("{given}{again}"),
        "surname": format!("{surname}{again}"),
        "jobTitle": format!("Tester & Developer{again}"),
        "department": format!("R&D, Quality{again}"),
        "companyName": format!("Contoso{again}"),
        "employeeId": format!("{}{variant}{number}", digits(tag)),
        "employeeType": if variant == 1 { "Employee" } else { "Contractor" },
        "city": city,
        "state": city,
        "country": country,
        "usageLocation": country,
        "postalCode": if variant == 1 { "0150" } else { "50667" },
        "streetAddress": format!("{variant} Main Street"),
        "physicalDeliveryOfficeName": format!("Room {variant}"),
        "telephoneNumber": format!("+47 22 00 00 {variant}{number}"),
        "mobile": format!("+47 99 00 00 {variant}{number}"),
        "facsimileTelephoneNumber": format!("+47 22 00 01 {variant}{number}"),
        "preferredLanguage": language,
        "userType": "Member",
        "accountEnabled": true,
        "dirSyncEnabled": "False",
        "otherMails": [format!("{local}.other@example.com")],
        "proxyAddresses": [format!("SMTP:{local}@example.com")],
        "manager": {"id": id},
    });
    let mut user = match user {
        Json::Object(user) => user,
        _ => Map::new(),
    };
    fill(&mut user, reads, variant, number);
    user
}

/// Gives every further attribute that rows read a made-up text.
fn fill(values: &mut Map<String, Json>, reads: &[&str], variant: u32, number: usize) {
    const NOT_MADE_UP: [&str; 5] =
        ["IsSoftDeleted", "appRoleAssignments", "passwordProfile.password", "members", "manager"];
    for name in reads.iter().filter(|name| !NOT_MADE_UP.contains(name)) {
        if name.to_ascii_lowercase().ends_with("date") || name.to_ascii_lowercase().ends_with("datetime") {
            values.entry(*name).or_insert_with(|| json!(format!("202{variant}-01-31T00:00:00Z")));
        }
        values.entry(*name).or_insert_with(|| json!(format!("text {variant}-{number}")));
    }
}

/// A made-up group. Its name has blanks and signs that a query must encode.
fn group(tag: &str, variant: u32, id: &str, reads: &[&str]) -> Map<String, Json> {
    let group = json!({
        "id": id,
        "objectId": id,
        "displayName": format!("{PREFIX}{tag} R&D + QA"),
        "mailNickname": format!("{PREFIX}{tag}"),
        "mail": format!("{PREFIX}{tag}@example.com"),
        "description": format!("A group of a rehearsal, version {variant}"),
        "mailEnabled": "False",
        "securityEnabled": "True",
    });
    let mut group = match group {
        Json::Object(group) => group,
        _ => Map::new(),
    };
    fill(&mut group, reads, variant, 1);
    group
}

/// The values with those that the caller gave. Names and ids are never those of a real user.
fn with_own(made_up: User, own: Option<&User>, tag: &str, number: usize, variant: u32) -> User {
    let Some(own) = own else { return made_up };
    let mut user = made_up.clone().with_values_of(own);
    for name in ["id", "objectId", "accountEnabled", "IsSoftDeleted", "manager.id"] {
        if let Ok(value) = made_up.attribute(name) {
            user.set(name, value);
        }
    }
    for name in ["userPrincipalName", "mail", "mailNickname"] {
        let Some(text) = own.text(name) else { continue };
        let again = if name == "mail" && variant > 1 { "new-" } else { "" };
        let behind = text.split_once('@').map(|(_, domain)| format!("@{domain}")).unwrap_or_default();
        user.set(name, Value::from(format!("{PREFIX}{tag}-{again}{number}{behind}").as_str()));
    }
    if let Some(text) = own.text("displayName") {
        let again = if variant > 1 { " II" } else { "" };
        user.set("displayName", Value::from(format!("{PREFIX}{tag} {text}{again}").as_str()));
    }
    user
}
