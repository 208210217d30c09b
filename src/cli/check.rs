//! `provlint check`

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use clap::{ArgGroup, ArgMatches, Args};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::shared::baseline::{Baselining, report_outdated};
use super::shared::format::one_of;
use super::shared::input::{self, Input};
use super::shared::judging::{Judge, Judging};
use super::shared::live::{Live, More, Named};
use super::terminal::exit::Exit;
use super::terminal::gap::Gap;
use super::terminal::output::{self, Output};
use super::terminal::problem::Problem;
use super::terminal::root::Root;
use super::terminal::screen::Screen;
use crate::check::{
    self, AskedFor, InputKind, Options, Origin, Outcome, PassedOver, Run, States, TargetKind, TargetReport,
};
use crate::graph::LiveApp;
use crate::report::{self, FORMATS, Format, Style};
use crate::text::shown;

/// Check exported schemas and snapshots, or apps in a tenant
///
/// In directories, checks every *.json that .gitignore does not exclude, and skips JSON that is neither a schema nor a
/// snapshot. The exit code is 0 without findings at or above --fail-on, 1 with such findings, and 2 if a file could not
/// be checked or there was none.
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
    /// Files, directories, or - for standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// App in the tenant: display name, object id or appId; may be repeated
    #[arg(long, value_name = "NAME|ID", group = "live")]
    app: Vec<String>,

    /// Every app in the tenant that the policy names (app.names) and that has a provisioning job
    #[arg(long, conflicts_with = "app", group = "live")]
    all_apps: bool,

    /// Only this provisioning job, by its ID, where an app has several
    #[arg(long, value_name = "ID", conflicts_with = "all_apps")]
    job: Option<String>,

    /// Never go online: refuse --app and --all-apps
    #[arg(long, conflicts_with = "live")]
    offline: bool,

    #[command(flatten)]
    judging: Judging,

    #[command(flatten)]
    baselining: Baselining,

    /// Format of the output; may be repeated, if all but one have an --output [default: pretty]
    #[arg(long, value_name = "FORMAT", value_parser = one_of(FORMATS))]
    format: Vec<&'static Format>,

    /// File for the report of the preceding --format, or, without any --format, in the format of its extension (.json,
    /// .jsonl, .sarif, .md, .html, .xml; else pretty); - for standard output
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,

    /// Hide findings below this severity; they are still counted
    #[arg(long, value_name = "SEVERITY", value_parser = ["error", "warning", "info"])]
    min_severity: Option<String>,

    /// Number of files to check in parallel [default: number of CPUs]
    #[arg(long, alias = "jobs", value_name = "N")]
    threads: Option<usize>,

    /// Print only findings, without the summary line
    #[arg(short, long)]
    quiet: bool,

    /// Also list rules that could not be evaluated and why, and name the users a finding is about
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,

    #[command(flatten)]
    more: More,

    #[command(flatten)]
    live: Live,
}

/// An outcome, the problem to report, and the files that were read and are configuration.
struct Checked {
    outcome: Outcome,
    problem: Option<Problem>,
    read: Vec<PathBuf>,
}

pub(super) fn run(arguments: Arguments, matches: &ArgMatches, screen: &Screen) -> Result<Exit, Problem> {
    let outputs = output::settle(&arguments.format, &arguments.output, matches)?;
    let style = Style { verbose: arguments.verbose, quiet: arguments.quiet, ..screen.out };
    let view = outputs.iter().any(Output::shows_view);
    let root = Root::find();
    let all_checked = arguments.check(view, &root, screen);
    let (options, checked) =
        all_checked.inspect_err(|problem| arguments.report(problem, &outputs, &style, &root, screen))?;

    let (mut run, mut records, mut read) = (Run::default(), Vec::new(), arguments.read_besides()?);
    run.fail_on = options.judge.fail_on;
    let again = |groups: &[String]| arguments.judging.again(groups);
    run.asked = AskedFor {
        paths: arguments.paths.clone(),
        requirements: again(arguments.judging.groups()),
        of_file: arguments.job.iter().fold(again(&[]), |words, job| words.option("--job", job)),
    };
    let (mut failed, mut broken, mut any_checked, mut told) = (false, false, false, HashSet::new());
    for Checked { outcome, problem, read: files } in checked {
        read.extend(files);
        if let Some(problem) = &problem {
            // A mistake in the policy is the same for every file.
            if told.insert(problem.to_string()) {
                screen.complain(problem);
            }
            broken = true;
        }
        failed |= outcome.failed;
        any_checked |= outcome.checked;
        run.passed_over.extend(outcome.passed_over);
        run.targets.extend(outcome.targets);
        records.extend(outcome.records);
    }
    run.settle_asked();
    output::refuse_clashes(&outputs, arguments.baselining.written(), &read)?;
    let whole = any_checked && !broken && !run.is_incomplete();
    let unwritten = run.is_incomplete() && arguments.baselining.written().is_some();
    arguments.baselining.write(&records, whole, screen)?;
    if !whole && arguments.baselining.written().is_some() {
        // Findings are known only if they were written to the baseline.
        run.targets.iter_mut().flat_map(|target| &mut target.findings).for_each(|found| found.baselined = false);
    }
    report_outdated(&options.known, &records, &root, screen);
    let nothing =
        (!any_checked && !broken).then(|| nothing_checked(run.targets.is_empty(), &arguments.paths, &run.passed_over));
    if let (Some(problem), true) = (&nothing, run.targets.is_empty()) {
        run.targets.push(arguments.not_checked(problem));
    }
    // A run in which no file could be read reports nothing, except in formats that programs read.
    let documents = outputs.iter().any(Output::is_document);
    if run.targets.iter().any(|target| target.error.is_none()) || documents {
        for output in &outputs {
            match output.write(&run, &style, screen) {
                // The verdict does not depend on how much of the report was read.
                Ok(()) | Err(Problem::ClosedPipe) => {}
                Err(problem) => return Err(problem),
            }
        }
    }
    if let Some(problem) = &nothing {
        screen.complain(problem);
    }
    let gaps = run.targets.iter().flat_map(|target| Gap::all(&target.name, &target.rules, run.fail_on));
    let gaps: Vec<Gap> = gaps.collect();
    let undecided = !gaps.is_empty();
    if undecided {
        screen.complain(&Problem::Incomplete { gaps });
    } else if !outputs.iter().all(Output::tells_gaps) {
        report::gaps(&run).iter().for_each(|gap| screen.remark(gap));
    }
    Ok(match (broken || !any_checked || undecided || unwritten, failed) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Done,
    })
}

impl Arguments {
    /// Checks all files and apps of the command line.
    fn check(&self, view: bool, root: &Root, screen: &Screen) -> Result<(Options, Vec<Checked>), Problem> {
        let options = Options {
            judge: Judge { job: self.job.clone(), ..self.more.asked_of(self.judging.settle(screen)?) },
            min_severity: self.min_severity.as_deref().and_then(|word| word.parse().ok()),
            names: self.verbose,
            view,
            known: self.baselining.settle()?,
            states: States::default(),
        };
        let inputs = input::find(&self.paths, |path| root.file(path));
        let mut checked = check_all(&options, root, inputs, self.threads)?;
        if self.all_apps {
            checked.extend(check_tenant(&options, self)?);
        } else if !self.app.is_empty() {
            let connection = self.live.connect()?;
            let read = connection.read_several(&self.app, self.job.as_deref(), &options.judge.policies, self.more);
            checked.extend(self.app.iter().zip(read).map(|(app, read)| check_live(&options, app, read)));
        }
        Ok((options, checked))
    }

    /// Writes the reports that programs read also when nothing was checked, but never over an input. An error here is
    /// dropped: `problem` is the one to report.
    fn report(&self, problem: &Problem, outputs: &[Output], style: &Style, root: &Root, screen: &Screen) {
        let inputs = input::find(&self.paths, |path| root.file(path));
        let mut read = self.read_besides().unwrap_or_default();
        read.extend(inputs.iter().flatten().flat_map(Input::files));
        if output::refuse_clashes(outputs, self.baselining.written(), &read).is_err() {
            return;
        }
        let run = Run { targets: vec![self.not_checked(problem)], ..Run::default() };
        for output in outputs.iter().filter(|output| output.is_document()) {
            let _ = output.write(&run, style, screen);
        }
    }

    /// The files that are read besides the inputs.
    fn read_besides(&self) -> Result<Vec<PathBuf>, Problem> {
        let known = self.baselining.read().map(Path::to_owned);
        Ok(self.judging.file()?.into_iter().chain(known).chain(self.live.file()).collect())
    }

    /// All files and apps of the command line, as one target that could not be checked.
    fn not_checked(&self, problem: &Problem) -> TargetReport {
        let paths = self.paths.iter().map(shown);
        let mut names: Vec<String> = paths.chain(self.app.iter().map(|app| Input::live(app).name)).collect();
        if self.all_apps {
            names.push("graph:*".to_owned());
        }
        let name = match names.as_slice() {
            [first, _, _, rest @ ..] if !rest.is_empty() => format!("{first} and {} more", names.len() - 1),
            few => few.join(", "),
        };
        TargetReport { identity: name.clone(), name, error: Some(problem.to_string()), ..TargetReport::default() }
    }
}

/// The error for a run that checked nothing, which must not count as success. `is_empty` says that there was no input at all.
pub(super) fn nothing_checked(is_empty: bool, paths: &[PathBuf], passed_over: &[PassedOver]) -> Problem {
    if is_empty {
        let names = paths.iter().map(shown).collect();
        return Problem::NothingFound {
            names,
            passed_over: passed_over.iter().map(|file| file.name.clone()).collect(),
        };
    }
    Problem::NothingChecked
}

impl Checked {
    fn of(mut outcome: Outcome) -> Self {
        let problem = outcome.error.take().map(Problem::from);
        Checked { outcome, problem, read: Vec::new() }
    }

    fn unread(origin: &Origin, problem: Problem) -> Self {
        Checked { outcome: Outcome::unread(origin, problem.to_string()), problem: Some(problem), read: Vec::new() }
    }
}

/// Checks every file, several in parallel; the outcomes have the order of the files.
fn check_all(
    options: &Options,
    root: &Root,
    inputs: Vec<Result<Input, Problem>>,
    threads: Option<usize>,
) -> Result<Vec<Checked>, Problem> {
    let check = |input| match input {
        Ok(input) => check_file(options, root, &input),
        Err(problem) => Checked::unread(&Origin::named("a directory"), problem),
    };
    if inputs.len() < 2 || threads == Some(1) {
        return Ok(inputs.into_iter().map(check).collect());
    }
    Ok(pool(threads)?.install(|| inputs.into_par_iter().map(check).collect()))
}

fn pool(threads: Option<usize>) -> Result<ThreadPool, Problem> {
    ThreadPoolBuilder::new().num_threads(threads.unwrap_or_default()).build().map_err(Problem::Threads)
}

fn check_file(options: &Options, root: &Root, input: &Input) -> Checked {
    let origin = input.origin(root);
    if input.kind == InputKind::Link {
        return Checked::of(Outcome::passed_over(&origin));
    }
    let checked = match input.text() {
        Ok(text) => Checked::of(check::text(options, &origin, &text)),
        Err(problem) => Checked::unread(&origin, problem),
    };
    // A report that an earlier run left in a checked directory may be replaced.
    let read = if checked.outcome.targets.is_empty() { Vec::new() } else { input.files() };
    Checked { read, ..checked }
}

/// Checks an app as read from the tenant: findings have their places in the text of its snapshot.
fn check_live(options: &Options, app: &str, read: Result<LiveApp, Problem>) -> Checked {
    match read {
        Ok(live) => {
            let origin = Origin::live(&live.name);
            Checked::of(check::text(options, &origin, &live.to_exact_text()))
        }
        Err(problem) => {
            let mut checked = Checked::unread(&Origin::live(app), problem);
            checked.outcome.targets.iter_mut().for_each(|target| target.kind = Some(TargetKind::Live));
            checked
        }
    }
}

/// The number of apps that were read and wait to be checked.
const WAITING: usize = 20;

/// Checks every app of the tenant that a policy names.
fn check_tenant(options: &Options, arguments: &Arguments) -> Result<Vec<Checked>, Problem> {
    if options.judge.policies.app_names().next().is_none() {
        return Err(Problem::Usage {
            message: "--all-apps requires a policy that names its apps".into(),
            help: "list their display names in app.names; * stands for anything".into(),
        });
    }
    let connection = arguments.live.connect()?;
    let pool = pool(arguments.threads)?;
    // Apps are checked while others are read, and no more of them wait than are read together.
    let mut checked = std::thread::scope(|scope| {
        let (queue, waiting) = sync_channel::<(usize, Named)>(WAITING);
        let checker = scope.spawn(|| -> Vec<(usize, Checked)> {
            let waiting = waiting.into_iter().par_bridge();
            pool.install(|| waiting.map(|(place, (name, read))| (place, check_live(options, &name, read))).collect())
        });
        // The checker takes everything until the queue is closed.
        let take = |place, app| drop(queue.send((place, app)));
        let read = connection.read_all(&options.judge.policies, arguments.more, take);
        drop(queue);
        let checked = checker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        read.map(|()| checked)
    })?;
    checked.sort_unstable_by_key(|(place, _)| *place);
    let checked: Vec<Checked> = checked.into_iter().map(|(_, checked)| checked).collect();
    if checked.is_empty() {
        let names = options.judge.policies.app_names().map(str::to_owned).collect();
        return Err(Problem::NoAppNamed { names });
    }
    Ok(checked)
}
