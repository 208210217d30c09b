//! Commands to copy into a shell.

use std::fmt;
use std::path::{Path, PathBuf};

pub use super::quoting::Shell;
use super::shown;

/// A word, quoted for the shell into which it will be pasted.
pub fn quoted(word: &str) -> String {
    Shell::adopted().quoted(word)
}

/// An option with its value: ` --group Sales`. A value that begins like an option is attached with `=`, and so is an empty
/// one, which Windows PowerShell would leave out.
pub fn option(name: &str, value: &str) -> String {
    let gap = if value.is_empty() || value.starts_with('-') { '=' } else { ' ' };
    format!(" {name}{gap}{}", quoted(value))
}

/// An option once for each value: ` --group Sales --group Ops`.
pub fn options<'v>(name: &str, values: impl IntoIterator<Item = &'v String>) -> String {
    values.into_iter().map(|value| option(name, value)).collect()
}

/// A path, quoted, that no command reads as an option.
pub fn operand(path: &Path) -> String {
    let path = shown(path);
    quoted(&if path.starts_with('-') && path != "-" { format!("./{path}") } else { path })
}

/// A command to copy into a shell. It is shown with every word quoted, and never wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    subcommand: &'static str,
    words: Words,
    /// The file that standard input is read from.
    input: Option<&'static str>,
}

/// The words of a command after the subcommand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<Word>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Flag(&'static str),
    Option(&'static str, String),
    Operand(PathBuf),
}

impl Words {
    /// With an option and its value.
    #[must_use]
    pub fn option(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push(Word::Option(name, value.into()));
        self
    }

    /// With the words of another list at the end.
    #[must_use]
    pub fn and(mut self, others: &Words) -> Self {
        self.0.extend_from_slice(&others.0);
        self
    }
}

impl Command {
    /// `provlint SUBCOMMAND`
    pub fn provlint(subcommand: &'static str) -> Self {
        Command { subcommand, words: Words::default(), input: None }
    }

    /// With a path that no command reads as an option.
    #[must_use]
    pub fn operand(mut self, path: &Path) -> Self {
        self.words.0.push(Word::Operand(path.to_owned()));
        self
    }

    /// With a flag, if `is_set`.
    #[must_use]
    pub fn flag(mut self, name: &'static str, is_set: bool) -> Self {
        self.words.0.extend(is_set.then_some(Word::Flag(name)));
        self
    }

    /// With an option and its value.
    #[must_use]
    pub fn option(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.words = self.words.option(name, value);
        self
    }

    /// With more words.
    #[must_use]
    pub fn and(mut self, words: &Words) -> Self {
        self.words = self.words.and(words);
        self
    }

    /// With a file as its standard input.
    #[must_use]
    pub fn reading(mut self, file: &'static str) -> Self {
        self.input = Some(file);
        self
    }
}

/// A command with a file as its standard input, for the shell into which it will be pasted.
pub fn reading(command: &str, file: &str) -> String {
    Shell::adopted().reading(command, file)
}

impl fmt::Display for Words {
    /// Each word has a space before it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|word| match word {
            Word::Flag(name) => write!(formatter, " {name}"),
            Word::Option(name, value) => formatter.write_str(&option(name, value)),
            Word::Operand(path) => write!(formatter, " {}", operand(path)),
        })
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = format!("{PROGRAM}{}{}", self.subcommand, self.words);
        formatter.write_str(&self.input.map_or(command.clone(), |file| reading(&command, file)))
    }
}

/// The start of every command that is shown.
pub const PROGRAM: &str = "provlint ";

/// What to do: sentences, and commands to copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help(Vec<Hint>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hint {
    Sentence(String),
    Commands { why: &'static str, commands: Vec<Command> },
}

impl Help {
    /// With a sentence; an empty one is left out.
    #[must_use]
    pub fn sentence(mut self, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        if !sentence.is_empty() {
            self.0.push(Hint::Sentence(sentence));
        }
        self
    }

    /// With commands that are run one after the other, and their purpose; an empty list is left out.
    #[must_use]
    pub fn commands<'c>(mut self, why: &'static str, commands: impl IntoIterator<Item = &'c Command>) -> Self {
        let commands: Vec<Command> = commands.into_iter().cloned().collect();
        if !commands.is_empty() {
            self.0.push(Hint::Commands { why, commands });
        }
        self
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Help {
    /// A command has a line of its own.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for hint in &self.0 {
            formatter.write_str(separator)?;
            separator = match hint {
                Hint::Sentence(sentence) => {
                    formatter.write_str(sentence)?;
                    "; "
                }
                Hint::Commands { why, commands } => {
                    write!(formatter, "{}", with_command(why, &in_order(commands)))?;
                    "\n"
                }
            };
        }
        Ok(())
    }
}

/// Commands that are run one after the other, each only if the previous one succeeds. Windows PowerShell has no `&&`, so
/// there each has a line of its own.
pub fn in_order(commands: &[Command]) -> String {
    let separator = if Shell::adopted() == Shell::Posix { " && " } else { "\n" };
    commands.iter().map(Command::to_string).collect::<Vec<_>>().join(separator)
}

/// Several hints as one text, without the empty ones. [`Help`] is the type for new texts.
pub fn joined<H: AsRef<str>>(hints: impl IntoIterator<Item = H>) -> String {
    let mut all = String::new();
    let mut separator = "";
    for hint in hints.into_iter().filter(|hint| !hint.as_ref().is_empty()) {
        all.push_str(separator);
        all.push_str(hint.as_ref());
        // Only `with_command` returns a hint of several lines; the last line is the command.
        separator = if hint.as_ref().contains('\n') { "\n" } else { "; " };
    }
    all
}

/// A hint, and below it its command on a line of its own. [`Help`] is the type for new texts.
pub fn with_command(hint: &str, command: &str) -> String {
    format!("{hint}:\n{command}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_word_is_run() {
        for (word, shown) in [
            ("TOTAL-Admin", "TOTAL-Admin"),
            ("TruU TOTAL", "'TruU TOTAL'"),
            ("a$(id)", "'a$(id)'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), shown);
        }
        assert_eq!(option("--group", "Sales Team"), " --group 'Sales Team'");
        assert_eq!(option("--group", "-Ops"), " --group=-Ops");
        assert_eq!(["-", "-b/a.json", "a.json"].map(|path| operand(Path::new(path))), ["-", "./-b/a.json", "a.json"]);
    }

    #[test]
    fn a_command_is_quoted_and_has_a_line_of_its_own() {
        let words = Words::default().option("--app", "TruU TOTAL");
        let restore = Command::provlint("restore").operand(Path::new("-b.json")).and(&words).flag("--unsafe", true);
        assert_eq!(restore.to_string(), "provlint restore ./-b.json --app 'TruU TOTAL' --unsafe");
        let start = |job: &str| Command::provlint("start").option("--job", job).flag("--force", false);
        let help = Help::default()
            .sentence("look first")
            .sentence("")
            .commands("this restores it", [&restore])
            .commands("nothing", [])
            .commands("these start it", &[start("a"), start("b")])
            .sentence("then wait");
        let shown = "look first; this restores it:\nprovlint restore ./-b.json --app 'TruU TOTAL' --unsafe\nthese start it:\n\
                     provlint start --job a && provlint start --job b\nthen wait";
        assert_eq!(help.to_string(), shown);
        let connect = Command::provlint("connect").flag("--token-stdin", true).reading("token.txt");
        assert_eq!(connect.to_string(), "provlint connect --token-stdin < token.txt");
        for shell in [Shell::PowerShell, Shell::WindowsPowerShell] {
            assert_eq!(shell.reading("provlint connect", "token.txt"), "type token.txt | provlint connect");
        }
    }
}
