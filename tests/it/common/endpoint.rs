//! A SCIM server of the tests' own, which takes every request of Entra in both states of the flag, and has a switch for
//! each fault that a rehearsal must find.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

pub use super::fault::Fault;
use super::graph::{Reply, Request, StandIn};
use super::patch::{Patching, patch};

pub const TOKEN: &str = "a-token-that-only-the-endpoint-may-see";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const SCIM: &str = "application/scim+json; charset=utf-8";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[derive(Default)]
struct State {
    users: Vec<Map<String, Value>>,
    groups: Vec<Map<String, Value>>,
    number: usize,
    /// What ids are made of.
    ids: String,
}

/// Users and groups.
pub type Contents = (Vec<Map<String, Value>>, Vec<Map<String, Value>>);

type Hook = dyn Fn(&Request, usize, &dyn Fn() -> Reply) -> Reply + Send + Sync;

/// A running server.
pub struct Endpoint {
    stand_in: StandIn,
    state: Arc<Mutex<State>>,
}

impl Endpoint {
    /// A server with these faults; none for one that does everything right.
    pub fn with(faults: &[Fault]) -> Self {
        Endpoint::hooked(faults, |_, _, usual| usual())
    }

    /// The same, where `hook` may answer otherwise, before or after the usual answer is made.
    pub fn hooked(
        faults: &[Fault],
        hook: impl Fn(&Request, usize, &dyn Fn() -> Reply) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let faults: Arc<BTreeSet<Fault>> = Arc::new(faults.iter().copied().collect());
        let hook: Box<Hook> = Box::new(hook);
        let kept = Arc::clone(&state);
        let stand_in = StandIn::start(move |request, number| {
            let usual = || Call { request, faults: &faults }.answer(&mut kept.lock().unwrap());
            hook(request, number, &usual)
        });
        Endpoint { stand_in, state }
    }

    /// A server that holds this.
    pub fn holding(contents: Contents) -> Self {
        let endpoint = Endpoint::with(&[]);
        {
            let mut state = endpoint.state.lock().unwrap();
            (state.users, state.groups) = contents;
            state.number = 1_000;
        }
        endpoint
    }

    /// A server that does everything right and shows `see` what it holds, before and after each request.
    pub fn watched(see: impl Fn(Contents) + Send + Sync + 'static) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let kept = Arc::clone(&state);
        let stand_in = StandIn::start(move |request, _| {
            let mut state = kept.lock().unwrap();
            see((state.users.clone(), state.groups.clone()));
            let reply = Call { request, faults: &BTreeSet::new() }.answer(&mut state);
            see((state.users.clone(), state.groups.clone()));
            reply
        });
        Endpoint { stand_in, state }
    }

    /// A server whose first id is this text; others have a number too.
    pub fn with_ids(ids: &str) -> Self {
        let endpoint = Endpoint::with(&[]);
        endpoint.state.lock().unwrap().ids = ids.to_owned();
        endpoint
    }

    pub fn url(&self) -> String {
        format!("{}/scim", self.stand_in.url)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.stand_in.requests()
    }

    /// What is there.
    pub fn left(&self) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        state.users.iter().chain(&state.groups).cloned().map(Value::Object).collect()
    }

    /// Puts a user there that a rehearsal must not touch.
    pub fn add_user(&self, user: Value) {
        self.state.lock().unwrap().users.push(user.as_object().unwrap().clone());
    }
}

struct Call<'c> {
    request: &'c Request,
    faults: &'c BTreeSet<Fault>,
}

fn scim(status: u16, body: &Value) -> Reply {
    Reply::Text(status, SCIM, body.to_string())
}

fn error(status: u16, kind: &str, detail: &str) -> Reply {
    let mut body = json!({"schemas": [ERROR], "status": status.to_string(), "detail": detail});
    if !kind.is_empty() {
        body["scimType"] = json!(kind);
    }
    scim(status, &body)
}

/// A text from a URL.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).expect("two digits")
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

impl Call<'_> {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn answer(&self, state: &mut State) -> Reply {
        let request = self.request;
        if self.has(Fault::Html) || (self.has(Fault::UserAgentRequired) && request.user_agent.is_empty()) {
            return Reply::Text(403, "text/html", "<html><h1>Forbidden</h1></html>".into());
        }
        if request.authorization != format!("Bearer {TOKEN}") && !self.has(Fault::AnyToken) {
            return error(401, "", "wrong token");
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let Some(path) = path.strip_prefix("/scim/") else { return error(404, "", "no such path") };
        let (kind, id) = path.split_once('/').map_or((path, None), |(kind, id)| (kind, Some(decoded(id))));
        let is_group = match kind {
            "Users" => false,
            "Groups" if !self.has(Fault::NoGroups) => true,
            _ => return error(404, "", "no such resource"),
        };
        let parameter = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(known, _)| *known == name).map(|(_, value)| decoded(value)).next()
        };
        let without_members = parameter("excludedAttributes").as_deref() == Some("members");
        let body: Value = serde_json::from_str(&request.body).unwrap_or(Value::Null);
        match (request.method.as_str(), id) {
            ("GET", None) => {
                let without_members = without_members && !self.has(Fault::SearchReturnsMembers);
                let number = |name: &str| parameter(name).map(|text| text.parse::<usize>().expect("a number"));
                let page = (number("startIndex").unwrap_or(1), number("count").unwrap_or(usize::MAX));
                let page = if self.has(Fault::PagesIgnored) { (1, usize::MAX) } else { page };
                self.list(state, is_group, parameter("filter").as_deref(), without_members, page)
            }
            ("GET", Some(id)) => match find(state, is_group, &id) {
                Some(found) => scim(200, &self.shown(found, without_members)),
                None => error(404, "", "not found"),
            },
            ("POST", None) => self.create(state, is_group, &body),
            ("PATCH", Some(id)) => self.change(state, is_group, &id, &body),
            ("DELETE", Some(id)) => {
                let list = if is_group { &mut state.groups } else { &mut state.users };
                let before = list.len();
                list.retain(|one| one["id"] != json!(id));
                let is_gone = list.len() < before;
                for group in &mut state.groups {
                    if let Some(Value::Array(members)) = group.get_mut("members") {
                        members.retain(|member| member["value"] != json!(id));
                    }
                }
                let is_right = is_gone || self.has(Fault::DeletedTwice);
                if is_right { Reply::Text(204, SCIM, String::new()) } else { error(404, "", "not found") }
            }
            _ => error(405, "", "no such method"),
        }
    }

    /// A resource as it is returned.
    fn shown(&self, resource: &Map<String, Value>, without_members: bool) -> Value {
        let mut resource = resource.clone();
        if without_members && !self.has(Fault::ExclusionIgnored) {
            resource.remove("members");
        }
        if self.has(Fault::ManagerReturnedAsText)
            && let Some(Value::Object(extension)) = resource.get_mut(ENTERPRISE)
            && let Some(id) = extension.get("manager").map(|manager| manager["value"].clone())
        {
            extension.insert("manager".into(), id);
        }
        Value::Object(resource)
    }

    fn list(
        &self,
        state: &State,
        is_group: bool,
        filter: Option<&str>,
        without_members: bool,
        (start, count): (usize, usize),
    ) -> Reply {
        let list = if is_group { &state.groups } else { &state.users };
        let mut found: Vec<&Map<String, Value>> = list.iter().collect();
        if let Some(filter) = filter.filter(|_| !self.has(Fault::FilterIgnored)) {
            let Some(clauses) = clauses(filter) else { return error(400, "invalidFilter", filter) };
            if self.has(Fault::FilterUnsupported) && !found.is_empty() {
                return error(400, "invalidFilter", "this filter is not supported");
            }
            let fits = |one: &&Map<String, Value>| {
                clauses.iter().all(|(path, wanted)| {
                    let exact = path == "externalId" || path == "id" || self.has(Fault::FilterCaseSensitive);
                    values_at(one, path).iter().any(|value| {
                        let value = value.as_str().unwrap_or_default();
                        if exact { value == wanted } else { value.to_lowercase() == wanted.to_lowercase() }
                    })
                })
            };
            found.retain(fits);
            if self.has(Fault::ManagerNotFound) && clauses.iter().any(|(path, _)| path == "manager") {
                found.clear();
            }
            if self.has(Fault::InactiveHidden) {
                found.retain(|one| one.get("active") != Some(&json!(false)));
            }
        }
        if found.is_empty() && self.has(Fault::EmptyQueryNotFound) {
            return error(404, "", "nothing found");
        }
        let total = found.len();
        let page = found.into_iter().skip(start.max(1) - 1).take(count);
        let shown: Vec<Value> = page.map(|one| self.shown(one, without_members)).collect();
        scim(
            200,
            &json!({"schemas": [LIST], "totalResults": total, "startIndex": start, "itemsPerPage": shown.len(), "Resources": shown}),
        )
    }

    fn create(&self, state: &mut State, is_group: bool, body: &Value) -> Reply {
        let Some(body) = body.as_object() else { return error(400, "invalidSyntax", "no JSON object") };
        let key = if is_group { "displayName" } else { "userName" };
        let Some(name) = body.get(key).and_then(Value::as_str).map(str::to_lowercase) else {
            return error(400, "invalidValue", &format!("{key} is required"));
        };
        let schemas = body.get("schemas").and_then(Value::as_array).map_or(0, Vec::len);
        if schemas == 0 {
            return error(400, "invalidSyntax", "schemas is required");
        }
        if is_group && self.has(Fault::EmptyMembersRefused) && body.get("members") == Some(&json!([])) {
            return error(400, "invalidValue", "a group has members");
        }
        if is_group && self.has(Fault::GroupSchemaRefused) && schemas > 1 {
            return error(400, "invalidValue", "unknown schema");
        }
        let list = if is_group { &state.groups } else { &state.users };
        let is_there = list.iter().any(|one| one[key].as_str().is_some_and(|known| known.to_lowercase() == name));
        if is_there && (is_group || !self.has(Fault::DuplicateAccepted)) {
            return error(409, "uniqueness", "this name is taken");
        }
        let mut resource = Map::new();
        let operations = json!([{"op": "add", "value": body}]);
        if let Err((status, kind)) = patch(&mut resource, &operations, &Patching::default()) {
            return error(status, kind, "this value cannot be stored");
        }
        state.number += 1;
        let id = match (state.ids.as_str(), state.number) {
            ("", number) => format!("{}-{number}", if is_group { "g" } else { "u" }),
            (ids, 1) => ids.to_owned(),
            (ids, number) => format!("{ids}{number}"),
        };
        resource.insert("id".into(), json!(id));
        resource.insert("meta".into(), json!({"resourceType": if is_group { "Group" } else { "User" }}));
        self.forget(&mut resource);
        let shown = self.shown(&resource, is_group);
        let list = if is_group { &mut state.groups } else { &mut state.users };
        list.push(resource);
        scim(201, &shown)
    }

    fn forget(&self, resource: &mut Map<String, Value>) {
        if self.has(Fault::ExternalIdDropped) {
            resource.remove("externalId");
        }
        if self.has(Fault::TitleForgotten) {
            resource.remove("title");
        }
        if self.has(Fault::RolesForgotten) {
            resource.remove("roles");
        }
    }

    fn change(&self, state: &mut State, is_group: bool, id: &str, body: &Value) -> Reply {
        let list = if is_group { &mut state.groups } else { &mut state.users };
        let Some(found) = list.iter_mut().find(|one| one["id"] == json!(id)) else {
            return error(404, "", "not found");
        };
        let operations = body["Operations"].as_array().map(Vec::as_slice).unwrap_or_default();
        let paths: BTreeSet<&str> = operations.iter().filter_map(|operation| operation["path"].as_str()).collect();
        let with_path = operations.iter().filter(|operation| operation["path"].is_string()).count();
        let is_plain = |operation: &Value| operation["path"].as_str().is_some_and(|path| !path.contains(['[', ':']));
        let is_refused = match operations {
            [] => self.has(Fault::EmptyUpdateRefused),
            _ if paths.contains("externalId") && self.has(Fault::ExternalIdFixed) => true,
            [one] if one["op"].as_str().is_some_and(|op| op.eq_ignore_ascii_case("add")) && is_plain(one) => {
                one["path"] != json!("members") && self.has(Fault::SingleAddRefused)
            }
            [one] if one["op"] == json!("Replace") && one["value"].is_boolean() => self.has(Fault::BooleanRefused),
            _ => paths.len() < with_path && self.has(Fault::RepeatedOperationRefused),
        };
        if is_refused {
            return error(400, "invalidSyntax", "this update is not supported");
        }
        let mut resource = found.clone();
        let patching = Patching {
            clears_group: self.has(Fault::RemovalClearsGroup),
            refuses_removal: self.has(Fault::RemovalRefused),
            refuses_text: self.has(Fault::StringBooleanRefused),
            stores_text: self.has(Fault::StringBooleanStored),
            refuses_add: self.has(Fault::AddRefused),
            refuses_capital: self.has(Fault::CapitalRefused),
            refuses_absent: self.has(Fault::AbsentElementRefused),
            duplicates_element: self.has(Fault::ElementDuplicated),
            drops_type: self.has(Fault::ElementWithoutType),
            stores_keys: self.has(Fault::PathlessLiteral),
            ignores_pathless: self.has(Fault::PathlessIgnored),
            refuses_manager: self.has(Fault::ManagerRefused),
            refuses_member_twice: self.has(Fault::MemberTwiceRefused),
            refuses_replacing_absent: self.has(Fault::ReplacingAbsentRefused),
            replaces_whole: self.has(Fault::PathlessReplacesWhole),
            ignores_active: self.has(Fault::PathlessActiveIgnored),
            refuses_value_removal: self.has(Fault::ValueRemovalRefused),
        };
        if let Err((status, kind)) = patch(&mut resource, &body["Operations"], &patching) {
            return error(status, kind, "this operation is not supported");
        }
        self.forget(&mut resource);
        *found = resource;
        if is_group { Reply::Text(204, SCIM, String::new()) } else { scim(200, &self.shown(found, false)) }
    }
}

fn find<'s>(state: &'s State, is_group: bool, id: &str) -> Option<&'s Map<String, Value>> {
    let list = if is_group { &state.groups } else { &state.users };
    list.iter().find(|one| one["id"] == json!(id))
}

/// `a eq "x" and b eq "y"`
fn clauses(filter: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut rest = filter;
    loop {
        // An attribute path may hold a filter of its own.
        let behind = rest.find(']').unwrap_or(0);
        let at = behind + rest[behind..].find(" eq ")?;
        let (path, value) = (&rest[..at], &rest[at + 4..]);
        let mut stream = serde_json::Deserializer::from_str(value).into_iter::<String>();
        let text = stream.next()?.ok()?;
        let end = stream.byte_offset();
        found.push((path.to_owned(), text));
        match &value[end..] {
            "" => return Some(found),
            more => rest = more.strip_prefix(" and ")?,
        }
    }
}

/// The values at an attribute path.
fn values_at<'v>(resource: &'v Map<String, Value>, path: &str) -> Vec<&'v Value> {
    if let Some(manager) = path.strip_prefix("manager") {
        let value = resource.get(ENTERPRISE).map(|extension| &extension["manager"]["value"]);
        return if manager.is_empty() || manager == ".value" { value.into_iter().collect() } else { Vec::new() };
    }
    if path == "members" {
        let members = resource.get("members").and_then(Value::as_array);
        return members.into_iter().flatten().map(|member| &member["value"]).collect();
    }
    if let Some((attribute, rest)) = path.split_once('[') {
        let (filter, sub) = rest.split_once("].").expect("a sub-attribute");
        let (key, wanted) = filter.split_once(" eq ").expect("a filter");
        let wanted: Value = serde_json::from_str(wanted).expect("JSON");
        let items = resource.get(attribute).and_then(Value::as_array);
        return items.into_iter().flatten().filter(|item| item[key] == wanted).map(|item| &item[sub]).collect();
    }
    if let Some((urn, attribute)) = path.rsplit_once(':') {
        return resource.get(urn).and_then(|extension| extension.get(attribute)).into_iter().collect();
    }
    match path.split_once('.') {
        Some((attribute, sub)) => match resource.get(attribute) {
            Some(Value::Array(items)) => items.iter().map(|item| &item[sub]).collect(),
            found => found.and_then(|value| value.get(sub)).into_iter().collect(),
        },
        None => resource.get(path).into_iter().collect(),
    }
}
