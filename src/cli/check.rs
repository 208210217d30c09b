//! `provlint check`

use std::path::PathBuf;

use clap::{ArgGroup, ArgMatches, Args};
use rayon::prelude::*;

use super::outcome::{self, Outcome};
use super::shared::baseline::{Baselining, Known};
use super::shared::format::one_of;
use super::shared::input::{self, Input};
use super::shared::judging::{Judge, Judging};
use super::shared::live::{Live, More};
use super::shared::root::Root;
use super::terminal::exit::Exit;
use super::terminal::output::{self, Output};
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::finding::{Evidence, Severity};
use crate::graph::LiveApp;
use crate::inspection::Inspection;
use crate::model::{self, Content, ReadError, Resource};
use crate::report::{App, FORMATS, Format, Run, Style, TargetKind, TargetReport};
use crate::rules::Target;

/// Check exported schemas and snapshots, or apps in a tenant.
///
/// Directories are walked for *.json, with .gitignore respected; JSON that is neither a schema nor a snapshot is
/// left out there. The exit code is 0 without findings at or above --fail-on, 1 with, 2 where a file could not be
/// checked or there was none.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["paths", "app", "all_apps"]))]
#[command(
    override_usage = "provlint check [OPTIONS] <PATH>...\n       provlint check [OPTIONS] --app <NAME|ID>\n       \
                            provlint check [OPTIONS] --all-apps"
)]
#[command(
    after_help = "Examples:\n  provlint check schema.json\n  provlint check exports/ --fail-on warning --format compact\n  \
                        provlint check total.json --group TOTAL-Admin --format json --output report.json --format pretty\n  \
                        cat schema.json | provlint check -\n  provlint check --app TOTAL"
)]
pub(super) struct Arguments {
    /// Files, directories, or - for standard input.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// An app in the tenant, read live: its display name, object id or appId; may be repeated.
    #[arg(long, value_name = "NAME|ID", group = "live")]
    app: Vec<String>,

    /// Every app in the tenant with a provisioning job that a policy says it is for (app.names).
    #[arg(long, conflicts_with = "app", group = "live")]
    all_apps: bool,

    /// Never go online: --app and --all-apps are refused.
    #[arg(long, conflicts_with = "live")]
    offline: bool,

    #[command(flatten)]
    judging: Judging,

    #[command(flatten)]
    baselining: Baselining,

    /// The form of the report; may be repeated, each but one with its own --output.
    #[arg(long, value_name = "FORMAT", value_parser = one_of(FORMATS))]
    format: Vec<&'static Format>,

    /// A file for the report of the --format before it; - for standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,

    /// Leave less severe findings out of the report; they are counted.
    #[arg(long, value_name = "SEVERITY", value_parser = ["error", "warning", "info"])]
    min_severity: Option<String>,

    /// How many files are checked at a time; as many as there are processors, if not said.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    /// Print findings alone, without the line that counts.
    #[arg(short, long)]
    quiet: bool,

    /// Say also which rules could not judge, what was missing, and which people a finding is about.
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,

    #[command(flatten)]
    more: More,

    #[command(flatten)]
    live: Live,
}

/// What holds for every file of a run.
pub(super) struct Job {
    pub(super) judge: Judge,
    pub(super) min_severity: Option<Severity>,
    /// Whether findings name the people they are about.
    pub(super) names: bool,
    /// Whether a report shows what configurations look like.
    pub(super) view: bool,
    /// What is no news.
    pub(super) known: Known,
    /// Where paths begin.
    pub(super) root: Root,
}

pub(super) fn run(arguments: Arguments, matches: &ArgMatches, screen: &Screen) -> Result<Exit, Problem> {
    let outputs = output::settle(&arguments.format, &arguments.output, matches)?;
    let style = Style { verbose: arguments.verbose, quiet: arguments.quiet, ..screen.out };
    let view = outputs.iter().any(Output::shows_view);
    let looked = arguments.look(view, screen);
    let (job, outcomes) = looked.inspect_err(|problem| arguments.report(problem, &outputs, &style, screen))?;

    let (mut run, mut records) = (Run::default(), Vec::new());
    let (mut failed, mut broken, mut checked, mut cut_off) = (false, false, false, false);
    for outcome in outcomes {
        if let Some(problem) = &outcome.problem {
            screen.complain(problem);
            broken = true;
        }
        failed |= outcome.failed;
        checked |= outcome.checked;
        cut_off |= outcome.cut_off;
        run.targets.extend(outcome.targets);
        records.extend(outcome.records);
    }
    let checked_paths = run.targets.iter().filter_map(|target| target.path.as_deref());
    output::refuse_clashes(&outputs, arguments.baselining.written(), checked_paths, &job.root)?;
    let whole = checked && !broken && !cut_off;
    arguments.baselining.write(&records, whole, screen)?;
    if !whole && arguments.baselining.written().is_some() {
        // Nothing is known that was not written down.
        run.targets.iter_mut().flat_map(|target| &mut target.findings).for_each(|found| found.baselined = false);
    }
    job.known.report_over(&records, &job.root, screen);
    let nothing = (!checked && !broken).then(|| nothing_checked(run.targets.is_empty(), &arguments.paths));
    if let (Some(problem), true) = (&nothing, run.targets.is_empty()) {
        run.targets.push(arguments.not_checked(problem));
    }
    // A run in which no file could be read has nothing to report, except to those who asked for a document.
    let documents = outputs.iter().any(Output::is_document);
    if run.targets.iter().any(|target| target.error.is_none()) || documents {
        for output in &outputs {
            output.write(&run, &style, screen)?;
        }
    }
    if let Some(problem) = &nothing {
        screen.complain(problem);
    }
    Ok(match (broken || !checked, failed) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Done,
    })
}

impl Arguments {
    /// Looks at everything that was named.
    fn look(&self, view: bool, screen: &Screen) -> Result<(Job, Vec<Outcome>), Problem> {
        let job = Job {
            judge: self.judging.settle(screen)?,
            min_severity: self.min_severity.as_deref().and_then(|word| word.parse().ok()),
            names: self.verbose,
            view,
            known: self.baselining.settle()?,
            root: Root::find(),
        };
        let inputs = input::find(&self.paths, |path| job.root.path(path));
        let mut outcomes = check_all(&job, inputs, self.jobs)?;
        if self.all_apps {
            outcomes.extend(check_tenant(&job, self)?);
        } else if !self.app.is_empty() {
            let connection = self.live.connect()?;
            let read = |app| connection.read(app, &job.judge.policies, self.more);
            outcomes.extend(self.app.iter().map(|app| check_live(&job, app, read(app))));
        }
        Ok((job, outcomes))
    }

    /// Says also to programs why nothing was looked at, but over nothing that was to be looked at. Nobody can be told
    /// when that fails.
    fn report(&self, problem: &Problem, outputs: &[Output], style: &Style, screen: &Screen) {
        let root = Root::find();
        let inputs = input::find(&self.paths, |path| root.path(path));
        let paths: Vec<String> = inputs.iter().flatten().filter_map(Input::path).map(|path| root.path(path)).collect();
        if output::refuse_clashes(outputs, self.baselining.written(), paths.iter().map(String::as_str), &root).is_err()
        {
            return;
        }
        let run = Run { targets: vec![self.not_checked(problem)] };
        for output in outputs.iter().filter(|output| output.is_document()) {
            let _ = output.write(&run, style, screen);
        }
    }

    /// All that was named, as one target that could not be checked.
    fn not_checked(&self, problem: &Problem) -> TargetReport {
        let paths = self.paths.iter().map(|path| path.display().to_string());
        let mut names: Vec<String> = paths.chain(self.app.iter().map(|app| Input::live(app).name)).collect();
        if self.all_apps {
            names.push("graph:*".to_owned());
        }
        let name = match names.as_slice() {
            [first, _, _, rest @ ..] if !rest.is_empty() => format!("{first} and {} more", names.len() - 1),
            few => few.join(", "),
        };
        TargetReport { identity: name.clone(), name, error: Some(problem.headline()), ..TargetReport::default() }
    }
}

/// Whether there is anything that rules can judge.
pub(super) fn is_checked(target: &Target<'_>) -> bool {
    target.mappings().is_ok() || target.has(Evidence::Assignments).is_ok()
}

/// An empty run is never green. `is_empty` says that there was no input at all.
pub(super) fn nothing_checked(is_empty: bool, paths: &[PathBuf]) -> Problem {
    if is_empty {
        return input::nothing_found(paths);
    }
    Problem::Usage {
        message: "nothing was checked: there is no object mapping to an app over SCIM that could be read".into(),
        help: "the report says what the schema is instead, or what it lacks".into(),
    }
}

/// Checks every file, side by side where there are several, and gives the outcomes in the order of the files.
fn check_all(job: &Job, inputs: Vec<Result<Input, Problem>>, jobs: Option<usize>) -> Result<Vec<Outcome>, Problem> {
    let check = |input| match input {
        Ok(input) => check_file(job, &input),
        Err(problem) => Outcome::unwalked(problem),
    };
    if inputs.len() < 2 || jobs == Some(1) {
        return Ok(inputs.into_iter().map(check).collect());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or_default()).build().map_err(|error| {
        Problem::Usage { message: format!("no threads could be started: {error}"), help: "try --jobs 1".into() }
    })?;
    Ok(pool.install(|| inputs.into_par_iter().map(check).collect()))
}

fn check_file(job: &Job, input: &Input) -> Outcome {
    match input.text() {
        Ok(text) => check_text(job, input, &text),
        Err(problem) => Outcome::broken(job, input, problem),
    }
}

/// Checks an app as read from the tenant: its snapshot is the text that findings have their places in.
fn check_live(job: &Job, app: &str, read: Result<LiveApp, Problem>) -> Outcome {
    match read {
        Ok(live) => {
            let input = Input::live(&live.name);
            check_text(job, &input, &live.into_text())
        }
        Err(problem) => {
            let mut outcome = Outcome::broken(job, &Input::live(app), problem);
            outcome.targets.iter_mut().for_each(|target| target.kind = Some(TargetKind::Live));
            outcome
        }
    }
}

/// Checks every app of the tenant that a policy says it is for.
fn check_tenant(job: &Job, arguments: &Arguments) -> Result<Vec<Outcome>, Problem> {
    if job.judge.policies.app_names().next().is_none() {
        return Err(Problem::Usage {
            message: "--all-apps takes a policy that says which apps it is for".into(),
            help: "list their display names in app.names; * stands for anything".into(),
        });
    }
    let apps = arguments.live.connect()?.read_all(&job.judge.policies, arguments.more)?;
    if apps.is_empty() {
        let names: Vec<&str> = job.judge.policies.app_names().collect();
        return Err(Problem::Usage {
            message: format!("no app with a provisioning job is called {}", names.join(" or ")),
            help: "app.names of the policy takes display names; * stands for anything".into(),
        });
    }
    Ok(apps.into_iter().map(|(name, read)| check_live(job, &name, read)).collect())
}

pub(super) fn check_text(job: &Job, input: &Input, text: &str) -> Outcome {
    let resources = match model::read(text) {
        Ok(resources) => resources,
        Err(ReadError::NothingToCheck) if !input.named => return Outcome::default(),
        Err(ReadError::NothingToCheck) => {
            return Outcome::broken(job, input, Problem::NothingToCheck { name: input.name.clone() });
        }
        Err(ReadError::Json(error)) => {
            return cut_off(job, input, text, &error)
                .unwrap_or_else(|| Outcome::broken(job, input, Problem::parsing(&input.name, text, &error)));
        }
    };
    let inspection = Inspection::of(text);
    let mut outcome = Outcome::default();
    for resource in &resources {
        let part = if resources.len() == 1 { String::new() } else { format!("#{}", resource.pointer) };
        let (kind, app) = about(resource);
        let kind = if input.live { TargetKind::Live } else { kind };
        let report = outcome::report(job, input, &part);
        let identity = identity(report.identity.clone(), input, resource, &resources);
        let report = TargetReport { kind: Some(kind), app, identity, ..report };
        let app_name = report.app.as_ref().and_then(|app| app.display_name.as_deref());
        // An export of a whole tenant holds the apps of everybody.
        if input.exporter && !app_name.is_some_and(|name| job.judge.policies.claim(name)) {
            continue;
        }
        let policy = match job.judge.policy(app_name, &input.name) {
            Ok(policy) => policy,
            Err(problem) => {
                outcome.targets.push(TargetReport { error: Some(problem.headline()), ..report });
                outcome.problem = Some(problem);
                continue;
            }
        };
        let target = Target::new(text, resource, policy, &inspection, job.judge.today);
        outcome.checked |= is_checked(&target);
        outcome.add(job, report, &target);
    }
    outcome
}

/// A file that PowerShell cut off is no broken file: its one finding says what to do.
fn cut_off(job: &Job, input: &Input, text: &str, error: &serde_json::Error) -> Option<Outcome> {
    let inspection = Inspection::of(text);
    if !error.is_data() || inspection.cut_off.is_empty() {
        return None;
    }
    let policy = job.judge.policy(None, &input.name).ok()?;
    let reason = "the export is cut off (truncated-export)".into();
    let target = Target::unreadable(text, policy, &inspection, job.judge.today, reason);
    let report = TargetReport { kind: Some(TargetKind::Schema), ..outcome::report(job, input, "") };
    let mut outcome = Outcome { checked: true, cut_off: true, ..Outcome::default() };
    outcome.add(job, report, &target);
    Some(outcome)
}

/// What tells a resource from all others wherever and whenever it is checked: the file, with the schema's own id where
/// the file has several, since their order is nothing that stays; the app's id of what comes from no file, since two
/// apps may have the same name.
fn identity(file: String, input: &Input, resource: &Resource<'_>, resources: &[Resource<'_>]) -> String {
    if let (None, Some(principal)) = (input.path(), resource.service_principal_id()) {
        return format!("graph:{principal}");
    }
    if resources.len() == 1 {
        return file;
    }
    let same = |other: &&Resource<'_>| other.id() == resource.id();
    match resource.id().filter(|_| resources.iter().filter(same).count() == 1) {
        Some(id) => format!("{file}#{id}"),
        None => format!("{file}#{}", resource.pointer),
    }
}

/// What a resource is, and which app's.
pub(super) fn about(resource: &Resource<'_>) -> (TargetKind, Option<App>) {
    match &resource.content {
        Content::Schema(_) => (TargetKind::Schema, None),
        Content::Snapshot(snapshot) => {
            let app = snapshot.service_principal.as_ref().map(|principal| App {
                display_name: principal.display_name.as_deref().map(str::to_owned),
                id: principal.id.as_deref().map(str::to_owned),
                app_id: principal.app_id.as_deref().map(str::to_owned),
            });
            (TargetKind::Snapshot, app)
        }
    }
}
