//! The examples on a rule's page as files.
//!
//! An example is a fenced block with the info string `json bad WHERE` or `json good WHERE`. It is inserted into
//! `fixtures/total-export.json`, which is completely correct:
//!
//! | WHERE | meaning of the block |
//! |---|---|
//! | `file` | the whole file |
//! | `schema`, `rule` | members for the schema, or its synchronizationRule |
//! | `User`, `Group` | members for that object mapping |
//! | `User/externalId` | the row that writes externalId: members for it, `null` for no row, a list for several |
//! | `snapshot`, `job`, `app`, `assignment`, `group` | members for `fixtures/snapshot.json`, or its job, service principal, assignment, group |
//! | `secret/SyncAll` | members for that setting of the connection, `null` for none |
//! | `User.target/title`, `User.source/mail` | the same for an attribute in the target's or the source's list |
//!
//! A member that is `null` in the block is null in the file; `x…` stands for ten thousand letters, `[…]` for a
//! thousand users, and a member `"…"` for a user's attributes without a value. A block `yaml policy` holds the policy for
//! all of the page's examples.
//!
//! What readers understand better in words is an example in a comment, which they do not see: the info string and the
//! block are the comment's lines.

use super::graph::{SCHEMA, SNAPSHOT};
use provlint::model::ObjectKind;
use serde_json::{Value, json};

/// A fenced block.
pub struct Block {
    pub info: String,
    pub text: String,
}

pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let fences = [("```", "```"), ("<!-- ", "-->")];
        let fence = fences.iter().find_map(|(start, end)| Some((line.trim_start().strip_prefix(start)?, end)));
        if let Some((info, end)) = fence {
            let text: Vec<&str> = lines.by_ref().take_while(|line| line.trim_start() != *end).collect();
            blocks.push(Block { info: info.trim().to_owned(), text: text.join("\n") });
        }
    }
    blocks
}

/// Replaces each member `"…"` by a user's attributes that the example does not show.
fn fill(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(fill),
        Value::Object(members) => {
            if members.remove("…").is_some() {
                for name in WITHOUT_VALUE {
                    members.entry(name).or_insert(Value::Null);
                }
            }
            members.values_mut().for_each(fill);
        }
        _ => {}
    }
}

/// The attributes of a user.
const WITHOUT_VALUE: [&str; 18] = [
    "displayName",
    "mail",
    "mailNickname",
    "givenName",
    "surname",
    "jobTitle",
    "department",
    "mobilePhone",
    "officeLocation",
    "city",
    "state",
    "country",
    "postalCode",
    "streetAddress",
    "employeeId",
    "faxNumber",
    "preferredLanguage",
    "companyName",
];

/// The text of an example with its abbreviations written out.
pub fn written_out(text: &str) -> String {
    let text = text.replace("x…", &"x".repeat(10_000));
    if text.contains(r#""…""#)
        && let Ok(mut value) = serde_json::from_str(&text)
    {
        fill(&mut value);
        return value.to_string();
    }
    if !text.contains("[…]") {
        return text;
    }
    let users: Vec<Value> = (0..1000).map(|number| json!({"id": format!("u{number}")})).collect();
    text.replace("[…]", &Value::from(users).to_string())
}

fn merge(value: &mut Value, members: &Value) {
    let members = members.as_object().expect("members in braces");
    for (name, member) in members {
        value[name.as_str()] = member.clone();
    }
}

/// Replaces the element of `list` whose `key` is `name` with `block`.
fn place(list: &mut Vec<Value>, key: &str, name: &str, block: &Value) {
    let at = list.iter().position(|item| item[key] == name);
    let template = at.map_or_else(|| list.last().cloned().unwrap_or_default(), |at| list[at].clone());
    let filled = |members: &Value| {
        let mut item = template.clone();
        if at.is_none() {
            item[key] = json!(name);
        }
        merge(&mut item, members);
        item
    };
    let items = match block {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().map(filled).collect(),
        members => vec![filled(members)],
    };
    match at {
        Some(at) => drop(list.splice(at..=at, items)),
        None => list.extend(items),
    }
}

fn array(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().expect("a list")
}

fn snapshot(place_of: &str, block: &Value) -> Option<Value> {
    let mut snapshot = SNAPSHOT.clone();
    match place_of.split_once('/') {
        None if place_of == "snapshot" => merge(&mut snapshot, block),
        None if place_of == "job" => merge(&mut snapshot["jobs"][0], block),
        None if place_of == "app" => merge(&mut snapshot["servicePrincipal"], block),
        None if place_of == "assignment" => merge(&mut snapshot["appRoleAssignedTo"][0], block),
        None if place_of == "group" => merge(&mut snapshot["groups"][0], block),
        Some(("secret", key)) => place(array(&mut snapshot["secrets"]), "key", key, block),
        _ => return None,
    }
    Some(snapshot)
}

/// The file of an example.
pub fn file(place_of: &str, block: &Value) -> Value {
    if let Some(snapshot) = snapshot(place_of, block) {
        return snapshot;
    }
    if place_of == "file" {
        return block.clone();
    }
    let mut schema = SCHEMA.clone();
    if place_of == "schema" {
        merge(&mut schema, block);
        return schema;
    }
    if place_of == "rule" {
        merge(&mut schema["synchronizationRules"][0], block);
        return schema;
    }
    let (object, name) = place_of.split_once('/').map_or((place_of, None), |(object, name)| (object, Some(name)));
    let (object, side) = object.split_once('.').map_or((object, None), |(object, side)| (object, Some(side)));
    let kind = if object == "User" { ObjectKind::User } else { ObjectKind::Group };
    assert_eq!(kind.as_str(), object, "no such place: {place_of}");
    match side {
        None => {
            let mappings = array(&mut schema["synchronizationRules"][0]["objectMappings"]);
            let mapping = mappings.iter_mut().find(|mapping| mapping["targetObjectName"] == kind.urn()).unwrap();
            match name {
                None => merge(mapping, block),
                Some(name) => place(array(&mut mapping["attributeMappings"]), "targetAttributeName", name, block),
            }
        }
        Some(side) => {
            let (directory, object) = if side == "target" { (1, kind.urn()) } else { (0, kind.as_str()) };
            let objects = array(&mut schema["directories"][directory]["objects"]);
            let object = objects.iter_mut().find(|definition| definition["name"] == object).unwrap();
            place(array(&mut object["attributes"]), "name", name.expect("an attribute"), block);
        }
    }
    schema
}

/// The policy of a page's examples, as YAML.
pub fn policy(blocks: &[Block]) -> &str {
    blocks.iter().find(|block| block.info == "yaml policy").map_or("", |block| block.text.as_str())
}
