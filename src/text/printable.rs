//! Removes characters and commands that control a terminal or a pipeline from untrusted text.

use std::borrow::Cow;

/// `text` without characters that control a terminal or change the direction of text, and without commands to the pipeline
/// that shows it; JSON strings may contain all of them.
pub fn printable(text: &str) -> Cow<'_, str> {
    let text = harmless(text);
    if text.contains(is_unprintable) { Cow::Owned(text.replace(is_unprintable, "\u{fffd}")) } else { text }
}

/// The same on one line that does not begin a command to GitHub Actions
/// (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).
pub fn printable_line(text: &str) -> Cow<'_, str> {
    let mut text = printable(text);
    if text.contains(['\n', '\t']) {
        text = Cow::Owned(text.replace(['\n', '\t'], " "));
    }
    if text.trim_start().starts_with("::") {
        text = Cow::Owned(text.replacen("::", "\u{fffd}:", 1));
    }
    text
}

/// The same for text of several lines.
pub fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable_line).collect::<Vec<_>>().join("\n")
}

/// Like [`printable`], but keeps the length in bytes and Windows line ends.
pub fn printable_in_place(text: &str) -> String {
    let text = harmless(text);
    let mut characters = text.chars().peekable();
    let mut shown = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        shown.push(match character {
            '\r' if characters.peek() == Some(&'\n') => character,
            steering if is_unprintable(steering) => match steering.len_utf8() {
                1 => '?',
                2 => '\u{bf}',
                _ => '\u{fffd}',
            },
            other => other,
        });
    }
    shown
}

/// Whether a character controls a terminal: control characters except line ends and tabs, marks that change the direction of text
/// (<https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>),
/// and line ends that only some programs recognise.
pub fn is_unprintable(character: char) -> bool {
    let turns =
        matches!(character, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let ends = matches!(character, '\u{2028}' | '\u{2029}');
    turns || ends || (character.is_control() && !matches!(character, '\n' | '\t'))
}

/// `text` with every `[` after `##` and a word replaced by `(`: `##vso[` is a command to Azure Pipelines anywhere
/// in a line, as is `##[` to GitHub
/// (<https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>).
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains('#') || !text.contains('[') {
        return Cow::Borrowed(text);
    }
    let mut command = Command { begins: false, ..Command::default() };
    Cow::Owned(text.chars().map(|character| command.next(character).unwrap_or(character)).collect())
}

/// Finds commands to a pipeline in a line, character by character.
pub(super) struct Command {
    /// How much of `##vso[` was read: nothing, `#`, or `##` and some letters.
    read: u8,
    /// Whether only white space and at most one colon were read.
    begins: bool,
    colon: bool,
}

/// Whether a character has no width; some comparisons of .NET ignore those, so a command may contain them.
pub fn has_no_width(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200d}')
}

impl Default for Command {
    fn default() -> Self {
        Command { read: 0, begins: true, colon: false }
    }
}

impl Command {
    /// The character that replaces the next one, so that there is no command.
    pub(super) fn next(&mut self, character: char) -> Option<char> {
        if has_no_width(character) {
            return None;
        }
        match character {
            ':' if self.begins && self.colon => {
                self.begins = false;
                return Some('\u{fffd}');
            }
            ':' if self.begins => self.colon = true,
            space if space.is_whitespace() && !self.colon => {}
            _ => self.begins = false,
        }
        if character == '[' && self.read == 2 {
            self.read = 0;
            return Some('(');
        }
        self.read = match character {
            '#' => (self.read + 1).min(2),
            letter if self.read == 2 && letter.is_ascii_alphabetic() => 2,
            _ => 0,
        };
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_taken_out_and_the_layout_stays() {
        let text = "a\tb\r\n\u{9b}31mc\u{1b}[0m\u{202e}\u{61c}\r";
        assert_eq!(printable("a\tb\n\u{9b}31mc\u{1b}[0m\u{202e}"), "a\tb\n\u{fffd}31mc\u{fffd}[0m\u{fffd}");
        assert_eq!(printable_in_place(text), "a\tb\r\n\u{bf}31mc?[0m\u{fffd}\u{bf}?");
        assert_eq!(printable_in_place(text).len(), text.len());
    }

    #[test]
    fn no_pipeline_takes_a_text_for_a_command() {
        for (text, shown) in [
            ("a ##vso[task.setvariable variable=x]y", "a ##vso(task.setvariable variable=x]y"),
            ("##[add-mask]x", "##(add-mask]x"),
            ("##\u{200d}vso[", "##\u{200d}vso("),
            ("Join(\"##\", \"#[\", [a])", "Join(\"##\", \"#[\", [a])"),
        ] {
            assert_eq!((printable(text).as_ref(), printable_in_place(text).as_str()), (shown, shown));
        }
        assert_eq!(printable_line("a\n::error::b"), "a ::error::b");
        assert_eq!(printable_line(" ::error::b"), " \u{fffd}:error::b");
    }
}
