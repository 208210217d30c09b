//! Hints for command lines that clap refuses, where it is plain what was meant.

use std::ffi::OsString;
use std::path::Path;

use clap::Command;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::secret::mask_shapes;
use crate::text::shell::{operand, option};

/// Flags that other programs have, with what to type here. The first word is the command, or `*` for every one.
const FLAGS: [(&str, &str, &str); 6] = [
    ("check", "--fix", "`provlint fix PATH` fixes what check finds"),
    ("check", "--dry-run", "`provlint fix PATH --dry-run` shows what would be fixed; check writes nothing"),
    ("*", "--token", "pass a token with --token-stdin or PROVLINT_ACCESS_TOKEN, so that no list of processes shows it"),
    (
        "*",
        "--access-token",
        "pass a token with --token-stdin or PROVLINT_ACCESS_TOKEN, so that no list of processes shows it",
    ),
    ("*", "--tenant", "the variable AZURE_TENANT_ID names the tenant"),
    ("*", "--recursive", "directories are searched with all their subdirectories"),
];

/// The error with a hint, if there is one, and without tokens that were pasted. `typed` are the arguments.
pub(super) fn with_hint(mut error: Error, program: &Command, typed: impl Iterator<Item = OsString>) -> Error {
    let word = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.clone()),
        _ => None,
    };
    let subcommand = || typed.filter_map(|typed| program.find_subcommand(typed)).next();
    let has_near = error.get(ContextKind::SuggestedSubcommand).is_some();
    let hint = match error.kind() {
        ErrorKind::InvalidSubcommand => word(ContextKind::InvalidSubcommand)
            .filter(|_| subcommand().is_none())
            .and_then(|word| for_command(&word, has_near)),
        ErrorKind::UnknownArgument => {
            word(ContextKind::InvalidArg).and_then(|argument| for_argument(subcommand()?, &argument))
        }
        _ => None,
    };
    if let Some(hint) = hint {
        // The nearest name is a guess by letters.
        error.remove(ContextKind::SuggestedSubcommand);
        error.remove(ContextKind::SuggestedArg);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(hint)]));
    }
    for kind in [ContextKind::InvalidSubcommand, ContextKind::InvalidArg, ContextKind::InvalidValue] {
        if let Some(ContextValue::String(word)) = error.get(kind) {
            let masked = mask_shapes(word);
            error.insert(kind, ContextValue::String(masked));
        }
    }
    error
}

/// For a word in place of a command: a file, or the name of an app. `has_near` says that a command has a similar name.
fn for_command(word: &str, has_near: bool) -> Option<String> {
    if mask_shapes(word) != word {
        return Some("pass a token with --token-stdin or PROVLINT_ACCESS_TOKEN".to_owned());
    }
    let path = Path::new(word);
    if path.exists() || path.extension().is_some() || word.contains(std::path::is_separator) {
        return Some(format!("did you mean `provlint check {}`?", operand(path)));
    }
    if has_near {
        return None;
    }
    Some(format!(
        "to check a file: `provlint check FILE`; an app in the tenant: `provlint check{}`",
        option("--app", word)
    ))
}

/// For an argument that a command does not have.
fn for_argument(command: &Command, argument: &str) -> Option<String> {
    let name = command.get_name();
    let known = FLAGS.iter().find(|(of, flag, _)| *flag == argument && (*of == "*" || *of == name));
    if let Some((_, _, hint)) = known {
        return Some((*hint).to_owned());
    }
    if argument == "--json" && command.get_arguments().any(|taken| taken.get_id() == "format") {
        return Some("did you mean `--format json`?".to_owned());
    }
    let takes_app = command.get_arguments().any(|taken| taken.get_id() == "app");
    let takes_words = command.get_positionals().next().is_some();
    if argument.starts_with('-') || !takes_app || takes_words || mask_shapes(argument) != argument {
        return None;
    }
    Some(format!("did you mean `provlint {name}{}`?", option("--app", argument)))
}
