//! Live access: Microsoft Graph, the token for it, and reading from it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use futures_util::future::join_all;
use secrecy::SecretString;
use serde_json::Value;

use super::input::standard_input;
use super::policies::Policies;
use crate::check::Judge;
use crate::cli::terminal::advice::TOKEN_VARIABLE;
use crate::cli::terminal::interrupt::unless_pressed_again;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::progress;
use crate::cli::terminal::screen;
use crate::cli::terminal::wording::GraphProblem;
use crate::document;
use crate::finding::Evidence;
use crate::graph::{
    AppError, CLOUDS, Client, GraphError, Limits, LiveApp, Needs, Network, Root, SignIn, SignInKind, TenantApp, Wanted,
    read_app, read_apps, read_user,
};
use crate::model::SynchronizationSchema;
use crate::policy::Policy;
use crate::rules::Asked;
use crate::simulate::{graph_properties, read_of_users, strange};
use crate::text::shell::Words;
use crate::text::shown;

const URL_VARIABLE: &str = "PROVLINT_GRAPH_URL";
/// Over ten times the longest token that Entra issues.
const LONGEST_TOKEN: u64 = 256 << 10;

/// How to reach Microsoft Graph, with a token from standard input if it is free.
#[derive(Debug, Args)]
#[command(next_help_heading = "Live access")]
pub(in crate::cli) struct Live {
    #[command(flatten)]
    graph: Graph,

    /// Read a token for Graph from standard input [default: PROVLINT_ACCESS_TOKEN, or sign in]
    #[arg(long, conflicts_with = "auth")]
    token_stdin: bool,
}

/// How to reach Microsoft Graph.
#[derive(Debug, Args)]
#[command(next_help_heading = "Live access")]
pub(in crate::cli) struct Graph {
    /// Root URL of Microsoft Graph [default: PROVLINT_GRAPH_URL, or the root of --cloud]
    #[arg(long, value_name = "URL", conflicts_with = "cloud")]
    graph_url: Option<String>,

    /// Cloud of the tenant [default: global]
    #[arg(long, value_name = "NAME", value_parser = CLOUDS.map(|(name, _)| name))]
    cloud: Option<String>,

    /// How to sign in [default: the first that the environment offers]
    #[arg(long, value_name = "KIND", value_parser = SignInKind::ALL.map(SignInKind::as_str))]
    auth: Option<String>,

    #[command(flatten)]
    reach: Reach,

    /// Longest total wait, in seconds, while Graph is busy or a change does not show yet
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(0..=86400))]
    max_wait: u64,

    /// Show no progress line while waiting
    #[arg(long)]
    no_progress: bool,
}

/// Optional parts to read.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Live access")]
pub(in crate::cli) struct More {
    /// Also read the members of the assigned groups, and the users who are assigned directly
    #[arg(long)]
    members: bool,

    /// Let Entra test the saved credentials, like Test Connection in the portal
    #[arg(long)]
    test_connection: bool,
}

impl More {
    /// With Entra's own test of the connection.
    pub(in crate::cli) fn with_test() -> Self {
        More { test_connection: true, members: false }
    }

    /// A check that these parts were asked for: a rule that needs one is unknown where the input does not include it.
    pub(in crate::cli) fn asked_of(self, mut judge: Judge) -> Judge {
        let members = self.members.then_some(Asked { evidence: Evidence::Members, flag: "--members" });
        let test =
            self.test_connection.then_some(Asked { evidence: Evidence::ConnectionTest, flag: "--test-connection" });
        judge.selection.asked.extend(members.into_iter().chain(test));
        judge
    }

    fn wanted<'p>(self, policies: &'p Policies, job: Option<&str>) -> Wanted<'p> {
        let group_names = |name: &str| policies.choose(Some(name), name).map(named_groups).unwrap_or_default();
        Wanted {
            group_names: Box::new(group_names),
            needs,
            members: self.members,
            test_connection: self.test_connection,
            job: job.map(str::to_owned),
        }
    }
}

/// An app's name, and the result of reading it.
pub(in crate::cli) type Named = (String, Result<LiveApp, Problem>);

/// How to reach a host: certificates and the time limit.
#[derive(Debug, Args)]
pub(in crate::cli) struct Reach {
    /// Certificates (PEM) to trust besides the system's
    #[arg(long, value_name = "FILE")]
    ca_bundle: Option<PathBuf>,

    /// Longest wait for an answer, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

impl Live {
    /// The file that it reads.
    pub(in crate::cli) fn file(&self) -> Option<PathBuf> {
        self.graph.reach.ca_bundle.clone()
    }
}

impl Reach {
    /// `max_wait` is in seconds.
    pub(in crate::cli) fn network(&self, max_wait: u64) -> Network {
        let limits = Limits::new(Duration::from_secs(self.timeout), Duration::from_secs(max_wait));
        Network::new(limits, self.ca_bundle.clone())
    }
}

/// A connection to Graph.
pub(in crate::cli) struct Connection {
    client: Client,
    runtime: tokio::runtime::Runtime,
    progress: bool,
    /// The flags with which another run signs in the same way and trusts the same certificates.
    sign_in_flags: Words,
}

impl Live {
    /// Signs in and sets up a connection.
    pub(in crate::cli) fn connect(&self) -> Result<Connection, Problem> {
        self.graph.connect(self.token_stdin)
    }

    /// Signs in.
    pub(in crate::cli) fn access(&self) -> Result<Access, Problem> {
        runtime()?.block_on(self.graph.sign_in(&self.graph.network(), self.token_stdin))
    }
}

impl Graph {
    /// The longest total wait.
    pub(in crate::cli) fn longest_wait(&self) -> Duration {
        Duration::from_secs(self.max_wait)
    }

    /// Whether no progress line is wanted.
    pub(in crate::cli) fn hides_progress(&self) -> bool {
        self.no_progress
    }

    /// Signs in and sets up a connection. `token_stdin` says whether standard input holds a token for Graph.
    pub(in crate::cli) fn connect(&self, token_stdin: bool) -> Result<Connection, Problem> {
        let network = self.network();
        let runtime = runtime()?;
        let Access { root, token, sign_in, .. } = runtime.block_on(self.sign_in(&network, token_stdin))?;
        let client = Client::new(root, token, &network, note).map_err(GraphProblem::Network)?;
        let mut sign_in_flags = Words::default();
        if let Some(kind) = &self.auth {
            sign_in_flags = sign_in_flags.option("--auth", kind);
        }
        let sign_in_flags = sign_in_flags.and(&self.reach_flags());
        Ok(Connection { client: client.renewed_by(sign_in), runtime, progress: !self.no_progress, sign_in_flags })
    }

    /// The flags with which another run trusts the same certificates.
    pub(in crate::cli) fn reach_flags(&self) -> Words {
        match &self.reach.ca_bundle {
            Some(path) => Words::default().option("--ca-bundle", shown(path)),
            None => Words::default(),
        }
    }

    /// The network to Graph, and to other hosts with the same certificates.
    pub(in crate::cli) fn network(&self) -> Network {
        self.reach.network(self.max_wait)
    }

    async fn sign_in(&self, network: &Network, token_stdin: bool) -> Result<Access, Problem> {
        let root = self.root()?;
        if let Some((from, token)) = self.ready_token(token_stdin)? {
            return Ok(Access { root, token, from, sign_in: None });
        }
        let variables = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let asked =
            self.auth.as_deref().and_then(|word| SignInKind::ALL.into_iter().find(|kind| kind.as_str() == word));
        let sign_in = SignIn::choose(asked, &root, network, &variables, note).await.map_err(GraphProblem::SignIn)?;
        let token = sign_in.token(&root).await.map_err(GraphProblem::SignIn)?;
        Ok(Access { root, token, from: sign_in.kind.as_str(), sign_in: Some(sign_in) })
    }

    fn root(&self) -> Result<Root, Problem> {
        let variable = std::env::var(URL_VARIABLE).ok().filter(|url| !url.is_empty() && self.cloud.is_none());
        let of_cloud = self.cloud.as_deref().unwrap_or(CLOUDS[0].0);
        let url = CLOUDS.iter().find(|(name, _)| *name == of_cloud).map_or(CLOUDS[0].1, |(_, url)| *url);
        let typed = self.graph_url.clone().or(variable).unwrap_or_else(|| url.to_owned());
        Root::new(&typed).map_err(|error| GraphProblem::Root(error).into())
    }

    /// A token from standard input or the variable, and its origin.
    fn ready_token(&self, token_stdin: bool) -> Result<Option<(&'static str, SecretString)>, Problem> {
        let typed;
        let from = if token_stdin {
            typed = token_from_stdin()?;
            "standard input"
        } else if self.auth.is_some() {
            return Ok(None);
        } else {
            typed = std::env::var(TOKEN_VARIABLE).unwrap_or_default();
            TOKEN_VARIABLE
        };
        let token = typed.trim().trim_start_matches("Bearer ").trim();
        match (token, token_stdin) {
            ("", true) => Err(GraphProblem::NoToken.into()),
            ("", false) => Ok(None),
            (token, _) => Ok(Some((from, SecretString::from(token.to_owned())))),
        }
    }
}

/// The text in standard input, up to the longest length of a token.
pub(in crate::cli) fn token_from_stdin() -> Result<String, Problem> {
    standard_input(LONGEST_TOKEN).map_err(|_| GraphProblem::NoToken.into())
}

/// A token, and how it was obtained.
#[derive(Debug)]
pub(in crate::cli) struct Access {
    pub(in crate::cli) root: Root,
    pub(in crate::cli) token: SecretString,
    /// How the token was obtained: a kind of sign-in, or the origin of a ready token.
    pub(in crate::cli) from: &'static str,
    /// The sign-in; `None` for a ready token.
    pub(in crate::cli) sign_in: Option<SignIn>,
}

pub(in crate::cli) fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| GraphProblem::Runtime(error).into())
}

impl Connection {
    /// Reads everything about an app.
    pub(in crate::cli) fn read(&self, app: &str, policies: &Policies, more: More) -> Result<LiveApp, Problem> {
        self.read_job(app, None, policies, more)
    }

    /// Reads everything about an app, to check the schema of one job; `None` for the first.
    pub(in crate::cli) fn read_job(
        &self,
        app: &str,
        job: Option<&str>,
        policies: &Policies,
        more: More,
    ) -> Result<LiveApp, Problem> {
        self.look_for(app, job, policies, more).map_err(|error| self.problem(error))
    }

    /// Reads everything about an app that may be missing. `job` is the job whose schema is checked; `None` for the first.
    pub(in crate::cli) fn look_for(
        &self,
        app: &str,
        job: Option<&str>,
        policies: &Policies,
        more: More,
    ) -> Result<LiveApp, AppError> {
        let wanted = more.wanted(policies, job);
        let reading = read_app(&self.client, app, &wanted, jiff::Timestamp::now());
        let read = self.wait(&self.reading(app), unless_pressed_again(reading));
        read.unwrap_or(Err(AppError::Graph(GraphError::Interrupted)))
    }

    /// Reads every app with a provisioning job that a policy applies to, and passes each to `take` with its place in the
    /// order of names.
    pub(in crate::cli) fn read_all(
        &self,
        policies: &Policies,
        more: More,
        take: impl Fn(usize, Named),
    ) -> Result<(), Problem> {
        let wanted = more.wanted(policies, None);
        let claimed = |name: &str| policies.claim(name);
        let take =
            |place: usize, app: TenantApp| take(place, (app.name, app.read.map_err(|error| self.problem(error))));
        let reading = read_apps(&self.client, &claimed, &wanted, jiff::Timestamp::now(), &take);
        let read = self.wait(&self.reading("the tenant's apps"), reading);
        read.map_err(|error| self.problem(AppError::Graph(error)))
    }

    /// Reads several apps at the same time, in their order.
    pub(in crate::cli) fn read_several(
        &self,
        apps: &[String],
        job: Option<&str>,
        policies: &Policies,
        more: More,
    ) -> Vec<Result<LiveApp, Problem>> {
        let wanted = more.wanted(policies, job);
        let now = jiff::Timestamp::now();
        let reading = join_all(apps.iter().map(|app| read_app(&self.client, app, &wanted, now)));
        let what = if let [app] = apps { app.clone() } else { format!("{} apps", apps.len()) };
        let interrupted = || apps.iter().map(|_| Err(AppError::Graph(GraphError::Interrupted))).collect();
        let read: Vec<_> = self.wait(&self.reading(&what), unless_pressed_again(reading)).unwrap_or_else(interrupted);
        read.into_iter().map(|app| app.map_err(|error| self.problem(error))).collect()
    }

    /// Waits for an answer; on a terminal shows `text` meanwhile, if it takes long.
    pub(in crate::cli) fn wait<T>(&self, text: &str, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(progress::shown(self.progress, text, work))
    }

    /// Waits for work that shows its own progress.
    pub(in crate::cli) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    fn reading(&self, what: &str) -> String {
        format!("Reading {what} from {}", self.client.root().host())
    }

    /// Whether to show progress.
    pub(in crate::cli) fn shows_progress(&self) -> bool {
        self.progress
    }

    /// The client.
    pub(in crate::cli) fn client(&self) -> &Client {
        &self.client
    }

    /// The flags with which another run reaches the same Graph; empty for the global one.
    pub(in crate::cli) fn flags(&self) -> Words {
        let root = self.client.root().to_string();
        let there = match CLOUDS.iter().find(|(_, url)| *url == root) {
            Some(usual) if *usual == CLOUDS[0] => Words::default(),
            Some((cloud, _)) => Words::default().option("--cloud", *cloud),
            None => Words::default().option("--graph-url", root),
        };
        there.and(&self.sign_in_flags)
    }

    /// The flags with which another run finds an app there.
    pub(in crate::cli) fn flags_to(&self, app: &str) -> String {
        Words::default().option("--app", app).and(&self.flags()).to_string().trim_start().to_owned()
    }

    /// Reads properties of a user. `help` says what to do if there is no such user.
    pub(in crate::cli) fn user(&self, user: &str, properties: &[String], help: &str) -> Result<Value, Problem> {
        self.runtime.block_on(read_user(&self.client, user, properties)).map_err(|error| match error.status() {
            Some(404) => GraphProblem::NoUser { user: user.to_owned(), help: help.to_owned() }.into(),
            Some(403) => GraphProblem::UserForbidden { error }.into(),
            _ => self.problem(AppError::Graph(error)),
        })
    }

    /// The problem for an app that could not be read from this host.
    pub(in crate::cli) fn problem(&self, error: AppError) -> Problem {
        GraphProblem::App { host: self.client.root().host().to_owned(), error }.into()
    }
}

/// The groups that a policy names without an id.
fn named_groups(policy: &Policy) -> Vec<String> {
    policy.groups.iter().filter(|group| group.id.is_none()).filter_map(|group| group.name.clone()).collect()
}

/// What to read because of a schema, and of users if `members` are wanted. Without a schema that can be parsed, that is what
/// identifies users.
fn needs(schema: &str, members: bool) -> Needs {
    let Ok(schema) = document::from_str::<SynchronizationSchema<'_>>(schema) else {
        return Needs { properties: graph_properties([]), ..Needs::default() };
    };
    let read = if members { read_of_users(&schema) } else { BTreeSet::new() };
    // The tenant is asked only about what this program does not know.
    let strange = strange(&schema);
    let lists = [("functions", strange.functions), ("filterOperators", strange.operators)];
    Needs {
        properties: graph_properties(read.iter().map(String::as_str)),
        managers: read.contains("manager"),
        lists: lists.into_iter().filter(|(_, is_wanted)| *is_wanted).map(|(list, _)| list).collect(),
    }
}

/// Writes a note to standard error.
pub(in crate::cli) fn note(text: &str) {
    progress::clear();
    screen::note(text);
}
