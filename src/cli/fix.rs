//! `provlint fix`

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::input::{self, Input};
use super::judging::{Judge, Judging};
use super::live::{Live, More};
use super::mending::{Plan, plan};
use super::problem::Problem;
use super::screen::{Screen, output_error};
use crate::document::Encoding;
use crate::finding::Applicability;
use crate::fix::diff::{hunks, written};
use crate::fix::file;
use crate::graph::LiveApp;
use crate::report::{FIX_FORMATS, FixRun, FixTarget, Format, Style};

/// Put right what check finds, as far as a program can.
///
/// Only the values at fault change: not a blank, not the order, not the encoding. A fix that would change who is
/// matched, created or removed is made with --unsafe alone. What is read from standard input goes to standard output,
/// and the report to standard error.
///
/// The exit code is 1 where a dry run has changes pending, or where findings at or above --fail-on are left.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint fix schema.json --dry-run\n  provlint fix exports/\n  \
                        provlint fix schema.json --unsafe -o right.json\n  \
                        provlint fix exports/ --dry-run --format patch | git apply\n  \
                        az rest --url \"$SCHEMA_URL\" | provlint fix - > right.json\n  provlint fix --app TOTAL --dry-run")]
pub(super) struct Arguments {
    /// Files, directories, or - for standard input.
    #[arg(required_unless_present = "live", value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// An app in the tenant: its display name, object id or appId; may be repeated. Only --dry-run can do this yet.
    #[arg(long, value_name = "NAME|ID", group = "live", requires = "dry_run")]
    app: Vec<String>,

    /// Show what would change and what only a person can do; write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Make also the fixes that change who is matched, created or removed.
    #[arg(long = "unsafe")]
    allow_unsafe: bool,

    /// Write the result of the one file to another, and leave it as it is.
    #[arg(short, long, value_name = "FILE", conflicts_with = "dry_run")]
    output: Option<PathBuf>,

    /// The form of the report.
    #[arg(long, value_name = "FORMAT", value_parser = format_names(), default_value = FIX_FORMATS[0].name)]
    format: String,

    #[command(flatten)]
    judging: Judging,

    #[command(flatten)]
    live: Live,
}

fn format_names() -> clap::builder::PossibleValuesParser {
    let names = FIX_FORMATS.iter().map(|format| clap::builder::PossibleValue::new(format.name).help(format.about));
    names.collect::<Vec<_>>().into()
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
    let format = FIX_FORMATS.iter().find(|format| format.name == arguments.format).unwrap_or(&FIX_FORMATS[0]);
    let inputs = distinct(input::find(&arguments.paths));
    let piped =
        !arguments.dry_run && arguments.output.is_none() && arguments.paths.iter().any(|path| path.as_os_str() == "-");
    if inputs.len() != 1 && arguments.output.is_some() {
        return Err(Problem::Usage {
            message: format!("--output takes the result of one file; there are {}", inputs.len()),
            help: "without --output every file is written in its place".into(),
        });
    }
    if piped && (format.document || inputs.len() > 1) {
        return Err(Problem::Usage {
            message: "the result of standard input goes to standard output, which nothing else can share".into(),
            help: "give it a file by --output, or fix the others by themselves".into(),
        });
    }
    let destination = match &arguments.output {
        _ if arguments.dry_run => Destination::Nowhere,
        Some(path) => Destination::Other(path),
        None if piped => Destination::StandardOutput,
        None => Destination::Itself,
    };
    let worst = if arguments.allow_unsafe { Applicability::Unsafe } else { Applicability::Safe };

    let mut run = FixRun { dry_run: arguments.dry_run, targets: Vec::new() };
    let (mut broken, mut failed) = (false, false);
    let mut outcomes: Vec<(String, _)> = Vec::new();
    for input in inputs {
        match input {
            Ok(input) => {
                let fixed = fix(&judge, &input, worst, destination, format);
                outcomes.push((input.name, fixed));
            }
            Err(problem) => outcomes.push((String::new(), Err(problem))),
        }
    }
    if !arguments.app.is_empty() {
        let connection = arguments.live.connect()?;
        let read = |app: &String| connection.read(app, &judge.policies, More::default());
        let fixed = |app: &String| read(app).and_then(|live| fix_live(&judge, live, worst, format));
        outcomes.extend(arguments.app.iter().map(|app| (Input::live(app).name, fixed(app))));
    }
    for (name, outcome) in outcomes {
        match outcome {
            Ok(Some(target)) => {
                failed |= target.left.iter().any(|finding| judge.fail_on.fails(finding.severity));
                run.targets.push(target);
            }
            Ok(None) => {}
            Err(problem @ Problem::ClosedPipe) => return Err(problem),
            Err(problem) => {
                screen.complain(&problem);
                broken = true;
                run.targets.push(FixTarget { name, error: Some(problem.headline()), ..FixTarget::default() });
            }
        }
    }
    if format.document || run.targets.iter().any(|target| target.error.is_none()) {
        show(&run, format, piped, screen)?;
    }
    if run.targets.is_empty() {
        screen.complain(&input::nothing_found(&arguments.paths));
        broken = true;
    }
    let pending = arguments.dry_run && run.made() > 0;
    Ok(match (broken, pending || failed) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Done,
    })
}

/// Every file once, however often it is named.
fn distinct(inputs: Vec<Result<Input, Problem>>) -> Vec<Result<Input, Problem>> {
    let mut seen = HashSet::new();
    let mut new =
        |input: &Input| input.path().is_none_or(|path| seen.insert(path.canonicalize().unwrap_or(path.to_owned())));
    inputs.into_iter().filter(|input| input.as_ref().map_or(true, &mut new)).collect()
}

/// Fixes one input; `None` for a file that is no schema and was only met in a directory.
fn fix(
    judge: &Judge,
    input: &Input,
    worst: Applicability,
    destination: Destination<'_>,
    format: &Format<FixRun>,
) -> Result<Option<FixTarget>, Problem> {
    if input.exporter {
        // EntraExporter writes no schemas.
        return Ok(None);
    }
    let read = input.read()?;
    let Some(Plan { mut target, mended }) = plan(judge, input, &read.text, worst)? else { return Ok(None) };
    if format.name == "patch" && !target.made.is_empty() {
        patchable(input, &target, &mended.text, &read)?;
        if read.encoding == Encoding::Utf8Bom {
            target.mark_first_line();
        }
    }
    let encoded = || read.encoding.encode(&mended.text);
    match destination {
        Destination::Nowhere => return Ok(Some(target)),
        Destination::StandardOutput => {
            let mut out = io::stdout().lock();
            out.write_all(&encoded()).and_then(|()| out.flush()).map_err(|error| output_error(&error))?;
        }
        Destination::Other(path) => {
            std::fs::write(path, encoded())
                .map_err(|error| Problem::Unwritable { path: path.clone(), error: error.into() })?;
        }
        Destination::Itself if target.made.is_empty() => {}
        Destination::Itself => {
            let path = input.path().unwrap_or(Path::new("-"));
            let written = file::replace(path, &read.bytes, &encoded());
            written.map_err(|error| Problem::Unwritable { path: path.to_owned(), error })?;
        }
    }
    target.written = !target.made.is_empty();
    Ok(Some(target))
}

/// Fixes an app as read from the tenant, on paper.
fn fix_live(
    judge: &Judge,
    app: LiveApp,
    worst: Applicability,
    format: &Format<FixRun>,
) -> Result<Option<FixTarget>, Problem> {
    let input = Input::live(&app.name);
    if format.name == "patch" {
        return Err(no_patch(&input, "it is no file"));
    }
    Ok(plan(judge, &input, &app.into_text(), worst)?.map(|plan| plan.target))
}

fn show(run: &FixRun, format: &Format<FixRun>, piped: bool, screen: &Screen) -> Result<(), Problem> {
    let write = |style: &Style, out: &mut dyn Write| {
        colored::control::set_override(style.color);
        (format.write)(run, style, out).and_then(|()| out.flush()).map_err(|error| output_error(&error))
    };
    if piped {
        return write(&screen.err, &mut BufWriter::new(io::stderr().lock()));
    }
    write(&screen.out, &mut BufWriter::new(io::stdout().lock()))
}

/// Whether a patch can carry the changes.
fn patchable(input: &Input, target: &FixTarget, after: &str, read: &input::Contents) -> Result<(), Problem> {
    let why = if matches!(read.encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
        "it is UTF-16, which patches don't know"
    } else if target.hunks != hunks(&read.text, after, &written(after, &target.made)) {
        "there is a credential in the lines it would show"
    } else {
        return Ok(());
    };
    Err(no_patch(input, why))
}

fn no_patch(input: &Input, why: &str) -> Problem {
    Problem::Usage {
        message: format!("{}: there can be no patch: {why}", input.name),
        help: "the other formats show the same".into(),
    }
}
