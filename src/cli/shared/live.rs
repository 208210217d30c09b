//! Live access: where Graph is, the token for it, and what is read.

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use serde_json::Value;

use super::policies::Policies;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::progress;
use crate::cli::terminal::screen;
use crate::document;
use crate::graph::{
    AppError, CLOUDS, Candidate, Client, GraphError, Limits, LiveApp, Network, RIGHTS, Root, SignIn, SignInError,
    SignInKind, Wanted, read_app, read_apps, read_user,
};
use crate::model::SynchronizationSchema;
use crate::policy::Policy;
use crate::simulate::{graph_properties, properties_read};
use crate::text::shell::option;

/// The variable that holds a ready token.
const TOKEN_VARIABLE: &str = "PROVLINT_ACCESS_TOKEN";
const URL_VARIABLE: &str = "PROVLINT_GRAPH_URL";
/// No token of Entra has a tenth of this.
const LONGEST_TOKEN: u64 = 256 << 10;

/// Where to ask, and how long to wait.
#[derive(Debug, Args)]
#[command(next_help_heading = "Live access")]
pub(in crate::cli) struct Live {
    /// The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud.
    #[arg(long, value_name = "URL", conflicts_with = "cloud")]
    graph_url: Option<String>,

    /// The cloud that the tenant is in.
    #[arg(long, value_name = "NAME", value_parser = CLOUDS.map(|(name, _)| name))]
    cloud: Option<String>,

    /// Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in.
    #[arg(long)]
    token_stdin: bool,

    /// The way to sign in; else the first that the environment offers.
    #[arg(long, value_name = "KIND", value_parser = SignInKind::ALL.map(SignInKind::as_str), conflicts_with = "token_stdin")]
    auth: Option<String>,

    #[command(flatten)]
    reach: Reach,

    /// Seconds to wait between attempts where Graph is busy, and for a change to show, all in all.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(0..=86400))]
    max_wait: u64,

    /// Show no progress line while waiting.
    #[arg(long)]
    no_progress: bool,
}

/// What is read besides what every check needs.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Live access")]
pub(in crate::cli) struct More {
    /// Read the people too: the members of the assigned groups, and who is assigned directly.
    #[arg(long, requires = "live")]
    members: bool,

    /// Have Entra test the credentials that it saved, as the portal's Test Connection does.
    #[arg(long, requires = "live")]
    test_connection: bool,
}

impl More {
    /// With Entra's own test of the connection.
    pub(in crate::cli) fn with_test() -> Self {
        More { test_connection: true, members: false }
    }

    fn wanted<'p>(self, policies: &'p Policies, job: Option<&str>) -> Wanted<'p> {
        let group_names = |name: &str| policies.choose(Some(name), name).map(named_groups).unwrap_or_default();
        Wanted {
            group_names: Box::new(group_names),
            members: self.members.then_some(member_properties),
            test_connection: self.test_connection,
            job: job.map(str::to_owned),
        }
    }
}

/// An app's name, and what came of reading it.
pub(in crate::cli) type Named = (String, Result<LiveApp, Problem>);

/// How hosts are reached.
#[derive(Debug, Args)]
pub(in crate::cli) struct Reach {
    /// Certificates (PEM) to trust besides the system's.
    #[arg(long, value_name = "FILE")]
    ca_bundle: Option<PathBuf>,

    /// Seconds to wait for an answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

impl Reach {
    /// `max_wait` is in seconds.
    pub(in crate::cli) fn network(&self, max_wait: u64) -> Network {
        let limits = Limits { timeout: Duration::from_secs(self.timeout), longest_wait: Duration::from_secs(max_wait) };
        Network::new(limits, self.ca_bundle.clone())
    }
}

/// A connection that is ready to be asked.
pub(in crate::cli) struct Connection {
    client: Client,
    runtime: tokio::runtime::Runtime,
    progress: bool,
    /// The flags by which another run signs in the same way and trusts the same.
    sign_in_flags: String,
}

impl Live {
    /// Sets a connection up.
    pub(in crate::cli) fn connect(&self) -> Result<Connection, Problem> {
        let network = self.network();
        let runtime = runtime()?;
        let Access { root, token, sign_in, .. } = runtime.block_on(self.sign_in(&network))?;
        let client = Client::new(root, token, &network, note).map_err(|error| no_network(&error))?;
        let bundle = self.reach.ca_bundle.as_ref().map(|path| option("--ca-bundle", &path.display().to_string()));
        let auth = self.auth.as_ref().map(|kind| option("--auth", kind));
        Ok(Connection {
            client: client.renewed_by(sign_in),
            runtime,
            progress: !self.no_progress,
            sign_in_flags: [auth, bundle].into_iter().flatten().collect(),
        })
    }

    /// What Graph would be asked with.
    pub(in crate::cli) fn access(&self) -> Result<Access, Problem> {
        runtime()?.block_on(self.sign_in(&self.network()))
    }

    fn network(&self) -> Network {
        self.reach.network(self.max_wait)
    }

    async fn sign_in(&self, network: &Network) -> Result<Access, Problem> {
        let root = self.root()?;
        if let Some((from, token)) = self.ready_token()? {
            return Ok(Access { root, token, from, sign_in: None });
        }
        let variables = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let asked =
            self.auth.as_deref().and_then(|word| SignInKind::ALL.into_iter().find(|kind| kind.as_str() == word));
        let sign_in = SignIn::choose(asked, &root, network, &variables, note).await.map_err(no_token)?;
        let token = sign_in.token(&root).await.map_err(no_token)?;
        Ok(Access { root, token, from: sign_in.kind.as_str(), sign_in: Some(sign_in) })
    }

    fn root(&self) -> Result<Root, Problem> {
        let variable = std::env::var(URL_VARIABLE).ok().filter(|url| !url.is_empty() && self.cloud.is_none());
        let of_cloud = self.cloud.as_deref().unwrap_or(CLOUDS[0].0);
        let url = CLOUDS.iter().find(|(name, _)| *name == of_cloud).map_or(CLOUDS[0].1, |(_, url)| *url);
        let typed = self.graph_url.clone().or(variable).unwrap_or_else(|| url.to_owned());
        Root::new(&typed).map_err(|error| Problem::Usage {
            message: error.to_string(),
            help: format!("the root looks like {}; plain http goes to this machine only", CLOUDS[0].1),
        })
    }

    /// A token that was handed over, and where from.
    fn ready_token(&self) -> Result<Option<(&'static str, SecretString)>, Problem> {
        let typed;
        let from = if self.token_stdin {
            typed = token_from_stdin()?;
            "standard input"
        } else if self.auth.is_some() {
            return Ok(None);
        } else {
            typed = std::env::var(TOKEN_VARIABLE).unwrap_or_default();
            TOKEN_VARIABLE
        };
        let token = typed.trim().trim_start_matches("Bearer ").trim();
        match (token, self.token_stdin) {
            ("", true) => Err(Problem::Usage {
                message: "standard input holds no token".into(),
                help: format!("{GET_TOKEN} | provlint … --token-stdin"),
            }),
            ("", false) => Ok(None),
            (token, _) => Ok(Some((from, SecretString::from(token.to_owned())))),
        }
    }
}

/// What standard input holds, which is no longer than a token can be.
pub(in crate::cli) fn token_from_stdin() -> Result<String, Problem> {
    let mut typed = String::new();
    let read = std::io::stdin().lock().take(LONGEST_TOKEN).read_to_string(&mut typed);
    read.map_err(|_| Problem::Usage { message: "standard input holds no token".into(), help: String::new() })?;
    Ok(typed)
}

/// What Graph is asked with.
#[derive(Debug)]
pub(in crate::cli) struct Access {
    pub(in crate::cli) root: Root,
    pub(in crate::cli) token: SecretString,
    /// The way to sign in, or where a ready token came from.
    pub(in crate::cli) from: &'static str,
    /// The sign-in; `None` where the token was there.
    pub(in crate::cli) sign_in: Option<SignIn>,
}

const GET_TOKEN: &str =
    "az account get-access-token --scope https://graph.microsoft.com/.default --query accessToken --output tsv";

pub(in crate::cli) fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| Problem::Usage {
        message: format!("the connection could not be set up: {error}"),
        help: String::new(),
    })
}

fn no_network(error: &GraphError) -> Problem {
    let help = "a machine without certificate authorities needs --ca-bundle FILE".to_owned();
    Problem::Usage { message: error.to_string(), help }
}

fn no_token(error: SignInError) -> Problem {
    let help = match &error {
        SignInError::Network(error) => return no_network(error),
        SignInError::Missing { .. } => "set the variables, or sign in another way with --auth".to_owned(),
        SignInError::Failed { kind: SignInKind::AzureCli, reason } => {
            // The last way that is tried: most likely nobody knows yet that a token is needed.
            return Problem::Usage {
                message: format!("there is no token for Microsoft Graph, and none from the Azure CLI: {reason}"),
                help: format!(
                    "run az login; or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or \
                     {TOKEN_VARIABLE}; or pipe a token in: {GET_TOKEN} | provlint … --token-stdin"
                ),
            };
        }
        SignInError::Failed { .. } => {
            "--auth signs in another way; the variables are in the README under \"Sign in\"".into()
        }
    };
    Problem::Usage { message: error.to_string(), help }
}

impl Connection {
    /// Reads everything about an app.
    pub(in crate::cli) fn read(&self, app: &str, policies: &Policies, more: More) -> Result<LiveApp, Problem> {
        self.read_job(app, None, policies, more)
    }

    /// The same, to judge it by the schema of one job; `None` for the first.
    pub(in crate::cli) fn read_job(
        &self,
        app: &str,
        job: Option<&str>,
        policies: &Policies,
        more: More,
    ) -> Result<LiveApp, Problem> {
        self.look_for(app, job, policies, more).map_err(|error| self.problem(&error))
    }

    /// Reads everything about an app that may not be there; `job` is the one that counts, where it isn't the first.
    pub(in crate::cli) fn look_for(
        &self,
        app: &str,
        job: Option<&str>,
        policies: &Policies,
        more: More,
    ) -> Result<LiveApp, AppError> {
        let wanted = more.wanted(policies, job);
        let reading = read_app(&self.client, app, &wanted, jiff::Timestamp::now());
        self.wait(&self.reading(app), reading)
    }

    /// Reads every app with a provisioning job that a policy says it is for.
    pub(in crate::cli) fn read_all(&self, policies: &Policies, more: More) -> Result<Vec<Named>, Problem> {
        let wanted = more.wanted(policies, None);
        let claimed = |name: &str| policies.claim(name);
        let reading = read_apps(&self.client, &claimed, &wanted, jiff::Timestamp::now());
        let apps = self.wait(&self.reading("the tenant's apps"), reading);
        let apps = apps.map_err(|error| self.problem(&AppError::Graph(error)))?;
        Ok(apps.into_iter().map(|app| (app.name, app.read.map_err(|error| self.problem(&error)))).collect())
    }

    /// Waits for an answer; on a terminal with `text` as a sign of life where it takes long.
    pub(in crate::cli) fn wait<T>(&self, text: &str, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(progress::shown(self.progress, text, work))
    }

    /// Waits for something that shows signs of life of its own.
    pub(in crate::cli) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    fn reading(&self, what: &str) -> String {
        format!("Reading {what} from {}", self.client.root().host())
    }

    /// Whether signs of life are wanted.
    pub(in crate::cli) fn shows_progress(&self) -> bool {
        self.progress
    }

    /// Whom it asks.
    pub(in crate::cli) fn client(&self) -> &Client {
        &self.client
    }

    /// The flags by which another run reaches the same Graph; empty for the usual one.
    pub(in crate::cli) fn flags(&self) -> String {
        let root = self.client.root().to_string();
        let whom = match CLOUDS.iter().find(|(_, url)| *url == root) {
            Some(usual) if *usual == CLOUDS[0] => String::new(),
            Some((cloud, _)) => format!(" --cloud {cloud}"),
            None => option("--graph-url", &root),
        };
        whom + &self.sign_in_flags
    }

    /// The flags by which another run finds an app there.
    pub(in crate::cli) fn flags_to(&self, app: &str) -> String {
        format!("{}{}", option("--app", app).trim_start(), self.flags())
    }

    /// Reads the named properties of a user. `help` is what to give where there is none of that name.
    pub(in crate::cli) fn user(&self, user: &str, properties: &[String], help: &str) -> Result<Value, Problem> {
        self.runtime.block_on(read_user(&self.client, user, properties)).map_err(|error| match error.status() {
            Some(404) => Problem::Usage { message: format!("there is no user {user}"), help: help.to_owned() },
            Some(403) => Problem::Usage { message: error.to_string(), help: "the token needs User.Read.All".into() },
            _ => self.problem(&AppError::Graph(error)),
        })
    }

    pub(in crate::cli) fn problem(&self, error: &AppError) -> Problem {
        let message = match error {
            AppError::Graph(error) => format!("{}: {error}", self.client.root().host()),
            error => error.to_string(),
        };
        let list = |candidates: &[Candidate]| {
            let named = candidates.iter().map(|app| format!("{} ({})", app.display_name, app.id));
            named.collect::<Vec<_>>().join(", ")
        };
        let help = match error {
            AppError::Missing { candidates, .. } if candidates.is_empty() => {
                "give the display name as the portal shows it, the object id of the enterprise application, or its appId".into()
            }
            AppError::Missing { candidates, .. } => format!("names that begin alike: {}", list(candidates)),
            AppError::Ambiguous { candidates, .. } => format!("name one by its object id: {}", list(candidates)),
            AppError::Graph(error) => advice(error),
        };
        Problem::Usage { message, help }
    }
}

/// The groups that a policy knows by name alone.
fn named_groups(policy: &Policy) -> Vec<String> {
    policy.groups.iter().filter(|group| group.id.is_none()).filter_map(|group| group.name.clone()).collect()
}

/// The properties of users that a schema reads; of one that can't be read, those that tell people apart.
fn member_properties(schema: &Value) -> Vec<String> {
    let text = schema.to_string();
    let read = document::from_str::<SynchronizationSchema<'_>>(&text);
    read.map(|schema| properties_read(&schema)).unwrap_or_else(|_| graph_properties([]))
}

pub(in crate::cli) fn advice(error: &GraphError) -> String {
    let [application, synchronization, groups] = RIGHTS;
    let rights = format!("the token needs {application}, {synchronization} and {groups}");
    let advice = match error {
        GraphError::Status { status: 401, .. } => {
            "the token is expired, or is for another audience; get one for https://graph.microsoft.com"
        }
        GraphError::Status { status: 403, .. } => &rights,
        GraphError::Unreachable { .. } => "see whether a proxy (HTTPS_PROXY) or --ca-bundle is needed",
        GraphError::Timeout { .. } => "--timeout waits longer",
        _ => "",
    };
    let by_id = match error {
        GraphError::Status { request_id, .. } if !request_id.is_empty() => {
            format!("Microsoft finds the request by its id {request_id}")
        }
        _ => String::new(),
    };
    [advice, &by_id].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
}

/// Says on standard error that there is something to wait for, or to do.
pub(in crate::cli) fn note(text: &str) {
    progress::clear();
    screen::note(text);
}
