//! `provlint fix`

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::check::nothing_checked;
use super::fix_app::{AppFixing, Fixed};
use super::mending::{Allowed, AllowedInTenant, Plan, plan};
use super::shared::format::one_of;
use super::shared::input::{self, Input};
use super::shared::judging::{Judge, Judging};
use super::shared::live::Live;
use super::shared::writing::Writing;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::{Screen, document, output_error};
use crate::document::Encoding;
use crate::finding::Applicability;
use crate::fix::diff::{hunks, written};
use crate::fix::file;
use crate::report::{FIX_FORMATS, FixRun, FixTarget, Format};

/// Put right what check finds, as far as a program can.
///
/// Only the values at fault change: not a blank, not the order, not the encoding. A fix that would change who is
/// matched, created or removed is made with --unsafe alone. What is read from standard input goes to standard output,
/// and the report to standard error.
///
/// In the tenant (--app) what would change is shown, and what follows from it. Then you are asked, a backup is written,
/// and only then the tenant: the whole schema with everything in it that isn't at fault as it came. It is read back,
/// compared and checked again. provlint restore puts the backup back.
///
/// The exit code is 1 where a dry run has changes pending, or where findings at or above --fail-on are left.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["paths", "app"]))]
#[command(override_usage = "provlint fix [OPTIONS] <PATH>...\n       provlint fix [OPTIONS] --app <NAME|ID>")]
#[command(after_help = "Examples:\n  provlint fix schema.json --dry-run\n  provlint fix exports/\n  \
                        provlint fix schema.json --unsafe -o right.json\n  \
                        provlint fix exports/ --dry-run --format patch | git apply\n  \
                        cat schema.json | provlint fix - > right.json\n  provlint fix --app TOTAL --dry-run\n  \
                        provlint fix --app TOTAL --yes --pause --group TOTAL-Admin --assign-groups")]
pub(super) struct Arguments {
    /// Files, directories, or - for standard input.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// An app in the tenant: its display name, object id or appId; may be repeated.
    #[arg(long, value_name = "NAME|ID", group = "live")]
    app: Vec<String>,

    /// The id of its provisioning job, where it has several; the first, if not said.
    #[arg(long, value_name = "ID", requires = "app")]
    job: Option<String>,

    /// Show what would change and what only a person can do; write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Make also the fixes that change who is matched, created or removed; in the tenant also those of settings (SyncAll).
    #[arg(long = "unsafe")]
    allow_unsafe: bool,

    /// Assign the groups that the policy (or --group) names and that aren't.
    #[arg(long, requires = "app")]
    assign_groups: bool,

    /// Take the assignments of groups away that the policy (or --group) doesn't name.
    #[arg(long, requires_all = ["app", "allow_unsafe"])]
    remove_unexpected: bool,

    /// Write the result of the one file to another, and leave it as it is; - for standard output.
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["dry_run", "app"])]
    output: Option<PathBuf>,

    /// The form of the report.
    #[arg(long, value_name = "FORMAT", value_parser = one_of(FIX_FORMATS), default_value = FIX_FORMATS[0].name)]
    format: &'static Format<FixRun>,

    #[command(flatten)]
    judging: Judging,

    #[command(flatten)]
    writing: Writing,

    #[command(flatten)]
    live: Live,
}

/// Where a mended text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Destination<'a> {
    Nowhere,
    Itself,
    Other(&'a PathBuf),
    StandardOutput,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let judge = arguments.judging.settle(screen)?;
    let format = arguments.format;
    let inputs = input::find(&arguments.paths, |path| path.canonicalize().unwrap_or(path.to_owned()));
    let is_standard = |path: &PathBuf| path.as_os_str() == "-";
    let piped = !arguments.dry_run
        && match &arguments.output {
            Some(path) => is_standard(path),
            None => arguments.paths.iter().any(is_standard),
        };
    if inputs.len() != 1 && arguments.output.is_some() {
        return Err(Problem::Usage {
            message: format!("--output takes the result of one file; there are {}", inputs.len()),
            help: "without --output every file is written in its place".into(),
        });
    }
    if piped && (format.document || inputs.len() > 1 || !arguments.app.is_empty()) {
        return Err(Problem::Usage {
            message: "the result goes to standard output, which nothing else can share".into(),
            help: "give it a file by --output, or fix the others by themselves".into(),
        });
    }
    let destination = match &arguments.output {
        _ if arguments.dry_run => Destination::Nowhere,
        _ if piped => Destination::StandardOutput,
        Some(path) => Destination::Other(path),
        None => Destination::Itself,
    };
    let worst = if arguments.allow_unsafe { Applicability::Unsafe } else { Applicability::Safe };
    let allowed = Allowed { worst, tenant: AllowedInTenant::default() };

    let fix = |input| match input {
        Ok(input) => {
            let fixed = fix(&judge, &input, allowed, destination, format);
            Fixed::new(input.name, fixed)
        }
        Err(problem) => Fixed::new(String::new(), Err(problem)),
    };
    let mut outcomes: Vec<Fixed> = inputs.into_iter().map(fix).collect();
    outcomes.extend(arguments.fix_apps(&judge, worst, format, screen));

    let mut run = FixRun { dry_run: arguments.dry_run, targets: Vec::new() };
    let (mut broken, mut failed) = (false, false);
    for Fixed { name, target, problem, .. } in outcomes {
        if let Some(problem) = &problem {
            if matches!(problem, Problem::ClosedPipe) {
                return Err(Problem::ClosedPipe);
            }
            screen.complain(problem);
            broken = true;
        }
        let error = || problem.as_ref().map(Problem::headline);
        let target = target.or_else(|| Some(FixTarget { name, error: Some(error()?), ..FixTarget::default() }));
        if let Some(target) = target {
            failed |= target.left.iter().any(|finding| judge.fail_on.fails(finding.severity));
            run.targets.push(target);
        }
    }
    if format.document || run.targets.iter().any(|target| target.error.is_none()) {
        show(&run, format, piped, screen).map_err(|problem| untold(problem, &run))?;
    }
    if !broken && !run.targets.iter().any(|target| target.checked) {
        screen.complain(&nothing_checked(run.targets.is_empty(), &arguments.paths));
        broken = true;
    }
    let pending = run.targets.iter().any(FixTarget::is_pending);
    Ok(match (broken, pending || failed) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Done,
    })
}

impl Arguments {
    /// Fixes the apps that were named, one after the other.
    fn fix_apps(&self, judge: &Judge, worst: Applicability, format: &Format<FixRun>, screen: &Screen) -> Vec<Fixed> {
        let Some(first) = self.app.first() else { return Vec::new() };
        if format.name == "patch" {
            let refused = |app: &String| {
                let input = Input::live(app);
                let problem = no_patch(&input, "it is no file");
                Fixed::new(input.name, Err(problem))
            };
            return self.app.iter().map(refused).collect();
        }
        let connection = match self.live.connect() {
            Ok(connection) => connection,
            // Files may be written already, and their report is due.
            Err(problem) => return vec![Fixed::new(Input::live(first).name, Err(problem))],
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
            allowed: Allowed { worst, tenant },
            writing: (!self.dry_run).then_some(&self.writing),
            document: format.document,
            screen,
        };
        let mut fixed = Vec::new();
        for app in &self.app {
            let unexplained = fixed.iter().find(|before: &&Fixed| before.halted);
            fixed.push(match unexplained {
                // What went wrong with one may go wrong with all.
                Some(before) => {
                    let message = format!("{app} was not touched, since something went wrong with {}", before.name);
                    Fixed::new(Input::live(app).name, Err(Problem::Usage { message, help: String::new() }))
                }
                None => fixing.fix(app),
            });
        }
        fixed
    }
}

/// Fixes one input; `None` for a file that is no schema and was only met in a directory.
fn fix(
    judge: &Judge,
    input: &Input,
    allowed: Allowed,
    destination: Destination<'_>,
    format: &Format<FixRun>,
) -> Result<Option<FixTarget>, Problem> {
    if input.exporter {
        // EntraExporter writes no schemas.
        return Ok(None);
    }
    let read = input.read()?;
    let Some(Plan { mut target, mended }) = plan(judge, input, &read.text, allowed)? else { return Ok(None) };
    if format.name == "patch" && !target.made.is_empty() {
        target.name = patchable(input, &target, &mended.text, &read).map_err(|why| no_patch(input, &why))?;
        if read.encoding == Encoding::Utf8Bom {
            target.mark_first_line();
        }
    }
    let encoded = || read.encoding.encode(&mended.text);
    match destination {
        Destination::Nowhere => return Ok(Some(target)),
        Destination::StandardOutput => {
            // A file goes through as it is.
            document(&encoded())?;
        }
        // Whoever names the file itself has it written in its place, with the same care.
        Destination::Other(path) if !is_itself(path, input) => {
            let written = file::put(path, &encoded());
            written.map_err(|error| Problem::Unwritable { path: path.clone(), error })?;
            target.output = Some(path.display().to_string());
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

/// What a report that could not be shown would have told first.
fn untold(problem: Problem, run: &FixRun) -> Problem {
    let written: Vec<&str> = run.targets.iter().filter(|target| target.written).map(FixTarget::result).collect();
    match problem {
        Problem::Usage { message, .. } if !written.is_empty() => {
            Problem::Usage { message, help: format!("written all the same: {}", written.join(", ")) }
        }
        problem => problem,
    }
}

fn show(run: &FixRun, format: &Format<FixRun>, piped: bool, screen: &Screen) -> Result<(), Problem> {
    screen.show(piped, |style, out| (format.write)(run, style, out)).map_err(|error| output_error(&error))
}

fn is_itself(path: &Path, input: &Input) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    whole(path).is_some_and(|path| input.path().and_then(whole) == Some(path))
}

/// The name under which a patch can carry the changes, from the working directory; else why it can't.
fn patchable(input: &Input, target: &FixTarget, after: &str, read: &input::Contents) -> Result<String, String> {
    if matches!(read.encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
        return Err("it is UTF-16, which patches don't know".to_owned());
    }
    if target.hunks != hunks(&read.text, after, &written(after, &target.made)) {
        return Err("there is a credential in the lines it would show".to_owned());
    }
    let path = input.path().ok_or("it is no file")?;
    // What git and patch change is the file itself, not a link to it.
    let (file, here) = (path.canonicalize(), Path::new(".").canonicalize());
    let (file, here) = file.and_then(|file| Ok((file, here?))).map_err(|error| error.to_string())?;
    let name = file.strip_prefix(here).map_err(|_| "it lies outside of the working directory")?;
    let parts = name.components().map(|part| part.as_os_str().to_str());
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/")).ok_or("its name is not UTF-8".to_owned())
}

fn no_patch(input: &Input, why: &str) -> Problem {
    Problem::Usage {
        message: format!("{}: there can be no patch: {why}", input.name),
        help: "the other formats show the same".into(),
    }
}
