//! `provlint lsp`

use std::borrow::Cow;
use std::fs;
use std::io::{self, BufWriter, ErrorKind};
use std::path::{Component, Path, PathBuf};

use clap::Args;
use miette::Diagnostic;

use super::check::{Job, check_text};
use super::completions;
use super::shared::baseline::Known;
use super::shared::input::Input;
use super::shared::judging::Judge;
use super::shared::policies::{Policies, is_policy_name, nearest_policy};
use super::shared::root::Root;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::{Screen, output_error};
use crate::document;
use crate::lsp::{self, Buffers, Server, Trouble, Verdict, wire};
use crate::model;

/// Serve an editor: mistakes, quick fixes and explanations while somebody writes.
///
/// Speaks the Language Server Protocol on standard input and output, for schemas, snapshots and provlint.yaml.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  provlint lsp   # is what an editor starts; docs/editors.md has the settings")]
pub(super) struct Arguments {
    /// The policy; else provlint.yaml or .provlint.yaml, from the file's directory upwards.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// The vendor's requirements to judge by; goes before the policy's own profile.
    #[arg(long, value_name = "NAME", add = completions::profiles())]
    profile: Option<String>,

    /// Is what happens anyway; editors say so out of habit.
    #[arg(long, hide = true)]
    stdio: bool,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    if io::IsTerminal::is_terminal(&io::stdin()) {
        screen.remark("an editor is expected at the other end; docs/editors.md has the settings");
    }
    let policy = arguments.policy.as_deref().map(absolute).transpose()?;
    let mut server = Server::new(Checker { policy, profile: arguments.profile.clone() });
    let (mut input, mut output) = (io::stdin().lock(), BufWriter::new(io::stdout().lock()));
    while let Some(message) = wire::read(&mut input).map_err(|error| input_error(&error))? {
        let answer = server.receive(&message);
        for message in &answer.messages {
            wire::write(&mut output, message).map_err(|error| output_error(&error))?;
        }
        if let Some(in_order) = answer.end {
            // The protocol wants 1 from a server that was told to go without a warning.
            return Ok(if in_order { Exit::Done } else { Exit::Findings });
        }
    }
    Ok(Exit::Done)
}

/// The path as editors name files.
fn absolute(path: &Path) -> Result<PathBuf, Problem> {
    let absolute = std::path::absolute(path).map_err(|error| Problem::reading(path, error))?;
    let climbs = absolute.components().any(|part| part == Component::ParentDir);
    // Where `..` leads is known to the disk alone.
    Ok(if climbs { fs::canonicalize(&absolute).unwrap_or(absolute) } else { absolute })
}

/// What came is no message, or less than one.
fn input_error(error: &io::Error) -> Problem {
    let help = match error.kind() {
        ErrorKind::InvalidData => "this is for editors, which speak the Language Server Protocol",
        _ => "",
    };
    Problem::Usage { message: format!("no message could be read: {error}"), help: help.into() }
}

/// Judges as `check` does.
struct Checker {
    policy: Option<PathBuf>,
    profile: Option<String>,
}

impl Checker {
    /// The policies for a file. What is open in the editor goes before what is on the disk.
    fn policies(&self, path: &Path, open: &Buffers) -> Result<Policies, Problem> {
        // A text that was never saved lies where the editor was started.
        let nearest = || nearest_policy(std::path::absolute(path).ok()?.parent()?);
        let file = self.policy.clone().or_else(nearest);
        let Some(file) = file else { return Policies::of_profile(self.profile.as_deref()) };
        let name = file.display().to_string();
        let yaml: Cow<'_, str> = match open.text(&file) {
            Some(text) => text.into(),
            None => {
                let bytes = fs::read(&file).map_err(|error| Problem::reading(&file, error))?;
                let (_, text) = document::decode(bytes).map_err(|error| Problem::decoding(&name, &error))?;
                text.into()
            }
        };
        Policies::of_text(&name, &yaml, self.profile.as_deref())
    }
}

impl lsp::Judge for Checker {
    fn judge(&self, path: &Path, text: &str, open: &Buffers) -> Verdict {
        // An editor opens JSON of every kind, and says itself what is no JSON.
        if !model::is_spoken_of(text) {
            return Verdict::default();
        }
        let policies = match self.policies(path, open) {
            Ok(policies) => policies,
            Err(problem) => return Verdict { targets: Vec::new(), trouble: Some(trouble(&problem, None)) },
        };
        let judge = Judge::by(policies);
        let (known, root) = (Known::Nothing, Root::find());
        let job = Job { judge, min_severity: None, names: false, view: false, known, root };
        let input = Input::of(path);
        let outcome = check_text(&job, &input, text);
        let trouble = outcome.problem.as_ref().filter(|problem| !matches!(problem, Problem::NothingToCheck { .. }));
        Verdict { trouble: trouble.map(|problem| trouble_in(problem, &input)), targets: outcome.targets }
    }

    fn is_policy(&self, path: &Path) -> bool {
        is_policy_name(path) || self.policy.as_deref() == Some(path)
    }
}

fn trouble_in(problem: &Problem, input: &Input) -> Trouble {
    trouble(problem, Some(&input.name))
}

/// A problem as an editor shows it; the name of the file that it is in needn't be said.
fn trouble(problem: &Problem, file: Option<&str>) -> Trouble {
    let headline = problem.headline();
    let span = problem.span();
    let bare = file.filter(|_| span.is_some()).and_then(|name| headline.strip_prefix(name)?.split_once(": "));
    Trouble {
        message: bare.map_or_else(|| headline.clone(), |(_, message)| message.to_owned()),
        help: problem.help().map(|help| help.to_string()).unwrap_or_default(),
        span: span.filter(|_| file.is_some()),
    }
}
