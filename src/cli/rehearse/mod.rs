//! `provlint rehearse`

mod files;
mod input;

use std::path::PathBuf;
use std::pin::pin;

use clap::Args;
use secrecy::SecretString;
use tokio::sync::watch;

use self::input::Script;
use crate::check::Judge;
use crate::cli::shared::endpoint::endpoint;
use crate::cli::shared::format::one_of;
use crate::cli::shared::judging::Requirements;
use crate::cli::shared::live::{Graph, runtime};
use crate::cli::shared::secret_token::secret;
use crate::cli::terminal::consent::Consent;
use crate::cli::terminal::exit::Exit;
use crate::cli::terminal::interrupt::stopped;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::progress;
use crate::cli::terminal::screen::Screen;
use crate::graph::Network;
use crate::report::{Format, REHEARSAL_FORMATS, RehearsalReport, Style};
use crate::scim::Endpoint;
use crate::scim::rehearsal::{Halt, Ledger, Made, Page, SentAs, Session, Tape, Verdict, Waits, clean_up, rehearse};
use crate::secret::mask_url;
use crate::text::shell::Command;
use crate::text::shown;

/// Rehearse provisioning with a test endpoint, as Entra would provision this app
///
/// Creates made-up users and a group at the endpoint with the values that the schema gives them, changes, disables and
/// deletes them with the requests that Entra would send, and judges what reads back. Everything it creates has a name
/// that begins with provlint-rehearsal- and is deleted at the end, also after Ctrl-C; a file in the working directory
/// lists it until then. Use an endpoint for tests only. The exit code is 1 if a step fails that Entra depends on.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                        cat token.txt | provlint rehearse total.json --tenant-url https://test.example.com/scim --yes --token-stdin\n  \
                        cat token.txt | provlint rehearse --app TOTAL --tenant-url https://test.example.com/scim --yes --token-stdin\n  \
                        provlint rehearse --profile generic --tenant-url http://127.0.0.1:8080/scim --yes --format junit\n  \
                        cat token.txt | provlint rehearse --clean-up provlint-rehearsal-1a2b3c4d.json --yes --token-stdin")]
pub(super) struct Arguments {
    /// Exported schema or snapshot, or - for standard input [default: the default schema with the rows of --profile]
    #[arg(value_name = "PATH", conflicts_with = "app")]
    path: Option<PathBuf>,

    /// App in the tenant: display name, object id or appId
    #[arg(long, value_name = "NAME|ID")]
    app: Option<String>,

    /// ID of its provisioning job, if it has several [default: the first]
    #[arg(long, value_name = "ID", requires = "app")]
    job: Option<String>,

    /// Tenant URL of the test endpoint; with ?aadOptscim062020, updates are sent as Entra sends them with that flag
    #[arg(long, value_name = "URL", required_unless_present_any = ["clean_up", "replay"])]
    tenant_url: Option<String>,

    /// Read the secret token of the endpoint from standard input [default: PROVLINT_SCIM_TOKEN]
    #[arg(long)]
    token_stdin: bool,

    /// Send updates both with and without the flag
    #[arg(long)]
    both: bool,

    /// File of users whose values are used, JSON or CSV; their names and ids are replaced
    #[arg(long, value_name = "FILE")]
    user: Option<PathBuf>,

    #[command(flatten)]
    requirements: Requirements,

    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,

    /// Rehearse on the host that the app itself is provisioned to, for this reason
    #[arg(long, value_name = "REASON")]
    force: Option<String>,

    /// Save requests and answers, without the token, in a new directory
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "replay")]
    record: Option<PathBuf>,

    /// Judge a saved rehearsal and send nothing
    #[arg(long, value_name = "DIRECTORY", conflicts_with_all = ["path", "app", "tenant_url", "token_stdin", "both", "user"])]
    replay: Option<PathBuf>,

    /// Delete what a rehearsal that was killed has left, as the file says
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "app", "tenant_url", "both", "user", "record", "replay"])]
    clean_up: Option<PathBuf>,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(REHEARSAL_FORMATS), default_value = REHEARSAL_FORMATS[0].name)]
    format: &'static Format<RehearsalReport>,

    /// Wait before reading again what does not show yet, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=60))]
    settle: u64,

    /// Show one line for each step
    #[arg(short, long)]
    quiet: bool,

    /// Also list the steps that do not concern the app
    #[arg(short, long)]
    verbose: bool,

    #[command(flatten)]
    graph: Graph,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    if let Some(file) = &arguments.clean_up {
        return arguments.clean_up(file, screen);
    }
    let judge = arguments.requirements.judge(&[], screen)?;
    if let Some(folder) = &arguments.replay {
        let (script, played) = files::replayed(folder)?;
        let endpoint = endpoint(&script.tenant_url)?;
        // A recording is not sent, so it needs no token.
        let token = SecretString::from("replayed".to_owned());
        let ledger = Ledger::new(&script.tenant_url, Box::new(|_| Ok(())));
        return arguments.play(&script, &judge, &endpoint, &token, Tape::Play(played), ledger, None, screen);
    }
    let typed = arguments.tenant_url.as_deref().unwrap_or_default();
    let endpoint = endpoint(typed)?;
    let token = secret(arguments.token_stdin, "secret token")?;
    let script = input::script(arguments, &judge, &endpoint, typed, screen)?;
    let question = format!("Create, change and delete made-up users and groups at {}?", endpoint.host());
    if !Consent::of(arguments.yes)
        .is_given(endpoint.host(), &question, || format!("Endpoint: {}\n", mask_url(typed)))?
    {
        return Ok(Exit::Findings);
    }
    let tape = match &arguments.record {
        Some(folder) => files::recorder(folder, &script)?,
        None => Tape::Off,
    };
    let (path, save) = files::ledger(&script);
    let ledger = Ledger::new(typed, save);
    arguments.play(&script, &judge, &endpoint, &token, tape, ledger, Some(path), screen)
}

fn halted(halt: &Halt) -> Problem {
    Problem::Usage { message: halt.to_string(), help: String::new() }
}

/// Waits for work that ends soon after `stop` becomes true, which Ctrl-C makes it.
async fn until_stopped<T>(work: impl Future<Output = T>, stop: &watch::Sender<bool>, said: &str, screen: &Screen) -> T {
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = stopped() => {}
    }
    screen.remark(said);
    stop.send_replace(true);
    work.await
}

impl Arguments {
    fn waits(&self) -> Waits {
        let seconds = std::time::Duration::from_secs;
        Waits { busy: self.graph.longest_wait(), settle: seconds(self.settle) }
    }

    #[expect(clippy::too_many_arguments, reason = "a rehearsal and its recording share all of it")]
    fn play(
        &self,
        script: &Script,
        judge: &Judge,
        endpoint: &Endpoint,
        token: &SecretString,
        tape: Tape,
        mut ledger: Ledger,
        file: Option<PathBuf>,
        screen: &Screen,
    ) -> Result<Exit, Problem> {
        let cast = script.cast()?;
        let network = self.graph.network();
        let (stop, stopping) = watch::channel(false);
        let session = Session::new(endpoint, token, cast.wrong_token.clone(), &network, self.waits(), stopping, tape);
        let session = session.map_err(|error| halted(&error.into()))?;
        let runtime = runtime()?;
        let forms = script.forms();
        let said = "stopping after this request; what was created is deleted first";
        let title = format!("Rehearsing at {}", endpoint.host());
        let playing = rehearse(&session, &mut ledger, &cast, &forms, |_| {});
        let shown = progress::shown(!self.graph.hides_progress(), &title, until_stopped(playing, &stop, said, screen));
        let rehearsal = runtime.block_on(shown);
        let halt = rehearsal.halt.as_ref().map(ToString::to_string);
        let (stop, stopping) = watch::channel(false);
        let session = session.resumed(stopping);
        let left = match file {
            None => Vec::new(),
            Some(_) => runtime.block_on(cleaned(&session, &mut ledger, rehearsal.sent_as, &stop, screen)),
        };
        let requests = session.sent();
        if let (Some(halt), true) = (
            &halt,
            rehearsal.steps.iter().all(|step| step.verdict == Verdict::NotRun)
                && left.is_empty()
                && !self.format.document,
        ) {
            return Err(Problem::Usage { message: format!("nothing was rehearsed: {halt}"), help: String::new() });
        }
        let report = RehearsalReport {
            proposal: script.proposal(&rehearsal.steps, &cast, judge)?,
            tenant_url: mask_url(&script.tenant_url),
            schema: script.schema_name.clone(),
            forms,
            steps: rehearsal.steps,
            unknown: cast.users[0].unknown.clone(),
            left: left.iter().map(Made::described).collect(),
            halt: halt.unwrap_or_default(),
            requests,
        };
        let style = |style: &Style| Style { quiet: self.quiet, verbose: self.verbose, ..*style };
        let written = screen.show(false, |own, out| (self.format.write)(&report, &style(own), out));
        written.map_err(Problem::output)?;
        if let (Some(file), false) = (file, left.is_empty()) {
            screen.complain(&self.left_behind(&file, endpoint.host(), left.len()));
        }
        Ok(if !report.halt.is_empty() || !left.is_empty() {
            Exit::Failed
        } else if report.count(Verdict::Failed) > 0 {
            Exit::Findings
        } else {
            Exit::Done
        })
    }

    /// Deletes what a file lists.
    fn clean_up(&self, file: &std::path::Path, screen: &Screen) -> Result<Exit, Problem> {
        let page: Page = files::page(file)?;
        let typed = page.tenant_url.clone();
        let endpoint = endpoint(&typed)?;
        let token = secret(self.token_stdin, "secret token")?;
        let question = format!("Delete what the file lists ({}) at {}?", page.made.len(), endpoint.host());
        let lines = || page.made.iter().map(|made| format!("{}\n", made.described())).collect::<String>();
        if !Consent::of(self.yes).is_given(endpoint.host(), &question, lines)? {
            return Ok(Exit::Findings);
        }
        let network: Network = self.graph.network();
        let (stop, stopping) = watch::channel(false);
        let session = Session::new(&endpoint, &token, String::new(), &network, self.waits(), stopping, Tape::Off);
        let session = session.map_err(|error| halted(&error.into()))?;
        let count = page.made.len();
        let mut ledger = Ledger::of(page, files::saver(file.to_owned()));
        // Some endpoints answer only requests with a User-Agent.
        let left = runtime()?.block_on(cleaned(&session, &mut ledger, SentAs::Usual, &stop, screen));
        for made in &left {
            screen.say(&format!("left on the endpoint: {}", made.described()))?;
        }
        if left.is_empty() {
            screen.say(&format!("deleted, or already gone: {count}; {} is removed", shown(file)))?;
            return Ok(Exit::Done);
        }
        screen.complain(&self.left_behind(file, endpoint.host(), left.len()));
        Ok(Exit::Failed)
    }

    /// Says what is still there, and how to delete it in the same way.
    fn left_behind(&self, file: &std::path::Path, host: &str, count: usize) -> Problem {
        let again = Command::provlint("rehearse").option("--clean-up", shown(file)).and(&self.graph.reach_flags());
        // Where the token is piped in, no one can answer a question.
        let again = again.flag("--yes", self.yes || self.token_stdin).flag("--token-stdin", self.token_stdin);
        let token = if self.token_stdin { "cat token.txt | " } else { "" };
        Problem::Usage {
            message: format!(
                "{count} of the objects that the rehearsal created are still at {host}; {} lists them",
                shown(file)
            ),
            help: format!("delete them at the endpoint, or try again: {token}{again}"),
        }
    }
}

/// Deletes what is on the list; returns what is left.
async fn cleaned(
    session: &Session<'_>,
    ledger: &mut Ledger,
    form: SentAs,
    stop: &watch::Sender<bool>,
    screen: &Screen,
) -> Vec<Made> {
    if ledger.made().is_empty() {
        return Vec::new();
    }
    let said = [
        "deleting what was created; another Ctrl-C leaves it on the endpoint",
        "stopping; what is not deleted yet stays on the endpoint",
    ];
    let cleaned = {
        let mut cleaning = pin!(clean_up(session, ledger, form));
        let mut cleaned = None;
        // The first Ctrl-C may be meant for the rehearsal.
        for said in said {
            tokio::select! {
                done = &mut cleaning => {
                    cleaned = Some(done);
                    break;
                }
                () = stopped() => screen.remark(said),
            }
        }
        match cleaned {
            Some(done) => done,
            None => {
                stop.send_replace(true);
                cleaning.await
            }
        }
    };
    cleaned.unwrap_or_else(|halt| {
        screen.remark(&format!("cleaning up: {halt}"));
        ledger.made().to_vec()
    })
}
