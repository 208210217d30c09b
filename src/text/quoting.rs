//! Words, quoted for the shell into which they are pasted.

use std::sync::OnceLock;

/// The shells whose quoting differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// bash, zsh and what else follows POSIX.
    Posix,
    /// PowerShell 7.3 and later.
    PowerShell,
    /// Windows PowerShell 5.1, and cmd.
    WindowsPowerShell,
}

/// The shell for which commands are quoted, once it is known.
static PASTED_INTO: OnceLock<Shell> = OnceLock::new();

impl Shell {
    /// Quotes every command of this process for this shell. Until this is called, that is a POSIX shell.
    pub fn adopt(self) {
        // Only the first call counts, so that one run never mixes two ways of quoting.
        let _ = PASTED_INTO.set(self);
    }

    /// That shell.
    pub fn adopted() -> Self {
        PASTED_INTO.get().copied().unwrap_or(Shell::Posix)
    }

    /// A command with a file as its standard input. Neither PowerShell has `<`; `type` is there in cmd, too.
    pub fn reading(self, command: &str, file: &str) -> String {
        match self {
            Shell::Posix => format!("{command} < {file}"),
            Shell::PowerShell | Shell::WindowsPowerShell => format!("type {file} | {command}"),
        }
    }

    /// A word, quoted for this shell.
    pub fn quoted(self, word: &str) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '\\');
        // PowerShell expands a variable in @name.
        let is_plain = word.chars().all(plain) && (self == Shell::Posix || !word.starts_with('@'));
        if !word.is_empty() && is_plain {
            return word.to_owned();
        }
        match self {
            Shell::Posix => format!("'{}'", word.replace('\'', "'\\''")),
            Shell::PowerShell | Shell::WindowsPowerShell => self.double_quoted(word),
        }
    }

    /// In double quotes, because cmd has no others, and a command for PowerShell may end up there: it may then fail, but no
    /// part of a word is run. <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules>
    fn double_quoted(self, word: &str) -> String {
        let mut quoted = String::from('"');
        let mut backslashes = 0;
        for character in word.chars() {
            match character {
                // For cmd, a quotation mark ends the text unless it is doubled, and so it does for PowerShell. Windows
                // PowerShell passes it on without a backslash, which the program needs.
                '"' if self == Shell::WindowsPowerShell => {
                    quoted.extend(std::iter::repeat_n('\\', backslashes + 1));
                    quoted.push_str("\"\"");
                }
                '"' => quoted.push_str("\"\""),
                // PowerShell takes typographic quotation marks for plain ones.
                '$' | '`' | '\u{201c}' | '\u{201d}' | '\u{201e}' => quoted.extend(['`', character]),
                _ => quoted.push(character),
            }
            backslashes = if character == '\\' { backslashes + 1 } else { 0 };
        }
        // Windows PowerShell adds quotation marks around a text with spaces, and does not protect its end from them.
        if self == Shell::WindowsPowerShell && word.contains(char::is_whitespace) {
            quoted.extend(std::iter::repeat_n('\\', backslashes));
        }
        quoted.push('"');
        quoted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How the C library of Windows, and Rust, split a command line.
    /// <https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments>
    fn split(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut inside = false;
        let mut rest: Vec<char> = line.chars().rev().collect();
        while let Some(character) = rest.pop() {
            match character {
                ' ' if !inside => words.extend(word.take()),
                '\\' => {
                    let mut count = 1;
                    while rest.last() == Some(&'\\') {
                        rest.pop();
                        count += 1;
                    }
                    let word = word.get_or_insert_default();
                    if rest.last() == Some(&'"') {
                        word.extend(std::iter::repeat_n('\\', count / 2));
                        if count % 2 == 1 {
                            word.extend(rest.pop());
                        }
                    } else {
                        word.extend(std::iter::repeat_n('\\', count));
                    }
                }
                '"' if inside && rest.last() == Some(&'"') => word.get_or_insert_default().extend(rest.pop()),
                '"' => {
                    inside = !inside;
                    word.get_or_insert_default();
                }
                other => word.get_or_insert_default().push(other),
            }
        }
        words.into_iter().chain(word).collect()
    }

    /// How PowerShell reads one word: text in double quotes, or plain text without a character that it interprets.
    fn read_by_powershell(typed: &str) -> String {
        let is_quote = |character: char| matches!(character, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}');
        let mut rest: Vec<char> = typed.chars().rev().collect();
        if rest.pop_if(|first| *first == '"').is_none() {
            assert!(typed.chars().all(|c| c.is_alphanumeric() || "-_./:@\\".contains(c)) && !typed.starts_with('@'));
            return typed.to_owned();
        }
        let mut word = String::new();
        while let Some(character) = rest.pop() {
            match character {
                '`' => word.push(rest.pop().expect("nothing is escaped")),
                '$' => panic!("a variable or a command is expanded: {typed}"),
                quote if is_quote(quote) && rest.last().copied().is_some_and(is_quote) => {
                    rest.pop();
                    word.push(quote);
                }
                quote if is_quote(quote) => assert!(rest.is_empty(), "{typed} ends too early"),
                other => word.push(other),
            }
        }
        word
    }

    /// How Windows PowerShell 5.1 puts a word into a command line: it adds quotation marks, and escapes nothing.
    fn passed_by_windows_powershell(word: &str) -> String {
        let (mut marks, mut after_backslash, mut needs_marks) = (0, false, false);
        for character in word.chars() {
            if character == '"' && !after_backslash {
                marks += 1;
            } else if character.is_whitespace() && marks % 2 == 0 {
                needs_marks = true;
            }
            after_backslash = character == '\\';
        }
        if needs_marks { format!("\"{word}\"") } else { word.to_owned() }
    }

    /// What cmd would interpret, because it is outside of quotation marks.
    fn outside_for_cmd(typed: &str) -> String {
        typed.split('"').step_by(2).collect()
    }

    /// How a POSIX shell reads one word.
    fn read_by_posix(typed: &str) -> String {
        let (mut word, mut inside) = (String::new(), false);
        let mut rest: Vec<char> = typed.chars().rev().collect();
        while let Some(character) = rest.pop() {
            match character {
                '\'' => inside = !inside,
                '\\' if !inside && !rest.is_empty() && rest.last() == Some(&'\'') => word.extend(rest.pop()),
                other => {
                    assert!(inside || other.is_alphanumeric() || "-_./:@\\".contains(other), "{typed}");
                    word.push(other);
                }
            }
        }
        word
    }

    #[test]
    fn every_shell_passes_every_word_unchanged_and_runs_no_part_of_it() {
        let words = [
            "TOTAL-Admin",
            "TruU TOTAL",
            "jane@contoso.com",
            "@jane",
            "it's",
            "O'Brien & Sons",
            "a$(calc)",
            "$env:PATH ${x} $x",
            "a`nb",
            "a;calc|calc&calc<in>out^",
            "(a) {b} [c] #d, e",
            "100% of %PATH%",
            "say \"hi\"",
            "\"",
            "a \"b c\" & calc & \"d",
            "back\\slash",
            "C:\\my exports\\",
            "ends in \\\"",
            "a \\\"b",
            "\u{201c}typographic\u{201d} \u{201e}marks\u{2019}",
            "Zoë — 東京",
            "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")",
        ];
        for word in words {
            assert_eq!(read_by_posix(&Shell::Posix.quoted(word)), word);
            // From 7.3 on, it escapes what the program's own splitting would need.
            assert_eq!(read_by_powershell(&Shell::PowerShell.quoted(word)), word);
            let typed = Shell::WindowsPowerShell.quoted(word);
            assert_eq!(split(&passed_by_windows_powershell(&read_by_powershell(&typed))), [word], "{typed}");
            for shell in [Shell::PowerShell, Shell::WindowsPowerShell] {
                let outside = outside_for_cmd(&shell.quoted(word));
                assert!(!outside.contains(['&', '|', '<', '>', '^', '(', ')']), "{shell:?}: {word}: {outside}");
            }
            // cmd passes a text in quotation marks on as it is.
            if !word.contains(['$', '`', '"', '\u{201c}']) {
                assert_eq!(split(&typed), [word], "{typed}");
            }
        }
    }

    #[test]
    fn a_word_without_special_characters_is_the_same_for_every_shell() {
        for shell in [Shell::Posix, Shell::PowerShell, Shell::WindowsPowerShell] {
            assert_eq!(shell.quoted("exports/a.json"), "exports/a.json");
        }
        assert_eq!(Shell::Posix.quoted("TruU TOTAL"), "'TruU TOTAL'");
        assert_eq!(Shell::WindowsPowerShell.quoted("TruU TOTAL"), "\"TruU TOTAL\"");
        assert_eq!(Shell::PowerShell.quoted(""), "\"\"");
    }
}
