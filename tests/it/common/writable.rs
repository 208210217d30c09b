//! A tenant that accepts changes, and the ways in which a change can fail.

use std::collections::VecDeque;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::graph::{APP_ID, Broken, JOB, PRINCIPAL, Reply, Request, StandIn, TOKEN, member, tenant};
use super::prism::as_sent;
use super::{Ran, finish, provlint};

/// How the tenant handles a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is made and confirmed.
    Made,
    /// It is not made; this status is returned.
    Refused(u16),
    /// It is not made, because Graph is busy; this Retry-After is returned.
    Busy(&'static str),
    /// It is not made, because Graph is busy; meanwhile, another administrator does something.
    Overtaken,
    /// It is made, but this status is returned.
    MadeAnd(u16),
    /// It is made, but is visible only after this many reads.
    Late(usize),
    /// It is made, but this status is returned and the change is visible only after this many reads.
    LateAnd(u16, usize),
    /// It is made, but the connection ends without an answer.
    MadeAndLost,
    /// It is not made, and the connection ends without an answer.
    Lost,
    /// It is made, but every later read fails.
    MadeAndDeaf,
    /// Another change is made.
    Twisted,
    /// It is made, except for a part that no mapping reads.
    Respelt,
    /// It is not made; the test is notified, and there is no answer.
    Held,
    /// It is made; the test is notified, and there is no answer.
    MadeAndHeld,
}

/// What another administrator does.
pub type Deed = fn(&mut State);

/// Computes the answer to a request for provisioning on demand.
pub type Entra = Box<dyn Fn(&State, &Value) -> Value + Send>;

/// Whether the app accepts a token, at a tenant URL.
pub type Accepts = Box<dyn Fn(&str, &str) -> bool + Send>;

/// The state of the tenant.
pub struct State {
    /// The text as it was sent.
    pub schema: String,
    pub settings: Vec<Value>,
    pub assignments: Vec<Value>,
    pub app_roles: Value,
    pub paused: bool,
    /// How the next changes are handled; later ones are made.
    pub fates: VecDeque<Fate>,
    /// What another administrator does at [`Fate::Overtaken`].
    pub meanwhile: Option<Deed>,
    /// What another administrator does before the read with this number of a path with this end.
    pub intrusion: Option<(&'static str, usize, Deed)>,
    /// The schema of a second job.
    pub second: Option<String>,
    /// Whether the second job is listed first.
    pub swapped: bool,
    /// Whether the first job's schema cannot be read.
    pub first_hidden: bool,
    /// Whether a PUT deletes the settings that it does not contain.
    pub forgets: bool,
    /// The schedule and status of the job, if not the default.
    pub job: Option<Value>,
    /// The next states of the job: one for the start and one for each read.
    pub play: VecDeque<Value>,
    /// Parts of paths that are forbidden.
    pub hidden: Vec<&'static str>,
    /// What else cannot be read.
    pub broken: Option<Broken>,
    /// Whether the app has no provisioning job.
    pub no_jobs: bool,
    /// The ids of the templates that jobs can be created from.
    pub templates: Vec<&'static str>,
    /// Whether the app accepts a token at a tenant URL, when Entra tests it; it accepts every one by default.
    pub accepts: Option<Accepts>,
    /// How the next tests of credentials are handled; later ones are made.
    pub test_fates: VecDeque<Fate>,
    /// The statuses with which the next reads of the settings are refused once there is a job.
    pub settings_unread: VecDeque<u16>,
    /// The bodies of all requests to test credentials.
    pub tests: Vec<String>,
    /// The request with this number, counted from 1, is held.
    pub hold_at: Option<usize>,
    /// The number of requests so far.
    pub requests: usize,
    /// The number of the first request that was not a read.
    pub first_write: Option<usize>,
    /// The number of the last one.
    pub last_write: Option<usize>,
    /// The provisioning log.
    pub events: Vec<Value>,
    /// Whether each group contains a group.
    pub nested: bool,
    /// The reads of the job, counted from 1, at which Graph is busy.
    pub busy: Vec<usize>,
    pub looks: usize,
    /// The code of a refusal.
    pub code: &'static str,
    /// The message of a refusal.
    pub said: String,
    /// The app's name, if not the default.
    pub name: Option<String>,
    /// The number of events on a page of the log; all by default.
    pub log_page: Option<usize>,
    /// The number of members that `$count` returns.
    pub counted: u64,
    /// The time of each requested change.
    pub asked_at: Vec<std::time::Instant>,
    /// The status that refuses the log; 400 only if the request filters by job.
    pub no_log: Option<u16>,
    /// The status that fails the test of the saved credentials.
    pub untested: Option<(u16, &'static str)>,
    /// The number of members of each group, if not the default.
    pub members: Option<usize>,
    /// Answers to provisioning on demand; by default Graph's documented success.
    pub on_demand: VecDeque<Reply>,
    /// Acts as Entra in provisioning on demand.
    pub entra: Option<Entra>,
    /// The token that the program sends; [`TOKEN`] by default.
    pub token: String,
    /// The app's secret token, in the program's environment; none by default.
    pub scim_token: String,
    /// Every requested change: method, path, body.
    pub changes: Vec<(String, String, String)>,
    stale: Option<(String, usize)>,
    /// Whether every read fails.
    pub deaf: bool,
}

/// The value of a setting among several; empty if it is not there.
pub fn setting<'s>(settings: &'s [Value], key: &str) -> &'s str {
    let found = settings.iter().find(|setting| setting["key"] == key);
    found.and_then(|setting| setting["value"].as_str()).unwrap_or_default()
}

impl State {
    /// Nothing is configured: the app has no job and no settings.
    pub fn is_bare(&mut self) {
        self.no_jobs = true;
        self.settings.clear();
        self.assignments.clear();
    }

    /// Changes the schema after this many reads, as another administrator would.
    pub fn change_after_reads(&mut self, reads: usize, schema: &str) {
        self.stale = Some((std::mem::replace(&mut self.schema, schema.to_owned()), reads));
    }
}

pub struct Writable {
    pub stand_in: StandIn,
    state: Arc<Mutex<State>>,
    /// The working directory of the program.
    pub folder: TempDir,
    held: Mutex<Receiver<()>>,
}

impl Writable {
    /// A tenant with this schema.
    pub fn start(schema: &str) -> Self {
        let right = |path: &str| {
            let body = of_right(path);
            body["value"].as_array().expect("a list").clone()
        };
        let state = Arc::new(Mutex::new(State {
            schema: schema.to_owned(),
            settings: right("/synchronization/secrets"),
            assignments: right("/appRoleAssignedTo"),
            app_roles: json!([{"id": ROLE, "displayName": "User", "isEnabled": true, "allowedMemberTypes": ["User"]}]),
            paused: false,
            fates: VecDeque::new(),
            meanwhile: None,
            intrusion: None,
            job: None,
            play: VecDeque::new(),
            hidden: Vec::new(),
            broken: None,
            no_jobs: false,
            templates: vec!["scim"],
            accepts: None,
            test_fates: VecDeque::new(),
            settings_unread: VecDeque::new(),
            tests: Vec::new(),
            hold_at: None,
            requests: 0,
            first_write: None,
            last_write: None,
            events: Vec::new(),
            no_log: None,
            nested: false,
            busy: Vec::new(),
            looks: 0,
            code: "SchemaInvalid",
            said: "no".to_owned(),
            name: None,
            log_page: None,
            counted: 2,
            asked_at: Vec::new(),
            untested: None,
            members: None,
            on_demand: VecDeque::new(),
            entra: None,
            second: None,
            swapped: false,
            first_hidden: false,
            forgets: false,
            token: TOKEN.to_owned(),
            scim_token: String::new(),
            changes: Vec::new(),
            stale: None,
            deaf: false,
        }));
        let folder = tempfile::tempdir().expect("a folder");
        let (tell, held) = channel();
        let (shared, path, tell) = (Arc::clone(&state), folder.path().to_owned(), Mutex::new(tell));
        let stand_in = StandIn::start(move |request, _| {
            let (mut state, mut request) = (shared.lock().expect("no panic"), as_sent(request));
            if request.authorization == format!("Bearer {}", state.token) {
                request.authorization = format!("Bearer {TOKEN}");
            }
            answer(&mut state, &request, &path, &tell)
        });
        Writable { stand_in, state, folder, held: Mutex::new(held) }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }

    /// The current schema.
    pub fn schema(&self) -> Value {
        serde_json::from_str(&self.state().schema).expect("JSON")
    }

    /// The backups, oldest first.
    pub fn backups(&self) -> Vec<String> {
        backups(self.folder.path())
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        self.command_to(&self.stand_in.url, arguments)
    }

    fn command_to(&self, url: &str, arguments: &[&str]) -> std::process::Command {
        let mut command = provlint(arguments);
        let state = self.state();
        command.args(["--graph-url", url]).env("PROVLINT_ACCESS_TOKEN", &state.token);
        if !state.scim_token.is_empty() {
            command.env("PROVLINT_SCIM_TOKEN", &state.scim_token);
        }
        command.current_dir(self.folder.path()).env("NO_PROXY", "*");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_by(&self.stand_in.url, arguments)
    }

    /// Runs the program with another URL that forwards to this tenant.
    pub fn run_by(&self, url: &str, arguments: &[&str]) -> Ran {
        let ran = finish(&mut self.command_to(url, arguments));
        assert!(!ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN), "the token is shown: {ran:?}");
        let secret = self.state().scim_token.clone();
        if !secret.is_empty() {
            assert!(
                !ran.stdout.contains(&secret) && !ran.stderr.contains(&secret),
                "the secret token is shown: {ran:?}"
            );
            for backup in self.backups() {
                let text = std::fs::read_to_string(self.folder.path().join(&backup)).expect("a backup");
                assert!(!text.contains(&secret), "{backup} holds the secret token");
            }
        }
        ran
    }

    /// Runs the program with a closed standard output.
    pub fn run_with_closed_output(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Ran { code: output.status.code(), stdout: String::new(), stderr }
    }

    /// Runs the program on a terminal of `script` (util-linux) and types `typed`.
    pub fn run_on_terminal(&self, arguments: &[&str], typed: &str) -> (Option<i32>, String) {
        self.run_on_terminal_with(arguments, &[("", typed)])
    }

    /// Runs the program on a terminal and types each text after its sign has appeared.
    pub fn run_on_terminal_with(&self, arguments: &[&str], typed: &[(&str, &str)]) -> (Option<i32>, String) {
        use std::io::{Read, Write};
        let inner = self.command(arguments);
        let words = std::iter::once(inner.get_program()).chain(inner.get_args());
        let quoted = |word: &std::ffi::OsStr| match word.to_string_lossy() {
            // The shell handles the redirection.
            word if word.starts_with("> ") => word.into_owned(),
            word => provlint::text::shell::quoted(&word),
        };
        let line: Vec<String> = words.map(quoted).collect();
        let mut script = std::process::Command::new("script");
        // `exec` replaces the shell, because some shells report Ctrl-C with their own exit code.
        script.args(["-qec", &format!("exec {}", line.join(" ")), "/dev/null"]).current_dir(self.folder.path());
        script.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("NO_COLOR", "1");
        script.env("SHELL", "/bin/sh");
        script.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = script.spawn().expect("script is installed");
        let (mut input, mut output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        let (mut shown, mut buffer) = (Vec::new(), [0; 4096]);
        for (sign, keys) in typed {
            while !String::from_utf8_lossy(&shown).contains(sign) {
                let read = output.read(&mut buffer).expect("text");
                assert!(read > 0, "it never says {sign}: {}", String::from_utf8_lossy(&shown));
                shown.extend_from_slice(&buffer[..read]);
            }
            input.write_all(keys.as_bytes()).expect("it is typed");
        }
        output.read_to_end(&mut shown).expect("text");
        drop(input);
        let status = child.wait().expect("it ends");
        (status.code(), String::from_utf8_lossy(&shown).into_owned())
    }

    /// Runs the program until it has printed this many lines, kills it, and returns the lines.
    #[cfg(unix)]
    pub fn run_until_said(&self, arguments: &[&str], count: usize) -> Vec<String> {
        use std::io::{BufRead, BufReader};
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().take(count);
        let lines = lines.map(|line| line.expect("text")).collect();
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        lines
    }

    /// Runs the program until it prints `sign` on standard error, then presses Ctrl-C.
    #[cfg(unix)]
    pub fn run_and_interrupt(&self, arguments: &[&str], sign: &str) -> Ran {
        use std::io::{BufRead, BufReader, Read};
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut reader = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut stderr = String::new();
        while !stderr.contains(sign) {
            assert!(reader.read_line(&mut stderr).expect("text") > 0, "it never says {sign}: {stderr}");
        }
        let pressed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(pressed.expect("kill is there").success());
        reader.read_to_string(&mut stderr).expect("text");
        let mut stdout = String::new();
        child.stdout.take().expect("a pipe").read_to_string(&mut stdout).expect("text");
        Ran { code: child.wait().expect("it ends").code(), stdout, stderr }
    }

    /// Runs the program until a change is held, then presses Ctrl-C.
    #[cfg(unix)]
    pub fn run_and_interrupt_a_change(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let held = self.held.lock().expect("no panic").recv_timeout(std::time::Duration::from_secs(60));
        held.expect("a change is asked for");
        let pressed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(pressed.expect("kill is there").success());
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Runs the program until a change is held, then kills it.
    pub fn run_and_kill(&self, arguments: &[&str]) {
        let mut command = self.command(arguments);
        let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        let held = self.held.lock().expect("no panic").recv_timeout(std::time::Duration::from_secs(60));
        held.expect("a change is asked for");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        let mut state = self.state();
        state.fates.clear();
    }
}

/// The only role of the app.
pub const ROLE: &str = "18d14569-c3bd-439b-9a66-3a2aee01d14f";

pub fn backups(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.retain(|name| name.starts_with("provlint-backup-"));
    names.sort();
    names
}

fn answer(state: &mut State, request: &Request, folder: &Path, tell: &Mutex<Sender<()>>) -> Reply {
    let below = format!("/v1.0/servicePrincipals/{PRINCIPAL}");
    let path = request.path.strip_prefix(&below).unwrap_or_default();
    let schema_path = format!("/synchronization/jobs/{JOB}/schema");
    state.requests += 1;
    if request.method != "GET" {
        state.first_write = state.first_write.or(Some(state.requests));
        state.last_write = Some(state.requests);
    }
    if state.hold_at == Some(state.requests) {
        tell.lock().expect("no panic").send(()).expect("the test waits");
        return Reply::Silence;
    }
    if let Some(reply) = state.broken.and_then(|broken| broken.answer(request)) {
        return reply;
    }
    if request.method == "GET" {
        if let Some((end, number, deed)) = state.intrusion.filter(|(end, ..)| path.ends_with(end)) {
            state.intrusion = (number > 1).then_some((end, number - 1, deed));
            if number == 1 {
                deed(state);
            }
        }
        if state.deaf {
            return Reply::error(503, "ServiceUnavailable", "");
        }
        if state.hidden.iter().any(|part| request.path.contains(part)) {
            return Reply::error(403, "Forbidden", "no");
        }
        if let Some(query) = request.path.strip_prefix("/v1.0/auditLogs/provisioning?") {
            let of_job = ["", "-2"].iter().any(|end| query.contains(&format!("jobId%20eq%20'{JOB}{end}'%20and%20")));
            assert!(query.contains("activityDateTime%20gt%20"), "{query}");
            match state.no_log {
                Some(400) if !of_job => {}
                Some(status) => return Reply::error(status, "Refused", ""),
                None => assert!(of_job, "{query}"),
            }
            let from = query.split_once("&$skiptoken=").map_or(0, |(_, token)| token.parse().expect("a number"));
            let size = state.log_page.unwrap_or(usize::MAX);
            let page: Vec<&Value> = state.events.iter().skip(from).take(size).collect();
            let rest = from + page.len();
            let mut body = json!({"value": page});
            if rest < state.events.len() {
                let path = request.path.split("&$skiptoken=").next().expect("a part");
                body["@odata.nextLink"] = json!(format!("http://{}{path}&$skiptoken={rest}", request.host));
            }
            return Reply::ok(body);
        }
        if request.path.ends_with("/$count") {
            return Reply::Text(200, "text/plain", format!("\u{feff}{}", state.counted));
        }
        if let Some(id) = request.path.strip_prefix("/v1.0/users/0a000000-0000-4000-8000-") {
            return Reply::ok(member(id[..12].parse().expect("a number")));
        }
        if let (Some(count), true) = (state.members, request.path.contains("/members?")) {
            let nested = state.nested.then(|| json!({"@odata.type": "#microsoft.graph.group", "id": "nested"}));
            return Reply::ok(json!({"value": (1..=count).map(member).chain(nested).collect::<Vec<_>>()}));
        }
        if path == "/synchronization/secrets"
            && !state.no_jobs
            && let Some(status) = state.settings_unread.pop_front()
        {
            return Reply::error(status, "Refused", "not yet");
        }
        return match path {
            "/synchronization/jobs" if state.no_jobs => Reply::ok(json!({"value": []})),
            "/synchronization/secrets" => Reply::ok(json!({"value": masked(&state.settings)})),
            "/synchronization/templates" => {
                let one = |id: &&str| json!({"id": id, "applicationId": APP_ID, "default": false, "discoverable": true, "metadata": []});
                Reply::ok(json!({"value": state.templates.iter().map(one).collect::<Vec<_>>()}))
            }
            path if path.starts_with("/appRoleAssignedTo") => Reply::ok(json!({"value": state.assignments})),
            path if path == schema_path && state.first_hidden => Reply::error(403, "Forbidden", "no"),
            path if path == schema_path => Reply::Text(200, "application/json", shown(state)),
            path if path == second_path() => match &state.second {
                Some(schema) => Reply::Text(200, "application/json", schema.clone()),
                None => Reply::error(404, "ResourceNotFound", ""),
            },
            path if path == format!("/synchronization/jobs/{JOB}") => {
                state.looks += 1;
                if state.busy.contains(&state.looks) {
                    return Reply::error(503, "ServiceUnavailable", "");
                }
                if let Some(next) = state.play.pop_front() {
                    state.job = Some(next);
                }
                Reply::ok(job_of(state))
            }
            _ => {
                let mut reply = tenant(request);
                if let Reply::Json(_, _, body) = &mut reply {
                    let is_list = body["value"].as_array().is_some_and(|list| !list.is_empty());
                    let principal = if is_list { &mut body["value"][0] } else { &mut *body };
                    if let Some(name) = state.name.as_ref().filter(|_| principal["appRoles"].is_array()) {
                        principal["displayName"] = json!(name);
                    }
                    if principal["appRoles"].is_array() {
                        principal["appRoles"] = state.app_roles.clone();
                    }
                    if path == "/synchronization/jobs" {
                        show_jobs(state, body["value"].as_array_mut().expect("jobs"));
                    }
                }
                reply
            }
        };
    }
    assert_eq!(request.authorization, format!("Bearer {TOKEN}"), "{request:?}");
    let action = path.rsplit('/').next().unwrap_or_default();
    if action == "validateCredentials" {
        return tested(state, request, tell);
    }
    let controls_the_job = matches!(action, "start" | "pause" | "restart" | "provisionOnDemand");
    assert!(
        controls_the_job || !backups(folder).is_empty(),
        "nothing is changed before there is a backup: {request:?}"
    );
    state.asked_at.push(std::time::Instant::now());
    state.changes.push((request.method.clone(), path.to_owned(), request.body.clone()));
    let fate = state.fates.pop_front().unwrap_or(Fate::Made);
    let before = state.schema.clone();
    let is_made = !matches!(fate, Fate::Refused(_) | Fate::Busy(_) | Fate::Overtaken | Fate::Lost | Fate::Held);
    if is_made {
        make(state, request, path, &schema_path);
    }
    if action == "provisionOnDemand" && is_made {
        let body: Value = serde_json::from_str(&request.body).expect("JSON");
        if let Some(entra) = &state.entra {
            return Reply::ok(entra(state, &body));
        }
        return state.on_demand.pop_front().unwrap_or_else(|| Reply::ok(provisioned(state, &body)));
    }
    let job = (path == "/synchronization/jobs").then(|| job_of(state));
    let made = || match (&job, state.assignments.last()) {
        (Some(job), _) => Reply::Json(201, Vec::new(), job.clone()),
        (_, Some(assignment)) if request.method == "POST" && path == "/appRoleAssignedTo" => {
            Reply::Json(201, Vec::new(), assignment.clone())
        }
        _ => Reply::Text(204, "text/plain", String::new()),
    };
    match fate {
        Fate::Made => made(),
        Fate::Refused(429) => busy("0"),
        Fate::Busy(pause) => busy(pause),
        Fate::Overtaken => {
            if let Some(deed) = state.meanwhile.take() {
                deed(state);
            }
            busy("0")
        }
        Fate::Refused(status) | Fate::MadeAnd(status) => Reply::error(status, state.code, &state.said),
        Fate::Late(looks) => {
            state.stale = Some((before, looks));
            made()
        }
        Fate::LateAnd(status, looks) => {
            state.stale = Some((before, looks));
            Reply::error(status, "SchemaInvalid", "no")
        }
        Fate::MadeAndLost | Fate::Lost => Reply::Reset,
        Fate::MadeAndDeaf => {
            state.deaf = true;
            Reply::Reset
        }
        Fate::Twisted => {
            state.schema = state.schema.replace("[jobTitle]", "[city]");
            made()
        }
        Fate::Respelt => {
            state.schema = state.schema.replace("AnySource->AnyTarget", "");
            made()
        }
        Fate::Held | Fate::MadeAndHeld => {
            tell.lock().expect("no panic").send(()).expect("the test waits");
            Reply::Silence
        }
    }
}

/// Entra's test of credentials.
fn tested(state: &mut State, request: &Request, tell: &Mutex<Sender<()>>) -> Reply {
    state.tests.push(request.body.clone());
    let fate = match state.untested {
        Some((429, _)) => Fate::Refused(429),
        Some((status, code)) => return Reply::error(status, code, ""),
        None => state.test_fates.pop_front().unwrap_or(Fate::Made),
    };
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    let credentials = match body["credentials"].as_array() {
        Some(credentials) => credentials.clone(),
        None => {
            assert_eq!(body, json!({"useSavedCredentials": true}));
            state.settings.clone()
        }
    };
    match fate {
        Fate::Made => {
            let keys = ["SecretToken", "Oauth2ClientSecret"].map(|key| setting(&credentials, key));
            let (url, token) =
                (setting(&credentials, "BaseAddress"), if keys[0].is_empty() { keys[1] } else { keys[0] });
            match state.accepts.as_ref().is_none_or(|accepts| accepts(url, token)) {
                true => Reply::Text(204, "text/plain", String::new()),
                // Entra repeats what the app answered.
                false => {
                    Reply::error(400, "CredentialValidationUnavailable", &format!("the app answered 401 to {token}"))
                }
            }
        }
        Fate::Refused(429) => busy("0"),
        Fate::Refused(400) => Reply::error(400, "CredentialValidationUnavailable", ""),
        Fate::Refused(status) => Reply::error(status, "Refused", ""),
        Fate::Lost => Reply::Reset,
        Fate::Held => {
            tell.lock().expect("no panic").send(()).expect("the test waits");
            Reply::Silence
        }
        other => panic!("{other:?} is not the fate of a test"),
    }
}

/// Settings as Graph shows them.
fn masked(settings: &[Value]) -> Vec<Value> {
    let is_credential = |key: &Value| {
        ["SecretToken", "Password", "Oauth2ClientSecret", "Oauth2ClientId", "Oauth2AccessToken"]
            .iter()
            .any(|known| key == known)
    };
    let shown = |setting: &Value| match is_credential(&setting["key"]) {
        true => json!({"key": setting["key"], "value": "*"}),
        false => setting.clone(),
    };
    settings.iter().map(shown).collect()
}

/// What a tenant without mistakes answers for a part of the app.
fn of_right(path: &str) -> Value {
    let request = Request {
        method: "GET".into(),
        path: format!("/v1.0/servicePrincipals/{PRINCIPAL}{path}"),
        host: String::new(),
        authorization: format!("Bearer {TOKEN}"),
        client_request_id: String::new(),
        user_agent: String::new(),
        ad_scim_version: String::new(),
        accept: String::new(),
        content_type: String::new(),
        body: String::new(),
        in_batch: false,
    };
    let Reply::Json(_, _, body) = tenant(&request) else { panic!("JSON") };
    body
}

/// The first job as Graph shows it.
fn job_of(state: &State) -> Value {
    let mut body = of_right("/synchronization/jobs");
    let jobs = body["value"].as_array_mut().expect("jobs");
    show_jobs(state, jobs);
    jobs.iter().find(|job| job["id"] == JOB).expect("the job").clone()
}

fn busy(pause: &str) -> Reply {
    let body = json!({"error": {"code": "TooManyRequests", "message": ""}});
    Reply::Json(429, vec![("Retry-After", pause.into())], body)
}

fn second_path() -> String {
    format!("/synchronization/jobs/{JOB}-2/schema")
}

fn show_jobs(state: &State, jobs: &mut Vec<Value>) {
    for (part, value) in state.job.iter().filter_map(Value::as_object).flatten() {
        jobs[0][part.as_str()] = value.clone();
    }
    if state.paused {
        jobs[0]["status"]["code"] = json!("Paused");
        jobs[0]["schedule"]["state"] = json!("Paused");
    }
    if state.second.is_some() {
        let mut second = jobs[0].clone();
        second["id"] = json!(format!("{JOB}-2"));
        jobs.push(second);
    }
    if state.swapped {
        jobs.reverse();
    }
}

/// The schema as a read returns it, which may be the previous one for a while.
fn shown(state: &mut State) -> String {
    match state.stale.take() {
        Some((old, looks)) if looks > 0 => {
            state.stale = Some((old.clone(), looks - 1));
            old
        }
        _ => state.schema.clone(),
    }
}

fn make(state: &mut State, request: &Request, path: &str, schema_path: &str) {
    let body = || serde_json::from_str::<Value>(&request.body).expect("what is sent is JSON");
    match (request.method.as_str(), path) {
        ("PUT", path) if path == schema_path => {
            let schema = body();
            assert!(
                schema["synchronizationRules"].is_array() && schema["directories"].is_array(),
                "an incomplete schema is written"
            );
            state.schema.clone_from(&request.body);
        }
        ("PUT", path) if path == second_path() => state.second = Some(request.body.clone()),
        ("PUT", "/synchronization/secrets") => {
            if state.forgets {
                state.settings.clear();
            }
            for setting in body()["value"].as_array().expect("settings") {
                assert_ne!(setting["value"], "*", "a masked value is written");
                state.settings.retain(|known| known["key"] != setting["key"]);
                if setting["value"] != "" {
                    state.settings.push(setting.clone());
                }
            }
        }
        ("POST", "/synchronization/jobs") => {
            assert!(state.no_jobs, "a second job is created");
            let template = body()["templateId"].clone();
            assert!(state.templates.iter().any(|known| template == *known), "{template}");
            state.no_jobs = false;
            state.job = Some(json!({
                "templateId": template,
                "schedule": {"expiration": null, "interval": "PT40M", "state": "Disabled"},
                "status": {"code": "NotRun", "countSuccessiveCompleteFailures": 0, "escrowsPruned": false,
                    "synchronizedEntryCountByType": [], "quarantine": null, "lastExecution": null},
            }));
        }
        ("POST", "/appRoleAssignedTo") => {
            let mut assignment = body();
            assert_eq!(assignment["resourceId"], PRINCIPAL);
            assignment["id"] = json!(format!("new-{}", state.changes.len()));
            assignment["principalType"] = json!("Group");
            let group = assignment["principalId"].as_str().expect("a group").to_owned();
            let name = ["TOTAL-Admin", "TOTAL-Analyst"].into_iter().zip(["1", "2"]);
            let name = name.into_iter().find(|(_, end)| group.ends_with(&format!("0{end}")));
            assignment["principalDisplayName"] = json!(name.map_or("TOTAL-New", |(name, _)| name));
            state.assignments.push(assignment);
        }
        ("DELETE", path) => {
            let id = path.strip_prefix("/appRoleAssignedTo/").expect("an assignment");
            state.assignments.retain(|assignment| assignment["id"] != id);
        }
        ("POST", path) if path.ends_with("/pause") => state.paused = true,
        ("POST", path) if path.ends_with("/start") => {
            assert!(request.body.is_empty(), "{request:?}");
            state.paused = false;
            match (state.play.pop_front(), &mut state.job) {
                (Some(next), _) => state.job = Some(next),
                (None, Some(job)) => job["schedule"]["state"] = json!("Active"),
                (None, None) => {}
            }
        }
        ("POST", path) if path.ends_with("/restart") || path.ends_with("/provisionOnDemand") => drop(body()),
        other => panic!("unexpected request: {other:?}"),
    }
}

/// Graph's answer to a success: the group and its members, each with the values that the correct mapping sends.
fn provisioned(state: &mut State, body: &Value) -> Value {
    let subject = &body["parameters"][0]["subjects"][0];
    let rules: Value = serde_json::from_str(&state.schema).expect("JSON");
    assert_eq!(body["parameters"][0]["ruleId"], rules["synchronizationRules"][0]["id"]);
    let members = subject["links"]["members"].as_array().cloned().unwrap_or_default();
    assert!(members.len() <= 5, "a call accepts five members: {body}");
    let is_group = subject["objectTypeName"] == "Group";
    let users = if is_group { members } else { vec![subject.clone()] };
    let object = |id: &Value, kind: &str, changes: Value| {
        json!({"action": "Update", "modifiedProperties": changes, "reportableIdentifier": id,
            "provisioningSteps": [{"name": "EntryExportAdd", "type": "Export", "status": "Success", "description": "Created", "details": {}}],
            "statusInfo": {"status": "Success", "errorCode": null}, "sourceIdentity": {"id": id, "type": kind},
            "targetIdentity": {"id": format!("t-{}", id.as_str().expect("an id")), "type": kind}})
    };
    let change = |name: &str, value: &Value| json!({"displayName": name, "oldValue": null, "newValue": value});
    let mut objects: Vec<Value> = Vec::new();
    if is_group {
        objects.push(object(&subject["objectId"], "Group", json!([change("externalId", &subject["objectId"])])));
        let is = |one: &&Value| one["principalId"] == subject["objectId"];
        let name = state.assignments.iter().find(is).expect("an assigned group")["principalDisplayName"].clone();
        state.events.push(json!({"activityDateTime": "2026-11-01T10:00:00Z", "provisioningAction": "create",
            "provisioningStatusInfo": {"status": "success"}, "jobId": JOB,
            "sourceIdentity": {"id": subject["objectId"], "displayName": name, "identityType": "Group"}}));
    }
    objects.extend(users.iter().map(|user| {
        let id = &user["objectId"];
        object(id, "User", json!([change("externalId", id), change("title", &json!("Account Manager"))]))
    }));
    json!({"key": "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo", "value": Value::from(objects).to_string()})
}
