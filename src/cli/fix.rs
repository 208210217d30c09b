//! `provlint fix`

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::check::nothing_checked;
use super::fix_app::{AppFixing, FixOutcome};
use super::shared::format::one_of;
use super::shared::input::{self, Input};
use super::shared::judging::{Judge, Judging};
use super::shared::live::Live;
use super::shared::writing::Writing;
use super::terminal::exit::Exit;
use super::terminal::gap::Gap;
use super::terminal::output::{put, refuse_overwriting};
use super::terminal::problem::Problem;
use super::terminal::root::Root;
use super::terminal::screen::{Screen, document};
use super::terminal::wording::{FixProblem, NoPatch};
use crate::check::{CheckError, InputKind};
use crate::document::Encoding;
use crate::finding::Applicability;
use crate::fix::diff::{hunks, written};
use crate::fix::{Allowed, AllowedInTenant, FixRun, FixTarget, Identity, Plan, file, plan};
use crate::inspection::Inspection;
use crate::report::{FIX_FORMATS, Format, counted};
use crate::text::shown;

/// Fix what `check` finds, where it can be fixed automatically
///
/// Changes only wrong values, and keeps formatting, order and encoding. Fixes that change who is matched, created, disabled
/// or removed need --unsafe. The result of standard input goes to standard output, and the report to standard error.
///
/// In the tenant (--app), shows the changes and their consequences, then asks, saves a backup, writes the whole schema,
/// reads it back, compares it, and checks it again. provlint restore restores the backup.
///
/// The exit code is 1 if a dry run has pending changes, or if findings at or above --fail-on remain.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["paths", "app"]))]
#[command(override_usage = "provlint fix [OPTIONS] <PATH>...\n       provlint fix [OPTIONS] --app <NAME|ID>")]
#[command(after_help = "Examples:\n  provlint fix schema.json --dry-run\n  provlint fix exports/\n  \
                        provlint fix schema.json --unsafe -o fixed.json\n  \
                        provlint fix exports/ --dry-run --format patch -o fix.patch\n  \
                        cat schema.json | provlint fix - > fixed.json\n  provlint fix --app TOTAL --dry-run\n  \
                        provlint fix --app TOTAL --yes --pause --group TOTAL-Admin --assign-groups")]
pub(super) struct Arguments {
    /// Files, directories, or - for standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// App in the tenant: display name, object id or appId; may be repeated
    #[arg(long, value_name = "NAME|ID", group = "live")]
    app: Vec<String>,

    /// Only this provisioning job, by its ID, where an app has several [default: every job]
    #[arg(long, value_name = "ID")]
    job: Option<String>,

    /// Show the changes and the manual steps; write nothing
    #[arg(long)]
    dry_run: bool,

    /// Also make fixes that change who is matched, created, disabled or removed, and, in the tenant, settings (SyncAll)
    #[arg(long = "unsafe")]
    allow_unsafe: bool,

    /// Assign the groups that the policy (or --group) names and that are not assigned
    #[arg(long, requires = "app")]
    assign_groups: bool,

    /// Remove the assignments of groups that the policy (or --group) does not name
    #[arg(long, requires_all = ["app", "allow_unsafe"])]
    remove_unexpected: bool,

    /// File for the result, if there is one input file; with --dry-run, for what would change; - for standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "app")]
    output: Option<PathBuf>,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(FIX_FORMATS), default_value = FIX_FORMATS[0].name)]
    format: &'static Format<FixRun>,

    #[command(flatten)]
    judging: Judging,

    #[command(flatten)]
    writing: Writing,

    #[command(flatten)]
    live: Live,
}

/// The destination of the fixed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Destination<'a> {
    Nowhere,
    Itself,
    Other(&'a PathBuf),
    StandardOutput,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let judge = Judge { job: arguments.job.clone(), ..arguments.judging.settle(screen)? };
    let format = arguments.format;
    let inputs = input::find(&arguments.paths, Identity::of);
    let is_standard = |path: &PathBuf| path.as_os_str() == "-";
    let piped = !arguments.dry_run
        && match &arguments.output {
            Some(path) => is_standard(path),
            None => arguments.paths.iter().any(is_standard),
        };
    if inputs.len() != 1 && arguments.output.is_some() && !arguments.dry_run {
        return Err(Problem::Usage {
            message: format!("--output takes the result of one file, not of {}", inputs.len()),
            help: "without --output every file is fixed in place".into(),
        });
    }
    if piped && (format.document || inputs.len() > 1 || !arguments.app.is_empty()) {
        return Err(Problem::Usage {
            message: "the result goes to standard output, so nothing else can".into(),
            help: "write it to a file with --output, or fix the others separately".into(),
        });
    }
    let destination = match &arguments.output {
        _ if arguments.dry_run => Destination::Nowhere,
        _ if piped => Destination::StandardOutput,
        Some(path) => Destination::Other(path),
        None => Destination::Itself,
    };
    if let Some(path) = arguments.output.as_ref().filter(|path| !is_standard(path)) {
        let mut read: Vec<PathBuf> = arguments.judging.file()?.into_iter().collect();
        // The result of a file may replace it, but nothing else may.
        if arguments.dry_run {
            read.extend(inputs.iter().flatten().flat_map(Input::files));
        }
        refuse_overwriting(&[path], &read)?;
    }
    let links: Vec<&str> =
        inputs.iter().flatten().filter(|input| input.kind == InputKind::Link).map(|input| &*input.name).collect();
    if !links.is_empty() {
        let count = counted(links.len(), "file");
        screen.remark(&format!(
            "passed over {count} (links, pipes or devices); to fix one, name it: {}",
            links.join(", ")
        ));
    }
    let worst = if arguments.allow_unsafe { Applicability::Unsafe } else { Applicability::Safe };
    let allowed = Allowed { worst, tenant: AllowedInTenant::default() };

    let mut passed_over = 0;
    let fix = |input| match input {
        Ok(input) => {
            let fixed = fix(&judge, &input, allowed, destination, format);
            passed_over += usize::from(matches!(fixed, Ok(None)));
            FixOutcome::new(input.name, fixed)
        }
        Err(problem) => FixOutcome::new(String::new(), Err(problem)),
    };
    let mut outcomes: Vec<FixOutcome> = inputs.into_iter().map(fix).collect();
    let of_apps = arguments.fix_apps(&judge, worst, format, screen);
    let next = of_apps.first().filter(|_| arguments.app.len() == 1).and_then(|first| first.next.clone());
    outcomes.extend(of_apps);

    let mut run = FixRun { dry_run: arguments.dry_run, targets: Vec::new(), passed_over };
    let (mut broken, mut failed) = (false, false);
    for FixOutcome { name, target, problem, .. } in outcomes {
        if let Some(problem) = &problem {
            if matches!(problem, Problem::ClosedPipe) {
                return Err(Problem::ClosedPipe);
            }
            screen.complain(problem);
            broken = true;
        }
        let error = || problem.as_ref().map(ToString::to_string);
        let target = target.or_else(|| Some(FixTarget { name, error: Some(error()?), ..FixTarget::default() }));
        if let Some(target) = target {
            failed |= target.left.iter().any(|finding| judge.fail_on.fails(finding.severity));
            run.targets.push(target);
        }
    }
    if format.document || run.targets.iter().any(|target| target.error.is_none()) {
        match arguments.output.as_ref().filter(|path| arguments.dry_run && !is_standard(path)) {
            // In a PowerShell pipe, a patch loses its encoding and line ends.
            Some(path) => put(format, &run, &screen.out, path)?,
            None => show(&run, format, piped, screen)?,
        }
    }
    if !broken && !run.targets.iter().any(|target| target.checked) {
        screen.complain(&nothing_checked(run.targets.is_empty(), &arguments.paths, &[]));
        broken = true;
    }
    let gaps = run.targets.iter().flat_map(|target| Gap::all(&target.name, &target.rules, judge.fail_on));
    let gaps: Vec<Gap> = gaps.collect();
    if !gaps.is_empty() {
        screen.complain(&Problem::Incomplete { gaps });
        broken = true;
    }
    for flag in run.unanswered() {
        screen.complain(&Problem::Unanswered { flag });
        broken = true;
    }
    let pending = run.targets.iter().any(FixTarget::is_pending);
    if let Some(next) = next.filter(|_| !broken) {
        screen.remark(&next);
    }
    Ok(match (broken, pending || failed) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Done,
    })
}

impl Arguments {
    /// Fixes the apps of the command line, one after the other.
    fn fix_apps(
        &self,
        judge: &Judge,
        worst: Applicability,
        format: &Format<FixRun>,
        screen: &Screen,
    ) -> Vec<FixOutcome> {
        let Some(first) = self.app.first() else { return Vec::new() };
        if format.name == "patch" {
            let refused = |app: &String| {
                let input = Input::live(app);
                let problem = no_patch(&input, NoPatch::NoFile);
                FixOutcome::new(input.name, Err(problem))
            };
            return self.app.iter().map(refused).collect();
        }
        let connection = match self.live.connect() {
            Ok(connection) => connection,
            // Files may already be written, and their report must be shown.
            Err(problem) => return vec![FixOutcome::new(Input::live(first).name, Err(problem))],
        };
        let tenant = AllowedInTenant {
            settings: self.allow_unsafe,
            assign: self.assign_groups,
            unassign: self.remove_unexpected,
        };
        let fixing = AppFixing {
            judge,
            connection: &connection,
            job: self.job.as_deref(),
            is_beside: false,
            allowed: Allowed { worst, tenant },
            writing: (!self.dry_run).then_some(&self.writing),
            judging: &self.judging,
            document: format.document,
            screen,
        };
        let mut fixed: Vec<FixOutcome> = Vec::new();
        for app in &self.app {
            match fixed.iter().find(|before| before.halted) {
                // The same error may occur with every app, so the others are not attempted.
                Some(before) => {
                    let problem = FixProblem::NotAttempted { app: app.clone(), failed: before.name.clone() };
                    fixed.push(FixOutcome::new(Input::live(app).name, Err(problem.into())));
                }
                None => fixed.extend(fixing.fix(app)),
            }
        }
        fixed
    }
}

/// Fixes one input; `None` for a file in a directory that holds no schema.
fn fix(
    judge: &Judge,
    input: &Input,
    allowed: Allowed,
    destination: Destination<'_>,
    format: &Format<FixRun>,
) -> Result<Option<FixTarget>, Problem> {
    // EntraExporter writes no schemas, backups are kept as they are, and a link in a directory may lead anywhere.
    if matches!(input.kind, InputKind::Exporter | InputKind::Backup | InputKind::Link) {
        return Ok(None);
    }
    let read = input.read()?;
    let origin = input.origin(&Root::default());
    let inspection = Inspection::of(&read.text);
    let resources = match inspection.read() {
        Ok(resources) => resources,
        Err(error) if origin.is_walked() && error.is_no_configuration() => return Ok(None),
        Err(error) => return Err(CheckError::reading(&input.name, &inspection, &error).into()),
    };
    let Plan { mut target, fixed, .. } = plan(judge, &origin, &read.text, &inspection, &resources, allowed)?;
    if format.name == "patch" && !target.made.is_empty() {
        target.name = patch_path(input, &target, &fixed.text, &read).map_err(|reason| no_patch(input, reason))?;
        if read.encoding == Encoding::Utf8Bom {
            target.mark_first_line();
        }
    }
    let encoded = || read.encoding.encode(&fixed.text);
    match destination {
        Destination::Nowhere => return Ok(Some(target)),
        Destination::StandardOutput => {
            // Without a fix, the file is passed on unchanged.
            document(&encoded())?;
        }
        // --output with the input file itself fixes it in place.
        Destination::Other(path) if !is_itself(path, input) => {
            let written = file::put(path, &encoded());
            written.map_err(|error| Problem::Unwritable { path: path.clone(), error })?;
            target.output = Some(shown(path));
        }
        Destination::Itself | Destination::Other(_) if target.made.is_empty() => {}
        Destination::Itself | Destination::Other(_) => {
            let path = input.path().unwrap_or(Path::new("-"));
            let written = file::replace(path, &read.bytes, &encoded());
            written.map_err(|error| Problem::Unwritable { path: path.to_owned(), error })?;
        }
    }
    target.written = !target.made.is_empty();
    Ok(Some(target))
}

/// Shows the report. If that fails, the error must still say which files are written.
fn show(run: &FixRun, format: &Format<FixRun>, on_error: bool, screen: &Screen) -> Result<(), Problem> {
    let shown = screen.show(on_error, |style, out| (format.write)(run, style, out));
    shown.map_err(|error| match Problem::output(error) {
        Problem::Output { error, .. } => {
            let written = run.targets.iter().filter(|target| target.written);
            Problem::Output { error, written: written.map(|target| target.result().to_owned()).collect() }
        }
        problem => problem,
    })
}

fn is_itself(path: &Path, input: &Input) -> bool {
    input.path().is_some_and(|input| Identity::of(input) == Identity::of(path))
}

/// The path for a patch, relative to the working directory; or why no patch is possible.
fn patch_path(input: &Input, target: &FixTarget, after: &str, read: &input::Contents) -> Result<String, NoPatch> {
    if matches!(read.encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
        return Err(NoPatch::Utf16);
    }
    if target.hunks != hunks(&read.text, after, &written(after, &target.made)) {
        return Err(NoPatch::Credential);
    }
    let path = input.path().ok_or(NoPatch::NoFile)?;
    // git and patch change the file itself, not a link to it.
    let (file, here) = (path.canonicalize(), Path::new(".").canonicalize());
    let (file, here) = file.and_then(|file| Ok((file, here?))).map_err(NoPatch::Path)?;
    let name = file.strip_prefix(here).map_err(|_| NoPatch::Outside)?;
    let parts = name.components().map(|part| part.as_os_str().to_str());
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/")).ok_or(NoPatch::Name)
}

fn no_patch(input: &Input, reason: NoPatch) -> Problem {
    FixProblem::NoPatch { name: input.name.clone(), reason }.into()
}
