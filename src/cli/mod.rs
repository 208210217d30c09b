//! The command line: what can be typed, one file a command.
//!
//! Arguments become typed values here; the rest of the program uses those.

mod auth;
mod check;
mod completions;
mod connect;
mod diff;
mod eval;
mod explain;
mod export;
mod fix;
mod fix_app;
mod groups;
mod guide;
mod init;
mod json_schema;
mod logs;
mod lsp;
mod man;
mod mistyped;
mod pause;
mod preview;
mod probe;
mod profiles;
mod provision;
mod rehearse;
mod restore;
mod rules;
mod shared;
mod start;
mod status;
mod terminal;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use shared::secret_token::SECRET_VARIABLE;
use terminal::advice::TOKEN_VARIABLE;
use terminal::exit::Exit;
use terminal::last_words;
use terminal::problem::Problem;
use terminal::screen::{ColorChoice, Screen};
use terminal::shell;

use crate::secret::never_show;

/// Check how Microsoft Entra ID provisions an enterprise application over SCIM
///
/// Download the provisioning schema of the app (Entra ID > Enterprise apps > your app > Provisioning > Attribute mapping,
/// or Mappings > a mapping > Advanced options > Review your schema here > Download), then check it before you press Start.
#[derive(Debug, Parser)]
#[command(
    name = "provlint",
    bin_name = "provlint",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  provlint check schema.json\n  provlint fix schema.json --dry-run\n  provlint explain required-mapping-source\n\n\
                  Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 the command could not do its work."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    everywhere: Everywhere,
}

/// The options of every command.
#[derive(Debug, Args)]
struct Everywhere {
    /// When to use colours; NO_COLOR and CLICOLOR_FORCE are respected too
    // Listed after the options of a command.
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN", display_order = 900)]
    color: ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Fix(fix::Arguments),
    Diff(diff::Arguments),
    Restore(restore::Arguments),
    Guide(guide::Arguments),
    Connect(connect::Arguments),
    Start(start::Arguments),
    Status(status::Arguments),
    Provision(provision::Arguments),
    Logs(logs::Arguments),
    Pause(pause::PauseArguments),
    Restart(pause::RestartArguments),
    Export(export::Arguments),
    Preview(preview::Arguments),
    Probe(probe::Arguments),
    Rehearse(rehearse::Arguments),
    Auth(auth::Arguments),
    Eval(eval::Arguments),
    Rules(rules::Arguments),
    Explain(explain::Arguments),
    Init(init::Arguments),
    Profiles(profiles::Arguments),
    JsonSchema(json_schema::Arguments),
    Lsp(lsp::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Runs the program on the process's own arguments and streams.
pub fn main() -> ExitCode {
    last_words::install();
    shell::here().adopt();
    // A token may be typed in place of a name, before anything signs in.
    for name in [TOKEN_VARIABLE, SECRET_VARIABLE, "AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET"] {
        env::var(name).iter().for_each(|value| never_show(value.trim()));
    }
    if let Some(exit) = completions::answer(Cli::command) {
        return exit;
    }
    let typed: Vec<OsString> = env::args_os().collect();
    let parsed = check_alone(&typed).map_or_else(|| groups::grouped(Cli::command()).try_get_matches_from(&typed), Ok);
    let matches = match parsed {
        Ok(matches) => matches,
        // Help and versions go to standard output, errors to standard error with code 2. A closed pipe is not an error.
        Err(mut error) => {
            if error.use_stderr() {
                error = mistyped::with_hint(error, &Cli::command(), typed.into_iter().skip(1));
            }
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return Exit::Failed.into();
        }
    };
    let screen = Screen::new(cli.everywhere.color);
    match run(cli.command, &matches, &screen) {
        Ok(exit) => exit.into(),
        Err(Problem::ClosedPipe) => Exit::Done.into(),
        Err(problem) => {
            screen.complain(&problem);
            Exit::Failed.into()
        }
    }
}

/// The command line of `check`, without the definitions of the other commands, which take as long as a small check.
/// `None` for other commands, and wherever clap has anything to say.
fn check_alone(typed: &[OsString]) -> Option<ArgMatches> {
    const CHECK: &str = "check";
    if typed.get(1)? != CHECK {
        return None;
    }
    let check = check::Arguments::augment_args(clap::Command::new(CHECK));
    Everywhere::augment_args(clap::Command::new("provlint")).subcommand(check).try_get_matches_from(typed).ok()
}

fn run(command: Command, matches: &ArgMatches, screen: &Screen) -> Result<Exit, Problem> {
    match command {
        Command::Check(arguments) => {
            let Some((_, matches)) = matches.subcommand() else { return Ok(Exit::Failed) };
            check::run(arguments, matches, screen)
        }
        Command::Fix(arguments) => fix::run(&arguments, screen),
        Command::Diff(arguments) => diff::run(&arguments, screen),
        Command::Restore(arguments) => restore::run(&arguments, screen),
        Command::Guide(arguments) => guide::run(&arguments, screen),
        Command::Connect(arguments) => connect::run(&arguments, screen),
        Command::Start(arguments) => start::run(&arguments, screen),
        Command::Status(arguments) => status::run(&arguments, screen),
        Command::Provision(arguments) => provision::run(&arguments, screen),
        Command::Logs(arguments) => logs::run(&arguments, screen),
        Command::Pause(arguments) => pause::pause(&arguments, screen),
        Command::Restart(arguments) => pause::restart(&arguments, screen),
        Command::Export(arguments) => export::run(&arguments, screen),
        Command::Preview(arguments) => preview::run(&arguments, screen),
        Command::Probe(arguments) => probe::run(&arguments, screen),
        Command::Rehearse(arguments) => rehearse::run(&arguments, screen),
        Command::Auth(arguments) => auth::run(&arguments, screen),
        Command::Eval(arguments) => eval::run(&arguments, screen),
        Command::Rules(arguments) => rules::run(&arguments, screen),
        Command::Explain(arguments) => explain::run(&arguments, screen),
        Command::Init(arguments) => init::run(&arguments, screen),
        Command::Profiles(arguments) => profiles::run(&arguments, screen),
        Command::JsonSchema(arguments) => json_schema::run(&arguments),
        Command::Lsp(arguments) => lsp::run(&arguments, screen),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments, Cli::command(), screen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed_and_every_help_has_an_example() {
        let mut command = Cli::command();
        command.clone().debug_assert();
        for subcommand in command.get_subcommands_mut() {
            let help = subcommand.render_long_help().to_string();
            assert!(help.contains("Example"), "{help}");
        }
    }

    #[test]
    fn check_is_understood_without_the_other_commands_as_with_them() {
        for line in [
            "check a.json",
            "check a b --color never --format json -o x --format pretty --threads 2 -v",
            "check --app TOTAL --members --policy p.yaml --ignore a,b",
            "check - --profile generic --group G --group H --color=always",
            "check",
            "check --help",
            "check a --no-such",
            "check a -V",
            "--color never check a",
            "fix a",
        ] {
            let typed: Vec<OsString> = std::iter::once("provlint").chain(line.split(' ')).map(OsString::from).collect();
            let read = |matches: ArgMatches| format!("{:?}", Cli::from_arg_matches(&matches).unwrap());
            let whole = Cli::command().try_get_matches_from(&typed).ok().map(read);
            let alone = check_alone(&typed).map(read);
            assert_eq!(alone, whole.filter(|_| line.starts_with("check")), "{line}");
        }
    }
}
