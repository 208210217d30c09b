//! A stand-in for Microsoft Graph: a tenant with one app, and every kind of wrong answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;

use serde_json::{Value, json};

use super::{Ran, finish, provlint};

pub const TOKEN: &str = "a-token-that-only-the-stand-in-may-see";
pub const PRINCIPAL: &str = "5f2c0a61-0000-4000-8000-00000000000a";
pub const TENANT: &str = "5f2c0a61-0000-4000-8000-00000000000c";
pub const APP_ID: &str = "5f2c0a61-0000-4000-8000-00000000000b";
pub const JOB: &str = "scim.5d1f0c7e2a944bb0a1c3e8f6d7092b41.7c1d9a52-3e64-4f0b-8a57-2b90c4e6d813";

/// Runs the program with a stand-in and asserts that it never shows its token.
pub fn online(stand_in: &StandIn, arguments: &[&str]) -> Ran {
    let mut command = provlint(arguments);
    command.args(["--graph-url", &stand_in.url]).env("PROVLINT_ACCESS_TOKEN", TOKEN);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "PROVLINT_GRAPH_URL"] {
        command.env_remove(name);
    }
    let ran = finish(&mut command);
    assert!(!ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN), "the token is shown: {ran:?}");
    ran
}

/// A received request.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The stand-in's own host and port.
    pub host: String,
    pub authorization: String,
    pub client_request_id: String,
    pub user_agent: String,
    /// By which some SCIM endpoints recognise Entra.
    pub ad_scim_version: String,
    pub accept: String,
    pub content_type: String,
    pub body: String,
    /// Whether it is a part of a batch.
    pub in_batch: bool,
}

/// An answer.
pub enum Reply {
    /// A status, further headers, and a body.
    Json(u16, Vec<(&'static str, String)>, Value),
    /// A status, a content type, and a body of any kind.
    Text(u16, &'static str, String),
    /// The connection is closed in the middle of the body.
    Truncated,
    /// The connection is closed without an answer.
    Reset,
    /// The body never ends.
    Endless,
    /// No answer is ever sent.
    Silence,
    /// The whole batch that holds this request is answered with this status.
    BatchRefused(u16),
}

impl Reply {
    pub fn ok(body: Value) -> Self {
        Reply::Json(200, Vec::new(), body)
    }

    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Reply::Json(
            status,
            Vec::new(),
            json!({"error": {"code": code, "message": message, "innerError": {"request-id": "r-1"}}}),
        )
    }
}

type Answer = dyn Fn(&Request, usize) -> Reply + Send + Sync;

/// A running stand-in; it ends with the test's process.
pub struct StandIn {
    pub url: String,
    log: Arc<Mutex<Vec<Request>>>,
}

impl StandIn {
    /// Answers every request with `answer`, which gets the number of earlier requests. Each part of a batch counts.
    pub fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::on("http", answer, |stream, answer, log, count| serve(stream, answer, log, count))
    }

    /// The same over https; the second value is the certificate to trust, as PEM.
    pub fn start_secure(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> (Self, String) {
        Self::start_tls(rustls::DEFAULT_VERSIONS, answer)
    }

    /// The same with these versions of TLS.
    pub fn start_tls(
        versions: &[&'static rustls::SupportedProtocolVersion],
        answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> (Self, String) {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::Pkcs8(certified.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![certified.cert.der().clone()], key).unwrap();
        let config = Arc::new(config);
        let stand_in = Self::on("https", answer, move |stream, answer, log, count| {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            serve(rustls::StreamOwned::new(session, stream), answer, log, count);
        });
        (stand_in, certified.cert.pem())
    }

    fn on(
        scheme: &str,
        answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
        serve: impl Fn(TcpStream, &Answer, &Mutex<Vec<Request>>, &Mutex<usize>) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = if scheme == "https" { "localhost" } else { "127.0.0.1" };
        let url = format!("{scheme}://{host}:{}", listener.local_addr().unwrap().port());
        let log = Arc::new(Mutex::new(Vec::new()));
        let (answer, serve): (Arc<Answer>, _) = (Arc::new(answer), Arc::new(serve));
        let count = Arc::new(Mutex::new(0));
        let requests = Arc::clone(&log);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log, count) = (Arc::clone(&answer), Arc::clone(&requests), Arc::clone(&count));
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(stream, &*answer, &log, &count));
            }
        });
        StandIn { url, log }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }
}

fn serve<S: Read + Write>(stream: S, answer: &Answer, log: &Mutex<Vec<Request>>, count: &Mutex<usize>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        log.lock().unwrap().push(request.clone());
        let reply =
            if request.path == "/v1.0/$batch" { batch(&request, answer, count) } else { answer(&request, next(count)) };
        if !write(reader.get_mut(), reply) {
            return;
        }
    }
}

fn next(count: &Mutex<usize>) -> usize {
    let mut count = count.lock().unwrap();
    *count += 1;
    *count - 1
}

fn batch(request: &Request, answer: &Answer, count: &Mutex<usize>) -> Reply {
    let body: Value = serde_json::from_str(&request.body).expect("a batch is JSON");
    let parts = body["requests"].as_array().expect("requests");
    assert!(parts.len() <= 20, "a batch accepts twenty requests");
    let mut refused = None;
    let mut responses: Vec<Value> = parts
        .iter()
        .map(|part| {
            let inner = Request {
                method: part["method"].as_str().unwrap().to_owned(),
                path: format!("/v1.0{}", part["url"].as_str().unwrap()),
                body: String::new(),
                in_batch: true,
                ..request.clone()
            };
            let (status, headers, body) = match answer(&inner, next(count)) {
                Reply::BatchRefused(status) => {
                    refused = Some(status);
                    (status, Vec::new(), Value::Null)
                }
                Reply::Json(status, headers, body) => (status, headers, body),
                Reply::Text(status, _, text) => (status, Vec::new(), json!(text)),
                _ => (504, Vec::new(), json!({"error": {"code": "Timeout", "message": ""}})),
            };
            let headers: serde_json::Map<String, Value> =
                headers.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
            json!({"id": part["id"], "status": status, "headers": headers, "body": body})
        })
        .collect();
    if let Some(status) = refused {
        return Reply::error(status, "BadRequest", "Batch requests are not accepted.");
    }
    // Graph does not keep the order of the requests.
    responses.reverse();
    Reply::ok(json!({"responses": responses}))
}

fn read<S: Read>(reader: &mut BufReader<S>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split(' ');
    // A part of a batch names its path as it is; by itself, the quotes in it are encoded.
    let (method, path) = (words.next()?.to_owned(), words.next()?.replace("%27", "'"));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let header = |name: &str| {
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        method,
        path,
        host: header("host"),
        authorization: header("authorization"),
        client_request_id: header("client-request-id"),
        user_agent: header("user-agent"),
        ad_scim_version: header("adscimversion"),
        accept: header("accept"),
        content_type: header("content-type"),
        body: String::from_utf8(body).ok()?,
        in_batch: false,
    })
}

/// Writes a reply and returns whether the connection can be reused.
fn write<S: Read + Write>(stream: &mut S, reply: Reply) -> bool {
    let (status, kind, headers, body) = match reply {
        Reply::Json(status, headers, body) => (status, "application/json", headers, body.to_string()),
        Reply::Text(status, kind, body) => (status, kind, Vec::new(), body),
        Reply::Truncated => {
            let _ = stream.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"value\": [",
            );
            return false;
        }
        Reply::BatchRefused(status) => panic!("{status} is the answer to a batch, and this request is in none"),
        Reply::Reset => return false,
        Reply::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"value\": [");
            let blanks = [b' '; 1 << 16];
            while stream.write_all(&blanks).is_ok() {}
            return false;
        }
        Reply::Silence => {
            // Until the client closes the connection.
            let _ = stream.read(&mut [0]);
            return false;
        }
    };
    let mut head = format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    // In one piece: the client confirms the first of two only after a while, and the second waits for that.
    head.push_str(&body);
    stream.write_all(head.as_bytes()).is_ok()
}

/// The fixtures, parsed once: the stand-in answers thousands of requests.
pub static SNAPSHOT: LazyLock<Value> = LazyLock::new(|| parsed(include_str!("../../../fixtures/snapshot.json")));
pub static SCHEMA: LazyLock<Value> = LazyLock::new(|| parsed(include_str!("../../../fixtures/total-export.json")));
static JANE: LazyLock<Value> = LazyLock::new(|| parsed(include_str!("../../../fixtures/users/jane.json")));

fn parsed(fixture: &str) -> Value {
    serde_json::from_str(fixture).expect("the fixture is JSON")
}

/// A member of a group as Graph returns it, with every property that the correct mapping reads.
pub fn member(number: usize) -> Value {
    let mut user = JANE.clone();
    let members = user.as_object_mut().unwrap();
    members.remove("manager");
    members.insert("@odata.type".into(), json!("#microsoft.graph.user"));
    let name = format!("user{number}@contoso.com");
    for property in ["userPrincipalName", "mail", "displayName", "mailNickname"] {
        members.insert(property.into(), json!(name));
    }
    members.insert("id".into(), json!(format!("0a000000-0000-4000-8000-{number:012}")));
    user
}

/// A way in which a tenant does not let provlint read everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Everything about provisioning answers 401 with an empty message, as Graph does without permission.
    SynchronizationUnauthorized,
    /// Groups, by id and by name, and their members answer 403.
    GroupsForbidden,
    /// The settings of the connection answer 404, though the app has a job.
    SecretsMissing,
    /// Paths of provisioning are refused inside a batch with this status, but answered by themselves.
    SynchronizationRefusedInBatch(u16),
    /// Every batch is refused with this status.
    BatchRefused(u16),
}

impl Broken {
    /// The answer to a request that is affected.
    pub fn answer(self, request: &Request) -> Option<Reply> {
        let path = request.path.split('?').next().unwrap_or_default();
        let of_synchronization = path.contains("/synchronization/");
        match self {
            Broken::SynchronizationUnauthorized => of_synchronization.then(|| Reply::error(401, "UnknownError", "")),
            Broken::GroupsForbidden => path.starts_with("/v1.0/groups").then(|| {
                let message = "Insufficient privileges to complete the operation.";
                Reply::error(403, "Authorization_RequestDenied", message)
            }),
            Broken::SecretsMissing => path
                .ends_with("/synchronization/secrets")
                .then(|| Reply::error(404, "Request_ResourceNotFound", "Resource 'secrets' does not exist.")),
            Broken::SynchronizationRefusedInBatch(status) => (of_synchronization && request.in_batch)
                .then(|| Reply::error(status, "BadRequest", "This request is not supported inside a batch.")),
            Broken::BatchRefused(status) => request.in_batch.then_some(Reply::BatchRefused(status)),
        }
    }

    /// The correct tenant in all other respects.
    pub fn start(self) -> StandIn {
        StandIn::start(move |request, _| self.answer(request).unwrap_or_else(|| tenant(request)))
    }
}

/// The answers of a correct tenant.
pub fn tenant(request: &Request) -> Reply {
    let principal = json!({
        "id": PRINCIPAL, "appId": APP_ID, "displayName": "TOTAL", "accountEnabled": true,
        "appRoleAssignmentRequired": true, "tags": [], "servicePrincipalType": "Application",
        "applicationTemplateId": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621", "appRoles": [],
    });
    let group = |number: u32, name: &str| json!({"id": format!("3f0c1c52-0000-4000-8000-00000000000{number}"), "displayName": name, "securityEnabled": true});
    let assignment = |number: u32, name: &str| {
        json!({
            "id": format!("a{number}"), "appRoleId": "00000000-0000-0000-0000-000000000000", "principalType": "Group",
            "principalId": format!("3f0c1c52-0000-4000-8000-00000000000{number}"), "principalDisplayName": name,
            "resourceId": PRINCIPAL,
        })
    };
    let path = request.path.as_str();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let path = path.strip_prefix("/v1.0").expect("the version is in the path");
    let at = |suffix: &str| path == format!("/servicePrincipals/{PRINCIPAL}{suffix}");
    assert_eq!(request.authorization, format!("Bearer {TOKEN}"), "{request:?}");
    if path == "/servicePrincipals" {
        let found =
            if query.contains("eq%20'TOTAL'") || !query.contains("$filter") { vec![principal] } else { Vec::new() };
        let alike = vec![json!({"id": PRINCIPAL, "displayName": "TOTAL"})];
        Reply::ok(json!({"value": if query.contains("startswith") { alike } else { found }}))
    } else if at("") || path == format!("/servicePrincipals(appId='{APP_ID}')") {
        Reply::ok(principal)
    } else if path.starts_with("/servicePrincipals") && !path.contains(&format!("/{PRINCIPAL}/")) {
        Reply::error(404, "Request_ResourceNotFound", "Resource does not exist")
    } else if at("/synchronization/jobs") {
        let bare = SNAPSHOT["jobs"][0].as_object().unwrap().iter().filter(|(name, _)| *name != "schema");
        let mut job: Value = bare.map(|(name, part)| (name.clone(), part.clone())).collect();
        job["id"] = json!(JOB);
        // The tests run at the current time.
        let ago = |minutes: i64| {
            let then = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes);
            json!(then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        };
        job["status"]["lastSuccessfulExecution"] = json!({"timeBegan": ago(30), "timeEnded": ago(20)});
        Reply::ok(json!({"value": [job]}))
    } else if at(&format!("/synchronization/jobs/{JOB}/schema")) {
        Reply::ok(SCHEMA.clone())
    } else if path.ends_with("/schema/functions") {
        Reply::ok(json!({"value": [{"name": "Append"}, {"name": "Join"}, {"name": "Switch"}]}))
    } else if path.ends_with("/schema/filterOperators") {
        Reply::ok(json!({"value": [{"name": "EQUALS"}, {"name": "IS NULL"}]}))
    } else if at("/synchronization/secrets") {
        Reply::ok(json!({"value": SNAPSHOT["secrets"]}))
    } else if at(&format!("/synchronization/jobs/{JOB}/validateCredentials")) {
        assert_eq!((request.method.as_str(), request.body.as_str()), ("POST", r#"{"useSavedCredentials":true}"#));
        Reply::Text(204, "text/plain", String::new())
    } else if at("/owners") {
        Reply::ok(json!({"value": [{"@odata.type": "#microsoft.graph.user", "id": "o1"}]}))
    } else if at("/appRoleAssignedTo") {
        Reply::ok(json!({"value": [assignment(2, "TOTAL-Analyst"), assignment(1, "TOTAL-Admin")]}))
    } else if path.starts_with("/applications(") {
        Reply::ok(
            json!({"@odata.context": "x", "id": "o", "appId": APP_ID, "displayName": "TOTAL", "passwordCredentials": [], "keyCredentials": []}),
        )
    } else if path == "/users/jane.doe%40contoso.com" {
        let (_, select) = query.split_once("$select=").expect("what is needed is selected");
        let names: Vec<&str> = select.split('&').next().unwrap().split(',').collect();
        let members = JANE.as_object().unwrap().iter();
        let mut chosen: serde_json::Map<String, Value> = members
            .filter(|(name, _)| names.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        chosen.insert("manager".into(), JANE["manager"].clone());
        Reply::ok(Value::Object(chosen))
    } else if path.starts_with("/users/") {
        Reply::error(404, "Request_ResourceNotFound", "Resource does not exist")
    } else if path == "/organization" {
        Reply::ok(json!({"value": [{"id": TENANT, "displayName": "Contoso", "tenantType": "AAD"}]}))
    } else if path == "/subscribedSkus" {
        let plan = |name: &str| json!({"servicePlanName": name, "provisioningStatus": "Success"});
        Reply::ok(json!({"value": [{"id": "s1", "skuPartNumber": "SPB", "capabilityStatus": "Enabled",
            "servicePlans": [plan("EXCHANGE_S_STANDARD"), plan("AAD_PREMIUM")]}]}))
    } else if path == "/groups" {
        let named = [(1, "TOTAL-Admin"), (2, "TOTAL-Analyst")];
        let found = named.iter().filter(|(_, name)| {
            query.contains(&format!("eq%20'{name}'")) || query.contains("startswith(displayName,'TOTA')")
        });
        Reply::ok(json!({"value": found.map(|(number, name)| group(*number, name)).collect::<Vec<_>>()}))
    } else if path.starts_with("/groups/") && path.ends_with("/members/microsoft.graph.group") {
        Reply::ok(json!({"@odata.count": 0, "value": []}))
    } else if let Some(id) = path.strip_prefix("/groups/").and_then(|rest| rest.strip_suffix("/members")) {
        let members = if id.ends_with('1') { vec![member(1), member(2)] } else { vec![member(2), member(3)] };
        if query.contains("$top=1&") {
            return Reply::ok(json!({"@odata.count": 2, "value": [{"id": members[0]["id"]}]}));
        }
        Reply::ok(json!({"value": members}))
    } else if path == "/users" {
        let (_, ids) = query.split_once("id%20in%20(").expect("the ids are filtered by");
        let ids = ids.split(')').next().unwrap().split(',').map(|id| id.trim_matches('\''));
        let managed = |id: &str| json!({"id": id, "manager": {"id": member(1)["id"]}});
        Reply::ok(json!({"value": ids.map(managed).collect::<Vec<_>>()}))
    } else if let Some(id) = path.strip_prefix("/groups/") {
        Reply::ok(if id.ends_with('1') { group(1, "TOTAL-Admin") } else { group(2, "TOTAL-Analyst") })
    } else {
        panic!("unexpected request for {path}")
    }
}
